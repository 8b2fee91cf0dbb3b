// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// MergeSorted, MergeSequence: junctions that put elements into an order.
//
// Each waits for all inlets to have an element, or to have ended, where the order asks for it: one
// element an inlet waits in its connection, nothing is buffered here.
// Threads: as GraphStageLogic; functions are copied for each materialization.
//
//   auto all = b.Add(MergeSorted<int>());
#ifndef SAMPO_STREAM_OPS_MERGE_SORTED_H_
#define SAMPO_STREAM_OPS_MERGE_SORTED_H_

#include <cstdint>
#include <deque>
#include <functional>
#include <utility>

#include "sampo/actor/base/str_cat.h"
#include "sampo/stream/detail/junction.h"

namespace sampo::stream {
namespace internal {

// Two inlets; Less(a, b): a comes before b.
template <class T, class Less>
class MergeSortedLogic final : public GraphStageLogic, OutHandler {
 public:
  using In = NumberedInlet<T, MergeSortedLogic>;

  explicit MergeSortedLogic(Less less) : ins_(MakePorts<In>(this, 2)), less_(std::move(less)) {
    out_.SetHandler(this);
  }
  void PreStart() override {
    for (In& in : ins_) in.inlet.Pull();
  }
  void OnPush(In&) { Step(); }
  void OnFinish(In&) { Step(); }

 private:
  void OnPull() override { Step(); }
  void Step() {
    Inlet<T>& left = ins_[0].inlet;
    Inlet<T>& right = ins_[1].inlet;
    const bool has_left = left.IsAvailable();
    const bool has_right = right.IsAvailable();
    if ((!has_left && !left.IsClosed()) || (!has_right && !right.IsClosed())) return;
    if (!has_left && !has_right) return CompleteStage();
    if (!out_.IsAvailable()) return;
    // Of equal ones the left comes first.
    const bool takes_left =
        has_left && (!has_right || !less_(std::as_const(right.Peek()), std::as_const(left.Peek())));
    Inlet<T>& from = takes_left ? left : right;
    out_.Push(from.Grab());
    if (!from.IsClosed()) {
      from.Pull();
    } else if (!(takes_left ? has_right : has_left) && (takes_left ? right : left).IsClosed()) {
      CompleteStage();
    }
  }

  std::deque<In> ins_;
  Outlet<T> out_{this, "out"};
  [[no_unique_address]] Less less_;
};

// Inlets whose elements carry numbers; together they are 0, 1, 2...
template <class T, class NumberOf>
class MergeSequenceLogic final : public GraphStageLogic, OutHandler {
 public:
  using In = NumberedInlet<T, MergeSequenceLogic>;

  MergeSequenceLogic(int inlets, NumberOf number_of)
      : ins_(MakePorts<In>(this, inlets)), number_of_(std::move(number_of)), running_(inlets) {
    out_.SetHandler(this);
  }
  void PreStart() override {
    for (In& in : ins_) in.inlet.Pull();
  }
  void OnPush(In& in) {
    const int64_t number = number_of_(std::as_const(in.inlet.Peek()));
    if (number < next_) {
      return FailStage(absl::FailedPreconditionError(
          StrCat("stream mergeSequence: number ", number, " came again, ", next_, " is the next")));
    }
    Step();
  }
  void OnFinish(In&) {
    --running_;
    Step();
  }

 private:
  void OnPull() override { Step(); }
  void Step() {
    int waiting = 0;     // inlets with an element
    int still_open = 0;  // inlets that may get one
    In* next = nullptr;
    for (In& in : ins_) {
      if (!in.inlet.IsAvailable()) {
        if (!in.inlet.IsClosed()) ++still_open;
        continue;
      }
      ++waiting;
      if (number_of_(std::as_const(in.inlet.Peek())) != next_) continue;
      if (next != nullptr) {
        return FailStage(absl::FailedPreconditionError(
            StrCat("stream mergeSequence: two inlets have number ", next_)));
      }
      next = &in;
    }
    if (next != nullptr) {
      if (out_.IsAvailable()) Forward(*next, waiting);
      return;
    }
    if (still_open > 0) return;
    if (waiting == 0) return CompleteStage();
    FailStage(absl::FailedPreconditionError(
        StrCat("stream mergeSequence: number ", next_, " is missing: all inlets are past it")));
  }
  void Forward(In& in, int waiting) {
    ++next_;
    out_.Push(in.inlet.Grab());
    if (!in.inlet.IsClosed()) {
      in.inlet.Pull();
    } else if (running_ == 0 && waiting == 1) {
      CompleteStage();
    } else {
      Step();  // none may be left that has the next number
    }
  }

  std::deque<In> ins_;
  Outlet<T> out_{this, "out"};
  [[no_unique_address]] NumberOf number_of_;
  int64_t next_ = 0;
  int running_;  // inlets that have not finished
};

}  // namespace internal

// Elements of two inlets that are sorted by `less` each, sorted. Completes when both do.
template <class T, class Less = std::less<T>>
Graph<UniformFanInShape<T, T>> MergeSorted(Less less = {},
                                           SourceLocation where = SourceLocation::Current()) {
  return internal::MakeJunction<UniformFanInShape<T, T>, internal::MergeSortedLogic<T, Less>>(
      "mergeSorted", 2, where, std::move(less));
}

// Elements in the order of number_of(const T&): 0, 1, 2... Each inlet's numbers rise. Fails with
// FAILED_PRECONDITION where a number comes twice, or all inlets are past it.
// Emits when: an inlet has the next number. Backpressures when: downstream does. Completes when:
// all inlets have. Cancels when: downstream does. Tested by: merge_sorted_test.cc.
template <class T, class NumberOf>
Graph<UniformFanInShape<T, T>> MergeSequence(int inlets, NumberOf number_of,
                                             SourceLocation where = SourceLocation::Current()) {
  return internal::MakeJunction<UniformFanInShape<T, T>, internal::MergeSequenceLogic<T, NumberOf>>(
      "mergeSequence", inlets, where, inlets, std::move(number_of));
}

}  // namespace sampo::stream

#endif  // SAMPO_STREAM_OPS_MERGE_SORTED_H_
