// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/stream/ops/concat.h"

#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "gtest/gtest.h"
#include "sampo/stream/ops/runtimes.h"
#include "sampo/stream/stream.h"
#include "sampo/stream/testkit/test_sink.h"
#include "sampo/stream/testkit/test_source.h"

namespace sampo::stream {
namespace {

TEST(ConcatTest, OneAfterTheOther) {
  OnAllRuntimes([](const Materializer& materializer) {
    auto seq = Sink<int>::Seq();
    auto low = Source<int>::Range(1, 3);
    auto high = Source<int>::Range(4, 6);
    const std::vector<int> both{1, 2, 3, 4, 5, 6};
    EXPECT_EQ(Get(low.Concat(high).RunWith(seq, materializer)), both);
    EXPECT_EQ(Get(low.ConcatLazy(high).RunWith(seq, materializer)), both);
    EXPECT_EQ(Get(high.Prepend(low).RunWith(seq, materializer)), both);
    EXPECT_EQ(Get(high.PrependLazy(low).RunWith(seq, materializer)), both);
    EXPECT_EQ(Get(Source<int>::Empty()
                      .Concat(low)
                      .Concat(Source<int>::Empty())
                      .Concat(high)
                      .RunWith(seq, materializer)),
              both);
    EXPECT_EQ(Get(low.ConcatAllLazy(std::vector{Source<int>::Empty(), high, Source<int>::Single(7)})
                      .RunWith(seq, materializer)),
              (std::vector<int>{1, 2, 3, 4, 5, 6, 7}));
  });
}

TEST(ConcatTest, Behaviour59fConcatAsksTheSecondAtTheStartLazyDoesNot) {
  OnAllRuntimes([](const Materializer& materializer) {
    auto [ins, out] = TestSource<int>::Probe()
                          .ConcatMat(TestSource<int>::Probe(), KeepBoth())
                          .ToMat(TestSink<int>::Probe(), KeepBoth())
                          .Run(materializer);
    auto [first, second] = ins;
    // One element is detached, without any demand from downstream.
    EXPECT_EQ(second.ExpectRequest(), 1);
    second.SendNext(10);
    first.ExpectNoMessage();
    second.ExpectNoMessage();
    out.Request(3);
    first.SendNext(1);
    out.ExpectNext(1).ExpectNoMessage();
    first.SendComplete();
    out.ExpectNext(10);
    second.SendNext(11).SendComplete();
    out.ExpectNext(11).ExpectComplete();
  });
  OnAllRuntimes([](const Materializer& materializer) {
    GraphBuilder b;
    auto source1 = b.Add(TestSource<int>::Probe());
    auto source2 = b.Add(TestSource<int>::Probe());
    auto sink = b.Add(TestSink<int>::Probe());
    auto concat = b.Add(Concat<int>(2));
    b.Connect(source1.Out(), concat.In(0));
    b.Connect(source2.Out(), concat.In(1));
    b.Connect(concat.Out(), sink.In());
    auto [first, second, out] =
        b.Build(source1.Value(), source2.Value(), sink.Value())->Run(materializer);
    out.Request(2);
    first.SendNext(1);
    out.ExpectNext(1);
    second.ExpectNoMessage();
    first.SendComplete();
    EXPECT_EQ(second.ExpectRequest(), 1);
    second.SendComplete();
    out.ExpectComplete();
  });
}

TEST(ConcatTest, AFailureOfTheWaitingInputFailsAtOnce) {
  InSimulations([](const Materializer& materializer) {
    auto [ins, out] = TestSource<int>::Probe()
                          .ConcatMat(TestSource<int>::Probe(), KeepBoth())
                          .ToMat(TestSink<int>::Probe(), KeepBoth())
                          .Run(materializer);
    ins.second.SendError(absl::DataLossError("broken"));
    out.ExpectError(absl::DataLossError("broken"));
    ins.first.ExpectCancellation(absl::DataLossError("broken"));
  });
}

TEST(ConcatTest, TheWaitingInputMayCompleteFirst) {
  InSimulations([](const Materializer& materializer) {
    auto [ins, out] = TestSource<int>::Probe()
                          .ConcatMat(TestSource<int>::Probe(), KeepBoth())
                          .ToMat(TestSink<int>::Probe(), KeepBoth())
                          .Run(materializer);
    ins.second.SendNext(2).SendComplete();
    out.Request(1);
    ins.first.SendNext(1);
    out.ExpectNext(1);
    ins.first.SendComplete();
    out.Request(1).ExpectNext(2).ExpectComplete();
  });
}

TEST(InterleaveTest, TakesTurnsAndPassesOverTheFinished) {
  OnAllRuntimes([](const Materializer& materializer) {
    auto seq = Sink<int>::Seq();
    EXPECT_EQ(Get(Source<int>::Range(1, 5)
                      .Interleave(Source<int>::Range(11, 13), 2)
                      .RunWith(seq, materializer)),
              (std::vector<int>{1, 2, 11, 12, 3, 4, 13, 5}));
    EXPECT_EQ(Get(Source<int>::Range(1, 3)
                      .InterleaveAll(
                          std::vector{Source<int>::Range(11, 12), Source<int>::Range(21, 24)}, 1)
                      .RunWith(seq, materializer)),
              (std::vector<int>{1, 11, 21, 2, 12, 22, 3, 23, 24}));
    auto [in, out] = TestSource<int>::Probe()
                         .Interleave(Source<int>::Range(11, 15), 1, true)
                         .ToMat(TestSink<int>::Probe(), KeepBoth())
                         .Run(materializer);
    out.Request(2);
    in.SendNext(1);
    out.ExpectNext(1).ExpectNext(11);
    in.SendComplete();
    out.ExpectComplete();
  });
}

TEST(OrElseTest, TheSecondOnlyWhenTheFirstIsEmpty) {
  OnAllRuntimes([](const Materializer& materializer) {
    auto seq = Sink<int>::Seq();
    EXPECT_EQ(
        Get(Source<int>::Range(1, 2).OrElse(Source<int>::Range(7, 9)).RunWith(seq, materializer)),
        (std::vector<int>{1, 2}));
    EXPECT_EQ(Get(Source<int>::Empty().OrElse(Source<int>::Range(7, 9)).RunWith(seq, materializer)),
              (std::vector<int>{7, 8, 9}));
    EXPECT_EQ(Get(Source<int>::Empty().OrElse(Source<int>::Empty()).RunWith(seq, materializer)),
              (std::vector<int>{}));
    auto [ins, out] = TestSource<int>::Probe()
                          .OrElseMat(TestSource<int>::Probe(), KeepBoth())
                          .ToMat(TestSink<int>::Probe(), KeepBoth())
                          .Run(materializer);
    out.Request(2);
    ins.first.SendNext(1);
    out.ExpectNext(1);
    ins.second.ExpectCancellation(absl::OkStatus());
    ins.first.SendComplete();
    out.ExpectComplete();
  });
}

}  // namespace
}  // namespace sampo::stream
