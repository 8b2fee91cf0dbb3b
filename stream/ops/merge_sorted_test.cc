// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/stream/ops/merge_sorted.h"

#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "gtest/gtest.h"
#include "sampo/stream/ops/runtimes.h"
#include "sampo/stream/stream.h"
#include "sampo/stream/testkit/test_sink.h"
#include "sampo/stream/testkit/test_source.h"

namespace sampo::stream {
namespace {

TEST(MergeSortedTest, SortsSortedInputs) {
  OnAllRuntimes([](const Materializer& materializer) {
    EXPECT_EQ(Get(Source<int>::From({1, 4, 4, 9})
                      .MergeSorted(Source<int>::From({2, 4, 10, 11}).Async())
                      .RunWith(Sink<int>::Seq(), materializer)),
              (std::vector<int>{1, 2, 4, 4, 4, 9, 10, 11}));
    EXPECT_EQ(Get(Source<int>::From({9, 4, 1})
                      .MergeSorted(Source<int>::Empty(), std::greater<int>())
                      .RunWith(Sink<int>::Seq(), materializer)),
              (std::vector<int>{9, 4, 1}));
    EXPECT_EQ(Get(Source<int>::Empty()
                      .MergeSorted(Source<int>::From({1, 2}))
                      .RunWith(Sink<int>::Seq(), materializer)),
              (std::vector<int>{1, 2}));
  });
}

TEST(MergeSortedTest, WaitsForBothBeforeItDecides) {
  InSimulations([](const Materializer& materializer) {
    GraphBuilder b;
    auto left = b.Add(TestSource<int>::Probe());
    auto right = b.Add(TestSource<int>::Probe());
    auto out = b.Add(TestSink<int>::Probe());
    auto merge = b.Add(MergeSorted<int>());
    b.Connect(left.Out(), merge.In(0));
    b.Connect(right.Out(), merge.In(1));
    b.Connect(merge.Out(), out.In());
    auto [l, r, o] = b.Build(left.Value(), right.Value(), out.Value())->Run(materializer);
    o.Request(3);
    l.SendNext(5);
    o.ExpectNoMessage();
    r.SendNext(3);
    o.ExpectNext(3).ExpectNoMessage();
    r.SendComplete();
    o.ExpectNext(5);
    l.SendComplete();
    o.ExpectComplete();
  });
}

Source<int> InSequence(std::vector<std::vector<int>> inputs) {
  GraphBuilder b;
  auto merge = b.Add(MergeSequence<int>(static_cast<int>(inputs.size()), std::identity()));
  for (size_t i = 0; i < inputs.size(); ++i) {
    b.Connect(Source<int>::From(inputs[i]), merge.In(static_cast<int>(i)));
  }
  return *b.BuildSource(merge.Out());
}

TEST(MergeSequenceTest, PutsNumbersInOrder) {
  OnAllRuntimes([](const Materializer& materializer) {
    EXPECT_EQ(Get(InSequence({{0, 3, 4, 8}, {1, 2, 7}, {5, 6, 9}})
                      .RunWith(Sink<int>::Seq(), materializer)),
              (std::vector<int>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}));
  });
}

TEST(MergeSequenceTest, FailsOnAGapAndOnADuplicate) {
  InSimulations([](const Materializer& materializer) {
    const absl::Status gap =
        StatusOf(InSequence({{0, 3}, {1, 4}}).RunWith(Sink<int>::Seq(), materializer));
    EXPECT_EQ(gap.code(), absl::StatusCode::kFailedPrecondition);
    EXPECT_NE(std::string(gap.message()).find("number 2 is missing"), std::string::npos) << gap;
    const absl::Status twice =
        StatusOf(InSequence({{0, 1}, {1, 2}}).RunWith(Sink<int>::Seq(), materializer));
    EXPECT_EQ(twice.code(), absl::StatusCode::kFailedPrecondition) << twice;
  });
}

}  // namespace
}  // namespace sampo::stream
