// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include <vector>

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

TEST(BufferTest, AsksAheadUntilItIsFull) {
  SimulatedStream sim;
  auto [in, out] = TestSource<int>::Probe()
                       .Buffer(3, OverflowStrategy::kBackpressure)
                       .ToMat(TestSink<int>::Probe(), KeepBoth())
                       .Run(sim.system());
  for (int i = 1; i <= 3; ++i) {
    EXPECT_EQ(in.ExpectRequest(), 1);
    in.SendNext(i);
  }
  in.ExpectNoMessage();
  out.Request(1).ExpectNext(1);
  EXPECT_EQ(in.ExpectRequest(), 1);
  out.Request(9).ExpectNext(2).ExpectNext(3);
}

TEST(BufferTest, DropsAsTheStrategySays) {
  struct Case {
    OverflowStrategy strategy;
    std::vector<int> kept;
  };
  const Case cases[] = {{OverflowStrategy::kDropHead, {4, 5, 6}},
                        {OverflowStrategy::kDropTail, {1, 2, 6}},
                        {OverflowStrategy::kDropNew, {1, 2, 3}},
                        {OverflowStrategy::kDropBuffer, {4, 5, 6}}};
  for (const Case& c : cases) {
    SimulatedStream sim;
    auto [in, out] = TestSource<int>::Probe()
                         .Buffer(3, c.strategy)
                         .ToMat(TestSink<int>::Probe(), KeepBoth())
                         .Run(sim.system());
    for (int i = 1; i <= 6; ++i) in.SendNext(i);
    in.SendComplete();
    sim.RunUntilIdle();
    out.Request(9);
    for (int kept : c.kept) out.ExpectNext(kept);
    out.ExpectComplete();
  }
}

TEST(BufferTest, FailsWhenFull) {
  SimulatedStream sim;
  auto [in, out] = TestSource<int>::Probe()
                       .Buffer(2, OverflowStrategy::kFail)
                       .ToMat(TestSink<int>::Probe(), KeepBoth())
                       .Run(sim.system());
  in.SendNext(1).SendNext(2).SendNext(3);
  EXPECT_TRUE(absl::IsResourceExhausted(out.ExpectError()));
}

// 59a on each kind of runtime.
void ShowThatErrorsOvertakeAndCompletionsDrain(ActorSystemBase& system) {
  auto [in, out] = TestSource<int>::Probe()
                       .Buffer(8, OverflowStrategy::kBackpressure)
                       .ToMat(TestSink<int>::Probe(), KeepBoth())
                       .Run(system);
  in.SendNext(1).SendNext(2).SendNext(3).SendComplete();
  out.ExpectNoMessage();
  out.Request(9).ExpectNext(1).ExpectNext(2).ExpectNext(3).ExpectComplete();

  auto [in2, out2] = TestSource<int>::Probe()
                         .Buffer(8, OverflowStrategy::kBackpressure)
                         .ToMat(TestSink<int>::Probe(), KeepBoth())
                         .Run(system);
  in2.SendNext(1).SendNext(2).SendNext(3).SendError(absl::DataLossError("gone"));
  EXPECT_EQ(out2.ExpectError(), absl::DataLossError("gone"));
}

TEST(BufferTest, ErrorsOvertakeAndCompletionsDrain59a) {
  SimulatedStream sim;
  ShowThatErrorsOvertakeAndCompletionsDrain(sim.system());
}

TEST(BufferTest, ErrorsOvertakeAndCompletionsDrainOnRealThreads59a) {
  ActorTestKit kit;
  ShowThatErrorsOvertakeAndCompletionsDrain(kit.system());
}

}  // namespace
}  // namespace sampo::stream
