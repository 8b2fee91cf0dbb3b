// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// GroupingOps: several elements in one vector, by number, weight, key or window; and Intersperse,
// which puts elements between them.
//
// Threads: functions run on the stream's turn, copied for each materialization.
//
//   source.Grouped(100).Map(WriteBatch);
#ifndef SAMPO_STREAM_OPS_GROUPING_H_
#define SAMPO_STREAM_OPS_GROUPING_H_

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "sampo/stream/detail/append.h"
#include "sampo/stream/detail/stages.h"
#include "sampo/stream/detail/uninit.h"
#include "sampo/stream/errors.h"

namespace sampo::stream {
namespace internal {

// What an element does to the group before it.
enum class GroupStep { kJoins, kJoinsAndEnds, kBeginsNext };

// Ends a group when its weight has reached `min`.
template <class In, class Cost>
struct WeightRule {
  int64_t min;
  [[no_unique_address]] Cost cost;
  int64_t weight = 0;
  GroupStep Add(const In& element) {
    weight += static_cast<int64_t>(cost(element));
    if (weight < min) return GroupStep::kJoins;
    weight = 0;
    return GroupStep::kJoinsAndEnds;
  }
  void Restart() { weight = 0; }
};

// Ends a group before an element of another key, or one that would make it heavier than `max`.
template <class In, class KeyOf, class Cost>
struct AdjacentRule {
  [[no_unique_address]] KeyOf key_of;
  int64_t max;
  [[no_unique_address]] Cost cost;
  std::optional<ResultOf<KeyOf, const In&>> key = {};
  int64_t weight = 0;
  GroupStep Add(const In& element) {
    auto new_key = key_of(element);
    const int64_t added = static_cast<int64_t>(cost(element));
    if (key && *key == new_key && added <= max - weight) {
      weight += added;
      return GroupStep::kJoins;
    }
    const bool first = !key;
    key.emplace(std::move(new_key));
    weight = added;
    return first ? GroupStep::kJoins : GroupStep::kBeginsNext;
  }
  void Restart() { key.reset(), weight = 0; }
};

struct OneEach {
  template <class T>
  int64_t operator()(const T&) const {
    return 1;
  }
};

template <class In, class Rule>
class GroupLogic final : public FlowLogic<In, std::vector<In>> {
 public:
  explicit GroupLogic(Rule rule) : rule_(std::move(rule)) {}
  void OnPush() override {
    GroupStep step;
    In element = this->in_.Grab();
    try {
      step = rule_.Add(std::as_const(element));
    } catch (...) {
      return OnThrown(StatusOfCurrentException());
    }
    std::vector<In> ended;
    if (step == GroupStep::kBeginsNext) ended.swap(group_);
    group_.push_back(std::move(element));
    if (step == GroupStep::kJoins) return this->in_.Pull();
    if (step == GroupStep::kJoinsAndEnds) ended.swap(group_);
    this->out_.Push(std::move(ended));
  }
  void OnUpstreamFinish() override {
    if (!group_.empty()) this->out_.Emit(std::move(group_));
    this->CompleteStage();
  }

 private:
  void OnThrown(absl::Status failure) {
    const Directive directive = this->decider()(failure);
    if (directive == Directive::kStop) return this->FailStage(std::move(failure));
    if (directive == Directive::kRestart) {
      group_.clear();
      rule_.Restart();
    }
    this->in_.Pull();
  }

  [[no_unique_address]] Rule rule_;
  std::vector<In> group_;  // bounded by the rule, where that has a bound
};

// Windows of `size` elements, one every `step` elements.
template <class In>
class SlidingLogic final : public FlowLogic<In, std::vector<In>> {
 public:
  SlidingLogic(int64_t size, int64_t step)
      : size_(static_cast<size_t>(size)), step_(static_cast<size_t>(step)) {}
  void OnPush() override {
    if (skip_ > 0) {
      this->in_.Grab();
      --skip_;
      return this->in_.Pull();
    }
    window_.push_back(this->in_.Grab());
    if (window_.size() < size_) return this->in_.Pull();
    fresh_ = false;
    std::vector<In> full;
    if (step_ >= size_) {
      full = std::exchange(window_, {});
      skip_ = step_ - size_;
    } else {
      full = window_;
      window_.erase(window_.begin(), window_.begin() + static_cast<std::ptrdiff_t>(step_));
      overlap_ = window_.size();
    }
    this->out_.Push(std::move(full));
  }
  void OnUpstreamFinish() override {
    // What is left is a window of its own only where it has elements that were in none before.
    if (fresh_ ? !window_.empty() : window_.size() > overlap_) {
      this->out_.Emit(std::move(window_));
    }
    this->CompleteStage();
  }

 private:
  const size_t size_;
  const size_t step_;
  std::vector<In> window_;  // at most size_
  size_t skip_ = 0;         // elements between two windows
  size_t overlap_ = 0;      // elements of window_ that were in the one before
  bool fresh_ = true;       // no window was full yet
};

template <class T>
class IntersperseLogic final : public FlowLogic<T, T> {
 public:
  IntersperseLogic(std::optional<T> start, T inject, std::optional<T> end)
      : start_(std::move(start)), inject_(std::move(inject)), end_(std::move(end)) {}
  void OnPush() override {
    const bool first = std::exchange(first_, false);
    if (first && !start_) return this->out_.Push(this->in_.Grab());
    held_ = this->in_.Grab();
    this->out_.Push(T(first ? *start_ : inject_));
  }
  void OnPull() override {
    if (!held_) return this->in_.Pull();
    this->out_.Push(*std::exchange(held_, std::nullopt));
  }
  void OnUpstreamFinish() override {
    std::vector<T> rest;
    if (held_) rest.push_back(*std::move(held_));
    if (first_ && start_) rest.push_back(*std::move(start_));
    if (end_) rest.push_back(*std::move(end_));
    if (!rest.empty()) this->out_.EmitMultiple(std::move(rest));
    this->CompleteStage();
  }

