// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// CircuitBreaker: stops calling what fails all the time, so that callers fail fast and the other
// side can recover.
//
// | state      | calls                                  | leaves it | | kClosed    | go through |
// max_failures in a row: kOpen               | | kOpen      | fail at once with UNAVAILABLE | after
// the reset timeout: kHalfOpen         | | kHalfOpen  | one goes through, the others fail      | it
// succeeds: kClosed; it fails: kOpen, for | |            |                                        |
// longer (exponential_backoff_factor)        | A result counts for the period in which its call
// began; one that comes later changes nothing.
//
// Errors: UNAVAILABLE (open; the text says for how long and why), DEADLINE_EXCEEDED (the call took
// longer than call_timeout; a result that comes later is dropped), else those of the call.
// Threads: all methods from any; a handle, copies share one breaker. Listeners run on the thread
// that changed the state, with no lock held. Time, and with it the timeouts, are the system's.
// Lifetime: may outlive the system; then open stays open.
//
//   CircuitBreaker breaker(system, "prices", {.max_failures = 5});
//   Future<Price> price = breaker.Call([&] { return Fetch("mill"); });
#ifndef SAMPO_ACTOR_CIRCUIT_BREAKER_H_
#define SAMPO_ACTOR_CIRCUIT_BREAKER_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "sampo/actor/future.h"
#include "sampo/actor/scheduler.h"

namespace sampo {

enum class CircuitBreakerState : uint8_t { kClosed, kOpen, kHalfOpen };
std::string_view CircuitBreakerStateName(CircuitBreakerState state);

// What became of a call.
enum class CircuitBreakerCall : uint8_t { kSuccess, kFailure, kTimeout, kRejected };

// True for the failures that speak against the other side. Not those that the caller brought about:
// INVALID_ARGUMENT, NOT_FOUND, ALREADY_EXISTS, PERMISSION_DENIED, UNAUTHENTICATED,
// FAILED_PRECONDITION, OUT_OF_RANGE.
bool CountsAsFailure(const absl::Status& status);

// The defaults are Pekko's.
struct CircuitBreakerSettings {
  // Failures in a row until it opens.
  int max_failures = 10;
  // A call that takes longer has failed. Infinite: no limit.
  absl::Duration call_timeout = absl::Seconds(10);
  // How long it stays open at first, and at most.
  absl::Duration reset_timeout = absl::Seconds(15);
  absl::Duration max_reset_timeout = absl::Hours(24 * 36500);
  // The next open period is that many times longer, as long as probes fail.
  double exponential_backoff_factor = 1.0;
  // 0.2: an open period is up to 20 % longer, by chance.
  double random_factor = 0.0;
  // Which statuses count as failures, the others as successes. Null: CountsAsFailure.
  std::function<bool(const absl::Status&)> is_failure = nullptr;
};

namespace internal {

// The part that does not know what the calls give.
class BreakerCore : public std::enable_shared_from_this<BreakerCore> {
 public:
  using StateListener = std::function<void(CircuitBreakerState from, CircuitBreakerState to)>;
  using CallListener = std::function<void(CircuitBreakerCall result, absl::Duration took)>;
  // The right to make one call.
  struct Permit {
    uint64_t period;
    int64_t since_nanos;
  };

  BreakerCore(ActorSystemBase& system, std::string_view name, CircuitBreakerSettings settings);
  ~BreakerCore();
  BreakerCore(const BreakerCore&) = delete;
  BreakerCore& operator=(const BreakerCore&) = delete;

  // UNAVAILABLE when the call must not be made.
  absl::StatusOr<Permit> Admit();
  // The call has ended; `timed_out`: after call_timeout.
  void Finish(const Permit& permit, const absl::Status& status, bool timed_out);
  absl::Status TimeoutStatus() const;

  CircuitBreakerState state() const;
  const std::string& name() const { return name_; }
  const CircuitBreakerSettings& settings() const { return settings_; }
  const std::shared_ptr<DelayedCalls>& calls() const { return calls_; }
  void AddStateListener(StateListener listener);
  void AddCallListener(CallListener listener);

