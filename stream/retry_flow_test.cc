// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/stream/retry_flow.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sampo/actor/actor.h"
#include "sampo/stream/simulated_stream.h"
#include "sampo/stream/stream.h"

namespace sampo::stream {
namespace {

constexpr RetrySettings kSettings{
    .backoff = {.min = absl::Seconds(1), .max = absl::Seconds(8), .random_factor = 0},
    .max_retries = 3};

// Retries odd results with one more.
std::optional<int> NextIfOdd(const int& in, const int& out) {
  if (out % 2 == 0) return std::nullopt;
  return in + 1;
}

TEST(RetryFlowTest, RunsAnElementAgainUntilItsResultWillDo) {
  SimulatedStream sim;
  auto flow = Flow<int>().Map([](int n) { return n * 10 + (n % 4 == 0 ? 0 : 1); });
  const absl::Duration begin = sim.now();
  auto all = Source<int>::From({4, 5, 8})
                 .Via(RetryFlow::WithBackoff(kSettings, flow, &NextIfOdd))
                 .RunWith(Sink<int>::Seq(), sim.system());
  EXPECT_EQ(*sim.Await(all), (std::vector<int>{40, 80, 80}));
  EXPECT_EQ(sim.now() - begin, absl::Seconds(1 + 2 + 4));
}

TEST(RetryFlowTest, EmitsTheLastResultWhenRetriesAreUsedUp) {
  SimulatedStream sim;
  auto flow = Flow<int>().Map([](int n) { return 2 * n + 1; });
  auto all = Source<int>::Range(1, 1)
                 .Via(RetryFlow::WithBackoff(kSettings, flow, &NextIfOdd))
                 .RunWith(Sink<int>::Seq(), sim.system());
  EXPECT_EQ(*sim.Await(all), (std::vector<int>{9}));
}

TEST(RetryFlowTest, FailsWithItsFlow) {
  SimulatedStream sim;
  auto flow =
      Flow<int>().MapAsync(1, [](int) { return Future<int>::Failed(absl::DataLossError("gone")); });
  auto all = Source<int>::Range(1, 3)
                 .Via(RetryFlow::WithBackoff(kSettings, flow, &NextIfOdd))
                 .RunWith(Sink<int>::Seq(), sim.system());
  EXPECT_TRUE(absl::IsDataLoss(sim.Await(all).status()));
}

TEST(RetryFlowTest, RetriesAFlowWithItsContext) {
  SimulatedStream sim;
  using Pair = std::pair<int, std::string>;
  FlowWithContext<int, std::string, int, std::string, NotUsed> flow(Flow<Pair>().Map(
      [](Pair pair) { return Pair(pair.first * 10 + pair.first % 2, pair.second); }));
  auto retried = RetryFlow::WithBackoffAndContext(
      kSettings, flow, [](const Pair& in, const Pair& out) -> std::optional<Pair> {
        if (out.first % 2 == 0) return std::nullopt;
        return Pair(in.first + 1, in.second + "+");
      });
  auto all = Source<Pair>::From({{4, "a"}, {5, "b"}})
                 .Via(retried.AsFlow())
                 .RunWith(Sink<Pair>::Seq(), sim.system());
  EXPECT_EQ(*sim.Await(all), (std::vector<Pair>{{40, "a"}, {60, "b+"}}));
}

}  // namespace
}  // namespace sampo::stream
