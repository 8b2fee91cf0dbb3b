// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/stream/ops/simple.h"

#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "sampo/stream/ops/ops_test_util.h"

namespace sampo::stream {
namespace {

using SimpleTest = OpsTest;
using Variant = std::variant<int, std::string>;

Source<int> Five() { return Source<int>::Range(1, 5); }
bool IsOdd(int n) { return n % 2 == 1; }
std::optional<int> TenfoldOfOdd(int n) {
  if (!IsOdd(n)) return std::nullopt;
  return 10 * n;
}

TEST_F(SimpleTest, MapPassesWhatTheFunctionReturns) {
  EXPECT_EQ(Seq(Five().Map([](int n) { return std::to_string(n); })),
            (std::vector<std::string>{"1", "2", "3", "4", "5"}));
}

TEST_F(SimpleTest, MapTakesElementsThatCanOnlyBeMoved) {
  EXPECT_EQ(Seq(Five()
                    .Map([](int n) { return std::make_unique<int>(n); })
                    .Filter([](const std::unique_ptr<int>& n) { return IsOdd(*n); })
                    .Map([](std::unique_ptr<int> n) { return *n; })),
            Ints({1, 3, 5}));
}

TEST_F(SimpleTest, MapFailsTheStreamWithWhatIsThrown) {
  EXPECT_EQ(FailureOf(Five().Map([](int n) { return ThrowAt(3, n); })),
            absl::UnknownError("bad element"));
}

TEST_F(SimpleTest, MapDropsTheElementWhereTheSupervisionGoesOn) {
  auto source = Five().Map([](int n) { return ThrowAt(3, n); });
  EXPECT_EQ(Seq(source.WithAttributes(Resuming())), Ints({1, 2, 4, 5}));
  EXPECT_EQ(Seq(source.WithAttributes(Restarting())), Ints({1, 2, 4, 5}));
}

TEST_F(SimpleTest, MapCopiesItsFunctionForEachMaterialization) {
  auto counted = Five().Map([count = 0](int) mutable { return ++count; });
  EXPECT_EQ(Seq(counted), Ints({1, 2, 3, 4, 5}));
  EXPECT_EQ(Seq(counted), Ints({1, 2, 3, 4, 5}));
}

TEST_F(SimpleTest, TryMapSupervisesAStatus) {
  auto source = Five().TryMap([](int n) -> absl::StatusOr<int> {
    if (n == 2) return absl::InvalidArgumentError("two");
    return n;
  });
  EXPECT_EQ(FailureOf(source), absl::InvalidArgumentError("two"));
  EXPECT_EQ(Seq(source.WithAttributes(Resuming())), Ints({1, 3, 4, 5}));
}

TEST_F(SimpleTest, MapOptionAndCollectDropWhatTheFunctionDoesNotKnow) {
  EXPECT_EQ(Seq(Five().MapOption(TenfoldOfOdd)), Ints({10, 30, 50}));
  EXPECT_EQ(Seq(Five().Collect(TenfoldOfOdd)), Ints({10, 30, 50}));
}

TEST_F(SimpleTest, CollectDropsTheElementWhereTheSupervisionGoesOn) {
  auto source = Five().Collect([](int n) { return TenfoldOfOdd(ThrowAt(3, n)); });
  EXPECT_EQ(FailureOf(source), absl::UnknownError("bad element"));
  EXPECT_EQ(Seq(source.WithAttributes(Resuming())), Ints({10, 50}));
}

TEST_F(SimpleTest, CollectFirstEndsAfterTheFirstItKnows) {
  EXPECT_EQ(Seq(Source<int>::Iterate(2, [](int n) { return n + 1; }).CollectFirst(TenfoldOfOdd)),
            Ints({30}));
  EXPECT_EQ(Seq(Source<int>::Single(2).CollectFirst(TenfoldOfOdd)), Ints());
}

TEST_F(SimpleTest, CollectWhileEndsBeforeTheFirstItDoesNotKnow) {
  EXPECT_EQ(Seq(Source<int>::From({1, 3, 4, 5}).CollectWhile(TenfoldOfOdd)), Ints({10, 30}));
}

TEST_F(SimpleTest, CollectTypeTakesOneAlternative) {
  auto source = Source<Variant>::From({1, "a", 2, "b"});
  EXPECT_EQ(Seq(source.CollectType<int>()), Ints({1, 2}));
  EXPECT_EQ(Seq(source.CollectType<std::string>()), (std::vector<std::string>{"a", "b"}));
}

TEST_F(SimpleTest, FlattenOptionalPassesTheValues) {
  EXPECT_EQ(Seq(Source<std::optional<int>>::From({1, std::nullopt, 3}).FlattenOptional()),
            Ints({1, 3}));
}

TEST_F(SimpleTest, FilterAndFilterNotPassHalfEach) {
  EXPECT_EQ(Seq(Five().Filter(IsOdd)), Ints({1, 3, 5}));
  EXPECT_EQ(Seq(Five().FilterNot(IsOdd)), Ints({2, 4}));
}

TEST_F(SimpleTest, FilterDropsTheElementWhereTheSupervisionGoesOn) {
  auto source = Five().Filter([](int n) { return ThrowAt(5, n) != 1; });
  EXPECT_EQ(FailureOf(source), absl::UnknownError("bad element"));
  EXPECT_EQ(Seq(source.WithAttributes(Resuming())), Ints({2, 3, 4}));
}

TEST_F(SimpleTest, PipesCrossAnAsynchronousBoundary) {
  EXPECT_EQ(Seq(Source<int>::Range(1, 100)
                    .Filter(IsOdd)
                    .Async()
                    .Collect(TenfoldOfOdd)
                    .Async()
                    .Map([](int n) { return n / 10; })
                    .Drop(48)),
            Ints({97, 99}));
}

}  // namespace
}  // namespace sampo::stream
