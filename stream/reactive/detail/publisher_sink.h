// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// The stage behind Sink::AsPublisher and Sink::FromSubscriber: a sink whose elements go to the
// subscribers that ask for them.
//
// All signals to subscribers are given on the stage's turn, so they are serial (1.3), and Request
// and Cancel only leave a command, so that nothing recurses (3.3) and they return at once
// (3.4, 3.5). An element is pulled when every subscriber has demand: the slowest one sets the rate;
// there is no buffer. Threads: as GraphStageLogic; Subscribe, Request and Cancel from any.
#ifndef SAMPO_STREAM_REACTIVE_DETAIL_PUBLISHER_SINK_H_
#define SAMPO_STREAM_REACTIVE_DETAIL_PUBLISHER_SINK_H_

#include <algorithm>
#include <atomic>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/stream/detail/stage_inbox.h"
#include "sampo/stream/detail/stages.h"
#include "sampo/stream/reactive/reactive_streams.h"

namespace sampo::stream::internal {

template <class T>
class StageSubscription;

template <class T>
struct PublisherCommand {
  enum class Kind : uint8_t { kSubscribe, kRequest, kCancel };
  Kind kind;
  std::shared_ptr<StageSubscription<T>> from;
  int64_t count = 0;
  absl::Status cause;
};

template <class T>
using PublisherInbox = StageInbox<PublisherCommand<T>>;

template <class T>
class StageSubscription final : public Subscription,
                                public std::enable_shared_from_this<StageSubscription<T>> {
 public:
  using Kind = typename PublisherCommand<T>::Kind;

  StageSubscription(std::shared_ptr<PublisherInbox<T>> inbox, std::shared_ptr<Subscriber<T>> to)
      : subscriber(std::move(to)), inbox_(std::move(inbox)) {}

  void Request(int64_t count) override {
    if (is_cancelled()) return;  // 3.6
    inbox_->Send({Kind::kRequest, this->shared_from_this(), count, {}});
  }
  void Cancel() override { CancelWith(absl::OkStatus()); }
  void CancelWith(const absl::Status& cause) override {
    if (cancelled_.exchange(true, std::memory_order_acq_rel)) return;  // 3.7
    inbox_->Send({Kind::kCancel, this->shared_from_this(), 0, cause});
  }
  // Partner: CancelWith, so that a signal after Cancel is the exception, not the rule.
  bool is_cancelled() const { return cancelled_.load(std::memory_order_acquire); }

  // The subscriber of a stream that has ended: what it is due, and then it is let go.
  void TellEnd(const absl::Status& end) {
    const bool wants = !cancelled_.exchange(true, std::memory_order_acq_rel);
    std::shared_ptr<Subscriber<T>> last = std::move(subscriber);
    if (!wants || last == nullptr) return;
    if (end.ok()) {
      last->OnComplete();
    } else {
      last->OnError(end);
    }
  }

  // The stage's turn alone.
  std::shared_ptr<Subscriber<T>> subscriber;  // null once it has ended (3.13)
  int64_t demand = 0;

 private:
  std::atomic<bool> cancelled_{false};
  const std::shared_ptr<PublisherInbox<T>> inbox_;
};

// Of somebody who subscribes to what is over: remembers only whether the end is still wanted.
class EndedSubscription final : public Subscription {
 public:
  void Request(int64_t /*count*/) override {}
  void Cancel() override { cancelled_.store(true, std::memory_order_relaxed); }
  bool is_cancelled() const { return cancelled_.load(std::memory_order_relaxed); }

 private:
  std::atomic<bool> cancelled_{false};
};

// OnSubscribe and at once the end (1.9).
template <class T>
void SubscribeToEnd(Subscriber<T>& subscriber, absl::Status end) {
  auto subscription = std::make_shared<EndedSubscription>();
  subscriber.OnSubscribe(subscription);
  if (subscription->is_cancelled()) return;
  if (end.ok()) {
    subscriber.OnComplete();
  } else {
    subscriber.OnError(std::move(end));
  }
}

// What the stage and its publisher share.
template <class T>
class PublisherState {
 public:
  const std::shared_ptr<PublisherInbox<T>> inbox = std::make_shared<PublisherInbox<T>>();

  // Of the stream, for those who subscribe later. Set before the inbox closes.
  void set_end(absl::Status end) {
    std::lock_guard guard(mutex_);
    end_ = std::move(end);
  }
  absl::Status end() const {
    std::lock_guard guard(mutex_);
    return end_;
  }

 private:
  mutable std::mutex mutex_;
  absl::Status end_;
};

template <class T>
class StagePublisher final : public Publisher<T> {
 public:
  StagePublisher(std::shared_ptr<PublisherState<T>> state, bool fanout)
      : state_(std::move(state)), fanout_(fanout) {}

  void Subscribe(std::shared_ptr<Subscriber<T>> subscriber) override {
    if (subscriber == nullptr) ThrowNullArgument("Publisher::Subscribe of null (rule 1.9)");
    if (!fanout_ && taken_.exchange(true)) {
      return SubscribeToEnd(*subscriber,
                            absl::FailedPreconditionError(
                                "stream: this publisher has a subscriber already and allows one "
                                "(rule 1.11); use AsPublisher(true) for more"));
    }
    PublisherCommand<T> command{PublisherCommand<T>::Kind::kSubscribe,
                                std::make_shared<StageSubscription<T>>(state_->inbox, subscriber),
                                0,
                                {}};
    if (!state_->inbox->Send(std::move(command))) SubscribeToEnd(*subscriber, state_->end());
  }

