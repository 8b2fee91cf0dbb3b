// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/stream/actor_source.h"

#include <optional>
#include <string>
#include <utility>
#include <variant>
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

namespace sampo::stream {
namespace {

// 0 completes, below 0 fails.
bool IsZero(const int& n) { return n == 0; }
std::optional<absl::Status> FailureOf(const int& n) {
  if (n >= 0) return std::nullopt;
  return absl::DataLossError("negative");
}

TEST(ActorSourceTest, EmitsWhatItIsToldAndDrainsWhenCompleted) {
  ForEachSeed(10, [](uint64_t seed) {
    SimulatedStream sim(seed);
    auto [ref, out] = Source<int>::ActorRef(8, OverflowStrategy::kFail, &IsZero, &FailureOf)
                          .ToMat(TestSink<int>::Probe(), KeepBoth())
                          .Run(sim.system());
    TestProbe<int> watcher = sim.kit().CreateTestProbe<int>();
    for (int i = 1; i <= 4; ++i) ref.Tell(i);
    ref.Tell(0);
    ref.Tell(9);
    sim.RunUntilIdle();
    out.Request(9).ExpectNextN({1, 2, 3, 4}).ExpectComplete();
    watcher.ExpectTerminated(ref);
  });
}

TEST(ActorSourceTest, ABurstDoesNotOverflowAStreamThatKeepsUp) {
  ForEachSeed(10, [](uint64_t seed) {
    SimulatedStream sim(seed);
    auto [ref, all] = Source<int>::ActorRef(1, OverflowStrategy::kFail, &IsZero, &FailureOf)
                          .ToMat(Sink<int>::Seq(), KeepBoth())
                          .Run(sim.system());
    std::vector<int> sent;
    for (int n = 1; n <= 100; ++n) {
      ref.Tell(n);
      sent.push_back(n);
    }
    ref.Tell(0);
    EXPECT_EQ(sim.Await(all).value(), sent);
  });
}

TEST(ActorSourceTest, FailsByAMessageAndByAFullBuffer) {
  SimulatedStream sim;
  auto [ref, out] = Source<int>::ActorRef(8, OverflowStrategy::kFail, &IsZero, &FailureOf)
                        .ToMat(TestSink<int>::Probe(), KeepBoth())
                        .Run(sim.system());
  ref.Tell(1);
  ref.Tell(-1);
  out.ExpectError(absl::DataLossError("negative"));
  auto [ref2, out2] = Source<int>::ActorRef(2, OverflowStrategy::kFail)
                          .ToMat(TestSink<int>::Probe(), KeepBoth())
                          .Run(sim.system());
  for (int i = 0; i < 3; ++i) ref2.Tell(i);
  EXPECT_TRUE(absl::IsResourceExhausted(out2.ExpectError()));
}

TEST(ActorSourceTest, DropsTheOldestAndStopsWithTheStream) {
  SimulatedStream sim;
  auto [ref, out] = Source<int>::ActorRef(2, OverflowStrategy::kDropHead)
                        .ToMat(TestSink<int>::Probe(), KeepBoth())
                        .Run(sim.system());
  for (int i = 1; i <= 5; ++i) ref.Tell(i);
  sim.RunUntilIdle();
  out.Request(9).ExpectNextN({4, 5});
  out.Cancel();
  TestProbe<int> watcher = sim.kit().CreateTestProbe<int>();
  watcher.ExpectTerminated(ref);
}

struct Add {
  int n;
};
struct End {};
struct Protocol : std::variant<Add, End> {
  using variant::variant;
};

TEST(ActorSourceTest, TakesProtocolsOfSeveralMessages) {
  ActorTestKit kit;
  auto is_end = [](const Protocol& m) { return std::holds_alternative<End>(m); };
  auto [ref, sum] = Source<Protocol>::ActorRef(16, OverflowStrategy::kDropNew, is_end)
                        .Map([](Protocol m) { return std::get<Add>(m).n; })
                        .ToMat(Sink<int>::Fold(0, [](int a, int b) { return a + b; }), KeepBoth())
                        .Run(kit.system());
  for (int i = 1; i <= 4; ++i) ref.Tell(Add{i});
  ref.Tell(End{});
  EXPECT_EQ(*Await(sum, absl::Seconds(10)), 10);
}

TEST(ActorSourceTest, AcknowledgesWhatWasEmitted) {
  SimulatedStream sim;
  TestProbe<std::string> acks = sim.kit().CreateTestProbe<std::string>();
  auto [ref, out] =
      Source<int>::ActorRefWithBackpressure(acks.ref(), std::string("ack"), &IsZero, &FailureOf)
          .ToMat(TestSink<int>::Probe(), KeepBoth())
          .Run(sim.system());
  ref.Tell(1);
  acks.ExpectNoMessage();
  out.Request(2).ExpectNext(1);
  acks.ExpectMessage(std::string("ack"));
  ref.Tell(2);
  acks.ExpectMessage(std::string("ack"));
  out.ExpectNext(2);
  ref.Tell(3);
  ref.Tell(4);
  EXPECT_TRUE(absl::IsFailedPrecondition(out.ExpectError()));
}

}  // namespace
}  // namespace sampo::stream
