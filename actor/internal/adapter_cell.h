// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// AdapterCell: the target behind ActorContext::MessageAdapter: turns messages of another protocol
// into ones of the actor's own, on the actor's turn, with the function registered last.
#ifndef SAMPO_ACTOR_INTERNAL_ADAPTER_CELL_H_
#define SAMPO_ACTOR_INTERNAL_ADAPTER_CELL_H_

#include "sampo/actor/internal/actor_cell.h"

namespace sampo::internal {

struct AdapterCell : RefTarget {
  AdapterCell(ActorCell* for_actor, const void* type_key);
  ~AdapterCell();
  static void* operator new(size_t bytes) { return AllocateBlock(bytes); }
  static void operator delete(void* block, size_t bytes) { FreeBlock(block, bytes); }

  ActorCell* const actor;  // counted
  const void* const key;
  UniqueFunction<Envelope*(Envelope*)> convert;  // the actor's turn only; empty after its end
};

// The target whose end is the end of `target`: the actor behind a message adapter, else itself.
RefTarget* OwnerOf(RefTarget* target);

}  // namespace sampo::internal

#endif  // SAMPO_ACTOR_INTERNAL_ADAPTER_CELL_H_
