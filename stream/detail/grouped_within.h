// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// The stage of GroupedWithin and GroupedWeightedWithin.
//
// A group is closed by its number, its weight, the clock, or the end. The clock starts anew when a
// group is closed by number or weight. A group that the clock has closed grows until there is
// demand or it is full. Threads: the stage's turn.
#ifndef SAMPO_STREAM_DETAIL_GROUPED_WITHIN_H_
#define SAMPO_STREAM_DETAIL_GROUPED_WITHIN_H_

#include <cstdint>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/stream/detail/moving_deadline.h"
#include "sampo/stream/detail/stage_report.h"
#include "sampo/stream/detail/stages.h"

namespace sampo::stream {

// Of GroupedWeightedWithin; what is left out does not limit.
struct GroupLimits {
  int64_t weight = std::numeric_limits<int64_t>::max();
  int64_t count = std::numeric_limits<int64_t>::max();
  absl::Duration time;
};

namespace internal {

template <class T, class Cost>
class GroupedWithinLogic final : public FlowLogic<T, std::vector<T>> {
 public:
  GroupedWithinLogic(GroupLimits limits, Cost cost)
      : weight_max_(limits.weight),
        count_max_(limits.count > 1 ? static_cast<size_t>(limits.count) : 1),
        interval_(limits.time),
        cost_(std::move(cost)) {}
  void PreStart() override {
    StartClock();
    this->in_.Pull();
  }
  void OnPush() override {
    T element = this->in_.Grab();
    const int64_t cost = cost_(std::as_const(element));
    if (cost < 0) {
      return this->FailStage(absl::InvalidArgumentError(StrCat(
          "stream groupedWeightedWithin: an element's weight is ", cost, ", want 0 or more")));
    }
    if (!group_.empty() && weight_ + cost > weight_max_) {
      next_.emplace(std::move(element));
      next_cost_ = cost;
      return Close();
    }
    group_.push_back(std::move(element));
    weight_ += cost;
    if (IsFull()) return Close();
    this->in_.Pull();
  }
  void OnPull() override {
    if (is_closed_) Emit();
  }
  void OnUpstreamFinish() override {
    if (group_.empty()) return this->CompleteStage();
    is_closed_ = true;
    if (this->out_.IsAvailable()) Emit();
  }
  void OnTimer(int64_t) override {
    if (!clock_.IsDue(*this)) return;
    StartClock();
    if (group_.empty()) return;
    is_closed_ = true;
    if (this->out_.IsAvailable()) Emit();
  }
  void Describe(StageReport& report) const override {
    report.buffered = static_cast<int64_t>(group_.size());
    report.buffer_size = static_cast<int64_t>(count_max_);
  }

 private:
  bool IsFull() const { return weight_ >= weight_max_ || group_.size() >= count_max_; }
  void StartClock() { clock_.Move(*this, interval_); }
  // The group is full.
  void Close() {
    is_closed_ = true;
    StartClock();
    if (this->out_.IsAvailable()) Emit();
  }
  void Emit() {
    this->out_.Push(std::exchange(group_, {}));
    is_closed_ = false;
    weight_ = 0;
    if (next_) {
      group_.push_back(*std::move(next_));
      next_.reset();
      weight_ = next_cost_;
    }
    if (this->in_.IsClosed()) {
      is_closed_ = true;
      if (group_.empty()) this->CompleteStage();
    } else if (!group_.empty() && IsFull()) {
      is_closed_ = true;
      StartClock();
    } else {
      this->in_.TryPull();
    }
  }

  const int64_t weight_max_;
  const size_t count_max_;
  const absl::Duration interval_;
  [[no_unique_address]] Cost cost_;
  std::vector<T> group_;  // at most count_max_
  int64_t weight_ = 0;
  bool is_closed_ = false;  // to be emitted with the next demand
  std::optional<T> next_;   // does not fit into the group
  int64_t next_cost_ = 0;
  MovingDeadline clock_;
};

}  // namespace internal
}  // namespace sampo::stream

#endif  // SAMPO_STREAM_DETAIL_GROUPED_WITHIN_H_
