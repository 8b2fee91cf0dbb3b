// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// The stages behind PrefixAndTail and FlatMapPrefix: the first elements decide what is done with
// the others.
//
// Threads: as GraphStageLogic; functions are copied for each materialization.
//
//   requests.FlatMapPrefix(1, [](std::vector<Request> head) { return HandlerFor(head); })
#ifndef SAMPO_STREAM_OPS_PREFIX_H_
#define SAMPO_STREAM_OPS_PREFIX_H_

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "sampo/actor/future.h"
#include "sampo/stream/detail/stage_report.h"
#include "sampo/stream/detail/stages.h"
#include "sampo/stream/detail/subscription_timer.h"
#include "sampo/stream/errors.h"
#include "sampo/stream/substream.h"

namespace sampo::stream {

template <class Out, class Mat>
class Source;

namespace internal {

template <class T>
class PrefixAndTailLogic final
    : public FlowLogic<T, std::pair<std::vector<T>, Source<T, NotUsed>>> {
 public:
  explicit PrefixAndTailLogic(int64_t count) : left_(std::max<int64_t>(count, 0)) {}
  void OnTimer(int64_t) override {
    timer_.OnTimer([this](SubscriptionTimer::Entry&) {
      if (tail_->outlet.Timeout(timer_.TooLate())) this->CompleteStage();
    });
  }
  void Describe(StageReport& report) const override {
    report.buffered = static_cast<int64_t>(prefix_.size());
    report.buffer_size = report.buffered + left_;
    if (timer_.AnyWaits()) report.waits_for = "a subscriber of the tail";
  }

 private:
  struct Tail final : OutHandler, SubscriptionTimer::Entry {
    explicit Tail(PrefixAndTailLogic* logic) : stage(logic), outlet(logic) {
      outlet.SetHandler(this);
    }
    void OnPull() override {
      stage->timer_.Subscribed(*this);
      stage->SetKeepGoing(false);
      stage->in_.Pull();
    }
    PrefixAndTailLogic* const stage;
    SubOutlet<T> outlet;
  };

  void OnPush() override {
    if (tail_) return tail_->outlet.Push(this->in_.Grab());
    prefix_.push_back(this->in_.Grab());
    if (--left_ == 0) {
      OpenTail();
    } else {
      this->in_.Pull();
    }
  }
  void OnPull() override {
    if (left_ == 0) {
      OpenTail();
    } else {
      this->in_.TryPull();
    }
  }
  void OpenTail() {
    tail_.emplace(this);
    timer_.Await(*tail_);
    this->SetKeepGoing(true);
    this->out_.Push({std::exchange(prefix_, {}), tail_->outlet.source()});
    this->out_.Complete();
  }
  void OnUpstreamFinish() override {
    if (tail_) {
      tail_->outlet.Complete();
      return this->CompleteStage();
    }
    this->out_.Emit({std::exchange(prefix_, {}), Source<T, NotUsed>::Empty()},
                    [this] { this->CompleteStage(); });
  }
  void OnUpstreamFailure(const absl::Status& failure) override {
    if (tail_) tail_->outlet.Fail(failure);
    this->FailStage(failure);
  }
  void OnDownstreamFinish(const absl::Status& cause) override {
    if (!tail_) this->CancelStage(cause);
  }

  int64_t left_;
  std::vector<T> prefix_;  // as many as were asked for
  SubscriptionTimer timer_{this};
  std::optional<Tail> tail_;
};

// make(std::vector<T>) returns a flow from T to U, of value Mat.
template <class T, class U, class F, class Mat>
class FlatMapPrefixLogic final : public FlowLogic<T, U> {
 public:
  FlatMapPrefixLogic(int64_t count, F make)
      : left_(std::max<int64_t>(count, 0)), make_(std::move(make)) {}
  Future<Mat> materialized() { return promise_.future(); }
  void PreStart() override {
    if (left_ == 0) Start();
  }
  void PostStop() override {
    if (promise_.IsComplete()) return;
    promise_.Complete(
        !this->abort_status().ok()
            ? this->abort_status()
            : absl::CancelledError("stream flatMapPrefix: the stream ended before its flow began"));
  }

 private:
  // The elements behind the prefix, into the flow.
  struct Feed final : OutHandler {
    explicit Feed(FlatMapPrefixLogic* logic) : stage(logic), outlet(logic) {
      outlet.SetHandler(this);
    }
    void OnPull() override { stage->in_.TryPull(); }
    void OnDownstreamFinish(const absl::Status& cause) override { stage->in_.Cancel(cause); }
    FlatMapPrefixLogic* const stage;
    SubOutlet<T> outlet;
  };
  // What the flow gives.
  struct Result final : InHandler {
    explicit Result(FlatMapPrefixLogic* logic) : stage(logic), inlet(logic) {
      inlet.SetHandler(this);
    }
    void OnPush() override { stage->out_.Push(inlet.Grab()); }
    void OnUpstreamFinish() override { stage->out_.Complete(); }
    void OnUpstreamFailure(const absl::Status& failure) override { stage->out_.Fail(failure); }
    FlatMapPrefixLogic* const stage;
    SubInlet<U> inlet;
  };

  void OnPush() override {
    if (feed_) return feed_->outlet.Push(this->in_.Grab());
    prefix_.push_back(this->in_.Grab());
    if (--left_ == 0) {
      Start();
    } else {
      this->in_.Pull();
    }
  }
  void OnPull() override {
    if (result_) {
      result_->inlet.TryPull();
    } else {
      this->in_.TryPull();
    }
  }
  void Start() {
    auto flow = make_(std::exchange(prefix_, {}));
    feed_.emplace(this);
    result_.emplace(this);
    promise_.Complete(result_->inlet.Run(feed_->outlet.source().ViaMat(flow, KeepRight())));
    if (this->out_.IsAvailable()) result_->inlet.TryPull();
  }
  void OnUpstreamFinish() override {
    if (!feed_) Start();
    feed_->outlet.Complete();
  }
  void OnUpstreamFailure(const absl::Status& failure) override {
    if (!feed_) return this->FailStage(failure);
    feed_->outlet.Fail(failure);
  }
  void OnDownstreamFinish(const absl::Status& cause) override {
    if (!result_) return this->CancelStage(cause);
    result_->inlet.Cancel(cause);
  }

  int64_t left_;
  std::vector<T> prefix_;  // as many as were asked for
  [[no_unique_address]] F make_;
  std::optional<Feed> feed_;
  std::optional<Result> result_;
  Promise<Mat> promise_;
};

}  // namespace internal
}  // namespace sampo::stream

#endif  // SAMPO_STREAM_OPS_PREFIX_H_
