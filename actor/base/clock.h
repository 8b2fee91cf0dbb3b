// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Clock: the only way Sampo learns the time.
//
// Why: a system that asks the operating system for the time can be neither simulated nor replayed.
// Every system holds one Clock; the simulation and ManualTime bring virtual ones.
// Threads: all methods may be called from any thread at any time.
// Lifetime: the clock outlives every system that was given it.
//
//   int64_t start = clock.NowNanos();            // monotonic, for intervals and deadlines
//   absl::Time stamp = clock.WallTime();         // civil time, for people and records only
#ifndef SAMPO_ACTOR_BASE_CLOCK_H_
#define SAMPO_ACTOR_BASE_CLOCK_H_

#include <cstdint>
#include <limits>

#include "absl/time/time.h"

namespace sampo {

// A deadline that never comes, in nanoseconds of Clock::NowNanos().
inline constexpr int64_t kNeverNanos = std::numeric_limits<int64_t>::max();

class Clock {
 public:
  virtual ~Clock() = default;
  // Nanoseconds since an arbitrary start; never goes back.
  virtual int64_t NowNanos() const = 0;
  // The wall clock; may jump.
  virtual absl::Time WallTime() const = 0;

  // The machine's own clocks (CLOCK_MONOTONIC, CLOCK_REALTIME). Never destroyed.
  static const Clock& Real();
};

// `start + delay` in nanoseconds, saturating at kNeverNanos; a negative delay counts as zero.
int64_t DeadlineNanos(int64_t start_nanos, absl::Duration delay);

}  // namespace sampo

#endif  // SAMPO_ACTOR_BASE_CLOCK_H_
