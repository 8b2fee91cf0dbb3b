// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/stream/ops/async.h"

#include <atomic>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sampo/actor/actor.h"
#include "sampo/actor/after.h"
#include "sampo/actor/testkit/actor_test_kit.h"
#include "sampo/actor/testkit/for_each_seed.h"
#include "sampo/stream/simulated_stream.h"
#include "sampo/stream/stream.h"
#include "sampo/stream/testkit/test_sink.h"
#include "sampo/stream/testkit/test_source.h"

namespace sampo::stream {
namespace {

// Promises that a test keeps, one for each call.
struct Calls {
  std::vector<Promise<int>> promises;
  std::vector<int> arguments;
  Future<int> Make(int n) {
    arguments.push_back(n);
    promises.emplace_back();
    return promises.back().future();
  }
};

auto Promising(Calls& calls) {
  return [&calls](int n) { return calls.Make(n); };
}

TEST(MapAsyncTest, Behaviour60bEmitsInOrderAndNeverStartsMoreThanAllowed) {
  ForEachSeed(20, [](uint64_t seed) {
    SimulatedStream sim(seed);
    Calls calls;
    auto out = Source<int>::Range(1, 6)
                   .MapAsync(3, Promising(calls))
                   .RunWith(TestSink<int>::Probe(), sim.system());
    sim.RunUntilIdle();
    EXPECT_EQ(calls.arguments.size(), 0u);  // nothing before demand
    out.Request(6);
    sim.RunUntilIdle();
    EXPECT_EQ(calls.arguments, (std::vector<int>{1, 2, 3}));
    calls.promises[2].Complete(30);
    calls.promises[1].Complete(20);
    out.ExpectNoMessage();
    EXPECT_EQ(calls.arguments.size(), 3u);  // done but not emitted counts, too
    calls.promises[0].Complete(10);
    out.ExpectNext(10).ExpectNext(20).ExpectNext(30);
    sim.RunUntilIdle();
    ASSERT_EQ(calls.arguments, (std::vector<int>{1, 2, 3, 4, 5, 6}));
    for (int i = 3; i < 6; ++i) calls.promises[static_cast<size_t>(i)].Complete(i);
    out.ExpectNext(3).ExpectNext(4).ExpectNext(5).ExpectComplete();
  });
}

TEST(MapAsyncTest, FailsAtOnceNotInTurn) {
  SimulatedStream sim;
  Calls calls;
  auto [in, out] = TestSource<int>::Probe()
                       .MapAsync(4, Promising(calls))
                       .ToMat(TestSink<int>::Probe(), KeepBoth())
                       .Run(sim.system());
  out.Request(4);
  in.SendNext(1).SendNext(2).SendNext(3);
  sim.RunUntilIdle();
  calls.promises[1].Complete(absl::DataLossError("second"));
  out.ExpectError(absl::DataLossError("second"));
  in.ExpectCancellation(absl::DataLossError("second"));
}

TEST(MapAsyncTest, ResumesPastFailuresAndThrows) {
  SimulatedStream sim;
  Calls calls;
  auto all = Source<int>::Range(1, 6)
                 .MapAsync(2,
                           [](int n) -> Future<int> {
                             if (n == 2) throw std::runtime_error("two");
                             if (n == 4) return Future<int>::Failed(absl::DataLossError("four"));
                             return Future<int>::Ready(n);
                           })
                 .WithAttributes(Attributes().Supervision(&ResumingDecider))
                 .RunWith(Sink<int>::Seq(), sim.system());
  EXPECT_EQ(*sim.Await(all), (std::vector<int>{1, 3, 5, 6}));
  auto late = Source<int>::Range(1, 3)
                  .MapAsync(3, Promising(calls))
                  .WithAttributes(Attributes().Supervision(&ResumingDecider))
                  .RunWith(Sink<int>::Seq(), sim.system());
  sim.RunUntilIdle();
  calls.promises[0].Complete(absl::DataLossError("first"));
  calls.promises[2].Complete(3);
  calls.promises[1].Complete(2);
  EXPECT_EQ(*sim.Await(late), (std::vector<int>{2, 3}));
  auto thrown = Source<int>::Range(1, 3)
                    .MapAsync(3, [](int) -> Future<int> { throw std::runtime_error("no"); })
                    .RunWith(Sink<int>::Seq(), sim.system());
  EXPECT_TRUE(absl::IsUnknown(sim.Await(thrown).status()));
}

TEST(MapAsyncTest, TakesReadyFuturesVoidOnesAndMoveOnlyElements) {
  SimulatedStream sim;
  auto sum =
      Source<int>::Range(1, 1000)
          .MapAsync(4, [](int n) { return Future<int64_t>::Ready(n); })
          .RunWith(Sink<int64_t>::Fold(int64_t{0}, [](int64_t a, int64_t b) { return a + b; }),
                   sim.system());
  EXPECT_EQ(*sim.Await(sum), 500500);
  auto none = Source<int>::Range(1, 3)
                  .MapAsync(1, [](int) { return Future<void>::Ready(); })
                  .RunWith(Sink<NotUsed>::Seq(), sim.system());
  EXPECT_EQ(sim.Await(none)->size(), 3u);
  auto boxes = Source<int>::Range(1, 3)
                   .MapAsync(2,
                             [](int n) {
                               return Future<std::unique_ptr<int>>::Ready(std::make_unique<int>(n));
                             })
                   .Map([](std::unique_ptr<int> box) { return *box; })
                   .RunWith(Sink<int>::Seq(), sim.system());
  EXPECT_EQ(*sim.Await(boxes), (std::vector<int>{1, 2, 3}));
}

TEST(MapAsyncTest, RunsTasksThatTakeTurns) {
  ForEachSeed(20, [](uint64_t seed) {
    SimulatedStream sim(seed);
    ActorSystemBase& system = sim.system();
    auto running = std::make_shared<int>(0);
    auto most = std::make_shared<int>(0);
    const absl::Duration start = sim.now();
    auto all = Source<int>::Range(1, 6)
                   .MapAsync(3,
                             [&system, running, most](int n) -> Task<absl::StatusOr<int>> {
                               *most = std::max(*most, ++*running);
                               auto pause = After(system, absl::Seconds(1), [n] { return n; });
                               absl::StatusOr<int> value = co_await pause;
                               --*running;
                               co_return value;
                             })
                   .RunWith(Sink<int>::Seq(), system);
    EXPECT_EQ(*sim.Await(all), (std::vector<int>{1, 2, 3, 4, 5, 6}));
    EXPECT_EQ(*most, 3);
    EXPECT_EQ(sim.now() - start, absl::Seconds(2));
    auto failed = Source<int>::Range(1, 6)
                      .MapAsync(3,
                                [](int n) -> Task<int> {
                                  if (n == 2) throw std::runtime_error("two");
                                  co_return n;
                                })
                      .RunWith(Sink<int>::Seq(), system);
    EXPECT_TRUE(absl::IsUnknown(sim.Await(failed).status()));
  });
}

TEST(MapAsyncTest, EndsTheTasksOfAStreamThatIsCancelled) {
  SimulatedStream sim;
  auto alive = std::make_shared<int>(0);
  Promise<int> never;
  Future<int> waits = never.future();
  auto out = Source<int>::Range(1, 6)
                 .MapAsync(3,
                           [alive, waits](int) -> Task<absl::StatusOr<int>> {
                             auto held = alive;
                             absl::StatusOr<int> value = co_await waits;
                             co_return value;
                           })
                 .RunWith(TestSink<int>::Probe(), sim.system());
  out.Request(1);
  sim.RunUntilIdle();
  EXPECT_GT(alive.use_count(), 3);
  out.Cancel();
  sim.RunUntilIdle();
  EXPECT_LE(alive.use_count(), 2);
}

// On threads: futures complete anywhere, order holds, never n + 1 at once.
TEST(MapAsyncTest, Behaviour60bHoldsOnRealThreads) {
  ActorTestKit kit;
  auto running = std::make_shared<std::atomic<int>>(0);
  auto most = std::make_shared<std::atomic<int>>(0);
  ActorSystemBase& system = kit.system();
  auto all = Source<int>::Range(1, 2000)
                 .MapAsync(8,
                           [&system, running, most](int n) {
                             const int now = running->fetch_add(1) + 1;
                             int seen = most->load();
                             while (now > seen && !most->compare_exchange_weak(seen, now)) {
                             }
                             return After(system, absl::Microseconds(n % 5 * 20), [n] { return n; })
                                 .Map([running](int value) {
                                   running->fetch_sub(1);
                                   return value;
                                 });
                           })
                 .RunWith(Sink<int>::Seq(), system);
  auto result = Await(all, absl::Seconds(30));
  ASSERT_TRUE(result.ok()) << result.status();
  ASSERT_EQ(result->size(), 2000u);
  for (int i = 0; i < 2000; ++i) ASSERT_EQ((*result)[static_cast<size_t>(i)], i + 1);
  EXPECT_LE(most->load(), 8);
}

TEST(MapAsyncUnorderedTest, EmitsAsTheyComplete) {
  SimulatedStream sim;
  Calls calls;
  auto out = Source<int>::Range(1, 4)
                 .MapAsyncUnordered(2, Promising(calls))
                 .RunWith(TestSink<int>::Probe(), sim.system());
  out.Request(1);
  sim.RunUntilIdle();
  EXPECT_EQ(calls.arguments, (std::vector<int>{1, 2}));
  calls.promises[1].Complete(2);
  out.ExpectNext(2);
  sim.RunUntilIdle();
  EXPECT_EQ(calls.arguments, (std::vector<int>{1, 2, 3}));
  calls.promises[2].Complete(3);
  calls.promises[0].Complete(1);
  sim.RunUntilIdle();
  EXPECT_EQ(calls.arguments.size(), 3u);  // two wait for demand
  out.Request(5);
  out.ExpectNext(3).ExpectNext(1);
  sim.RunUntilIdle();
  calls.promises[3].Complete(4);
  out.ExpectNext(4).ExpectComplete();
}

TEST(MapAsyncUnorderedTest, StopsOrSkipsFailures) {
  SimulatedStream sim;
  auto f = [](int n) {
    return n % 2 == 0 ? Future<int>::Failed(absl::DataLossError("even")) : Future<int>::Ready(n);
  };
  auto stopped =
      Source<int>::Range(1, 5).MapAsyncUnordered(2, f).RunWith(Sink<int>::Seq(), sim.system());
  EXPECT_TRUE(absl::IsDataLoss(sim.Await(stopped).status()));
  auto resumed = Source<int>::Range(1, 5)
                     .MapAsyncUnordered(2, f)
                     .WithAttributes(Attributes().Supervision(&ResumingDecider))
                     .RunWith(Sink<int>::Seq(), sim.system());
  EXPECT_EQ(*sim.Await(resumed), (std::vector<int>{1, 3, 5}));
}

}  // namespace
}  // namespace sampo::stream
