// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// MovingDeadline: a deadline that moves with each element: one timer of the stage, which finds out
// when it is due that the deadline was moved meanwhile.
//
// Why not a timer for each move: that would cost a place in the island's heap for each element.
// Threads: the stage's turn.
//
//   void OnPush() { deadline_.Move(*this, timeout_); ... }
//   void OnTimer(int64_t) { if (deadline_.IsDue(*this)) FailStage(...); }
#ifndef SAMPO_STREAM_DETAIL_MOVING_DEADLINE_H_
#define SAMPO_STREAM_DETAIL_MOVING_DEADLINE_H_

#include <cstdint>

#include "absl/time/time.h"
#include "sampo/stream/graph_stage.h"

namespace sampo::stream::internal {

class MovingDeadline {
 public:
  explicit MovingDeadline(int64_t timer_key = 0) : key_(timer_key) {}

  // To `after` from now. Not to an earlier time than the last one, or it is due late.
  void Move(GraphStageLogic& stage, absl::Duration after) {
    deadline_nanos_ = stage.NowNanos() + absl::ToInt64Nanoseconds(after);
    if (is_armed_) return;
    is_armed_ = true;
    stage.ScheduleOnce(key_, after);
  }
  // In OnTimer: whether it is due now. If so nothing happens until the next Move.
  bool IsDue(GraphStageLogic& stage) {
    const int64_t left = deadline_nanos_ - stage.NowNanos();
    if (left > 0) {
      stage.ScheduleOnce(key_, absl::Nanoseconds(left));
      return false;
    }
    is_armed_ = false;
    return true;
  }

 private:
  const int64_t key_;
  bool is_armed_ = false;
  int64_t deadline_nanos_ = 0;
};

}  // namespace sampo::stream::internal

#endif  // SAMPO_STREAM_DETAIL_MOVING_DEADLINE_H_
