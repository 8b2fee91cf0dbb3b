// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Ways to gather elements into one value: what the sinks Fold, Seq, Head... and the operators Fold,
// Reduce... have in common.
//
// A way to gather (G) has: Result; `bool Add(In, bool keep)`, false when it has enough, and with
// `keep` what it throws must leave the state as it was; `FutureResult<Result> Finish()`; Restart().
// Threads: values of a stage.
#ifndef SAMPO_STREAM_OPS_DETAIL_GATHER_H_
#define SAMPO_STREAM_OPS_DETAIL_GATHER_H_

#include <algorithm>
#include <cstddef>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "sampo/stream/errors.h"

namespace sampo::stream::internal {

// sum = f(sum, element). Where it may throw and go on, `f` gets a copy.
template <class U, class F, class In>
void FoldStep(U& sum, F& f, In element, bool keep) {
  if (keep) {
    sum = f(U(sum), std::move(element));
  } else {
    sum = f(std::move(sum), std::move(element));
  }
}

// The predicate of folds that take all elements.
struct Always {
  template <class T>
  constexpr bool operator()(const T&) const {
    return true;
  }
};

template <class In, class U, class While, class F>
struct GatherFold {
  using Result = U;
  U zero;
  [[no_unique_address]] While goes_on;
  [[no_unique_address]] F f;
  U sum = zero;
  bool Add(In element, bool keep) {
    FoldStep(sum, f, std::move(element), keep);
    return goes_on(std::as_const(sum));
  }
  absl::StatusOr<U> Finish() { return std::move(sum); }
  void Restart() { sum = zero; }
};

template <class In, class F>
struct GatherReduce {
  using Result = In;
  [[no_unique_address]] F f;
  std::optional<In> sum = {};
  bool Add(In element, bool keep) {
    if (!sum) {
      sum.emplace(std::move(element));
    } else if constexpr (std::is_copy_constructible_v<In>) {
      FoldStep(*sum, f, std::move(element), keep);
    } else {
      *sum = f(*std::move(sum), std::move(element));
    }
    return true;
  }
  absl::StatusOr<In> Finish() {
    if (!sum) return NoSuchElement("reduce");
    return *std::move(sum);
  }
  void Restart() { sum.reset(); }
};

// Head and Last, as a value that must be there or as an optional.
template <class In, bool kFirst, bool kOptional>
struct GatherOne {
  using Result = std::conditional_t<kOptional, std::optional<In>, In>;
  std::optional<In> one = {};
  bool Add(In element, bool) {
    one.emplace(std::move(element));
    return !kFirst;
  }
  absl::StatusOr<Result> Finish() {
    if constexpr (kOptional) {
      return std::move(one);
    } else {
      if (!one) return NoSuchElement(kFirst ? "head" : "last");
      return *std::move(one);
    }
  }
  void Restart() { one.reset(); }
};

template <class In, class Container>
struct GatherAll {
  using Result = Container;
  Container elements = {};  // all of them: the caller asked for that
  bool Add(In element, bool) {
    elements.insert(elements.end(), std::move(element));
    return true;
  }
  absl::StatusOr<Container> Finish() { return std::move(elements); }
  void Restart() { elements = Container(); }
};

template <class In>
struct GatherLast {
  using Result = std::vector<In>;
  size_t count;
  std::vector<In> ring = {};  // at most `count`
  size_t oldest = 0;
  bool Add(In element, bool) {
    if (ring.size() < count) {
      ring.push_back(std::move(element));
    } else if (count > 0) {
      ring[oldest] = std::move(element);
      oldest = oldest + 1 == count ? 0 : oldest + 1;
    }
    return true;
  }
  absl::StatusOr<Result> Finish() {
    std::rotate(ring.begin(), ring.begin() + static_cast<std::ptrdiff_t>(oldest), ring.end());
    return std::move(ring);
  }
  void Restart() { ring.clear(), oldest = 0; }
};

// accumulate(state&, element) from supply() on; finish(state) at the end.
template <class In, class Supply, class Accumulate, class Finisher>
struct GatherCollect {
  using State = std::remove_cvref_t<std::invoke_result_t<Supply&>>;
  using Result = std::remove_cvref_t<std::invoke_result_t<Finisher&, State>>;
  [[no_unique_address]] Supply supply;
  [[no_unique_address]] Accumulate accumulate;
  [[no_unique_address]] Finisher finish;
  std::optional<State> state = {};
  bool Add(In element, bool) {
    if (!state) state.emplace(supply());
    accumulate(*state, std::move(element));
    return true;
  }
  absl::StatusOr<Result> Finish() {
    if (!state) state.emplace(supply());
    return finish(*std::move(state));
  }
  void Restart() { state.reset(); }
};

// Whether the predicate is kSought for any element; `kFound` is the answer then.
template <class In, class P, bool kSought, bool kFound>
struct GatherSearch {
  using Result = bool;
  [[no_unique_address]] P predicate;
  bool found = false;
  bool Add(In element, bool) {
    found = static_cast<bool>(predicate(std::as_const(element))) == kSought;
    return !found;
  }
  absl::StatusOr<bool> Finish() { return found == kFound; }
  void Restart() {}
};

}  // namespace sampo::stream::internal

#endif  // SAMPO_STREAM_OPS_DETAIL_GATHER_H_
