// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
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

using Ints = std::vector<int>;

auto Probes(SimulatedStream& sim, int64_t count, absl::Duration time) {
  return TestSource<int>::Probe()
      .GroupedWithin(count, time)
      .ToMat(TestSink<Ints>::Probe(), KeepBoth())
      .Run(sim.system());
}

TEST(GroupedWithinTest, ClosesFullGroupsAtOnceAndOthersInTime) {
  SimulatedStream sim;
  auto [in, out] = Probes(sim, 3, absl::Seconds(1));
  out.Request(9);
  for (int i = 1; i <= 4; ++i) in.SendNext(i);
  out.ExpectNext(Ints{1, 2, 3});
  out.ExpectNoMessage(absl::Milliseconds(990));
  out.ExpectNext(Ints{4});
  out.ExpectNoMessage(absl::Seconds(5));  // no empty groups
  in.SendNext(5).SendComplete();
  out.ExpectNext(Ints{5}).ExpectComplete();
}

TEST(GroupedWithinTest, StartsTheClockAnewWhenAGroupIsFull) {
  SimulatedStream sim;
  auto [in, out] = Probes(sim, 2, absl::Seconds(2));
  out.Request(9);
  sim.RunFor(absl::Milliseconds(1500));
  in.SendNext(1).SendNext(2);
  out.ExpectNext(Ints{1, 2});
  in.SendNext(3);
  out.ExpectNoMessage(absl::Milliseconds(1900));
  out.ExpectNext(Ints{3});
}

TEST(GroupedWithinTest, GrowsWhileThereIsNoDemandThenBackpressures) {
  SimulatedStream sim;
  auto [in, out] = Probes(sim, 3, absl::Seconds(1));
  in.SendNext(1);
  sim.RunFor(absl::Seconds(3));
  in.SendNext(2).SendNext(3);
  in.ExpectNoMessage();
  out.Request(1).ExpectNext(Ints{1, 2, 3});
  EXPECT_EQ(in.ExpectRequest(), 1);
  in.SendComplete();
  out.ExpectComplete();
}

TEST(GroupedWithinTest, WeighsElements) {
  SimulatedStream sim;
  auto all = Source<std::string>::From({"abc", "de", "f", "ghijklmn", "op", "q"})
                 .GroupedWeightedWithin(
                     {.weight = 5, .time = absl::Hours(1)},
                     [](const std::string& s) { return static_cast<int64_t>(s.size()); })
                 .RunWith(Sink<std::vector<std::string>>::Seq(), sim.system());
  using Group = std::vector<std::string>;
  EXPECT_EQ(*sim.Await(all), (std::vector<Group>{{"abc", "de"}, {"f"}, {"ghijklmn"}, {"op", "q"}}));
  auto negative =
      Source<int>::Range(-3, 3)
          .GroupedWeightedWithin({.weight = 5, .time = absl::Hours(1)}, [](int n) { return n; })
          .RunWith(Sink<Ints>::Seq(), sim.system());
  EXPECT_TRUE(absl::IsInvalidArgument(sim.Await(negative).status()));
}

}  // namespace
}  // namespace sampo::stream
