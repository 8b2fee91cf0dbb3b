// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// TokenBucket and the stage of Throttle: elements cost tokens, which arrive at a steady rate and
// are gathered up to the burst.
//
// Source of the arithmetic: Pekko's TokenBucket, whose tokens arrive at exact multiples of their
// period.
// Threads: the stage's turn.
#ifndef SAMPO_STREAM_DETAIL_THROTTLE_H_
#define SAMPO_STREAM_DETAIL_THROTTLE_H_

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/stream/detail/stages.h"

namespace sampo::stream {

enum class ThrottleMode : uint8_t {
  kShaping,    // an element waits until its tokens are there
  kEnforcing,  // the stream fails with RESOURCE_EXHAUSTED where one would have to wait
};

struct ThrottleOptions {
  // `cost` for each `per`, both above 0.
  int64_t cost = 1;
  absl::Duration per = absl::Seconds(1);
  // Tokens that can be saved; those of 100 ms, at least 1, where it is left out, as in Pekko.
  std::optional<int64_t> maximum_burst = {};
  ThrottleMode mode = ThrottleMode::kShaping;
};

namespace internal {

class TokenBucket {
 public:
  explicit TokenBucket(const ThrottleOptions& options)
      : nanos_per_token_(std::max<int64_t>(
            absl::ToInt64Nanoseconds(options.per) / std::max<int64_t>(options.cost, 1), 1)),
        capacity_(
            options.maximum_burst.value_or(std::max<int64_t>(100'000'000 / nanos_per_token_, 1))),
        tokens_(capacity_) {}

  void Start(int64_t now_nanos) { last_nanos_ = now_nanos; }
  // Takes `cost` tokens; returns for how long they are not there yet, 0 where they are.
  int64_t Take(int64_t cost, int64_t now_nanos) {
    if (const int64_t elapsed = now_nanos - last_nanos_; elapsed >= nanos_per_token_) {
      const int64_t arrived = elapsed / nanos_per_token_;
      last_nanos_ += arrived * nanos_per_token_;
      tokens_ = std::min(tokens_ + arrived, capacity_);
    }
    if (cost <= tokens_) {
      tokens_ -= cost;
      return 0;
    }
    const int64_t delay = (cost - tokens_) * nanos_per_token_ - (now_nanos - last_nanos_);
    tokens_ = 0;
    last_nanos_ = now_nanos + delay;
    return delay;
  }

 private:
  const int64_t nanos_per_token_;
  const int64_t capacity_;
  int64_t tokens_;
  int64_t last_nanos_ = 0;  // when the last token arrived
};

template <class T, class Cost>
class ThrottleLogic final : public FlowLogic<T, T> {
 public:
  ThrottleLogic(ThrottleOptions options, Cost cost)
      : bucket_(options), mode_(options.mode), cost_(std::move(cost)) {}
  void PreStart() override { bucket_.Start(this->NowNanos()); }
  void OnPush() override {
    T element = this->in_.Grab();
    const int64_t cost = cost_(std::as_const(element));
    if (cost < 0) {
      return this->FailStage(absl::InvalidArgumentError(
          StrCat("stream throttle: an element's cost is ", cost, ", want 0 or more")));
    }
    const int64_t delay = bucket_.Take(cost, this->NowNanos());
    if (delay == 0) {
      this->out_.Push(std::move(element));
    } else if (mode_ == ThrottleMode::kEnforcing) {
      this->FailStage(absl::ResourceExhaustedError(
          "stream throttle: an element comes before its time: slow down upstream, or allow a "
          "longer burst"));
    } else {
      waiting_.emplace(std::move(element));
      this->ScheduleOnce(0, absl::Nanoseconds(delay));
    }
  }
  void OnTimer(int64_t) override {
    this->out_.Push(*std::move(waiting_));
    waiting_.reset();
    if (this->in_.IsClosed()) this->CompleteStage();
  }
  void OnUpstreamFinish() override {
    if (!waiting_) this->CompleteStage();
  }

 private:
  TokenBucket bucket_;
  const ThrottleMode mode_;
  [[no_unique_address]] Cost cost_;
  std::optional<T> waiting_;  // for its tokens
};

}  // namespace internal
}  // namespace sampo::stream

#endif  // SAMPO_STREAM_DETAIL_THROTTLE_H_
