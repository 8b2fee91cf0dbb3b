// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// TimerWheel: the TimerService of real systems: timer_slots.h behind a mutex, and a thread.
//
// Guarantees: those of TimerService. The thread sleeps until the next deadline, for ever if there
// is none; entries that are cancelled in time do not wake it. A million entries are fine.
// Cost: Schedule and Cancel hold the mutex for some ten nanoseconds. The thread holds it for at
// most kMovesPerHold moves at once, plus the sorting of one tick's entries.
// Threads: see TimerService. Shutdown must not be called from a fire.
//
//   TimerWheel wheel(Clock::Real());
//   wheel.Schedule(&entry, DeadlineNanos(wheel.NowNanos(), absl::Seconds(5)));
//   if (!wheel.Cancel(&entry)) { /* it fired, or fires now */ }
#ifndef SAMPO_ACTOR_DISPATCH_TIMER_WHEEL_H_
#define SAMPO_ACTOR_DISPATCH_TIMER_WHEEL_H_

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>

#include "sampo/actor/dispatch/timer_service.h"
#include "sampo/actor/dispatch/timer_slots.h"

namespace sampo {

class TimerWheel final : public TimerService {
 public:
  // Pekko's is 10 ms, because its thread wakes at every tick. This one sleeps until there is
  // something to do, so a finer tick costs nothing but more wake-ups for entries close to each
  // other.
  static constexpr int64_t kTickNanos = 1'000'000;
  // Entries moved between slots before the mutex is given up: some 25 us of cache misses.
  static constexpr int kMovesPerHold = 256;

  // Starts the thread. The clock must run at the pace of the machine's.
  explicit TimerWheel(const Clock& clock);
  ~TimerWheel() override;

  void Schedule(TimerEntry* entry, int64_t deadline_nanos) override;
  bool Cancel(TimerEntry* entry) override;
  const Clock& clock() const override { return clock_; }
  void Shutdown() override;

 private:
  void Main();
  void FireDue(std::unique_lock<std::mutex>& hold);
  void Sleep(std::unique_lock<std::mutex>& hold);

  const Clock& clock_;
  std::mutex mutex_;
  std::condition_variable wake_;
  // Guarded by mutex_:
  TimerSlots slots_;
  bool stopped_ = false;
  // Until when the thread sleeps; the smallest number while it is awake and will look by itself.
  int64_t sleeping_until_nanos_;
  std::thread thread_;
};

}  // namespace sampo

#endif  // SAMPO_ACTOR_DISPATCH_TIMER_WHEEL_H_
