// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Monitor: the thread that watches the workers of one dispatcher.
//
// Why: a worker whose handler blocks cannot help itself, and a worker that sleeps sees no work.
// Every tick the monitor looks at each worker's count of turns and
//   - asks a turn that outlasts its time slice to end,
//   - moves what waits behind a turn that does not end, or would wait too long while others sleep,
//     to the injection queue (steal_policy.h), and wakes a sleeper for it,
//   - adds spare workers while all are blocked and something waits; ends them afterwards.
// It sleeps too while all workers sleep: an idle system uses no CPU.
// Threads: one of its own; Start, Stop: the pool's owner; Nudge: any.
#ifndef SAMPO_ACTOR_DISPATCH_MONITOR_H_
#define SAMPO_ACTOR_DISPATCH_MONITOR_H_

#include <atomic>
#include <cstdint>
#include <thread>
#include <vector>

#include "sampo/actor/dispatch/parking_spot.h"
#include "sampo/actor/dispatch/runnable.h"
#include "sampo/actor/dispatch/steal_policy.h"

namespace sampo {

class Worker;
class WorkerPool;

class Monitor {
 public:
  // Time between two looks while something runs. Each costs some 5 us of a core (a wake-up by the
  // timer, one cache line a worker), so 0.5 % of one core.
  static constexpr int64_t kTickNanos = 1'000'000;
  // ... and while all that runs is blocked and nothing waits. Chosen, not measured.
  static constexpr int64_t kQuietTickNanos = 8'000'000;
  // Ticks without any work before the monitor sleeps too, so that a system that is asked something
  // every few milliseconds does not pay for two wake-ups each time. Chosen, not measured.
  static constexpr int kIdleTicksBeforePark = 16;
  // Ticks for which the regular workers must be free before the spares end. Chosen, not measured.
  static constexpr int kFreeTicksBeforeRetire = 8;

  explicit Monitor(WorkerPool* pool);
  Monitor(const Monitor&) = delete;
  Monitor& operator=(const Monitor&) = delete;

  void Start();
  // Ends and joins the thread.
  void Stop();
  // Wakes the monitor: a worker has woken up.
  void Nudge();

 private:
  // What the last tick saw of a worker.
  struct Sighting {
    int64_t turns = 0;
    int64_t seen_nanos = 0;        // when it was looked at
    int64_t turn_since_nanos = 0;  // when this turn was first seen
    int64_t cpu_nanos = -1;        // the thread's processor time soon after that; -1: not yet
    bool blocked = false;          // this turn counts as blocked, until it ends
  };
  // What one tick found out about all of them.
  struct Tally {
    int alive = 0;
    int blocked = 0;
    int regular_blocked = 0;
  };

  void Main();
  void Tick(int64_t now_nanos);
  StealAmount Look(Worker& worker, int64_t now_nanos, Tally& tally);
  bool IsBlocked(const Worker& worker, Sighting& last, int64_t age_nanos) const;
  void Move(Worker& worker, StealAmount amount);
  void AdjustSpares(const Tally& tally);
  bool NothingToWatch();

  WorkerPool* const pool_;
  const int64_t slice_nanos_;
  const int64_t blocked_nanos_;
  std::vector<Sighting> sightings_;
  std::vector<const Runnable*> blocked_;  // what the blocked workers run, as of this tick
  int idle_ticks_ = 0;
  int free_ticks_ = 0;
  bool quiet_ = false;     // all that run are blocked and nothing waits
  bool starving_ = false;  // the observer knows of this episode
  std::atomic<bool> stop_{false};
  ParkingSpot parking_spot_;
  std::thread thread_;
};

}  // namespace sampo

#endif  // SAMPO_ACTOR_DISPATCH_MONITOR_H_
