// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/stream/ops/sink_factories.h"

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "sampo/stream/ops/ops_test_util.h"
#include "sampo/stream/testkit/test_source.h"

namespace sampo::stream {
namespace {

class SinkTest : public OpsTest {
 protected:
  // What `sink` makes of 1, 2, 3, 4, 5.
  template <class T>
  auto OfFive(const Sink<int, Future<T>>& sink) {
    return Result(Source<int>::Range(1, 5).RunWith(sink, system()));
  }
  template <class T>
  auto OfNone(const Sink<int, Future<T>>& sink) {
    return Result(Source<int>::Empty().RunWith(sink, system()));
  }
  // Whether the sink cancels a source that has given 1... `count`.
  template <class T>
  bool CancelsAfter(int count, const Sink<int, Future<T>>& sink) {
    auto probe = TestSource<int>::Probe().To(sink).Run(system());
    for (int n = 1; n <= count; ++n) probe.SendNext(n);
    return probe.ExpectCancellation().ok();
  }
};

bool Is3(int n) { return n == 3; }
bool IsPositive(int n) { return n > 0; }
bool IsNegative(int n) { return n < 0; }

TEST_F(SinkTest, FoldAddsUp) {
  EXPECT_EQ(OfFive(Sink<int>::Fold(100, std::plus<>())).value(), 115);
  EXPECT_EQ(OfNone(Sink<int>::Fold(100, std::plus<>())).value(), 100);
}

TEST_F(SinkTest, FoldFailsWithWhatIsThrown) {
  EXPECT_EQ(OfFive(Sink<int>::Fold(0, [](int sum, int n) { return sum + ThrowAt(3, n); })).status(),
            absl::UnknownError("bad element"));
}

TEST_F(SinkTest, FoldKeepsTheSumWhereItResumesAndForgetsItWhereItRestarts) {
  auto sink = Sink<int>::Fold(std::string("-"), [](std::string text, int n) {
    return std::move(text) + std::to_string(ThrowAt(3, n));
  });
  EXPECT_EQ(OfFive(sink.WithAttributes(Resuming())).value(), "-1245");
  EXPECT_EQ(OfFive(sink.WithAttributes(Restarting())).value(), "-45");
}

TEST_F(SinkTest, FoldWhileEndsEarly) {
  auto sink = Sink<int>::FoldWhile(
      0, [](int sum) { return sum < 5; }, std::plus<>());
  EXPECT_EQ(OfFive(sink).value(), 6);
  EXPECT_TRUE(CancelsAfter(3, sink));
}

TEST_F(SinkTest, ReduceBeginsWithTheFirst) {
  EXPECT_EQ(OfFive(Sink<int>::Reduce(std::plus<>())).value(), 15);
  EXPECT_EQ(OfNone(Sink<int>::Reduce(std::plus<>())).status(), NoSuchElement("reduce"));
}

TEST_F(SinkTest, HeadTakesTheFirstAndCancels) {
  EXPECT_EQ(OfFive(Sink<int>::Head()).value(), 1);
  EXPECT_EQ(OfNone(Sink<int>::Head()).status(), NoSuchElement("head"));
  EXPECT_EQ(OfFive(Sink<int>::HeadOption()).value(), std::optional(1));
  EXPECT_EQ(OfNone(Sink<int>::HeadOption()).value(), std::nullopt);
  EXPECT_TRUE(CancelsAfter(1, Sink<int>::Head()));
}

TEST_F(SinkTest, LastTakesTheLast) {
  EXPECT_EQ(OfFive(Sink<int>::Last()).value(), 5);
  EXPECT_EQ(OfNone(Sink<int>::Last()).status(), NoSuchElement("last"));
  EXPECT_EQ(OfFive(Sink<int>::LastOption()).value(), std::optional(5));
  EXPECT_EQ(OfNone(Sink<int>::LastOption()).value(), std::nullopt);
}

TEST_F(SinkTest, SeqAndCollectionGatherAll) {
  EXPECT_EQ(OfFive(Sink<int>::Seq()).value(), Ints({1, 2, 3, 4, 5}));
  EXPECT_EQ(OfFive(Sink<int>::Collection<std::set<int>>()).value(), (std::set{1, 2, 3, 4, 5}));
}

TEST_F(SinkTest, CollectSuppliesAccumulatesAndFinishes) {
  auto sink = Sink<int>::Collect([] { return std::string("<"); },
                                 [](std::string& text, int n) { text += std::to_string(n); },
                                 [](std::string text) { return text + ">"; });
  EXPECT_EQ(OfFive(sink).value(), "<12345>");
  EXPECT_EQ(OfNone(sink).value(), "<>");
}

TEST_F(SinkTest, TakeLastKeepsTheOrder) {
  EXPECT_EQ(OfFive(Sink<int>::TakeLast(3)).value(), Ints({3, 4, 5}));
  EXPECT_EQ(OfFive(Sink<int>::TakeLast(9)).value(), Ints({1, 2, 3, 4, 5}));
  EXPECT_EQ(OfFive(Sink<int>::TakeLast(0)).value(), Ints());
}

TEST_F(SinkTest, CountCounts) {
  EXPECT_EQ(OfFive(Sink<int>::Count()).value(), 5);
  EXPECT_EQ(OfNone(Sink<int>::Count()).value(), 0);
}

TEST_F(SinkTest, ExistsForallAndNoneAnswer) {
  EXPECT_TRUE(OfFive(Sink<int>::Exists(Is3)).value());
  EXPECT_FALSE(OfFive(Sink<int>::Exists(IsNegative)).value());
  EXPECT_TRUE(OfFive(Sink<int>::Forall(IsPositive)).value());
  EXPECT_FALSE(OfFive(Sink<int>::Forall(Is3)).value());
  EXPECT_TRUE(OfFive(Sink<int>::None(IsNegative)).value());
  EXPECT_FALSE(OfFive(Sink<int>::None(Is3)).value());
}

TEST_F(SinkTest, ExistsForallAndNoneOfNothing) {
  EXPECT_FALSE(OfNone(Sink<int>::Exists(Is3)).value());
  EXPECT_TRUE(OfNone(Sink<int>::Forall(Is3)).value());
  EXPECT_TRUE(OfNone(Sink<int>::None(Is3)).value());
}

TEST_F(SinkTest, ExistsForallAndNoneCancelWhenTheyKnow) {
  EXPECT_TRUE(CancelsAfter(3, Sink<int>::Exists(Is3)));
  EXPECT_TRUE(CancelsAfter(1, Sink<int>::Forall(Is3)));
  EXPECT_TRUE(CancelsAfter(3, Sink<int>::None(Is3)));
}

TEST_F(SinkTest, ForeachAndIgnorePromiseTheEnd) {
  int sum = 0;
  EXPECT_TRUE(OfFive(Sink<int>::Foreach([&sum](int n) { sum += n; })).ok());
  EXPECT_EQ(sum, 15);
  EXPECT_TRUE(OfFive(Sink<int>::Ignore()).ok());
  EXPECT_EQ(
      Result(Source<int>::Failed(absl::DataLossError("x")).RunWith(Sink<int>::Ignore(), system())),
      absl::DataLossError("x"));
}

TEST_F(SinkTest, ForeachAsyncRunsAFewAtATime) {
  auto promises = std::make_shared<std::vector<Promise<void>>>();
  auto done =
      Source<int>::Range(1, 5).RunWith(Sink<int>::ForeachAsync(2,
                                                               [promises](int) {
                                                                 promises->emplace_back();
                                                                 return promises->back().future();
                                                               }),
                                       system());
  kit_.Run();
  EXPECT_EQ(promises->size(), 2u);
  for (size_t i = 0; i < 5; ++i) {
    EXPECT_FALSE(done.IsComplete());
    (*promises)[i].Complete();
    kit_.Run();
  }
  EXPECT_EQ(promises->size(), 5u);
  EXPECT_TRUE(Result(done).ok());
}

TEST_F(SinkTest, ForeachAsyncFailsWithItsFuture) {
  auto sink = Sink<int>::ForeachAsync(2, [](int n) {
    return n == 3 ? Future<void>::Failed(absl::DataLossError("x")) : Future<void>::Ready();
  });
  EXPECT_EQ(OfFive(sink), absl::DataLossError("x"));
  EXPECT_TRUE(OfFive(sink.WithAttributes(Resuming())).ok());
}

TEST_F(SinkTest, OnCompleteIsCalledOnceAtTheEnd) {
  std::vector<absl::Status> ends;
  auto sink = Sink<int>::OnComplete([&ends](const absl::Status& end) { ends.push_back(end); });
  Source<int>::Range(1, 3).RunWith(sink, system());
  kit_.Run();
  Source<int>::Failed(absl::DataLossError("x")).RunWith(sink, system());
  kit_.Run();
  EXPECT_EQ(ends, (std::vector<absl::Status>{absl::OkStatus(), absl::DataLossError("x")}));
}

TEST_F(SinkTest, CancelledCancelsAtTheStart) {
  auto probe = TestSource<int>::Probe().To(Sink<int>::Cancelled()).Run(system());
  EXPECT_TRUE(probe.ExpectCancellation().ok());
}

TEST_F(SinkTest, NeverAsksForNothingAndSeesTheEnd) {
  auto [probe, end] = TestSource<int>::Probe().ToMat(Sink<int>::Never(), KeepBoth()).Run(system());
  probe.ExpectNoMessage();
  EXPECT_FALSE(end.IsComplete());
  probe.SendComplete();
  EXPECT_TRUE(Result(end).ok());
}

}  // namespace
}  // namespace sampo::stream
