// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// What persistent behaviors refuse when compiling, and with which words. Effects and the types of
// the options alone, without the behaviors behind them, whose headers would be most of the time.
#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "sampo/persistence/detail/command_handler.h"
#include "sampo/persistence/detail/durable_state_handlers.h"
#include "sampo/persistence/detail/event_sourced_handlers.h"
#include "sampo/persistence/effect.h"
#include "sampo/persistence/state_effect.h"

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

// --- event-sourced ---

using Reply = ReplyEffect<Event, State>;
using Free = Effect<Event, State>;

Reply Answered(const State&, Command&& m) {
#ifdef CASE_EFFECT_WITHOUT_A_REPLY
  return Reply::Persist(Event{}).ThenRun([](const State&) {});
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

struct EnforcedOptions {
  internal::CommandHandler<internal::EventSourcedKind<Command, Event, State, true>> on_command;
  internal::EventHandler<Event, State> on_event;
};
struct PlainOptions {
  internal::CommandHandler<internal::EventSourcedKind<Command, Event, State, false>> on_command;
  internal::EventHandler<Event, State> on_event;
};

EnforcedOptions Enforced() {
  return {
#ifdef CASE_HANDLER_WITHOUT_ENFORCED_REPLIES
      .on_command = NotEnforced,
#else
      .on_command = Answered,
#endif
      .on_event = Apply,
  };
}

PlainOptions Plain() {
  return {
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
  };
}

// --- durable state ---

using StateReply = StateReplyEffect<State>;

StateReply StateAnswered(const State&, Command&& m) {
#ifdef CASE_STATE_EFFECT_WITHOUT_A_REPLY
  return StateReply::Delete().ThenRun([](const State&) {});
#endif
  return StateReply::Delete().ThenReply(m.reply_to, absl::OkStatus());
}

struct StateOptions {
  internal::CommandHandler<internal::DurableStateKind<Command, State, true>> on_command;
};

StateOptions EnforcedState() {
  return {
#ifdef CASE_STATE_HANDLER_WITHOUT_ENFORCED_REPLIES
      .on_command = [](const State&, Command&&) { return StateEffect<State>::None(); },
#else
      .on_command = StateAnswered,
#endif
  };
}

}  // namespace sampo::persistence
