// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// PinnedDispatcher: one thread for one owner, usually one actor.
//
// Why: a handler that blocks for long, or a library that wants always the same thread, gets one
// that nobody else waits for. It is a blocking pool of one thread that never ends by itself.
// Order: first in, first out. Threads, lifetime: see Dispatcher.
//
//   PinnedDispatcher dispatcher("printer");
#ifndef SAMPO_ACTOR_DISPATCH_PINNED_DISPATCHER_H_
#define SAMPO_ACTOR_DISPATCH_PINNED_DISPATCHER_H_

#include <string>

#include "sampo/actor/dispatch/blocking_dispatcher.h"

namespace sampo {

class PinnedDispatcher final : public BlockingDispatcher {
 public:
  // The thread starts with the first Runnable. `throughput`: see DispatcherSettings.
  explicit PinnedDispatcher(std::string name, int throughput = 64);
};

}  // namespace sampo

#endif  // SAMPO_ACTOR_DISPATCH_PINNED_DISPATCHER_H_
