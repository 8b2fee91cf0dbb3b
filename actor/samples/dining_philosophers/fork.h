// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Fork: lies between two philosophers and belongs to one of them at a time. A request that comes
// meanwhile waits in the fork's stash.
//
// Threads: an actor. Lifetime: as long as the table.
//
//   ActorRef<fork::Command> fork = context.Spawn(Fork(), "fork-0");
//   fork.Tell(fork::Take{context.Self()});
#ifndef SAMPO_ACTOR_SAMPLES_DINING_PHILOSOPHERS_FORK_H_
#define SAMPO_ACTOR_SAMPLES_DINING_PHILOSOPHERS_FORK_H_

#include <variant>

#include "sampo/actor/actor.h"

namespace dining {
namespace fork {

struct Taken {};
struct Take {
  sampo::ActorRef<Taken> reply_to;
};
struct PutBack {};
struct Command : std::variant<Take, PutBack> {
  using variant::variant;
};

}  // namespace fork

sampo::Behavior<fork::Command> Fork();

}  // namespace dining

#endif  // SAMPO_ACTOR_SAMPLES_DINING_PHILOSOPHERS_FORK_H_
