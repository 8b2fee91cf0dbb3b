// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/stream/ops/folding.h"

#include <functional>
#include <memory>
#include <string>

#include "sampo/stream/ops/ops_test_util.h"
#include "sampo/stream/testkit/test_sink.h"
#include "sampo/stream/testkit/test_source.h"

namespace sampo::stream {
namespace {

using FoldingTest = OpsTest;
using Texts = std::vector<std::string>;

Source<int> Five() { return Source<int>::Range(1, 5); }
std::string Append(std::string text, int n) { return std::move(text) + std::to_string(n); }
std::string AppendBut3(std::string text, int n) {
  return std::move(text) + std::to_string(ThrowAt(3, n));
}
Future<std::string> AppendLater(std::string text, int n) {
  if (n == 3) return Future<std::string>::Failed(absl::DataLossError("three"));
  return Future<std::string>::Ready(Append(std::move(text), n));
}

TEST_F(FoldingTest, FoldGivesTheSumAtTheEnd) {
  EXPECT_EQ(Seq(Five().Fold(100, std::plus<>())), Ints({115}));
  EXPECT_EQ(Seq(Source<int>::Empty().Fold(100, std::plus<>())), Ints({100}));
}

TEST_F(FoldingTest, FoldWaitsForDemandWithTheSum) {
  auto sink = Source<int>::Empty().Fold(7, std::plus<>()).RunWith(TestSink<int>::Probe(), system());
  sink.ExpectNoMessage();
  sink.RequestNext(7).ExpectComplete();
}

TEST_F(FoldingTest, FoldKeepsTheSumWhereItResumesAndForgetsItWhereItRestarts) {
  auto source = Five().Fold(std::string("-"), AppendBut3);
  EXPECT_EQ(FailureOf(source), absl::UnknownError("bad element"));
  EXPECT_EQ(Seq(source.WithAttributes(Resuming())), Texts({"-1245"}));
  EXPECT_EQ(Seq(source.WithAttributes(Restarting())), Texts({"-45"}));
}

TEST_F(FoldingTest, FoldWhileEndsAndCancels) {
  auto below5 = [](int sum) { return sum < 5; };
  EXPECT_EQ(Seq(Five().FoldWhile(0, below5, std::plus<>())), Ints({6}));
  EXPECT_EQ(Seq(Source<int>::Repeat(1).FoldWhile(0, below5, std::plus<>())), Ints({5}));
}

TEST_F(FoldingTest, ReduceFailsWithoutAnElement) {
  EXPECT_EQ(Seq(Five().Reduce(std::plus<>())), Ints({15}));
  EXPECT_EQ(Seq(Source<int>::Single(7).Reduce(std::plus<>())), Ints({7}));
  EXPECT_EQ(FailureOf(Source<int>::Empty().Reduce(std::plus<>())), NoSuchElement("reduce"));
}

TEST_F(FoldingTest, ScanBeginsWithTheZero) {
  EXPECT_EQ(Seq(Five().Scan(0, std::plus<>())), Ints({0, 1, 3, 6, 10, 15}));
  EXPECT_EQ(Seq(Source<int>::Empty().Scan(7, std::plus<>())), Ints({7}));
}

TEST_F(FoldingTest, ScanGivesTheZeroWithoutAnElement) {
  auto sink = Source<int>::Never().Scan(7, std::plus<>()).RunWith(TestSink<int>::Probe(), system());
  sink.RequestNext(7);
  sink.Cancel();
}

TEST_F(FoldingTest, ScanKeepsTheSumWhereItResumesAndGivesTheZeroWhereItRestarts) {
  auto source = Five().Scan(std::string("-"), AppendBut3);
  EXPECT_EQ(FailureOf(source), absl::UnknownError("bad element"));
  EXPECT_EQ(Seq(source.WithAttributes(Resuming())), Texts({"-", "-1", "-12", "-124", "-1245"}));
  EXPECT_EQ(Seq(source.WithAttributes(Restarting())), Texts({"-", "-1", "-12", "-", "-4", "-45"}));
}

TEST_F(FoldingTest, FoldAsyncRunsOneFutureAtATime) {
  auto steps = std::make_shared<std::vector<Promise<int>>>();
  auto sum = Five()
                 .FoldAsync(0,
                            [steps](int, int) {
                              steps->emplace_back();
                              return steps->back().future();
                            })
                 .RunWith(Sink<int>::Head(), system());
  for (int n = 1; n <= 5; ++n) {
    kit_.Run();
    ASSERT_EQ(steps->size(), static_cast<size_t>(n));
    EXPECT_FALSE(sum.IsComplete());
    steps->back().Complete(10 * n);
  }
  EXPECT_EQ(Result(sum).value(), 50);
}

TEST_F(FoldingTest, FoldAsyncSupervisesTheFuture) {
  auto source = Five().FoldAsync(std::string("-"), AppendLater);
  EXPECT_EQ(FailureOf(source), absl::DataLossError("three"));
  EXPECT_EQ(Seq(source.WithAttributes(Resuming())), Texts({"-1245"}));
  EXPECT_EQ(Seq(source.WithAttributes(Restarting())), Texts({"-45"}));
  EXPECT_EQ(Seq(Source<int>::Empty().FoldAsync(std::string("-"), AppendLater)), Texts({"-"}));
}

TEST_F(FoldingTest, ScanAsyncGivesEachSum) {
  auto source = Five().ScanAsync(std::string("-"), AppendLater);
  EXPECT_EQ(FailureOf(source), absl::DataLossError("three"));
  EXPECT_EQ(Seq(source.WithAttributes(Resuming())), Texts({"-", "-1", "-12", "-124", "-1245"}));
  EXPECT_EQ(Seq(source.WithAttributes(Restarting())), Texts({"-", "-1", "-12", "-4", "-45"}));
  EXPECT_EQ(Seq(Source<int>::Empty().ScanAsync(std::string("-"), AppendLater)), Texts({"-"}));
}

TEST_F(FoldingTest, ScanAsyncCompletesWithTheLastFuture) {
  auto promise = std::make_shared<Promise<int>>();
  auto later = std::make_shared<Future<int>>(promise->future());
  auto sink = Source<int>::Single(1)
                  .ScanAsync(0, [later](int, int) { return *later; })
                  .RunWith(TestSink<int>::Probe(), system());
  sink.Request(5).ExpectNext(0).ExpectNoMessage();
  promise->Complete(7);
  sink.ExpectNext(7).ExpectComplete();
}

}  // namespace
}  // namespace sampo::stream
