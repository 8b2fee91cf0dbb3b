// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// RestartSettings: how often, and after which pauses, a stream is made anew (restart.h).
//
// Threads: values.
//
//   RestartSettings settings{.backoff = {.min = absl::Seconds(1)}, .max_restarts = 20};
#ifndef SAMPO_STREAM_RESTART_SETTINGS_H_
#define SAMPO_STREAM_RESTART_SETTINGS_H_

#include <cstdint>
#include <limits>
#include <optional>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "sampo/actor/base/backoff.h"

namespace sampo::stream {

inline bool RestartOnAny(const absl::Status&) { return true; }

struct RestartSettings {
  // The pauses: min * 2^restarts, up to max, and a random part.
  BackoffOptions backoff = {};
  // Restarts, until the stream has run for `max_restarts_within`; after that its end is the end.
  int64_t max_restarts = std::numeric_limits<int64_t>::max();
  // A stream that has run for so long counts from 0 again. backoff.min where it is left out.
  std::optional<absl::Duration> max_restarts_within = {};
  // Failures for which it is false end the stream.
  bool (*restart_on)(const absl::Status& failure) = &RestartOnAny;
};

}  // namespace sampo::stream

#endif  // SAMPO_STREAM_RESTART_SETTINGS_H_
