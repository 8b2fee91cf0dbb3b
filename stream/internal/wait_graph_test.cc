// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/stream/internal/wait_graph.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace sampo::stream::internal {
namespace {

StreamState StreamOf(std::vector<std::string> names, std::vector<ConnectionState> connections) {
  StreamState stream;
  for (std::string& name : names) stream.stages.push_back({.name = std::move(name)});
  stream.connections = std::move(connections);
  return stream;
}
constexpr ConnectionWait kDemand = ConnectionWait::kDemand;
constexpr ConnectionWait kElement = ConnectionWait::kElement;
constexpr ConnectionWait kTaking = ConnectionWait::kTaking;

using Heads = std::vector<std::vector<int>>;

TEST(WaitGraphTest, ASourceWithoutElementsIsTheHead) {
  EXPECT_EQ(FindHeads(StreamOf({"queue", "map", "fold"}, {{0, 1, kElement}, {1, 2, kElement}})),
            (Heads{{0}}));
}

TEST(WaitGraphTest, ASinkWithoutDemandIsTheHead) {
  EXPECT_EQ(FindHeads(StreamOf({"range", "buffer", "sink"}, {{0, 1, kDemand}, {1, 2, kTaking}})),
            (Heads{{2}}));
}

TEST(WaitGraphTest, AStageThatWaitsOutsideIsTheHead) {
  StreamState stream = StreamOf({"range", "mapAsync", "sink"}, {{0, 1, kDemand}, {1, 2, kElement}});
  stream.stages[1].futures_in_flight = 4;
  stream.stages[1].futures_max = 4;
  EXPECT_EQ(FindHeads(stream), (Heads{{1}}));
}

TEST(WaitGraphTest, AStageWithFuturesLeftToStartWaitsForElementsToo) {
  StreamState stream =
      StreamOf({"queue", "mapAsync", "sink"}, {{0, 1, kElement}, {1, 2, kElement}});
  stream.stages[1].futures_in_flight = 1;
  stream.stages[1].futures_max = 4;
  EXPECT_EQ(FindHeads(stream), (Heads{{0}}));
}

TEST(WaitGraphTest, StagesThatWaitForEachOtherAreADeadlock) {
  // A broadcast waits for zip's demand on one side; zip waits for the broadcast on the other.
  EXPECT_EQ(
      FindHeads(StreamOf({"range", "broadcast", "zip", "sink"},
                         {{0, 1, kDemand}, {1, 2, kTaking}, {1, 2, kElement}, {2, 3, kElement}})),
      (Heads{{1, 2}}));
}

TEST(WaitGraphTest, GoesAcrossABoundary) {
  StreamState stream =
      StreamOf({"queue", "out", "in", "sink"}, {{0, 1, kElement}, {2, 3, kElement}});
  stream.stages[1].boundary = stream.stages[2].boundary = 7;
  EXPECT_EQ(FindHeads(stream), (Heads{{0}}));
  stream.connections = {{0, 1, kDemand}, {2, 3, kTaking}};
  EXPECT_EQ(FindHeads(stream), (Heads{{3}}));
}

TEST(WaitGraphTest, ARunningIslandIsTheOnlyAnswer) {
  StreamState stream = StreamOf({"range", "sink"}, {{0, 1, kDemand}});
  stream.running.push_back({});
  EXPECT_EQ(FindHeads(stream), Heads{});
}

}  // namespace
}  // namespace sampo::stream::internal
