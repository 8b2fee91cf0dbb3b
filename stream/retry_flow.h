// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// RetryFlow: runs each element through a flow, and again where its result says so.
//
// One element is in the flow at a time, and the flow must give exactly one result for each:
// otherwise the stream waits for ever.
// Threads: decide_retry runs on the stream's turn, copied for each materialization.
//
//   auto retried = RetryFlow::WithBackoff(
//       {.backoff = {.min = absl::Milliseconds(10)}, .max_retries = 3}, request_flow,
//       [](const Request& request, const Reply& reply) -> std::optional<Request> {
//         if (reply.ok) return std::nullopt;
//         return request;
//       });
#ifndef SAMPO_STREAM_RETRY_FLOW_H_
#define SAMPO_STREAM_RETRY_FLOW_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "sampo/actor/base/backoff.h"
#include "sampo/stream/detail/append.h"
#include "sampo/stream/detail/restart_logic.h"
#include "sampo/stream/detail/stage_report.h"
#include "sampo/stream/detail/stages.h"
#include "sampo/stream/flow.h"
#include "sampo/stream/substream.h"

namespace sampo::stream {

template <class In, class InContext, class Out, class OutContext, class Mat>
class FlowWithContext;

struct RetrySettings {
  BackoffOptions backoff = {};
  // After so many retries of an element its result is emitted whatever it is.
  int64_t max_retries = 3;
};

namespace internal {

template <class In, class Out, class Inner, class Decide>
class RetryLogic final : public FlowLogic<In, Out> {
 public:
  RetryLogic(RetrySettings settings, Inner inner, Decide decide)
      : settings_(settings), inner_(std::move(inner)), decide_(std::move(decide)) {}
  void PreStart() override {
    feed_.emplace(this, "retry-in");
    feed_->SetHandler(&feed_handler_);
    drain_.SetHandler(&drain_handler_);
    drain_.Run(feed_->source().Via(inner_));
  }
  void OnPush() override {
    current_.emplace(this->in_.Grab());
    retries_ = 0;
    Feed();
  }
  void OnPull() override {
    if (!current_) this->in_.Pull();
  }
  void OnUpstreamFinish() override {
    if (!current_) this->CompleteStage();
  }
  void OnTimer(int64_t) override { Feed(); }
  void Describe(StageReport& report) const override {
    if (current_) report.waits_for = "the result of the retried flow";
  }

 private:
  struct FeedHandler final : OutHandler {
    explicit FeedHandler(RetryLogic* owner) : stage(owner) {}
    void OnPull() override {
      if (stage->wants_to_feed_) stage->Feed();
    }
    RetryLogic* const stage;
  };
  struct DrainHandler final : InHandler {
    explicit DrainHandler(RetryLogic* owner) : stage(owner) {}
    void OnPush() override { stage->OnResult(stage->drain_.Grab()); }
    RetryLogic* const stage;
  };

  void Feed() {
    wants_to_feed_ = !feed_->IsAvailable();
    if (!wants_to_feed_) feed_->Push(In(*current_));
    drain_.TryPull();
  }
  void OnResult(Out result) {
    std::optional<In> again;
    if (retries_ < settings_.max_retries) {
      again = decide_(std::as_const(*current_), std::as_const(result));
    }
    if (again) {
      current_ = std::move(again);
      const absl::Duration pause = BackoffDelay(settings_.backoff, retries_++, UniformOf(*this));
      return this->ScheduleOnce(0, pause);
    }
    current_.reset();
    this->out_.Push(std::move(result));
    if (this->in_.IsClosed()) this->CompleteStage();
  }

  const RetrySettings settings_;
  const Inner inner_;
  Decide decide_;
  FeedHandler feed_handler_{this};
  DrainHandler drain_handler_{this};
  std::optional<SubOutlet<In>> feed_;  // from PreStart on
  SubInlet<Out> drain_{this, "retry-out"};
  std::optional<In> current_;  // the element in the flow, or in its pause
  bool wants_to_feed_ = false;
  int64_t retries_ = 0;
};

}  // namespace internal

class RetryFlow {
 public:
  // Where decide_retry(const In&, const Out&) gives an element, that one goes through `flow` after
  // a pause; where it gives nothing, the result is emitted. Elements must be copyable. Emits when:
  // a result is not retried. Backpressures when: downstream does, or an element is in the flow.
  // Completes when: upstream or the flow does. Cancels when: downstream or the flow does. Tested
  // by: retry_flow_test.cc.
  template <class In, class Out, class Mat, class Decide>
  static Flow<In, Out, NotUsed> WithBackoff(RetrySettings settings, Flow<In, Out, Mat> flow,
                                            Decide decide_retry,
                                            SourceLocation where = SourceLocation::Current()) {
    using Inner = Flow<In, Out, Mat>;
    using Logic = internal::RetryLogic<In, Out, Inner, Decide>;
    return Flow<In, Out, NotUsed>(internal::MakeLogicStage<Logic>(
        "retryFlow", where, std::move(settings), std::move(flow), std::move(decide_retry)));
  }
  // The same for a flow with a context: decide_retry gets pairs of an element and its context, and
  // gives such a pair.
  // Emits when: a result is not retried. Backpressures when: downstream does, or an element is in
  // the flow. Completes when: upstream or the flow does. Cancels when: downstream or the flow does.
  // Tested by: retry_flow_test.cc.
  template <class In, class InContext, class Out, class OutContext, class Mat, class Decide>
  static auto WithBackoffAndContext(
      RetrySettings settings, const FlowWithContext<In, InContext, Out, OutContext, Mat>& flow,
      Decide decide_retry, SourceLocation where = SourceLocation::Current()) {
    return FlowWithContext<In, InContext, Out, OutContext, NotUsed>(
        WithBackoff(settings, flow.AsFlow(), std::move(decide_retry), where));
  }
};

}  // namespace sampo::stream

#endif  // SAMPO_STREAM_RETRY_FLOW_H_
