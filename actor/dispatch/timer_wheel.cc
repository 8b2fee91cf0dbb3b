// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/dispatch/timer_wheel.h"

#include <algorithm>
#include <chrono>
#include <limits>

#include "sampo/actor/base/block_pool.h"
#include "sampo/actor/base/check.h"
#include "sampo/actor/dispatch/thread_name.h"

namespace sampo {
namespace {

constexpr int64_t kAwake = std::numeric_limits<int64_t>::min();

// The longest single sleep; bounds what is handed to the system. Chosen, not measured.
constexpr int64_t kSleepNanosMax = int64_t{3600} * 1'000'000'000;

}  // namespace

TimerWheel::TimerWheel(const Clock& clock)
    : clock_(clock), slots_(clock.NowNanos(), kTickNanos), sleeping_until_nanos_(kAwake) {
  thread_ = std::thread([this] {
    NameThisThread("sampo-timer");
    Main();
  });
}

TimerWheel::~TimerWheel() { Shutdown(); }

void TimerWheel::Schedule(TimerEntry* entry, int64_t deadline_nanos) {
  bool wake = false;
  {
    std::lock_guard<std::mutex> hold(mutex_);
    if (stopped_) return;
    slots_.Insert(entry, deadline_nanos);
    int64_t next = slots_.NextWakeNanos();
    wake = next < sleeping_until_nanos_;
    // As if it slept until then already: one wake-up is enough.
    if (wake) sleeping_until_nanos_ = next;
  }
  if (wake) wake_.notify_one();
}

bool TimerWheel::Cancel(TimerEntry* entry) {
  std::lock_guard<std::mutex> hold(mutex_);
  // After the end the neighbours of a forgotten entry may be gone: its links mean nothing.
  return !stopped_ && slots_.Remove(entry);
}

void TimerWheel::Shutdown() {
  SAMPO_CHECK(thread_.get_id() != std::this_thread::get_id(), "Shutdown from a timer's fire");
  {
    std::lock_guard<std::mutex> hold(mutex_);
    if (stopped_) return;
    stopped_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void TimerWheel::Main() {
  std::unique_lock<std::mutex> hold(mutex_);
  while (!stopped_) {
    bool complete = slots_.Advance(clock_.NowNanos(), kMovesPerHold);
    FireDue(hold);
    if (!complete) {
      hold.unlock();  // others may have their turn
      hold.lock();
    } else if (!stopped_) {
      Sleep(hold);
    }
  }
}

// Calls back with the mutex free. An entry that fires may be destroyed meanwhile.
void TimerWheel::FireDue(std::unique_lock<std::mutex>& hold) {
  while (!stopped_) {
    TimerEntry* entry = slots_.PopDue();
    if (entry == nullptr) return;
    hold.unlock();
    entry->fire(entry);
    FlushRemoteFrees();  // this thread may sleep next
    hold.lock();
  }
}

void TimerWheel::Sleep(std::unique_lock<std::mutex>& hold) {
  int64_t until = slots_.NextWakeNanos();
  int64_t now = clock_.NowNanos();
  if (until <= now) return;
  sleeping_until_nanos_ = until;
  if (until == kNeverNanos) {
    wake_.wait(hold);
  } else {
    wake_.wait_for(hold, std::chrono::nanoseconds(std::min(until - now, kSleepNanosMax)));
  }
  sleeping_until_nanos_ = kAwake;
}

}  // namespace sampo
