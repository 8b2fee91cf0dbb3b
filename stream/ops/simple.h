// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Simple operators, one element at a time: Map, Filter, Collect and their kin.
//
// They are pipe operators: an element crosses one by one call, demand goes past them. Where a
// function throws, the attribute Supervision decides: Stop fails the stream, Resume and Restart
// drop the element. A partial function is one that returns an optional.
// Threads: functions run on the stream's turn, copied for each materialization.
//
//   source.Map(Parse).Filter(IsNew).Collect([](Item i) -> std::optional<int> { ... });
#ifndef SAMPO_STREAM_OPS_SIMPLE_H_
#define SAMPO_STREAM_OPS_SIMPLE_H_

#include <functional>
#include <optional>
#include <type_traits>
#include <utility>
#include <variant>

#include "absl/status/statusor.h"
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

// `f` returns a StatusOr<U>.
template <class T, class U, class F>
class TryMapPipe final : public Pipe<T, U> {
 public:
  explicit TryMapPipe(F f) : f_(std::move(f)) {}
  void Push(PassedBy<T> element) override {
    Uninit<absl::StatusOr<U>> result;
    try {
      result.Set([&]() -> absl::StatusOr<U> { return f_(std::move(element)); });
    } catch (...) {
      return this->Supervise(StatusOfCurrentException());
    }
    if (!(*result).ok()) return this->Supervise((*result).status());
    this->next_->Push(*std::move(*result));
  }

 private:
  [[no_unique_address]] F f_;
};

// What becomes of the stream around an element that a partial function knows, or does not know.
enum class Partial { kDropsOthers, kEndsAfterFirst, kEndsBeforeOther };

