// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// EventSourcedBehavior: an actor whose state is what its events say, so that it comes back after
// any crash.
//
// A command handler decides, by the state and a command, which events to persist and what follows
// (effect.h); an event handler makes the next state of a state and an event. Both are pure
// functions; the event handler runs again for each event at each recovery.
//
// Guarantees:
// - The event handler runs before the write, on a copy: where it throws or fails, nothing is
//   stored. Until the journal has answered, signals see the state before. Replies and ThenRun come
//   after the write, and after the snapshot if one is due. Several events are one write: all or
//   none.
// - Commands that come during recovery, a write or a snapshot wait in order (stash_capacity).
// - Written: durable as the journal's settings say. Rejected: not stored, no number used up; the
//   actor fails with the status. Failed: stored or not, nobody knows; the actor fails in a way that
//   only a restart with backoff (or a bounded one) revives, or recovers again by
//   on_persist_failure, which keeps its stashes, timers and children. No room: tried again, nothing
//   is lost. Fenced, because another actor recovered under this id: the actor stops without a
//   failure, so that no supervisor brings it back.
// - Recovery: the newest usable snapshot, then events, checked for gaps and by their hash chain. A
//   snapshot that can't be read falls back to the one before, or to all events, and the log says
//   so. Damage is DATA_LOSS, never a shorter history.
// - A stop by an effect comes after the write it follows; a stop by the parent comes at once: a
//   write that is under way may be stored or not, its reply is dropped (a ReplyTo says CANCELLED).
// Threads: the functions run on the actor's turn. Lifetime: they live as long as the actor, over
// its restarts, so they must not keep state of their own.
// For spawning, timers and logging: make the behavior inside of Setup. For waiting: a coroutine
// handler (persistent_context.h).
//
//   Behavior<Command> Cart(std::string_view id) {
//     return EventSourcedBehavior<Command, Event, State>({
//         .persistence_id = PersistenceId::Of("Cart", id),
//         .empty_state = State{}, .on_command = Decide, .on_event = Apply,
//         .snapshot_every = 100});
//   }
#ifndef SAMPO_PERSISTENCE_EVENT_SOURCED_BEHAVIOR_H_
#define SAMPO_PERSISTENCE_EVENT_SOURCED_BEHAVIOR_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "sampo/actor/actor_context.h"
#include "sampo/actor/behavior.h"
#include "sampo/actor/supervise.h"
#include "sampo/persistence/detail/command_handler.h"
#include "sampo/persistence/detail/event_sourced_handlers.h"
#include "sampo/persistence/detail/typed_event_sourced_node.h"
#include "sampo/persistence/effect.h"
#include "sampo/persistence/event_adapter.h"
#include "sampo/persistence/persistence.h"
#include "sampo/persistence/persistence_id.h"
#include "sampo/persistence/persistent_context.h"
#include "sampo/persistence/recovery.h"
#include "sampo/persistence/signals.h"

namespace sampo::persistence {

namespace internal {

template <class Command, class Event, class State, bool kReplies>
struct BasicEventSourcedOptions {
  using CommandType = Command;
  using EventType = Event;
  using StateType = State;

  PersistenceId persistence_id;
  State empty_state;
  // Effect(const State&, Command&&), or a coroutine; see CommandHandler.
  CommandHandler<EventSourcedKind<Command, Event, State, kReplies>> on_command;
  // State(State, const Event&) or State(const State&, const Event&); may return a StatusOr.
  EventHandler<Event, State> on_event;
  // void(const State&, const S&) for signals S of signals.h, or for the whole variant.
  SignalHandler<State, PersistenceSignal> on_signal = {};

  // --- snapshots: State needs a ProtoCodec or a snapshot_adapter ---
  // A snapshot when a write reaches or passes a multiple of so many events; 0: never. After a
  // recovery that replayed as many events, too.
  int64_t snapshot_every = 0;
  // Older ones than so many times snapshot_every are deleted, after a snapshot by snapshot_every.
  int keep_snapshots = 1;
  // Events up to the oldest snapshot that stays are deleted before those snapshots.
  bool delete_events_on_snapshot = false;
  // A snapshot where bool(const State&, const Event&) says so; it deletes nothing.
  EventFunction<Event, State, bool> snapshot_when = {};

  Recovery recovery = Recovery::Latest();
  // Storage that gives no answer for so long ends the recovery: for a grant, a snapshot, a page;
  // and so does one that has had no room (RESOURCE_EXHAUSTED) for so long.
  absl::Duration recovery_timeout = absl::Seconds(30);
  // What storage fails with is answered by recovering again after a delay. Not for DATA_LOSS.
  std::optional<Backoff> on_persist_failure = std::nullopt;
  // Commands that wait, and those that Effect::Stash put aside: so many each.
  int stash_capacity = 4096;
  StashOverflow on_stash_full = StashOverflow::kDrop;

  // What queries find the event by: vector<string>(const Event&) or (const State&, const Event&),
  // with the state after the event. What it throws is a rejection.
  EventFunction<Event, State, std::vector<std::string>> tags = {};
  // Bytes of the application's own beside the event: string(const Event&) or the like.
  EventFunction<Event, State, std::string> metadata = {};
  EventAdapter<Event> event_adapter = {};
  SnapshotAdapter<State> snapshot_adapter = {};
  // Each stored event is published as PersistedEvent<Event> on the event stream of the system.
  bool publish_events = false;
  // Storage of its own; members that are null: the system's. A journal of its own has no snapshots
  // in the system's store, which fences by its own journal: give both.
  StoragePlugins plugins = {};
};

}  // namespace internal

template <class Command, class Event, class State>
using EventSourcedOptions = internal::BasicEventSourcedOptions<Command, Event, State, false>;
// on_command returns ReplyEffect<Event, State>.
template <class Command, class Event, class State>
using EnforcedRepliesOptions = internal::BasicEventSourcedOptions<Command, Event, State, true>;

// Spawning it fails with INVALID_ARGUMENT for options that contradict each other: an id that is
// none, events or wanted snapshots that have no codec.
template <class Command, class Event, class State>
Behavior<Command> EventSourcedBehavior(EventSourcedOptions<Command, Event, State> options) {
  return internal::MakeEventSourced(std::move(options));
}
template <class Command, class Event, class State>
Behavior<Command> EventSourcedBehaviorWithEnforcedReplies(
    EnforcedRepliesOptions<Command, Event, State> options) {
  return internal::MakeEventSourced(std::move(options));
}

// The sequence number of the newest event of the persistent actor that `context` belongs to: in a
// command handler before its events, in what follows them after. In an event handler: of the event
// that is applied. Must be called on a turn of that actor.
template <class Command>
int64_t LastSequenceNumber(const ActorContext<Command>& context) {
  return internal::LastSequenceNumberOf(context);
}

}  // namespace sampo::persistence

#endif  // SAMPO_PERSISTENCE_EVENT_SOURCED_BEHAVIOR_H_
