// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Simple operators, one element at a time: Map, Filter, Collect, Take, Drop and their kin.
//
// They are pipe operators: an element crosses one by one call, demand goes past them. Where a
// function throws, the attribute Supervision decides: Stop fails the stream, Resume and Restart
// drop the element.
// Threads: functions run on the stream's turn, copied for each materialization.
#ifndef SAMPO_STREAM_OPS_SIMPLE_H_
#define SAMPO_STREAM_OPS_SIMPLE_H_

#include <utility>

#include "sampo/stream/detail/append.h"
#include "sampo/stream/detail/uninit.h"
#include "sampo/stream/errors.h"

namespace sampo::stream {
namespace internal {

template <class T, class U, class F>
class MapPipe final : public Pipe<T, U> {
 public:
  explicit MapPipe(F f) : f_(std::move(f)) {}
  void Push(PassedBy<T> element) override {
    Uninit<U> result;
    try {
      result.Set([&]() -> U { return f_(std::move(element)); });
    } catch (...) {
      return this->Supervise(StatusOfCurrentException());
    }
    this->next_->Push(std::move(*result));
  }

 private:
  [[no_unique_address]] F f_;
};

template <class T, class F, bool kWanted>
class FilterPipe final : public Pipe<T, T> {
 public:
  explicit FilterPipe(F f) : f_(std::move(f)) {}
  void Push(PassedBy<T> element) override {
    bool passes;
    try {
      passes = static_cast<bool>(f_(std::as_const(element))) == kWanted;
    } catch (...) {
      return this->Supervise(StatusOfCurrentException());
    }
    if (passes) {
      this->next_->Push(std::move(element));
    } else {
      this->PullAgain();
    }
  }

 private:
  [[no_unique_address]] F f_;
};

template <class T>
class TakePipe final : public Pipe<T, T> {
 public:
  explicit TakePipe(int64_t count) : left_(count) {}
  void Push(PassedBy<T> element) override {
    if (left_ <= 0) return this->Complete();
    const bool last = --left_ == 0;
    this->next_->Push(std::move(element));
    if (last) this->Complete();
  }

 private:
  int64_t left_;
};

}  // namespace internal

template <class Derived, class Out>
class SimpleOps {
 public:
  // Each element through `f`.
  // Emits when: `f` has returned. Backpressures when: downstream does. Completes when: upstream
  // does. Cancels when: downstream does. Supervision: yes. Tested by: map_test.cc.
  template <class F>
  auto Map(F f, SourceLocation where = SourceLocation::Current()) const {
    using U = internal::ResultOf<F, Out>;
    return internal::AppendPipe<internal::MapPipe<Out, U, F>>(self(), "map", where, std::move(f));
  }
  // Elements for which `predicate(const Out&)` is true.
  template <class F>
  auto Filter(F predicate, SourceLocation where = SourceLocation::Current()) const {
    return internal::AppendPipe<internal::FilterPipe<Out, F, true>>(self(), "filter", where,
                                                                    std::move(predicate));
  }
  template <class F>
  auto FilterNot(F predicate, SourceLocation where = SourceLocation::Current()) const {
    return internal::AppendPipe<internal::FilterPipe<Out, F, false>>(self(), "filterNot", where,
                                                                     std::move(predicate));
  }
  // The first `count` elements; none for a count below 1.
  auto Take(int64_t count, SourceLocation where = SourceLocation::Current()) const {
    return internal::AppendPipe<internal::TakePipe<Out>>(self(), "take", where, count);
  }

 private:
  const Derived& self() const { return static_cast<const Derived&>(*this); }
};

}  // namespace sampo::stream

#endif  // SAMPO_STREAM_OPS_SIMPLE_H_
