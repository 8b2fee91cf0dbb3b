// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/stream/stall_report.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "sampo/actor/actor_system.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/stream/detail/island.h"
#include "sampo/stream/detail/logic_access.h"
#include "sampo/stream/detail/stage_report.h"
#include "sampo/stream/internal/stream_registry.h"
#include "sampo/stream/internal/wait_graph.h"

namespace sampo::stream {
namespace {

std::string PlaceText(std::string_view name, SourceLocation where) {
  if (where.line == 0) return std::string(name);
  return StrCat(name, " (", where.file, ":", where.line, ")");
}

StageState StageStateOf(const GraphStageLogic& logic, int island) {
  StageState state;
  state.name = logic.attributes().name().empty() ? std::string(logic.stage_name())
                                                 : logic.attributes().name();
  state.file = logic.where().file;
  state.line = logic.where().line;
  state.island = island;
  internal::StageReport report;
  logic.Describe(report);
  state.buffered = report.buffered;
  state.buffer_size = report.buffer_size;
  state.futures_in_flight = report.futures_in_flight;
  state.futures_max = report.futures_max;
  state.waits_for = std::move(report.waits_for);
  state.boundary = report.boundary;
  return state;
}

ConnectionWait WaitOf(const internal::Connection& connection) {
  using namespace internal;  // NOLINT: the flags
  if (connection.has(kInClosed | kOutClosed)) return ConnectionWait::kClosed;
  if (connection.has(kHasElement)) return ConnectionWait::kTaking;
  if (connection.has(kInReady)) return ConnectionWait::kDemand;
  return ConnectionWait::kElement;
}

// Adds the island's stages and connections. On a thread that holds its lock.
void AddIsland(internal::Island& island, StreamState& stream) {
  std::vector<const GraphStageLogic*> logics;
  const size_t base = stream.stages.size();
  for (const GraphStageLogic* logic = island.interpreter().first_logic(); logic != nullptr;
       logic = internal::LogicAccess::NextLogic(logic)) {
    logics.push_back(logic);
    stream.stages.push_back(StageStateOf(*logic, island.number()));
  }
  auto index_of = [&](const GraphStageLogic* logic) {
    auto found = std::find(logics.begin(), logics.end(), logic);
    return static_cast<int>(base + static_cast<size_t>(found - logics.begin()));
  };
  const int end = static_cast<int>(stream.stages.size());
  std::vector<ConnectionState> connections;
  for (internal::Connection* c = island.interpreter().first_connection(); c != nullptr;
       c = c->next) {
    ConnectionState state{
        index_of(c->out_logic), index_of(c->in_logic), WaitOf(*c), c->last_event_nanos, {}};
    if (state.from >= end || state.to >= end) continue;  // one side has ended
    for (internal::PipeOperator* op = c->first_operator; op != nullptr;
         op = internal::LogicAccess::Next(op)) {
      state.operators.push_back(PlaceText(op->name(), op->where()));
    }
    connections.push_back(std::move(state));
  }
  // The interpreter's list has the youngest first.
  stream.connections.insert(stream.connections.end(), connections.rbegin(), connections.rend());
}

void AddRunning(internal::Island& island, StreamState& stream) {
  RunningIsland running{island.number(), island.busy_since_nanos(), {}};
  island.interpreter().ReadActive([&running](const GraphStageLogic* logic) {
    if (logic != nullptr) running.stage = PlaceText(logic->stage_name(), logic->where());
  });
  stream.running.push_back(std::move(running));
}

}  // namespace

std::string DisplayName(const StageState& stage) {
  return PlaceText(stage.name, {stage.file.c_str(), stage.line});
}

StreamsReport DescribeStreams(ActorSystemBase& system) {
  StreamsReport report;
  report.now_nanos = system.clock().NowNanos();
  for (const auto& run : internal::StreamRegistry::Get(system).runs()->All()) {
    StreamState stream;
    stream.id = run->id();
    run->ForEachIsland([&stream](internal::Island& island) {
      if (island.has_ended()) return;
      if (!island.Read([&] { AddIsland(island, stream); })) AddRunning(island, stream);
    });
    if (stream.stages.empty() && stream.running.empty()) continue;
    stream.heads = internal::FindHeads(stream);
    report.streams.push_back(std::move(stream));
  }
  return report;
}

}  // namespace sampo::stream
