// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// What the turn needs of the actor's end; the rest is declared in actor_cell.h.
#ifndef SAMPO_ACTOR_INTERNAL_LIFECYCLE_H_
#define SAMPO_ACTOR_INTERNAL_LIFECYCLE_H_

#include "sampo/actor/detail/context_base.h"

namespace sampo::internal {

// Starts the behavior that stands in the context, which stays there while its Setup runs, so that a
// supervisor around it can decide about a failure. Returns what comes next.
Word StartInPlace(ContextBase& context, BehaviorNode* node);
// All children of a stopping actor have ended; otherwise the last one will wake this actor.
bool ReadyToEnd(ContextBase& context);
// Ends the actor: PostStop, then nothing is left but the header. The cell may be gone afterwards.
void EndActor(ActorCell* cell);
// asks.cc, adapter_cell.cc: their targets turn later messages into dead letters.
void CloseAsks(ContextBase& context);
void CloseAdapters(ContextBase& context);

}  // namespace sampo::internal

#endif  // SAMPO_ACTOR_INTERNAL_LIFECYCLE_H_
