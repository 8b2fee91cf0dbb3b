// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// RefTarget: what an ActorRef points at: the header of a local actor, an ask, a message adapter, a
// remote actor's stand-in. Counted; it outlives the actor and the system as long as a ref is held.
//
// Why: a ref is two words whatever it points at, and the local path has no branch for the others
// beyond one flag on a line that the send touches anyway.
// Threads: every field is atomic or written before the first ref is shared.
#ifndef SAMPO_ACTOR_DISPATCH_REF_TARGET_H_
#define SAMPO_ACTOR_DISPATCH_REF_TARGET_H_

#include <atomic>
#include <cstdint>
#include <string>

#include "sampo/actor/dispatch/envelope.h"

namespace sampo {

struct RefTarget;

struct RefTargetOps {
  // Takes the envelope of a Tell where kSlowDelivery is set.
  void (*deliver)(RefTarget*, Envelope*);
  // Takes a message that reached an actor after its end (kTerminated). Must leave the block alone,
  // which still serves the queue: destroys the payload and counts it.
  void (*dead_letter)(RefTarget*, Envelope*);
  // The last ref is gone: frees the target.
  void (*destroy)(RefTarget*);
  // Appends the path without address, such as "/user/cart/item#7".
  void (*append_path)(const RefTarget*, std::string*);
};

enum TargetFlag : uint32_t {
  kSlowDelivery = 1,  // Tell goes through ops->deliver: not a plain unbounded mailbox
  kTerminated = 2,    // the actor is gone: whoever finds the mailbox idle drains it to dead letters
  kLocalActor = 4,    // the target is an ActorCell
  kTraced = 8,        // messages carry a trace context: the system has an instrumentation
};

struct RefTarget {
  RefTarget(const RefTargetOps* operations, uint32_t initial_flags)
      : flags(initial_flags), ops(operations) {}
  RefTarget(const RefTarget&) = delete;
  RefTarget& operator=(const RefTarget&) = delete;

  void Ref() { references.fetch_add(1, std::memory_order_relaxed); }
  void Unref() {
    // acq_rel: pairs with the other holders' Unref, so that whoever destroys sees their writes.
    if (references.fetch_sub(1, std::memory_order_acq_rel) == 1) ops->destroy(this);
  }

  std::atomic<uint32_t> references{1};
  std::atomic<uint32_t> flags;
  const RefTargetOps* const ops;
};

}  // namespace sampo

#endif  // SAMPO_ACTOR_DISPATCH_REF_TARGET_H_
