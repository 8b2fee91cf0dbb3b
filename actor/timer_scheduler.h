// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// TimerScheduler<C>: an actor's keyed timers, which send messages to itself.
//
// Guarantees: never early; starting a key again cancels its old timer, and a tick of the old one is
// never delivered, not even one that was in the mailbox; all timers end with a restart or stop.
// Threads: the actor's turn. A timer's message must be copyable unless it is a single one.
//
//   context.Timers().StartTimerWithFixedDelay("tick", Tick{}, absl::Seconds(1));
#ifndef SAMPO_ACTOR_TIMER_SCHEDULER_H_
#define SAMPO_ACTOR_TIMER_SCHEDULER_H_

#include <type_traits>
#include <utility>

#include "absl/time/time.h"
#include "sampo/actor/detail/actor_ask.h"
#include "sampo/actor/detail/timers_base.h"

namespace sampo {

template <class C>
class TimerScheduler {
 public:
  explicit TimerScheduler(internal::ContextBase& context) : context_(context) {}

  // Once, after `delay`.
  template <class M>
  void StartSingleTimer(TimerKey key, M message, absl::Duration delay) {
    Start(key, std::move(message), internal::TimerMode::kSingle, delay, delay);
  }
  // Again and again, `delay` after the last one was sent: never two in a row after a pause.
  template <class M>
  void StartTimerWithFixedDelay(TimerKey key, M message, absl::Duration delay) {
    Repeat(key, std::move(message), internal::TimerMode::kFixedDelay, delay, delay);
  }
  template <class M>
  void StartTimerWithFixedDelay(TimerKey key, M message, absl::Duration initial,
                                absl::Duration delay) {
    Repeat(key, std::move(message), internal::TimerMode::kFixedDelay, initial, delay);
  }
  // At a rate: after a pause the missed ones come at once.
  template <class M>
  void StartTimerAtFixedRate(TimerKey key, M message, absl::Duration interval) {
    Repeat(key, std::move(message), internal::TimerMode::kFixedRate, interval, interval);
  }
  // Unknown keys are fine.
  void Cancel(TimerKey key) { internal::CancelKeyedTimer(context_, key); }
  void CancelAll() { internal::CancelAllKeyedTimers(context_); }
  bool IsTimerActive(TimerKey key) const { return internal::IsKeyedTimerActive(context_, key); }

 private:
  template <class M>
  void Repeat(TimerKey key, M message, internal::TimerMode mode, absl::Duration initial,
              absl::Duration interval) {
    static_assert(std::is_copy_constructible_v<M>,
                  "Sampo: the message of a repeated timer is copied for each tick, so it must be "
                  "copyable; a single timer takes any message.");
    Start(key, std::move(message), mode, initial, interval);
  }
  template <class M>
  void Start(TimerKey key, M message, internal::TimerMode mode, absl::Duration initial,
             absl::Duration interval) {
    internal::StartKeyedTimer(
        context_, key,
        {mode, absl::ToInt64Nanoseconds(initial), absl::ToInt64Nanoseconds(interval)},
        internal::MessageMaker<C>(std::move(message)));
  }

  internal::ContextBase& context_;
};

}  // namespace sampo

#endif  // SAMPO_ACTOR_TIMER_SCHEDULER_H_
