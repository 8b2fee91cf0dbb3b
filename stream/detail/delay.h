// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// The stages that let elements through by the clock: Delay, InitialDelay, DropWithin, TakeWithin.
//
// Threads: the stage's turn.
#ifndef SAMPO_STREAM_DETAIL_DELAY_H_
#define SAMPO_STREAM_DETAIL_DELAY_H_

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

#include "absl/time/time.h"
#include "sampo/stream/detail/bounded_buffer.h"
#include "sampo/stream/detail/stage_report.h"
#include "sampo/stream/detail/stages.h"
#include "sampo/stream/errors.h"

namespace sampo::stream::internal {

// Each element `strategy(element)` after it came, in order. An input buffer's worth may wait.
template <class T, class Strategy>
class DelayLogic final : public FlowLogic<T, T> {
 public:
  DelayLogic(Strategy strategy, OverflowStrategy overflow)
      : strategy_(std::move(strategy)), overflow_(overflow) {}
  void PreStart() override { buffer_.emplace(this->attributes().input_buffer().max, overflow_); }
  void OnPush() override {
    T element = this->in_.Grab();
    const absl::Duration delay = std::max(strategy_(std::as_const(element)), absl::ZeroDuration());
    Waiting waiting{this->NowNanos() + absl::ToInt64Nanoseconds(delay), std::move(element)};
    if (buffer_->Offer(waiting) == Buffered::kFull) {
      if (overflow_ != OverflowStrategy::kEmitEarly) {
        return this->FailStage(BufferOverflow("delay", buffer_->capacity()));
      }
      if (!this->out_.IsAvailable()) {
        early_.emplace(std::move(waiting));  // and no more are asked for until it has a place
        return;
      }
      this->out_.Push(buffer_->PopFront().element);
      buffer_->Offer(waiting);
    }
    Advance();
  }
  void OnPull() override {
    if (early_) {
      this->out_.Push(buffer_->PopFront().element);
      buffer_->Offer(*early_);
      early_.reset();
    }
    Advance();
  }
  void OnTimer(int64_t) override { Advance(); }
  void OnUpstreamFinish() override {
    if (buffer_->empty()) this->CompleteStage();
  }
  void Describe(StageReport& report) const override {
    if (!buffer_) return;
    report.buffered = buffer_->size();
    report.buffer_size = buffer_->capacity();
    if (this->IsTimerActive(0)) report.waits_for = "its delay";
  }

 private:
  struct Waiting {
    int64_t due_nanos;
    T element;
  };

  void Advance() {
    if (!buffer_->empty() && this->out_.IsAvailable()) {
      const int64_t wait = buffer_->Front().due_nanos - this->NowNanos();
      if (wait <= 0) {
        this->out_.Push(buffer_->PopFront().element);
      } else if (!this->IsTimerActive(0)) {
        this->ScheduleOnce(0, absl::Nanoseconds(wait));
      }
    }
    if (this->in_.IsClosed()) {
      if (buffer_->empty()) this->CompleteStage();
    } else if (buffer_->TakesMore() && !early_) {
      this->in_.TryPull();
    }
  }

  [[no_unique_address]] Strategy strategy_;
  const OverflowStrategy overflow_;
  std::optional<BoundedBuffer<Waiting>> buffer_;  // its size is known when the stage starts
  std::optional<Waiting> early_;                  // came when all was full; kEmitEarly alone
};

// Asks for the first element after a while.
template <class T>
class InitialDelayLogic final : public FlowLogic<T, T> {
 public:
  explicit InitialDelayLogic(absl::Duration delay) : delay_(delay) {}
  void PreStart() override {
    if (delay_ > absl::ZeroDuration()) {
      this->ScheduleOnce(0, delay_);
    } else {
      is_open_ = true;
    }
  }
  void OnPush() override { this->out_.Push(this->in_.Grab()); }
  void OnPull() override {
    if (is_open_) this->in_.Pull();
  }
  void OnTimer(int64_t) override {
    is_open_ = true;
    if (this->out_.IsAvailable()) this->in_.Pull();
  }

 private:
  const absl::Duration delay_;
  bool is_open_ = false;
};

template <class T>
class DropWithinLogic final : public FlowLogic<T, T> {
 public:
  explicit DropWithinLogic(absl::Duration time) : time_(time) {}
  void PreStart() override { this->ScheduleOnce(0, time_); }
  void OnPush() override {
    if (is_open_) {
      this->out_.Push(this->in_.Grab());
    } else {
      this->in_.Pull();
    }
  }
  void OnTimer(int64_t) override { is_open_ = true; }

 private:
  const absl::Duration time_;
  bool is_open_ = false;
};

template <class T>
class TakeWithinLogic final : public FlowLogic<T, T> {
 public:
  explicit TakeWithinLogic(absl::Duration time) : time_(time) {}
  void PreStart() override { this->ScheduleOnce(0, time_); }
  void OnPush() override { this->out_.Push(this->in_.Grab()); }
  void OnTimer(int64_t) override { this->CompleteStage(); }

 private:
  const absl::Duration time_;
};

}  // namespace sampo::stream::internal

#endif  // SAMPO_STREAM_DETAIL_DELAY_H_
