// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/stream/ops/fan_out.h"

#include <algorithm>
#include <string>
#include <tuple>
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

// Probes around a junction with two outlets.
template <class Junction>
auto Probes(const Materializer& materializer, const Junction& junction) {
  GraphBuilder b;
  auto source = b.Add(TestSource<int>::Probe());
  auto first = b.Add(TestSink<int>::Probe());
  auto second = b.Add(TestSink<int>::Probe());
  auto part = b.Add(junction);
  b.Connect(source.Out(), part.In());
  b.Connect(part.Out(0), first.In());
  b.Connect(part.Out(1), second.In());
  return b.Build(source.Value(), first.Value(), second.Value())->Run(materializer);
}

TEST(BroadcastTest, GivesToAllWhenAllWant) {
  OnAllRuntimes([](const Materializer& materializer) {
    auto [in, a, b] = Probes(materializer, Broadcast<int>(2));
    a.Request(2);
    in.ExpectNoMessage();
    b.Request(1);
    in.SendNext(1);
    a.ExpectNext(1);
    b.ExpectNext(1);
    in.ExpectNoMessage();
    b.Request(1);
    in.SendNext(2).SendComplete();
    a.ExpectNext(2).ExpectComplete();
    b.ExpectNext(2).ExpectComplete();
  });
}

TEST(BroadcastTest, Behaviour59dCancelsUpstreamWhenAllAreCancelledUnlessEager) {
  OnAllRuntimes([](const Materializer& materializer) {
    auto [in, a, b] = Probes(materializer, Broadcast<int>(2));
    b.Request(2);
    a.Cancel();
    // The one that is left decides alone.
    in.SendNext(1);
    b.ExpectNext(1);
    in.SendNext(2);
    b.ExpectNext(2);
    b.Cancel();
    in.ExpectCancellation(absl::OkStatus());

    auto [in2, c, d] = Probes(materializer, Broadcast<int>(2, true));
    c.Cancel();
    in2.ExpectCancellation(absl::OkStatus());
    d.ExpectComplete();
  });
}

TEST(BroadcastTest, AFailureGoesToAll) {
  InSimulations([](const Materializer& materializer) {
    auto [in, a, b] = Probes(materializer, Broadcast<int>(2));
    in.SendError(absl::DataLossError("broken"));
    a.ExpectError(absl::DataLossError("broken"));
    b.ExpectError(absl::DataLossError("broken"));
  });
}

TEST(BalanceTest, GivesToTheOneThatHasWantedLongest) {
  OnAllRuntimes([](const Materializer& materializer) {
    auto [in, a, b] = Probes(materializer, Balance<int>(2));
    b.Request(1);
    in.SendNext(1);
    b.ExpectNext(1);
    in.ExpectNoMessage();
    a.Request(2);
    in.SendNext(2).SendNext(3);
    a.ExpectNext(2).ExpectNext(3);
    b.Request(1);
    in.SendNext(4).SendComplete();
    b.ExpectNext(4).ExpectComplete();
    a.ExpectComplete();
  });
}

TEST(BalanceTest, WaitsForAllWhereToldTo) {
  OnAllRuntimes([](const Materializer& materializer) {
    auto [in, a, b] = Probes(materializer, Balance<int>(2, true));
    a.Request(1);
    in.ExpectNoMessage();
    b.Request(1);
    in.SendNext(1);
    a.ExpectNext(1);
    in.SendNext(2);
    b.ExpectNext(2);
    a.Cancel();
    b.Request(1);
    in.SendNext(3);
    b.ExpectNext(3).Cancel();
    in.ExpectCancellation(absl::OkStatus());
  });
}

TEST(BalanceTest, SplitsTheWorkWithoutLoss) {
  OnAllRuntimes([](const Materializer& materializer) {
    GraphBuilder b;
    auto balance = b.Add(Balance<int>(3, true));
    auto merge = b.Add(Merge<int>(3));
    b.Connect(Source<int>::Range(1, 200), balance.In());
    for (int i = 0; i < 3; ++i) {
      b.Connect(b.Via(balance.Out(i), Flow<int>().Map([](int n) { return n; }).Async()),
                merge.In(i));
    }
    auto all = Get(b.BuildSource(merge.Out())->RunWith(Sink<int>::Seq(), materializer));
    std::sort(all.begin(), all.end());
    ASSERT_EQ(all.size(), 200u);
    for (int n = 1; n <= 200; ++n) EXPECT_EQ(all[static_cast<size_t>(n - 1)], n);
  });
}

TEST(PartitionTest, WaitsForTheOneAnElementIsFor) {
  OnAllRuntimes([](const Materializer& materializer) {
    auto [in, odd, even] =
        Probes(materializer, Partition<int>(2, [](int n) { return n % 2 == 1 ? 0 : 1; }));
    odd.Request(3);
    in.SendNext(1);
    odd.ExpectNext(1);
    in.SendNext(2);
    odd.ExpectNoMessage();
    even.Request(1).ExpectNext(2);
    in.SendNext(3).SendNext(4).SendComplete();
    odd.ExpectNext(3).ExpectNoMessage();
    even.Request(1).ExpectNext(4).ExpectComplete();
    odd.ExpectComplete();
  });
}

TEST(PartitionTest, DropsWhatIsForACancelledOutlet) {
  OnAllRuntimes([](const Materializer& materializer) {
    auto [in, odd, even] =
        Probes(materializer, Partition<int>(2, [](int n) { return n % 2 == 1 ? 0 : 1; }));
    odd.Request(3);
    in.SendNext(2);
    even.Cancel();
    in.SendNext(4).SendNext(5).SendComplete();
    odd.ExpectNext(5).ExpectComplete();
  });
}

