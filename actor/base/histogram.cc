// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/base/histogram.h"

#include <algorithm>
#include <cmath>

namespace sampo {

uint64_t HistogramSnapshot::Percentile(double quantile) const {
  if (count == 0) return 0;
  if (!(quantile > 0)) return min;  // Also a NaN.
  // The rank is clamped, because a large count has no exact double.
  const double wanted = std::ceil(std::min(quantile, 1.0) * static_cast<double>(count));
  const uint64_t rank = wanted >= static_cast<double>(count)
                            ? count
                            : std::max<uint64_t>(1, static_cast<uint64_t>(wanted));
  uint64_t passed = 0;
  for (size_t i = 0; i < buckets.size(); ++i) {
    passed += buckets[i];
    // The ends are known exactly, so a bound beyond them would be needlessly wrong.
    if (passed >= rank) return std::clamp(HistogramUpperBound(i), min, std::max(min, max));
  }
  return max;
}

uint64_t HistogramSnapshot::CountAtMost(uint64_t value) const {
  if (count > 0 && value >= max) return count;
  uint64_t total = 0;
  for (size_t i = 0; i < buckets.size() && HistogramUpperBound(i) <= value; ++i) {
    total += buckets[i];
  }
  return total;
}

double HistogramSnapshot::Mean() const {
  return count == 0 ? 0.0 : static_cast<double>(sum) / static_cast<double>(count);
}

void HistogramSnapshot::Merge(const HistogramSnapshot& other) {
  if (other.count == 0) return;
  min = count == 0 ? other.min : std::min(min, other.min);
  max = std::max(max, other.max);
  if (buckets.size() < other.buckets.size()) buckets.resize(other.buckets.size());
  for (size_t i = 0; i < other.buckets.size(); ++i) buckets[i] += other.buckets[i];
  count += other.count;
  sum += other.sum;
}

HistogramSnapshot HistogramCell::Snapshot() const {
  HistogramSnapshot snapshot;
  // Relaxed: pairs with Record, see there.
  for (size_t i = 0; i < kHistogramBuckets; ++i) {
    const uint64_t in_bucket = buckets_[i].load(std::memory_order_relaxed);
    if (in_bucket == 0) continue;
    snapshot.buckets.resize(i + 1);
    snapshot.buckets[i] = in_bucket;
    snapshot.count += in_bucket;
  }
  if (snapshot.count == 0) return snapshot;
  snapshot.sum = sum_.load(std::memory_order_relaxed);
  snapshot.max = max_.load(std::memory_order_relaxed);
  // A value may be counted before it reaches `min` and `max`; the bounds must not cross.
  snapshot.min = std::min(min_.load(std::memory_order_relaxed), snapshot.max);
  return snapshot;
}

}  // namespace sampo
