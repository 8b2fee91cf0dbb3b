// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/stream/ops/source_factories.h"

#include <limits>
#include <list>
#include <optional>
#include <string>
#include <utility>

#include "sampo/stream/ops/ops_test_util.h"
#include "sampo/stream/testkit/test_sink.h"

namespace sampo::stream {
namespace {

using SourceTest = OpsTest;

TEST_F(SourceTest, FromGivesTheElementsEachTime) {
  auto source = Source<int>::From({1, 2, 3});
  EXPECT_EQ(Seq(source), Ints({1, 2, 3}));
  EXPECT_EQ(Seq(source), Ints({1, 2, 3}));
  EXPECT_EQ(Seq(Source<int>::From({})), Ints());
}

TEST_F(SourceTest, FromCompletesWithItsLastElement) {
  auto sink = Source<int>::From({1}).RunWith(TestSink<int>::Probe(), system());
  sink.Request(1).ExpectNext(1).ExpectComplete();
}

TEST_F(SourceTest, FromIteratorMakesARangeForEachRun) {
  int made = 0;
  auto source = Source<int>::FromIterator([&made] {
    ++made;
    return std::list<int>{1, 2};
  });
  EXPECT_EQ(made, 0);
  EXPECT_EQ(Seq(source), Ints({1, 2}));
  EXPECT_EQ(Seq(source), Ints({1, 2}));
  EXPECT_EQ(made, 2);
}

TEST_F(SourceTest, FromOptionGivesOneOrNone) {
  EXPECT_EQ(Seq(Source<int>::FromOption(7)), Ints({7}));
  EXPECT_EQ(Seq(Source<int>::FromOption(std::nullopt)), Ints());
}

TEST_F(SourceTest, RangeIncludesItsEnd) {
  EXPECT_EQ(Seq(Source<int>::Range(1, 5, 2)), Ints({1, 3, 5}));
  EXPECT_EQ(Seq(Source<int>::Range(1, 4, 2)), Ints({1, 3}));
  EXPECT_EQ(Seq(Source<int>::Range(3, 1, -1)), Ints({3, 2, 1}));
  EXPECT_EQ(Seq(Source<int>::Range(2, 1)), Ints());
}

TEST_F(SourceTest, RangeEndsAtTheEndOfItsType) {
  constexpr int kMax = std::numeric_limits<int>::max();
  EXPECT_EQ(Seq(Source<int>::Range(kMax - 1, kMax)), Ints({kMax - 1, kMax}));
}

TEST_F(SourceTest, RepeatAndIterateGoOn) {
  EXPECT_EQ(Seq(Source<int>::Repeat(7).Take(3)), Ints({7, 7, 7}));
  EXPECT_EQ(Seq(Source<int>::Iterate(1, [](int n) { return 2 * n; }).Take(4)), Ints({1, 2, 4, 8}));
}

TEST_F(SourceTest, CycleBeginsAnew) {
  EXPECT_EQ(Seq(Source<int>::Cycle([] { return Ints({1, 2}); }).Take(5)), Ints({1, 2, 1, 2, 1}));
}

TEST_F(SourceTest, CycleOfNothingFails) {
  EXPECT_EQ(FailureOf(Source<int>::Cycle([] { return Ints(); })).code(),
            absl::StatusCode::kFailedPrecondition);
}

TEST_F(SourceTest, EmptyCompletesAndFailedFailsWithoutDemand) {
  Source<int>::Empty().RunWith(TestSink<int>::Probe(), system()).ExpectComplete();
  Source<int>::Failed(absl::DataLossError("x"))
      .RunWith(TestSink<int>::Probe(), system())
      .ExpectError(absl::DataLossError("x"));
}

TEST_F(SourceTest, NeverIsSilent) {
  auto sink = Source<int>::Never().RunWith(TestSink<int>::Probe(), system());
  sink.Request(1).ExpectNoMessage();
  sink.Cancel();
}

TEST_F(SourceTest, LazySingleCallsItsFunctionAtDemand) {
  bool called = false;
  auto sink = Source<int>::LazySingle([&called] {
                called = true;
                return 7;
              }).RunWith(TestSink<int>::Probe(), system());
  kit_.Run();
  EXPECT_FALSE(called);
  sink.RequestNext(7).Request(1).ExpectComplete();
}

TEST_F(SourceTest, UnfoldGoesOnUntilThereIsNone) {
  auto source = Source<int>::Unfold(1, [](int n) -> std::optional<std::pair<int, int>> {
    if (n > 20) return std::nullopt;
    return std::pair(2 * n, n);
  });
  EXPECT_EQ(Seq(source), Ints({1, 2, 4, 8, 16}));
  EXPECT_EQ(Seq(source), Ints({1, 2, 4, 8, 16}));
}

TEST_F(SourceTest, UnfoldFailsWithWhatIsThrown) {
  EXPECT_EQ(FailureOf(Source<int>::Unfold(
                1, [](int n) { return std::optional(std::pair(ThrowAt(3, n) + 1, n)); })),
            absl::UnknownError("bad element"));
}

}  // namespace
}  // namespace sampo::stream
