// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// ActorTimerNode: one deadline of an actor: a keyed timer, an ask's timeout, a sleep.
//
// Why: an actor's deadlines live in its own lists and only the earliest of them is known to the
// system's timer service; so an ask that is answered in time costs no lock.
#ifndef SAMPO_ACTOR_DETAIL_TIMER_NODE_H_
#define SAMPO_ACTOR_DETAIL_TIMER_NODE_H_

#include <cstdint>

namespace sampo::internal {

class ContextBase;

struct ActorTimerNode {
  // Called on the actor's turn, once, after the deadline; the node is disarmed already.
  using DueFunction = void (*)(ActorTimerNode*, ContextBase&);
  explicit ActorTimerNode(DueFunction function) : due(function) {}
  ActorTimerNode(const ActorTimerNode&) = delete;
  ActorTimerNode& operator=(const ActorTimerNode&) = delete;

  bool armed() const { return lane >= 0; }

  ActorTimerNode* previous = nullptr;
  ActorTimerNode* next = nullptr;
  int64_t deadline_nanos = 0;
  int8_t lane = -1;
  const DueFunction due;
};

// Arms and disarms on the turn of `context`. Disarming what is not armed is fine.
void ArmTimer(ContextBase& context, ActorTimerNode* node, int64_t deadline_nanos);
void DisarmTimer(ContextBase& context, ActorTimerNode* node);

}  // namespace sampo::internal

#endif  // SAMPO_ACTOR_DETAIL_TIMER_NODE_H_
