// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/stream/queue.h"

#include <memory>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sampo/actor/actor.h"
#include "sampo/actor/testkit/actor_test_kit.h"
#include "sampo/actor/testkit/for_each_seed.h"
#include "sampo/stream/simulated_stream.h"
#include "sampo/stream/stream.h"

namespace sampo::stream {
namespace {

using Result = QueueOfferResult;
using Ints = std::vector<int>;

TEST(BoundedQueueTest, AnswersAtOnceAndDropsWhenFull) {
  SimulatedStream sim;
  auto [in, out] = Source<int>::Queue(2).ToMat(Sink<int>::Queue(), KeepBoth()).Run(sim.system());
  EXPECT_EQ(in.Offer(1), Result::kEnqueued);
  EXPECT_EQ(in.Offer(2), Result::kEnqueued);
  EXPECT_EQ(in.Offer(3), Result::kDropped);
  EXPECT_EQ(in.size(), 2);
  EXPECT_EQ(*sim.Await(out.Pull()), 1);
  EXPECT_EQ(*sim.Await(out.Pull()), 2);
  Future<std::optional<int>> pending = out.Pull();
  sim.RunUntilIdle();
  EXPECT_FALSE(pending.IsComplete());
  EXPECT_EQ(in.Offer(4), Result::kEnqueued);
  EXPECT_EQ(*sim.Await(pending), 4);
  in.Offer(5);
  in.Complete();
  EXPECT_EQ(in.Offer(6), Result::kQueueClosed);
  EXPECT_EQ(*sim.Await(out.Pull()), 5);
  EXPECT_EQ(*sim.Await(out.Pull()), std::nullopt);
  EXPECT_EQ(*sim.Await(out.Pull()), std::nullopt);
}

TEST(BoundedQueueTest, FailsAtOnceAndIsClosedByACancellation) {
  SimulatedStream sim;
  auto [in, out] = Source<int>::Queue(8).ToMat(Sink<int>::Seq(), KeepBoth()).Run(sim.system());
  in.Offer(1);
  in.Fail(absl::DataLossError("gone"));
  EXPECT_EQ(in.Offer(2), Result::kFailure);
  EXPECT_TRUE(absl::IsDataLoss(in.failure()));
  EXPECT_TRUE(absl::IsDataLoss(sim.Await(out).status()));

  auto [in2, out2] = Source<int>::Queue(8).ToMat(Sink<int>::Queue(), KeepBoth()).Run(sim.system());
  out2.Cancel();
  sim.RunUntilIdle();
  EXPECT_EQ(in2.Offer(2), Result::kQueueClosed);
}

TEST(BoundedQueueTest, TakesOffersOfManyThreads) {
  ActorTestKit kit;
  constexpr int kThreads = 4;
  constexpr int kEach = 20000;
  auto [in, sum] =
      Source<int>::Queue(kThreads * kEach)
          .ToMat(Sink<int>::Fold(int64_t{0}, [](int64_t a, int b) { return a + b; }), KeepBoth())
          .Run(kit.system());
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([queue = in] {
      for (int i = 1; i <= kEach; ++i) EXPECT_EQ(queue.Offer(i), Result::kEnqueued);
    });
  }
  for (std::thread& thread : threads) thread.join();
  in.Complete();
  auto total = Await(sum, absl::Seconds(30));
  ASSERT_TRUE(total.ok()) << total.status();
  EXPECT_EQ(*total, int64_t{kThreads} * kEach * (kEach + 1) / 2);
}

TEST(SourceQueueTest, AnswersWhenThereIsRoom) {
  SimulatedStream sim;
  auto [in, out] =
      Source<int>::Queue(1, OverflowStrategy::kBackpressure, 2)
          .ToMat(Sink<int>::Queue().WithAttributes(Attributes().InputBuffer(1, 1)), KeepBoth())
          .Run(sim.system());
  EXPECT_EQ(*sim.Await(in.Offer(1)), Result::kEnqueued);  // in the sink's buffer
  EXPECT_EQ(*sim.Await(in.Offer(2)), Result::kEnqueued);  // in the source's
  Future<Result> third = in.Offer(3);
  Future<Result> fourth = in.Offer(4);
  Future<Result> fifth = in.Offer(5);
  EXPECT_TRUE(absl::IsFailedPrecondition(sim.Await(fifth).status()));
  EXPECT_FALSE(third.IsComplete());
  EXPECT_EQ(*sim.Await(out.Pull()), 1);
  EXPECT_EQ(*sim.Await(third), Result::kEnqueued);
  EXPECT_FALSE(fourth.IsComplete());
  in.Complete();
  for (int i = 2; i <= 4; ++i) EXPECT_EQ(*sim.Await(out.Pull()), i);
  EXPECT_EQ(*sim.Await(fourth), Result::kEnqueued);
  EXPECT_EQ(*sim.Await(out.Pull()), std::nullopt);
  EXPECT_TRUE(sim.Await(in.WatchCompletion()).ok());
  EXPECT_EQ(*sim.Await(in.Offer(9)), Result::kQueueClosed);
}

TEST(SourceQueueTest, DropsAndFailsAsTheStrategySays) {
  struct Case {
    OverflowStrategy strategy;
    Ints kept;
  };
  const Case cases[] = {{OverflowStrategy::kDropHead, {3, 4}},
                        {OverflowStrategy::kDropTail, {2, 4}},
                        {OverflowStrategy::kDropNew, {2, 3}},
                        {OverflowStrategy::kDropBuffer, {4}}};
  for (const Case& c : cases) {
    SimulatedStream sim;
    auto [in, out] =
        Source<int>::Queue(2, c.strategy)
            .ToMat(Sink<int>::Queue().WithAttributes(Attributes().InputBuffer(1, 1)), KeepBoth())
            .Run(sim.system());
    EXPECT_EQ(*sim.Await(in.Offer(1)), Result::kEnqueued);
    EXPECT_EQ(*sim.Await(in.Offer(2)), Result::kEnqueued);
    EXPECT_EQ(*sim.Await(in.Offer(3)), Result::kEnqueued);
    EXPECT_EQ(*sim.Await(in.Offer(4)),
              c.strategy == OverflowStrategy::kDropNew ? Result::kDropped : Result::kEnqueued);
    in.Complete();
    EXPECT_EQ(*sim.Await(out.Pull()), 1);
    for (int kept : c.kept) EXPECT_EQ(*sim.Await(out.Pull()), kept);
    EXPECT_EQ(*sim.Await(out.Pull()), std::nullopt);
  }
  SimulatedStream sim;
  auto [in, out] =
      Source<int>::Queue(1, OverflowStrategy::kFail)
          .ToMat(Sink<int>::Queue().WithAttributes(Attributes().InputBuffer(1, 1)), KeepBoth())
          .Run(sim.system());
  for (int i = 0; i < 2; ++i) EXPECT_EQ(*sim.Await(in.Offer(i)), Result::kEnqueued);
  EXPECT_TRUE(absl::IsResourceExhausted(sim.Await(in.Offer(3)).status()));
  EXPECT_TRUE(absl::IsResourceExhausted(sim.Await(in.WatchCompletion())));
  EXPECT_TRUE(absl::IsResourceExhausted(sim.Await(out.Pull()).status()));
}

TEST(SourceQueueTest, WithoutABufferAnswersWithDemand) {
  SimulatedStream sim;
  auto [in, out] =
      Source<int>::Queue(0, OverflowStrategy::kBackpressure)
          .ToMat(Sink<int>::Queue().WithAttributes(Attributes().InputBuffer(1, 1)), KeepBoth())
          .Run(sim.system());
  EXPECT_EQ(*sim.Await(in.Offer(1)), Result::kEnqueued);
  Future<Result> second = in.Offer(2);
  sim.RunUntilIdle();
  EXPECT_FALSE(second.IsComplete());
  EXPECT_EQ(*sim.Await(out.Pull()), 1);
  EXPECT_EQ(*sim.Await(second), Result::kEnqueued);
}

TEST(SourceQueueTest, ABurstDoesNotOverflowAStreamThatKeepsUp) {
  ForEachSeed(20, [](uint64_t seed) {
    SimulatedStream sim(seed);
    auto [in, all] = Source<int>::Queue(1, OverflowStrategy::kDropNew)
                         .ToMat(Sink<int>::Seq(), KeepBoth())
                         .Run(sim.system());
    if (seed % 2 == 0) sim.RunUntilIdle();
    Ints sent;
    for (int n = 0; n < 100; ++n) {
      (void)in.Offer(n);
      sent.push_back(n);
    }
    in.Complete();
    EXPECT_EQ(*sim.Await(all), sent);
  });
}

TEST(SourceQueueTest, AnswersWhatIsOnItsWayWhenTheStreamEnds) {
  ForEachSeed(20, [](uint64_t seed) {
    SimulatedStream sim(seed);
    auto source = Source<int>::Queue(4, OverflowStrategy::kBackpressure, 4);
    SourceQueue<int> completed = source.To(Sink<int>::Ignore()).Run(sim.system());
    SourceQueue<int> failed = source.To(Sink<int>::Ignore()).Run(sim.system());
    completed.Complete();
    failed.Fail(absl::DataLossError("gone"));
    EXPECT_EQ(*sim.Await(completed.Offer(1)), Result::kQueueClosed);
    EXPECT_EQ(*sim.Await(failed.Offer(1)), Result::kFailure);
    EXPECT_EQ(sim.Await(completed.WatchCompletion()), absl::OkStatus());
    EXPECT_EQ(sim.Await(failed.WatchCompletion()), absl::DataLossError("gone"));
    EXPECT_EQ(*sim.Await(completed.Offer(2)), Result::kQueueClosed);
    EXPECT_EQ(*sim.Await(failed.Offer(2)), Result::kFailure);
  });
}

TEST(SourceQueueTest, AnswersOffersOfManyThreadsAlsoWhenTheStreamEnds) {
  constexpr int kThreads = 4;
  constexpr int kOffers = 2000;
  ActorTestKit kit;
  SourceQueue<int> queue = Source<int>::Queue(16, OverflowStrategy::kDropNew)
                               .Take(kOffers)
                               .To(Sink<int>::Ignore())
                               .Run(kit.system());
  std::vector<std::thread> threads;
  std::vector<int> answered(kThreads);
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      std::vector<Future<Result>> offers;
      for (int i = 0; i < kOffers; ++i) offers.push_back(queue.Offer(i));
      for (Future<Result>& offer : offers) {
        if (Await(offer, absl::Seconds(30)).ok()) ++answered[static_cast<size_t>(t)];
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(answered, std::vector<int>(kThreads, kOffers));
}

TEST(SinkQueueTest, GivesTheEndToPullsBehindACancellation) {
  SimulatedStream sim;
  auto [in, out] = Source<int>::Queue(8).ToMat(Sink<int>::Queue(2), KeepBoth()).Run(sim.system());
  in.Offer(1);
  out.Cancel();
  EXPECT_EQ(*sim.Await(out.Pull()), std::nullopt);
  EXPECT_EQ(*sim.Await(out.Pull()), std::nullopt);
}

TEST(SinkQueueTest, FailsPullsWithTheStreamAndWhenThereAreTooMany) {
  SimulatedStream sim;
  auto [in, out] = Source<int>::Queue(8).ToMat(Sink<int>::Queue(2), KeepBoth()).Run(sim.system());
  auto first = out.Pull();
  auto second = out.Pull();
  EXPECT_TRUE(absl::IsFailedPrecondition(sim.Await(out.Pull()).status()));
  in.Fail(absl::DataLossError("gone"));
  EXPECT_TRUE(absl::IsDataLoss(sim.Await(first).status()));
  EXPECT_TRUE(absl::IsDataLoss(sim.Await(second).status()));
  EXPECT_TRUE(absl::IsDataLoss(sim.Await(out.Pull()).status()));
}

TEST(SinkQueueTest, IsAbruptlyTerminatedWithItsSystem) {
  ForEachSeed(20, [](uint64_t seed) {
    std::optional<Future<std::optional<int>>> pull;
    std::optional<Future<void>> completion;
    {
      SimulatedStream sim(seed);
      auto [in, out] = Source<int>::Queue(4, OverflowStrategy::kFail)
                           .ToMat(Sink<int>::Queue(), KeepBoth())
                           .Run(sim.system());
      pull = out.Pull();
      completion = in.WatchCompletion();
      if (seed % 2 == 0) sim.RunUntilIdle();
    }
    ASSERT_TRUE(pull->IsComplete() && completion->IsComplete());
    EXPECT_TRUE(IsAbruptTermination(::sampo::internal::FutureAccess::Take(*completion)));
  });
}

TEST(SinkQueueTest, CarriesMoveOnlyElements) {
  SimulatedStream sim;
  auto [in, out] = Source<std::unique_ptr<int>>::Queue(8)
                       .ToMat(Sink<std::unique_ptr<int>>::Queue(), KeepBoth())
                       .Run(sim.system());
  in.Offer(std::make_unique<int>(7));
  EXPECT_EQ(**sim.Await(out.Pull()).value(), 7);
}

}  // namespace
}  // namespace sampo::stream
