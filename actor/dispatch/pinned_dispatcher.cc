// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/dispatch/pinned_dispatcher.h"

#include <utility>

namespace sampo {

PinnedDispatcher::PinnedDispatcher(std::string name, int throughput)
    : BlockingDispatcher({.threads_max = 1,
                          .idle_timeout = absl::InfiniteDuration(),
                          .throughput = throughput,
                          .name = std::move(name)}) {}

}  // namespace sampo
