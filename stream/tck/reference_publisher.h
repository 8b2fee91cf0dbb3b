// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// ReferencePublisher<T>: the smallest publisher that keeps all rules: element(0), element(1) ... on
// the threads of those who ask. The TCK feeds processors from it, and tests itself with it.
//
// Threads: any. Lifetime: shared; its subscriptions do not need it.
#ifndef SAMPO_STREAM_TCK_REFERENCE_PUBLISHER_H_
#define SAMPO_STREAM_TCK_REFERENCE_PUBLISHER_H_

#include <functional>
#include <memory>
#include <mutex>
#include <utility>

#include "absl/status/status.h"
#include "sampo/stream/reactive/reactive_streams.h"

namespace sampo::stream::tck {

template <class T>
class ReferencePublisher final : public Publisher<T> {
 public:
  // `failure`: sent in place of the first element, where it is not OK.
  ReferencePublisher(int64_t elements, std::function<T(int)> element, absl::Status failure = {})
      : elements_(elements), element_(std::move(element)), failure_(std::move(failure)) {}

  void Subscribe(std::shared_ptr<Subscriber<T>> subscriber) override {
    if (subscriber == nullptr) internal::ThrowNullArgument("Subscribe of null (rule 1.9)");
    auto run = std::make_shared<Run>(*this, subscriber);
    subscriber->OnSubscribe(run);
    run->Start();
  }

 private:
  class Run final : public Subscription {
   public:
    Run(const ReferencePublisher& of, std::shared_ptr<Subscriber<T>> to)
        : elements_(of.elements_), element_(of.element_), end_(of.failure_), to_(std::move(to)) {
      if (!end_.ok()) elements_ = 0;
    }
    void Start() {
      {
        std::lock_guard guard(mutex_);
        started_ = true;
      }
      Work();
    }
    void Request(int64_t count) override {
      {
        std::lock_guard guard(mutex_);
        if (to_ == nullptr) return;
        if (count < 1) {
          end_ = absl::InvalidArgumentError("demand must be at least 1 (rule 3.9)");
          elements_ = next_;
        } else {
          demand_ = internal::AddDemand(demand_, count);
        }
      }
      Work();
    }
    void Cancel() override {
      std::lock_guard guard(mutex_);
      to_ = nullptr;
    }

   private:
    // One thread at a time gives signals; who comes meanwhile leaves the work to it (1.3, 3.3).
    void Work() {
      std::unique_lock lock(mutex_);
      if (working_ || !started_) return;
      working_ = true;
      while (to_ != nullptr && (next_ == elements_ || demand_ > 0)) {
        std::shared_ptr<Subscriber<T>> to = to_;
        const bool last = next_ == elements_;
        const int64_t number = last ? 0 : next_++;
        if (last) to_ = nullptr;
        if (!last && demand_ != kUnboundedDemand) --demand_;
        const absl::Status end = end_;
        lock.unlock();
        if (!last) {
          to->OnNext(element_(static_cast<int>(number)));
        } else if (end.ok()) {
          to->OnComplete();
        } else {
          to->OnError(end);
        }
        to = nullptr;
        lock.lock();
      }
      working_ = false;
    }

    std::mutex mutex_;
    int64_t elements_;
    const std::function<T(int)> element_;
    absl::Status end_;
    std::shared_ptr<Subscriber<T>> to_;  // null: cancelled or at the end
    int64_t demand_ = 0;
    int64_t next_ = 0;
    bool started_ = false;
    bool working_ = false;
  };

  const int64_t elements_;
  const std::function<T(int)> element_;
  const absl::Status failure_;
};

}  // namespace sampo::stream::tck

#endif  // SAMPO_STREAM_TCK_REFERENCE_PUBLISHER_H_
