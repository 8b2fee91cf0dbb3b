// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/stream/ops/slicing.h"

#include "sampo/stream/ops/ops_test_util.h"
#include "sampo/stream/testkit/test_sink.h"
#include "sampo/stream/testkit/test_source.h"

namespace sampo::stream {
namespace {

using SlicingTest = OpsTest;

Source<int> Five() { return Source<int>::Range(1, 5); }
bool IsBelow3(int n) { return n < 3; }

TEST_F(SlicingTest, TakePassesTheFirstElements) {
  EXPECT_EQ(Seq(Five().Take(2)), Ints({1, 2}));
  EXPECT_EQ(Seq(Five().Take(5)), Ints({1, 2, 3, 4, 5}));
  EXPECT_EQ(Seq(Five().Take(9)), Ints({1, 2, 3, 4, 5}));
}

// Without waiting for more demand, and upstream is cancelled.
TEST_F(SlicingTest, Behaviour59bTakeCompletesWithItsLastElement) {
  auto [source, sink] =
      TestSource<int>::Probe().Take(2).ToMat(TestSink<int>::Probe(), KeepBoth()).Run(system());
  sink.Request(2);
  source.SendNext(1).SendNext(2);
  sink.ExpectNext(1).ExpectNext(2).ExpectComplete();
  EXPECT_TRUE(source.ExpectCancellation().ok());
}

TEST(TakeThreadsTest, Behaviour59bTakeCompletesWithItsLastElement) {
  ActorTestKit kit;
  auto [source, sink] =
      TestSource<int>::Probe().Take(2).ToMat(TestSink<int>::Probe(), KeepBoth()).Run(kit.system());
  sink.Request(2);
  source.SendNext(1).SendNext(2);
  sink.ExpectNext(1).ExpectNext(2).ExpectComplete();
  EXPECT_TRUE(source.ExpectCancellation().ok());
}

TEST_F(SlicingTest, TakeOfNothingEndsWithoutAnElement) {
  EXPECT_EQ(Seq(Source<int>::Never().Take(0)), Ints());
  EXPECT_EQ(Seq(Source<int>::Never().Take(-1)), Ints());
}

TEST_F(SlicingTest, TakeCancelsAnEndlessSource) {
  EXPECT_EQ(Seq(Source<int>::Repeat(7).Take(3)), Ints({7, 7, 7}));
  EXPECT_EQ(Seq(Source<int>::Repeat(7).Async().Take(3)), Ints({7, 7, 7}));
}

TEST_F(SlicingTest, TakeWhileEndsAtTheFirstOther) {
  EXPECT_EQ(Seq(Five().TakeWhile(IsBelow3)), Ints({1, 2}));
  EXPECT_EQ(Seq(Five().TakeWhile(IsBelow3, true)), Ints({1, 2, 3}));
  EXPECT_EQ(Seq(Five().TakeWhile([](int) { return false; })), Ints());
}

TEST_F(SlicingTest, TakeWhileDropsTheElementWhereTheSupervisionGoesOn) {
  auto source = Five().TakeWhile([](int n) { return ThrowAt(2, n) < 4; });
  EXPECT_EQ(FailureOf(source), absl::UnknownError("bad element"));
  EXPECT_EQ(Seq(source.WithAttributes(Resuming())), Ints({1, 3}));
}

TEST_F(SlicingTest, TakeUntilPassesTheOneThatEndsIt) {
  EXPECT_EQ(Seq(Five().TakeUntil([](int n) { return n == 3; })), Ints({1, 2, 3}));
}

TEST_F(SlicingTest, DropPassesTheRest) {
  EXPECT_EQ(Seq(Five().Drop(2)), Ints({3, 4, 5}));
  EXPECT_EQ(Seq(Five().Drop(0)), Ints({1, 2, 3, 4, 5}));
  EXPECT_EQ(Seq(Five().Drop(9)), Ints());
}

TEST_F(SlicingTest, DropWhileTestsNoElementAfterTheFirstOther) {
  EXPECT_EQ(Seq(Source<int>::From({1, 2, 3, 1}).DropWhile(IsBelow3)), Ints({3, 1}));
}

TEST_F(SlicingTest, DropRepeatedComparesWithTheOneBefore) {
  EXPECT_EQ(Seq(Source<int>::From({1, 1, 2, 2, 1}).DropRepeated()), Ints({1, 2, 1}));
  EXPECT_EQ(Seq(Five().DropRepeated([](int a, int b) { return a / 2 == b / 2; })), Ints({1, 2, 4}));
}

TEST_F(SlicingTest, LimitFailsAtOneMore) {
  EXPECT_EQ(Seq(Five().Limit(5)), Ints({1, 2, 3, 4, 5}));
  EXPECT_EQ(FailureOf(Five().Limit(4)), LimitReached("limit", 4));
  EXPECT_EQ(Seq(Source<int>::Empty().Limit(0)), Ints());
}

TEST_F(SlicingTest, LimitWeightedCountsCosts) {
  auto cost = [](int n) { return n; };
  EXPECT_EQ(Seq(Five().LimitWeighted(15, cost)), Ints({1, 2, 3, 4, 5}));
  EXPECT_EQ(FailureOf(Five().LimitWeighted(14, cost)), LimitReached("limitWeighted", 14));
}

TEST_F(SlicingTest, LimitCountsAnewAfterARestart) {
  auto source = Five().LimitWeighted(9, [](int n) { return ThrowAt(3, n); });
  EXPECT_EQ(Seq(source.WithAttributes(Restarting())), Ints({1, 2, 4, 5}));
  EXPECT_EQ(FailureOf(source.WithAttributes(Resuming())), LimitReached("limitWeighted", 9));
}

}  // namespace
}  // namespace sampo::stream
