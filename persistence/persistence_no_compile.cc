// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// What event-sourced behaviors refuse when compiling, and with which words.
#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "sampo/actor/actor.h"
#include "sampo/persistence/event_sourced_behavior.h"

namespace sampo::persistence {

struct Command {
  ActorRef<absl::Status> reply_to;
};
struct Event {};
struct State {
#ifdef CASE_STATE_THAT_CANNOT_BE_COPIED
  std::unique_ptr<int> value;
#endif
};

using Reply = ReplyEffect<Event, State>;
using Free = Effect<Event, State>;

Reply Answered(const State&, Command&& m) {
#ifdef CASE_EFFECT_WITHOUT_A_REPLY
  return Reply::Persist(Event{}).ThenRun([](const State&) {});
#endif
#ifdef CASE_FREE_EFFECT_WITH_ENFORCED_REPLIES
  return Free::None();
#endif
  return Reply::Persist(Event{}).ThenReply(m.reply_to, absl::OkStatus());
}

Free NotEnforced(const State&, Command&& m) {
#ifdef CASE_REPLY_OF_ANOTHER_TYPE
  return Free::Reply(m.reply_to, 7);
#endif
  return Free::Reply(m.reply_to, absl::OkStatus());
}

State Apply(State state, const Event&) { return state; }

Behavior<Command> Enforced() {
  return EventSourcedBehaviorWithEnforcedReplies<Command, Event, State>({
      .persistence_id = PersistenceId::Of("T", "1"),
      .empty_state = State{},
#ifdef CASE_HANDLER_WITHOUT_ENFORCED_REPLIES
      .on_command = NotEnforced,
#else
      .on_command = Answered,
#endif
      .on_event = Apply,
  });
}

Behavior<Command> Plain() {
  return EventSourcedBehavior<Command, Event, State>({
      .persistence_id = PersistenceId::Of("T", "1"),
      .empty_state = State{},
#ifdef CASE_HANDLER_OF_ANOTHER_FORM
      .on_command = [](const Command&) { return Free::None(); },
#else
      .on_command = NotEnforced,
#endif
#ifdef CASE_EVENT_HANDLER_OF_ANOTHER_FORM
      .on_event = [](const Event&) { return State{}; },
#else
      .on_event = Apply,
#endif
  });
}

}  // namespace sampo::persistence
