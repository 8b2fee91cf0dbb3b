// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/stream/ops/flatten.h"

#include <algorithm>
#include <deque>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gtest/gtest.h"
#include "sampo/stream/ops/runtimes.h"
#include "sampo/stream/stream.h"
#include "sampo/stream/testkit/test_sink.h"
#include "sampo/stream/testkit/test_source.h"

namespace sampo::stream {
namespace {

TEST(FlatMapConcatTest, OneSourceAfterTheOther) {
  OnAllRuntimes([](const Materializer& materializer) {
    EXPECT_EQ(
        Get(Source<int>::Range(1, 4)
                .FlatMapConcat([](int n) { return Source<int>::Range(10 * n, 10 * n + n - 1); })
                .RunWith(Sink<int>::Seq(), materializer)),
        (std::vector<int>{10, 20, 21, 30, 31, 32, 40, 41, 42, 43}));
    EXPECT_EQ(
        Get(Source<int>::Range(1, 50)
                .FlatMapConcat([](int n) {
                  return n % 3 == 0 ? Source<int>::Single(n).Async() : Source<int>::Empty();
                })
                .RunWith(Sink<int>::Fold(0, [](int a, int n) { return a + n; }), materializer)),
        408);
    EXPECT_EQ(Get(Source<int>::Empty()
                      .FlatMapConcat([](int n) { return Source<int>::Single(n); })
                      .RunWith(Sink<int>::Seq(), materializer)),
              (std::vector<int>{}));
  });
}

TEST(FlatMapConcatTest, WithParallelismTheOrderStays) {
  OnAllRuntimes([](const Materializer& materializer) {
    std::vector<int> expected;
    for (int n = 1; n <= 30; ++n) {
      for (int i = 0; i < n % 4; ++i) expected.push_back(100 * n + i);
    }
    EXPECT_EQ(Get(Source<int>::Range(1, 30)
                      .FlatMapConcat(4,
                                     [](int n) {
                                       auto some = Source<int>::Range(100 * n, 100 * n + n % 4 - 1);
                                       return n % 2 == 0 ? some.Async() : some;
                                     })
                      .RunWith(Sink<int>::Seq(), materializer)),
              expected);
  });
}

TEST(FlatMapMergeTest, RunsUpToBreadthSources) {
  InSimulations([](const Materializer& materializer) {
    std::deque<TestSourceProbe<int>> probes;  // stay where they are
    auto out = Source<int>::Range(1, 5)
                   .FlatMapMerge(2,
                                 [&probes](int) {
                                   return TestSource<int>::Probe().MapMaterializedValue(
                                       [&probes](TestSourceProbe<int> probe) {
                                         probes.push_back(probe);
                                         return NotUsed{};
                                       });
                                 })
                   .RunWith(TestSink<int>::Probe(), materializer);
    out.Request(9);
    out.ExpectNoMessage();
    ASSERT_EQ(probes.size(), 2u);
    probes[1].SendNext(20);
    out.ExpectNext(20);
    probes[0].SendNext(10).SendComplete();
    out.ExpectNext(10).ExpectNoMessage();
    ASSERT_EQ(probes.size(), 3u);
    probes[2].SendError(absl::DataLossError("broken"));
    out.ExpectError(absl::DataLossError("broken"));
    probes[1].ExpectCancellation(absl::DataLossError("broken"));
  });
}

TEST(FlatMapMergeTest, LosesNothing) {
  OnAllRuntimes([](const Materializer& materializer) {
    auto all = Get(Source<int>::Range(0, 19)
                       .FlatMapMerge(3,
                                     [](int n) {
                                       auto ten = Source<int>::Range(10 * n, 10 * n + 9);
                                       return n % 4 == 0 ? ten.Async() : ten;
                                     })
                       .RunWith(Sink<int>::Seq(), materializer));
    ASSERT_EQ(all.size(), 200u);
    std::sort(all.begin(), all.end());
    for (int n = 0; n < 200; ++n) EXPECT_EQ(all[static_cast<size_t>(n)], n);
  });
}

TEST(FlatMapMergeTest, CancellationReachesAllSources) {
  InSimulations([](const Materializer& materializer) {
    std::deque<TestSourceProbe<int>> probes;  // stay where they are
    auto [in, out] = TestSource<int>::Probe()
                         .FlatMapMerge(4,
                                       [&probes](int) {
                                         return TestSource<int>::Probe().MapMaterializedValue(
                                             [&probes](TestSourceProbe<int> probe) {
                                               probes.push_back(probe);
                                               return NotUsed{};
                                             });
                                       })
                         .ToMat(TestSink<int>::Probe(), KeepBoth())
                         .Run(materializer);
    in.SendNext(1).SendNext(2);
    out.Request(1).ExpectNoMessage();
    ASSERT_EQ(probes.size(), 2u);
    out.Cancel();
    in.ExpectCancellation(absl::OkStatus());
    for (auto& probe : probes) probe.ExpectCancellation(absl::OkStatus());
  });
}

TEST(FlatMapMergeTest, AFunctionThatThrowsFailsTheStream) {
  InSimulations([](const Materializer& materializer) {
    auto failing = Source<int>::Range(1, 3).FlatMapMerge(2, [](int n) {
      if (n == 2) throw absl::BadStatusOrAccess(absl::DataLossError("no"));
      return Source<int>::Single(n);
    });
    EXPECT_EQ(StatusOf(failing.RunWith(Sink<int>::Seq(), materializer)), absl::DataLossError("no"));
  });
}

// What was built of the source by then is taken back.
TEST(FlatMapMergeTest, ASourceThatThrowsAsItIsMaterializedFailsTheStream) {
  InSimulations([](const Materializer& materializer) {
    auto failing = Source<int>::Range(1, 3).FlatMapMerge(2, [](int n) {
      return Source<int>::Range(n, 2 * n)
          .Map([](int m) { return m; })
          .MapMaterializedValue([n](NotUsed value) {
            if (n == 2) throw absl::BadStatusOrAccess(absl::DataLossError("no"));
            return value;
          });
    });
    EXPECT_EQ(StatusOf(failing.RunWith(Sink<int>::Seq(), materializer)), absl::DataLossError("no"));
  });
}

TEST(FlattenTest, SourcesAsElements) {
  InSimulations([](const Materializer& materializer) {
    auto sources = Source<int>::Range(1, 3).Map([](int n) { return Source<int>::Range(n, n + 1); });
    EXPECT_EQ(Get(sources.FlattenConcat().RunWith(Sink<int>::Seq(), materializer)),
              (std::vector<int>{1, 2, 2, 3, 3, 4}));
    EXPECT_EQ(Get(sources.FlattenMerge(3).RunWith(Sink<int>::Seq(), materializer)).size(), 6u);
  });
}

TEST(SwitchMapTest, TheNewestSourceReplacesTheOneBefore) {
  InSimulations([](const Materializer& materializer) {
    std::deque<TestSourceProbe<int>> probes;  // stay where they are
    auto [in, out] = TestSource<int>::Probe()
                         .SwitchMap([&probes](int) {
                           return TestSource<int>::Probe().MapMaterializedValue(
                               [&probes](TestSourceProbe<int> probe) {
                                 probes.push_back(probe);
                                 return NotUsed{};
                               });
                         })
                         .ToMat(TestSink<int>::Probe(), KeepBoth())
                         .Run(materializer);
    in.SendNext(1);
    out.Request(1).ExpectNoMessage();
    ASSERT_EQ(probes.size(), 1u);
    probes[0].SendNext(10);
    out.ExpectNext(10);
    in.SendNext(2);
    probes[0].ExpectCancellation(absl::OkStatus());
    out.Request(1).ExpectNoMessage();
    in.SendComplete();
    out.ExpectNoMessage();
    probes[1].SendNext(20).SendComplete();
    out.ExpectNext(20).ExpectComplete();
  });
}

// Each materialization makes logics and connections; none of them is left when its source has
// ended.
TEST(FlattenTest, ManySubstreamsLeaveNothingBehind) {
  OnAllRuntimes(
      [](const Materializer& materializer) {
        auto counted = std::make_shared<int>(0);
        EXPECT_EQ(
            Get(Source<int>::Range(1, 20000)
                    .FlatMapMerge(8,
                                  [counted](int n) {
                                    return Source<int>::Single(n).Map(
                                        [counted](int m) { return m % 2; });
                                  })
                    .RunWith(Sink<int>::Fold(0, [](int a, int n) { return a + n; }), materializer)),
            10000);
        AssertAllStagesStopped(materializer.system());
        EXPECT_EQ(counted.use_count(), 1);
      },
      2);
}

}  // namespace
}  // namespace sampo::stream
