// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// PersistentContext: what a coroutine command handler gets: the state of now, and Persist.
//
// Why: some decisions need an answer from elsewhere, or several writes with something in between.
// A handler that is a coroutine says so in one function. Other commands wait until it has ended.
// - state() is that of now: after a write it is the new one. Keep no reference to it across a
//   co_await.
// - Persist starts with its co_await, and gives OK once the events are stored (and the snapshot, if
//   one is due). A rejection is the handler's to answer: the actor goes on. Where the write failed
//   or the writer is fenced the handler may still answer; the actor ends when it has ended, and a
//   further Persist gives the same status at once.
// - The effect that the coroutine returns is carried out as that of a plain handler, but that the
//   command is the coroutine's, and gone with it: Stash fails the actor (FAILED_PRECONDITION), and
//   Unhandled goes to the event stream, though never to the other side of an OrElse.
// Threads: the actor's turn. Lifetime: that of the behavior.
//
//   Task<Effect> Handle(PersistentContext<Command, Event, State>& context, Command command) {
//     auto written = context.Persist(ItemAdded{...});
//     absl::Status status = co_await std::move(written);
//     co_return Effect::Reply(reply_to, status);
//   }
#ifndef SAMPO_PERSISTENCE_PERSISTENT_CONTEXT_H_
#define SAMPO_PERSISTENCE_PERSISTENT_CONTEXT_H_

#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "sampo/actor/actor_context.h"
#include "sampo/actor/task.h"
#include "sampo/persistence/detail/command_handler.h"

namespace sampo::persistence {

template <class Command, class Event, class State>
class PersistentContext {
 public:
  PersistentContext(ActorContext<Command>& actor, internal::PersistingNode<Event, State>& node)
      : actor_(actor), node_(node) {}
  PersistentContext(const PersistentContext&) = delete;
  PersistentContext& operator=(const PersistentContext&) = delete;

  const State& state() const { return node_.visible_state(); }
  // To spawn, ask, sleep, log.
  ActorContext<Command>& actor() const { return actor_; }

  Task<absl::Status> Persist(Event event) {
    std::vector<Event> events;
    events.push_back(std::move(event));
    return node_.PersistInTask(std::move(events));
  }
  // All or none.
  Task<absl::Status> PersistAll(std::vector<Event> events) {
    return node_.PersistInTask(std::move(events));
  }

 private:
  ActorContext<Command>& actor_;
  internal::PersistingNode<Event, State>& node_;
};

}  // namespace sampo::persistence

#endif  // SAMPO_PERSISTENCE_PERSISTENT_CONTEXT_H_