 private:
  const std::shared_ptr<PublisherState<T>> state_;
  const bool fanout_;
  std::atomic<bool> taken_{false};
};

template <class T>
class PublisherSinkLogic final : public GraphStageLogic, public InHandler {
 public:
  using Kind = typename PublisherCommand<T>::Kind;

  // With a `subscriber` it is that one's sink from the start.
  PublisherSinkLogic(std::shared_ptr<PublisherState<T>> state,
                     std::shared_ptr<Subscriber<T>> subscriber)
      : state_(std::move(state)), first_(std::move(subscriber)) {
    in_.SetHandler(this);
  }
  ~PublisherSinkLogic() override {
    End(AbruptTermination("the stream was never started"));
    if (first_ != nullptr) SubscribeToEnd(*first_, state_->end());
  }

  void PreStart() override {
    state_->inbox->Open(GetAsyncCallback<int>([this](int) {
      state_->inbox->Drain([this](PublisherCommand<T>& command) { Handle(command); });
    }));
    if (first_ != nullptr) {
      return Add(std::make_shared<StageSubscription<T>>(state_->inbox, std::move(first_)));
    }
    const SubscriptionTimeout timeout = attributes().subscription_timeout();
    if (timeout.mode == SubscriptionTimeoutMode::kCancel) ScheduleOnce(0, timeout.timeout);
  }
  void OnTimer(int64_t /*key*/) override {
    const absl::Status late = absl::DeadlineExceededError(
        "stream: nobody has subscribed to a publisher within its subscription timeout");
    End(late);
    FailStage(late);
  }
  void PostStop() override {
    // Not OK where a handler has thrown, be it for a subscriber that did: the others are told why.
    End(failure().ok() ? AbruptTermination("the stream of a publisher") : failure());
  }

 private:
  void OnPush() override {
    T element = in_.Grab();
    for (size_t i = 0; i < entries_.size(); ++i) {
      StageSubscription<T>& entry = *entries_[i];
      if (entry.is_cancelled()) continue;
      if (entry.demand != kUnboundedDemand) --entry.demand;
      if constexpr (std::is_copy_constructible_v<T>) {
        if (i + 1 < entries_.size()) {
          entry.subscriber->OnNext(T(element));
          continue;
        }
      }
      entry.subscriber->OnNext(std::move(element));
    }
    MaybePull();
  }
  void OnUpstreamFinish() override {
    End(absl::OkStatus());
    CompleteStage();
  }
  void OnUpstreamFailure(const absl::Status& failure) override {
    End(failure);
    CompleteStage();
  }

  void Handle(PublisherCommand<T>& command) {
    if (ended_) {
      if (command.kind == Kind::kSubscribe)
        SubscribeToEnd(*command.from->subscriber, state_->end());
      return;
    }
    switch (command.kind) {
      case Kind::kSubscribe:
        CancelTimer(0);
        return Add(std::move(command.from));
      case Kind::kRequest:
        return Request(*command.from, command.count);
      case Kind::kCancel:
        return Remove(*command.from, std::move(command.cause));
    }
  }
  void Add(std::shared_ptr<StageSubscription<T>> entry) {
    entries_.push_back(entry);
    std::shared_ptr<Subscriber<T>> subscriber = entry->subscriber;
    subscriber->OnSubscribe(std::move(entry));
  }
  void Request(StageSubscription<T>& from, int64_t count) {
    if (from.subscriber == nullptr) return;
    if (count > 0) {
      from.demand = AddDemand(from.demand, count);
      return MaybePull();
    }
    const absl::Status wrong = absl::InvalidArgumentError(
        StrCat("stream: Request(", count, "): demand must be at least 1 (rule 3.9)"));
    from.TellEnd(wrong);
    Remove(from, wrong);
  }
  void Remove(StageSubscription<T>& from, absl::Status cause) {
    from.subscriber = nullptr;
    std::erase_if(entries_, [&](const auto& entry) { return entry.get() == &from; });
    if (!entries_.empty()) return MaybePull();
    End(cause.ok() ? absl::CancelledError("stream: all subscribers have cancelled") : cause);
    in_.Cancel(std::move(cause));
  }
  void MaybePull() {
    for (const auto& entry : entries_) {
      if (entry->demand == 0) return;
    }
    if (!entries_.empty()) in_.TryPull();
  }
  // The stream is over: those who are there are told, those who come later will be.
  void End(absl::Status end) {
    if (std::exchange(ended_, true)) return;
    state_->set_end(end);
    for (const auto& entry : std::exchange(entries_, {})) entry->TellEnd(end);
    for (PublisherCommand<T>& late : state_->inbox->Close()) Handle(late);
  }

  const std::shared_ptr<PublisherState<T>> state_;
  std::shared_ptr<Subscriber<T>> first_;
  std::vector<std::shared_ptr<StageSubscription<T>>> entries_;  // one for each subscriber
  bool ended_ = false;
  Inlet<T> in_{this, "in"};
};

}  // namespace sampo::stream::internal

#endif  // SAMPO_STREAM_REACTIVE_DETAIL_PUBLISHER_SINK_H_
