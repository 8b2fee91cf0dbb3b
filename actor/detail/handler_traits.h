// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Which handler of a set is for which message, and how it is called; decided when compiling.
//
// A lambda is found by the type of its parameter, without overload resolution; a generic lambda
// takes what no other handler does.
#ifndef SAMPO_ACTOR_DETAIL_HANDLER_TRAITS_H_
#define SAMPO_ACTOR_DETAIL_HANDLER_TRAITS_H_

#include <type_traits>
#include <utility>

#include "sampo/actor/behavior.h"
#include "sampo/actor/detail/context_base.h"
#include "sampo/actor/on.h"
#include "sampo/actor/task.h"

namespace sampo::internal {

// The parameter and constness of a callable with one plain operator().
template <class F>
struct CallOperator {
  using Parameter = void;
  static constexpr bool kConst = true;
};
template <class R, class L, class P>
struct CallOperator<R (L::*)(P) const> {
  using Parameter = P;
  static constexpr bool kConst = true;
};
template <class R, class L, class P>
struct CallOperator<R (L::*)(P)> {
  using Parameter = P;
  static constexpr bool kConst = false;
};
template <class R, class L, class P>
struct CallOperator<R (L::*)(P) const noexcept> : CallOperator<R (L::*)(P) const> {};
template <class R, class L, class P>
struct CallOperator<R (L::*)(P) noexcept> : CallOperator<R (L::*)(P)> {};
template <class L>
consteval auto CallOperatorOf() {
  if constexpr (requires { &L::operator(); }) {
    return CallOperator<decltype(&L::operator())>{};
  } else {
    return CallOperator<void>{};
  }
}
template <class L>
using ParameterOf = typename decltype(CallOperatorOf<L>())::Parameter;

// The place of the handler for M among Ls, or -1.
template <class M, class... L>
consteval int FindHandler() {
  int found = -1;
  int index = 0;
  ((found = found < 0 && std::is_same_v<std::remove_cvref_t<ParameterOf<L>>, M> ? index : found,
    ++index),
   ...);
  if (found >= 0) return found;
  index = 0;
  ((found =
        found < 0 && std::is_void_v<ParameterOf<L>> && std::is_invocable_v<L&, M&> ? index : found,
    ++index),
   ...);
  return found;
}

template <int I, class First, class... Rest>
struct NthType : NthType<I - 1, Rest...> {};
template <class First, class... Rest>
struct NthType<0, First, Rest...> {
  using Type = First;
};

// A handler that takes the message away can't leave it to somebody else.
template <class P>
inline constexpr bool kTakesAway = !std::is_void_v<P> && !std::is_lvalue_reference_v<P>;
template <class R>
inline constexpr bool kMayBeUnhandled = false;
template <>
inline constexpr bool kMayBeUnhandled<UnhandledBehavior> = true;
template <class C>
inline constexpr bool kMayBeUnhandled<Partial<C>> = true;

template <class P, class L, class M>
decltype(auto) CallHandler(L& handler, M& message) {
  if constexpr (kTakesAway<P>) {
    return handler(std::move(message));
  } else {
    return handler(message);
  }
}

#define SAMPO_HANDLER_RESULT_TEXT                                                            \
  "Sampo: a handler returns the next behavior: Same(), Stopped(), Fail(status), a Behavior " \
  "of this protocol, or a Task of one."

// A handler's result as a word.
template <class C>
Word TakeTaskWord(std::coroutine_handle<> handle) {
  using Object = TaskObject<Behavior<C>>;
  auto typed = std::coroutine_handle<TaskPromise<Behavior<C>>>::from_address(handle.address());
  if (std::exception_ptr exception = typed.promise().TakeException()) {
    std::rethrow_exception(exception);
  }
  static_assert(sizeof(Object) > 0);
  return BehaviorAccess::Release(typed.promise().TakeValue());
}

template <class C, class R>
Word ResultWord(ContextBase& context, Envelope& envelope, R&& result) {
  using T = std::remove_cvref_t<R>;
  if constexpr (std::is_same_v<T, SameBehavior>) {
    return kSame;
  } else if constexpr (std::is_same_v<T, UnhandledBehavior>) {
    return kUnhandled;
  } else if constexpr (std::is_same_v<T, StoppedBehavior>) {
    return kStopped;
  } else if constexpr (std::is_same_v<T, TaskObject<Behavior<C>>>) {
    return context.RunTask(result.Release(), envelope, &TakeTaskWord<C>);
  } else if constexpr (std::is_same_v<T, Partial<C>>) {
    return BehaviorAccess::Release(std::move(result));
  } else if constexpr (std::is_convertible_v<T&&, Behavior<C>>) {
    return BehaviorAccess::Release(Behavior<C>(std::forward<R>(result)));
  } else {
    static_assert(!sizeof(C*), SAMPO_HANDLER_RESULT_TEXT);
    return kSame;
  }
}

// The message was handled: destroys it here, where its type is known. Not where a suspended task or
// a stash keeps it, nor where another behavior may still want it.
template <class M>
void FinishPayload(Envelope& envelope, M& message, Word next) {
  if constexpr (!std::is_trivially_destructible_v<M>) {
    if (next == kUnhandled || (envelope.flags & (kKept | kNoDestroy)) != 0) return;
    envelope.flags |= kNoDestroy;
    std::destroy_at(&message);
  }
}

// Finds the alternative by its index: a chain of compares, which predicts well.
template <class Caller, class... A>
Word SwitchIndex(uint16_t index, Caller&& caller, TypeList<A...>) {
  Word next = kUnhandled;
  uint16_t at = 0;
  (void)((index == at++ && (next = caller.template Call<A>(), true)) || ...);
  return next;
}

}  // namespace sampo::internal

#endif  // SAMPO_ACTOR_DETAIL_HANDLER_TRAITS_H_
