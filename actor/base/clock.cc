// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/base/clock.h"

#include <time.h>

#include "absl/time/clock.h"

namespace sampo {
namespace {

class RealClock final : public Clock {
 public:
  int64_t NowNanos() const override {
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
  }
  absl::Time WallTime() const override { return absl::Now(); }
};

}  // namespace

const Clock& Clock::Real() {
  // Never destroyed: static destructors of users may still tell, and so read the time.
  static const Clock* const clock = new RealClock;
  return *clock;
}

int64_t DeadlineNanos(int64_t start_nanos, absl::Duration delay) {
  if (delay <= absl::ZeroDuration()) return start_nanos;
  int64_t nanos = absl::ToInt64Nanoseconds(delay);  // saturates
  return nanos >= kNeverNanos - start_nanos ? kNeverNanos : start_nanos + nanos;
}

}  // namespace sampo
