// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// The umbrella of //actor: all that most actors need: refs, behaviors, context, system, ask.
//
// Why: one include for the common case; each part can be included alone, and the rarer ones
// (routers, receptionist, coordinated shutdown...) are not in here.
//
//   #include "sampo/actor/actor.h"
#ifndef SAMPO_ACTOR_ACTOR_H_
#define SAMPO_ACTOR_ACTOR_H_

#include "sampo/actor/abstract_behavior.h"
#include "sampo/actor/actor_context.h"
#include "sampo/actor/actor_ref.h"
#include "sampo/actor/actor_system.h"
#include "sampo/actor/ask.h"
#include "sampo/actor/behavior.h"
#include "sampo/actor/behaviors.h"
#include "sampo/actor/future.h"
#include "sampo/actor/on.h"
#include "sampo/actor/props.h"
#include "sampo/actor/receive.h"
#include "sampo/actor/reply_to.h"
#include "sampo/actor/signal.h"
#include "sampo/actor/stash_buffer.h"
#include "sampo/actor/supervise.h"
#include "sampo/actor/task.h"
#include "sampo/actor/timer_scheduler.h"

#endif  // SAMPO_ACTOR_ACTOR_H_
