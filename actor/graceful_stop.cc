// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/graceful_stop.h"

#include <memory>
#include <string>

#include "sampo/actor/actor_system.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/actor/behaviors.h"
#include "sampo/actor/internal/actor_cell.h"
#include "sampo/actor/internal/root_cell.h"
#include "sampo/actor/receive.h"

namespace sampo {
namespace {

using internal::ActorCell;
using internal::RefAccess;

struct DeadlineCame {};

// The one who waits: a system actor that watches the other.
Behavior<DeadlineCame> Watcher(AnyActorRef actor, absl::Duration timeout,
                               std::shared_ptr<Promise<void>> ended) {
  return Setup<DeadlineCame>([actor, timeout, ended](ActorContext<DeadlineCame>& context) {
    context.Watch(actor);
    if (timeout < absl::InfiniteDuration()) {
      context.Timers().StartSingleTimer("deadline", DeadlineCame{}, timeout);
    }
    return Receive<DeadlineCame>(
        On{[actor, timeout, ended](const DeadlineCame&) {
          const ActorCell* cell = ActorCell::FromTarget(RefAccess::Target(actor));
          ended->Complete(absl::DeadlineExceededError(
              StrCat("actor ", actor.path(), " has not stopped within ",
                     absl::FormatDuration(timeout), " (", cell->Depth(), " messages waiting)")));
          return Stopped();
        }},
        OnSignal{[ended](const Terminated&) {
                   ended->Complete();
                   return Stopped();
                 },
                 [actor, ended](const PostStop&) {
                   // The system ends, and its actors with it; this one may have been faster.
                   const bool gone = ActorCell::FromTarget(RefAccess::Target(actor))->terminated();
                   ended->Complete(gone ? absl::OkStatus()
                                        : absl::CancelledError("the actor system ends"));
                   return Same();
                 }});
  });
}

Future<void> NoActor(const AnyActorRef& actor, std::string_view why) {
  return Future<void>::Failed(
      absl::InvalidArgumentError(StrCat("can't wait for the end of ", actor.path(), ": ", why)));
}

// The cell of a local actor, or null.
ActorCell* CellOf(const AnyActorRef& actor) {
  RefTarget* target = RefAccess::Target(actor);
  if (target == nullptr) return nullptr;
  const bool local = (target->flags.load(std::memory_order_relaxed) & kLocalActor) != 0;
  return local ? ActorCell::FromTarget(target) : nullptr;
}

}  // namespace

Future<void> WhenStopped(const AnyActorRef& actor, absl::Duration timeout) {
  ActorCell* cell = CellOf(actor);
  if (cell == nullptr) return NoActor(actor, "it is not an actor of this process");
  if (cell->terminated()) return Future<void>::Ready();
  auto* root = static_cast<internal::RootCell*>(cell->Root());
  ActorSystemBase* system = root->Enter();
  if (system == nullptr) return Future<void>::Ready();  // with all its actors
  auto ended = std::make_shared<Promise<void>>();
  Future<void> future = ended->future();
  absl::StatusOr<ActorRef<DeadlineCame>> watcher =
      system->SpawnSystemActor(Watcher(actor, timeout, ended), "");
  root->Leave();
  if (!watcher.ok()) ended->Complete(watcher.status());
  return future;
}

Future<void> GracefulStop(const AnyActorRef& actor, absl::Duration timeout) {
  ActorCell* cell = CellOf(actor);
  if (cell == nullptr) return NoActor(actor, "it is not an actor of this process");
  auto* root = static_cast<internal::RootCell*>(cell->Root());
  ActorSystemBase* system = root->Enter();
  if (system == nullptr) return Future<void>::Ready();
  const bool guardian = cell == system->user_guardian();
  const bool forbidden = !guardian && (cell == root || cell->parent == root);
  Future<void> stopped =
      forbidden ? NoActor(actor, "end the system with Terminate()") : WhenStopped(actor, timeout);
  if (guardian) {
    system->Terminate();
  } else if (!forbidden) {
    internal::RequestStop(cell);
  }
  root->Leave();
  return stopped;
}

}  // namespace sampo
