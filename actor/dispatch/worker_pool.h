// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// WorkerPool: what the workers of one dispatcher share: the injection queue, who sleeps, who
// searches, the spare workers, and the end.
//
// Why one lock for all of it: a push from outside then costs one atomic operation, and "a worker
// went to sleep" and "something was pushed" have an order without any fence: a worker goes on the
// list of sleepers only in the critical section that found the injection queue empty.
//
// States of a worker, as far as lock_ knows them:
//   running    in neither list; has work or is just looking for some
//   searching  counted in searching_; looks at the injection queue and at other workers
//   parked     in parked_; whoever takes it out counts it in waking_ and unparks it
//   waking     counted in waking_; counts itself as searching when it is awake
//   absent     spare slots without a thread
//
// Threads: every method may be called from any thread unless it says otherwise.
// Lifetime: owned by the dispatcher; leaked if a thread never ends.
#ifndef SAMPO_ACTOR_DISPATCH_WORKER_POOL_H_
#define SAMPO_ACTOR_DISPATCH_WORKER_POOL_H_

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "absl/time/time.h"
#include "sampo/actor/dispatch/run_list.h"
#include "sampo/actor/dispatch/settings.h"
#include "sampo/actor/dispatch/spin_lock.h"
#include "sampo/actor/dispatch/worker.h"

namespace sampo {

class Dispatcher;
class Monitor;

class WorkerPool {
 public:
  // At most so many leave the injection queue for one worker at once; bounds the walk under lock_
  // and what a worker that then blocks has to give back. Chosen, not measured.
  static constexpr int64_t kInjectedBatchMax = 64;

  // `dispatcher` is handed to turns; it need not be fully made yet.
  WorkerPool(Dispatcher* dispatcher, DispatcherSettings settings);
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // Starts the threads.
  void Start();
  // See Dispatcher::Shutdown. Once only. If it returns more than 0 the pool must be leaked.
  int Shutdown(absl::Duration timeout);

  // Queues a Runnable from a thread that is not a worker of this pool, and wakes a parked worker
  // unless one is searching already.
  void PushFromOutside(Runnable* runnable);

  // --- For workers ---
  Dispatcher* dispatcher() const { return dispatcher_; }
  int throughput() const { return throughput_; }
  int64_t spin_nanos() const { return spin_nanos_; }
  // A worker's fair share of the injection queue; wakes another worker for what is left.
  RunList TakeInjected();
  // Gives Runnables to the injection queue, and wakes a sleeper for them.
  void Inject(RunList& batch);
  // False: enough others search already, go and park.
  bool BeginSearch();
  void EndSearch();
  // Ends the search if there was one and enters `worker` in the list of sleepers: it must then
  // park. If something is returned it was not entered and has work instead.
  RunList PrepareToPark(Worker* worker, bool was_searching);
  // After waking up: the worker counts as searching from here on.
  void AfterPark();
  // The thread of `worker` ends; what it had goes to the injection queue.
  void WorkerLeaves(Worker* worker, RunList& rest);

  // --- For everybody; estimates where they can change ---
  int64_t injected_size() const { return injected_size_.load(std::memory_order_relaxed); }
  int sleeper_count() const { return sleeper_count_.load(std::memory_order_relaxed); }
  bool stopping() const { return stopping_.load(std::memory_order_acquire); }  // partner: Stop
  bool draining() const { return draining_.load(std::memory_order_relaxed); }  // a hint
  // Workers 0 .. regular_count()-1 live as long as the pool; those behind are slots of spares.
  int regular_count() const { return regular_count_; }
  int worker_count() const { return started_count_.load(std::memory_order_acquire); }
  Worker& worker(int index) { return *workers_[index]; }
  const Worker& worker(int index) const { return *workers_[index]; }
  const DispatcherSettings& settings() const { return settings_; }

  // --- For the monitor ---
  // Brackets a move of Runnables by the monitor: they are in no queue meanwhile, which must not be
  // taken for quiescence.
  void BeginMove();
  void EndMove(RunList& moved);
  // Wakes a sleeper if the injection queue has something and nobody searches.
  void WakeForInjected();
  // Adds spare workers, fewer if the bound is reached; returns how many.
  int AddSpares(int count);
  // Asks `count` spares to end.
  void RetireSpares(int count);
  // Joins spares that have ended, so that their slots can be used again.
  void JoinEndedSpares();
  int spare_count() const { return spare_count_; }
  // True: all threads sleep and nothing is queued.
  bool IsAsleep();
  // True: all sleep, nothing is queued, no spare exists: the monitor must sleep until Nudge.
  bool PrepareToParkMonitor();

 private:
  Worker* TakeSleeper();
  Worker* SleeperForInjected();
  RunList TakeShare();
  void PublishSizes();
  bool Quiescent() const;
  void AnnounceIfQuiescent();
  void StartThread(Worker& worker);
  void Stop();
  int AwaitEnds();

  Dispatcher* const dispatcher_;
  const DispatcherSettings settings_;
  const int regular_count_;
  const int throughput_;
  const int64_t spin_nanos_;
  // All slots are made at the start, so that readers need no lock. Threads come later.
  std::vector<std::unique_ptr<Worker>> workers_;
  std::unique_ptr<Monitor> monitor_;
  std::atomic<int> started_count_{0};  // slots below this have had a thread
  // Monitor's thread only, and Shutdown's once that thread has ended:
  std::vector<bool> has_thread_;  // by slot; a thread that was started and not joined
  int spare_count_ = 0;
  std::atomic<bool> draining_{false};
  std::atomic<bool> stopping_{false};

  alignas(kFalseSharingBytes) SpinLock lock_;
  // Guarded by lock_:
  RunList injected_;
  std::vector<Worker*> parked_;  // the last one parked is the warmest and is woken first
  int searching_ = 0;
  int waking_ = 0;
  int alive_ = 0;        // threads that have not left
  bool closed_ = false;  // no more pushes
  bool moving_ = false;  // the monitor holds Runnables
  bool monitor_parked_ = false;
  // injected_.size() and parked_.size() for readers without the lock.
  std::atomic<int64_t> injected_size_{0};
  std::atomic<int> sleeper_count_{0};

  // For Shutdown's waits only.
  std::mutex shutdown_mutex_;
  std::condition_variable shutdown_condition_;
};

}  // namespace sampo

#endif  // SAMPO_ACTOR_DISPATCH_WORKER_POOL_H_
