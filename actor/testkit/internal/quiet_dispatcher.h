// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// QuietDispatcher: a small pool of real threads that knows when it has nothing to do.
//
// Why: ManualTime must not move the time while an actor is about to start a timer. The dispatchers
// of production do not count what they run; this one pays a lock for each turn to know.
// Threads: any. Lifetime: see Dispatcher.
#ifndef SAMPO_ACTOR_TESTKIT_INTERNAL_QUIET_DISPATCHER_H_
#define SAMPO_ACTOR_TESTKIT_INTERNAL_QUIET_DISPATCHER_H_

#include <atomic>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "absl/time/time.h"
#include "sampo/actor/dispatch/dispatcher.h"

namespace sampo::internal {

class QuietDispatcher final : public Dispatcher {
 public:
  explicit QuietDispatcher(int threads);
  ~QuietDispatcher() override;

  // Waits until nothing is queued and nothing runs. False: not within `timeout` of the machine's
  // time. Not from one of its own threads.
  bool AwaitQuiet(absl::Duration timeout);

  int Shutdown(absl::Duration timeout) override;
  std::vector<WorkerSnapshot> Describe() const override;

 private:
  // Shared with the threads, which may outlive the dispatcher when they are stuck.
  struct Pool {
    mutable std::mutex mutex;
    std::condition_variable work;
    std::condition_variable quiet;
    // Guarded by mutex:
    std::deque<Runnable*> queue;
    int active = 0;  // queued or running
    int living = 0;  // threads
    bool stopping = false;
  };

  void ExecuteFromOutside(Runnable* runnable) override;
  static void ThreadMain(const std::shared_ptr<Pool>& pool, Dispatcher* self);

  const std::shared_ptr<Pool> pool_;
  std::vector<std::thread> threads_;
  int stuck_ = 0;
};

}  // namespace sampo::internal

#endif  // SAMPO_ACTOR_TESTKIT_INTERNAL_QUIET_DISPATCHER_H_
