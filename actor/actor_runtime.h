// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// ActorRuntime: what an actor system runs on: threads and the machine's clock, or a simulation.
//
// Why: the same actor code runs on both, because nothing else knows about threads or time.
// Threads: a value handed to the system, which shuts the parts down when it ends.
#ifndef SAMPO_ACTOR_ACTOR_RUNTIME_H_
#define SAMPO_ACTOR_ACTOR_RUNTIME_H_

#include <memory>

#include "sampo/actor/base/unique_function.h"
#include "sampo/actor/dispatch/dispatcher.h"
#include "sampo/actor/dispatch/settings.h"
#include "sampo/actor/dispatch/timer_service.h"

namespace sampo {

struct SystemSettings;

struct ActorRuntime {
  std::shared_ptr<Dispatcher> dispatcher;           // default
  std::shared_ptr<Dispatcher> internal_dispatcher;  // the library's own actors
  std::shared_ptr<Dispatcher> blocking_dispatcher;  // handlers that block
  // A dispatcher for one actor. Empty: pinned actors run on the default dispatcher.
  UniqueFunction<std::shared_ptr<Dispatcher>()> make_pinned;
  std::shared_ptr<TimerService> timers;

  // Real threads as the settings say. `on_starvation` is called on a monitor's thread while all
  // workers of a dispatcher are blocked and others wait; a system that makes its own runtime logs
  // the actors' paths there.
  static ActorRuntime Threads(const SystemSettings& settings,
                              StarvationObserver on_starvation = nullptr);
};

}  // namespace sampo

#endif  // SAMPO_ACTOR_ACTOR_RUNTIME_H_
