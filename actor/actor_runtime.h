// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// ActorRuntime: what an actor system runs on: threads and the machine's clock, or a simulation.
//
// Threads: a value handed to the system, which shuts the parts down when it ends.
#ifndef SAMPO_ACTOR_ACTOR_RUNTIME_H_
#define SAMPO_ACTOR_ACTOR_RUNTIME_H_

#include <memory>

#include "sampo/actor/base/unique_function.h"
#include "sampo/actor/dispatch/dispatcher.h"
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

  // Real threads as the settings say. Empty dispatchers are made when the system starts.
  static ActorRuntime Threads(const SystemSettings& settings);
};

}  // namespace sampo

#endif  // SAMPO_ACTOR_ACTOR_RUNTIME_H_
