// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// What durable-state behaviors refuse when compiling, and with which words.
#include <utility>

#include "absl/status/status.h"
#include "sampo/actor/actor.h"
#include "sampo/persistence/durable_state_behavior.h"

namespace sampo::persistence {

struct Command {
  ActorRef<absl::Status> reply_to;
};
struct State {};

using Reply = StateReplyEffect<State>;
using Free = StateEffect<State>;

Reply Answered(const State&, Command&& m) {
#ifdef CASE_EFFECT_WITHOUT_A_REPLY
  return Reply::Persist(State{}).ThenRun([](const State&) {});
#endif
#ifdef CASE_FREE_EFFECT_WITH_ENFORCED_REPLIES
  return Free::Delete();
#endif
  return Reply::Persist(State{}).ThenReply(m.reply_to, absl::OkStatus());
}

Free NotEnforced(const State&, Command&& m) { return Free::Reply(m.reply_to, absl::OkStatus()); }

Behavior<Command> Enforced() {
  return DurableStateBehaviorWithEnforcedReplies<Command, State>({
      .persistence_id = PersistenceId::Of("T", "1"),
      .empty_state = State{},
#ifdef CASE_HANDLER_WITHOUT_ENFORCED_REPLIES
      .on_command = NotEnforced,
#else
      .on_command = Answered,
#endif
  });
}

Behavior<Command> Plain() {
  return DurableStateBehavior<Command, State>({
      .persistence_id = PersistenceId::Of("T", "1"),
      .empty_state = State{},
#ifdef CASE_HANDLER_OF_ANOTHER_FORM
      .on_command = [](Command&&) { return Free::None(); },
#else
      .on_command = NotEnforced,
#endif
  });
}

}  // namespace sampo::persistence
