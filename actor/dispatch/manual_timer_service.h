// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// ManualTimerService: a TimerService whose time stands still until somebody moves it.
//
// Why: ManualTime and the simulator decide when time passes; entries fire on the thread that moves
// it, exactly in the order of (deadline, sequence), each at its own time.
// Threads: all methods from any thread; two must not advance at once. Fires run on the thread that
// advances, with no lock held, and may schedule and cancel.
//
//   ManualTimerService timers;
//   timers.Schedule(&entry, 1'000);
//   timers.AdvanceTo(5'000);      // fires it with NowNanos() == 1'000; then it is 5'000
#ifndef SAMPO_ACTOR_DISPATCH_MANUAL_TIMER_SERVICE_H_
#define SAMPO_ACTOR_DISPATCH_MANUAL_TIMER_SERVICE_H_

#include <atomic>
#include <cstdint>
#include <mutex>
#include <set>

#include "absl/time/time.h"
#include "sampo/actor/dispatch/timer_service.h"

namespace sampo {

// A clock that shows what it was set to.
class ManualClock final : public Clock {
 public:
  // `wall_start` is the wall time at nanosecond 0.
  explicit ManualClock(int64_t now_nanos = 0, absl::Time wall_start = absl::UnixEpoch())
      : now_nanos_(now_nanos), wall_start_(wall_start) {}

  int64_t NowNanos() const override {
    return now_nanos_.load(std::memory_order_acquire);  // partner: Set
  }
  absl::Time WallTime() const override { return wall_start_ + absl::Nanoseconds(NowNanos()); }
  // Must not go back.
  void Set(int64_t now_nanos) {
    now_nanos_.store(now_nanos, std::memory_order_release);  // partner: NowNanos
  }

 private:
  std::atomic<int64_t> now_nanos_;
  const absl::Time wall_start_;
};

class ManualTimerService final : public TimerService {
 public:
  explicit ManualTimerService(int64_t now_nanos = 0, absl::Time wall_start = absl::UnixEpoch())
      : clock_(now_nanos, wall_start) {}

  void Schedule(TimerEntry* entry, int64_t deadline_nanos) override;
  bool Cancel(TimerEntry* entry) override;
  const Clock& clock() const override { return clock_; }
  void Shutdown() override;

  // Fires all that is due until `nanos`, also what is scheduled meanwhile, and sets the clock to
  // it. A time in the past only fires what is due now. Returns how many fired.
  int64_t AdvanceTo(int64_t nanos);
  // The earliest deadline, kNeverNanos if there is none: how far a simulator may leap.
  int64_t NextDeadlineNanos() const;
  // Entries scheduled, those with kNeverNanos too.
  int64_t size() const;

 private:
  struct ByDeadline {
    bool operator()(const TimerEntry* a, const TimerEntry* b) const {
      if (a->deadline_nanos != b->deadline_nanos) return a->deadline_nanos < b->deadline_nanos;
      return a->sequence < b->sequence;
    }
  };

  TimerEntry* TakeDue(int64_t until_nanos);

  ManualClock clock_;
  mutable std::mutex mutex_;
  // Guarded by mutex_:
  std::set<TimerEntry*, ByDeadline> entries_;
  uint64_t next_sequence_ = 0;
  bool stopped_ = false;
};

}  // namespace sampo

#endif  // SAMPO_ACTOR_DISPATCH_MANUAL_TIMER_SERVICE_H_
