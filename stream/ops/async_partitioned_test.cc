// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include <algorithm>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sampo/actor/actor.h"
#include "sampo/actor/after.h"
#include "sampo/actor/testkit/for_each_seed.h"
#include "sampo/stream/simulated_stream.h"
#include "sampo/stream/stream.h"

namespace sampo::stream {
namespace {

// What runs, by partition.
struct Running {
  std::map<int, int> now;
  int most_of_one = 0;
  int most = 0;
  int total = 0;
};

// Takes a while that depends on the element; counts.
auto Slow(ActorSystemBase& system, std::shared_ptr<Running> running) {
  return [&system, running](int n, int key) {
    running->most_of_one = std::max(running->most_of_one, ++running->now[key]);
    running->most = std::max(running->most, ++running->total);
    return After(system, absl::Milliseconds(n * 7 % 5), [n] { return n; })
        .Map([running, key](int value) {
          --running->now[key];
          --running->total;
          return value;
        });
  };
}
int ByThree(const int& n) { return n % 3; }

TEST(MapAsyncPartitionedTest, RunsOneOfEachPartitionAndKeepsTheOrder) {
  ForEachSeed(20, [](uint64_t seed) {
    SimulatedStream sim(seed);
    auto running = std::make_shared<Running>();
    auto all = Source<int>::Range(1, 60)
                   .MapAsyncPartitioned(8, &ByThree, Slow(sim.system(), running))
                   .RunWith(Sink<int>::Seq(), sim.system());
    auto result = sim.Await(all);
    ASSERT_TRUE(result.ok()) << result.status();
    ASSERT_EQ(result->size(), 60u);
    EXPECT_TRUE(std::is_sorted(result->begin(), result->end()));
    EXPECT_EQ(running->most_of_one, 1);
    EXPECT_EQ(running->most, 3);
  });
}

TEST(MapAsyncPartitionedTest, UnorderedKeepsTheOrderWithinAPartition) {
  ForEachSeed(20, [](uint64_t seed) {
    SimulatedStream sim(seed);
    auto running = std::make_shared<Running>();
    auto all = Source<int>::Range(1, 60)
                   .MapAsyncPartitionedUnordered(8, &ByThree, Slow(sim.system(), running))
                   .RunWith(Sink<int>::Seq(), sim.system());
    auto result = sim.Await(all);
    ASSERT_TRUE(result.ok()) << result.status();
    ASSERT_EQ(result->size(), 60u);
    EXPECT_EQ(running->most_of_one, 1);
    for (int key = 0; key < 3; ++key) {
      std::vector<int> of_key;
      std::copy_if(result->begin(), result->end(), std::back_inserter(of_key),
                   [key](int n) { return n % 3 == key; });
      EXPECT_TRUE(std::is_sorted(of_key.begin(), of_key.end()));
    }
  });
}

TEST(MapAsyncPartitionedTest, GoesOnWithThePartitionAfterReadyAndFailedFutures) {
  SimulatedStream sim;
  auto f = [](int n, int) {
    return n % 4 == 0 ? Future<int>::Failed(absl::DataLossError("four")) : Future<int>::Ready(n);
  };
  const auto resume = [] { return Attributes().Supervision(&ResumingDecider); };
  auto ordered = Source<int>::Range(1, 9)
                     .MapAsyncPartitioned(4, &ByThree, f)
                     .WithAttributes(resume())
                     .RunWith(Sink<int>::Seq(), sim.system());
  EXPECT_EQ(*sim.Await(ordered), (std::vector<int>{1, 2, 3, 5, 6, 7, 9}));
  auto unordered = Source<int>::Range(1, 9)
                       .MapAsyncPartitionedUnordered(4, &ByThree, f)
                       .WithAttributes(resume())
                       .RunWith(Sink<int>::Seq(), sim.system());
  EXPECT_EQ(*sim.Await(unordered), (std::vector<int>{1, 2, 3, 5, 6, 7, 9}));
  auto failed = Source<int>::Range(1, 9)
                    .MapAsyncPartitionedUnordered(4, &ByThree, f)
                    .RunWith(Sink<int>::Seq(), sim.system());
  EXPECT_TRUE(absl::IsDataLoss(sim.Await(failed).status()));
}

}  // namespace
}  // namespace sampo::stream
