// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/stream/ops/merge.h"

#include <algorithm>
#include <map>
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

std::vector<int> Sorted(std::vector<int> elements) {
  std::sort(elements.begin(), elements.end());
  return elements;
}
std::vector<int> Numbers(int first, int last) {
  std::vector<int> numbers;
  for (int n = first; n <= last; ++n) numbers.push_back(n);
  return numbers;
}

// Probes at both inputs and at the end of what `merge(first, second)` makes.
template <class MergeBoth>
auto Probes(const Materializer& materializer, MergeBoth merge) {
  auto [ins, out] = merge(TestSource<int>::Probe(), TestSource<int>::Probe())
                        .ToMat(TestSink<int>::Probe(), KeepBoth())
                        .Run(materializer);
  return std::tuple(ins.first, ins.second, out);
}

TEST(MergeTest, GivesAllElementsOfAllInTheirOwnOrder) {
  OnAllRuntimes([](const Materializer& materializer) {
    const std::vector<int> all =
        Get(Source<int>::Range(1, 300)
                .Merge(Source<int>::Range(301, 400).Async())
                .MergeAll(std::vector{Source<int>::Range(401, 450), Source<int>::Range(451, 500)})
                .RunWith(Sink<int>::Seq(), materializer));
    EXPECT_EQ(Sorted(all), Numbers(1, 500));
    std::vector<int> first;
    std::copy_if(all.begin(), all.end(), std::back_inserter(first), [](int n) { return n <= 300; });
    EXPECT_EQ(first, Numbers(1, 300));
  });
}

TEST(MergeTest, Behaviour59dMergeCompletesAfterAllInputsUnlessEager) {
  OnAllRuntimes([](const Materializer& materializer) {
    auto [a, b, out] = Probes(
        materializer, [](auto first, auto second) { return first.MergeMat(second, KeepBoth()); });
    out.Request(4);
    a.SendNext(1);
    out.ExpectNext(1);
    a.SendComplete();
    out.ExpectNoMessage();
    b.SendNext(2);
    out.ExpectNext(2);
    b.SendComplete();
    out.ExpectComplete();

    auto [c, d, eager] = Probes(materializer, [](auto first, auto second) {
      return first.MergeMat(second, KeepBoth(), true);
    });
    eager.Request(4);
    c.SendNext(1);
    eager.ExpectNext(1);
    c.SendComplete();
    eager.ExpectComplete();
    d.ExpectCancellation(absl::OkStatus());
  });
}

TEST(MergeTest, EagerCompletionStillGivesWhatTheFinishedInputHadLeft) {
  InSimulations([](const Materializer& materializer) {
    auto [a, b, out] = Probes(materializer, [](auto first, auto second) {
      return first.MergeMat(second, KeepBoth(), true);
    });
    a.SendNext(1);
    a.SendComplete();
    b.ExpectCancellation(absl::OkStatus());
    out.Request(1).ExpectNext(1).ExpectComplete();
  });
}

TEST(MergeTest, FailsWithTheFirstFailureAndCancelsTheOthers) {
  OnAllRuntimes([](const Materializer& materializer) {
    auto [a, b, out] = Probes(
        materializer, [](auto first, auto second) { return first.MergeMat(second, KeepBoth()); });
    a.SendError(absl::DataLossError("broken"));
    out.ExpectError(absl::DataLossError("broken"));
    b.ExpectCancellation(absl::DataLossError("broken"));
  });
}

TEST(MergeTest, CancelsAllInputsWithTheCause) {
  InSimulations([](const Materializer& materializer) {
    auto [a, b, out] = Probes(
        materializer, [](auto first, auto second) { return first.MergeMat(second, KeepBoth()); });
    out.Cancel();
    a.ExpectCancellation(absl::OkStatus());
    b.ExpectCancellation(absl::OkStatus());
  });
}

TEST(MergePreferredTest, TheWaitingPreferredElementIsFirst) {
  InSimulations([](const Materializer& materializer) {
    for (const bool prefers_other : {true, false}) {
      auto a = Source<int>::From({1, 2, 3});
      auto b = Source<int>::From({11, 12, 13});
      // Demand comes when both wait.
      auto out = a.MergePreferred(b, prefers_other).RunWith(TestSink<int>::Probe(), materializer);
      out.ExpectNoMessage();
      const int preferred = prefers_other ? 11 : 1;
      out.Request(1).ExpectNext(preferred).ExpectNoMessage();
      out.Request(1).ExpectNext(preferred + 1).ExpectNoMessage();
      out.Request(1).ExpectNext(preferred + 2).ExpectNoMessage();
      out.Request(3).ExpectNextN(prefers_other ? std::vector{1, 2, 3} : std::vector{11, 12, 13});
      out.ExpectComplete();
    }
  });
}

TEST(MergePrioritizedTest, ChancesAreThePriorities) {
  InSimulations(
      [](const Materializer& materializer) {
        auto ones = Source<int>::From(std::vector<int>(20000, 1));
        auto twos = Source<int>::From(std::vector<int>(20000, 2));
        auto out = ones.MergePrioritized(twos, 3, 1).RunWith(TestSink<int>::Probe(), materializer);
        out.ExpectNoMessage();
        // One at a time, so that both always wait.
        int ones_seen = 0;
        for (int n = 0; n < 1000; ++n) ones_seen += out.RequestNext() == 1 ? 1 : 0;
        EXPECT_NEAR(ones_seen, 750, 100);
        out.Cancel();
      },
      4);
}

}  // namespace
}  // namespace sampo::stream
