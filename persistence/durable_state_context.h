// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// DurableStateContext: what a coroutine command handler of a DurableStateBehavior gets: the state
// of now, Persist and Delete.
//
// Why, and what holds: as PersistentContext (persistent_context.h): other commands wait until the
// handler has ended; state() is the new one after a write; a rejection is the handler's to answer;
// where the write failed or the writer is fenced the actor ends when the handler has; Stash fails
// the actor, and Unhandled never goes to the other side of an OrElse.
// Threads: the actor's turn. Lifetime: that of the behavior.
//
//   Task<Effect> Handle(DurableStateContext<Command, State>& context, Command command) {
//     auto written = context.Persist(State{context.state().count + 1});
//     absl::Status status = co_await std::move(written);
//     co_return Effect::Reply(reply_to, status);
//   }
#ifndef SAMPO_PERSISTENCE_DURABLE_STATE_CONTEXT_H_
#define SAMPO_PERSISTENCE_DURABLE_STATE_CONTEXT_H_

#include <optional>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "sampo/actor/actor_context.h"
#include "sampo/actor/task.h"
#include "sampo/persistence/detail/command_handler.h"
#include "sampo/persistence/state_effect.h"

namespace sampo::persistence {

template <class Command, class State>
class DurableStateContext {
 public:
  using Node = internal::PersistingNode<internal::StateWrite<State>, State>;
  DurableStateContext(ActorContext<Command>& actor, Node& node) : actor_(actor), node_(node) {}
  DurableStateContext(const DurableStateContext&) = delete;
  DurableStateContext& operator=(const DurableStateContext&) = delete;

  const State& state() const { return node_.visible_state(); }
  // To spawn, ask, sleep, log.
  ActorContext<Command>& actor() const { return actor_; }

  // Stores `state` in the place of the last one.
  Task<absl::Status> Persist(State state) { return Write(std::move(state)); }
  // Takes the stored state away; state() is the empty one then.
  Task<absl::Status> Delete() { return Write(std::nullopt); }

 private:
  Task<absl::Status> Write(std::optional<State> state) {
    std::vector<internal::StateWrite<State>> writes;
    writes.push_back({std::move(state)});
    return node_.PersistInTask(std::move(writes));
  }

  ActorContext<Command>& actor_;
  Node& node_;
};

}  // namespace sampo::persistence

#endif  // SAMPO_PERSISTENCE_DURABLE_STATE_CONTEXT_H_
