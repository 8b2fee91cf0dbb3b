// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// DispatcherSettings: what may be tuned on a work-stealing dispatcher.
//
// Why here: actor systems read them from their configuration long before there is a dispatcher.
// Threads, lifetime: plain values, copied by whoever is given them.
//
//   WorkStealingDispatcher dispatcher({.threads = 4, .name = "default"});
#ifndef SAMPO_ACTOR_DISPATCH_SETTINGS_H_
#define SAMPO_ACTOR_DISPATCH_SETTINGS_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "sampo/actor/dispatch/runnable.h"

namespace sampo {

// Called on the monitor's thread each time all workers are held by turns that do not end and others
// wait. `running` are the Runnables of those turns; some may end, and be destroyed, meanwhile: they
// are for comparing with a register of live ones. Must be short and must not block.
using StarvationObserver = std::function<void(const std::vector<const Runnable*>& running)>;

struct DispatcherSettings {
  // Worker threads; 0: as many as the machine runs at once.
  int threads = 0;

  // Messages that one turn may handle. Pekko's 5 keeps turns short where a message costs a
  // microsecond. Here a message costs about 15 ns and taking the next Runnable about as much when
  // its mailbox is cold, so 5 would double the price of a full mailbox; 64 makes it 2 % and a turn
  // of small handlers still ends within a microsecond or two. Handlers that take long are ended by
  // time_slice, not by this count.
  int throughput = 64;

  // A turn that lasts longer ends after its current message. Chosen, not measured: five ticks of
  // the monitor, below what a person or a heartbeat notices.
  absl::Duration time_slice = absl::Milliseconds(5);

  // How long a worker without work looks for some before it sleeps; 0 is allowed. About one
  // wake-up on the other core (50-107 us here): spinning longer than a wake-up costs cannot pay.
  absl::Duration spin_before_park = absl::Microseconds(100);

  // Threads that may be added while all others are blocked. Bounds memory, like Pekko's max 64.
  int spare_threads_max = 64;

  // A turn longer than this counts as blocked. Chosen, not measured: four time slices, so that
  // a handler which merely computes has been asked to end long before.
  absl::Duration blocked_after = absl::Milliseconds(20);

  // Shown by Describe, in thread names and logs.
  std::string name = "default";

  StarvationObserver on_starvation = nullptr;  // may be empty
};

}  // namespace sampo

#endif  // SAMPO_ACTOR_DISPATCH_SETTINGS_H_
