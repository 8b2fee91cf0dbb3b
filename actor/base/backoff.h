// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#ifndef SAMPO_ACTOR_BASE_BACKOFF_H_
#define SAMPO_ACTOR_BASE_BACKOFF_H_

// Exponential backoff: how long to wait before the next attempt of something that failed.
//
// Why it exists: supervision, reconnects and projections all wait this way, and must agree. The
// rule is Pekko's (RestartSupervisor.calculateDelay):
//
//   delay = min(max, min * 2^count) * (1 + uniform * random_factor)
//
// The random part comes last, so the longest delay is max * (1 + random_factor), as in Pekko: a
// crowd that has reached max would otherwise come back in one instant.
//
// Threads: pure functions. Lifetime: values only. The random number is injected, so that a
// simulation can replay it.
//
//   BackoffOptions options{.min = absl::Seconds(1), .max = absl::Seconds(30)};
//   absl::Duration wait = BackoffDelay(options, failures_so_far, uniform());

#include <algorithm>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace sampo {

struct BackoffOptions {
  // The delay after the first failure, before the random part.
  absl::Duration min = absl::Seconds(3);
  // The cap before the random part.
  absl::Duration max = absl::Seconds(30);
  // 0.2 adds up to 20 %. 3 s, 30 s and 0.2 are the defaults of Pekko's projections and of the
  // examples in its supervision manual.
  double random_factor = 0.2;
};

// INVALID_ARGUMENT when `options` describe no sequence of delays: negative, max below min, an
// endless delay, or a random factor outside 0..1 (Pekko allows the same range).
[[nodiscard]] inline absl::Status ValidateBackoff(const BackoffOptions& options) {
  if (options.min < absl::ZeroDuration() || options.max < options.min ||
      options.max == absl::InfiniteDuration()) {
    return absl::InvalidArgumentError("backoff: found min " + absl::FormatDuration(options.min) +
                                      " and max " + absl::FormatDuration(options.max) +
                                      ", want 0 <= min <= max < inf");
  }
  if (!(options.random_factor >= 0.0 && options.random_factor <= 1.0)) {
    return absl::InvalidArgumentError("backoff: found random factor " +
                                      std::to_string(options.random_factor) + ", want 0.0 to 1.0");
  }
  return absl::OkStatus();
}

// The delay before the next attempt.
//   count    failures before this one, so 0 gives `min`; below 0 counts as 0.
//   uniform  a random number in [0, 1); what lies outside is moved to the nearest end.
// Saturates instead of overflowing, and never returns a negative or an infinite delay for options
// that ValidateBackoff accepts.
[[nodiscard]] inline absl::Duration BackoffDelay(const BackoffOptions& options, int64_t count,
                                                 double uniform) {
  // 2^62 is the largest power that an int64_t factor takes; min * 2^62 exceeds any max in use.
  const int64_t shift = std::clamp<int64_t>(count, 0, 62);
  // absl::Duration multiplication saturates at infinity, so this cannot wrap.
  const absl::Duration grown = options.min * (int64_t{1} << shift);
  const absl::Duration base = std::min(options.max, grown);
  const double random = uniform > 0.0 ? std::min(uniform, 1.0) : 0.0;  // Also maps NaN to 0.
  const absl::Duration delay = base * (1.0 + random * options.random_factor);
  return delay == absl::InfiniteDuration() ? options.max : delay;
}

// The default time without a failure after which the count starts at 0 again: (min + max) / 2, as
// in Pekko's resetBackoffAfter.
[[nodiscard]] inline absl::Duration DefaultBackoffReset(const BackoffOptions& options) {
  return (options.min + options.max) / 2;
}

}  // namespace sampo

#endif  // SAMPO_ACTOR_BASE_BACKOFF_H_
