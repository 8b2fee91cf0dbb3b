// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// What stands behind Future's Map, FlatMap, Recover and Sequence. Included by future.h alone.
//
// Each of them registers one callback that owns the Promise of the new future. So a chain holds
// itself from its source on: where the source's Promise is dropped, all of it is cancelled.
// Threads and lifetime: as future.h says.
#ifndef SAMPO_ACTOR_DETAIL_FUTURE_COMBINATORS_H_
#define SAMPO_ACTOR_DETAIL_FUTURE_COMBINATORS_H_

#include <atomic>
#include <cstddef>
#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "sampo/actor/future.h"

namespace sampo::internal {

// The T of the Future<T> that Map makes of a function's result type.
template <class R>
struct FutureValueOf {
  using Type = R;
};
template <class U>
struct FutureValueOf<absl::StatusOr<U>> {
  using Type = U;
};
template <>
struct FutureValueOf<absl::Status> {
  using Type = void;
};

template <class R>
struct IsFuture : std::false_type {};
template <class U>
struct IsFuture<Future<U>> : std::true_type {};

inline const absl::Status& StatusOfResult(const absl::Status& status) { return status; }
template <class T>
const absl::Status& StatusOfResult(const absl::StatusOr<T>& result) {
  return result.status();
}

// f(value), or f() where there is none. Precondition: the result is OK.
template <class F>
decltype(auto) CallWithValue(F& f, absl::Status&&) {
  return f();
}
template <class F, class T>
decltype(auto) CallWithValue(F& f, absl::StatusOr<T>&& result) {
  return f(*std::move(result));
}

// The result of `call` as a FutureResult<Out>; an exception becomes its status.
template <class Out, class Call>
FutureResult<Out> ResultOfCall(const char* where, Call call) {
  try {
    if constexpr (std::is_void_v<decltype(call())>) {
      call();
      return absl::OkStatus();
    } else {
      return FutureResult<Out>(call());
    }
  } catch (...) {
    return StatusOfUserException(where);
  }
}

template <class T, class F>
auto MapFuture(Future<T> source, F f) {
  using R = decltype(CallWithValue(f, std::declval<FutureResult<T>>()));
  using Out = typename FutureValueOf<std::remove_cvref_t<R>>::Type;
  static_assert(!IsFuture<Out>::value, "Sampo: Map's function returns a Future; use FlatMap.");
  Promise<Out> promise;
  Future<Out> future = promise.future();
  std::move(source).OnComplete(
      [promise = std::move(promise), f = std::move(f)](FutureResult<T> result) mutable {
        if (!result.ok()) {
          promise.Complete(StatusOfResult(result));
          return;
        }
        promise.Complete(
            ResultOfCall<Out>("Map", [&]() -> R { return CallWithValue(f, std::move(result)); }));
      });
  return future;
}

// The future that `call` returns; an exception becomes a failed one.
template <class Out, class Call>
Future<Out> FutureOfCall(const char* where, Call call) {
  try {
    return call();
  } catch (...) {
    return Future<Out>::Failed(StatusOfUserException(where));
  }
}

template <class T>
void CompleteWith(Promise<T> promise, Future<T> future) {
  std::move(future).OnComplete([promise = std::move(promise)](FutureResult<T> result) mutable {
    promise.Complete(std::move(result));
  });
}

template <class T, class F>
auto FlatMapFuture(Future<T> source, F f) {
  using R = std::remove_cvref_t<decltype(CallWithValue(f, std::declval<FutureResult<T>>()))>;
  static_assert(IsFuture<R>::value, "Sampo: FlatMap's function returns a Future; else use Map.");
  using Out = typename R::Value;
  Promise<Out> promise;
  Future<Out> future = promise.future();
  std::move(source).OnComplete(
      [promise = std::move(promise), f = std::move(f)](FutureResult<T> result) mutable {
        if (!result.ok()) {
          promise.Complete(StatusOfResult(result));
          return;
        }
        CompleteWith(std::move(promise), FutureOfCall<Out>("FlatMap", [&]() -> Future<Out> {
                       return CallWithValue(f, std::move(result));
                     }));
      });
  return future;
}

template <class T, class F>
Future<T> RecoverFuture(Future<T> source, F f) {
  using R = decltype(f(std::declval<absl::Status>()));
  Promise<T> promise;
  Future<T> future = promise.future();
  std::move(source).OnComplete(
      [promise = std::move(promise), f = std::move(f)](FutureResult<T> result) mutable {
        if (result.ok()) {
          promise.Complete(std::move(result));
          return;
        }
        auto call = [&]() -> R { return f(absl::Status(StatusOfResult(result))); };
        if constexpr (IsFuture<std::remove_cvref_t<R>>::value) {
          CompleteWith(std::move(promise), FutureOfCall<T>("Recover", call));
        } else {
          promise.Complete(ResultOfCall<T>("Recover", call));
        }
      });
  return future;
}

// Gathers the results of Sequence; each callback writes a place of its own.
template <class T>
struct SequenceState {
  Promise<std::vector<T>> promise;
  std::vector<absl::StatusOr<T>> results;
  std::atomic<size_t> missing;

  explicit SequenceState(size_t count) : results(count), missing(count) {}
  void Take(size_t index, absl::StatusOr<T> result) {
    if (!result.ok()) {
      promise.Complete(std::move(result).status());
      return;
    }
    results[index] = std::move(result);
    // acq_rel: pairs with the other callbacks' decrements; the last one sees all results.
    if (missing.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
    std::vector<T> values;
    values.reserve(results.size());
    for (absl::StatusOr<T>& each : results) values.push_back(*std::move(each));
    promise.Complete(std::move(values));
  }
};

template <>
struct SequenceState<void> {
  Promise<void> promise;
  std::atomic<size_t> missing;

  explicit SequenceState(size_t count) : missing(count) {}
  void Take(size_t, absl::Status result) {
    // acq_rel: as above, for what the futures' owners did before they completed.
    if (!result.ok() || missing.fetch_sub(1, std::memory_order_acq_rel) == 1) {
      promise.Complete(std::move(result));
    }
  }
};

template <class T>
auto SequenceFutures(std::vector<Future<T>> futures) {
  auto state = std::make_shared<SequenceState<T>>(futures.size());
  auto all = state->promise.future();
  if (futures.empty()) {
    if constexpr (std::is_void_v<T>) {
      state->promise.Complete(absl::OkStatus());
    } else {
      state->promise.Complete(std::vector<T>());
    }
  }
  for (size_t i = 0; i < futures.size(); ++i) {
    std::move(futures[i]).OnComplete([state, i](FutureResult<T> result) {
      state->Take(i, std::move(result));
    });
  }
  return all;
}

}  // namespace sampo::internal

#endif  // SAMPO_ACTOR_DETAIL_FUTURE_COMBINATORS_H_
