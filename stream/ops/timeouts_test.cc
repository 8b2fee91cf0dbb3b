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

constexpr absl::Duration kSecond = absl::Seconds(1);

template <class Make>
auto Probes(SimulatedStream& sim, Make make) {
  return make(TestSource<int>::Probe()).ToMat(TestSink<int>::Probe(), KeepBoth()).Run(sim.system());
}

TEST(TimeoutsTest, InitialTimeoutWatchesTheFirstElementAlone) {
  SimulatedStream sim;
  auto [in, out] = Probes(sim, [](auto s) { return s.InitialTimeout(kSecond); });
  out.Request(9);
  in.SendNext(1);
  out.ExpectNext(1).ExpectNoMessage(absl::Seconds(2));
  in.SendComplete();
  out.ExpectComplete();
  auto [in2, out2] = Probes(sim, [](auto s) { return s.InitialTimeout(kSecond); });
  const absl::Duration start = sim.now();
  EXPECT_TRUE(absl::IsDeadlineExceeded(out2.ExpectError()));
  EXPECT_EQ(sim.now() - start, kSecond);
  EXPECT_TRUE(absl::IsDeadlineExceeded(in2.ExpectCancellation()));
}

TEST(TimeoutsTest, CompletionTimeoutWatchesTheWhole) {
  SimulatedStream sim;
  auto [in, out] = Probes(sim, [](auto s) { return s.CompletionTimeout(kSecond); });
  out.Request(9);
  for (int i = 0; i < 9; ++i) {
    in.SendNext(i);
    out.ExpectNext(i);
    sim.RunFor(absl::Milliseconds(100));
  }
  const absl::Status failure = out.ExpectError();
  EXPECT_EQ(failure.message(), "stream completionTimeout: not completed for 1s");
}

TEST(TimeoutsTest, IdleTimeoutCountsFromTheLastElement) {
  SimulatedStream sim;
  auto [in, out] = Probes(sim, [](auto s) { return s.IdleTimeout(kSecond); });
  out.Request(9);
  const absl::Duration start = sim.now();
  for (int i = 0; i < 3; ++i) {
    sim.RunFor(absl::Milliseconds(700));
    in.SendNext(i);
    out.ExpectNext(i);
  }
  EXPECT_TRUE(absl::IsDeadlineExceeded(out.ExpectError()));
  EXPECT_EQ(sim.now() - start, absl::Milliseconds(3100));
}

TEST(TimeoutsTest, BidirectionalIdleTimeoutCountsBothWays) {
  SimulatedStream sim;
  auto bidi = BidiFlow<int, int, int, int>::BidirectionalIdleTimeout(kSecond);
  auto [in, out] = Probes(sim, [bidi](auto s) { return s.Via(bidi.Join(Flow<int>())); });
  out.Request(9);
  sim.RunFor(absl::Milliseconds(700));
  in.SendNext(1);
  out.ExpectNext(1);
  sim.RunFor(absl::Milliseconds(900));
  out.ExpectNoMessage(absl::ZeroDuration());
  EXPECT_TRUE(absl::IsDeadlineExceeded(out.ExpectError()));
  EXPECT_TRUE(absl::IsDeadlineExceeded(in.ExpectCancellation()));
}

TEST(TimeoutsTest, BackpressureTimeoutWatchesDemandAlone) {
  SimulatedStream sim;
  auto [in, out] = Probes(sim, [](auto s) { return s.BackpressureTimeout(kSecond); });
  out.Request(1);
  out.ExpectNoMessage(absl::Seconds(5));  // upstream may be slow
  in.SendNext(1);
  out.ExpectNext(1);
  sim.RunFor(absl::Milliseconds(900));
  out.Request(1);
  sim.RunFor(absl::Seconds(5));
  in.SendNext(2);
  out.ExpectNext(2);
  const absl::Duration start = sim.now();
  EXPECT_TRUE(absl::IsDeadlineExceeded(out.ExpectError()));
  EXPECT_EQ(sim.now() - start, kSecond);
}

TEST(TimeoutsTest, KeepAliveInjectsWhereThereIsDemand) {
  SimulatedStream sim;
  auto [in, out] = Probes(sim, [](auto s) { return s.KeepAlive(kSecond, [] { return 0; }); });
  out.Request(3);
  in.SendNext(1);
  out.ExpectNext(1);
  const absl::Duration start = sim.now();
  out.ExpectNext(0).ExpectNext(0);
  EXPECT_EQ(sim.now() - start, absl::Seconds(2));
  sim.RunFor(absl::Seconds(5));
  in.SendNext(2);
  sim.RunUntilIdle();
  out.Request(1).ExpectNext(2);  // the real one goes first
  out.Request(1);
  out.ExpectNoMessage(absl::Milliseconds(900));
  out.ExpectNext(0);
  in.SendComplete();
  out.ExpectComplete();
}

}  // namespace
}  // namespace sampo::stream
