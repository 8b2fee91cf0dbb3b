// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// What a durable-state behavior's command handler may be (command_handler.h holds it).
#ifndef SAMPO_PERSISTENCE_DETAIL_DURABLE_STATE_HANDLERS_H_
#define SAMPO_PERSISTENCE_DETAIL_DURABLE_STATE_HANDLERS_H_

#include <type_traits>
#include <utility>

#include "sampo/persistence/state_effect.h"

namespace sampo::persistence {

template <class Command, class State>
class DurableStateContext;

namespace internal {

#define SAMPO_STATE_COMMAND_HANDLER_TEXT                                                     \
  "Sampo: a command handler is StateEffect<State>(const State&, Command&&), or a coroutine " \
  "Task<StateEffect<State>>(DurableStateContext<Command, State>&, Command)."

// Of a CommandHandler; kEnforced: it must return a StateReplyEffect.
template <class C, class S, bool kEnforced>
struct DurableStateKind {
  using Command = C;
  using Event = StateWrite<S>;
  using State = S;
  using EffectType = BaseStateEffect<State>;
  using Context = DurableStateContext<Command, State>;
  static constexpr bool kReplies = kEnforced;
  static_assert(std::is_copy_constructible_v<State>,
                "Sampo: the state must be copyable: each start begins with a copy of the empty "
                "one.");

  template <class R>
  static constexpr void CheckResult() {
    constexpr bool kIsReply = std::is_same_v<R, StateReplyEffect<State>>;
    if constexpr (kReplies) {
      static_assert(kIsReply,
                    "Sampo: with enforced replies a command handler returns "
                    "StateReplyEffect<State>.");
    } else {
      static_assert(kIsReply || std::is_same_v<R, StateEffect<State>>,
                    SAMPO_STATE_COMMAND_HANDLER_TEXT);
    }
  }
  template <class R>
  static EffectType ToEffect(R effect) {
    return std::move(effect).Release();
  }
  template <class F>
  static constexpr void RefuseForm() {
    static_assert(!sizeof(F*), SAMPO_STATE_COMMAND_HANDLER_TEXT);
  }
};

}  // namespace internal
}  // namespace sampo::persistence

#endif  // SAMPO_PERSISTENCE_DETAIL_DURABLE_STATE_HANDLERS_H_
