// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/dispatch/manual_timer_service.h"

#include <algorithm>

#include "sampo/actor/base/check.h"

namespace sampo {

// A scheduled entry links to itself: the order is kept by the set, the links only tell its state.

void ManualTimerService::Schedule(TimerEntry* entry, int64_t deadline_nanos) {
  std::lock_guard<std::mutex> hold(mutex_);
  if (stopped_) return;
  SAMPO_CHECK(entry->next == nullptr, "a timer entry was scheduled twice");
  entry->previous = entry->next = entry;
  entry->deadline_nanos = deadline_nanos;
  entry->sequence = next_sequence_++;
  entries_.insert(entry);
}

bool ManualTimerService::Cancel(TimerEntry* entry) {
  std::lock_guard<std::mutex> hold(mutex_);
  if (stopped_ || entry->next == nullptr) return false;
  entries_.erase(entry);
  entry->previous = entry->next = nullptr;
  return true;
}

void ManualTimerService::Shutdown() {
  std::lock_guard<std::mutex> hold(mutex_);
  stopped_ = true;
  entries_.clear();
}

int64_t ManualTimerService::AdvanceTo(int64_t nanos) {
  int64_t fired = 0;
  while (TimerEntry* entry = TakeDue(std::max(nanos, clock_.NowNanos()))) {
    entry->fire(entry);
    ++fired;
  }
  if (nanos > clock_.NowNanos()) clock_.Set(nanos);
  return fired;
}

// Takes out the first entry that is due until then and sets the clock to its deadline; or null.
TimerEntry* ManualTimerService::TakeDue(int64_t until_nanos) {
  std::lock_guard<std::mutex> hold(mutex_);
  if (entries_.empty()) return nullptr;
  TimerEntry* first = *entries_.begin();
  if (first->deadline_nanos > until_nanos || first->deadline_nanos == kNeverNanos) return nullptr;
  entries_.erase(entries_.begin());
  first->previous = first->next = nullptr;
  if (first->deadline_nanos > clock_.NowNanos()) clock_.Set(first->deadline_nanos);
  return first;
}

int64_t ManualTimerService::NextDeadlineNanos() const {
  std::lock_guard<std::mutex> hold(mutex_);
  return entries_.empty() ? kNeverNanos : (*entries_.begin())->deadline_nanos;
}

int64_t ManualTimerService::size() const {
  std::lock_guard<std::mutex> hold(mutex_);
  return static_cast<int64_t>(entries_.size());
}

}  // namespace sampo
