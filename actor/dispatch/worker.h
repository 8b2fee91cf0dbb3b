// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Worker: one thread of a work-stealing dispatcher and the loop it runs.
//
// Its life: take from its own queues; if they are empty from the injection queue, then from another
// worker (steal_policy.h); search for spin_before_park; sleep until it is woken.
// Threads: Main runs on the worker's own thread; what other threads may use says so.
// Lifetime: owned by the WorkerPool, outlives its thread.
#ifndef SAMPO_ACTOR_DISPATCH_WORKER_H_
#define SAMPO_ACTOR_DISPATCH_WORKER_H_

#include <atomic>
#include <cstdint>
#include <thread>
#include <vector>

#include "sampo/actor/dispatch/parking_spot.h"
#include "sampo/actor/dispatch/runnable.h"
#include "sampo/actor/dispatch/thread_meter.h"
#include "sampo/actor/dispatch/worker_queues.h"

namespace sampo {

class WorkerPool;

class alignas(kFalseSharingBytes) Worker {
 public:
  // After so many turns the injection queue and the flags are looked at even if there is own work.
  static constexpr uint64_t kTurnsBetweenLooks = 64;
  // A shorter queue is not offered to sleepers by its worker (the monitor still may), so that two
  // actors that talk to each other never pay for a look at the clock. Chosen, not measured.
  static constexpr int64_t kQueueWorthSharing = 16;

  Worker(WorkerPool* pool, int index) : pool_(pool), index_(index) {}
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  // The body of the thread.
  void Main();

  // Any thread.
  WorkerQueues& queues() { return queues_; }
  const WorkerQueues& queues() const { return queues_; }
  int index() const { return index_; }
  // Turns begun so far; estimates when read by others, hence relaxed.
  int64_t turns() const { return turns_.load(std::memory_order_relaxed); }
  // The Runnable of the current turn, null between turns; for comparing only.
  const Runnable* running() const { return running_.load(std::memory_order_relaxed); }
  void Unpark() { parking_spot_.Unpark(); }
  const ThreadMeter& meter() const { return meter_; }

  // Asks the current turn to end after its current message. Relaxed: a hint.
  void EndSlice() { slice_over_.store(true, std::memory_order_relaxed); }
  // Asks the thread to end after the current turn; its queues go to the injection queue.
  void Retire() {
    retire_.store(true, std::memory_order_release);  // partner: KeepsRunning
    EndSlice();
  }
  // Set by the thread as its last act on the pool's behalf.
  bool ended() const { return ended_.load(std::memory_order_acquire); }  // partner: SetEnded
  void SetEnded() { ended_.store(true, std::memory_order_release); }     // partner: ended

  // False: the thread must end.
  bool KeepsRunning() const;

  // When the monitor first saw the current turn; 0: it has not seen it twice.
  int64_t busy_since_nanos() const { return busy_since_nanos_.load(std::memory_order_relaxed); }
  void SetBusySince(int64_t nanos) { busy_since_nanos_.store(nanos, std::memory_order_relaxed); }

  // Pool only, by the thread that starts or joins it.
  std::thread& thread() { return thread_; }
  // Makes the object ready for another thread. The former one has been joined.
  void Reset();

 private:
  struct Sighting {
    int64_t turns = 0;
    int64_t nanos = 0;
  };

  Runnable* Next();
  Runnable* FindWork();
  Runnable* SearchOrPark();
  Runnable* Search(int64_t spin_nanos);
  bool LooksAround();
  void ShareIfOthersSleep();
  bool TakeInjected();
  bool TrySteal(int64_t now_nanos);
  void ForgetSightings(int64_t now_nanos);
  void Leave();

  WorkerQueues queues_;

  // Written at every turn by the thread, read by the monitor at every tick.
  alignas(kFalseSharingBytes) std::atomic<int64_t> turns_{0};
  std::atomic<const Runnable*> running_{nullptr};
  std::atomic<bool> slice_over_{false};
  std::atomic<bool> retire_{false};

  WorkerPool* const pool_;
  const int index_;
  Sighting own_;                     // the last look at the own queue; nanos 0: there is none
  std::vector<Sighting> sightings_;  // of the other workers, by index

  // Written by others.
  alignas(kFalseSharingBytes) std::atomic<int64_t> busy_since_nanos_{0};
  std::atomic<bool> ended_{false};
  ParkingSpot parking_spot_;
  ThreadMeter meter_;
  std::thread thread_;
};

}  // namespace sampo

#endif  // SAMPO_ACTOR_DISPATCH_WORKER_H_
