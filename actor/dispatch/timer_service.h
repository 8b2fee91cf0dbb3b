// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// TimerService: calls back at a time. The wheel on real threads, an ordered queue in the simulation
// and under ManualTime.
//
// Guarantees: never early (NowNanos() >= deadline when fire runs); late by at most one tick plus
// what the machine adds; entries of one deadline fire in the order they were scheduled.
// Threads: all methods from any thread. fire runs on the service's thread with no lock held: it
// must be short and must not block.
#ifndef SAMPO_ACTOR_DISPATCH_TIMER_SERVICE_H_
#define SAMPO_ACTOR_DISPATCH_TIMER_SERVICE_H_

#include <cstdint>

#include "sampo/actor/base/clock.h"

namespace sampo {

// An entry, intrusive: owned by the caller, who keeps it alive until it fired or was cancelled.
struct TimerEntry {
  using FireFunction = void (*)(TimerEntry*);
  explicit TimerEntry(FireFunction function) : fire(function) {}
  TimerEntry(const TimerEntry&) = delete;
  TimerEntry& operator=(const TimerEntry&) = delete;

  TimerEntry* previous = nullptr;  // links of the slot; null while not scheduled
  TimerEntry* next = nullptr;
  int64_t deadline_nanos = 0;
  uint64_t sequence = 0;  // order among equal deadlines
  const FireFunction fire;
};

class TimerService {
 public:
  virtual ~TimerService() = default;
  // Precondition: not scheduled now. A deadline in the past fires at the next tick.
  virtual void Schedule(TimerEntry* entry, int64_t deadline_nanos) = 0;
  // True: taken out before it fired; it will not fire, the caller owns it again.
  // False: not scheduled (it fired, is firing now, or never was).
  virtual bool Cancel(TimerEntry* entry) = 0;
  virtual const Clock& clock() const = 0;
  int64_t NowNanos() const { return clock().NowNanos(); }
  // Stops calling back; entries still scheduled are forgotten, never fired. Bounded: waits only for
  // a fire that is running.
  virtual void Shutdown() = 0;
};

}  // namespace sampo

#endif  // SAMPO_ACTOR_DISPATCH_TIMER_SERVICE_H_
