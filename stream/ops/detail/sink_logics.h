// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// The stages behind the sinks: GatherLogic, which makes one value of all elements in one of the
// ways of gather.h, and those that act on them.
//
// Threads: the stream's turn.
#ifndef SAMPO_STREAM_OPS_DETAIL_SINK_LOGICS_H_
#define SAMPO_STREAM_OPS_DETAIL_SINK_LOGICS_H_

#include <utility>

#include "absl/status/status.h"
#include "sampo/stream/detail/arrivals.h"
#include "sampo/stream/detail/in_place.h"
#include "sampo/stream/detail/stage_report.h"
#include "sampo/stream/detail/stages.h"
#include "sampo/stream/errors.h"
#include "sampo/stream/ops/detail/gather.h"

namespace sampo::stream::internal {

template <class In, class G>
class GatherLogic final : public PromiseSinkLogic<In, typename G::Result>,
                          public TakesInPlace<In, GatherLogic<In, G>> {
 public:
  explicit GatherLogic(G gather) : gather_(std::move(gather)) { this->OpenInPlace(); }
  Inlet<In>& inlet() { return this->in_; }
  void PreStart() override {
    keep_ = this->decider() != &StoppingDecider;
    this->in_.Pull();
  }
  void OnPush() override { Take(this->in_.Grab()); }
  void Take(In element) {
    bool more;
    try {
      more = gather_.Add(std::move(element), keep_);
    } catch (...) {
      absl::Status failure = StatusOfCurrentException();
      const Directive directive = this->decider()(failure);
      if (directive == Directive::kStop) return this->FailStage(std::move(failure));
      if (directive == Directive::kRestart) gather_.Restart();
      more = true;
    }
    if (more) [[likely]]
      return PullInPlace(this->in_);
    OnUpstreamFinish();
  }
  void OnUpstreamFinish() override {
    this->promise_.Complete(gather_.Finish());
    this->CompleteStage();
  }

 private:
  [[no_unique_address]] G gather_;
  bool keep_ = false;  // the supervision may go on after an exception
};

template <class In, class F>
struct GatherForeach {
  using Result = void;
  [[no_unique_address]] F f;
  bool Add(In element, bool) {
    f(std::move(element));
    return true;
  }
  absl::Status Finish() { return absl::OkStatus(); }
  void Restart() {}
};

// f(element) promises its end; at most `parallelism` at a time.
template <class In, class F>
class ForeachAsyncLogic final : public PromiseSinkLogic<In, void> {
 public:
  ForeachAsyncLogic(int parallelism, F f) : parallelism_(parallelism), f_(std::move(f)) {}
  void PreStart() override {
    done_.Open(this, [this](const absl::Status& done) { OnDone(done); });
    this->in_.Pull();
  }
  void OnPush() override {
    ++in_flight_;
    try {
      done_.Add(f_(this->in_.Grab()));
    } catch (...) {
      OnDone(StatusOfCurrentException());
    }
    if (in_flight_ < parallelism_) this->in_.TryPull();
  }
  void OnUpstreamFinish() override {
    if (in_flight_ == 0) return Finish();
    finished_ = true;
    this->SetKeepGoing(true);
  }
  void Describe(StageReport& report) const override {
    report.futures_in_flight = in_flight_;
    report.futures_max = parallelism_;
  }

 private:
  void OnDone(const absl::Status& done) {
    --in_flight_;
    if (!done.ok() && this->decider()(done) == Directive::kStop) return this->FailStage(done);
    if (finished_ && in_flight_ == 0) return Finish();
    if (!this->in_.IsAvailable()) this->in_.TryPull();
  }
  void Finish() {
    this->promise_.Complete();
    this->CompleteStage();
  }

  const int parallelism_;
  [[no_unique_address]] F f_;
  int in_flight_ = 0;
  bool finished_ = false;
  Arrivals<void> done_;
};

// Calls f(Status) once, at the end.
template <class In, class F>
class OnCompleteLogic final : public SinkLogic<In> {
 public:
  explicit OnCompleteLogic(F f) : f_(std::move(f)) {}
  void OnPush() override {
    this->in_.Grab();
    this->in_.Pull();
  }
  void OnUpstreamFinish() override { End(absl::OkStatus()); }
  void OnUpstreamFailure(const absl::Status& failure) override { End(failure); }
  void PostStop() override {
    if (!called_) f_(this->failure());
  }

 private:
  void End(const absl::Status& end) {
    called_ = true;
    this->CompleteStage();
    f_(end);
  }
  [[no_unique_address]] F f_;
  bool called_ = false;
};

template <class In>
class CancelledLogic final : public SinkLogic<In> {
 public:
  explicit CancelledLogic(absl::Status cause) : cause_(std::move(cause)) {}
  void PreStart() override { this->in_.Cancel(cause_); }
  void OnPush() override {}

 private:
  const absl::Status cause_;
};

// Never asks for an element; promises the end.
template <class In>
class NeverSinkLogic final : public PromiseSinkLogic<In, void> {
 public:
  void PreStart() override {}
  void OnPush() override {}
  void OnUpstreamFinish() override {
    this->promise_.Complete();
    this->CompleteStage();
  }
};

}  // namespace sampo::stream::internal

#endif  // SAMPO_STREAM_OPS_DETAIL_SINK_LOGICS_H_
