// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// After: what a function gives, some time from now, as a Future.
//
// Why: outside actors there is no Timers(), and a thread must not wait. The time is the system's,
// so it is virtual in a simulation. Errors: CANCELLED where the system ends first; otherwise what
// the function gives. Threads: call from any; the function runs on the default dispatcher.
//
//   Future<Price> price = After(system, absl::Seconds(1), [] { return Fetch(); });
#ifndef SAMPO_ACTOR_AFTER_H_
#define SAMPO_ACTOR_AFTER_H_

#include <type_traits>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "sampo/actor/future.h"
#include "sampo/actor/scheduler.h"

namespace sampo {

// Completes with OK after `delay`.
inline Future<void> After(ActorSystemBase& system, absl::Duration delay) {
  Promise<void> promise;
  Future<void> future = promise.future();
  internal::CallLater(Scheduler::Get(system).calls(), delay,
                      [promise = std::move(promise)](absl::Status due) mutable {
                        promise.Complete(std::move(due));
                      });
  return future;
}

// Calls `function` after `delay`: the future of its result, which may be a Future itself, a T, a
// StatusOr<T>, a Status or void.
template <class F>
auto After(ActorSystemBase& system, absl::Duration delay, F function) {
  using R = std::remove_cvref_t<decltype(function())>;
  if constexpr (internal::IsFuture<R>::value) {
    return After(system, delay).FlatMap(std::move(function));
  } else {
    return After(system, delay).Map(std::move(function));
  }
}

}  // namespace sampo

#endif  // SAMPO_ACTOR_AFTER_H_
