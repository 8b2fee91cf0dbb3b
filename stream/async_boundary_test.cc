// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// What holds across Async(): order, the bound on elements that are on their way, ends and failures.
#include <algorithm>
#include <atomic>
#include <memory>
#include <numeric>
#include <stdexcept>
#include <vector>

#include "gtest/gtest.h"
#include "sampo/actor/actor.h"
#include "sampo/actor/test_util.h"
#include "sampo/stream/stream.h"

namespace sampo::stream {
namespace {

auto Sum() {
  return Sink<int64_t>::Fold(int64_t{0}, [](int64_t a, int64_t b) { return a + b; });
}

TEST(AsyncBoundaryTest, KeepsOrderAndLosesNothing) {
  ForEachSeed(50, [](uint64_t seed) {
    SimulatedKit kit(seed);
    auto all = Source<int>::Range(1, 200)
                   .Async()
                   .Map([](int n) { return n; })
                   .Async()
                   .RunWith(Sink<int>::Seq(), kit.system());
    std::vector<int> expected(200);
    std::iota(expected.begin(), expected.end(), 1);
    EXPECT_EQ(Await(all, absl::Minutes(1)).value(), expected);
  });
}

// A sink that takes an element only when the test says so.
class Holding final : public GraphStageLogic, InHandler {
 public:
  Holding() { in_.SetHandler(this); }
  void OnPush() override {}

 private:
  Inlet<int> in_{this, "in"};
};

// Across an asynchronous boundary at most InputBuffer::max elements are in flight.
TEST(AsyncBoundaryTest, Behaviour60aAtMostMaxElementsAreOnTheirWay) {
  for (int max : {1, 2, 16, 64}) {
    SimulatedKit kit;
    auto pushed = std::make_shared<std::atomic<int>>(0);
    auto holding = Sink<int>(internal::MakeStage<NotUsed>(
        "holding", SourceLocation::Current(), [] { return std::make_unique<Holding>(); }));
    Source<int>::Range(1, 1000)
        .Map([pushed](int n) {
          ++*pushed;
          return n;
        })
        .Async()
        .To(holding)
        .WithAttributes(Attributes().InputBuffer(1, max))
        .Run(kit.system());
    kit.Run();
    EXPECT_LE(pushed->load(), max);
  }
}

TEST(AsyncBoundaryTest, AFailureCrossesAndSoDoesACancellation) {
  SimulatedKit kit;
  auto failed = Source<int>::Range(1, 1000)
                    .Map([](int n) {
                      if (n == 50) throw std::runtime_error("fifty");
                      return n;
                    })
                    .Async()
                    .RunWith(Sink<int>::Seq(), kit.system());
  EXPECT_EQ(Await(failed, absl::Minutes(1)).status(), absl::UnknownError("fifty"));
  auto some = Source<int>::Range(1, 1'000'000'000)
                  .Async()
                  .Take(100)
                  .RunWith(Sink<int>::Seq(), kit.system());
  EXPECT_EQ(Await(some, absl::Minutes(1)).value().size(), 100u);
  kit.Run();  // ends only if the source was cancelled
}

// At no moment are more than `max` pushed and not taken.
TEST(AsyncBoundaryTest, Behaviour60aHoldsOnRealThreads) {
  for (int max : {1, 2, 16, 64}) {
    ActorTestKit kit;
    std::atomic<int> pushed{0};
    std::atomic<int> taken{0};
    std::atomic<int> most{0};
    auto done = Source<int>::Range(1, 20'000)
                    .Map([&](int n) {
                      most = std::max(most.load(), ++pushed - taken.load());
                      return n;
                    })
                    .Async()
                    .ToMat(Sink<int>::Foreach([&](int) { ++taken; }), KeepRight())
                    .WithAttributes(Attributes().InputBuffer(1, max))
                    .Run(kit.system());
    EXPECT_TRUE(Await(done, absl::Seconds(30)).ok());
    EXPECT_EQ(taken.load(), 20'000);
    EXPECT_LE(most.load(), max);
  }
}

TEST(AsyncBoundaryTest, RunsOnRealThreads) {
  ActorTestKit kit;
  for (int round = 0; round < 20; ++round) {
    auto sum = Source<int64_t>::Range(1, 20'000)
                   .Async()
                   .Map([](int64_t n) { return n + 1; })
                   .Async()
                   .RunWith(Sum(), kit.system());
    EXPECT_EQ(Await(sum, absl::Seconds(30)).value(), int64_t{20'000} * 20'001 / 2 + 20'000);
  }
}

// PostStop runs although the actor is stopped, and promises fail as cut off.
TEST(AsyncBoundaryTest, Behaviour59hAStoppedOwnerCutsAllIslandsOff) {
  struct Go {};
  SimulatedKit kit;
  std::optional<Future<std::vector<int>>> result;
  int64_t seen = 0;
  ActorRef<Go> owner = kit.Spawn(sampo::Setup<Go>([&](ActorContext<Go>& context) {
    Materializer mine = Materializer::ForActor(context);
    result = Source<int>::Range(1, 1'000'000'000)
                 .Async()
                 .Filter([&seen](int) {
                   ++seen;
                   return false;
                 })
                 .RunWith(Sink<int>::Seq(), mine);
    return sampo::Receive<Go>([](const Go&) { return Stopped(); });
  }));
  ASSERT_EQ(kit.simulation().RunUntil([&seen] { return seen > 1000; }), absl::OkStatus());
  owner.Tell(Go{});
  absl::Status status = Await(*result, absl::Minutes(1)).status();
  EXPECT_TRUE(IsAbruptTermination(status)) << status;
}

}  // namespace
}  // namespace sampo::stream
