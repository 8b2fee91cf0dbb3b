// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Nothing is left behind: memory is constant over very many elements and over very many streams.
//
// 100 million elements through a chain of ten operators with two boundaries, and a million streams,
// take minutes in the default build, so each runs a hundredth of that; SAMPO_STREAM_SOAK=1 in the
// environment makes it all.
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <string>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sampo/actor/actor.h"
#include "sampo/actor/base/block_pool.h"
#include "sampo/stream/stall_report.h"
#include "sampo/stream/stream.h"

namespace sampo::stream {
namespace {

struct Nothing {};

int64_t Scaled(int64_t count) { return std::getenv("SAMPO_STREAM_SOAK") ? count : count / 100; }

int64_t ResidentKib() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmRSS:")) return std::atoll(line.c_str() + 6);
  }
  return 0;
}

SystemSettings Settings() {
  SystemSettings settings;
  settings.threads = 2;
  settings.log_level = "error";
  return settings;
}

int64_t SumOfLongGraph(ActorSystemBase& system, int64_t elements) {
  auto sum =
      Source<int64_t>::Range(1, elements)
          .Map([](int64_t n) { return n + 1; })
          .Filter([](int64_t n) { return n % 10 != 0; })
          .Async()
          .Map([](int64_t n) { return n * 2; })
          .FilterNot([](int64_t n) { return n < 0; })
          .Map([](int64_t n) { return n - 1; })
          .Async()
          .Map([](int64_t n) { return n ^ 1; })
          .Take(elements)
          .Map([](int64_t) { return int64_t{1}; })
          .RunWith(Sink<int64_t>::Fold(int64_t{0}, [](int64_t a, int64_t b) { return a + b; }),
                   system);
  auto result = Await(std::move(sum), absl::Minutes(30));
  EXPECT_TRUE(result.ok()) << result.status();
  return result.value_or(0);
}

TEST(StreamLeakTest, ManyElementsPassInConstantMemory) {
  ActorSystem<Nothing> system(Ignore(), "soak", Settings());
  const int64_t elements = Scaled(100'000'000);
  SumOfLongGraph(system, elements / 10);
  const int64_t before = ResidentKib();
  EXPECT_EQ(SumOfLongGraph(system, elements), elements - (elements + 1) / 10);
  // A sanitizer keeps freed memory back for a while; it has a leak check of its own.
  if (SAMPO_BLOCK_POOL) {
    EXPECT_LE(ResidentKib() - before, 4096);
  }
}

TEST(StreamLeakTest, ManyStreamsLeaveNothingBehind) {
  ActorSystem<Nothing> system(Ignore(), "soak", Settings());
  auto run = [&system](int64_t streams) {
    for (int64_t i = 0; i < streams; ++i) {
      auto done = Source<int64_t>::Range(1, 3)
                      .Map([](int64_t n) { return n; })
                      .RunWith(Sink<int64_t>::Ignore(), system);
      ASSERT_EQ(Await(std::move(done), absl::Seconds(30)), absl::OkStatus());
    }
  };
  const int64_t streams = Scaled(1'000'000);
  run(streams / 10);
  const int64_t slabs = GetBlockPoolStats().slabs_taken;
  run(streams);
  EXPECT_LE(GetBlockPoolStats().slabs_taken - slabs, 16);
  system.Terminate();
  EXPECT_EQ(system.AwaitTermination(absl::Seconds(30)), absl::OkStatus());
  EXPECT_TRUE(DescribeStreams(system).streams.empty());
}

// What its stages were sent before the start is let go, too: it would hold the islands for ever.
TEST(StreamLeakTest, AStreamThatComesTooLateLeavesNothingBehind) {
  ActorSystem<Nothing> system(Ignore(), "late", Settings());
  system.Terminate();
  ASSERT_EQ(system.AwaitTermination(absl::Seconds(30)), absl::OkStatus());
  auto done = Source<int64_t>::Range(1, 3)
                  .Throttle(1, absl::Seconds(1))
                  .MapAsync(2, [](int64_t n) { return Future<int64_t>::Ready(n); })
                  .Async()
                  .RunWith(Sink<int64_t>::Ignore(), system);
  EXPECT_FALSE(Await(std::move(done), absl::Seconds(30)).ok());
  EXPECT_TRUE(DescribeStreams(system).streams.empty());
}

}  // namespace
}  // namespace sampo::stream
