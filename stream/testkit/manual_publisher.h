// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// ManualPublisher<T>: a Reactive Streams publisher of one subscriber that a test holds in its hand.
//
// Waiting, failures and threads are as with TestSource (test_source.h). Lifetime: a handle; copies
// share the publisher.
//
//   ManualPublisher<int> publisher;
//   Source<int>::FromPublisher(publisher.publisher())...
//   publisher.ExpectSubscription();
//   EXPECT_EQ(publisher.ExpectRequest(), 16);
//   publisher.SendNext(1).SendComplete();
#ifndef SAMPO_STREAM_TESTKIT_MANUAL_PUBLISHER_H_
#define SAMPO_STREAM_TESTKIT_MANUAL_PUBLISHER_H_

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/actor/testkit/detail/probe_waiting.h"
#include "sampo/stream/reactive/reactive_streams.h"
#include "sampo/stream/testkit/detail/probe_failure.h"

namespace sampo::stream {
namespace internal {

template <class T>
class RecordingPublisher final : public Publisher<T>,
                                 public Subscription,
                                 public sampo::internal::ProbeStateBase,
                                 public std::enable_shared_from_this<RecordingPublisher<T>> {
 public:
  void Subscribe(std::shared_ptr<Subscriber<T>> to) override {
    to->OnSubscribe(this->shared_from_this());
    std::lock_guard guard(mutex);
    subscriber = std::move(to);
    Changed();
  }
  void Request(int64_t count) override {
    std::lock_guard guard(mutex);
    requests = AddDemand(requests, count);
    Changed();
  }
  void Cancel() override { CancelWith(absl::OkStatus()); }
  void CancelWith(const absl::Status& cause) override {
    std::lock_guard guard(mutex);
    if (!cancelled) cancelled = cause;
    Changed();
  }

  // Guarded by mutex.
  std::shared_ptr<Subscriber<T>> subscriber;
  int64_t requests = 0;  // demand that the test has not been told of
  int64_t pending = 0;   // demand that it was told of and has not answered
  std::optional<absl::Status> cancelled;
};

}  // namespace internal

template <class T>
class ManualPublisher {
 public:
  using Where = SourceLocation;

  std::shared_ptr<Publisher<T>> publisher() const { return state_; }

  ManualPublisher& ExpectSubscription(Where where = Where::Current()) {
    Wait("a subscriber", where, [this] { return state_->subscriber != nullptr; });
    return *this;
  }
  // Waits for demand that the test has not been told of; returns how much it is.
  int64_t ExpectRequest(Where where = Where::Current()) {
    Wait("a request", where, [this] { return state_->requests > 0; });
    std::lock_guard guard(state_->mutex);
    state_->pending = internal::AddDemand(state_->pending, state_->requests);
    return std::exchange(state_->requests, 0);
  }
  absl::Status ExpectCancellation(Where where = Where::Current()) {
    Wait("a cancellation", where, [this] { return state_->cancelled.has_value(); });
    std::lock_guard guard(state_->mutex);
    return state_->cancelled.value_or(absl::DeadlineExceededError("no cancellation"));
  }
  // No demand and no cancellation for so long.
  ManualPublisher& ExpectNoMessage(absl::Duration during = kStreamNoMessageTimeout,
                                   Where where = Where::Current()) {
    auto asked = [this] { return state_->requests > 0 || state_->cancelled.has_value(); };
    if (state_->WaitUntil(asked, during)) {
      internal::FailAt(where, "ManualPublisher: a request or a cancellation came");
    }
    return *this;
  }
  // Waits for demand first.
  ManualPublisher& SendNext(T element, Where where = Where::Current()) {
    if (!Wait("demand for an element", where,
              [this] { return state_->requests > 0 || state_->pending > 0; })) {
      return *this;
    }
    {
      std::lock_guard guard(state_->mutex);
      int64_t& from = state_->pending > 0 ? state_->pending : state_->requests;
      if (from != kUnboundedDemand) --from;
    }
    return UnsafeSendNext(std::move(element));
  }
  // Against rule 1.1, where there is no demand.
  ManualPublisher& UnsafeSendNext(T element) {
    if (auto to = subscriber()) to->OnNext(std::move(element));
    return *this;
  }
  ManualPublisher& SendComplete() {
    if (auto to = subscriber()) to->OnComplete();
    return *this;
  }
  ManualPublisher& SendError(absl::Status failure) {
    if (auto to = subscriber()) to->OnError(std::move(failure));
    return *this;
  }

 private:
  std::shared_ptr<Subscriber<T>> subscriber() const {
    std::lock_guard guard(state_->mutex);
    return state_->subscriber;
  }
  template <class F>
  bool Wait(const char* wanted, Where where, F done) {
    if (state_->WaitUntil(done, kStreamExpectTimeout)) return true;
    internal::FailAt(where, StrCat("ManualPublisher: waited for ", wanted));
    return false;
  }

  std::shared_ptr<internal::RecordingPublisher<T>> state_ =
      std::make_shared<internal::RecordingPublisher<T>>();
};

}  // namespace sampo::stream

#endif  // SAMPO_STREAM_TESTKIT_MANUAL_PUBLISHER_H_
