// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Identify: asks the actor at a path whether it is there, and gives its ref.
//
// Why: ActorRefResolver gives a ref for every path; whoever wants to know whether an actor lives
// there asks it. It answers between two messages, also while a coroutine handler waits.
// Errors of the future: NOT_FOUND: no such actor, or it ended before it could answer.
// DEADLINE_EXCEEDED: its current message takes longer. INVALID_ARGUMENT, FAILED_PRECONDITION: as
// ActorRefResolver::Resolve. CANCELLED: the system ends.
// Threads: from any. In a simulation `timeout` is virtual time.
//
//   Future<AnyActorRef> cart = Identify(system, "/user/cart", absl::Seconds(1));
#ifndef SAMPO_ACTOR_IDENTIFY_H_
#define SAMPO_ACTOR_IDENTIFY_H_

#include <string_view>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "sampo/actor/actor_ref.h"
#include "sampo/actor/actor_ref_resolver.h"
#include "sampo/actor/future.h"

namespace sampo {
namespace internal {

// Completes with `actor` when it has answered.
Future<AnyActorRef> IdentifyRef(ActorSystemBase& system, AnyActorRef actor, absl::Duration timeout);

}  // namespace internal

// `path`: "/user/cart", "/user/cart#17", or with the system's address before it.
Future<AnyActorRef> Identify(ActorSystemBase& system, std::string_view path,
                             absl::Duration timeout);

// The same, with a ref that takes messages of type M.
template <class M>
Future<ActorRef<M>> IdentifyAs(ActorSystemBase& system, std::string_view path,
                               absl::Duration timeout) {
  absl::StatusOr<ActorRef<M>> ref = ActorRefResolver::Get(system).Resolve<M>(path);
  if (!ref.ok()) return Future<ActorRef<M>>::Failed(ref.status());
  return internal::IdentifyRef(system, *ref, timeout).Map([ref = *ref](AnyActorRef) {
    return ref;
  });
}

}  // namespace sampo

#endif  // SAMPO_ACTOR_IDENTIFY_H_
