// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// DescribeStreams: what each running stream of a system waits for, and which operator is at the
// head of the stall, with the file and line that made it.
//
// Works from any thread, without a message, also when every dispatcher is stuck: an island that
// does not run is read under its lock; of one that runs, the stage whose handler runs is known and
// since when, and nothing else. What the report costs a stream: an island that wants to run while
// it is being read waits for that.
//
//   std::puts(DescribeStreams(system).ToText().c_str());
#ifndef SAMPO_STREAM_STALL_REPORT_H_
#define SAMPO_STREAM_STALL_REPORT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "sampo/stream/source_location.h"

namespace sampo {
class ActorSystemBase;
}

namespace sampo::stream {

// One operator of a running stream.
struct StageState {
  std::string name = {};  // "mapAsync", or what Attributes::Name says
  std::string file = {};  // where it was made; empty: not known
  int line = 0;
  int island = 0;
  // What it holds; -1 where it has no such thing.
  int64_t buffered = -1;
  int64_t buffer_size = -1;
  int64_t futures_in_flight = -1;
  int64_t futures_max = -1;
  // What it waits for besides its ports; empty: nothing.
  std::string waits_for = {};
  // Stages that have one of these in common are the two sides of an asynchronous boundary.
  uint64_t boundary = 0;
};

enum class ConnectionWait : uint8_t {
  kDemand,   // the outlet waits until the inlet asks
  kElement,  // the inlet has asked and waits for an element
  kTaking,   // an element is at the inlet and was not taken yet
  kClosed,
};

struct ConnectionState {
  int from = 0;  // indices into StreamState::stages
  int to = 0;
  ConnectionWait wait = ConnectionWait::kDemand;
  int64_t since_nanos = 0;                  // of the system's clock
  std::vector<std::string> operators = {};  // on the way: "map (shop.cc:7)"
};

// An island whose turn runs while the report is made.
struct RunningIsland {
  int island = 0;
  int64_t since_nanos = 0;
  std::string stage = {};  // whose handler runs: "map (shop.cc:7)"; empty: between two
};

struct StreamState {
  uint64_t id = 0;  // in the order in which streams were started, from 1 on
  std::vector<StageState> stages;
  std::vector<ConnectionState> connections;
  std::vector<RunningIsland> running;
  // Indices of the stages that others wait for and that wait for no other stage. Several in a list
  // wait for each other: a deadlock.
  std::vector<std::vector<int>> heads;
};

struct StreamsReport {
  int64_t now_nanos = 0;
  std::vector<StreamState> streams;

  // For people; for programs (one object, schema in stream/README.md); for `dot`.
  std::string ToText() const;
  std::string ToJson() const;
  std::string ToGraphviz() const;
};

StreamsReport DescribeStreams(ActorSystemBase& system);

// "mapAsync (shop.cc:17)".
std::string DisplayName(const StageState& stage);

}  // namespace sampo::stream

#endif  // SAMPO_STREAM_STALL_REPORT_H_
