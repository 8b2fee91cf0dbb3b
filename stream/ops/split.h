// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// The stage behind SplitWhen and SplitAfter: one substream after the other, cut where a predicate
// says so.
//
// It holds one element: the first of a substream that nobody reads yet.
// Threads: as GraphStageLogic; functions are copied for each materialization.
//
//   lines.SplitWhen([](const std::string& line) { return line.empty(); })
#ifndef SAMPO_STREAM_OPS_SPLIT_H_
#define SAMPO_STREAM_OPS_SPLIT_H_

#include <memory>
#include <optional>
#include <utility>

#include "sampo/stream/detail/stage_report.h"
#include "sampo/stream/detail/stages.h"
#include "sampo/stream/detail/subscription_timer.h"
#include "sampo/stream/substream.h"

namespace sampo::stream {

template <class Out, class Mat>
class Source;

// What a split does when a substream is cancelled before its end.
enum class SubstreamCancel : uint8_t {
  kDrain,      // drops its elements up to the next one
  kPropagate,  // ends
};

namespace internal {

enum class SplitAt : uint8_t { kBefore, kAfter };

template <class T, class F, SplitAt kAt>
class SplitLogic final : public FlowLogic<T, Source<T, NotUsed>> {
 public:
  SplitLogic(F predicate, SubstreamCancel on_cancel)
      : predicate_(std::move(predicate)), on_cancel_(on_cancel) {}
  void OnTimer(int64_t) override {
    timer_.OnTimer([this](SubscriptionTimer::Entry&) {
      if (sub_->outlet.Timeout(timer_.TooLate())) SubCancelled(absl::OkStatus());
    });
  }
  void Describe(StageReport& report) const override {
    if (timer_.AnyWaits()) {
      report.waits_for = "a subscriber of its substream";
    } else if (sub_ != nullptr && !sub_->is_offered) {
      report.waits_for = "demand for a new substream";
    }
  }

 private:
  struct Sub final : OutHandler, SubscriptionTimer::Entry {
    Sub(SplitLogic* logic, T element, bool with_end)
        : stage(logic), first(std::move(element)), ends_after_first(with_end), outlet(logic) {
      outlet.SetHandler(this);
    }
    void OnPull() override { stage->SubPulled(); }
    void OnDownstreamFinish(const absl::Status& cause) override { stage->SubCancelled(cause); }
    SplitLogic* const stage;
    std::optional<T> first;  // until it is pulled
    const bool ends_after_first;
    bool is_offered = false;
    bool is_cancelled = false;
    SubOutlet<T> outlet;
  };

  void OnPush() override {
    T element = this->in_.Grab();
    const bool cuts = (kAt == SplitAt::kAfter || sub_ != nullptr) &&
                      static_cast<bool>(predicate_(std::as_const(element)));
    if (sub_ == nullptr) return Open(std::move(element), kAt == SplitAt::kAfter && cuts);
    if (kAt == SplitAt::kBefore && cuts) {
      if (!sub_->is_cancelled) sub_->outlet.Complete();
      return Open(std::move(element), false);
    }
    if (!sub_->is_cancelled) {
      sub_->outlet.Push(std::move(element));
      if (cuts) sub_->outlet.Complete();
    }
    if (cuts) {
      Between();
    } else if (sub_->is_cancelled) {
      this->in_.TryPull();
    }
  }
  void Open(T element, bool ends_after_first) {
    CloseSub();
    if (this->out_.IsClosed()) return this->CompleteStage();
    sub_ = std::make_unique<Sub>(this, std::move(element), ends_after_first);
    this->SetKeepGoing(true);
    if (this->out_.IsAvailable()) Offer();
  }
  void Offer() {
    sub_->is_offered = true;
    timer_.Await(*sub_);
    this->out_.Push(sub_->outlet.source());
  }
  void CloseSub() {
    if (sub_ == nullptr) return;
    timer_.Subscribed(*sub_);
    sub_.reset();
  }
  // After a substream that has ended before the next one is known.
  void Between() {
    CloseSub();
    this->SetKeepGoing(false);
    if (this->out_.IsClosed() || this->in_.IsClosed()) return this->CompleteStage();
    this->in_.TryPull();
  }

  void OnPull() override {
    if (sub_ == nullptr) {
      this->in_.TryPull();
    } else if (!sub_->is_offered) {
      Offer();
    }
  }
  void OnDownstreamFinish(const absl::Status& cause) override {
    if (sub_ != nullptr && sub_->is_offered && !sub_->is_cancelled) return;  // it goes on
    this->SetKeepGoing(false);
    this->CancelStage(cause);
  }
  void OnUpstreamFinish() override {
    if (sub_ != nullptr && sub_->first) return;  // first that
    if (sub_ != nullptr && !sub_->is_cancelled) sub_->outlet.Complete();
    this->CompleteStage();
  }
  void OnUpstreamFailure(const absl::Status& failure) override {
    if (sub_ != nullptr && !sub_->is_cancelled) sub_->outlet.Fail(failure);
    this->FailStage(failure);
  }

  void SubPulled() {
    timer_.Subscribed(*sub_);
    if (!sub_->first) return this->in_.TryPull();
    sub_->outlet.Push(*std::move(sub_->first));
    sub_->first.reset();
    this->SetKeepGoing(false);
    if (sub_->ends_after_first || this->in_.IsClosed()) {
      sub_->outlet.Complete();
      Between();
    }
  }
  void SubCancelled(const absl::Status& cause) {
    timer_.Subscribed(*sub_);
    sub_->is_cancelled = true;
    sub_->first.reset();
    this->SetKeepGoing(false);
    if (this->in_.IsClosed() || on_cancel_ == SubstreamCancel::kPropagate) {
      return this->CancelStage(cause);
    }
    if (sub_->ends_after_first) return Between();
    if (this->out_.IsClosed()) return this->CancelStage(cause);
    this->in_.TryPull();
  }

  [[no_unique_address]] F predicate_;
  const SubstreamCancel on_cancel_;
  SubscriptionTimer timer_{this};
  std::unique_ptr<Sub> sub_;  // the current one; none between two of them
};

}  // namespace internal
}  // namespace sampo::stream

#endif  // SAMPO_STREAM_OPS_SPLIT_H_
