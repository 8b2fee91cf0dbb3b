// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/base/backoff.h"

#include <cstdint>
#include <limits>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"

namespace sampo {
namespace {

constexpr int64_t kCountMax = std::numeric_limits<int64_t>::max();

BackoffOptions Options(double random_factor = 0.0) {
  return {.min = absl::Milliseconds(100), .max = absl::Seconds(10), .random_factor = random_factor};
}

TEST(BackoffTest, DoublesFromMinWithEachFailure) {
  EXPECT_EQ(BackoffDelay(Options(), 0, 0.5), absl::Milliseconds(100));
  EXPECT_EQ(BackoffDelay(Options(), 1, 0.5), absl::Milliseconds(200));
  EXPECT_EQ(BackoffDelay(Options(), 2, 0.5), absl::Milliseconds(400));
  EXPECT_EQ(BackoffDelay(Options(), 6, 0.5), absl::Milliseconds(6400));
}

TEST(BackoffTest, StopsGrowingAtMax) {
  EXPECT_EQ(BackoffDelay(Options(), 7, 0.5), absl::Seconds(10));
  EXPECT_EQ(BackoffDelay(Options(), 1000, 0.5), absl::Seconds(10));
}

TEST(BackoffTest, SaturatesForAnyCount) {
  for (int64_t count : {int64_t{61}, int64_t{62}, int64_t{63}, int64_t{64}, kCountMax}) {
    EXPECT_EQ(BackoffDelay(Options(), count, 0.0), absl::Seconds(10)) << count;
  }
  EXPECT_EQ(BackoffDelay(Options(), -5, 0.0), absl::Milliseconds(100));
}

TEST(BackoffTest, SaturatesForHugeDurations) {
  BackoffOptions options{
      .min = absl::Hours(1 << 30), .max = absl::Hours(int64_t{1} << 50), .random_factor = 1.0};
  absl::Duration delay = BackoffDelay(options, kCountMax, 1.0);
  EXPECT_GE(delay, options.min);
  EXPECT_LT(delay, absl::InfiniteDuration());
}

TEST(BackoffTest, AddsTheRandomPartLastSoItMayPassMax) {
  EXPECT_EQ(BackoffDelay(Options(0.2), 0, 0.5), absl::Milliseconds(110));
  EXPECT_EQ(BackoffDelay(Options(0.5), 100, 0.5), absl::Milliseconds(12500));
}

TEST(BackoffTest, StaysFlatWhenMinIsZero) {
  BackoffOptions options{.min = absl::ZeroDuration(), .max = absl::Seconds(1)};
  EXPECT_EQ(BackoffDelay(options, kCountMax, 0.9), absl::ZeroDuration());
}

TEST(BackoffTest, MovesARandomNumberOutsideTheRangeToItsEnd) {
  EXPECT_EQ(BackoffDelay(Options(0.5), 0, -3.0), absl::Milliseconds(100));
  EXPECT_EQ(BackoffDelay(Options(0.5), 0, 7.0), absl::Milliseconds(150));
  EXPECT_EQ(BackoffDelay(Options(0.5), 0, std::numeric_limits<double>::quiet_NaN()),
            absl::Milliseconds(100));
}

TEST(BackoffTest, ResetsAfterHalfTheSumOfMinAndMax) {
  EXPECT_EQ(DefaultBackoffReset(Options()), absl::Milliseconds(5050));
}

TEST(BackoffTest, AcceptsTheDefaults) { EXPECT_TRUE(ValidateBackoff(BackoffOptions()).ok()); }

TEST(BackoffTest, RefusesOptionsThatDescribeNoSequence) {
  EXPECT_EQ(ValidateBackoff({.min = absl::Seconds(5), .max = absl::Seconds(1)}).message(),
            "backoff: found min 5s and max 1s, want 0 <= min <= max < inf");
  EXPECT_FALSE(ValidateBackoff({.min = absl::Seconds(-5), .max = absl::Seconds(1)}).ok());
  EXPECT_FALSE(ValidateBackoff({.max = absl::InfiniteDuration()}).ok());
  EXPECT_EQ(ValidateBackoff(Options(1.5)).message(),
            "backoff: found random factor 1.500000, want 0.0 to 1.0");
  EXPECT_FALSE(ValidateBackoff(Options(std::numeric_limits<double>::quiet_NaN())).ok());
}

}  // namespace
}  // namespace sampo
