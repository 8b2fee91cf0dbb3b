// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// The stages that watch the clock: InitialTimeout, CompletionTimeout, IdleTimeout (one way and
// both), BackpressureTimeout, KeepAlive.
//
// Threads: the stage's turn.
#ifndef SAMPO_STREAM_DETAIL_TIMEOUTS_H_
#define SAMPO_STREAM_DETAIL_TIMEOUTS_H_

#include <cstdint>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/stream/detail/moving_deadline.h"
#include "sampo/stream/detail/stages.h"

namespace sampo::stream::internal {

// DEADLINE_EXCEEDED "stream idleTimeout: no element has passed for 5s".
inline absl::Status TimedOut(const GraphStageLogic& stage, const char* what,
                             absl::Duration timeout) {
  return absl::DeadlineExceededError(
      StrCat("stream ", stage.stage_name(), ": ", what, " for ", absl::FormatDuration(timeout)));
}

// Fails unless the first element, or with `kWhole` the completion, comes in time.
template <class T, bool kWhole>
class StartTimeoutLogic final : public FlowLogic<T, T> {
 public:
  explicit StartTimeoutLogic(absl::Duration timeout) : timeout_(timeout) {}
  void PreStart() override { this->ScheduleOnce(0, timeout_); }
  void OnPush() override {
    if constexpr (!kWhole) {
      if (!std::exchange(has_passed_, true)) this->CancelTimer(0);
    }
    this->out_.Push(this->in_.Grab());
  }
  void OnTimer(int64_t) override {
    this->FailStage(
        TimedOut(*this, kWhole ? "not completed" : "no first element has come", timeout_));
  }

 private:
  const absl::Duration timeout_;
  bool has_passed_ = false;
};

template <class T>
class IdleTimeoutLogic final : public FlowLogic<T, T> {
 public:
  explicit IdleTimeoutLogic(absl::Duration timeout) : timeout_(timeout) {}
  void PreStart() override { deadline_.Move(*this, timeout_); }
  void OnPush() override {
    deadline_.Move(*this, timeout_);
    this->out_.Push(this->in_.Grab());
  }
  void OnTimer(int64_t) override {
    if (deadline_.IsDue(*this)) this->FailStage(TimedOut(*this, "no element has passed", timeout_));
  }

 private:
  const absl::Duration timeout_;
  MovingDeadline deadline_;
};

// One way through a stage with two: from its inlet to its outlet.
template <class T, class Stage>
class Lane final : public InHandler, public OutHandler {
 public:
  Lane(Stage* stage, Inlet<T>& in, Outlet<T>& out) : stage_(stage), in_(in), out_(out) {
    in_.SetHandler(this);
    out_.SetHandler(this);
  }
  void OnPush() override {
    stage_->OnActivity();
    out_.Push(in_.Grab());
  }
  void OnPull() override { in_.Pull(); }
  void OnUpstreamFinish() override { out_.Complete(); }
  void OnUpstreamFailure(const absl::Status& failure) override { out_.Fail(failure); }
  void OnDownstreamFinish(const absl::Status& cause) override { in_.Cancel(cause); }

 private:
  Stage* const stage_;
  Inlet<T>& in_;
  Outlet<T>& out_;
};

// Fails both ways where neither has been used for a while. Inlets: down, up; outlets likewise.
template <class Down, class Up>
class IdleTimeoutBidiLogic final : public GraphStageLogic {
 public:
  explicit IdleTimeoutBidiLogic(absl::Duration timeout) : timeout_(timeout) {}
  void PreStart() override { deadline_.Move(*this, timeout_); }
  void OnActivity() { deadline_.Move(*this, timeout_); }
  void OnTimer(int64_t) override {
    if (deadline_.IsDue(*this)) this->FailStage(TimedOut(*this, "no element has passed", timeout_));
  }

 private:
  const absl::Duration timeout_;
  MovingDeadline deadline_;
  Inlet<Down> down_in_{this, "down-in"};
  Inlet<Up> up_in_{this, "up-in"};
  Outlet<Down> down_out_{this, "down-out"};
  Outlet<Up> up_out_{this, "up-out"};
  Lane<Down, IdleTimeoutBidiLogic> down_{this, down_in_, down_out_};
  Lane<Up, IdleTimeoutBidiLogic> up_{this, up_in_, up_out_};
};

// Fails where an element is out and nobody has asked for the next one for a while.
template <class T>
class BackpressureTimeoutLogic final : public FlowLogic<T, T> {
 public:
  explicit BackpressureTimeoutLogic(absl::Duration timeout) : timeout_(timeout) {}
  void PreStart() override { Wait(); }
  void OnPush() override {
    this->out_.Push(this->in_.Grab());
    Wait();
  }
  void OnPull() override {
    waits_ = false;
    this->in_.Pull();
  }
  void OnTimer(int64_t) override {
    if (deadline_.IsDue(*this) && waits_) {
      this->FailStage(TimedOut(*this, "no demand has come", timeout_));
    }
  }

 private:
  void Wait() {
    waits_ = true;
    deadline_.Move(*this, timeout_);
  }
  const absl::Duration timeout_;
  MovingDeadline deadline_;
  bool waits_ = false;  // for demand
};

// Emits an element of its own where upstream gives none for a while and there is demand.
template <class T, class Inject>
class KeepAliveLogic final : public FlowLogic<T, T> {
 public:
  KeepAliveLogic(absl::Duration idle, Inject inject) : idle_(idle), inject_(std::move(inject)) {}
  // Asks ahead, so that an element of upstream always goes before an injected one.
  void PreStart() override {
    idle_since_nanos_ = this->NowNanos();
    this->in_.Pull();
  }
  void OnPush() override {
    if (this->out_.IsAvailable()) Forward();
  }
  void OnPull() override {
    if (this->in_.IsAvailable()) return Forward();
    const int64_t left = Left();
    if (left <= 0) return InjectOne();
    if (!this->IsTimerActive(0)) this->ScheduleOnce(0, absl::Nanoseconds(left));
  }
  void OnUpstreamFinish() override {
    if (!this->in_.IsAvailable()) this->CompleteStage();
  }
  void OnTimer(int64_t) override {
    if (!this->out_.IsAvailable()) return;
    const int64_t left = Left();
    if (left <= 0) return InjectOne();
    this->ScheduleOnce(0, absl::Nanoseconds(left));
  }

 private:
  int64_t Left() const {
    return idle_since_nanos_ + absl::ToInt64Nanoseconds(idle_) - this->NowNanos();
  }
  void Forward() {
    idle_since_nanos_ = this->NowNanos();
    this->out_.Push(this->in_.Grab());
    if (this->in_.IsClosed()) return this->CompleteStage();
    this->in_.Pull();
  }
  void InjectOne() {
    idle_since_nanos_ = this->NowNanos();
    this->out_.Push(inject_());
  }
  const absl::Duration idle_;
  [[no_unique_address]] Inject inject_;
  int64_t idle_since_nanos_ = 0;
};

}  // namespace sampo::stream::internal

#endif  // SAMPO_STREAM_DETAIL_TIMEOUTS_H_
