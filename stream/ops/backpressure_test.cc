// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/stream/ops/backpressure.h"

#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sampo/actor/actor.h"
#include "sampo/stream/simulated_stream.h"
#include "sampo/stream/stream.h"
#include "sampo/stream/testkit/test_sink.h"
#include "sampo/stream/testkit/test_source.h"

namespace sampo::stream {
namespace {

int Add(int a, int b) { return a + b; }

TEST(ConflateTest, SumsWhileDownstreamIsBusy) {
  SimulatedStream sim;
  auto [in, out] = TestSource<int>::Probe()
                       .Conflate(&Add)
                       .ToMat(TestSink<int>::Probe(), KeepBoth())
                       .Run(sim.system());
  out.Request(1);
  in.SendNext(1);
  out.ExpectNext(1);
  for (int i = 2; i <= 10; ++i) in.SendNext(i);
  sim.RunUntilIdle();
  out.Request(2).ExpectNext(54);
  in.SendNext(100).SendComplete();
  out.ExpectNext(100).ExpectComplete();
}

TEST(ConflateTest, WithSeedDrainsAtCompletionAndSurvivesThrows) {
  SimulatedStream sim;
  auto seed = [](int n) {
    if (n == 1) throw std::runtime_error("one");
    return std::vector<int>{n};
  };
  auto append = [](std::vector<int> all, int n) {
    if (n == 5) throw std::runtime_error("five");
    all.push_back(n);
    return all;
  };
  auto [in, out] = TestSource<int>::Probe()
                       .ConflateWithSeed(seed, append)
                       .WithAttributes(Attributes().Supervision(&RestartingDecider))
                       .ToMat(TestSink<std::vector<int>>::Probe(), KeepBoth())
                       .Run(sim.system());
  for (int i = 1; i <= 7; ++i) in.SendNext(i);
  in.SendComplete();
  sim.RunUntilIdle();
  out.Request(9).ExpectNext(std::vector<int>{6, 7}).ExpectComplete();
  auto stopped = Source<int>::Range(1, 3)
                     .ConflateWithSeed(seed, append)
                     .RunWith(Sink<std::vector<int>>::Seq(), sim.system());
  EXPECT_TRUE(absl::IsUnknown(sim.Await(stopped).status()));
}

TEST(BatchTest, BackpressuresAtItsMaximum) {
  SimulatedStream sim;
  auto [in, out] = TestSource<int>::Probe()
                       .Batch(
                           3, [](int n) { return n; }, &Add)
                       .ToMat(TestSink<int>::Probe(), KeepBoth())
                       .Run(sim.system());
  for (int i = 1; i <= 4; ++i) {
    EXPECT_EQ(in.ExpectRequest(), 1);
    in.SendNext(i);
  }
  in.ExpectNoMessage();
  out.Request(1).ExpectNext(6);
  EXPECT_EQ(in.ExpectRequest(), 1);
  in.SendNext(5).SendComplete();
  sim.RunUntilIdle();
  out.Request(1).ExpectNext(9).ExpectComplete();
}

TEST(BatchTest, WeighsElements) {
  SimulatedStream sim;
  auto [in, out] =
      TestSource<std::string>::Probe()
          .BatchWeighted(
              5, [](const std::string& s) { return static_cast<int64_t>(s.size()); },
              [](std::string s) { return s; }, [](std::string a, std::string b) { return a + b; })
          .ToMat(TestSink<std::string>::Probe(), KeepBoth())
          .Run(sim.system());
  in.SendNext("abcdefgh").SendNext("x").SendComplete();
  sim.RunUntilIdle();
  out.Request(9).ExpectNext("abcdefgh").ExpectNext("x").ExpectComplete();
}

}  // namespace
}  // namespace sampo::stream
