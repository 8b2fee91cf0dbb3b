// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include <string>
#include <vector>

#include "gtest/gtest-spi.h"
#include "gtest/gtest.h"
#include "sampo/actor/actor.h"
#include "sampo/actor/testkit/actor_test_kit.h"
#include "sampo/actor/testkit/for_each_seed.h"
#include "sampo/actor/testkit/manual_time.h"
#include "sampo/actor/testkit/simulated_runtime.h"
#include "sampo/stream/stream.h"
#include "sampo/stream/testkit/all_stages_stopped.h"
#include "sampo/stream/testkit/golden_trace.h"
#include "sampo/stream/testkit/test_sink.h"
#include "sampo/stream/testkit/test_source.h"

namespace sampo::stream {
namespace {

// What all kinds of runtime must show.
void RunProbes(ActorSystemBase& system) {
  auto [in, out] = TestSource<int>::Probe()
                       .Map([](int n) { return 2 * n; })
                       .ToMat(TestSink<int>::Probe(), KeepBoth())
                       .Run(system);
  in.ExpectNoMessage();
  out.Request(2);
  EXPECT_EQ(in.ExpectRequest(), 1);
  in.SendNext(1).SendNext(2);
  out.ExpectNext(2).ExpectNext(4).ExpectNoMessage();
  out.Request(3);
  in.SendNext(3).SendNext(4).SendNext(5);
  out.ExpectNextUnordered({10, 8, 6});
  out.Request(5);
  for (int n = 1; n <= 4; ++n) in.SendNext(n);
  EXPECT_EQ(out.Fish([](int n) {
    if (n == 4) return FishingOutcome::kContinueAndIgnore;
    return n == 8 ? FishingOutcome::kComplete : FishingOutcome::kContinue;
  }),
            (std::vector<int>{2, 6, 8}));
  out.Cancel(absl::AbortedError("enough"));
  in.ExpectCancellation(absl::AbortedError("enough"));
  AssertAllStagesStopped(system);
}

TEST(TestkitTest, ProbesOnRealThreads) {
  ActorTestKit kit;
  RunProbes(kit.system());
}

TEST(TestkitTest, ProbesUnderManualTime) {
  ManualTime time;
  ActorTestKit kit({.runtime = time.Runtime()});
  RunProbes(kit.system());
  auto subscriber_that_never_comes =
      Source<int>::AsSubscriber().ToMat(TestSink<int>::Probe(), KeepBoth()).Run(kit.system());
  TestSinkProbe<int>& out = subscriber_that_never_comes.second;
  time.TimePasses(absl::Seconds(4));
  out.ExpectNoMessage(absl::ZeroDuration());
  time.TimePasses(absl::Seconds(1));
  EXPECT_EQ(out.ExpectError().code(), absl::StatusCode::kDeadlineExceeded);
}

TEST(TestkitTest, ProbesInASimulation) {
  ForEachSeed(20, [](uint64_t seed) {
    SimulatedRuntime simulation(seed);
    ActorSystem<int> system(Empty(), "probes", simulation.Settings(), simulation.Runtime());
    RunProbes(system);
  });
}

TEST(TestkitTest, EndsReachTheSink) {
  ActorTestKit kit;
  auto run = [&] {
    return TestSource<int>::Probe().ToMat(TestSink<int>::Probe(), KeepBoth()).Run(kit.system());
  };
  auto [in, out] = run();
  in.SendComplete();
  out.ExpectComplete();
  auto [in2, out2] = run();
  in2.SendError(absl::DataLossError("broken"));
  out2.ExpectError(absl::DataLossError("broken"));
  auto [in3, out3] = run();
  out3.Request(1);
  in3.SendNext(7);
  in3.SendComplete();
  EXPECT_EQ(out3.ToStrict(), (std::vector<int>{7}));
  AssertAllStagesStopped(kit.system(), [&] {
    auto all = Source<int>::Range(1, 4).RunWith(TestSink<int>::Probe(), kit.system());
    all.Request(2).ExpectNextN({1, 2});
    EXPECT_EQ(all.ToStrict(), (std::vector<int>{3, 4}));
  });
}

TEST(TestkitTest, AStreamThatIsCutOffSaysSo) {
  ActorTestKit kit;
  auto [in, out] =
      TestSource<int>::Probe().ToMat(TestSink<int>::Probe(), KeepBoth()).Run(kit.system());
  out.Request(1);
  in.ExpectRequest();
  kit.system().Terminate();
  EXPECT_TRUE(IsAbruptTermination(out.ExpectError()));
  EXPECT_TRUE(IsAbruptTermination(in.ExpectCancellation()));
}

TEST(TestkitTest, WhatIsMissedIsAFailureWithWords) {
  SimulatedRuntime simulation(1);
  static ActorSystem<int>* system = nullptr;
  ActorSystem<int> owned(Empty(), "probes", simulation.Settings(), simulation.Runtime());
  system = &owned;
  static std::optional<TestSinkProbe<int>> out;
  static std::optional<TestSourceProbe<int>> in;
  auto both = TestSource<int>::Probe().ToMat(TestSink<int>::Probe(), KeepBoth()).Run(*system);
  in = both.first;
  out = both.second;
  EXPECT_NONFATAL_FAILURE(out->ExpectComplete(), "nothing came within 3s; waited for completion");
  EXPECT_NONFATAL_FAILURE(in->ExpectRequest(), "no request");
  EXPECT_NONFATAL_FAILURE(in->SendNext(1), "waited for demand");
  EXPECT_NONFATAL_FAILURE(AssertAllStagesStopped(*system), "testSource");
  out->Request(1);
  in->SendNext(1);
  EXPECT_NONFATAL_FAILURE(out->ExpectNext(2), "expected element 2, got element 1");
  in->SendComplete();
  EXPECT_NONFATAL_FAILURE((void)out->ExpectError(), "expected a failure, got completion");
  AssertAllStagesStopped(*system);
  in.reset();
  out.reset();
}

TEST(TestkitTest, AGoldenTraceShowsEachSignal) {
  SimulatedRuntime simulation(1);
  ActorSystem<int> system(Empty(), "trace", simulation.Settings(), simulation.Runtime());
  GoldenTrace trace;
  auto done = Source<int>::Range(1, 2)
                  .Via(trace.Point<int>("a"))
                  .Filter([](int n) { return n == 2; })
                  .Via(trace.Point<int>("b"))
                  .RunWith(Sink<int>::Ignore(), system);
  ASSERT_TRUE(Await(done, absl::Seconds(1)).ok());
  trace.ExpectEquals(
      "b pull\na pull\na push 1\na pull\na push 2\nb push 2\nb pull\na pull\n"
      "a complete\nb complete\n");
}

}  // namespace
}  // namespace sampo::stream
