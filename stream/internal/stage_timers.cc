// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/stream/internal/stage_timers.h"

#include <algorithm>

#include "sampo/actor/base/clock.h"

namespace sampo::stream::internal {

uint64_t IslandTimers::Add(int64_t deadline_nanos, GraphStageLogic* logic, int64_t key) {
  heap_.push_back({deadline_nanos, ++generation_, logic, key});
  std::push_heap(heap_.begin(), heap_.end(), &Later);
  return generation_;
}

void IslandTimers::Forget(GraphStageLogic* logic) {
  std::erase_if(heap_, [logic](const Entry& entry) { return entry.logic == logic; });
  std::make_heap(heap_.begin(), heap_.end(), &Later);
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
