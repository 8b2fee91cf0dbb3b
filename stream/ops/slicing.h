// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// SlicingOps: which part of a stream goes on: Take, Drop, Limit and their kin.
//
// They are pipe operators. Take ends the stream in the call that passes the last element on: no
// further demand is needed for it.
// Threads: functions run on the stream's turn, copied for each materialization.
//
//   source.DropWhile(IsHeader).Take(10).Limit(1000);
#ifndef SAMPO_STREAM_OPS_SLICING_H_
#define SAMPO_STREAM_OPS_SLICING_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <utility>

#include "sampo/stream/detail/append.h"
#include "sampo/stream/detail/stages.h"
#include "sampo/stream/errors.h"

namespace sampo::stream {
namespace internal {

template <class T>
class TakePipe final : public Pipe<T, T> {
 public:
  explicit TakePipe(int64_t count) : left_(count) {}
  void Push(PassedBy<T> element) override {
    const bool last = --left_ == 0;
    this->next_->Push(std::move(element));
    if (last) this->Complete();
  }

 private:
  int64_t left_;  // at least 1 before the last one
};

// Take of nothing: over before it begins.
template <class T>
class TakeNothingLogic final : public FlowLogic<T, T> {
 public:
  void PreStart() override { this->CompleteStage(); }
  void OnPush() override {}
};

// Ends at the first element for which the predicate is kEnd, before or after passing it on.
template <class T, class F, bool kEnd>
class TakeUntilPipe final : public Pipe<T, T> {
 public:
  TakeUntilPipe(F f, bool inclusive) : f_(std::move(f)), inclusive_(inclusive) {}
  void Push(PassedBy<T> element) override {
    bool ends;
    try {
      ends = static_cast<bool>(f_(std::as_const(element))) == kEnd;
    } catch (...) {
      return this->Supervise(StatusOfCurrentException());
    }
    if (!ends || inclusive_) this->next_->Push(std::move(element));
    if (ends) this->Complete();
  }

 private:
  [[no_unique_address]] F f_;
  const bool inclusive_;
};

template <class T>
class DropPipe final : public Pipe<T, T> {
 public:
  explicit DropPipe(int64_t count) : left_(count) {}
  void Push(PassedBy<T> element) override {
    if (left_ <= 0) return this->next_->Push(std::move(element));
    --left_;
    this->PullAgain();
  }

 private:
  int64_t left_;
};

template <class T, class F>
class DropWhilePipe final : public Pipe<T, T> {
 public:
  explicit DropWhilePipe(F f) : f_(std::move(f)) {}
  void Push(PassedBy<T> element) override {
    if (dropping_) {
      try {
        dropping_ = static_cast<bool>(f_(std::as_const(element)));
      } catch (...) {
        return this->Supervise(StatusOfCurrentException());
      }
      if (dropping_) return this->PullAgain();
    }
    this->next_->Push(std::move(element));
  }

 private:
  [[no_unique_address]] F f_;
  bool dropping_ = true;
};

template <class T, class Equal>
class DropRepeatedPipe final : public Pipe<T, T> {
 public:
  explicit DropRepeatedPipe(Equal equal) : equal_(std::move(equal)) {}
  void Push(PassedBy<T> element) override {
    try {
      if (previous_ && equal_(*previous_, std::as_const(element))) return this->PullAgain();
      previous_ = element;
    } catch (...) {
      return this->Supervise(StatusOfCurrentException(), [this] { previous_.reset(); });
    }
    this->next_->Push(std::move(element));
  }

 private:
  [[no_unique_address]] Equal equal_;
  std::optional<T> previous_;
};

template <class T, class Cost>
class LimitPipe final : public Pipe<T, T> {
 public:
  LimitPipe(int64_t limit, Cost cost) : limit_(limit), left_(limit), cost_(std::move(cost)) {}
  void Push(PassedBy<T> element) override {
    try {
      left_ -= static_cast<int64_t>(cost_(std::as_const(element)));
    } catch (...) {
      return this->Supervise(StatusOfCurrentException(), [this] { left_ = limit_; });
    }
    if (left_ < 0) return this->Fail(LimitReached(this->name(), limit_));
    this->next_->Push(std::move(element));
  }

