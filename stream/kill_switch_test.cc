// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/stream/kill_switch.h"

#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sampo/actor/actor.h"
#include "sampo/actor/testkit/actor_test_kit.h"
#include "sampo/actor/testkit/for_each_seed.h"
#include "sampo/stream/simulated_stream.h"
#include "sampo/stream/stream.h"
#include "sampo/stream/testkit/test_sink.h"
#include "sampo/stream/testkit/test_source.h"

namespace sampo::stream {
namespace {

template <class FlowType>
auto Probes(ActorSystemBase& system, const FlowType& flow) {
  auto [in_and_switch, out] = TestSource<int>::Probe()
                                  .ViaMat(flow, KeepBoth())
                                  .ToMat(TestSink<int>::Probe(), KeepBoth())
                                  .Run(system);
  return std::tuple(in_and_switch.first, in_and_switch.second, out);
}

TEST(KillSwitchTest, ShutdownCompletesAndCancels) {
  SimulatedStream sim;
  auto [in, stop, out] = Probes(sim.system(), KillSwitches::Single<int>());
  out.Request(9);
  in.SendNext(1);
  out.ExpectNext(1);
  stop.Shutdown();
  stop.Abort(absl::DataLossError("late"));  // the first call counts
  out.ExpectComplete();
  in.ExpectCancellation(absl::OkStatus());
}

TEST(KillSwitchTest, AbortFailsBoth) {
  SimulatedStream sim;
  auto [in, stop, out] = Probes(sim.system(), KillSwitches::Single<int>());
  stop.Abort(absl::DataLossError("gone"));
  stop.Shutdown();
  out.ExpectError(absl::DataLossError("gone"));
  in.ExpectCancellation(absl::DataLossError("gone"));
}

TEST(KillSwitchTest, LetsEndsThroughAndMayBeThrownAfterwards) {
  SimulatedStream sim;
  auto [in, stop, out] = Probes(sim.system(), KillSwitches::Single<int>());
  out.Request(1);
  in.SendError(absl::DataLossError("gone"));
  out.ExpectError(absl::DataLossError("gone"));
  stop.Shutdown();
}

TEST(KillSwitchTest, EndsBothWaysOfABidiFlow) {
  SimulatedStream sim;
  // What goes down comes back up.
  auto echo = KillSwitches::SingleBidi<int, int>().Join(Flow<int>());
  auto [in, stop, out] = Probes(sim.system(), echo);
  out.Request(9);
  in.SendNext(1);
  out.ExpectNext(1);
  stop.Shutdown();
  out.ExpectComplete();
  in.ExpectCancellation(absl::OkStatus());
}

TEST(SharedKillSwitchTest, EndsAllStreamsAlsoLaterOnes) {
  ForEachSeed(10, [](uint64_t seed) {
    SimulatedStream sim(seed);
    SharedKillSwitch shared = KillSwitches::Shared("all");
    EXPECT_EQ(shared.name(), "all");
    auto [in, stop, out] = Probes(sim.system(), shared.AsFlow<int>());
    auto [in2, stop2, out2] = Probes(sim.system(), shared.AsFlow<int>());
    if (seed % 2 == 0) sim.RunUntilIdle();
    stop.Shutdown();
    out.ExpectComplete();
    out2.ExpectComplete();
    auto [in3, stop3, out3] = Probes(sim.system(), shared.AsFlow<int>());
    out3.ExpectComplete();
    in3.ExpectCancellation(absl::OkStatus());
  });
}

TEST(SharedKillSwitchTest, StopsRunningStreamsOnRealThreads) {
  ActorTestKit kit;
  SharedKillSwitch shared = KillSwitches::Shared("all");
  std::vector<Future<void>> ends;
  for (int i = 0; i < 8; ++i) {
    ends.push_back(Source<int64_t>::Range(0, int64_t{1} << 60)
                       .Via(shared.AsFlow<int64_t>())
                       .RunWith(Sink<int64_t>::Ignore(), kit.system()));
  }
  shared.Abort(absl::DataLossError("enough"));
  for (Future<void>& end : ends) {
    EXPECT_TRUE(absl::IsDataLoss(Await(end, absl::Seconds(30))));
  }
}

}  // namespace
}  // namespace sampo::stream
