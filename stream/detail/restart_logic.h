// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// The stages behind restart.h: an inner stream that is made anew, after a pause, when it ends.
//
// The inner stream runs fused in the stage's island. What is on its way inside when it ends is
// lost; an element that was pulled for it and has not entered waits for the next one.
// Threads: the stage's turn.
#ifndef SAMPO_STREAM_DETAIL_RESTART_LOGIC_H_
#define SAMPO_STREAM_DETAIL_RESTART_LOGIC_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "sampo/actor/base/backoff.h"
#include "sampo/stream/detail/stage_report.h"
#include "sampo/stream/graph_stage.h"
#include "sampo/stream/restart_settings.h"
#include "sampo/stream/substream.h"

namespace sampo::stream::internal {

// Counts restarts and keeps the pauses.
class RestartLogic : public GraphStageLogic {
 public:
  RestartLogic(RestartSettings settings, bool only_on_failures)
      : settings_(std::move(settings)), only_on_failures_(only_on_failures) {}
  void PreStart() override { Start(); }
  void OnTimer(int64_t key) override {
    if (key == kRestart) {
      Start();
    } else {
      OnCancellationDelay();
    }
  }
  void Describe(StageReport& report) const override {
    if (is_waiting_) report.waits_for = "its backoff";
  }

 protected:
  static constexpr int64_t kRestart = 0;
  static constexpr int64_t kCancellationDelay = 1;

  virtual void StartInner() = 0;
  virtual void StopInner() = 0;
  virtual void OnCancellationDelay() {}

  bool MayRestart(const absl::Status& end) {
    if (end.ok() ? only_on_failures_ : !settings_.restart_on(end)) return false;
    if (NowNanos() >= reset_nanos_) restarts_ = 0;
    return restarts_ < settings_.max_restarts;
  }
  void Restart();
  bool is_waiting() const { return is_waiting_; }

 private:
  void Start() {
    is_waiting_ = false;
    reset_nanos_ = NowNanos() + absl::ToInt64Nanoseconds(
                                    settings_.max_restarts_within.value_or(settings_.backoff.min));
    StartInner();
  }

  const RestartSettings settings_;
  const bool only_on_failures_;
  bool is_waiting_ = false;
  int64_t restarts_ = 0;
  int64_t reset_nanos_ = 0;
};

// A number of [0, 1) of the system's own chance.
double UniformOf(const GraphStageLogic& stage);

inline void RestartLogic::Restart() {
  is_waiting_ = true;
  CancelTimer(kCancellationDelay);
  StopInner();
  ScheduleOnce(kRestart, BackoffDelay(settings_.backoff, restarts_, UniformOf(*this)));
  ++restarts_;
}

template <class T, class Factory>
class RestartSourceLogic final : public RestartLogic, InHandler, OutHandler {
 public:
  RestartSourceLogic(RestartSettings settings, bool only_on_failures, Factory factory)
      : RestartLogic(std::move(settings), only_on_failures), factory_(std::move(factory)) {
    out_.SetHandler(this);
  }

 private:
  void StartInner() override {
    inner_ = std::make_unique<SubInlet<T>>(this, "restarted");
    inner_->SetHandler(this);
    inner_->Run(factory_());
    if (out_.IsAvailable()) inner_->TryPull();
  }
  void StopInner() override { inner_.reset(); }
  void OnPull() override {
    if (inner_ != nullptr) inner_->Pull();
  }
  void OnPush() override { out_.Push(inner_->Grab()); }
  void OnUpstreamFinish() override { OnEnd(absl::OkStatus()); }
  void OnUpstreamFailure(const absl::Status& failure) override { OnEnd(failure); }
  void OnEnd(const absl::Status& end) {
    if (MayRestart(end)) return Restart();
    if (end.ok()) return CompleteStage();
    FailStage(end);
  }

  Factory factory_;
  Outlet<T> out_{this, "out"};
  std::unique_ptr<SubInlet<T>> inner_;
};

// The entry of a restarted flow or sink.
template <class In>
class RestartEntryLogic : public RestartLogic, public InHandler {
 public:
  RestartEntryLogic(RestartSettings settings, bool only_on_failures)
      : RestartLogic(std::move(settings), only_on_failures) {
    in_.SetHandler(this);
  }
  void OnPush() override {
    if (feed_ != nullptr && feed_->IsAvailable()) Feed();
  }
  void OnUpstreamFinish() override {
    is_finishing_ = true;
    if (is_waiting()) return CompleteStage();
    if (!in_.IsAvailable()) feed_->Complete();
  }
  void OnUpstreamFailure(const absl::Status& failure) override {
    is_finishing_ = true;
    if (is_waiting()) return FailStage(failure);
    feed_->Fail(failure);
  }

