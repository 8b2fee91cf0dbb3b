// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/stream/testkit/all_stages_stopped.h"

#include "sampo/actor/base/str_cat.h"
#include "sampo/actor/testkit/detail/probe_waiting.h"
#include "sampo/stream/detail/island.h"
#include "sampo/stream/detail/logic_access.h"
#include "sampo/stream/internal/stream_registry.h"
#include "sampo/stream/testkit/detail/probe_failure.h"

namespace sampo::stream {

std::string RunningStages(ActorSystemBase& system) {
  using internal::LogicAccess;
  std::string text;
  for (const internal::Ref<internal::StreamRun>& run :
       internal::StreamRegistry::Get(system).runs()->All()) {
    run->ForEachIsland([&](internal::Island& island) {
      if (island.has_ended()) return;
      const std::string where = StrCat("stream ", run->id(), " island ", island.number(), ": ");
      const bool idle = island.Read([&] {
        for (GraphStageLogic* logic = island.interpreter().first_logic(); logic != nullptr;
             logic = LogicAccess::NextLogic(logic)) {
          text += StrCat(where, logic->DisplayName(), "\n");
        }
      });
      if (!idle) text += StrCat(where, "busy\n");
    });
  }
  return text;
}

void AssertAllStagesStopped(ActorSystemBase& system, absl::Duration timeout, SourceLocation where) {
  sampo::internal::ProbeStateBase waiting;
  const std::string left = sampo::internal::AwaitEmpty(
      waiting, [&] { return RunningStages(system); }, timeout);
  if (left.empty()) return;
  internal::FailAt(where,
                   StrCat("streams still run after ", absl::FormatDuration(timeout), ":\n", left));
}

}  // namespace sampo::stream