 private:
  std::optional<T> start_;
  const T inject_;
  std::optional<T> end_;
  std::optional<T> held_;  // waits behind what was put before it
  bool first_ = true;
};

}  // namespace internal

template <class Derived, class Out>
class GroupingOps {
 public:
  // Vectors of `count` elements; the last one may be shorter. A count below 1 counts as 1.
  // Emits when: `count` elements came, or upstream completes with some left. Backpressures when: a
  // group is full and downstream does. Completes when: upstream does and the last group was
  // emitted. Cancels when: downstream does. Tested by: grouping_test.cc.
  auto Grouped(int64_t count, SourceLocation where = SourceLocation::Current()) const {
    return AppendGroup("grouped", where, internal::WeightRule<Out, internal::OneEach>{count, {}});
  }
  // Vectors of elements whose costs, `cost(const Out&)` each, together reach `min_weight`.
  // Emits when: `min_weight` is reached, or upstream completes with some left. Backpressures when:
  // a group is full and downstream does. Completes when: upstream does and the last group was
  // emitted. Cancels when: downstream does. Supervision: yes. Tested by: grouping_test.cc.
  template <class Cost>
  auto GroupedWeighted(int64_t min_weight, Cost cost,
                       SourceLocation where = SourceLocation::Current()) const {
    return AppendGroup("groupedWeighted", where,
                       internal::WeightRule<Out, Cost>{min_weight, std::move(cost)});
  }
  // Vectors of neighbours with equal `key_of(const Out&)`. Without a bound: see
  // GroupedAdjacentByWeighted.
  // Emits when: an element of another key comes, or upstream completes. Backpressures when: a group
  // has ended and downstream does. Completes when: upstream does and the last group was emitted.
  // Cancels when: downstream does. Supervision: yes. Tested by: grouping_test.cc.
  template <class KeyOf>
  auto GroupedAdjacentBy(KeyOf key_of, SourceLocation where = SourceLocation::Current()) const {
    return AppendGroup("groupedAdjacentBy", where,
                       internal::AdjacentRule<Out, KeyOf, internal::OneEach>{
                           std::move(key_of), std::numeric_limits<int64_t>::max(), {}});
  }
  // The same in groups of costs of at most `max_weight` together; an element that costs more is a
  // group of its own.
  // Emits when: an element of another key comes, or one that would exceed `max_weight`, or upstream
  // completes. Backpressures when: a group has ended and downstream does. Completes when: upstream
  // does and the last group was emitted. Cancels when: downstream does. Supervision: yes. Tested
  // by: grouping_test.cc.
  template <class KeyOf, class Cost>
  auto GroupedAdjacentByWeighted(KeyOf key_of, int64_t max_weight, Cost cost,
                                 SourceLocation where = SourceLocation::Current()) const {
    return AppendGroup(
        "groupedAdjacentByWeighted", where,
        internal::AdjacentRule<Out, KeyOf, Cost>{std::move(key_of), max_weight, std::move(cost)});
  }
  // Windows of `size` elements that begin every `step` elements; a shorter one at the end, where
  // elements are left that no window had. Values below 1 count as 1.
  // Emits when: a window is full, or upstream completes with some left. Backpressures when: a
  // window is full and downstream does. Completes when: upstream does and the last window was
  // emitted. Cancels when: downstream does. Tested by: grouping_test.cc.
  auto Sliding(int64_t size, int64_t step = 1,
               SourceLocation where = SourceLocation::Current()) const {
    return internal::AppendStage<std::vector<Out>, internal::SlidingLogic<Out>>(
        self(), "sliding", where, std::max<int64_t>(size, 1), std::max<int64_t>(step, 1));
  }
  // `inject` between two elements; with three arguments also `start` before the first and `end`
  // after the last, and where there is none.
  // Emits when: upstream does, or an element waits behind an injected one. Backpressures when:
  // downstream does. Completes when: upstream does and `end` was emitted. Cancels when: downstream
  // does. Tested by: grouping_test.cc.
  auto Intersperse(Out inject, SourceLocation where = SourceLocation::Current()) const {
    return AppendIntersperse(where, std::nullopt, std::move(inject), std::nullopt);
  }
  auto Intersperse(Out start, Out inject, Out end,
                   SourceLocation where = SourceLocation::Current()) const {
    return AppendIntersperse(where, std::move(start), std::move(inject), std::move(end));
  }

 private:
  const Derived& self() const { return static_cast<const Derived&>(*this); }

  template <class Rule>
  auto AppendGroup(const char* name, SourceLocation where, Rule rule) const {
    return internal::AppendStage<std::vector<Out>, internal::GroupLogic<Out, Rule>>(
        self(), name, where, std::move(rule));
  }
  auto AppendIntersperse(SourceLocation where, std::optional<Out> start, Out inject,
                         std::optional<Out> end) const {
    return internal::AppendStage<Out, internal::IntersperseLogic<Out>>(
        self(), "intersperse", where, std::move(start), std::move(inject), std::move(end));
  }
};

}  // namespace sampo::stream

#endif  // SAMPO_STREAM_OPS_GROUPING_H_
