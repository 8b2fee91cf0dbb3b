// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// The stage behind Source::FromPublisher and Source::AsSubscriber: a source that gives what its
// subscriber receives.
//
// It asks for InputBuffer::max elements and again when half of them were taken, so that a request
// stands for many. A publisher that sends more than was asked for is cancelled, and the stream
// fails (rule 1.1). Threads: as GraphStageLogic; the subscriber's signals from any.
#ifndef SAMPO_STREAM_REACTIVE_DETAIL_SUBSCRIBER_SOURCE_H_
#define SAMPO_STREAM_REACTIVE_DETAIL_SUBSCRIBER_SOURCE_H_

#include <algorithm>
#include <atomic>
#include <memory>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "sampo/stream/detail/ring.h"
#include "sampo/stream/detail/stage_inbox.h"
#include "sampo/stream/detail/stage_report.h"
#include "sampo/stream/detail/stages.h"
#include "sampo/stream/reactive/reactive_streams.h"

namespace sampo::stream::internal {

template <class T>
struct SubscriberCommand {
  std::shared_ptr<Subscription> subscription;  // OnSubscribe
  std::optional<T> next;                       // OnNext
  absl::Status end;                            // else the end
  bool is_violation = false;                   // which the publisher does not know of
};

template <class T>
class StageSubscriber final : public Subscriber<T> {
 public:
  void OnSubscribe(std::shared_ptr<Subscription> subscription) override {
    if (subscription == nullptr) ThrowNullArgument("Subscriber::OnSubscribe of null (rule 2.13)");
    SubscriberCommand<T> command{std::move(subscription), std::nullopt, {}};
    if (!inbox.Send(std::move(command))) command.subscription->Cancel();
  }
  void OnNext(T element) override {
    // The bound of the inbox: no more than were asked for get in.
    if (allowed.fetch_sub(1, std::memory_order_acq_rel) <= 0) {
      if (violated_.exchange(true)) return;
      inbox.Send({nullptr, std::nullopt,
                  absl::FailedPreconditionError(
                      "stream: a publisher sent more elements than were asked for (rule 1.1)"),
                  true});
      return;
    }
    inbox.Send({nullptr, std::move(element), {}});
  }
  void OnError(absl::Status failure) override {
    if (failure.ok()) ThrowNullArgument("Subscriber::OnError of OK (rule 2.13)");
    inbox.Send({nullptr, std::nullopt, std::move(failure)});
  }
  void OnComplete() override { inbox.Send({nullptr, std::nullopt, absl::OkStatus()}); }

  StageInbox<SubscriberCommand<T>> inbox;
  // Elements asked for that have not come. Partner of OnNext: the stage's Request.
  std::atomic<int64_t> allowed{0};

 private:
  std::atomic<bool> violated_{false};
};

template <class T>
class SubscriberSourceLogic final : public GraphStageLogic, public OutHandler {
 public:
  // With a `publisher`: subscribes to it when it starts.
  SubscriberSourceLogic(std::shared_ptr<StageSubscriber<T>> subscriber,
                        std::shared_ptr<Publisher<T>> publisher)
      : subscriber_(std::move(subscriber)), publisher_(std::move(publisher)) {
    out_.SetHandler(this);
  }
  ~SubscriberSourceLogic() override { Close(absl::OkStatus()); }

  void PreStart() override {
    max_ = attributes().input_buffer().max;
    buffer_ = Ring<T>(static_cast<size_t>(max_));
    subscriber_->inbox.Open(GetAsyncCallback<int>([this](int) {
      subscriber_->inbox.Drain([this](SubscriberCommand<T>& command) { Handle(command); });
    }));
    const SubscriptionTimeout timeout = attributes().subscription_timeout();
    if (timeout.mode == SubscriptionTimeoutMode::kCancel) ScheduleOnce(0, timeout.timeout);
    if (publisher_ != nullptr) std::exchange(publisher_, nullptr)->Subscribe(subscriber_);
  }
  void OnTimer(int64_t /*key*/) override {
    FailStage(absl::DeadlineExceededError(
        "stream: a source's subscriber got no subscription within its subscription timeout"));
  }
  void PostStop() override { Close(failure()); }
  void Describe(StageReport& report) const override {
    report.buffered = static_cast<int>(buffer_.size());
    report.buffer_size = max_;
  }

 private:
  void OnPull() override {
    if (buffer_.empty()) return;
    Deliver(buffer_.PopFront());
    if (finished_ && buffer_.empty()) CompleteStage();
  }
  void OnDownstreamFinish(const absl::Status& cause) override {
    Close(cause);
    CompleteStage();
  }

  void Handle(SubscriberCommand<T>& command) {
    if (closed_ || finished_) {
      if (command.subscription != nullptr) command.subscription->Cancel();
      return;
    }
    if (command.subscription != nullptr) {
      if (subscribed_) return command.subscription->Cancel();  // 2.5
      subscribed_ = true;
      CancelTimer(0);
      subscription_ = std::move(command.subscription);
      return MaybeRequest();
    }
    if (command.next) {
      --requested_;
      if (buffer_.empty() && out_.IsAvailable()) return Deliver(*std::move(command.next));
      buffer_.PushBack(*std::move(command.next));
      return;
    }
    if (command.end.ok()) {
      finished_ = true;
      subscription_ = nullptr;  // 2.4: it counts as cancelled
      if (buffer_.empty()) CompleteStage();
      return;
    }
    if (!command.is_violation) subscription_ = nullptr;  // 2.4, too
    Close(command.end);
    FailStage(std::move(command.end));
  }
  void Deliver(T element) {
    out_.Push(std::move(element));
    MaybeRequest();
  }
  // Asks for as much as the buffer has room for, once that is half of it.
  void MaybeRequest() {
    if (subscription_ == nullptr) return;
    const int64_t room = max_ - requested_ - static_cast<int64_t>(buffer_.size());
    if (room < std::max(1, max_ / 2)) return;
    requested_ += room;
    subscriber_->allowed.fetch_add(room, std::memory_order_acq_rel);
    subscription_->Request(room);
  }
  void Close(const absl::Status& cause) {
    if (std::exchange(closed_, true)) return;
    if (subscription_ != nullptr) std::exchange(subscription_, nullptr)->CancelWith(cause);
    for (SubscriberCommand<T>& late : subscriber_->inbox.Close()) {
      if (late.subscription != nullptr) late.subscription->Cancel();
    }
  }

  const std::shared_ptr<StageSubscriber<T>> subscriber_;
  std::shared_ptr<Publisher<T>> publisher_;
  std::shared_ptr<Subscription> subscription_;  // null: none yet, or over
  Ring<T> buffer_;                              // at most max_
  int max_ = 16;
  int64_t requested_ = 0;  // asked for and not come yet
  bool subscribed_ = false;
  bool finished_ = false;
  bool closed_ = false;
  Outlet<T> out_{this, "out"};
};

}  // namespace sampo::stream::internal

#endif  // SAMPO_STREAM_REACTIVE_DETAIL_SUBSCRIBER_SOURCE_H_
