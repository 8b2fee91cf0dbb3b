// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// The functions of an event-sourced behavior behind one type each: whatever forms the user's may
// have. Each takes a function, a lambda, or a set of lambdas (On{...}).
#ifndef SAMPO_PERSISTENCE_DETAIL_EVENT_SOURCED_HANDLERS_H_
#define SAMPO_PERSISTENCE_DETAIL_EVENT_SOURCED_HANDLERS_H_

#include <coroutine>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "sampo/actor/base/unique_function.h"
#include "sampo/actor/task.h"
#include "sampo/persistence/effect.h"
#include "sampo/persistence/signals.h"

namespace sampo::persistence {

template <class Command, class Event, class State>
class PersistentContext;

namespace internal {

template <class T>
inline constexpr bool kIsTask = false;
template <class T>
inline constexpr bool kIsTask<::sampo::internal::TaskObject<T>> = true;

// Notes that the handler's coroutine runs, and has ended, also where it throws.
class TaskEnd {
 public:
  explicit TaskEnd(bool* running) : running_(running) { *running_ = true; }
  TaskEnd(const TaskEnd&) = delete;
  TaskEnd& operator=(const TaskEnd&) = delete;
  ~TaskEnd() { *running_ = false; }

 private:
  bool* const running_;
};

// Runs a coroutine handler and puts its effect where the node finds it.
template <class R, class Effect>
Task<void> DriveHandler(::sampo::internal::TaskObject<R> task, std::optional<Effect>* out,
                        bool* running) {
  TaskEnd end(running);
  if constexpr (std::is_void_v<R>) {
    co_await std::move(task);
    out->emplace(Effect::None());
  } else {
    R effect = co_await std::move(task);
    out->emplace(std::move(effect));
  }
}

#define SAMPO_COMMAND_HANDLER_TEXT                                               \
  "Sampo: a command handler is Effect(const State&, Command&&), or a coroutine " \
  "Task<Effect>(PersistentContext<Command, Event, State>&, Command)."

// kReplies: the handler must return a ReplyEffect.
template <class Command, class Event, class State, bool kReplies>
class CommandHandler {
 public:
  using EffectType = Effect<Event, State>;
  using Context = PersistentContext<Command, Event, State>;

  template <class F>
  requires(!std::is_same_v<std::remove_cvref_t<F>, CommandHandler>)
      CommandHandler(F&& function) {  // NOLINT: implicit on purpose
    using Function = std::decay_t<F>;
    if constexpr (std::is_invocable_v<Function&, const State&, Command&&>) {
      using R = std::remove_cvref_t<std::invoke_result_t<Function&, const State&, Command&&>>;
      CheckResult<R>();
      plain_ = [f = Function(std::forward<F>(function))](const State& state,
                                                         Command&& command) mutable -> EffectType {
        return f(state, std::move(command));
      };
    } else if constexpr (std::is_invocable_v<Function&, Context&, Command&&>) {
      using TaskType = std::remove_cvref_t<std::invoke_result_t<Function&, Context&, Command&&>>;
      static_assert(kIsTask<TaskType>, SAMPO_COMMAND_HANDLER_TEXT);
      using R = decltype(std::declval<TaskType&>().TakeResult());
      if constexpr (!std::is_void_v<R> || kReplies) CheckResult<R>();
      start_ = [f = Function(std::forward<F>(function))](
                   Context& context, Command&& command, std::optional<EffectType>* out,
                   bool* running) mutable -> std::coroutine_handle<> {
        return DriveHandler<R>(f(context, std::move(command)), out, running).Release();
      };
    } else {
      static_assert(!sizeof(Function*), SAMPO_COMMAND_HANDLER_TEXT);
    }
  }

  bool is_coroutine() const { return static_cast<bool>(start_); }
  EffectType Call(const State& state, Command&& command) {
    return plain_(state, std::move(command));
  }
  // A coroutine that has not begun.
  std::coroutine_handle<> Start(Context& context, Command&& command, std::optional<EffectType>* out,
                                bool* running) {
    return start_(context, std::move(command), out, running);
  }

 private:
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

  UniqueFunction<EffectType(const State&, Command&&)> plain_;
  UniqueFunction<std::coroutine_handle<>(Context&, Command&&, std::optional<EffectType>*, bool*)>
      start_;
};

// State(State, const Event&), State(const State&, const Event&); both may return a StatusOr.
template <class Event, class State>
class EventHandler {
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

// void(const State&, const S&) for some signals S of the variant Signal. One that returns bool says
// by false that it did not handle it.
template <class State, class Signal = PersistenceSignal>
class SignalHandler {
 public:
  SignalHandler() = default;
  template <class F>
  requires(!std::is_same_v<std::remove_cvref_t<F>, SignalHandler>)
      SignalHandler(F&& function) {  // NOLINT: implicit on purpose
    using Function = std::decay_t<F>;
    call_ = [f = Function(std::forward<F>(function))](const State& state,
                                                      const Signal& signal) mutable {
      return std::visit([&](const auto& held) { return CallFor(f, state, held); }, signal);
    };
  }
  // True: it was handled.
  bool Call(const State& state, const Signal& signal) {
    return call_ ? call_(state, signal) : false;
  }

 private:
  template <class F, class S>
  static bool CallFor(F& f, const State& state, const S& signal) {
    if constexpr (std::is_invocable_v<F&, const State&, const S&>) {
      if constexpr (std::is_same_v<std::invoke_result_t<F&, const State&, const S&>, bool>) {
        return f(state, signal);
      } else {
        f(state, signal);
        return true;
      }
    } else {
      return false;
    }
  }
  UniqueFunction<bool(const State&, const Signal&)> call_;
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