 private:
  struct Guarded;
  void TryReset(uint64_t period);
  void TellState(CircuitBreakerState from, CircuitBreakerState to);
  void TellCall(CircuitBreakerCall result, absl::Duration took);

  const std::string name_;
  const CircuitBreakerSettings settings_;
  const std::shared_ptr<DelayedCalls> calls_;
  const std::unique_ptr<Guarded> guarded_;
};

// One call in flight: ended by its result or by the timeout, whichever is first.
template <class T>
struct BreakerCall {
  BreakerCall(std::shared_ptr<BreakerCore> of, BreakerCore::Permit with)
      : core(std::move(of)), permit(with) {}

  // False: it had ended before.
  bool Finish(FutureResult<T> result, bool timed_out) {
    // acq_rel: the winner sees the timeout's handle.
    if (ended.exchange(true, std::memory_order_acq_rel)) return false;
    core->Finish(permit, StatusOfResult(result), timed_out);
    promise.Complete(std::move(result));
    return true;
  }

  const std::shared_ptr<BreakerCore> core;
  const BreakerCore::Permit permit;
  Promise<T> promise;
  std::atomic<bool> ended{false};
  Cancellable timeout;
};

}  // namespace internal

class CircuitBreaker {
 public:
  using State = CircuitBreakerState;

  // `name` appears in statuses. Preconditions: max_failures >= 1, positive timeouts, a factor of at
  // least 1, random_factor in [0, 1].
  CircuitBreaker(ActorSystemBase& system, std::string_view name,
                 CircuitBreakerSettings settings = {})
      : core_(std::make_shared<internal::BreakerCore>(system, name, std::move(settings))) {}

  // Calls `function`, which returns a Future<T>, unless the breaker is open.
  template <class F>
  auto Call(F function) {
    using R = std::remove_cvref_t<decltype(function())>;
    static_assert(internal::IsFuture<R>::value,
                  "Sampo: the function returns a Future; see CallNow.");
    using T = typename R::Value;
    absl::StatusOr<internal::BreakerCore::Permit> permit = core_->Admit();
    if (!permit.ok()) return R::Failed(permit.status());
    auto call = std::make_shared<internal::BreakerCall<T>>(core_, *permit);
    R future = call->promise.future();
    if (core_->settings().call_timeout < absl::InfiniteDuration()) {
      call->timeout = internal::CallLater(core_->calls(), core_->settings().call_timeout,
                                          [call](absl::Status due) {
                                            if (due.ok()) due = call->core->TimeoutStatus();
                                            const bool timed_out = absl::IsDeadlineExceeded(due);
                                            call->Finish(std::move(due), timed_out);
                                          });
    }
    internal::FutureOfCall<T>("CircuitBreaker", [&function]() -> R {
      return function();
    }).OnComplete([call = std::move(call)](FutureResult<T> result) {
      if (call->Finish(std::move(result), /*timed_out=*/false)) call->timeout.Cancel();
    });
    return future;
  }

  // Calls `function`, which returns a Status or a StatusOr<T> at once. Longer than call_timeout
  // counts as a failure, but its result is given all the same.
  template <class F>
  auto CallNow(F function) -> std::remove_cvref_t<decltype(function())> {
    absl::StatusOr<internal::BreakerCore::Permit> permit = core_->Admit();
    if (!permit.ok()) return permit.status();
    auto result = function();
    const int64_t took = core_->calls()->NowNanos() - permit->since_nanos;
    core_->Finish(*permit, internal::StatusOfResult(result),
                  absl::Nanoseconds(took) > core_->settings().call_timeout);
    return result;
  }

  State state() const { return core_->state(); }
  const std::string& name() const { return core_->name(); }

  // Listeners: add them before the first call; they stay.
  void OnStateChange(std::function<void(State from, State to)> listener) {
    core_->AddStateListener(std::move(listener));
  }
  void OnCall(std::function<void(CircuitBreakerCall result, absl::Duration took)> listener) {
    core_->AddCallListener(std::move(listener));
  }

 private:
  std::shared_ptr<internal::BreakerCore> core_;
};

}  // namespace sampo

#endif  // SAMPO_ACTOR_CIRCUIT_BREAKER_H_
