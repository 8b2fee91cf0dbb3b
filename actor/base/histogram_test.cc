// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/base/histogram.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <thread>
#include <vector>

#include "gtest/gtest.h"
#include "sampo/actor/base/random.h"

namespace sampo {
namespace {

constexpr uint64_t kLargest = std::numeric_limits<uint64_t>::max();

TEST(HistogramBucketTest, CoversAllNumbersWithoutGapsInOrder) {
  EXPECT_EQ(HistogramBucket(0), 0u);
  EXPECT_EQ(HistogramBucket(kLargest), kHistogramBuckets - 1);
  EXPECT_EQ(HistogramUpperBound(kHistogramBuckets - 1), kLargest);
  for (size_t bucket = 0; bucket + 1 < kHistogramBuckets; ++bucket) {
    const uint64_t upper = HistogramUpperBound(bucket);
    ASSERT_EQ(HistogramBucket(upper), bucket);
    ASSERT_EQ(HistogramBucket(upper + 1), bucket + 1);
  }
}

TEST(HistogramBucketTest, IsAtMostASixteenthWide) {
  for (size_t bucket = kHistogramParts; bucket < kHistogramBuckets; ++bucket) {
    const uint64_t lower = HistogramUpperBound(bucket - 1) + 1;
    ASSERT_LE(HistogramUpperBound(bucket) - lower, lower / kHistogramParts) << bucket;
  }
}

TEST(HistogramTest, IsAllZeroWhenEmpty) {
  HistogramSnapshot snapshot = HistogramCell().Snapshot();
  EXPECT_EQ(snapshot, HistogramSnapshot());
  EXPECT_EQ(snapshot.Percentile(0.5), 0u);
  EXPECT_EQ(snapshot.Mean(), 0.0);
  EXPECT_EQ(snapshot.CountAtMost(5), 0u);
}

TEST(HistogramTest, IsExactBelowSixteen) {
  HistogramCell cell;
  for (uint64_t value = 1; value <= 10; ++value) cell.Record(value);
  HistogramSnapshot snapshot = cell.Snapshot();
  EXPECT_EQ(snapshot.Percentile(0.0), 1u);
  EXPECT_EQ(snapshot.Percentile(0.5), 5u);
  EXPECT_EQ(snapshot.Percentile(0.91), 10u);
  EXPECT_EQ(snapshot.Percentile(1.0), 10u);
  EXPECT_EQ(snapshot.Mean(), 5.5);
  EXPECT_EQ(snapshot.CountAtMost(3), 3u);
}

TEST(HistogramTest, KnowsBothEndsExactly) {
  HistogramCell cell;
  cell.Record(1'000'003);
  cell.Record(kLargest);
  HistogramSnapshot snapshot = cell.Snapshot();
  EXPECT_EQ(snapshot.min, 1'000'003u);
  EXPECT_EQ(snapshot.Percentile(0.0), 1'000'003u);
  EXPECT_EQ(snapshot.Percentile(1.0), kLargest);
  EXPECT_EQ(snapshot.Percentile(7.0), kLargest);
  EXPECT_EQ(snapshot.Percentile(std::nan("")), 1'000'003u);
  EXPECT_EQ(snapshot.CountAtMost(kLargest), 2u);
}

TEST(HistogramTest, PercentilesAreNeverTooSmallAndAtMostASixteenthTooLarge) {
  Random random(20260101);
  HistogramCell cell;
  std::vector<uint64_t> values;
  for (int i = 0; i < 10'000; ++i) {
    // Numbers of every length, as latencies with a long tail are.
    values.push_back(random.Next() >> random.Below(64));
    cell.Record(values.back());
  }
  std::sort(values.begin(), values.end());
  HistogramSnapshot snapshot = cell.Snapshot();
  for (double quantile : {0.01, 0.25, 0.5, 0.9, 0.99, 0.999}) {
    const uint64_t exact = values[static_cast<size_t>(std::ceil(quantile * 10'000)) - 1];
    EXPECT_GE(snapshot.Percentile(quantile), exact) << quantile;
    EXPECT_LE(snapshot.Percentile(quantile) - exact, exact / kHistogramParts) << quantile;
  }
}

TEST(HistogramTest, MergeEqualsRecordingBothInOne) {
  HistogramCell left;
  HistogramCell right;
  HistogramCell both;
  for (uint64_t value : {3u, 70u, 5000u}) {
    left.Record(value);
    both.Record(value);
  }
  for (uint64_t value : {1u, 9'000'000u}) {
    right.Record(value);
    both.Record(value);
  }
  HistogramSnapshot merged = left.Snapshot();
  merged.Merge(right.Snapshot());
  EXPECT_EQ(merged, both.Snapshot());
  merged.Merge(HistogramSnapshot());
  EXPECT_EQ(merged, both.Snapshot());
  HistogramSnapshot empty;
  empty.Merge(merged);
  EXPECT_EQ(empty, merged);
}

TEST(HistogramTest, LosesNothingAcrossThreads) {
  HistogramCell cell;
  std::vector<std::thread> threads;
  for (uint64_t t = 0; t < 4; ++t) {
    threads.emplace_back([&cell, t] {
      for (uint64_t i = 0; i < 10'000; ++i) cell.Record(t * 10'000 + i);
    });
  }
  for (std::thread& thread : threads) thread.join();
  HistogramSnapshot snapshot = cell.Snapshot();
  EXPECT_EQ(snapshot.count, 40'000u);
  EXPECT_EQ(snapshot.sum, 40'000u * 39'999u / 2);
  EXPECT_EQ(snapshot.min, 0u);
  EXPECT_EQ(snapshot.max, 39'999u);
}

}  // namespace
}  // namespace sampo