 protected:
  SubOutlet<In>& NewFeed() {
    feed_ = std::make_unique<SubOutlet<In>>(this, "restarted-in");
    feed_->SetHandler(&feed_handler_);
    return *feed_;
  }
  void StopInner() override { feed_.reset(); }
  // The inner stream wants no more elements.
  virtual void OnInnerCancelled(const absl::Status& cause) = 0;

  Inlet<In> in_{this, "in"};
  bool is_finishing_ = false;

 private:
  struct FeedHandler final : OutHandler {
    explicit FeedHandler(RestartEntryLogic* owner) : stage(owner) {}
    void OnPull() override {
      if (stage->in_.IsAvailable()) {
        stage->Feed();
      } else if (!stage->in_.IsClosed()) {
        stage->in_.TryPull();
      }
    }
    void OnDownstreamFinish(const absl::Status& cause) override { stage->OnInnerCancelled(cause); }
    RestartEntryLogic* const stage;
  };
  void Feed() {
    feed_->Push(in_.Grab());
    if (in_.IsClosed()) feed_->Complete();
  }

  FeedHandler feed_handler_{this};
  std::unique_ptr<SubOutlet<In>> feed_;
};

template <class In, class Factory>
class RestartSinkLogic final : public RestartEntryLogic<In> {
 public:
  RestartSinkLogic(RestartSettings settings, bool only_on_failures, Factory factory)
      : RestartEntryLogic<In>(std::move(settings), only_on_failures),
        factory_(std::move(factory)) {}

 private:
  void StartInner() override { this->NewFeed().Run(factory_()); }
  void OnInnerCancelled(const absl::Status& cause) override {
    if (!this->is_finishing_ && this->MayRestart(cause)) return this->Restart();
    this->in_.Cancel(cause);
  }
  Factory factory_;
};

template <class In, class Out, class Factory>
class RestartFlowLogic final : public RestartEntryLogic<In>, OutHandler {
 public:
  RestartFlowLogic(RestartSettings settings, bool only_on_failures, Factory factory)
      : RestartEntryLogic<In>(std::move(settings), only_on_failures), factory_(std::move(factory)) {
    out_.SetHandler(this);
  }

 private:
  struct DrainHandler final : InHandler {
    explicit DrainHandler(RestartFlowLogic* owner) : stage(owner) {}
    void OnPush() override { stage->out_.Push(stage->drain_->Grab()); }
    void OnUpstreamFinish() override { stage->OnInnerEnd(absl::OkStatus()); }
    void OnUpstreamFailure(const absl::Status& failure) override { stage->OnInnerEnd(failure); }
    RestartFlowLogic* const stage;
  };

  void StartInner() override {
    drain_ = std::make_unique<SubInlet<Out>>(this, "restarted-out");
    drain_->SetHandler(&drain_handler_);
    drain_->Run(this->NewFeed().source().Via(factory_()));
    if (out_.IsAvailable()) drain_->TryPull();
  }
  void StopInner() override {
    drain_.reset();
    RestartEntryLogic<In>::StopInner();
  }
  void OnPull() override {
    if (drain_ != nullptr) drain_->Pull();
  }
  void OnDownstreamFinish(const absl::Status& cause) override {
    this->is_finishing_ = true;
    if (this->is_waiting()) return this->CancelStage(cause);
    drain_->Cancel(cause);
  }
  // A failure of the flow shows at both its ends, a completion too: what it still has to give is
  // waited for a little before a cancelled flow is restarted (as long as Pekko does).
  void OnInnerCancelled(const absl::Status& cause) override {
    if (this->is_finishing_ || !this->MayRestart(cause)) return this->in_.Cancel(cause);
    if (!cause.ok()) return this->Restart();
    this->ScheduleOnce(this->kCancellationDelay, absl::Milliseconds(50));
  }
  void OnCancellationDelay() override { this->Restart(); }
  void OnInnerEnd(const absl::Status& end) {
    if (!this->is_finishing_ && this->MayRestart(end)) return this->Restart();
    if (end.ok()) {
      out_.Complete();
    } else {
      out_.Fail(end);
    }
  }

  Factory factory_;
  Outlet<Out> out_{this, "out"};
  DrainHandler drain_handler_{this};
  std::unique_ptr<SubInlet<Out>> drain_;
};

}  // namespace sampo::stream::internal

#endif  // SAMPO_STREAM_DETAIL_RESTART_LOGIC_H_
