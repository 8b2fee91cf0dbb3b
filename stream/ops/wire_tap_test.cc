// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/stream/ops/wire_tap.h"

#include <stdexcept>
#include <tuple>
#include <vector>

#include "absl/status/status.h"
#include "gtest/gtest.h"
#include "sampo/stream/ops/runtimes.h"
#include "sampo/stream/stream.h"
#include "sampo/stream/testkit/test_sink.h"
#include "sampo/stream/testkit/test_source.h"

namespace sampo::stream {
namespace {

TEST(WireTapTest, Behaviour59eNeverSlowsNorEndsTheMainLine) {
  OnAllRuntimes([](const Materializer& materializer) {
    auto [ins, out] = TestSource<int>::Probe()
                          .WireTapMat(TestSink<int>::Probe(), KeepBoth())
                          .ToMat(TestSink<int>::Probe(), KeepBoth())
                          .Run(materializer);
    auto [in, tap] = ins;
    out.Request(9);
    // The tap has no demand: all but the latest is dropped.
    in.SendNext(1).SendNext(2).SendNext(3);
    out.ExpectNextN({1, 2, 3});
    tap.Request(2);
    tap.ExpectNext(3);
    in.SendNext(4);
    out.ExpectNext(4);
    tap.ExpectNext(4);
    tap.Cancel(absl::DataLossError("tap"));
    in.SendNext(5);
    out.ExpectNext(5);
    in.SendComplete();
    out.ExpectComplete();
  });
}

TEST(WireTapTest, TheTapGetsTheLastElementAfterTheEnd) {
  InSimulations([](const Materializer& materializer) {
    auto [ins, out] = TestSource<int>::Probe()
                          .WireTapMat(TestSink<int>::Probe(), KeepBoth())
                          .ToMat(TestSink<int>::Probe(), KeepBoth())
                          .Run(materializer);
    out.Request(1);
    ins.first.SendNext(7).SendComplete();
    out.ExpectNext(7).ExpectComplete();
    ins.second.Request(1).ExpectNext(7).ExpectComplete();
  });
}

TEST(WireTapTest, AFailureOrACancellationEndsTheTap) {
  InSimulations([](const Materializer& materializer) {
    auto run = [&] {
      auto [ins, out] = TestSource<int>::Probe()
                            .WireTapMat(TestSink<int>::Probe(), KeepBoth())
                            .ToMat(TestSink<int>::Probe(), KeepBoth())
                            .Run(materializer);
      return std::tuple(ins.first, ins.second, out);
    };
    auto [in, tap, out] = run();
    in.SendError(absl::DataLossError("broken"));
    tap.ExpectError(absl::DataLossError("broken"));
    out.ExpectError(absl::DataLossError("broken"));
    auto [in2, tap2, out2] = run();
    out2.Cancel();
    in2.ExpectCancellation(absl::OkStatus());
    tap2.ExpectComplete();
  });
}

TEST(WireTapTest, AFunctionSeesEachElementUntilItThrows) {
  InSimulations([](const Materializer& materializer) {
    std::vector<int> seen;
    EXPECT_EQ(Get(Source<int>::Range(1, 4)
                      .WireTap([&seen](const int& n) {
                        if (n == 3) throw std::runtime_error("enough");
                        seen.push_back(n);
                      })
                      .RunWith(Sink<int>::Seq(), materializer)),
              (std::vector<int>{1, 2, 3, 4}));
    EXPECT_EQ(seen, (std::vector<int>{1, 2}));
  });
}

}  // namespace
}  // namespace sampo::stream
