// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Effect: one thing an actor did with its context, as BehaviorTestKit keeps it.
//
// Threads: a value. Equal effects have the same kind and the same visible parts; the ref is extra.
//
//   kit.ExpectEffect(Effect::TimerStarted("tick", absl::Seconds(1)));
#ifndef SAMPO_ACTOR_TESTKIT_EFFECT_H_
#define SAMPO_ACTOR_TESTKIT_EFFECT_H_

#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "sampo/actor/actor_ref.h"
#include "sampo/actor/detail/timers_base.h"

namespace sampo {

struct Effect {
  enum class Kind : uint8_t {
    kNone,
    kSpawned,
    kStopped,
    kWatched,
    kUnwatched,
    kTimerStarted,
    kTimerCancelled,
    kAllTimersCancelled,
    kReceiveTimeoutSet,
    kReceiveTimeoutCancelled,
    kMessageAdapter,
    kScheduled,
  };
  using TimerMode = internal::TimerMode;

  Kind kind = Kind::kNone;
  // Spawned, Stopped: the child's name. Watched, Unwatched: the path. Timers: the key.
  std::string subject = {};
  absl::Duration delay = absl::ZeroDuration();     // timers (the first one), timeouts, schedules
  absl::Duration interval = absl::ZeroDuration();  // of periodic timers
  TimerMode mode = TimerMode::kSingle;
  AnyActorRef ref = {};  // the child, the watched one, the adapter; not compared

  static Effect None() { return {}; }
  static Effect Spawned(std::string_view name) { return {Kind::kSpawned, std::string(name)}; }
  static Effect Stopped(std::string_view name) { return {Kind::kStopped, std::string(name)}; }
  static Effect Watched(const AnyActorRef& ref) { return {Kind::kWatched, ref.path()}; }
  static Effect Unwatched(const AnyActorRef& ref) { return {Kind::kUnwatched, ref.path()}; }
  static Effect TimerStarted(const TimerKey& key, absl::Duration delay) {
    return {Kind::kTimerStarted, KeyText(key), delay};
  }
  static Effect PeriodicTimerStarted(const TimerKey& key, TimerMode mode, absl::Duration initial,
                                     absl::Duration interval) {
    return {Kind::kTimerStarted, KeyText(key), initial, interval, mode};
  }
  static Effect TimerCancelled(const TimerKey& key) {
    return {Kind::kTimerCancelled, KeyText(key)};
  }
  static Effect AllTimersCancelled() { return {Kind::kAllTimersCancelled}; }
  static Effect ReceiveTimeoutSet(absl::Duration after) {
    return {Kind::kReceiveTimeoutSet, {}, after};
  }
  static Effect ReceiveTimeoutCancelled() { return {Kind::kReceiveTimeoutCancelled}; }
  static Effect MessageAdapter() { return {Kind::kMessageAdapter}; }
  static Effect Scheduled(absl::Duration delay) { return {Kind::kScheduled, {}, delay}; }

  // "TimerStarted tick after 1s".
  std::string ToString() const;
  static std::string KeyText(const TimerKey& key);

  friend bool operator==(const Effect& a, const Effect& b) {
    return a.kind == b.kind && a.subject == b.subject && a.delay == b.delay &&
           a.interval == b.interval && a.mode == b.mode;
  }
  friend void PrintTo(const Effect& effect, std::ostream* out) { *out << effect.ToString(); }
};

}  // namespace sampo

#endif  // SAMPO_ACTOR_TESTKIT_EFFECT_H_
