// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Strategies for DelayWith: callables that give the delay of each element. Any copyable callable of
// const T& that returns absl::Duration will do; one for each materialization, so it may have a
// state.
//
// Threads: the stream's turn.
//
//   source.DelayWith(LinearIncreasingDelay(
//       {.step = absl::Seconds(1), .max = absl::Seconds(10)},
//       [](const Reply& reply) { return reply.is_throttled; }));
#ifndef SAMPO_STREAM_DELAY_STRATEGY_H_
#define SAMPO_STREAM_DELAY_STRATEGY_H_

#include <algorithm>
#include <utility>

#include "absl/time/time.h"

namespace sampo::stream {

// The same for each.
class FixedDelay {
 public:
  explicit FixedDelay(absl::Duration delay) : delay_(delay) {}
  template <class T>
  absl::Duration operator()(const T&) const {
    return delay_;
  }

 private:
  absl::Duration delay_;
};

struct LinearDelayOptions {
  absl::Duration step;
  absl::Duration initial = absl::ZeroDuration();
  absl::Duration max = absl::InfiniteDuration();
};

// Grows by a step with each element for which needs_increase(element) is true, and begins anew with
// one for which it is not.
template <class NeedsIncrease>
class LinearIncreasingDelay {
 public:
  LinearIncreasingDelay(LinearDelayOptions options, NeedsIncrease needs_increase)
      : options_(options), needs_increase_(std::move(needs_increase)), delay_(options.initial) {}
  template <class T>
  absl::Duration operator()(const T& element) {
    if (needs_increase_(element)) {
      delay_ = std::min(delay_ + options_.step, options_.max);
    } else {
      delay_ = options_.initial;
    }
    return delay_;
  }

 private:
  LinearDelayOptions options_;
  NeedsIncrease needs_increase_;
  absl::Duration delay_;
};

}  // namespace sampo::stream

#endif  // SAMPO_STREAM_DELAY_STRATEGY_H_
