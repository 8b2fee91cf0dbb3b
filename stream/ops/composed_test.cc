// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/stream/ops/composed.h"

#include <algorithm>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "gtest/gtest.h"
#include "sampo/stream/ops/runtimes.h"
#include "sampo/stream/stream.h"
#include "sampo/stream/testkit/all_stages_stopped.h"
#include "sampo/stream/testkit/test_sink.h"
#include "sampo/stream/testkit/test_source.h"

namespace sampo::stream {
namespace {

TEST(FromSinkAndSourceTest, TheSidesEndOnTheirOwn) {
  OnAllRuntimes([](const Materializer& materializer) {
    auto flow = Flow<int, int>::FromSinkAndSource(TestSink<int>::Probe(), TestSource<int>::Probe(),
                                                  KeepBoth());
    auto [ends, probes] = TestSource<int>::Probe()
                              .ViaMat(flow, KeepBoth())
                              .ToMat(TestSink<int>::Probe(), KeepBoth())
                              .Run(materializer);
    auto out = probes;
    auto [in, inner] = ends;
    auto [sink, source] = inner;
    sink.Request(1);
    in.SendNext(1);
    sink.ExpectNext(1);
    in.SendComplete();
    sink.ExpectComplete();
    out.Request(1);
    source.SendNext(2);
    out.ExpectNext(2);
    source.SendComplete();
    out.ExpectComplete();
  });
}

TEST(FromSinkAndSourceTest, CoupledSidesEndTogether) {
  OnAllRuntimes([](const Materializer& materializer) {
    auto flow = Flow<int, int>::FromSinkAndSourceCoupled(TestSink<int>::Probe(),
                                                         TestSource<int>::Probe(), KeepBoth());
    auto run = [&] {
      auto [ends, out] = TestSource<int>::Probe()
                             .ViaMat(flow, KeepBoth())
                             .ToMat(TestSink<int>::Probe(), KeepBoth())
                             .Run(materializer);
      return std::tuple(ends.first, ends.second.first, ends.second.second, out);
    };
    {
      auto [in, sink, source, out] = run();
      in.SendComplete();
      sink.ExpectComplete();
      source.ExpectCancellation(absl::OkStatus());
      out.ExpectComplete();
    }
    {
      auto [in, sink, source, out] = run();
      source.SendError(absl::DataLossError("broken"));
      out.ExpectError(absl::DataLossError("broken"));
      sink.ExpectError(absl::DataLossError("broken"));
      in.ExpectCancellation(absl::DataLossError("broken"));
    }
    {
      auto [in, sink, source, out] = run();
      sink.Cancel();
      in.ExpectCancellation(absl::OkStatus());
      source.ExpectCancellation(absl::OkStatus());
      out.ExpectComplete();
    }
    {
      auto [in, sink, source, out] = run();
      sink.Request(1);
      out.Request(1);
      in.SendNext(1);
      source.SendNext(2);
      sink.ExpectNext(1);
      out.ExpectNext(2).Cancel();
      in.ExpectCancellation(absl::OkStatus());
      source.ExpectCancellation(absl::OkStatus());
      sink.ExpectComplete();
    }
  });
}

TEST(CombineTest, SourcesAndSinks) {
  OnAllRuntimes([](const Materializer& materializer) {
    const std::vector<Source<int>> sources{Source<int>::Range(1, 2), Source<int>::Range(3, 4),
                                           Source<int>::Range(5, 6)};
    EXPECT_EQ(Get(Source<int>::Combine(sources, [](int n) { return Concat<int>(n); })
                      .RunWith(Sink<int>::Seq(), materializer)),
              (std::vector<int>{1, 2, 3, 4, 5, 6}));
    auto merged = Get(Source<int>::Combine(sources, [](int n) {
                        return Merge<int>(n);
                      }).RunWith(Sink<int>::Seq(), materializer));
    std::sort(merged.begin(), merged.end());
    EXPECT_EQ(merged, (std::vector<int>{1, 2, 3, 4, 5, 6}));
    merged = Get(Source<int>::MergePrioritizedN<NotUsed>({{sources[0], 1}, {sources[1], 9}})
                     .RunWith(Sink<int>::Seq(), materializer));
    std::sort(merged.begin(), merged.end());
    EXPECT_EQ(merged, (std::vector<int>{1, 2, 3, 4}));

    std::vector<int> seen;
    auto note = Sink<int>::Foreach([&seen](int n) { seen.push_back(n); });
    Source<int>::Range(1, 3)
        .To(Sink<int>::Combine(std::vector{note, note}, [](int n) { return Broadcast<int>(n); }))
        .Run(materializer);
    AssertAllStagesStopped(materializer.system());
    EXPECT_EQ(seen, (std::vector<int>{1, 1, 2, 2, 3, 3}));
  });
}

}  // namespace
}  // namespace sampo::stream
