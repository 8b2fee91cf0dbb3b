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

auto Stamp(SimulatedStream& sim) {
  return [&sim, start = sim.now()](int) { return absl::ToInt64Milliseconds(sim.now() - start); };
}
using Stamps = std::vector<int64_t>;

TEST(DelayTest, EmitsEachAfterItsDelay) {
  SimulatedStream sim;
  auto stamps = Source<int>::Range(1, 40)
                    .Delay(absl::Milliseconds(100))
                    .Map(Stamp(sim))
                    .RunWith(Sink<int64_t>::Seq(), sim.system());
  auto result = sim.Await(stamps);
  ASSERT_TRUE(result.ok());
  // Buffers of 16, each of which passes at once.
  EXPECT_EQ((*result)[0], 100);
  EXPECT_EQ((*result)[15], 100);
  EXPECT_EQ((*result)[16], 200);
  EXPECT_EQ((*result)[39], 300);
}

TEST(DelayTest, FailureOvertakesWhatWaits) {
  SimulatedStream sim;
  auto [in, out] = TestSource<int>::Probe()
                       .Delay(absl::Seconds(1))
                       .ToMat(TestSink<int>::Probe(), KeepBoth())
                       .Run(sim.system());
  out.Request(9);
  in.SendNext(1).SendError(absl::DataLossError("gone"));
  out.ExpectError(absl::DataLossError("gone"));
}

TEST(DelayTest, DropsFailsOrEmitsEarlyWhenFull) {
  struct Case {
    OverflowStrategy strategy;
    std::vector<int> kept;
  };
  const Case cases[] = {{OverflowStrategy::kDropHead, {3, 4}},
                        {OverflowStrategy::kDropTail, {1, 4}},
                        {OverflowStrategy::kDropNew, {1, 2}},
                        {OverflowStrategy::kDropBuffer, {3, 4}},
                        {OverflowStrategy::kEmitEarly, {1, 2, 3, 4}}};
  for (const Case& c : cases) {
    SimulatedStream sim;
    auto [in, out] = TestSource<int>::Probe()
                         .Delay(absl::Seconds(1), c.strategy)
                         .WithAttributes(Attributes().InputBuffer(2, 2))
                         .ToMat(TestSink<int>::Probe(), KeepBoth())
                         .Run(sim.system());
    out.Request(9);
    for (int i = 1; i <= 4; ++i) in.SendNext(i);
    if (c.strategy == OverflowStrategy::kEmitEarly) {
      out.ExpectNext(1).ExpectNext(2);
      in.SendComplete();
      out.ExpectNext(3).ExpectNext(4).ExpectComplete();
      continue;
    }
    in.SendComplete();
    for (int kept : c.kept) out.ExpectNext(kept);
    out.ExpectComplete();
  }
  SimulatedStream sim;
  auto failed = Source<int>::Range(1, 9)
                    .Delay(absl::Seconds(1), OverflowStrategy::kFail)
                    .WithAttributes(Attributes().InputBuffer(2, 2))
                    .RunWith(Sink<int>::Seq(), sim.system());
  EXPECT_TRUE(absl::IsResourceExhausted(sim.Await(failed).status()));
}

TEST(DelayTest, WithAStrategyForEachElement) {
  SimulatedStream sim;
  auto even = [](int n) { return n % 2 == 0; };
  auto stamps = Source<int>::From({2, 4, 6, 1, 2})
                    .DelayWith(LinearIncreasingDelay(
                        {.step = absl::Seconds(1), .max = absl::Seconds(2)}, even))
                    .Map(Stamp(sim))
                    .RunWith(Sink<int64_t>::Seq(), sim.system());
  EXPECT_EQ(*sim.Await(stamps), (Stamps{1000, 2000, 2000, 2000, 2000}));
}

TEST(DelayTest, InitialDelayAsksLater) {
  SimulatedStream sim;
  auto [in, out] = TestSource<int>::Probe()
                       .InitialDelay(absl::Seconds(2))
                       .ToMat(TestSink<int>::Probe(), KeepBoth())
                       .Run(sim.system());
  out.Request(2);
  in.ExpectNoMessage(absl::Milliseconds(1900));
  EXPECT_EQ(in.ExpectRequest(), 1);
  in.SendNext(1);
  out.ExpectNext(1);
}

TEST(DelayTest, DropWithinAndTakeWithin) {
  SimulatedStream sim;
  auto [in, out] = TestSource<int>::Probe()
                       .DropWithin(absl::Seconds(1))
                       .ToMat(TestSink<int>::Probe(), KeepBoth())
                       .Run(sim.system());
  out.Request(9);
  in.SendNext(1).SendNext(2);
  sim.RunFor(absl::Milliseconds(1001));
  in.SendNext(3);
  out.ExpectNext(3);

  auto [in2, out2] = TestSource<int>::Probe()
                         .TakeWithin(absl::Seconds(1))
                         .ToMat(TestSink<int>::Probe(), KeepBoth())
                         .Run(sim.system());
  out2.Request(9);
  in2.SendNext(1);
  out2.ExpectNext(1).ExpectComplete();
  in2.ExpectCancellation(absl::OkStatus());
}

}  // namespace
}  // namespace sampo::stream
