// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
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

// When each element came, since the stream began.
auto Stamp(SimulatedStream& sim) {
  return [&sim, start = sim.now()](int) { return absl::ToInt64Milliseconds(sim.now() - start); };
}
using Stamps = std::vector<int64_t>;

TEST(ThrottleTest, LetsOneThroughForEachPeriod) {
  SimulatedStream sim;
  auto stamps = Source<int>::Range(1, 5)
                    .Throttle(1, absl::Seconds(1))
                    .Map(Stamp(sim))
                    .RunWith(Sink<int64_t>::Seq(), sim.system());
  EXPECT_EQ(*sim.Await(stamps), (Stamps{0, 1000, 2000, 3000, 4000}));
}

TEST(ThrottleTest, SpendsItsBurstAndGathersItAgain) {
  SimulatedStream sim;
  const ThrottleOptions options{.cost = 10, .per = absl::Seconds(1), .maximum_burst = 3};
  auto [in, out] = TestSource<int>::Probe()
                       .Throttle(options)
                       .Map(Stamp(sim))
                       .ToMat(TestSink<int64_t>::Probe(), KeepBoth())
                       .Run(sim.system());
  out.Request(100);
  for (int i = 0; i < 5; ++i) in.SendNext(i);
  out.ExpectNextN({0, 0, 0, 100, 200});
  sim.RunFor(absl::Seconds(10) - absl::Milliseconds(200));
  const int64_t now = absl::ToInt64Milliseconds(sim.now());
  for (int i = 0; i < 5; ++i) in.SendNext(i);
  out.ExpectNextN({now, now, now, now + 100, now + 200});
}

TEST(ThrottleTest, WeighsElementsAndCompletesAfterTheLastOne) {
  SimulatedStream sim;
  auto stamps = Source<int>::Range(1, 4)
                    .Throttle({.cost = 1, .per = absl::Seconds(1), .maximum_burst = 0},
                              [](int n) { return n; })
                    .Map(Stamp(sim))
                    .RunWith(Sink<int64_t>::Seq(), sim.system());
  EXPECT_EQ(*sim.Await(stamps), (Stamps{1000, 3000, 6000, 10000}));
}

TEST(ThrottleTest, EnforcingFailsTheTooFast) {
  SimulatedStream sim;
  auto [in, out] = TestSource<int>::Probe()
                       .Throttle({.cost = 1, .maximum_burst = 2, .mode = ThrottleMode::kEnforcing})
                       .ToMat(TestSink<int>::Probe(), KeepBoth())
                       .Run(sim.system());
  out.Request(9);
  in.SendNext(1).SendNext(2);
  out.ExpectNext(1).ExpectNext(2);
  in.SendNext(3);
  EXPECT_TRUE(absl::IsResourceExhausted(out.ExpectError()));
  auto negative = Source<int>::Range(-1, 4)
                      .Throttle({.cost = 1}, [](int n) { return n; })
                      .RunWith(Sink<int>::Seq(), sim.system());
  EXPECT_TRUE(absl::IsInvalidArgument(sim.Await(negative).status()));
}

}  // namespace
}  // namespace sampo::stream
