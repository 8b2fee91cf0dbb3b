// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Retry: calls a function that gives a Future again until it succeeds, with growing pauses.
//
// Why: one lost packet should not fail a request, and a crowd that tries again at once should not
// bring a server down: the pauses grow and are spread by chance (base/backoff.h).
// Errors: the code of the last attempt, with the number of attempts in the text; CANCELLED where
// the system ends during a pause. What the function throws counts as a failed attempt. Threads:
// call from any. The first attempt runs on the caller's thread, later ones on the default
// dispatcher. Attempts never overlap.
//
//   Future<Price> price = Retry(system, {.attempts = 5}, [] { return Fetch("mill"); });
#ifndef SAMPO_ACTOR_RETRY_H_
#define SAMPO_ACTOR_RETRY_H_

#include <functional>
#include <memory>
#include <type_traits>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "sampo/actor/base/backoff.h"
#include "sampo/actor/base/random.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/actor/future.h"
#include "sampo/actor/scheduler.h"

namespace sampo {

struct RetryOptions {
  // Calls in all, the first one included; less than 1 counts as 1. Chosen, not measured.
  int attempts = 3;
  // The pause before attempt n + 1. Chosen, not measured.
  BackoffOptions backoff = {
      .min = absl::Milliseconds(100), .max = absl::Seconds(10), .random_factor = 0.2};
  // Whether a failure is worth another attempt; null: every one is.
  std::function<bool(const absl::Status&)> retry_when = nullptr;
};

namespace internal {

// Shared by the callbacks of one Retry.
template <class T, class F>
struct RetryState {
  RetryState(std::shared_ptr<DelayedCalls> in, RetryOptions with, uint64_t seed, F of)
      : calls(std::move(in)), options(std::move(with)), random(seed), function(std::move(of)) {}

  const std::shared_ptr<DelayedCalls> calls;
  const RetryOptions options;
  Random random;
  F function;
  Promise<T> promise;
  int made = 0;

  static void Attempt(std::shared_ptr<RetryState> state) {
    ++state->made;
    RetryState& self = *state;
    FutureOfCall<T>("Retry", [&self]() -> Future<T> {
      return self.function();
    }).OnComplete([state = std::move(state)](FutureResult<T> result) mutable {
      if (result.ok() || !state->Again(StatusOfResult(result))) {
        state->Finish(std::move(result));
      } else {
        Pause(std::move(state));
      }
    });
  }

 private:
  bool Again(const absl::Status& failure) const {
    return made < options.attempts &&
           (options.retry_when == nullptr || options.retry_when(failure));
  }
  void Finish(FutureResult<T> result) {
    if (result.ok() || made == 1) {
      promise.Complete(std::move(result));
      return;
    }
    const absl::Status& last = StatusOfResult(result);
    promise.Complete(
        absl::Status(last.code(), StrCat("attempt ", made, " of ", options.attempts,
                                         " failed, no more: ", ToStd(last.message()))));
  }
  static void Pause(std::shared_ptr<RetryState> state) {
    RetryState& self = *state;
    const absl::Duration delay =
        BackoffDelay(self.options.backoff, self.made - 1, self.random.Fraction());
    CallLater(self.calls, delay, [state = std::move(state)](absl::Status due) mutable {
      if (due.ok()) {
        Attempt(std::move(state));
      } else {
        state->promise.Complete(std::move(due));
      }
    });
  }
};

}  // namespace internal

// Calls `function`, which returns a Future<T>, up to options.attempts times.
template <class F>
auto Retry(ActorSystemBase& system, RetryOptions options, F function) {
  using R = std::remove_cvref_t<decltype(function())>;
  static_assert(internal::IsFuture<R>::value, "Sampo: Retry's function returns a Future.");
  using State = internal::RetryState<typename R::Value, F>;
  auto state = std::make_shared<State>(Scheduler::Get(system).calls(), std::move(options),
                                       system.NextRandom(), std::move(function));
  R future = state->promise.future();
  State::Attempt(std::move(state));
  return future;
}

}  // namespace sampo

#endif  // SAMPO_ACTOR_RETRY_H_
