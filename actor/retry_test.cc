// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/retry.h"

#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "sampo/actor/actor.h"
#include "sampo/actor/test_util.h"

namespace sampo {
namespace {

constexpr absl::Duration kForever = absl::Hours(1);

// Fails `failures` times, then gives 7; notes when it was called.
struct Flaky {
  SimulatedKit& kit;
  int failures;
  std::vector<int64_t> calls;

  Future<int> operator()() {
    calls.push_back(kit.simulation().NowNanos());
    if (static_cast<int>(calls.size()) > failures) return Future<int>::Ready(7);
    return Future<int>::Failed(absl::UnavailableError("down"));
  }
};

TEST(RetryTest, CallsAgainUntilItSucceeds) {
  SimulatedKit kit;
  Flaky flaky{kit, 2, {}};
  Future<int> seven = Retry(kit.system(), {.attempts = 5}, [&] { return flaky(); });
  EXPECT_EQ(Await(seven, kForever).value(), 7);
  EXPECT_EQ(flaky.calls.size(), 3u);
}

TEST(RetryTest, TheFirstAttemptIsMadeAtOnceByTheCaller) {
  SimulatedKit kit;
  Flaky flaky{kit, 0, {}};
  Future<int> seven = Retry(kit.system(), {}, [&] { return flaky(); });
  EXPECT_TRUE(seven.IsComplete());
}

TEST(RetryTest, GivesUpWithTheLastCodeAndTheNumberOfAttempts) {
  SimulatedKit kit;
  Flaky flaky{kit, 100, {}};
  Future<int> failed = Retry(kit.system(), {.attempts = 3}, [&] { return flaky(); });
  absl::Status status = Await(failed, kForever).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(status.message(), "attempt 3 of 3 failed, no more: down");
  EXPECT_EQ(flaky.calls.size(), 3u);
}

TEST(RetryTest, PausesGrowAndAreSpread) {
  SimulatedKit kit;
  Flaky flaky{kit, 100, {}};
  RetryOptions options{
      .attempts = 5,
      .backoff = {.min = absl::Seconds(1), .max = absl::Seconds(4), .random_factor = 0.5}};
  Future<int> failed = Retry(kit.system(), options, [&] { return flaky(); });
  EXPECT_FALSE(Await(failed, kForever).ok());
  ASSERT_EQ(flaky.calls.size(), 5u);
  const double wanted[] = {1, 2, 4, 4};
  for (size_t i = 0; i < 4; ++i) {
    const double pause = static_cast<double>(flaky.calls[i + 1] - flaky.calls[i]) / 1e9;
    EXPECT_GE(pause, wanted[i]);
    EXPECT_LE(pause, wanted[i] * 1.5 + 0.1);  // a simulated machine may be a little late
  }
}

TEST(RetryTest, StopsAtAFailureThatIsNotWorthIt) {
  SimulatedKit kit;
  int calls = 0;
  Future<int> failed =
      Retry(kit.system(),
            {.attempts = 5,
             .retry_when = [](const absl::Status& status) { return absl::IsUnavailable(status); }},
            [&] {
              ++calls;
              return Future<int>::Failed(absl::InvalidArgumentError("no such sku"));
            });
  EXPECT_EQ(Await(failed, kForever).status(), absl::InvalidArgumentError("no such sku"));
  EXPECT_EQ(calls, 1);
}

TEST(RetryTest, WhatThrowsIsAFailedAttempt) {
  SimulatedKit kit;
  int calls = 0;
  Future<void> done = Retry(kit.system(), {}, [&]() -> Future<void> {
    if (++calls == 1) throw std::runtime_error("boom");
    return Future<void>::Ready();
  });
  EXPECT_EQ(Await(done, kForever), absl::OkStatus());
  EXPECT_EQ(calls, 2);
}

TEST(RetryTest, TheEndOfTheSystemCancelsAPause) {
  std::optional<Future<int>> never;
  {
    SimulatedKit kit;
    never = Retry(kit.system(), {.attempts = 2},
                  [] { return Future<int>::Failed(absl::UnavailableError("down")); });
  }
  EXPECT_EQ(Await(*never, absl::ZeroDuration()).status().code(), absl::StatusCode::kCancelled);
}

TEST(RetryTest, WorksOnThreads) {
  ActorTestKit kit;
  std::atomic<int> calls = 0;
  RetryOptions options{
      .attempts = 4,
      .backoff = {.min = absl::ZeroDuration(), .max = absl::Milliseconds(2), .random_factor = 0}};
  Future<int> value = Retry(kit.system(), options, [&] {
    return ++calls < 4 ? Future<int>::Failed(absl::UnavailableError("down"))
                       : Future<int>::Ready(calls.load());
  });
  EXPECT_EQ(Await(value, absl::Seconds(10)).value(), 4);
}

}  // namespace
}  // namespace sampo
