// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Scheduler: calls a function later, for code outside of actors (actors have Timers()).
//
// Why: After, Retry, CircuitBreaker and GracefulStop need the system's time, which is virtual in a
// simulation, and must not run user code on the one thread of the timers: calls run on the system's
// default dispatcher.
// Guarantees: never early; at most once. What has not run when the system ends is destroyed
// uncalled, so that a Promise inside completes with CANCELLED. Threads: all methods from any.
// Lifetime: an extension; a Cancellable may outlive the system.
//
//   Cancellable reminder = Scheduler::Get(system).ScheduleOnce(absl::Seconds(3), [] { ... });
//   reminder.Cancel();
#ifndef SAMPO_ACTOR_SCHEDULER_H_
#define SAMPO_ACTOR_SCHEDULER_H_

#include <cstdint>
#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "sampo/actor/base/unique_function.h"
#include "sampo/actor/extension.h"

namespace sampo {
namespace internal {

struct DelayedCall;

// The pending calls of a system; shared with those who may come back after its end.
class DelayedCalls {
 public:
  // Gets OK when it is due, or CANCELLED when the system ends first.
  using Call = UniqueFunction<void(absl::Status)>;

  explicit DelayedCalls(ActorSystemBase& system) : system_(&system) {}
  DelayedCalls(const DelayedCalls&) = delete;
  DelayedCalls& operator=(const DelayedCalls&) = delete;

  // The caller owns one count of the result. Null: the system has ended, and `call` knows it.
  static DelayedCall* Schedule(const std::shared_ptr<DelayedCalls>& calls, absl::Duration delay,
                               Call call);
  static bool Cancel(DelayedCall* call);
  // The system's time; that of its end afterwards.
  int64_t NowNanos() const;
  // The system ends: all pending calls get CANCELLED.
  void Close();

 private:
  friend struct DelayedCallAccess;
  struct State;
  ActorSystemBase* const system_;  // not touched once closed
  std::shared_ptr<State> state_ = MakeState();
  static std::shared_ptr<State> MakeState();
};

void UnrefDelayedCall(DelayedCall* call);

}  // namespace internal

// A handle of a scheduled call; dropping it changes nothing.
class Cancellable {
 public:
  Cancellable() = default;
  explicit Cancellable(internal::DelayedCall* counted) : call_(counted) {}
  Cancellable(Cancellable&& other) noexcept : call_(std::exchange(other.call_, nullptr)) {}
  Cancellable& operator=(Cancellable&& other) noexcept {
    std::swap(call_, other.call_);
    return *this;
  }
  ~Cancellable() {
    if (call_ != nullptr) internal::UnrefDelayedCall(call_);
  }

  // True: the call will not happen, its function is destroyed. False: it has run, runs now, was
  // cancelled before, or the system has ended.
  bool Cancel() { return call_ != nullptr && internal::DelayedCalls::Cancel(call_); }

 private:
  internal::DelayedCall* call_ = nullptr;
};

class Scheduler final : public Extension {
 public:
  explicit Scheduler(ActorSystemBase& system)
      : calls_(std::make_shared<internal::DelayedCalls>(system)) {}
  ~Scheduler() override { calls_->Close(); }
  static Scheduler& Get(ActorSystemBase& system) { return GetExtension<Scheduler>(system); }

  // Calls `function` once, on the default dispatcher, `delay` from now. What it throws is logged.
  Cancellable ScheduleOnce(absl::Duration delay, UniqueFunction<void()> function) {
    return Cancellable(internal::DelayedCalls::Schedule(
        calls_, delay, [function = std::move(function)](absl::Status due) mutable {
          if (due.ok()) function();
        }));
  }

  // --- for the library ---
  const std::shared_ptr<internal::DelayedCalls>& calls() const { return calls_; }

 private:
  const std::shared_ptr<internal::DelayedCalls> calls_;
};

namespace internal {

// Tells `call` when `delay` is over, or that the system has ended.
inline Cancellable CallLater(const std::shared_ptr<DelayedCalls>& calls, absl::Duration delay,
                             DelayedCalls::Call call) {
  return Cancellable(DelayedCalls::Schedule(calls, delay, std::move(call)));
}

}  // namespace internal
}  // namespace sampo

#endif  // SAMPO_ACTOR_SCHEDULER_H_
