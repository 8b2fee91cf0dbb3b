// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// BlockingDispatcher: a pool of threads for handlers that block (files, databases, other systems).
//
// Why: a blocked handler holds its thread. Here the threads are many, made when needed, and end
// when they have had nothing to do for a while; the workers of the default dispatcher stay free.
// Order: first in, first out.
// Threads, lifetime: see Dispatcher. Shutdown must not be called from one of its own threads.
//
//   BlockingDispatcher dispatcher({.threads_max = 16, .name = "blocking-io"});
#ifndef SAMPO_ACTOR_DISPATCH_BLOCKING_DISPATCHER_H_
#define SAMPO_ACTOR_DISPATCH_BLOCKING_DISPATCHER_H_

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "sampo/actor/dispatch/dispatcher.h"

namespace sampo {

struct BlockingDispatcherSettings {
  // Source: the default of Pekko's blocking-io dispatcher.
  int threads_max = 16;
  // A thread without work ends after this. Source: keep-alive-time of Pekko's thread pools.
  absl::Duration idle_timeout = absl::Seconds(60);
  // Messages a turn may handle. One: each of them may block, and the next Runnable should not wait
  // for several; the 50 ns that a turn costs do not count here.
  int throughput = 1;
  std::string name = "blocking-io";
};

class BlockingDispatcher : public Dispatcher {
 public:
  // Starts no thread yet.
  explicit BlockingDispatcher(BlockingDispatcherSettings settings);
  // Shuts down without waiting for queued work. Aborts if user code still runs then, see
  // DispatcherPtr.
  ~BlockingDispatcher() override;

  int Shutdown(absl::Duration timeout) final;
  std::vector<WorkerSnapshot> Describe() const final;
  // Threads that live now.
  int thread_count() const;

 private:
  class Pool;

  void ExecuteFromOutside(Runnable* runnable) final;

  std::unique_ptr<Pool> pool_;
  std::mutex shutdown_mutex_;
  std::optional<int> stuck_;  // the first Shutdown's answer; guarded by shutdown_mutex_
};

}  // namespace sampo

#endif  // SAMPO_ACTOR_DISPATCH_BLOCKING_DISPATCHER_H_
