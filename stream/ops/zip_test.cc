// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/stream/ops/zip.h"

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
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

using Pairs = std::vector<std::pair<int, std::string>>;

TEST(ZipTest, MakesPairsInOrder) {
  OnAllRuntimes([](const Materializer& materializer) {
    EXPECT_EQ(Get(Source<int>::Range(1, 3)
                      .Zip(Source<std::string>::From({"a", "b", "c"}).Async())
                      .RunWith(Sink<std::pair<int, std::string>>::Seq(), materializer)),
              (Pairs{{1, "a"}, {2, "b"}, {3, "c"}}));
    EXPECT_EQ(Get(Source<int>::Range(1, 9)
                      .ZipWith(Source<int>::Range(10, 12), [](int a, int b) { return a * b; })
                      .RunWith(Sink<int>::Seq(), materializer)),
              (std::vector<int>{10, 22, 36}));
  });
}

TEST(ZipTest, Behaviour59cCompletesWhenASideDoesAndNoPairIsPending) {
  OnAllRuntimes([](const Materializer& materializer) {
    auto run = [&] {
      auto [ins, out] = TestSource<int>::Probe()
                            .ZipMat(TestSource<std::string>::Probe(), KeepBoth())
                            .ToMat(TestSink<std::pair<int, std::string>>::Probe(), KeepBoth())
                            .Run(materializer);
      return std::tuple(ins.first, ins.second, out);
    };
    // A side that completes with nothing pending ends all, also without demand.
    auto [a, b, out] = run();
    b.SendNext("unpaired");
    a.SendComplete();
    out.ExpectComplete();
    b.ExpectCancellation(absl::OkStatus());
    // One whose element waits for its other half does not.
    auto [c, d, pending] = run();
    pending.Request(2);
    c.SendNext(1).SendComplete();
    pending.ExpectNoMessage();
    d.SendNext("one");
    pending.ExpectNext({1, "one"}).ExpectComplete();
    d.ExpectCancellation(absl::OkStatus());
  });
}

TEST(ZipTest, Behaviour59cZipAllGoesOnWithPads) {
  OnAllRuntimes([](const Materializer& materializer) {
    auto seq = Sink<std::pair<int, std::string>>::Seq();
    EXPECT_EQ(Get(Source<int>::Range(1, 3)
                      .ZipAll(Source<std::string>::Single("a"), 0, std::string("-"))
                      .RunWith(seq, materializer)),
              (Pairs{{1, "a"}, {2, "-"}, {3, "-"}}));
    EXPECT_EQ(Get(Source<int>::Empty()
                      .ZipAll(Source<std::string>::From({"a", "b"}), 0, std::string("-"))
                      .RunWith(seq, materializer)),
              (Pairs{{0, "a"}, {0, "b"}}));
    EXPECT_EQ(Get(Source<int>::Empty()
                      .ZipAll(Source<std::string>::Empty(), 0, std::string("-"))
                      .RunWith(seq, materializer)),
              Pairs{});
  });
}

TEST(ZipTest, TakesMoveOnlyElements) {
  InSimulations([](const Materializer& materializer) {
    auto boxes = Source<int>::Range(1, 2).Map([](int n) { return std::make_unique<int>(n); });
    EXPECT_EQ(Get(boxes
                      .ZipWith(Source<int>::Range(5, 6),
                               [](std::unique_ptr<int> box, int n) { return *box + n; })
                      .RunWith(Sink<int>::Seq(), materializer)),
              (std::vector<int>{6, 8}));
  });
}

TEST(ZipTest, AFunctionThatThrowsFailsTheStream) {
  InSimulations([](const Materializer& materializer) {
    auto failing = Source<int>::Range(1, 2).ZipWith(Source<int>::Range(5, 6), [](int, int) -> int {
      throw absl::BadStatusOrAccess(absl::DataLossError("no"));
    });
    EXPECT_EQ(StatusOf(failing.RunWith(Sink<int>::Seq(), materializer)), absl::DataLossError("no"));
  });
}

TEST(ZipWithIndexTest, Counts) {
  InSimulations([](const Materializer& materializer) {
    EXPECT_EQ(Get(Source<std::string>::From({"a", "b"})
                      .ZipWithIndex()
                      .RunWith(Sink<std::pair<std::string, int64_t>>::Seq(), materializer)),
              (std::vector<std::pair<std::string, int64_t>>{{"a", 0}, {"b", 1}}));
  });
}

TEST(ZipNTest, ZipsAnyNumber) {
  OnAllRuntimes([](const Materializer& materializer) {
    const std::vector<Source<int>> sources{Source<int>::Range(1, 3), Source<int>::Range(11, 13),
                                           Source<int>::Range(21, 29)};
    EXPECT_EQ(Get(Source<std::vector<int>>::ZipN(sources).RunWith(Sink<std::vector<int>>::Seq(),
                                                                  materializer)),
              (std::vector<std::vector<int>>{{1, 11, 21}, {2, 12, 22}, {3, 13, 23}}));
    EXPECT_EQ(Get(Source<int>::ZipWithN(
                      sources, [](std::vector<int> all) { return all[0] + all[1] + all[2]; })
                      .RunWith(Sink<int>::Seq(), materializer)),
              (std::vector<int>{33, 36, 39}));
  });
}

}  // namespace
}  // namespace sampo::stream
