// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/circuit_breaker.h"

#include <algorithm>
#include <mutex>
#include <vector>

#include "sampo/actor/base/check.h"
#include "sampo/actor/base/random.h"
#include "sampo/actor/base/str_cat.h"

namespace sampo {

std::string_view CircuitBreakerStateName(CircuitBreakerState state) {
  switch (state) {
    case CircuitBreakerState::kClosed:
      return "closed";
    case CircuitBreakerState::kOpen:
      return "open";
    case CircuitBreakerState::kHalfOpen:
      return "half-open";
  }
  SAMPO_UNREACHABLE();
}

bool CountsAsFailure(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kOk:
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kNotFound:
    case absl::StatusCode::kAlreadyExists:
    case absl::StatusCode::kPermissionDenied:
    case absl::StatusCode::kUnauthenticated:
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kOutOfRange:
      return false;
    default:
      return true;
  }
}

namespace internal {

using State = CircuitBreakerState;

struct BreakerCore::Guarded {
  explicit Guarded(uint64_t seed) : random(seed) {}

  mutable std::mutex mutex;
  // Guarded by mutex:
  State state = State::kClosed;
  uint64_t period = 0;  // one more with each change of the state
  int failures = 0;     // in a row
  bool probing = false;
  absl::Duration reset_timeout;  // of this open period, or the next one
  int64_t open_until_nanos = 0;
  absl::Status last_failure;
  Random random;
  Cancellable reset;
  std::vector<StateListener> state_listeners;
  std::vector<CallListener> call_listeners;

  void Enter(State next) {
    state = next;
    ++period;
    failures = 0;
    probing = false;
  }
};

BreakerCore::BreakerCore(ActorSystemBase& system, std::string_view name,
                         CircuitBreakerSettings settings)
    : name_(name),
      settings_(std::move(settings)),
      calls_(Scheduler::Get(system).calls()),
      guarded_(std::make_unique<Guarded>(system.NextRandom())) {
  SAMPO_CHECK(settings_.max_failures >= 1, "circuit breaker: max_failures is below 1");
  SAMPO_CHECK(settings_.call_timeout > absl::ZeroDuration() &&
                  settings_.reset_timeout > absl::ZeroDuration() &&
                  settings_.max_reset_timeout >= settings_.reset_timeout,
              "circuit breaker: want 0 < call_timeout, 0 < reset_timeout <= max_reset_timeout");
  SAMPO_CHECK(settings_.exponential_backoff_factor >= 1.0,
              "circuit breaker: exponential_backoff_factor is below 1");
  SAMPO_CHECK(settings_.random_factor >= 0.0 && settings_.random_factor <= 1.0,
              "circuit breaker: random_factor is outside 0..1");
  guarded_->reset_timeout = settings_.reset_timeout;
}

BreakerCore::~BreakerCore() { guarded_->reset.Cancel(); }

CircuitBreakerState BreakerCore::state() const {
  std::lock_guard guard(guarded_->mutex);
  return guarded_->state;
}

absl::StatusOr<BreakerCore::Permit> BreakerCore::Admit() {
  const int64_t now = calls_->NowNanos();
  absl::Status refusal;
  {
    std::lock_guard guard(guarded_->mutex);
    Guarded& own = *guarded_;
    if (own.state == State::kClosed) return Permit{own.period, now};
    if (own.state == State::kHalfOpen && !std::exchange(own.probing, true)) {
      return Permit{own.period, now};
    }
    const std::string why =
        own.state == State::kHalfOpen
            ? std::string("half-open, and its one call is under way")
            : StrCat("open for another ", absl::FormatDuration(absl::Nanoseconds(
                                              std::max<int64_t>(0, own.open_until_nanos - now))));
    refusal = absl::UnavailableError(StrCat("circuit breaker ", name_, " is ", why,
                                            "; the last failure was ", own.last_failure));
  }
  TellCall(CircuitBreakerCall::kRejected, absl::ZeroDuration());
  return refusal;
}

void BreakerCore::Finish(const Permit& permit, const absl::Status& status, bool timed_out) {
  const int64_t now = calls_->NowNanos();
  const bool failed =
      timed_out ||
      (!status.ok() &&
       (settings_.is_failure == nullptr ? CountsAsFailure(status) : settings_.is_failure(status)));
  State from;
  State to;
  {
    std::lock_guard guard(guarded_->mutex);
    Guarded& own = *guarded_;
    from = to = own.state;
    const bool counts = permit.period == own.period;
    if (counts && failed) {
      own.last_failure = timed_out && status.ok() ? TimeoutStatus() : status;
      if (own.state == State::kHalfOpen) {
        own.reset_timeout = std::min(settings_.max_reset_timeout,
                                     own.reset_timeout * settings_.exponential_backoff_factor);
        to = State::kOpen;
      } else if (++own.failures >= settings_.max_failures) {
        to = State::kOpen;
      }
    } else if (counts) {
      own.failures = 0;
      if (own.state == State::kHalfOpen) to = State::kClosed;
    }
    if (to != from) {
      own.Enter(to);
      if (to == State::kClosed) {
        own.reset_timeout = settings_.reset_timeout;
      } else {
        const absl::Duration open =
            own.reset_timeout * (1.0 + own.random.Fraction() * settings_.random_factor);
        own.open_until_nanos = now + absl::ToInt64Nanoseconds(open);
        // The call keeps no breaker alive. It can't run before this lock is given up, for it runs
        // on a dispatcher, or at once where the system has ended: then with CANCELLED.
        own.reset = CallLater(calls_, open,
                              [weak = weak_from_this(), period = own.period](absl::Status due) {
                                std::shared_ptr<BreakerCore> core = weak.lock();
                                if (due.ok() && core != nullptr) core->TryReset(period);
                              });
      }
    }
  }
  TellCall(timed_out ? CircuitBreakerCall::kTimeout
           : failed  ? CircuitBreakerCall::kFailure
                     : CircuitBreakerCall::kSuccess,
           absl::Nanoseconds(now - permit.since_nanos));
  if (to != from) TellState(from, to);
}

void BreakerCore::TryReset(uint64_t period) {
  {
    std::lock_guard guard(guarded_->mutex);
    if (guarded_->period != period) return;
    guarded_->Enter(State::kHalfOpen);
  }
  TellState(State::kOpen, State::kHalfOpen);
}

absl::Status BreakerCore::TimeoutStatus() const {
  return absl::DeadlineExceededError(StrCat("circuit breaker ", name_,
                                            ": the call took longer than ",
                                            absl::FormatDuration(settings_.call_timeout)));
}

void BreakerCore::AddStateListener(StateListener listener) {
  std::lock_guard guard(guarded_->mutex);
  guarded_->state_listeners.push_back(std::move(listener));
}

void BreakerCore::AddCallListener(CallListener listener) {
  std::lock_guard guard(guarded_->mutex);
  guarded_->call_listeners.push_back(std::move(listener));
}

void BreakerCore::TellState(State from, State to) {
  std::vector<StateListener> listeners;
  {
    std::lock_guard guard(guarded_->mutex);
    listeners = guarded_->state_listeners;
  }
  for (const StateListener& listener : listeners) listener(from, to);
}

void BreakerCore::TellCall(CircuitBreakerCall result, absl::Duration took) {
  std::vector<CallListener> listeners;
  {
    std::lock_guard guard(guarded_->mutex);
    if (guarded_->call_listeners.empty()) return;
    listeners = guarded_->call_listeners;
  }
  for (const CallListener& listener : listeners) listener(result, took);
}

}  // namespace internal
}  // namespace sampo
