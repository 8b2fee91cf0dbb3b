// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include <optional>
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

auto Repeat(int n) {
  return [n]() -> std::optional<int> { return n; };
}

TEST(ExpandTest, RepeatsWhileUpstreamIsSlow) {
  SimulatedStream sim;
  auto [in, out] = TestSource<int>::Probe()
                       .Expand(&Repeat)
                       .ToMat(TestSink<int>::Probe(), KeepBoth())
                       .Run(sim.system());
  out.Request(1).ExpectNoMessage();
  in.SendNext(1);
  out.ExpectNext(1).Request(2).ExpectNext(1).ExpectNext(1);
  in.SendNext(2);
  sim.RunUntilIdle();
  out.Request(2).ExpectNext(2).ExpectNext(2);
  in.SendComplete();
  out.ExpectComplete();
}

TEST(ExpandTest, UsesEachElementOnceAtLeast) {
  SimulatedStream sim;
  auto all = Source<int>::Range(1, 100).Expand(&Repeat).RunWith(Sink<int>::Seq(), sim.system());
  auto result = sim.Await(all);
  ASSERT_TRUE(result.ok());
  int last = 0;
  for (int n : *result) {
    EXPECT_LE(n, last + 1);
    last = n;
  }
  EXPECT_EQ(last, 100);
  auto [in, out] = TestSource<int>::Probe()
                       .Expand(&Repeat)
                       .ToMat(TestSink<int>::Probe(), KeepBoth())
                       .Run(sim.system());
  in.SendNext(1).SendComplete();
  out.ExpectNoMessage();
  out.Request(1).ExpectNext(1).ExpectComplete();
}

TEST(ExpandTest, ExtrapolateBeginsWithTheElementAndWithTheInitialOne) {
  SimulatedStream sim;
  auto countdown = [](const int& n) {
    return [n = int{n}]() mutable -> std::optional<int> {
      if (n % 10 == 0) return std::nullopt;
      return --n;
    };
  };
  auto [in, out] = TestSource<int>::Probe()
                       .Extrapolate(countdown, 100)
                       .ToMat(TestSink<int>::Probe(), KeepBoth())
                       .Run(sim.system());
  out.Request(9).ExpectNext(100).ExpectNoMessage();
  in.SendNext(13);
  out.ExpectNext(13).ExpectNext(12).ExpectNext(11).ExpectNext(10).ExpectNoMessage();
  in.SendNext(20).SendComplete();
  out.ExpectNext(20).ExpectComplete();
}

TEST(AggregateWithBoundaryTest, EmitsFullAggregatesAndTheRest) {
  SimulatedStream sim;
  auto allocate = [] { return std::vector<int>(); };
  auto add = [](std::vector<int> all, int n) {
    all.push_back(n);
    const bool full = all.size() == 3;
    return std::pair(std::move(all), full);
  };
  auto harvest = [](std::vector<int> all) { return all; };
  auto all = Source<int>::Range(1, 7)
                 .AggregateWithBoundary(allocate, add, harvest)
                 .RunWith(Sink<std::vector<int>>::Seq(), sim.system());
  EXPECT_EQ(*sim.Await(all), (std::vector<std::vector<int>>{{1, 2, 3}, {4, 5, 6}, {7}}));

  auto [in, out] =
      TestSource<int>::Probe()
          .AggregateWithBoundary(
              allocate, add, harvest, [](const std::vector<int>& all) { return all.size() >= 2; },
              absl::Seconds(1))
          .ToMat(TestSink<std::vector<int>>::Probe(), KeepBoth())
          .Run(sim.system());
  out.Request(1);
  in.SendNext(1);
  out.ExpectNoMessage(absl::Milliseconds(2500));
  in.SendNext(2);
  out.ExpectNext(std::vector<int>{1, 2});
  in.SendComplete();
  out.ExpectComplete();
}

}  // namespace
}  // namespace sampo::stream
