// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// The steps of a restart that concern the cell; the decision is Supervise's.
#ifndef SAMPO_ACTOR_INTERNAL_RESTART_H_
#define SAMPO_ACTOR_INTERNAL_RESTART_H_

#include <cstddef>
#include <cstdint>

#include "sampo/actor/behavior.h"
#include "sampo/actor/detail/context_base.h"
#include "sampo/actor/detail/timer_node.h"

namespace sampo::internal {

struct RestartWait {
  const void* token = nullptr;  // comes back in BehaviorNode::NodeFinishRestart
  bool for_children = false;
  int64_t backoff_nanos = -1;  // -1: none
  size_t stash_capacity = 0;   // messages set aside meanwhile
};

// PreRestart to the old behavior; timers, tasks and unstashing end; children are told to stop.
void PrepareRestart(ContextBase& context, BehaviorNode* old, bool stop_children);
// True: the cell waits and will call FinishRestart. False: nothing to wait for, go on at once.
bool RestartMustWait(ContextBase& context, const RestartWait& wait);
// Goes on with a waiting restart if nothing is left to wait for.
void TryFinishRestart(ContextBase& context);
void OnBackoffOver(ActorTimerNode* node, ContextBase& context);

}  // namespace sampo::internal

#endif  // SAMPO_ACTOR_INTERNAL_RESTART_H_
