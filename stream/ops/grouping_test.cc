// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/stream/ops/grouping.h"

#include <string>

#include "sampo/stream/ops/ops_test_util.h"

namespace sampo::stream {
namespace {

using GroupingTest = OpsTest;
using Groups = std::vector<std::vector<int>>;
using Texts = std::vector<std::string>;

Source<int> UpTo(int last) { return Source<int>::Range(1, last); }
int Itself(int n) { return n; }

TEST_F(GroupingTest, GroupedGivesAShorterGroupAtTheEnd) {
  EXPECT_EQ(Seq(UpTo(5).Grouped(2)), Groups({{1, 2}, {3, 4}, {5}}));
  EXPECT_EQ(Seq(UpTo(4).Grouped(2)), Groups({{1, 2}, {3, 4}}));
  EXPECT_EQ(Seq(Source<int>::Empty().Grouped(2)), Groups());
  EXPECT_EQ(Seq(UpTo(2).Grouped(0)), Groups({{1}, {2}}));
}

TEST_F(GroupingTest, GroupedWeightedEndsAGroupThatIsHeavyEnough) {
  EXPECT_EQ(Seq(UpTo(5).GroupedWeighted(4, Itself)), Groups({{1, 2, 3}, {4}, {5}}));
}

TEST_F(GroupingTest, GroupedWeightedSupervisesItsFunction) {
  auto source = UpTo(5).GroupedWeighted(7, [](int n) { return ThrowAt(3, n); });
  EXPECT_EQ(FailureOf(source), absl::UnknownError("bad element"));
  EXPECT_EQ(Seq(source.WithAttributes(Resuming())), Groups({{1, 2, 4}, {5}}));
  EXPECT_EQ(Seq(source.WithAttributes(Restarting())), Groups({{4, 5}}));
}

TEST_F(GroupingTest, GroupedAdjacentByEndsAGroupAtAnotherKey) {
  auto source =
      Source<int>::From({1, 3, 2, 4, 5, 6}).GroupedAdjacentBy([](int n) { return n % 2 == 0; });
  EXPECT_EQ(Seq(source), Groups({{1, 3}, {2, 4}, {5}, {6}}));
}

TEST_F(GroupingTest, GroupedAdjacentByWeightedAlsoEndsOneThatWouldBeTooHeavy) {
  auto source = Source<int>::From({1, 2, 2, 9, 1})
                    .GroupedAdjacentByWeighted([](int) { return 0; }, 4, Itself);
  EXPECT_EQ(Seq(source), Groups({{1, 2}, {2}, {9}, {1}}));
}

TEST_F(GroupingTest, SlidingGivesWindows) {
  EXPECT_EQ(Seq(UpTo(4).Sliding(3)), Groups({{1, 2, 3}, {2, 3, 4}}));
  EXPECT_EQ(Seq(UpTo(5).Sliding(2, 2)), Groups({{1, 2}, {3, 4}, {5}}));
  EXPECT_EQ(Seq(UpTo(7).Sliding(2, 3)), Groups({{1, 2}, {4, 5}, {7}}));
}

TEST_F(GroupingTest, SlidingGivesAShortWindowOnlyForNewElements) {
  EXPECT_EQ(Seq(UpTo(2).Sliding(3)), Groups({{1, 2}}));
  EXPECT_EQ(Seq(UpTo(3).Sliding(3, 2)), Groups({{1, 2, 3}}));
  EXPECT_EQ(Seq(UpTo(4).Sliding(3, 2)), Groups({{1, 2, 3}, {3, 4}}));
  EXPECT_EQ(Seq(Source<int>::Empty().Sliding(3)), Groups());
}

TEST_F(GroupingTest, IntersperseSeparates) {
  Source<std::string> texts = Source<std::string>::From({"a", "b", "c"});
  EXPECT_EQ(Seq(texts.Intersperse(",")), Texts({"a", ",", "b", ",", "c"}));
  EXPECT_EQ(Seq(texts.Intersperse("[", ",", "]")), Texts({"[", "a", ",", "b", ",", "c", "]"}));
}

TEST_F(GroupingTest, IntersperseOfNothingHasItsStartAndEnd) {
  EXPECT_EQ(Seq(Source<std::string>::Empty().Intersperse("[", ",", "]")), Texts({"[", "]"}));
  EXPECT_EQ(Seq(Source<std::string>::Empty().Intersperse(",")), Texts());
}

}  // namespace
}  // namespace sampo::stream
