// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Sources of what comes later: futures, promises, ticks.
#include <memory>
#include <optional>
#include <utility>

#include "sampo/stream/ops/ops_test_util.h"
#include "sampo/stream/testkit/test_sink.h"

namespace sampo::stream {
namespace {

using SourceFutureTest = OpsTest;

TEST_F(SourceFutureTest, FutureGivesAValueThatIsThere) {
  EXPECT_EQ(Seq(Source<int>::Future(Future<int>::Ready(7))), Ints({7}));
  EXPECT_EQ(FailureOf(Source<int>::Future(Future<int>::Failed(absl::DataLossError("x")))),
            absl::DataLossError("x"));
}

TEST_F(SourceFutureTest, FutureGivesAValueThatComesLater) {
  Promise<int> promise;
  auto sink = Source<int>::Future(promise.future()).RunWith(TestSink<int>::Probe(), system());
  sink.Request(1).ExpectNoMessage();
  promise.Complete(7);
  sink.ExpectNext(7).ExpectComplete();
}

TEST_F(SourceFutureTest, FutureKeepsItsValueUntilThereIsDemand) {
  auto sink = Source<int>::Future(Future<int>::Ready(7)).RunWith(TestSink<int>::Probe(), system());
  sink.ExpectNoMessage();
  sink.RequestNext(7).ExpectComplete();
}

TEST_F(SourceFutureTest, FutureFailsWithoutDemand) {
  Promise<int> promise;
  auto sink = Source<int>::Future(promise.future()).RunWith(TestSink<int>::Probe(), system());
  kit_.Run();
  promise.Complete(absl::DataLossError("x"));
  sink.ExpectError(absl::DataLossError("x"));
}

TEST_F(SourceFutureTest, LazyFutureCallsItsFunctionAtDemand) {
  bool called = false;
  auto sink = Source<int>::LazyFuture([&called] {
                called = true;
                return Future<int>::Ready(7);
              }).RunWith(TestSink<int>::Probe(), system());
  kit_.Run();
  EXPECT_FALSE(called);
  sink.RequestNext(7).ExpectComplete();
}

TEST_F(SourceFutureTest, MaybeGivesWhatThePromiseGets) {
  auto [maybe, sink] = Source<int>::Maybe().ToMat(TestSink<int>::Probe(), KeepBoth()).Run(system());
  sink.Request(1).ExpectNoMessage();
  EXPECT_TRUE(maybe.Complete(std::optional(7)));
  sink.ExpectNext(7).ExpectComplete();
  EXPECT_FALSE(maybe.Complete(std::optional(8)));
}

TEST_F(SourceFutureTest, MaybeCompletesOrFailsAsThePromiseDoes) {
  auto [none, first] = Source<int>::Maybe().ToMat(TestSink<int>::Probe(), KeepBoth()).Run(system());
  none.Complete(std::optional<int>());
  first.ExpectComplete();
  auto [failed, second] =
      Source<int>::Maybe().ToMat(TestSink<int>::Probe(), KeepBoth()).Run(system());
  failed.Complete(absl::DataLossError("x"));
  second.ExpectError(absl::DataLossError("x"));
}

TEST_F(SourceFutureTest, MaybeThatIsCancelledCompletesThePromiseWithNone) {
  auto [maybe, sink] = Source<int>::Maybe().ToMat(TestSink<int>::Probe(), KeepBoth()).Run(system());
  sink.Cancel();
  auto result = Result(maybe.future());
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(*result, std::nullopt);
}

TEST_F(SourceFutureTest, TickGivesAnElementForEachInterval) {
  auto [tick, sink] = Source<int>::Tick(absl::Seconds(1), absl::Seconds(10), 7)
                          .ToMat(TestSink<int>::Probe(), KeepBoth())
                          .Run(system());
  sink.Request(2);
  kit_.RunFor(absl::Seconds(5));
  sink.ExpectNext(7);
  kit_.RunFor(absl::Seconds(3));
  sink.ExpectNoMessage(absl::Seconds(1));
  kit_.RunFor(absl::Seconds(5));
  sink.ExpectNext(7);
  EXPECT_TRUE(tick.Cancel());
  EXPECT_TRUE(tick.IsCancelled());
  sink.ExpectComplete();
}

TEST_F(SourceFutureTest, TickDropsWhatNobodyAsksFor) {
  auto [tick, sink] = Source<int>::Tick(absl::Seconds(1), absl::Seconds(1), 7)
                          .ToMat(TestSink<int>::Probe(), KeepBoth())
                          .Run(system());
  kit_.RunFor(absl::Milliseconds(5500));
  sink.Request(2);
  kit_.RunFor(absl::Seconds(1));
  sink.ExpectNext(7);
  sink.ExpectNoMessage(absl::Milliseconds(100));
  sink.Cancel();
  kit_.Run();
  EXPECT_TRUE(tick.IsCancelled());
}

TEST_F(SourceFutureTest, UnfoldAsyncRunsOneFutureAtATime) {
  using Step = std::optional<std::pair<int, int>>;
  auto promise = std::make_shared<Promise<Step>>();
  auto later = std::make_shared<Future<Step>>(promise->future());
  auto sink = Source<int>::UnfoldAsync(1, [later](int n) {
                if (n == 2) return *later;
                return Future<Step>::Ready(n > 3 ? Step() : Step(std::pair(n + 1, n)));
              }).RunWith(TestSink<int>::Probe(), system());
  sink.RequestNext(1).Request(3).ExpectNoMessage();
  promise->Complete(Step(std::pair(3, 2)));
  sink.ExpectNext(2).ExpectNext(3).ExpectComplete();
}

TEST_F(SourceFutureTest, UnfoldAsyncFailsWithTheFuture) {
  using Step = std::optional<std::pair<int, int>>;
  EXPECT_EQ(FailureOf(Source<int>::UnfoldAsync(
                1, [](int) { return Future<Step>::Failed(absl::DataLossError("x")); })),
            absl::DataLossError("x"));
}

}  // namespace
}  // namespace sampo::stream
