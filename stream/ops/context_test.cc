// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/stream/ops/context.h"

#include <optional>
#include <string>
#include <utility>

#include "sampo/stream/ops/ops_test_util.h"
#include "sampo/stream/with_context.h"

namespace sampo::stream {
namespace {

class ContextTest : public OpsTest {
 protected:
  using Pairs = std::vector<std::pair<int, std::string>>;
  // 1 with "#1", up to 4.
  static auto Four() {
    return Source<int>::Range(1, 4).AsSourceWithContext(
        [](int n) { return "#" + std::to_string(n); });
  }
  template <class S>
  auto PairsOf(const S& source) {
    return Seq(source.AsSource());
  }
};

TEST_F(ContextTest, MapKeepsTheContext) {
  EXPECT_EQ(PairsOf(Four().Map([](int n) { return 10 * n; })),
            Pairs({{10, "#1"}, {20, "#2"}, {30, "#3"}, {40, "#4"}}));
}

TEST_F(ContextTest, ElementsAreDroppedWithTheirContexts) {
  auto odd = [](int n) { return n % 2 == 1; };
  EXPECT_EQ(PairsOf(Four().Filter(odd)), Pairs({{1, "#1"}, {3, "#3"}}));
  EXPECT_EQ(PairsOf(Four().FilterNot(odd)), Pairs({{2, "#2"}, {4, "#4"}}));
  EXPECT_EQ(PairsOf(Four().Collect([](int n) -> std::optional<int> {
              if (n < 3) return std::nullopt;
              return -n;
            })),
            Pairs({{-3, "#3"}, {-4, "#4"}}));
}

TEST_F(ContextTest, TryMapFailsWithTheStatus) {
  auto source = Four().TryMap([](int n) -> absl::StatusOr<int> {
    if (n == 3) return absl::DataLossError("three");
    return n;
  });
  EXPECT_EQ(FailureOf(source.AsSource()), absl::DataLossError("three"));
  EXPECT_EQ(PairsOf(source.WithAttributes(Resuming())), Pairs({{1, "#1"}, {2, "#2"}, {4, "#4"}}));
}

TEST_F(ContextTest, MapConcatCopiesTheContext) {
  EXPECT_EQ(PairsOf(Four().Filter([](int n) { return n < 3; }).MapConcat([](int n) {
              return Ints({n, -n});
            })),
            Pairs({{1, "#1"}, {-1, "#1"}, {2, "#2"}, {-2, "#2"}}));
}

TEST_F(ContextTest, GroupedAndSlidingGroupTheContextsToo) {
  using Groups = std::vector<std::pair<std::vector<int>, std::vector<std::string>>>;
  EXPECT_EQ(PairsOf(Four().Grouped(3)), Groups({{{1, 2, 3}, {"#1", "#2", "#3"}}, {{4}, {"#4"}}}));
  EXPECT_EQ(PairsOf(Four().Sliding(2, 2)),
            Groups({{{1, 2}, {"#1", "#2"}}, {{3, 4}, {"#3", "#4"}}}));
}

TEST_F(ContextTest, MapAsyncKeepsTheContext) {
  EXPECT_EQ(PairsOf(Four().MapAsync(2, [](int n) { return Future<int>::Ready(n + 1); })),
            Pairs({{2, "#1"}, {3, "#2"}, {4, "#3"}, {5, "#4"}}));
}

TEST_F(ContextTest, MapContextChangesTheContextAlone) {
  EXPECT_EQ(
      PairsOf(Four().MapContext([](std::string text) { return text.size(); }).Filter([](int n) {
        return n == 2;
      })),
      (std::vector<std::pair<int, size_t>>{{2, 2}}));
}

TEST_F(ContextTest, AFlowMayTakeAndMakeContexts) {
  auto flow = Flow<int>()
                  .Map([](int n) { return 2 * n; })
                  .AsFlowWithContext<int, std::string>(
                      [](int n, const std::string& context) {
                        return n + static_cast<int>(context.size());
                      },
                      [](int n) { return n > 8; })
                  .Map([](int n) { return n + 1; });
  EXPECT_EQ(PairsOf(Four().Via(flow)),
            (std::vector<std::pair<int, bool>>{{7, false}, {9, false}, {11, true}, {13, true}}));
}

}  // namespace
}  // namespace sampo::stream
