// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#ifndef SAMPO_ACTOR_INTERNAL_SPAWN_H_
#define SAMPO_ACTOR_INTERNAL_SPAWN_H_

// Makes an actor below `parent`: by the parent on its turn, or by any thread below a guardian.

#include <string_view>

#include "absl/status/statusor.h"
#include "sampo/actor/internal/actor_cell.h"
#include "sampo/actor/props.h"

namespace sampo::internal {

// Ok where `name` can be an element of a path: not empty, no leading '$', and only letters, digits
// and -_.*+:@&=,!~';
absl::Status CheckActorName(std::string_view name);

// Takes over `behavior`. An empty name: anonymous. The result carries one count for the caller.
// INVALID_ARGUMENT: the name, or a restart of what can't be restarted. ALREADY_EXISTS: the name.
// UNAVAILABLE: the parent is stopping.
absl::StatusOr<RefTarget*> SpawnChild(ActorCell* parent, ActorSystemBase& system,
                                      BodyFactory factory, Word behavior, std::string_view name,
                                      const Props& props);

}  // namespace sampo::internal

#endif  // SAMPO_ACTOR_INTERNAL_SPAWN_H_
