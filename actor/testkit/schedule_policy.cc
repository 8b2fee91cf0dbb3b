// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/testkit/schedule_policy.h"

#include <algorithm>

namespace sampo::internal {
namespace {

// PCT alone would let an actor that tells itself for ever starve all others. Chosen, not measured:
// far more steps in a row than a finite scenario has.
constexpr int kStepsInARowMax = 1000;

class Fifo final : public SchedulePolicy {
 public:
  size_t Pick(const std::vector<uint64_t>&) override { return 0; }
};

class Uniform final : public SchedulePolicy {
 public:
  explicit Uniform(uint64_t seed) : random_(seed) {}
  size_t Pick(const std::vector<uint64_t>& ready) override {
    return static_cast<size_t>(random_.Below(ready.size()));
  }

 private:
  Random random_;
};

class Pct final : public SchedulePolicy {
 public:
  explicit Pct(const SchedulePolicySettings& settings) : random_(settings.seed) {
    const auto expected = static_cast<uint64_t>(std::max<int64_t>(settings.steps_expected, 1));
    for (int i = 0; i < settings.change_points; ++i) {
      // The paper's priority of change point i is i: below all initial ones.
      change_points_.emplace(static_cast<int64_t>(random_.Below(expected)), i + 1);
    }
  }

  size_t Pick(const std::vector<uint64_t>& ready) override {
    size_t chosen = Highest(ready);
    auto [first, last] = change_points_.equal_range(step_++);
    for (auto point = first; point != last; ++point) {
      priorities_[ready[chosen]] = point->second;
      chosen = Highest(ready);
    }
    in_a_row_ = ready[chosen] == previous_ ? in_a_row_ + 1 : 0;
    previous_ = ready[chosen];
    if (in_a_row_ >= kStepsInARowMax) {
      in_a_row_ = 0;
      priorities_[previous_] = --lowest_;
    }
    return chosen;
  }

 private:
  size_t Highest(const std::vector<uint64_t>& ready) {
    size_t best = 0;
    int64_t best_priority = PriorityOf(ready[0]);
    for (size_t i = 1; i < ready.size(); ++i) {
      const int64_t priority = PriorityOf(ready[i]);
      if (priority > best_priority) {
        best = i;
        best_priority = priority;
      }
    }
    return best;
  }
  int64_t PriorityOf(uint64_t identity) {
    auto [place, is_new] = priorities_.try_emplace(identity, 0);
    if (is_new) place->second = int64_t{1} << 62 | static_cast<int64_t>(random_.Next() >> 3);
    return place->second;
  }

  Random random_;
  int64_t step_ = 0;
  int64_t lowest_ = 0;
  uint64_t previous_ = 0;
  int in_a_row_ = 0;
  std::map<uint64_t, int64_t> priorities_;         // bounded by the runnables of one simulation
  std::multimap<int64_t, int64_t> change_points_;  // step -> priority
};

}  // namespace

std::unique_ptr<SchedulePolicy> SchedulePolicy::Make(const SchedulePolicySettings& settings) {
  switch (settings.kind) {
    case SchedulePolicyKind::kFifo:
      return std::make_unique<Fifo>();
    case SchedulePolicyKind::kUniform:
      return std::make_unique<Uniform>(settings.seed);
    case SchedulePolicyKind::kPct:
      return std::make_unique<Pct>(settings);
  }
  return nullptr;
}

}  // namespace sampo::internal
