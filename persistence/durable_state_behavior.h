// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// DurableStateBehavior: an actor whose newest state is stored, without a history.
//
// Why beside EventSourcedBehavior: where nobody asks how a state came about, one record for each
// actor is enough: no events, no snapshots, no replay. A command handler decides, by the state and
// a command, which state comes next and what follows (state_effect.h).
//
// Guarantees:
// - Each write names its revision, one more than the last one, and its writer's epoch: a write of
//   an actor that has not seen the newest state is refused, and that actor stops (Fenced, as with
//   EventSourcedBehavior: without a failure, so that no supervisor brings it back).
// - The state changes when it is stored. Until then signals see the one before. Replies and ThenRun
//   come after the write. Commands that come during recovery or a write wait in order
//   (stash_capacity).
// - Delete takes the value away and keeps the revision: the actor goes on with its empty state.
// - Rejected: not stored, the revision is as before; the actor fails with the status. Failed:
//   stored or not, nobody knows; the actor fails in a way that only a restart with backoff (or a
//   bounded one) revives, or recovers again by on_persist_failure. No room: tried again, nothing
//   is lost.
// - Recovery: the newest state, checked; damage is DATA_LOSS. No chain covers states: a write that
//   a disk acknowledged and lost leaves an older state, which no checksum tells.
// - A stop by an effect comes after the write; a stop by the parent comes at once: a write that is
//   under way may be stored or not, its reply is dropped (a ReplyTo says CANCELLED).
// Threads: the functions run on the actor's turn. Lifetime: they live as long as the actor, over
// its restarts, so they must not keep state of their own. For spawning, timers and logging: make
// the behavior inside of Setup. For waiting: a coroutine handler (durable_state_context.h).
//
//   Behavior<Command> Counter(std::string_view id) {
//     return DurableStateBehavior<Command, State>({
//         .persistence_id = PersistenceId::Of("Counter", id),
//         .empty_state = State{}, .on_command = Decide});
//   }
#ifndef SAMPO_PERSISTENCE_DURABLE_STATE_BEHAVIOR_H_
#define SAMPO_PERSISTENCE_DURABLE_STATE_BEHAVIOR_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "absl/time/time.h"
#include "sampo/actor/actor_context.h"
#include "sampo/actor/behavior.h"
#include "sampo/actor/supervise.h"
#include "sampo/persistence/detail/command_handler.h"
#include "sampo/persistence/detail/durable_state_handlers.h"
#include "sampo/persistence/detail/typed_durable_state_node.h"
#include "sampo/persistence/durable_state_context.h"
#include "sampo/persistence/event_adapter.h"
#include "sampo/persistence/persistence.h"
#include "sampo/persistence/persistence_id.h"
#include "sampo/persistence/state_effect.h"
#include "sampo/persistence/state_signals.h"

namespace sampo::persistence {

namespace internal {

template <class Command, class State, bool kReplies>
struct BasicDurableStateOptions {
  using CommandType = Command;
  using StateType = State;

  PersistenceId persistence_id;
  State empty_state;
  // StateEffect<State>(const State&, Command&&), or a coroutine (durable_state_context.h).
  CommandHandler<DurableStateKind<Command, State, kReplies>> on_command;
  // void(const State&, const S&) for signals S of state_signals.h, or for the whole variant.
  SignalHandler<State, DurableStateSignal> on_signal = {};

  // A store that gives no answer, or has no room, for so long ends the recovery.
  absl::Duration recovery_timeout = absl::Seconds(30);
  // What storage fails with is answered by recovering again after a delay. Not for DATA_LOSS.
  std::optional<Backoff> on_persist_failure = std::nullopt;
  // Commands that wait, and those that Stash put aside: so many each.
  int stash_capacity = 4096;
  StashOverflow on_stash_full = StashOverflow::kDrop;

  // What queries find the state by; empty: nothing.
  std::string tag = {};
  // State needs a ProtoCodec or this.
  SnapshotAdapter<State> snapshot_adapter = {};
  // Storage of its own; members that are null: the system's.
  StoragePlugins plugins = {};
};

}  // namespace internal

template <class Command, class State>
using DurableStateOptions = internal::BasicDurableStateOptions<Command, State, false>;
// on_command returns StateReplyEffect<State>.
template <class Command, class State>
using EnforcedStateRepliesOptions = internal::BasicDurableStateOptions<Command, State, true>;

// Spawning it fails with INVALID_ARGUMENT for options that are none: an id that is no id, a state
// that has no codec, a tag that is too long.
template <class Command, class State>
Behavior<Command> DurableStateBehavior(DurableStateOptions<Command, State> options) {
  return internal::MakeDurableState(std::move(options));
}
template <class Command, class State>
Behavior<Command> DurableStateBehaviorWithEnforcedReplies(
    EnforcedStateRepliesOptions<Command, State> options) {
  return internal::MakeDurableState(std::move(options));
}

// The revision that is stored of the actor that `context` belongs to: in a command handler that of
// the state it sees, in what follows a write the new one. Must be called on a turn of that actor.
template <class Command>
int64_t LastRevision(const ActorContext<Command>& context) {
  return internal::LastSequenceNumberOf(context);
}

}  // namespace sampo::persistence

#endif  // SAMPO_PERSISTENCE_DURABLE_STATE_BEHAVIOR_H_
