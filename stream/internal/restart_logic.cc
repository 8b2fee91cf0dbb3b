// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/stream/detail/restart_logic.h"

#include "sampo/actor/actor_system.h"
#include "sampo/stream/detail/island.h"
#include "sampo/stream/detail/sub_source.h"

namespace sampo::stream::internal {

double UniformOf(const GraphStageLogic& stage) {
  return static_cast<double>(IslandOf(&stage).system().NextRandom() >> 11) * 0x1.0p-53;
}

}  // namespace sampo::stream::internal
