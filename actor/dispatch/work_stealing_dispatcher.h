// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// WorkStealingDispatcher: the default dispatcher: a fixed number of worker threads with queues of
// their own, plus spare ones while handlers block.
//
// Why: see README.md. The internal dispatcher is another instance with settings of its own.
// Guarantees: a Runnable waits for at most 64 turns of the next slot and for what was queued on its
// worker before it; a handler that blocks delays only itself (for at most a tick of the monitor,
// about 1 ms, the ones queued behind it), as long as fewer handlers block than there are workers
// and spares.
// Threads, lifetime: see Dispatcher. Shutdown must not be called from one of its own workers.
//
//   WorkStealingDispatcher dispatcher({.threads = 4, .name = "default"});
//   dispatcher.Execute(&runnable);
//   int stuck = dispatcher.Shutdown(absl::Seconds(10));
#ifndef SAMPO_ACTOR_DISPATCH_WORK_STEALING_DISPATCHER_H_
#define SAMPO_ACTOR_DISPATCH_WORK_STEALING_DISPATCHER_H_

#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "sampo/actor/dispatch/dispatcher.h"
#include "sampo/actor/dispatch/settings.h"

namespace sampo {

class WorkerPool;

class WorkStealingDispatcher final : public Dispatcher {
 public:
  // Starts the threads.
  explicit WorkStealingDispatcher(DispatcherSettings settings);
  // Shuts down without waiting for queued work. Aborts if user code still runs then: whoever lets
  // handlers block calls Shutdown, and leaks the dispatcher if that says so (DispatcherPtr).
  ~WorkStealingDispatcher() override;

  int Shutdown(absl::Duration timeout) override;
  std::vector<WorkerSnapshot> Describe() const override;

  // Threads that were added because all others were blocked, about.
  int spare_count() const;

 private:
  void ExecuteFromOutside(Runnable* runnable) override;

  std::unique_ptr<WorkerPool> pool_;
  std::mutex shutdown_mutex_;
  std::optional<int> stuck_;  // the first Shutdown's answer; guarded by shutdown_mutex_
};

}  // namespace sampo

#endif  // SAMPO_ACTOR_DISPATCH_WORK_STEALING_DISPATCHER_H_
