// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// ManualSubscriber<T>: a Reactive Streams subscriber that a test holds in its hand; asks for
// nothing by itself.
//
// Waiting, failures and threads are as with TestSink (test_sink.h). Lifetime: a handle; copies
// share the subscriber.
//
//   ManualSubscriber<int> subscriber;
//   publisher->Subscribe(subscriber.subscriber());
//   subscriber.ExpectSubscription().Request(1).ExpectNext(7);
#ifndef SAMPO_STREAM_TESTKIT_MANUAL_SUBSCRIBER_H_
#define SAMPO_STREAM_TESTKIT_MANUAL_SUBSCRIBER_H_

#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "sampo/actor/testkit/detail/probe_waiting.h"
#include "sampo/stream/reactive/reactive_streams.h"
#include "sampo/stream/testkit/detail/probe_failure.h"
#include "sampo/stream/testkit/stream_event.h"

namespace sampo::stream {
namespace internal {

template <class T>
class RecordingSubscriber final : public Subscriber<T>, public EventQueue<T> {
 public:
  void OnSubscribe(std::shared_ptr<Subscription> given) override {
    this->Note([&] { subscriptions.push_back(std::move(given)); });
  }
  void OnNext(T element) override { this->Add(StreamEvent<T>::Next(std::move(element))); }
  void OnError(absl::Status failure) override {
    this->Add(StreamEvent<T>::Error(std::move(failure)));
  }
  void OnComplete() override { this->Add(StreamEvent<T>::Complete()); }

  // Guarded by mutex; the first is in use.
  std::vector<std::shared_ptr<Subscription>> subscriptions;
};

}  // namespace internal

template <class T>
class ManualSubscriber final : public EventExpectations<ManualSubscriber<T>, T> {
 public:
  using Where = SourceLocation;

  ManualSubscriber() : state_(std::make_shared<internal::RecordingSubscriber<T>>()) {}

  std::shared_ptr<Subscriber<T>> subscriber() const { return state_; }

  // OnSubscribe has been called, or is within the timeout.
  ManualSubscriber& ExpectSubscription(Where where = Where::Current()) {
    if (!state_->WaitUntil([&] { return !state_->subscriptions.empty(); }, kStreamExpectTimeout)) {
      internal::FailAt(where, "ManualSubscriber: no subscription");
    }
    return *this;
  }
  std::shared_ptr<Subscription> subscription() const {
    std::lock_guard guard(state_->mutex);
    return state_->subscriptions.empty() ? nullptr : state_->subscriptions.front();
  }
  // Precondition of both: ExpectSubscription has succeeded. Any count goes: 3.9 is to be tested.
  ManualSubscriber& Request(int64_t count) {
    if (auto held = subscription()) held->Request(count);
    return *this;
  }
  ManualSubscriber& Cancel() {
    if (auto held = subscription()) held->Cancel();
    return *this;
  }

 private:
  friend class EventExpectations<ManualSubscriber<T>, T>;
  internal::EventQueue<T>& events() const { return *state_; }

  std::shared_ptr<internal::RecordingSubscriber<T>> state_;
};

}  // namespace sampo::stream

#endif  // SAMPO_STREAM_TESTKIT_MANUAL_SUBSCRIBER_H_
