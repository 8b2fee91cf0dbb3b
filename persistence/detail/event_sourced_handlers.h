// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// The functions of an event-sourced behavior alone, behind one type each: whatever forms the user's
// may have. Each takes a function, a lambda, or a set of lambdas (On{...}).
#ifndef SAMPO_PERSISTENCE_DETAIL_EVENT_SOURCED_HANDLERS_H_
#define SAMPO_PERSISTENCE_DETAIL_EVENT_SOURCED_HANDLERS_H_

#include <memory>
#include <type_traits>
#include <utility>

#include "absl/status/statusor.h"
#include "sampo/actor/base/unique_function.h"
#include "sampo/persistence/effect.h"

namespace sampo::persistence {

template <class Command, class Event, class State>
class PersistentContext;

namespace internal {

#define SAMPO_COMMAND_HANDLER_TEXT                                               \
  "Sampo: a command handler is Effect(const State&, Command&&), or a coroutine " \
  "Task<Effect>(PersistentContext<Command, Event, State>&, Command)."

// Of a CommandHandler; kEnforced: it must return a ReplyEffect.
template <class C, class E, class S, bool kEnforced>
struct EventSourcedKind {
  using Command = C;
  using Event = E;
  using State = S;
  using EffectType = Effect<Event, State>;
  using Context = PersistentContext<Command, Event, State>;
  static constexpr bool kReplies = kEnforced;

  template <class R>
  static constexpr void CheckResult() {
    if constexpr (kReplies) {
      static_assert(std::is_same_v<R, ReplyEffect<Event, State>>,
                    "Sampo: with enforced replies a command handler returns ReplyEffect<Event, "
                    "State>.");
    } else {
      static_assert(std::is_convertible_v<R&&, EffectType>, SAMPO_COMMAND_HANDLER_TEXT);
    }
  }
  static EffectType ToEffect(EffectType effect) { return effect; }
  template <class F>
  static constexpr void RefuseForm() {
    static_assert(!sizeof(F*), SAMPO_COMMAND_HANDLER_TEXT);
  }
};

// State(State, const Event&), State(const State&, const Event&); both may return a StatusOr.
template <class Event, class State>
class EventHandler {
  static_assert(std::is_copy_constructible_v<State>,
                "Sampo: the state must be copyable: the one before a write stays visible until it "
                "is stored.");

 public:
  template <class F>
  requires(!std::is_same_v<std::remove_cvref_t<F>, EventHandler>)
      EventHandler(F&& function)  // NOLINT: implicit on purpose
      : call_(std::make_shared<Call<std::decay_t<F>>>(std::forward<F>(function))) {
    static_assert(
        std::is_invocable_r_v<absl::StatusOr<State>, std::decay_t<F>&, State&&, const Event&>,
        "Sampo: an event handler is State(State, const Event&) or State(const State&, const "
        "Event&).");
  }
  // The state after the event; `state` stays as it is.
  absl::StatusOr<State> Apply(const State& state, const Event& event) {
    return call_->Copying(state, event);
  }
  // The same where the state before is not needed any more.
  absl::StatusOr<State> ApplyTo(State&& state, const Event& event) {
    return call_->Moving(std::move(state), event);
  }

 private:
  struct Base {
    virtual ~Base() = default;
    virtual absl::StatusOr<State> Copying(const State& state, const Event& event) = 0;
    virtual absl::StatusOr<State> Moving(State&& state, const Event& event) = 0;
  };
  template <class F>
  struct Call final : Base {
    explicit Call(F f) : function(std::move(f)) {}
    absl::StatusOr<State> Copying(const State& state, const Event& event) override {
      if constexpr (std::is_invocable_v<F&, const State&, const Event&>) {
        return function(state, event);
      } else {
        return function(State(state), event);
      }
    }
    absl::StatusOr<State> Moving(State&& state, const Event& event) override {
      return function(std::move(state), event);
    }
    F function;
  };
  std::shared_ptr<Base> call_;
};

// R(const Event&) or R(const State&, const Event&), with the state after the event.
template <class Event, class State, class R>
class EventFunction {
 public:
  EventFunction() = default;
  template <class F>
  requires(!std::is_same_v<std::remove_cvref_t<F>, EventFunction>)
      EventFunction(F&& function) {  // NOLINT: implicit on purpose
    using Function = std::decay_t<F>;
    call_ = [f = Function(std::forward<F>(function))](const State& state,
                                                      const Event& event) mutable -> R {
      if constexpr (std::is_invocable_v<Function&, const State&, const Event&>) {
        return f(state, event);
      } else {
        return f(event);
      }
    };
  }
  explicit operator bool() const { return static_cast<bool>(call_); }
  R operator()(const State& state, const Event& event) { return call_(state, event); }

 private:
  UniqueFunction<R(const State&, const Event&)> call_;
};

}  // namespace internal
}  // namespace sampo::persistence

#endif  // SAMPO_PERSISTENCE_DETAIL_EVENT_SOURCED_HANDLERS_H_
