// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/stream/ops/prefix.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sampo/stream/ops/runtimes.h"
#include "sampo/stream/stream.h"
#include "sampo/stream/testkit/test_sink.h"
#include "sampo/stream/testkit/test_source.h"

namespace sampo::stream {
namespace {

using PrefixAndTail = std::pair<std::vector<int>, Source<int, NotUsed>>;

TEST(PrefixAndTailTest, GivesTheFirstElementsAndASourceOfTheOthers) {
  OnAllRuntimes([](const Materializer& materializer) {
    auto out = Source<int>::Range(1, 5).PrefixAndTail(2).RunWith(TestSink<PrefixAndTail>::Probe(),
                                                                 materializer);
    auto [prefix, tail] = out.RequestNext();
    out.ExpectComplete();
    EXPECT_EQ(prefix, (std::vector<int>{1, 2}));
    EXPECT_EQ(Get(tail.RunWith(Sink<int>::Seq(), materializer)), (std::vector<int>{3, 4, 5}));
    // It is there once.
    EXPECT_EQ(StatusOf(tail.RunWith(Sink<int>::Seq(), materializer)).code(),
              absl::StatusCode::kFailedPrecondition);
  });
}

TEST(PrefixAndTailTest, ShortStreamsHaveAnEmptyTail) {
  OnAllRuntimes([](const Materializer& materializer) {
    for (const int count : {0, 1, 3}) {
      auto out = Source<int>::Range(1, count).PrefixAndTail(3).RunWith(
          TestSink<PrefixAndTail>::Probe(), materializer);
      auto [prefix, tail] = out.RequestNext();
      out.ExpectComplete();
      EXPECT_EQ(prefix.size(), static_cast<size_t>(count));
      // Also where it ended before anybody came.
      EXPECT_EQ(Get(tail.RunWith(Sink<int>::Seq(), materializer)), (std::vector<int>{}));
    }
  });
}

TEST(PrefixAndTailTest, OfNothingIsATailAlone) {
  InSimulations([](const Materializer& materializer) {
    EXPECT_EQ(Get(Source<int>::Range(1, 4)
                      .PrefixAndTail(0)
                      .FlatMapConcat([](PrefixAndTail both) { return both.second; })
                      .RunWith(Sink<int>::Seq(), materializer)),
              (std::vector<int>{1, 2, 3, 4}));
  });
}

TEST(PrefixAndTailTest, EndsReachTheTail) {
  OnAllRuntimes([](const Materializer& materializer) {
    auto run = [&] {
      auto [in, out] = TestSource<int>::Probe()
                           .PrefixAndTail(1)
                           .ToMat(TestSink<PrefixAndTail>::Probe(), KeepBoth())
                           .Run(materializer);
      out.Request(1);
      in.SendNext(1);
      auto tail = out.ExpectNext().second.RunWith(TestSink<int>::Probe(), materializer);
      out.ExpectComplete();
      return std::pair(in, tail);
    };
    auto [in, tail] = run();
    tail.Request(1);
    in.SendNext(2);
    tail.ExpectNext(2).Cancel(absl::AbortedError("enough"));
    in.ExpectCancellation(absl::AbortedError("enough"));
    auto [in2, tail2] = run();
    in2.SendError(absl::DataLossError("broken"));
    tail2.ExpectError(absl::DataLossError("broken"));
  });
}

TEST(PrefixAndTailTest, AnUnreadTailTimesOut) {
  InSimulations([](const Materializer& materializer) {
    auto [in, out] =
        TestSource<int>::Probe()
            .PrefixAndTail(1)
            .WithAttributes(Attributes().Subscription({.timeout = absl::Milliseconds(300)}))
            .ToMat(TestSink<PrefixAndTail>::Probe(), KeepBoth())
            .Run(materializer);
    out.Request(1);
    in.SendNext(1);
    auto tail = out.ExpectNext().second;
    in.ExpectCancellation(absl::OkStatus());
    EXPECT_EQ(StatusOf(tail.RunWith(Sink<int>::Seq(), materializer)).code(),
              absl::StatusCode::kDeadlineExceeded);
  });
}

TEST(FlatMapPrefixTest, ThePrefixMakesTheFlow) {
  OnAllRuntimes([](const Materializer& materializer) {
    auto times = [](std::vector<int> prefix) {
      const int factor = prefix.empty() ? 1 : prefix[0];
      return Flow<int>().Map([factor](int n) { return factor * n; });
    };
    auto seq = Sink<int>::Seq();
    EXPECT_EQ(Get(Source<int>::Range(2, 5).FlatMapPrefix(1, times).RunWith(seq, materializer)),
              (std::vector<int>{6, 8, 10}));
    EXPECT_EQ(Get(Source<int>::Range(2, 5).FlatMapPrefix(0, times).RunWith(seq, materializer)),
              (std::vector<int>{2, 3, 4, 5}));
    EXPECT_EQ(Get(Source<int>::Range(2, 5).FlatMapPrefix(9, times).RunWith(seq, materializer)),
              (std::vector<int>{}));
    EXPECT_EQ(
        Get(Source<int>::Range(2, 9)
                .FlatMapPrefix(1, [](std::vector<int>) { return Flow<int>().Take(2).Async(); })
                .RunWith(seq, materializer)),
        (std::vector<int>{3, 4}));
  });
}

TEST(FlatMapPrefixTest, MaterializesTheFlowsValue) {
  OnAllRuntimes([](const Materializer& materializer) {
    auto make = [](std::vector<int> prefix) {
      return Flow<int>().MapMaterializedValue(
          [size = prefix.size()](NotUsed) { return static_cast<int>(size); });
    };
    auto [value, all] = Source<int>::Range(1, 5)
                            .FlatMapPrefixMat(3, make, KeepRight())
                            .ToMat(Sink<int>::Seq(), KeepBoth())
                            .Run(materializer);
    EXPECT_EQ(Get(value), 3);
    EXPECT_EQ(Get(all), (std::vector<int>{4, 5}));
    // Cancelled before: there never is one.
    auto [ends, out] = TestSource<int>::Probe()
                           .FlatMapPrefixMat(3, make, KeepBoth())
                           .ToMat(TestSink<int>::Probe(), KeepBoth())
                           .Run(materializer);
    out.Cancel();
    ends.first.ExpectCancellation(absl::OkStatus());
    EXPECT_EQ(StatusOf(ends.second).code(), absl::StatusCode::kCancelled);
  });
}

TEST(FlatMapPrefixTest, FailuresGoThroughTheFlow) {
  InSimulations([](const Materializer& materializer) {
    auto [in, out] = TestSource<int>::Probe()
                         .FlatMapPrefix(1, [](std::vector<int>) { return Flow<int>(); })
                         .ToMat(TestSink<int>::Probe(), KeepBoth())
                         .Run(materializer);
    out.Request(2);
    in.SendNext(1).SendNext(2);
    out.ExpectNext(2);
    in.SendError(absl::DataLossError("broken"));
    out.ExpectError(absl::DataLossError("broken"));
  });
}

}  // namespace
}  // namespace sampo::stream