template <class T, class U, class F, Partial kMode>
class CollectPipe final : public Pipe<T, U> {
 public:
  explicit CollectPipe(F f) : f_(std::move(f)) {}
  void Push(PassedBy<T> element) override {
    std::optional<U> result;
    try {
      result = f_(std::move(element));
    } catch (...) {
      return this->Supervise(StatusOfCurrentException());
    }
    if (result) {
      this->next_->Push(*std::move(result));
      if constexpr (kMode == Partial::kEndsAfterFirst) this->Complete();
    } else if constexpr (kMode == Partial::kEndsBeforeOther) {
      this->Complete();
    } else {
      this->PullAgain();
    }
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

// The alternative U of a variant.
template <class U>
struct Alternative {
  template <class... Ts>
  std::optional<U> operator()(std::variant<Ts...> element) const {
    U* found = std::get_if<U>(&element);
    if (found == nullptr) return std::nullopt;
    return std::move(*found);
  }
};

}  // namespace internal

template <class Derived, class Out>
class SimpleOps {
 public:
  // Each element through `f`.
  // Emits when: `f` has returned. Backpressures when: downstream does. Completes when: upstream
  // does. Cancels when: downstream does. Supervision: yes. Tested by: simple_test.cc.
  template <class F>
  auto Map(F f, SourceLocation where = SourceLocation::Current()) const {
    using U = internal::ResultOf<F, Out>;
    return internal::AppendPipe<internal::MapPipe<Out, U, F>>(self(), "map", where, std::move(f));
  }
  // Each element through `f`, which returns a StatusOr<U>: values go on, a status is treated as an
  // exception of Map's function would be.
  // Emits when: `f` has returned a value. Backpressures when: downstream does. Completes when:
  // upstream does. Cancels when: downstream does. Supervision: yes. Tested by: simple_test.cc.
  template <class F>
  auto TryMap(F f, SourceLocation where = SourceLocation::Current()) const {
    using U = typename internal::ResultOf<F, Out>::value_type;
    return internal::AppendPipe<internal::TryMapPipe<Out, U, F>>(self(), "tryMap", where,
                                                                 std::move(f));
  }
  // What `f` returns in an optional; elements for which it returns none are dropped.
  // Emits when: `f` has returned a value. Backpressures when: downstream does. Completes when:
  // upstream does. Cancels when: downstream does. Supervision: yes. Tested by: simple_test.cc.
  template <class F>
  auto MapOption(F f, SourceLocation where = SourceLocation::Current()) const {
    return AppendCollect<internal::Partial::kDropsOthers>("mapOption", where, std::move(f));
  }
  // The partial function `f`, on the elements that it knows.
  // Emits when: `f` knows the element. Backpressures when: downstream does and `f` knows the
  // element. Completes when: upstream does. Cancels when: downstream does. Supervision: yes.
  // Tested by: simple_test.cc.
  template <class F>
  auto Collect(F f, SourceLocation where = SourceLocation::Current()) const {
    return AppendCollect<internal::Partial::kDropsOthers>("collect", where, std::move(f));
  }
  // The partial function `f`, on the first element that it knows.
  // Emits when: `f` knows the element. Backpressures when: downstream does and `f` knows the
  // element. Completes when: upstream does, or the first one was emitted. Cancels when: downstream
  // does, or the first one was emitted. Supervision: yes. Tested by: simple_test.cc.
  template <class F>
  auto CollectFirst(F f, SourceLocation where = SourceLocation::Current()) const {
    return AppendCollect<internal::Partial::kEndsAfterFirst>("collectFirst", where, std::move(f));
  }
  // The partial function `f`, on elements until one comes that it does not know.
  // Emits when: `f` knows the element. Backpressures when: downstream does. Completes when:
  // upstream does, or `f` does not know an element. Cancels when: downstream does, or `f` does not
  // know an element. Supervision: yes. Tested by: simple_test.cc.
  template <class F>
  auto CollectWhile(F f, SourceLocation where = SourceLocation::Current()) const {
    return AppendCollect<internal::Partial::kEndsBeforeOther>("collectWhile", where, std::move(f));
  }
  // Of a stream of variants the elements that hold a U.
  // Emits when: the element holds a U. Backpressures when: downstream does and the element holds a
  // U. Completes when: upstream does. Cancels when: downstream does. Tested by: simple_test.cc.
  template <class U>
  auto CollectType(SourceLocation where = SourceLocation::Current()) const {
    return AppendCollect<internal::Partial::kDropsOthers>("collectType", where,
                                                          internal::Alternative<U>());
  }
  // Of a stream of optionals the values.
  // Emits when: the optional has a value. Backpressures when: downstream does and the optional has
  // a value. Completes when: upstream does. Cancels when: downstream does. Tested by:
  // simple_test.cc.
  auto FlattenOptional(SourceLocation where = SourceLocation::Current()) const {
    return AppendCollect<internal::Partial::kDropsOthers>("flattenOptional", where,
                                                          std::identity());
  }
  // Elements for which `predicate(const Out&)` is true.
  // Emits when: `predicate` is true. Backpressures when: downstream does and `predicate` is true.
  // Completes when: upstream does. Cancels when: downstream does. Supervision: yes. Tested by:
  // simple_test.cc.
  template <class F>
  auto Filter(F predicate, SourceLocation where = SourceLocation::Current()) const {
    return internal::AppendPipe<internal::FilterPipe<Out, F, true>>(self(), "filter", where,
                                                                    std::move(predicate));
  }
  // Elements for which `predicate(const Out&)` is false.
  // Emits when: `predicate` is false. Backpressures when: downstream does and `predicate` is false.
  // Completes when: upstream does. Cancels when: downstream does. Supervision: yes. Tested by:
  // simple_test.cc.
  template <class F>
  auto FilterNot(F predicate, SourceLocation where = SourceLocation::Current()) const {
    return internal::AppendPipe<internal::FilterPipe<Out, F, false>>(self(), "filterNot", where,
                                                                     std::move(predicate));
  }

 private:
  const Derived& self() const { return static_cast<const Derived&>(*this); }

  template <internal::Partial kMode, class F>
  auto AppendCollect(const char* name, SourceLocation where, F f) const {
    using U = typename internal::ResultOf<F, Out>::value_type;
    return internal::AppendPipe<internal::CollectPipe<Out, U, F, kMode>>(self(), name, where,
                                                                         std::move(f));
  }
};

}  // namespace sampo::stream

#endif  // SAMPO_STREAM_OPS_SIMPLE_H_
