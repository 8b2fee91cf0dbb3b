// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/stream/ops/detail/deferred.h"

#include <memory>
#include <utility>

#include "sampo/stream/ops/ops_test_util.h"
#include "sampo/stream/testkit/test_sink.h"
#include "sampo/stream/testkit/test_source.h"

namespace sampo::stream {
namespace {

using DeferredTest = OpsTest;

Source<int> UpTo(int last) { return Source<int>::Range(1, last); }
Flow<int> Doubling() {
  return Flow<int>().Map([](int n) { return 2 * n; });
}

TEST_F(DeferredTest, LazySourceIsMadeAtDemand) {
  bool made = false;
  auto [value, sink] = Source<int>::LazySource([&made] {
                         made = true;
                         return UpTo(2).MapMaterializedValue([](NotUsed) { return 7; });
                       })
                           .ToMat(TestSink<int>::Probe(), KeepBoth())
                           .Run(system());
  kit_.Run();
  EXPECT_FALSE(made);
  sink.RequestNext(1);
  EXPECT_EQ(Result(value).value(), 7);
  sink.RequestNext(2).ExpectComplete();
}

TEST_F(DeferredTest, LazySourceThatIsCancelledBeforeFailsItsValue) {
  auto [value, sink] = Source<int>::LazySource([] { return UpTo(2); })
                           .ToMat(TestSink<int>::Probe(), KeepBoth())
                           .Run(system());
  sink.Cancel();
  EXPECT_TRUE(absl::IsCancelled(Result(value).status()));
}

TEST_F(DeferredTest, LazyFutureSourceWaitsForItsFuture) {
  auto promise = std::make_shared<Promise<Source<int>>>();
  auto later = std::make_shared<Future<Source<int>>>(promise->future());
  auto sink = Source<int>::LazyFutureSource([later] {
                return *later;
              }).RunWith(TestSink<int>::Probe(), system());
  sink.Request(5).ExpectNoMessage();
  promise->Complete(UpTo(2));
  sink.ExpectNext(1).ExpectNext(2).ExpectComplete();
}

TEST_F(DeferredTest, FutureSourceRunsWhatTheFutureHas) {
  EXPECT_EQ(Seq(Source<int>::FutureSource(Future<Source<int>>::Ready(UpTo(3)))), Ints({1, 2, 3}));
  EXPECT_EQ(
      FailureOf(Source<int>::FutureSource(Future<Source<int>>::Failed(absl::DataLossError("x")))),
      absl::DataLossError("x"));
}

TEST_F(DeferredTest, FutureSourceIsCancelledWithoutWaiting) {
  Promise<Source<int>> promise;
  auto [value, sink] = Source<int>::FutureSource(promise.future())
                           .ToMat(TestSink<int>::Probe(), KeepBoth())
                           .Run(system());
  sink.Cancel(absl::DataLossError("x"));
  EXPECT_EQ(Result(value).status(), absl::DataLossError("x"));
}

TEST_F(DeferredTest, LazySinkIsMadeAtTheFirstElement) {
  int made = 0;
  auto sink = Sink<int>::LazySink([&made] {
    ++made;
    return Sink<int>::Seq();
  });
  auto value = UpTo(3).RunWith(sink, system());
  EXPECT_EQ(Result(Result(value).value()).value(), Ints({1, 2, 3}));
  EXPECT_EQ(made, 1);
  auto none = Source<int>::Empty().RunWith(sink, system());
  EXPECT_TRUE(absl::IsCancelled(Result(none).status()));
  auto failed = Source<int>::Failed(absl::DataLossError("x")).RunWith(sink, system());
  EXPECT_EQ(Result(failed).status(), absl::DataLossError("x"));
  EXPECT_EQ(made, 1);
}

TEST_F(DeferredTest, LazySinkPassesACancellation) {
  auto probe = TestSource<int>::Probe()
                   .To(Sink<int>::LazySink([] { return Sink<int>::Head(); }))
                   .Run(system());
  probe.SendNext(1);
  EXPECT_TRUE(probe.ExpectCancellation().ok());
}

TEST_F(DeferredTest, LazyFutureSinkKeepsWhatComesBeforeTheFuture) {
  auto promise = std::make_shared<Promise<Sink<int, Future<Ints>>>>();
  auto later = std::make_shared<Future<Sink<int, Future<Ints>>>>(promise->future());
  auto value = UpTo(1).RunWith(Sink<int>::LazyFutureSink([later] { return *later; }), system());
  kit_.Run();
  EXPECT_FALSE(value.IsComplete());
  promise->Complete(Sink<int>::Seq());
  EXPECT_EQ(Result(Result(value).value()).value(), Ints({1}));
}

TEST_F(DeferredTest, FutureSinkNeedsAnElementAndEagerFutureSinkDoesNot) {
  using Seqs = Sink<int, Future<Ints>>;
  auto ready = Future<Seqs>::Ready(Seqs(Sink<int>::Seq()));
  auto value = UpTo(2).RunWith(Sink<int>::FutureSink(ready), system());
  EXPECT_EQ(Result(Result(value).value()).value(), Ints({1, 2}));
  auto none = Source<int>::Empty().RunWith(Sink<int>::FutureSink(ready), system());
  EXPECT_TRUE(absl::IsCancelled(Result(none).status()));
  auto eager = Source<int>::Empty().RunWith(Sink<int>::EagerFutureSink(ready), system());
  EXPECT_EQ(Result(Result(eager).value()).value(), Ints());
}

TEST_F(DeferredTest, EagerFutureSinkOutlivesAStreamThatEndsFirst) {
  Promise<Sink<int, Future<Ints>>> promise;
  auto value = Source<int>::Empty().RunWith(Sink<int>::EagerFutureSink(promise.future()), system());
  kit_.Run();
  EXPECT_FALSE(value.IsComplete());
  promise.Complete(Sink<int>::Seq());
  EXPECT_EQ(Result(Result(value).value()).value(), Ints());
}

TEST_F(DeferredTest, EagerFutureSinkFailsWithItsFuture) {
  using Seqs = Sink<int, Future<Ints>>;
  auto value = Source<int>::Never().RunWith(
      Sink<int>::EagerFutureSink(Future<Seqs>::Failed(absl::DataLossError("x"))), system());
  EXPECT_EQ(Result(value).status(), absl::DataLossError("x"));
}

TEST_F(DeferredTest, LazyFlowIsMadeAtTheFirstElement) {
  int made = 0;
  auto flow = Flow<int, int>::LazyFlow([&made] {
    ++made;
    return Doubling();
  });
  EXPECT_EQ(Seq(UpTo(3).Via(flow)), Ints({2, 4, 6}));
  EXPECT_EQ(made, 1);
  EXPECT_EQ(Seq(Source<int>::Empty().Via(flow)), Ints());
  EXPECT_EQ(FailureOf(Source<int>::Failed(absl::DataLossError("x")).Via(flow)),
            absl::DataLossError("x"));
  EXPECT_EQ(made, 1);
}

TEST_F(DeferredTest, LazyFlowGivesWhatItsFlowHoldsBack) {
  auto sum = Flow<int, int>::LazyFlow(
      [] { return Flow<int>().Fold(0, [](int a, int b) { return a + b; }); });
  EXPECT_EQ(Seq(UpTo(4).Via(sum)), Ints({10}));
  auto two = Flow<int, int>::LazyFlow([] { return Flow<int>().Take(2); });
  EXPECT_EQ(Seq(Source<int>::Repeat(7).Via(two)), Ints({7, 7}));
}

TEST_F(DeferredTest, LazyFutureFlowWaitsForItsFuture) {
  auto promise = std::make_shared<Promise<Flow<int>>>();
  auto later = std::make_shared<Future<Flow<int>>>(promise->future());
  auto sink = UpTo(2)
                  .Via(Flow<int, int>::LazyFutureFlow([later] { return *later; }))
                  .RunWith(TestSink<int>::Probe(), system());
  sink.Request(5).ExpectNoMessage();
  promise->Complete(Doubling());
  sink.ExpectNext(2).ExpectNext(4).ExpectComplete();
}

TEST_F(DeferredTest, FutureFlowIsRunWithoutAnElement) {
  auto flow = Flow<int, int>::FutureFlow(
      Future<Flow<int>>::Ready(Flow<int>().Scan(5, [](int a, int b) { return a + b; })));
  EXPECT_EQ(Seq(UpTo(2).Via(flow)), Ints({5, 6, 8}));
  EXPECT_EQ(Seq(Source<int>::Empty().Via(flow)), Ints({5}));
}

TEST_F(DeferredTest, FutureFlowFailsBothWaysWithItsFuture) {
  Promise<Flow<int>> promise;
  auto [source, sink] = TestSource<int>::Probe()
                            .Via(Flow<int, int>::FutureFlow(promise.future()))
                            .ToMat(TestSink<int>::Probe(), KeepBoth())
                            .Run(system());
  promise.Complete(absl::DataLossError("x"));
  sink.ExpectError(absl::DataLossError("x"));
  EXPECT_EQ(source.ExpectCancellation(), absl::DataLossError("x"));
}

}  // namespace
}  // namespace sampo::stream
