// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/stream/ops/latest.h"

#include <string>
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

TEST(ZipLatestTest, GivesTheLatestOfBothForEachElement) {
  InSimulations([](const Materializer& materializer) {
    GraphBuilder b;
    auto numbers = b.Add(TestSource<int>::Probe());
    auto words = b.Add(TestSource<std::string>::Probe());
    auto sink = b.Add(TestSink<std::pair<int, std::string>>::Probe());
    auto latest = b.Add(ZipLatest<int, std::string>());
    b.Connect(numbers.Out(), latest.In<0>());
    b.Connect(words.Out(), latest.In<1>());
    b.Connect(latest.Out(), sink.In());
    auto [number, word, out] =
        b.Build(numbers.Value(), words.Value(), sink.Value())->Run(materializer);
    out.Request(3);
    number.SendNext(1).SendNext(2);
    out.ExpectNoMessage();
    word.SendNext("a");
    out.ExpectNext({2, "a"});
    number.SendNext(3);
    out.ExpectNext({3, "a"});
    word.SendNext("b");
    out.ExpectNext({3, "b"});
    // Without demand each element waits for its turn: none is passed over.
    number.SendNext(4);
    word.SendNext("c");
    out.ExpectNoMessage();
    out.Request(2);
    out.ExpectNext({4, "b"}).ExpectNext({4, "c"});
    number.SendComplete();
    out.ExpectComplete();
    word.ExpectCancellation(absl::OkStatus());
  });
}

TEST(ZipLatestTest, WithoutEagerCloseTheLastValueStays) {
  OnAllRuntimes([](const Materializer& materializer) {
    GraphBuilder b;
    auto left = b.Add(TestSource<int>::Probe());
    auto right = b.Add(TestSource<int>::Probe());
    auto sink = b.Add(TestSink<int>::Probe());
    auto latest = b.Add(ZipLatestWith<int, int>([](int x, int y) { return 10 * x + y; }, false));
    b.Connect(left.Out(), latest.In<0>());
    b.Connect(right.Out(), latest.In<1>());
    b.Connect(latest.Out(), sink.In());
    auto [l, r, out] = b.Build(left.Value(), right.Value(), sink.Value())->Run(materializer);
    out.Request(9);
    l.SendNext(1).SendComplete();
    r.SendNext(2);
    out.ExpectNext(12);
    r.SendNext(3);
    out.ExpectNext(13);
    r.SendComplete();
    out.ExpectComplete();
  });
}

TEST(MergeLatestTest, GivesVectors) {
  OnAllRuntimes([](const Materializer& materializer) {
    auto all = Get(Source<int>::Range(1, 3)
                       .MergeLatest(Source<int>::Range(11, 13))
                       .RunWith(Sink<std::vector<int>>::Seq(), materializer));
    ASSERT_FALSE(all.empty());
    EXPECT_EQ(all.back(), (std::vector<int>{3, 13}));
    for (const auto& both : all) EXPECT_EQ(both.size(), 2u);
    // One side that never gives anything: nothing can come.
    EXPECT_EQ(Get(Source<int>::Range(1, 3)
                      .MergeLatest(Source<int>::Empty())
                      .RunWith(Sink<std::vector<int>>::Seq(), materializer)),
              (std::vector<std::vector<int>>{}));
  });
}

TEST(MergeLatestTest, EagerCloseEndsWithTheFirst) {
  InSimulations([](const Materializer& materializer) {
    GraphBuilder b;
    auto left = b.Add(TestSource<int>::Probe());
    auto right = b.Add(TestSource<int>::Probe());
    auto sink = b.Add(TestSink<std::vector<int>>::Probe());
    auto latest = b.Add(MergeLatest<int>(2, true));
    b.Connect(left.Out(), latest.In(0));
    b.Connect(right.Out(), latest.In(1));
    b.Connect(latest.Out(), sink.In());
    auto [l, r, out] = b.Build(left.Value(), right.Value(), sink.Value())->Run(materializer);
    out.Request(9);
    l.SendNext(1);
    r.SendNext(2);
    out.ExpectNext({1, 2});
    l.SendComplete();
    out.ExpectComplete();
    r.ExpectCancellation(absl::OkStatus());
  });
}

}  // namespace
}  // namespace sampo::stream
