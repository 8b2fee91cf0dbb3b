// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/stream/merge_hub.h"

#include <algorithm>
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

TEST(MergeHubTest, TakesElementsOfManyProducers) {
  OnAllRuntimes([](const Materializer& materializer) {
    auto [sink, all] =
        MergeHub<int>::Source(4).Take(300).ToMat(Sink<int>::Seq(), KeepBoth()).Run(materializer);
    for (int p = 0; p < 3; ++p) {
      Source<int>::Range(100 * p, 100 * p + 99).RunWith(sink, materializer);
    }
    std::vector<int> elements = Get(all);
    // Each producer's own order stays.
    for (int p = 0; p < 3; ++p) {
      int next = 100 * p;
      for (int n : elements) {
        if (n / 100 != p) continue;
        EXPECT_EQ(n, next++);
      }
    }
    std::sort(elements.begin(), elements.end());
    ASSERT_EQ(elements.size(), 300u);
    for (int n = 0; n < 300; ++n) EXPECT_EQ(elements[static_cast<size_t>(n)], n);
  });
}

TEST(MergeHubTest, AProducerMayHaveItsBufferOnTheWayAndNoMore) {
  OnAllRuntimes([](const Materializer& materializer) {
    auto [sink, out] =
        MergeHub<int>::Source(3).ToMat(TestSink<int>::Probe(), KeepBoth()).Run(materializer);
    auto in = TestSource<int>::Probe().ToMat(sink, KeepLeft()).Run(materializer);
    in.SendNext(1).SendNext(2).SendNext(3);
    in.ExpectNoMessage();
    out.Request(1).ExpectNext(1);
    in.SendNext(4);
    in.ExpectNoMessage();
    out.Request(3).ExpectNextN({2, 3, 4});
    out.Cancel();
    in.ExpectCancellation(absl::OkStatus());
  });
}

TEST(MergeHubTest, GoesOnWhenAProducerFailsOrEnds) {
  OnAllRuntimes([](const Materializer& materializer) {
    auto [sink, out] =
        MergeHub<int>::Source().ToMat(TestSink<int>::Probe(), KeepBoth()).Run(materializer);
    out.Request(9);
    auto failing = TestSource<int>::Probe().ToMat(sink, KeepLeft()).Run(materializer);
    failing.SendNext(1).SendError(absl::DataLossError("broken"));
    out.ExpectNext(1).ExpectNoMessage();
    Source<int>::Range(2, 3).RunWith(sink, materializer);
    out.ExpectNext(2).ExpectNext(3).ExpectNoMessage();
    out.Cancel();
  });
}

TEST(MergeHubTest, CancelsProducersThatComeTooLate) {
  OnAllRuntimes([](const Materializer& materializer) {
    auto [sink, out] =
        MergeHub<int>::Source().ToMat(TestSink<int>::Probe(), KeepBoth()).Run(materializer);
    auto early = TestSource<int>::Probe().ToMat(sink, KeepLeft()).Run(materializer);
    out.Cancel();
    early.ExpectCancellation(absl::OkStatus());
    auto late = TestSource<int>::Probe().ToMat(sink, KeepLeft()).Run(materializer);
    late.ExpectCancellation(absl::OkStatus());
  });
}

TEST(MergeHubTest, DrainsWhereToldTo) {
  OnAllRuntimes([](const Materializer& materializer) {
    auto [value, out] = MergeHub<int>::SourceWithDraining()
                            .ToMat(TestSink<int>::Probe(), KeepBoth())
                            .Run(materializer);
    auto& [sink, control] = value;
    auto in = TestSource<int>::Probe().ToMat(sink, KeepLeft()).Run(materializer);
    in.SendNext(1);
    out.Request(1).ExpectNext(1);
    control.DrainAndComplete();
    auto late = TestSource<int>::Probe().ToMat(sink, KeepLeft()).Run(materializer);
    late.ExpectCancellation(absl::OkStatus());
    in.SendNext(2);
    in.SendComplete();
    out.Request(2).ExpectNext(2).ExpectComplete();
  });
}

TEST(MergeHubTest, DrainingWithoutProducersCompletes) {
  OnAllRuntimes([](const Materializer& materializer) {
    auto [value, out] = MergeHub<int>::SourceWithDraining()
                            .ToMat(TestSink<int>::Probe(), KeepBoth())
                            .Run(materializer);
    out.Request(1).ExpectNoMessage();
    value.second.DrainAndComplete();
    out.ExpectComplete();
  });
}

}  // namespace
}  // namespace sampo::stream
