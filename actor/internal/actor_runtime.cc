// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/actor_runtime.h"

#include <utility>

#include "sampo/actor/base/clock.h"
#include "sampo/actor/dispatch/blocking_dispatcher.h"
#include "sampo/actor/dispatch/pinned_dispatcher.h"
#include "sampo/actor/dispatch/timer_wheel.h"
#include "sampo/actor/dispatch/work_stealing_dispatcher.h"
#include "sampo/actor/system_settings.h"

namespace sampo {

ActorRuntime ActorRuntime::Threads(const SystemSettings& settings,
                                   StarvationObserver on_starvation) {
  DispatcherSettings workers;
  workers.threads = settings.threads;
  workers.throughput = settings.throughput;
  workers.time_slice = settings.time_slice;
  workers.spin_before_park = settings.spin_before_park;
  workers.spare_threads_max = settings.spare_threads_max;
  workers.blocked_after = settings.blocked_after;
  workers.name = "default";
  workers.on_starvation = std::move(on_starvation);

  DispatcherSettings internals = workers;
  internals.threads = settings.internal_threads;
  internals.spin_before_park = absl::ZeroDuration();  // rarely busy: not worth a core's time
  internals.name = "internal";

  BlockingDispatcherSettings blocking;
  blocking.threads_max = settings.blocking_threads_max;
  blocking.name = "blocking";

  ActorRuntime runtime;
  runtime.dispatcher = std::make_shared<WorkStealingDispatcher>(workers);
  runtime.internal_dispatcher = std::make_shared<WorkStealingDispatcher>(internals);
  runtime.blocking_dispatcher = std::make_shared<BlockingDispatcher>(blocking);
  runtime.make_pinned = []() -> std::shared_ptr<Dispatcher> {
    return std::make_shared<PinnedDispatcher>("pinned");
  };
  runtime.timers = std::make_shared<TimerWheel>(Clock::Real());
  return runtime;
}

}  // namespace sampo