 private:
  const int64_t limit_;
  int64_t left_;
  [[no_unique_address]] Cost cost_;
};

// Each element counts 1.
struct UnitCost {
  template <class T>
  int64_t operator()(const T&) const {
    return 1;
  }
};

}  // namespace internal

template <class Derived, class Out>
class SlicingOps {
 public:
  // The first `count` elements; none for a count below 1.
  // Emits when: upstream does and `count` is not reached. Backpressures when: downstream does.
  // Completes when: upstream does, or with the element that reaches `count`. Cancels when:
  // downstream does, or with that element. Tested by: slicing_test.cc.
  auto Take(int64_t count, SourceLocation where = SourceLocation::Current()) const {
    if (count < 1) {
      return internal::AppendStage<Out, internal::TakeNothingLogic<Out>>(self(), "take", where);
    }
    return internal::AppendPipe<internal::TakePipe<Out>>(self(), "take", where, count);
  }
  // Elements while `predicate(const Out&)` is true; with `inclusive` also the first for which it is
  // not.
  // Emits when: `predicate` is true, or is false for the first time and `inclusive`. Backpressures
  // when: downstream does. Completes when: upstream does, or `predicate` is false. Cancels when:
  // downstream does, or `predicate` is false. Supervision: yes. Tested by: slicing_test.cc.
  template <class F>
  auto TakeWhile(F predicate, bool inclusive = false,
                 SourceLocation where = SourceLocation::Current()) const {
    return internal::AppendPipe<internal::TakeUntilPipe<Out, F, false>>(
        self(), "takeWhile", where, std::move(predicate), inclusive);
  }
  // Elements up to and with the first for which `predicate(const Out&)` is true.
  // Emits when: upstream does. Backpressures when: downstream does. Completes when: upstream does,
  // or `predicate` is true. Cancels when: downstream does, or `predicate` is true. Supervision:
  // yes. Tested by: slicing_test.cc.
  template <class F>
  auto TakeUntil(F predicate, SourceLocation where = SourceLocation::Current()) const {
    return internal::AppendPipe<internal::TakeUntilPipe<Out, F, true>>(self(), "takeUntil", where,
                                                                       std::move(predicate), true);
  }
  // All but the first `count` elements.
  // Emits when: `count` elements were dropped. Backpressures when: they were dropped and downstream
  // does. Completes when: upstream does. Cancels when: downstream does. Tested by: slicing_test.cc.
  auto Drop(int64_t count, SourceLocation where = SourceLocation::Current()) const {
    return internal::AppendPipe<internal::DropPipe<Out>>(self(), "drop", where, count);
  }
  // All elements from the first for which `predicate(const Out&)` is false.
  // Emits when: `predicate` was false once. Backpressures when: it was and downstream does.
  // Completes when: upstream does. Cancels when: downstream does. Supervision: yes. Tested by:
  // slicing_test.cc.
  template <class F>
  auto DropWhile(F predicate, SourceLocation where = SourceLocation::Current()) const {
    return internal::AppendPipe<internal::DropWhilePipe<Out, F>>(self(), "dropWhile", where,
                                                                 std::move(predicate));
  }
  // Elements that differ from the one before, as `equal(before, element)` says.
  // Emits when: the element differs. Backpressures when: it differs and downstream does. Completes
  // when: upstream does. Cancels when: downstream does. Supervision: yes. Tested by:
  // slicing_test.cc.
  template <class Equal>
  auto DropRepeated(Equal equal, SourceLocation where = SourceLocation::Current()) const {
    return internal::AppendPipe<internal::DropRepeatedPipe<Out, Equal>>(self(), "dropRepeated",
                                                                        where, std::move(equal));
  }
  auto DropRepeated(SourceLocation where = SourceLocation::Current()) const {
    return DropRepeated(std::equal_to<>(), where);
  }
  // All elements, but fails with RESOURCE_EXHAUSTED at one more than `max`.
  // Emits when: upstream does and `max` is not passed. Backpressures when: downstream does.
  // Completes when: upstream does. Cancels when: downstream does, or at one more than `max`. Tested
  // by: slicing_test.cc.
  auto Limit(int64_t max, SourceLocation where = SourceLocation::Current()) const {
    return internal::AppendPipe<internal::LimitPipe<Out, internal::UnitCost>>(
        self(), "limit", where, max, internal::UnitCost());
  }
  // The same where each element counts `cost(const Out&)`.
  // Emits when: upstream does and the costs are at most `max`. Backpressures when: downstream does.
  // Completes when: upstream does. Cancels when: downstream does, or the costs exceed `max`.
  // Supervision: yes. Tested by: slicing_test.cc.
  template <class Cost>
  auto LimitWeighted(int64_t max, Cost cost,
                     SourceLocation where = SourceLocation::Current()) const {
    return internal::AppendPipe<internal::LimitPipe<Out, Cost>>(self(), "limitWeighted", where, max,
                                                                std::move(cost));
  }

 private:
  const Derived& self() const { return static_cast<const Derived&>(*this); }
};

}  // namespace sampo::stream

#endif  // SAMPO_STREAM_OPS_SLICING_H_
