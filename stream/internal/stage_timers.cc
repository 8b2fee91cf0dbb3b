// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/stream/internal/stage_timers.h"

#include <algorithm>

#include "sampo/actor/base/clock.h"
#include "sampo/stream/detail/logic_access.h"

namespace sampo::stream::internal {

uint64_t IslandTimers::Add(int64_t deadline_nanos, GraphStageLogic* logic, int64_t key) {
  heap_.push_back({deadline_nanos, ++generation_, logic, key});
  std::push_heap(heap_.begin(), heap_.end(), &Later);
  return generation_;
}

void IslandTimers::Forget(GraphStageLogic* logic) {
  std::erase_if(heap_, [this, logic](const Entry& entry) {
    if (entry.logic != logic) return false;
    if (!LogicAccess::IsTimerValid(logic, entry.key, entry.generation)) --stale_;
    return true;
  });
  std::make_heap(heap_.begin(), heap_.end(), &Later);
}

void IslandTimers::NoteStale() {
  if (++stale_ <= kStaleKept || 2 * stale_ <= heap_.size()) return;
  std::erase_if(heap_, [](const Entry& entry) {
    return !LogicAccess::IsTimerValid(entry.logic, entry.key, entry.generation);
  });
  std::make_heap(heap_.begin(), heap_.end(), &Later);
  stale_ = 0;
}

bool IslandTimers::TakeDue(int64_t now_nanos, Entry* due) {
  if (heap_.empty() || heap_.front().deadline_nanos > now_nanos) return false;
  std::pop_heap(heap_.begin(), heap_.end(), &Later);
  *due = heap_.back();
  heap_.pop_back();
  return true;
}

int64_t IslandTimers::next_deadline() const {
  return heap_.empty() ? kNeverNanos : heap_.front().deadline_nanos;
}

}  // namespace sampo::stream::internal
