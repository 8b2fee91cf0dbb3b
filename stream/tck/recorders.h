// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// TckSubscriber and TckSubscription: the other side of what is tested: they count, and see what
// must not be.
//
// Threads: any; a check waits on its own. Lifetime: shared with the subject.
#ifndef SAMPO_STREAM_TCK_RECORDERS_H_
#define SAMPO_STREAM_TCK_RECORDERS_H_

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "sampo/actor/testkit/detail/probe_waiting.h"
#include "sampo/stream/reactive/reactive_streams.h"
#include "sampo/stream/tck/rule.h"

namespace sampo::stream::tck {

template <class T>
class TckSubscriber final : public Subscriber<T>, public sampo::internal::ProbeStateBase {
 public:
  struct Options {
    int64_t request_on_subscribe = 0;
    int64_t request_on_next = 0;
    // The element at which it cancels, from OnNext; 0: none.
    int64_t cancel_at = 0;
    // Stays in the first OnNext for a while, so that another signal would overlap with it.
    bool linger = false;
  };
  explicit TckSubscriber(Options options = {}) : options_(options) {}

  void OnSubscribe(std::shared_ptr<Subscription> given) override {
    Signal scope(*this);
    Note([&] {
      if (nexts + errors + completions > 0) subscribed_late = true;
      ++subscribes;
      if (subscription == nullptr) subscription = given;
    });
    if (options_.request_on_subscribe > 0) given->Request(options_.request_on_subscribe);
  }
  void OnNext(T element) override {
    Signal scope(*this);
    std::shared_ptr<Subscription> to;
    int64_t number = 0;
    Note([&] {
      number = nexts + 1;
      if (errors + completions > 0) ++signals_after_end;
      if (subscribes == 0) unsubscribed_signal = true;
      ++nexts;
      if (keep_elements) elements.push_back(std::move(element));
      to = subscription;
    });
    if (number == 1 && options_.linger) WaitUntil([this] { return overlapped; }, kQuiet);
    if (to == nullptr) return;
    if (number == options_.cancel_at) return to->Cancel();
    if (options_.request_on_next > 0) to->Request(options_.request_on_next);
  }
  void OnError(absl::Status failure) override {
    Signal scope(*this);
    Note([&] {
      if (errors + completions > 0) ++signals_after_end;
      if (subscribes == 0) unsubscribed_signal = true;
      ++errors;
      error = std::move(failure);
    });
  }
  void OnComplete() override {
    Signal scope(*this);
    Note([&] {
      if (errors + completions > 0) ++signals_after_end;
      if (subscribes == 0) unsubscribed_signal = true;
      ++completions;
    });
  }

  // Within the timeout there were `count` elements (or more).
  bool AwaitNexts(int64_t count) {
    return WaitUntil([&] { return nexts >= count; }, kExpectTimeout);
  }
  bool AwaitSubscription() {
    return WaitUntil([&] { return subscribes > 0; }, kExpectTimeout);
  }
  bool AwaitCompletion() {
    return WaitUntil([&] { return completions > 0; }, kExpectTimeout);
  }
  bool AwaitError() {
    return WaitUntil([&] { return errors > 0; }, kExpectTimeout);
  }
  bool AwaitEnd() {
    return WaitUntil([&] { return errors + completions > 0; }, kExpectTimeout);
  }
  // Nothing changes what `read` gives for a while. Returns what it gave first.
  template <class F>
  std::optional<int64_t> Steady(F read) {
    int64_t before;
    {
      std::lock_guard guard(mutex);
      before = read();
    }
    if (WaitUntil([&] { return read() != before; }, kQuiet)) return std::nullopt;
    return before;
  }
  std::shared_ptr<Subscription> Given() {
    std::lock_guard guard(mutex);
    return subscription;
  }
  int64_t nexts_now() {
    std::lock_guard guard(mutex);
    return nexts;
  }
  // Forgets the subscription, which knows this subscriber. It ends without the lock: it may wait
  // for a thread that is about to signal.
  void Drop() {
    std::shared_ptr<Subscription> dropped;
    std::lock_guard guard(mutex);
    dropped = std::exchange(subscription, nullptr);
  }

  // Guarded by mutex.
  std::shared_ptr<Subscription> subscription;
  int64_t subscribes = 0;
  int64_t nexts = 0;
  int64_t errors = 0;
  int64_t completions = 0;
  int64_t signals_after_end = 0;
  absl::Status error;
  bool keep_elements = false;
  std::vector<T> elements;
  bool subscribed_late = false;
  bool unsubscribed_signal = false;
  bool overlapped = false;
  int depth_max = 0;

 private:
  template <class F>
  void Note(F change) {
    std::lock_guard guard(mutex);
    change();
    Changed();
  }
  // Within a signal: sees others that come meanwhile, on this thread or on another one.
  class Signal {
   public:
    explicit Signal(TckSubscriber& of) : of_(of) {
      of_.Note([this] {
        if (of_.depth_ > 0 && of_.inside_ != std::this_thread::get_id()) of_.overlapped = true;
        of_.inside_ = std::this_thread::get_id();
        of_.depth_max = std::max(of_.depth_max, ++of_.depth_);
      });
    }
    ~Signal() {
      of_.Note([this] { --of_.depth_; });
    }

   private:
    TckSubscriber& of_;
  };

  const Options options_;
  int depth_ = 0;  // guarded by mutex, as is:
  std::thread::id inside_;
};

class TckSubscription final : public Subscription, public sampo::internal::ProbeStateBase {
 public:
  void Request(int64_t count) override {
    std::lock_guard guard(mutex);
    ++calls;
    if (count < 1) wrong_request = true;
    requested = internal::AddDemand(requested, std::max<int64_t>(count, 0));
    Changed();
  }
  void Cancel() override {
    std::lock_guard guard(mutex);
    ++calls;
    ++cancels;
    Changed();
  }

  bool AwaitRequested(int64_t count) {
    return WaitUntil([&] { return requested >= count; }, kExpectTimeout);
  }
  bool AwaitCancel() {
    return WaitUntil([&] { return cancels > 0; }, kExpectTimeout);
  }
  // No call for a while.
  bool Quiet() {
    int64_t before;
    {
      std::lock_guard guard(mutex);
      before = calls;
    }
    return !WaitUntil([&] { return calls != before; }, kQuiet);
  }
  int64_t requested_now() {
    std::lock_guard guard(mutex);
    return requested;
  }

  // Guarded by mutex.
  int64_t calls = 0;
  int64_t requested = 0;
  int64_t cancels = 0;
  bool wrong_request = false;
};

}  // namespace sampo::stream::tck

#endif  // SAMPO_STREAM_TCK_RECORDERS_H_
