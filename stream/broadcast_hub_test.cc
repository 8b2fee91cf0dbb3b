// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/stream/broadcast_hub.h"

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

TEST(BroadcastHubTest, GivesEveryElementToAll) {
  OnAllRuntimes([](const Materializer& materializer) {
    auto source = Source<int>::Range(1, 500).RunWith(BroadcastHub<int>::Sink(3, 8), materializer);
    std::vector<Future<std::vector<int>>> all;
    for (int i = 0; i < 3; ++i) all.push_back(source.RunWith(Sink<int>::Seq(), materializer));
    for (auto& one : all) {
      const std::vector<int> elements = Get(one);
      ASSERT_EQ(elements.size(), 500u);
      for (int n = 0; n < 500; ++n) EXPECT_EQ(elements[static_cast<size_t>(n)], n + 1);
    }
  });
}

TEST(BroadcastHubTest, Behaviour60dAStalledConsumerStallsTheProducerAfterTheBuffer) {
  OnAllRuntimes([](const Materializer& materializer) {
    auto [in, source] =
        TestSource<int>::Probe().ToMat(BroadcastHub<int>::Sink(2, 4), KeepBoth()).Run(materializer);
    auto fast = source.RunWith(TestSink<int>::Probe(), materializer);
    auto stalled = source.RunWith(TestSink<int>::Probe(), materializer);
    fast.Request(99);
    for (int n = 1; n <= 4; ++n) in.SendNext(n);
    fast.ExpectNextN({1, 2, 3, 4});
    in.ExpectNoMessage();
    stalled.Request(1).ExpectNext(1);
    in.SendNext(5);
    fast.ExpectNext(5);
    in.ExpectNoMessage();
    // Who gives up is not waited for any more.
    stalled.Cancel();
    for (int n = 6; n <= 12; ++n) in.SendNext(n);
    fast.ExpectNextN({6, 7, 8, 9, 10, 11, 12});
    in.SendComplete();
    fast.ExpectComplete();
  });
}

TEST(BroadcastHubTest, Behaviour60dALateConsumerSeesOnlyNewElements) {
  OnAllRuntimes([](const Materializer& materializer) {
    auto [in, source] =
        TestSource<int>::Probe().ToMat(BroadcastHub<int>::Sink(0, 8), KeepBoth()).Run(materializer);
    auto early = source.RunWith(TestSink<int>::Probe(), materializer);
    early.Request(1);
    in.SendNext(1).SendNext(2).SendNext(3);
    early.ExpectNext(1).ExpectNoMessage();
    // 2 and 3 wait for the early one; they are old.
    auto late = source.RunWith(TestSink<int>::Probe(), materializer);
    late.Request(9).ExpectNoMessage();
    in.SendNext(4);
    late.ExpectNext(4);
    early.Request(9).ExpectNextN({2, 3, 4});
    in.SendComplete();
    early.ExpectComplete();
    late.ExpectComplete();
  });
}

TEST(BroadcastHubTest, WithoutConsumersTheBufferFillsAndTheNextOneContinues) {
  // On one thread it is known when the first consumer has gone.
  InSimulations([](const Materializer& materializer) {
    auto source = Source<int>::Range(1, 20).RunWith(BroadcastHub<int>::Sink(0, 8), materializer);
    auto first = source.RunWith(TestSink<int>::Probe(), materializer);
    first.Request(10).ExpectNextN({1, 2, 3, 4, 5, 6, 7, 8, 9, 10});
    first.Cancel();
    first.ExpectNoMessage();
    EXPECT_EQ(Get(source.RunWith(Sink<int>::Seq(), materializer)),
              (std::vector<int>{11, 12, 13, 14, 15, 16, 17, 18, 19, 20}));
  });
}

TEST(BroadcastHubTest, StartsAfterSoManyConsumers) {
  OnAllRuntimes([](const Materializer& materializer) {
    auto [in, source] =
        TestSource<int>::Probe().ToMat(BroadcastHub<int>::Sink(2, 8), KeepBoth()).Run(materializer);
    auto first = source.RunWith(TestSink<int>::Probe(), materializer);
    first.Request(1);
    in.ExpectNoMessage();
    auto second = source.RunWith(TestSink<int>::Probe(), materializer);
    second.Request(1);
    in.SendNext(1);
    first.ExpectNext(1);
    second.ExpectNext(1);
    in.SendComplete();
    first.ExpectComplete();
    second.ExpectComplete();
  });
}

TEST(BroadcastHubTest, EndsReachConsumersAlsoLateOnes) {
  OnAllRuntimes([](const Materializer& materializer) {
    auto [in, source] =
        TestSource<int>::Probe().ToMat(BroadcastHub<int>::Sink(), KeepBoth()).Run(materializer);
    auto early = source.RunWith(TestSink<int>::Probe(), materializer);
    in.SendError(absl::DataLossError("broken"));
    early.ExpectError(absl::DataLossError("broken"));
    source.RunWith(TestSink<int>::Probe(), materializer).ExpectError(absl::DataLossError("broken"));

    auto empty = Source<int>::Empty().RunWith(BroadcastHub<int>::Sink(), materializer);
    EXPECT_EQ(Get(empty.RunWith(Sink<int>::Seq(), materializer)), (std::vector<int>{}));
  });
}

}  // namespace
}  // namespace sampo::stream
