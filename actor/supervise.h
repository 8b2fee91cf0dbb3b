// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Supervise: what is done when a behavior fails: stop, resume, restart, restart with backoff.
//
// Failures are Fail(status) and what handlers throw. They keep their kind: OnFailure(code) matches
// the status code, OnFailure<E>() the type of an exception, OnFailure(strategy) everything. First
// match wins, as written; what nobody matches goes to the supervisor outside this one, at last the
// actor stops. Without Supervise every failure stops the actor.
// A restart needs a behavior that can be made again: a Setup, or a Receive without mutable lambdas;
// spawning anything else under a restart fails with a status that names the actor.
//
//   return Supervise(Dashboard(source))
//       .OnFailure(absl::StatusCode::kDeadlineExceeded, SupervisorStrategy::Resume())
//       .OnFailure(SupervisorStrategy::RestartWithBackoff({.min = absl::Milliseconds(200),
//                                                          .max = absl::Seconds(30)}));
#ifndef SAMPO_ACTOR_SUPERVISE_H_
#define SAMPO_ACTOR_SUPERVISE_H_

#include <exception>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "sampo/actor/behavior.h"

namespace sampo {

// Delay of the n-th restart: min(max, min * 2^n) * (1 + chance * random_factor).
struct Backoff {
  absl::Duration min = absl::Milliseconds(200);
  absl::Duration max = absl::Seconds(10);
  double random_factor = 0.2;
  // The count starts again after this time without a failure; zero: (min + max) / 2.
  absl::Duration reset_after = absl::ZeroDuration();
};

class SupervisorStrategy {
 public:
  enum class Kind : uint8_t { kStop, kResume, kRestart, kBackoff };

  static SupervisorStrategy Stop() { return SupervisorStrategy(Kind::kStop); }
  // Drops the failing message and goes on with the same state. Never for std::bad_alloc.
  static SupervisorStrategy Resume() { return SupervisorStrategy(Kind::kResume); }
  // Starts the initial behavior again; mailbox and ref stay, timers end, children stop first.
  static SupervisorStrategy Restart() { return SupervisorStrategy(Kind::kRestart); }
  static SupervisorStrategy RestartWithBackoff(Backoff backoff) {
    SupervisorStrategy strategy(Kind::kBackoff);
    strategy.backoff_ = backoff;
    return strategy;
  }

  // At most `restarts` within `window`; the next failure is not handled by this supervisor.
  SupervisorStrategy WithLimit(int restarts, absl::Duration window) const;
  // False: children survive a restart.
  SupervisorStrategy WithStopChildren(bool stop) const;
  // Messages set aside while a restart waits (Pekko's restart-stash-capacity 1000); the rest are
  // published as Dropped.
  SupervisorStrategy WithStashCapacity(int messages) const;

  Kind kind() const { return kind_; }
  bool restarts() const { return kind_ == Kind::kRestart || kind_ == Kind::kBackoff; }
  int limit() const { return limit_; }  // -1: none
  absl::Duration window() const { return window_; }
  bool stop_children() const { return stop_children_; }
  int stash_capacity() const { return stash_capacity_; }
  const Backoff& backoff() const { return backoff_; }

 private:
  explicit SupervisorStrategy(Kind kind) : kind_(kind) {}
  Kind kind_;
  bool stop_children_ = true;
  int limit_ = -1;
  int stash_capacity_ = 1000;
  absl::Duration window_ = absl::InfiniteDuration();
  Backoff backoff_;
};

namespace internal {

// One OnFailure: what it matches, and what is done.
struct SupervisionRule {
  absl::StatusCode code = absl::StatusCode::kOk;                   // kOk: any
  bool (*matches)(const std::exception_ptr& exception) = nullptr;  // null: by code
  SupervisorStrategy strategy;
};

// A supervisor without rules around `behavior`; gives one rule more to it, before it starts.
Word MakeSupervised(Word behavior);
void AddSupervisionRule(Word supervised, const SupervisionRule& rule);

template <class E>
bool IsException(const std::exception_ptr& exception) {
  if (!exception) return false;
  try {
    std::rethrow_exception(exception);
  } catch (const E&) {
    return true;
  } catch (...) {
    return false;
  }
}

}  // namespace internal

// A behavior that takes rules: it is spawned, returned and wrapped like any other.
template <class C>
class [[nodiscard]] Supervised : public Behavior<C> {
 public:
  explicit Supervised(Behavior<C> behavior)
      : Behavior<C>(internal::BehaviorAccess::Make<C>(
            internal::MakeSupervised(internal::BehaviorAccess::Release(std::move(behavior))))) {}

  Supervised&& OnFailure(SupervisorStrategy strategy) && {
    return Add({absl::StatusCode::kOk, nullptr, strategy});
  }
  Supervised&& OnFailure(absl::StatusCode code, SupervisorStrategy strategy) && {
    return Add({code, nullptr, strategy});
  }
  template <class E>
  Supervised&& OnFailure(SupervisorStrategy strategy) && {
    return Add({absl::StatusCode::kOk, &internal::IsException<E>, strategy});
  }

 private:
  Supervised&& Add(const internal::SupervisionRule& rule) {
    internal::AddSupervisionRule(internal::BehaviorAccess::Peek(*this), rule);
    return std::move(*this);
  }
};

template <class C>
Supervised<C> Supervise(Behavior<C> behavior) {
  return Supervised<C>(std::move(behavior));
}

}  // namespace sampo

#endif  // SAMPO_ACTOR_SUPERVISE_H_
