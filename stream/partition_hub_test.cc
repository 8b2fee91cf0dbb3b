// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/stream/partition_hub.h"

#include <cstdint>
#include <stdexcept>
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

TEST(PartitionHubTest, EachElementGoesToTheChosenOne) {
  OnAllRuntimes([](const Materializer& materializer) {
    auto [in, source] =
        TestSource<int>::Probe()
            .ToMat(PartitionHub<int>::Sink([](int count, const int& n) { return n % count; }, 2, 8),
                   KeepBoth())
            .Run(materializer);
    auto even = source.RunWith(TestSink<int>::Probe(), materializer);
    even.ExpectNoMessage();  // it is registered before the other one
    auto odd = source.RunWith(TestSink<int>::Probe(), materializer);
    even.Request(9);
    odd.Request(9);
    for (int n = 1; n <= 4; ++n) in.SendNext(n);
    even.ExpectNextN({2, 4});
    odd.ExpectNextN({1, 3});
    in.SendComplete();
    even.ExpectComplete();
    odd.ExpectComplete();
  });
}

TEST(PartitionHubTest, TheBufferIsBounded) {
  OnAllRuntimes([](const Materializer& materializer) {
    auto [in, source] =
        TestSource<int>::Probe()
            .ToMat(PartitionHub<int>::Sink([](int, const int&) { return 0; }, 1, 3), KeepBoth())
            .Run(materializer);
    in.ExpectNoMessage();  // nobody is there
    auto out = source.RunWith(TestSink<int>::Probe(), materializer);
    in.SendNext(1).SendNext(2).SendNext(3);
    in.ExpectNoMessage();
    out.Request(1).ExpectNext(1);
    in.SendNext(4);
    in.ExpectNoMessage();
    in.SendComplete();
    out.Request(9).ExpectNextN({2, 3, 4}).ExpectComplete();
  });
}

TEST(PartitionHubTest, AChoiceThatThrowsFailsTheConsumers) {
  OnAllRuntimes([](const Materializer& materializer) {
    auto [in, source] =
        TestSource<int>::Probe()
            .ToMat(PartitionHub<int>::Sink(
                       [](int, const int&) -> int { throw std::out_of_range("no such consumer"); },
                       1, 8),
                   KeepBoth())
            .Run(materializer);
    auto out = source.RunWith(TestSink<int>::Probe(), materializer);
    out.Request(1);
    in.SendNext(1);
    EXPECT_EQ(out.ExpectError(), absl::UnknownError("no such consumer"));
    EXPECT_EQ(in.ExpectCancellation(), absl::UnknownError("no such consumer"));
  });
}

TEST(PartitionHubTest, StatefulByTheShortestQueue) {
  InSimulations([](const Materializer& materializer) {
    auto shortest = [] {
      return [](const PartitionConsumers& consumers, const int&) -> int64_t {
        int best = 0;
        for (int i = 1; i < consumers.size(); ++i) {
          if (consumers.queued(i) < consumers.queued(best)) best = i;
        }
        return consumers.id(best);
      };
    };
    auto [in, source] = TestSource<int>::Probe()
                            .ToMat(PartitionHub<int>::StatefulSink(shortest, 2, 8), KeepBoth())
                            .Run(materializer);
    auto first = source.RunWith(TestSink<int>::Probe(), materializer);
    first.ExpectNoMessage();
    auto second = source.RunWith(TestSink<int>::Probe(), materializer);
    for (int n = 1; n <= 4; ++n) in.SendNext(n);
    first.ExpectNoMessage();
    first.Request(9).ExpectNextN({1, 3});
    second.Request(9).ExpectNextN({2, 4});
    in.SendComplete();
    first.ExpectComplete();
    second.ExpectComplete();
  });
}

TEST(PartitionHubTest, WaitsWhileThereIsNoConsumer) {
  InSimulations([](const Materializer& materializer) {
    auto [in, source] =
        TestSource<int>::Probe()
            .ToMat(PartitionHub<int>::Sink([](int, const int&) { return 0; }), KeepBoth())
            .Run(materializer);
    auto first = source.RunWith(TestSink<int>::Probe(), materializer);
    first.Request(1);
    in.SendNext(1);
    first.ExpectNext(1);
    first.Cancel();
    first.ExpectNoMessage();
    in.SendNext(2);  // asked for before
    in.ExpectNoMessage();
    auto second = source.RunWith(TestSink<int>::Probe(), materializer);
    second.Request(2).ExpectNext(2);
    in.SendError(absl::DataLossError("broken"));
    second.ExpectError(absl::DataLossError("broken"));
  });
}

}  // namespace
}  // namespace sampo::stream
