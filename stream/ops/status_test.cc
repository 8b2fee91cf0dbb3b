// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/stream/ops/status.h"

#include <optional>
#include <stdexcept>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sampo/actor/actor.h"
#include "sampo/actor/testkit/actor_test_kit.h"
#include "sampo/stream/simulated_stream.h"
#include "sampo/stream/stream.h"
#include "sampo/stream/testkit/test_sink.h"
#include "sampo/stream/testkit/test_source.h"

namespace sampo::stream {
namespace {

TEST(WatchTerminationTest, TellsCompletionFailureAndCancellation) {
  SimulatedStream sim;
  auto run = [&sim] {
    auto [in_and_end, out] = TestSource<int>::Probe()
                                 .WatchTermination(KeepBoth())
                                 .ToMat(TestSink<int>::Probe(), KeepBoth())
                                 .Run(sim.system());
    return std::tuple(in_and_end.first, in_and_end.second, out);
  };
  auto [in, end, out] = run();
  out.Request(1);
  in.SendNext(1);
  out.ExpectNext(1);
  EXPECT_FALSE(end.IsComplete());
  in.SendComplete();
  EXPECT_TRUE(sim.Await(end).ok());

  auto [in2, end2, out2] = run();
  in2.SendError(absl::DataLossError("gone"));
  EXPECT_TRUE(absl::IsDataLoss(sim.Await(end2)));

  auto [in3, end3, out3] = run();
  out3.Cancel();
  EXPECT_TRUE(sim.Await(end3).ok());

  auto [in4, end4, out4] = run();
  out4.Cancel(absl::AbortedError("no"));
  EXPECT_TRUE(absl::IsAborted(sim.Await(end4)));
}

TEST(WatchTerminationTest, SeesWhatHappensBelowAsACancellation) {
  SimulatedStream sim;
  auto watched = Source<int>::Range(1, 9).WatchTermination(KeepRight());
  EXPECT_TRUE(sim.Await(watched.Take(3).To(Sink<int>::Ignore()).Run(sim.system())).ok());
  auto throws = [](int n) -> int {
    if (n == 3) throw std::runtime_error("three");
    return n;
  };
  EXPECT_TRUE(
      absl::IsUnknown(sim.Await(watched.Map(throws).To(Sink<int>::Ignore()).Run(sim.system()))));
}

void ShowAbruptTermination(std::optional<Future<void>> end) {
  ASSERT_TRUE(end->IsComplete());
  EXPECT_TRUE(IsAbruptTermination(::sampo::internal::FutureAccess::Take(*end)));
}

// 59h for this future.
TEST(WatchTerminationTest, FailsWithAnAbruptTermination59h) {
  std::optional<Future<void>> end;
  {
    SimulatedStream sim;
    end = TestSource<int>::Probe()
              .WatchTermination(KeepRight())
              .To(Sink<int>::Ignore())
              .Run(sim.system());
    sim.RunUntilIdle();
  }
  ShowAbruptTermination(end);
  {
    ActorTestKit kit;
    end = TestSource<int>::Probe()
              .WatchTermination(KeepRight())
              .To(Sink<int>::Ignore())
              .Run(kit.system());
  }
  ShowAbruptTermination(end);
}

TEST(MonitorTest, TellsWhatPassesAndHowItEnds) {
  SimulatedStream sim;
  using Kind = FlowMonitorState<int>::Kind;
  auto graph =
      TestSource<int>::Probe().Monitor(KeepBoth()).ToMat(TestSink<int>::Probe(), KeepBoth());
  auto [in_and_monitor, out] = graph.Run(sim.system());
  auto [in, monitor] = in_and_monitor;
  EXPECT_EQ(monitor.state().kind, Kind::kInitialized);
  out.Request(9);
  in.SendNext(1).SendNext(2);
  out.ExpectNext(1).ExpectNext(2);
  EXPECT_EQ(monitor.state().kind, Kind::kReceived);
  EXPECT_EQ(monitor.state().last, 2);
  in.SendComplete();
  out.ExpectComplete();
  EXPECT_EQ(monitor.state().kind, Kind::kFinished);

  auto [failing, out2] = graph.Run(sim.system());
  out2.Request(1);
  failing.first.SendError(absl::DataLossError("gone"));
  EXPECT_TRUE(absl::IsDataLoss(out2.ExpectError()));
  EXPECT_EQ(failing.second.state().kind, Kind::kFailed);
  EXPECT_TRUE(absl::IsDataLoss(failing.second.state().failure));
}

}  // namespace
}  // namespace sampo::stream
