// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Suspended coroutine handlers of an actor.
#ifndef SAMPO_ACTOR_INTERNAL_TASKS_H_
#define SAMPO_ACTOR_INTERNAL_TASKS_H_

#include <cstdint>

#include "sampo/actor/detail/context_base.h"

namespace sampo::internal {

// A function to be run on the actor's turn that gives the message to handle, or null.
struct DeferredMessage {
  UniqueFunction<Envelope*(ContextBase&)> produce;
};

// Goes on with the task that waits under this number; nothing if it is gone.
void ResumeTask(ContextBase& context, uint64_t task_id);
bool IsTaskWaiting(ContextBase& context, uint64_t task_id);
// Destroys the frames where they wait: the actor stops or restarts.
void DestroyTasks(ContextBase& context);

}  // namespace sampo::internal

#endif  // SAMPO_ACTOR_INTERNAL_TASKS_H_
