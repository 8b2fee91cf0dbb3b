// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#ifndef SAMPO_ACTOR_BASE_HISTOGRAM_H_
#define SAMPO_ACTOR_BASE_HISTOGRAM_H_

// A log-linear histogram of whole numbers: its buckets, its counting cell, and its snapshot.
//
// Why it exists: latencies and sizes range over many powers of ten, and their percentiles must be
// mergeable across threads and nodes, which percentiles themselves are not.
//
// Buckets: the numbers below 16 have one each; from there every power of two is cut into 16 equal
// parts. So a bucket is at most 1/16 (6.25 %) of its lower bound wide, and 976 buckets (7.8 kB)
// hold all 64 bits. The idea is that of HdrHistogram; 16 parts are chosen, not measured.
//
// Threads: Record may be called from any thread without a lock; a snapshot taken meanwhile may
// lack the newest numbers. Lifetime: plain values.
//
//   HistogramCell cell;
//   cell.Record(latency_us);
//   uint64_t p99 = cell.Snapshot().Percentile(0.99);

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace sampo {

inline constexpr int kHistogramPartBits = 4;  // log2 of the parts of a power of two.
inline constexpr size_t kHistogramParts = size_t{1} << kHistogramPartBits;
inline constexpr size_t kHistogramBuckets = (64 - kHistogramPartBits + 1) * kHistogramParts;

// The bucket that counts `value`.
constexpr size_t HistogramBucket(uint64_t value) {
  if (value < kHistogramParts) return static_cast<size_t>(value);
  const int shift = std::bit_width(value) - 1 - kHistogramPartBits;
  const size_t part = static_cast<size_t>(value >> shift) & (kHistogramParts - 1);
  return static_cast<size_t>(shift + 1) * kHistogramParts + part;
}

// The largest value that `bucket` counts. REQUIRES: bucket < kHistogramBuckets.
constexpr uint64_t HistogramUpperBound(size_t bucket) {
  if (bucket < kHistogramParts) return bucket;
  const int shift = static_cast<int>(bucket / kHistogramParts) - 1;
  const uint64_t part = bucket % kHistogramParts;
  // In this order the last bucket wraps to the largest number instead of past it.
  return ((kHistogramParts + part) << shift) - 1 + (uint64_t{1} << shift);
}

struct HistogramSnapshot {
  std::vector<uint64_t> buckets;  // Without the zeros at the end.
  uint64_t count = 0;             // The sum of `buckets`.
  uint64_t sum = 0;               // Modulo 2^64.
  uint64_t min = 0;               // 0 if count is 0.
  uint64_t max = 0;

  friend bool operator==(const HistogramSnapshot&, const HistogramSnapshot&) = default;

  // The smallest number that at least `quantile` (0 to 1) of the values do not exceed: exact at
  // both ends and below 16, elsewhere up to 6.25 % too large. 0 if nothing was recorded.
  [[nodiscard]] uint64_t Percentile(double quantile) const;

  // How many values are at most `value`, of those whose whole bucket is: never too many.
  [[nodiscard]] uint64_t CountAtMost(uint64_t value) const;

  // 0 if nothing was recorded.
  [[nodiscard]] double Mean() const;

  // Adds the values of `other`, as if they had been recorded here.
  void Merge(const HistogramSnapshot& other);
};

// Where values are counted. 7.8 kB.
class HistogramCell {
 public:
  void Record(uint64_t value) {
    // All relaxed: each number is independent, and a snapshot promises no instant. Nothing else
    // is published through them.
    buckets_[HistogramBucket(value)].fetch_add(1, std::memory_order_relaxed);
    sum_.fetch_add(value, std::memory_order_relaxed);
    uint64_t seen = max_.load(std::memory_order_relaxed);
    while (value > seen && !max_.compare_exchange_weak(seen, value, std::memory_order_relaxed)) {
    }
    seen = min_.load(std::memory_order_relaxed);
    while (value < seen && !min_.compare_exchange_weak(seen, value, std::memory_order_relaxed)) {
    }
  }

  [[nodiscard]] HistogramSnapshot Snapshot() const;

 private:
  std::array<std::atomic<uint64_t>, kHistogramBuckets> buckets_{};
  std::atomic<uint64_t> sum_{0};
  std::atomic<uint64_t> max_{0};
  std::atomic<uint64_t> min_{std::numeric_limits<uint64_t>::max()};
};

}  // namespace sampo

#endif  // SAMPO_ACTOR_BASE_HISTOGRAM_H_
