// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// GracefulStop: stops any actor and says when it has ended: its children are gone and its PostStop
// has run.
//
// Why: ContextBase::Stop is for parents alone; main(), tests and shutdown code have refs of others.
// Errors of the future: DEADLINE_EXCEEDED: it still lives (it has been told all the same).
// INVALID_ARGUMENT: not a local actor, or one that only ActorSystem::Terminate may stop.
// CANCELLED, UNAVAILABLE: the system ends. An actor that has ended already is fine.
// Threads: from any. In a simulation `timeout` is virtual time.
//
//   absl::Status stopped = Await(GracefulStop(cart, absl::Seconds(3)), absl::Seconds(5));
#ifndef SAMPO_ACTOR_GRACEFUL_STOP_H_
#define SAMPO_ACTOR_GRACEFUL_STOP_H_

#include <utility>

#include "absl/time/time.h"
#include "sampo/actor/actor_ref.h"
#include "sampo/actor/future.h"

namespace sampo {

// Completes when the actor has ended, without doing anything to it. DEADLINE_EXCEEDED: it has not.
Future<void> WhenStopped(const AnyActorRef& actor, absl::Duration timeout);

// Stops the actor after its current message; what waits in its mailbox goes to dead letters.
// Stopping the user guardian terminates the system.
Future<void> GracefulStop(const AnyActorRef& actor, absl::Duration timeout);

// Tells it `message`, on which it stops itself: after what is in its mailbox by now.
template <class P, class M>
Future<void> GracefulStop(const ActorRef<P>& actor, M message, absl::Duration timeout) {
  Future<void> stopped = WhenStopped(actor, timeout);
  actor.Tell(std::move(message));
  return stopped;
}

}  // namespace sampo

#endif  // SAMPO_ACTOR_GRACEFUL_STOP_H_
