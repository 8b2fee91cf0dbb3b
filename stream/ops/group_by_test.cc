// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/stream/ops/group_by.h"

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sampo/stream/ops/runtimes.h"
#include "sampo/stream/stream.h"
#include "sampo/stream/testkit/test_sink.h"
#include "sampo/stream/testkit/test_source.h"

namespace sampo::stream {
namespace {

using Substream = Source<int, NotUsed>;

// The substreams themselves, as elements.
auto Substreams(int max, bool recreate = false) {
  return [max, recreate](auto source) {
    using Logic = internal::GroupByLogic<int, int, int (*)(const int&)>;
    return internal::AppendStage<Substream, Logic>(
        source, "groupBy", SourceLocation::Current(), max, +[](const int& n) { return n % 10; },
        recreate);
  };
}

TEST(GroupByTest, OperatorsHoldForEachSubstream) {
  OnAllRuntimes([](const Materializer& materializer) {
    auto sums = Get(Source<int>::Range(1, 100)
                        .GroupBy(3, [](const int& n) { return n % 3; })
                        .Map([](int n) { return std::pair(n % 3, n); })
                        .MergeSubstreams()
                        .RunWith(Sink<std::pair<int, int>>::Fold(
                                     std::map<int, int>(),
                                     [](std::map<int, int> all, std::pair<int, int> next) {
                                       all[next.first] += next.second;
                                       return all;
                                     }),
                                 materializer));
    EXPECT_EQ(sums, (std::map<int, int>{{0, 1683}, {1, 1717}, {2, 1650}}));
  });
}

TEST(GroupByTest, SubstreamsMayRunInActorsOfTheirOwn) {
  OnAllRuntimes([](const Materializer& materializer) {
    auto all = Get(Source<int>::Range(1, 60)
                       .GroupBy(5, [](const int& n) { return std::to_string(n % 5); })
                       .Via(Flow<int>().Map([](int n) { return 2 * n; }).Async())
                       .MergeSubstreams()
                       .RunWith(Sink<int>::Seq(), materializer));
    std::sort(all.begin(), all.end());
    ASSERT_EQ(all.size(), 60u);
    for (int n = 1; n <= 60; ++n) EXPECT_EQ(all[static_cast<size_t>(n - 1)], 2 * n);
  });
}

TEST(GroupByTest, Behaviour60cTooManyLiveKeysFailTheStream) {
  OnAllRuntimes([](const Materializer& materializer) {
    auto within = Source<int>::Range(1, 30).GroupBy(10, [](const int& n) { return n % 10; });
    EXPECT_EQ(Get(within.MergeSubstreams().RunWith(Sink<int>::Seq(), materializer)).size(), 30u);
    auto beyond = Source<int>::Range(1, 30).GroupBy(9, [](const int& n) { return n % 10; });
    EXPECT_EQ(StatusOf(beyond.MergeSubstreams().RunWith(Sink<int>::Seq(), materializer)).code(),
              absl::StatusCode::kResourceExhausted);
  });
}

TEST(GroupByTest, Behaviour60cTheLimitFailsOpenSubstreamsToo) {
  InSimulations([](const Materializer& materializer) {
    auto [in, out] = Substreams(1)(TestSource<int>::Probe())
                         .ToMat(TestSink<Substream>::Probe(), KeepBoth())
                         .Run(materializer);
    out.Request(2);
    in.SendNext(1);
    auto ones = out.ExpectNext().RunWith(TestSink<int>::Probe(), materializer);
    ones.Request(2).ExpectNext(1);
    in.SendNext(2);
    EXPECT_EQ(out.ExpectError().code(), absl::StatusCode::kResourceExhausted);
    EXPECT_EQ(ones.ExpectError().code(), absl::StatusCode::kResourceExhausted);
    EXPECT_EQ(in.ExpectCancellation().code(), absl::StatusCode::kResourceExhausted);
  });
}

TEST(GroupByTest, Behaviour60cAFinishedKeyIsDroppedUnlessRecreated) {
  OnAllRuntimes([](const Materializer& materializer) {
    for (const bool recreate : {false, true}) {
      auto [in, out] = Substreams(3, recreate)(TestSource<int>::Probe())
                           .ToMat(TestSink<Substream>::Probe(), KeepBoth())
                           .Run(materializer);
      out.Request(9);
      in.SendNext(1);
      auto ones = out.ExpectNext().RunWith(TestSink<int>::Probe(), materializer);
      ones.Request(9).ExpectNext(1);
      ones.Cancel();
      out.ExpectNoMessage();  // so that the cancellation has come
      in.SendNext(11);
      if (recreate) {
        auto again = out.ExpectNext().RunWith(TestSink<int>::Probe(), materializer);
        again.Request(2).ExpectNext(11);
        in.SendComplete();
        again.ExpectComplete();
      } else {
        out.ExpectNoMessage();
        in.SendComplete();
      }
      out.ExpectComplete();
    }
  });
}

TEST(GroupByTest, WaitsForTheSubstreamAnElementIsFor) {
  OnAllRuntimes([](const Materializer& materializer) {
    auto [in, out] = Substreams(3)(TestSource<int>::Probe())
                         .ToMat(TestSink<Substream>::Probe(), KeepBoth())
                         .Run(materializer);
    // The substreams are run by streams of their own: one element is on the way to each.
    const Materializer others = materializer.WithAttributes(Attributes().InputBuffer(1, 1));
    out.Request(3);
    in.SendNext(1);
    auto ones = out.ExpectNext().RunWith(TestSink<int>::Probe(), others);
    in.SendNext(2);
    auto twos = out.ExpectNext().RunWith(TestSink<int>::Probe(), others);
    twos.Request(9).ExpectNext(2);
    // 1 is still on its way to the ones, which have no demand for 11.
    in.SendNext(11);
    in.ExpectNoMessage();
    in.SendComplete();
    twos.ExpectNoMessage();
    ones.Request(1).ExpectNext(1);
    ones.Request(1).ExpectNext(11).ExpectComplete();
    twos.ExpectComplete();
    out.ExpectComplete();
  });
}

TEST(GroupByTest, AFailureReachesAllSubstreams) {
  InSimulations([](const Materializer& materializer) {
    auto [in, out] = Substreams(3)(TestSource<int>::Probe())
                         .ToMat(TestSink<Substream>::Probe(), KeepBoth())
                         .Run(materializer);
    out.Request(3);
    in.SendNext(1);
    auto unread = out.ExpectNext();
    in.SendNext(2);
    auto twos = out.ExpectNext().RunWith(TestSink<int>::Probe(), materializer);
    in.SendError(absl::DataLossError("broken"));
    out.ExpectError(absl::DataLossError("broken"));
    twos.ExpectError(absl::DataLossError("broken"));
    // Who comes later sees it, too.
    EXPECT_EQ(StatusOf(unread.RunWith(Sink<int>::Seq(), materializer)),
              absl::DataLossError("broken"));
  });
}

TEST(GroupByTest, SubstreamsGoOnWhenTheOuterStreamIsCancelled) {
  OnAllRuntimes([](const Materializer& materializer) {
    auto [in, out] = Substreams(3)(TestSource<int>::Probe())
                         .ToMat(TestSink<Substream>::Probe(), KeepBoth())
                         .Run(materializer);
    out.Request(3);
    in.SendNext(1);
    auto ones = out.ExpectNext().RunWith(TestSink<int>::Probe(), materializer);
    ones.Request(9).ExpectNext(1);
    out.Cancel();
    in.SendNext(2).SendNext(11);
    ones.ExpectNext(11).Cancel();
    in.ExpectCancellation(absl::OkStatus());
  });
}

TEST(GroupByTest, AnUnreadSubstreamTimesOut) {
  InSimulations([](const Materializer& materializer) {
    auto [in, out] =
        Substreams(3)(TestSource<int>::Probe())
            .WithAttributes(Attributes().Subscription({.timeout = absl::Milliseconds(300)}))
            .ToMat(TestSink<Substream>::Probe(), KeepBoth())
            .Run(materializer);
    out.Request(3);
    in.SendNext(1);
    auto unread = out.ExpectNext();
    out.ExpectNoMessage(absl::Milliseconds(400));
    EXPECT_EQ(StatusOf(unread.RunWith(Sink<int>::Seq(), materializer)).code(),
              absl::StatusCode::kDeadlineExceeded);
    in.SendNext(11).SendNext(2);
    auto twos = out.ExpectNext().RunWith(TestSink<int>::Probe(), materializer);
    twos.Request(1).ExpectNext(2);
    in.SendComplete();
    out.ExpectComplete();
    twos.ExpectComplete();
  });
}

TEST(GroupByTest, AKeyFunctionThatThrowsIsSupervised) {
  InSimulations([](const Materializer& materializer) {
    auto run = [&](Decider decider) {
      return Source<int>::Range(1, 6)
          .GroupBy(2,
                   [](const int& n) {
                     if (n == 3) throw absl::BadStatusOrAccess(absl::DataLossError("no"));
                     return n % 2;
                   })
          .MergeSubstreams()
          .WithAttributes(Attributes().Supervision(decider))
          .RunWith(Sink<int>::Fold(0, [](int a, int n) { return a + n; }), materializer);
    };
    EXPECT_EQ(Get(run(&ResumingDecider)), 18);
    EXPECT_EQ(StatusOf(run(&StoppingDecider)), absl::DataLossError("no"));
  });
}

TEST(SubFlowTest, ToRunsEachSubstreamIntoItsOwnSink) {
  OnAllRuntimes([](const Materializer& materializer) {
    auto sums = std::make_shared<std::vector<int>>();
    Source<int>::Range(1, 10)
        .GroupBy(2, [](const int& n) { return n % 2; })
        .Map([](int n) { return 10 * n; })
        .To(Sink<int>::Foreach([sums, sum = 0](int n) mutable {
          sum += n;
          if (n >= 90) sums->push_back(sum);
        }))
        .Run(materializer);
    AssertAllStagesStopped(materializer.system());
    std::sort(sums->begin(), sums->end());
    EXPECT_EQ(*sums, (std::vector<int>{250, 300}));
  });
}

TEST(SubFlowTest, Nests) {
  InSimulations([](const Materializer& materializer) {
    auto all = Get(Source<int>::Range(1, 24)
                       .GroupBy(2, [](const int& n) { return n % 2; })
                       .GroupBy(3, [](const int& n) { return n % 3; })
                       .Map([](int n) { return n; })
                       .MergeSubstreams()
                       .MergeSubstreamsWithParallelism(2)
                       .RunWith(Sink<int>::Seq(), materializer));
    EXPECT_EQ(all.size(), 24u);
  });
}

}  // namespace
}  // namespace sampo::stream