TEST(PartitionTest, ANumberThatIsNoneFails) {
  InSimulations([](const Materializer& materializer) {
    auto [in, a, b] = Probes(materializer, Partition<int>(2, [](int n) { return n; }));
    a.Request(1);
    in.SendNext(2);
    EXPECT_EQ(a.ExpectError().code(), absl::StatusCode::kOutOfRange);
    EXPECT_EQ(b.ExpectError().code(), absl::StatusCode::kOutOfRange);
    EXPECT_EQ(in.ExpectCancellation().code(), absl::StatusCode::kOutOfRange);
  });
}

TEST(UnzipTest, TakesPairsApart) {
  OnAllRuntimes([](const Materializer& materializer) {
    GraphBuilder b;
    auto unzip =
        b.Add(UnzipWith<int>([](int n) { return std::tuple(n, std::to_string(n), n % 2 == 0); }));
    auto numbers = b.Add(Sink<int>::Seq());
    auto texts = b.Add(Sink<std::string>::Seq());
    auto even = b.Add(Sink<bool>::Seq());
    b.Connect(Source<int>::Range(1, 3), unzip.In());
    b.Connect(unzip.Out<0>(), numbers.In());
    b.Connect(unzip.Out<1>(), texts.In());
    b.Connect(unzip.Out<2>(), even.In());
    auto [n, t, e] = b.Build(numbers.Value(), texts.Value(), even.Value())->Run(materializer);
    EXPECT_EQ(Get(n), (std::vector<int>{1, 2, 3}));
    EXPECT_EQ(Get(t), (std::vector<std::string>{"1", "2", "3"}));
    EXPECT_EQ(Get(e), (std::vector<bool>{false, true, false}));
  });
}

TEST(UnzipTest, GoesOnForTheOutletsThatAreLeft) {
  InSimulations([](const Materializer& materializer) {
    GraphBuilder b;
    auto source = b.Add(TestSource<std::pair<int, int>>::Probe());
    auto unzip = b.Add(Unzip<int, int>());
    auto first = b.Add(TestSink<int>::Probe());
    auto second = b.Add(TestSink<int>::Probe());
    b.Connect(source.Out(), unzip.In());
    b.Connect(unzip.Out<0>(), first.In());
    b.Connect(unzip.Out<1>(), second.In());
    auto [in, x, y] = b.Build(source.Value(), first.Value(), second.Value())->Run(materializer);
    x.Request(2);
    y.Cancel();
    in.SendNext({1, 2}).SendNext({3, 4});
    x.ExpectNext(1).ExpectNext(3).Cancel();
    in.ExpectCancellation(absl::OkStatus());
  });
}

TEST(AlsoToTest, Behaviour59eTheSideSinksEndIsTheStreamsUnlessToldOtherwise) {
  OnAllRuntimes([](const Materializer& materializer) {
    auto run = [&](bool propagate) {
      auto [ins, out] = TestSource<int>::Probe()
                            .AlsoToMat(TestSink<int>::Probe(), KeepBoth(), propagate)
                            .ToMat(TestSink<int>::Probe(), KeepBoth())
                            .Run(materializer);
      return std::tuple(ins.first, ins.second, out);
    };
    auto [in, side, out] = run(true);
    out.Request(2);
    in.ExpectNoMessage();  // the side sink back-pressures
    side.Request(1);
    in.SendNext(1);
    out.ExpectNext(1);
    side.ExpectNext(1).Cancel();
    in.ExpectCancellation(absl::OkStatus());
    out.ExpectComplete();

    auto [in2, side2, out2] = run(true);
    side2.Cancel(absl::DataLossError("side"));
    in2.ExpectCancellation(absl::DataLossError("side"));
    out2.ExpectError(absl::DataLossError("side"));

    auto [in3, side3, out3] = run(false);
    out3.Request(2);
    side3.Cancel(absl::DataLossError("side"));
    in3.SendNext(1).SendNext(2);
    out3.ExpectNext(1).ExpectNext(2).Cancel();
    in3.ExpectCancellation(absl::OkStatus());

    auto [in4, side4, out4] = run(false);
    out4.Cancel();
    in4.ExpectCancellation(absl::OkStatus());
    side4.ExpectComplete();
  });
}

TEST(AlsoToAllTest, GivesToAll) {
  OnAllRuntimes([](const Materializer& materializer) {
    int seen = 0;
    auto sum = Sink<int>::Foreach([&seen](int n) { seen += n; });
    EXPECT_EQ(Get(Source<int>::Range(1, 4)
                      .AlsoToAll(std::vector{sum, sum})
                      .RunWith(Sink<int>::Seq(), materializer)),
              (std::vector<int>{1, 2, 3, 4}));
    EXPECT_EQ(seen, 20);
  });
}

TEST(DivertToTest, SendsSomeAway) {
  OnAllRuntimes([](const Materializer& materializer) {
    auto [away, stay] = Source<int>::Range(1, 6)
                            .DivertToMat(
                                Sink<int>::Seq(), [](int n) { return n % 3 == 0; }, KeepRight())
                            .ToMat(Sink<int>::Seq(), KeepBoth())
                            .Run(materializer);
    EXPECT_EQ(Get(away), (std::vector<int>{3, 6}));
    EXPECT_EQ(Get(stay), (std::vector<int>{1, 2, 4, 5}));
  });
}

}  // namespace
}  // namespace sampo::stream
