// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// The functions of a persistent behavior that both kinds have, behind one type each: the command
// handler, plain or a coroutine, and the signal handler. Each takes a function, a lambda, or a set
// of lambdas (On{...}).
//
// `Kind` says of which behavior a command handler is: Command, Event (what a write stores), State,
// EffectType, Context (of a coroutine), CheckResult<R>(), ToEffect(R&&), and RefuseForm<F>(), whose
// texts name the behavior's own types.
// Threads: the actor's turn. Lifetime: they outlive the actor's incarnations.
#ifndef SAMPO_PERSISTENCE_DETAIL_COMMAND_HANDLER_H_
#define SAMPO_PERSISTENCE_DETAIL_COMMAND_HANDLER_H_

#include <coroutine>
#include <optional>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "sampo/actor/base/unique_function.h"
#include "sampo/actor/task.h"

namespace sampo::persistence::internal {

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
template <class Kind, class R>
Task<void> DriveHandler(::sampo::internal::TaskObject<R> task,
                        std::optional<typename Kind::EffectType>* out, bool* running) {
  TaskEnd end(running);
  if constexpr (std::is_void_v<R>) {
    co_await std::move(task);
    out->emplace(Kind::EffectType::None());
  } else {
    R effect = co_await std::move(task);
    out->emplace(Kind::ToEffect(std::move(effect)));
  }
}

// What a coroutine handler's context stands on.
template <class Event, class State>
class PersistingNode {
 public:
  virtual const State& visible_state() const = 0;
  virtual Task<absl::Status> PersistInTask(std::vector<Event> events) = 0;

 protected:
  ~PersistingNode() = default;
};

template <class K>
class CommandHandler {
 public:
  using Kind = K;
  using Command = typename Kind::Command;
  using State = typename Kind::State;
  using EffectType = typename Kind::EffectType;
  using Context = typename Kind::Context;

  template <class F>
  requires(!std::is_same_v<std::remove_cvref_t<F>, CommandHandler>)
      CommandHandler(F&& function) {  // NOLINT: implicit on purpose
    using Function = std::decay_t<F>;
    if constexpr (std::is_invocable_v<Function&, const State&, Command&&>) {
      using R = std::remove_cvref_t<std::invoke_result_t<Function&, const State&, Command&&>>;
      Kind::template CheckResult<R>();
      plain_ = [f = Function(std::forward<F>(function))](const State& state,
                                                         Command&& command) mutable -> EffectType {
        return Kind::ToEffect(f(state, std::move(command)));
      };
    } else if constexpr (std::is_invocable_v<Function&, Context&, Command&&>) {
      using TaskType = std::remove_cvref_t<std::invoke_result_t<Function&, Context&, Command&&>>;
      if constexpr (!kIsTask<TaskType>) {
        Kind::template RefuseForm<Function>();
      } else {
        using R = decltype(std::declval<TaskType&>().TakeResult());
        if constexpr (!std::is_void_v<R> || Kind::kReplies) Kind::template CheckResult<R>();
        start_ = [f = Function(std::forward<F>(function))](
                     Context& context, Command&& command, std::optional<EffectType>* out,
                     bool* running) mutable -> std::coroutine_handle<> {
          return DriveHandler<Kind, R>(f(context, std::move(command)), out, running).Release();
        };
      }
    } else {
      Kind::template RefuseForm<Function>();
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
  // `written` is called after each write with the new state, before anything else that follows it.
  void SetOnWritten(UniqueFunction<void(const State&)> written) { written_ = std::move(written); }
  void NoteWritten(const State& state) {
    if (written_) written_(state);
  }

 private:
  UniqueFunction<EffectType(const State&, Command&&)> plain_;
  UniqueFunction<std::coroutine_handle<>(Context&, Command&&, std::optional<EffectType>*, bool*)>
      start_;
  UniqueFunction<void(const State&)> written_;
};

// void(const State&, const S&) for some signals S of the variant Signal. One that returns bool says
// by false that it did not handle it.
template <class State, class Signal>
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

}  // namespace sampo::persistence::internal

#endif  // SAMPO_PERSISTENCE_DETAIL_COMMAND_HANDLER_H_
