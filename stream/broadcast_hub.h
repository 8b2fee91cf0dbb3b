// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// BroadcastHub<T>: a sink whose materialized value is a source that any number of streams may be
// run from, at any time, on any thread; each gets every element.
//
// At most `buffer_size` elements wait for the slowest consumer, then the producer is made to wait.
// A consumer that comes while others are there sees what comes from then on; one that comes when
// there is none continues where the last one stopped. With no consumer at all nothing is dropped:
// the buffer fills.
// Threads: the source may be run on any thread.
//
//   Source<Event> events = source.RunWith(BroadcastHub<Event>::Sink(), system);
//   events.RunWith(log, system);
#ifndef SAMPO_STREAM_BROADCAST_HUB_H_
#define SAMPO_STREAM_BROADCAST_HUB_H_

#include <algorithm>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "sampo/stream/detail/blueprint.h"
#include "sampo/stream/detail/ref_counted.h"
#include "sampo/stream/detail/ring.h"
#include "sampo/stream/detail/stage_report.h"
#include "sampo/stream/detail/stages.h"
#include "sampo/stream/sink.h"
#include "sampo/stream/source.h"

namespace sampo::stream {
namespace internal {

template <class T>
class BroadcastHubState final : public RefCounted {
 public:
  // One stream that runs from the hub.
  struct Consumer final : RefCounted {
    AsyncCallback<int> wake;
    uint64_t position = 0;  // of the element it gets next
    bool waits = false;     // to be woken
  };

  BroadcastHubState(int buffer_size, int start_after)
      : ring_(static_cast<size_t>(std::max(buffer_size, 1))),
        start_after_(static_cast<size_t>(std::max(start_after, 0))),
        is_started_(start_after <= 0) {}

  // --- the hub ---
  // Whether it may pull; where not, it will be woken.
  bool Open(AsyncCallback<int> wake) {
    std::lock_guard guard(mutex_);
    wake_ = std::move(wake);
    return MayPull();
  }
  // Takes an element; returns whether the hub may pull, as Open.
  bool Publish(T element) {
    std::lock_guard guard(mutex_);
    ring_.PushBack(Slot{std::move(element), consumers_.size()});
    WakeConsumers();
    return MayPull();
  }
  void End(absl::Status end) {
    std::lock_guard guard(mutex_);
    if (end_) return;
    // A failure overtakes what waits.
    if (!end.ok()) {
      first_ += ring_.size();
      ring_.Clear();
    }
    end_ = std::move(end);
    for (const Ref<Consumer>& consumer : consumers_) consumer->wake.Invoke(0);
    // It holds the hub's island.
    hub_waits_ = false;
    wake_ = {};
  }

  // --- consumers ---
  void Register(const Ref<Consumer>& consumer) {
    std::lock_guard guard(mutex_);
    if (consumers_.empty()) {
      consumer->position = first_;
      for (size_t i = 0; i < ring_.size(); ++i) ring_[i].readers = 1;
    } else {
      consumer->position = first_ + ring_.size();
    }
    consumers_.push_back(consumer);
    if (consumers_.size() >= start_after_) is_started_ = true;
    WakeHub();
  }
  void Unregister(const Ref<Consumer>& consumer) {
    std::lock_guard guard(mutex_);
    if (std::erase(consumers_, consumer) == 0) return;
    const size_t from = consumer->position > first_ ? consumer->position - first_ : 0;
    for (size_t i = from; i < ring_.size(); ++i) --ring_[i].readers;
    DropRead();
  }
  // Calls give(T) with the next element, if one is wanted, and end(Status) when there are no more.
  // With a wanted one that is not there yet, the consumer will be woken; at the end always.
  template <class Give, class AtEnd>
  void Take(Consumer& consumer, bool is_wanted, Give give, AtEnd at_end) {
    std::optional<T> element;
    std::optional<absl::Status> end;
    {
      std::lock_guard guard(mutex_);
      consumer.position = std::max(consumer.position, first_);
      const size_t at = consumer.position - first_;
      if (is_wanted && at < ring_.size()) {
        Slot& slot = ring_[at];
        ++consumer.position;
        if (--slot.readers == 0) {
          element.emplace(std::move(slot.element));
        } else {
          element.emplace(slot.element);
        }
        DropRead();
      }
      consumer.waits = is_wanted && !element;
      if (consumer.position == first_ + ring_.size()) end = end_;
    }
    if (element) give(*std::move(element));
    if (end) at_end(*end);
  }

  struct Fill {
    size_t buffered;
    size_t capacity;
    size_t consumers;
  };
  Fill fill() {
    std::lock_guard guard(mutex_);
    return {ring_.size(), ring_.capacity(), consumers_.size()};
  }

 private:
  struct Slot {
    T element;
    size_t readers;  // consumers that have not read it
  };

  bool MayPull() {
    hub_waits_ = !is_started_ || ring_.full();
    return !hub_waits_;
  }
  void WakeHub() {
    if (!hub_waits_ || !is_started_ || ring_.full()) return;
    hub_waits_ = false;
    wake_.Invoke(0);
  }
  void WakeConsumers() {
    for (const Ref<Consumer>& consumer : consumers_) {
      if (std::exchange(consumer->waits, false)) consumer->wake.Invoke(0);
    }
  }
  // What all have read goes. Without consumers, what is left is for the next one.
  void DropRead() {
    if (!consumers_.empty()) {
      while (!ring_.empty() && ring_.Front().readers == 0) {
        ring_.DropFront();
        ++first_;
      }
    }
    WakeHub();
  }

  std::mutex mutex_;  // guards what follows
  Ring<Slot> ring_;
  uint64_t first_ = 0;  // the position of the ring's front
  std::vector<Ref<Consumer>> consumers_;
  AsyncCallback<int> wake_;  // of the hub
  const size_t start_after_;
  bool is_started_;
  bool hub_waits_ = false;
  std::optional<absl::Status> end_;
};

template <class T>
class BroadcastHubLogic final : public SinkLogic<T> {
 public:
  explicit BroadcastHubLogic(Ref<BroadcastHubState<T>> state) : state_(std::move(state)) {}
  ~BroadcastHubLogic() override {
    state_->End(AbruptTermination("a BroadcastHub that was never started"));
  }
  void PreStart() override {
    if (state_->Open(this->template GetAsyncCallback<int>([this](int) { this->in_.TryPull(); }))) {
      this->in_.Pull();
    }
  }
  void PostStop() override { state_->End(this->failure().ok() ? end_ : this->failure()); }
  void Describe(StageReport& report) const override {
    const auto fill = state_->fill();
    report.buffered = static_cast<int64_t>(fill.buffered);
    report.buffer_size = static_cast<int64_t>(fill.capacity);
    report.waits_for = fill.consumers == 0 ? "a consumer" : "its slowest consumer";
  }

 private:
  void OnPush() override {
    if (state_->Publish(this->in_.Grab())) this->in_.Pull();
  }
  void OnUpstreamFailure(const absl::Status& failure) override {
    end_ = failure;
    this->CompleteStage();
  }

  const Ref<BroadcastHubState<T>> state_;
  absl::Status end_;
};

template <class T>
class BroadcastHubConsumerLogic final : public SourceLogic<T> {
 public:
  explicit BroadcastHubConsumerLogic(Ref<BroadcastHubState<T>> state) : state_(std::move(state)) {}
  void PreStart() override {
    consumer_ = MakeRef<typename BroadcastHubState<T>::Consumer>();
    consumer_->wake = this->template GetAsyncCallback<int>([this](int) { OnPull(); });
    state_->Register(consumer_);
    OnPull();  // for the end, where that was before
  }
  void PostStop() override {
    if (consumer_) state_->Unregister(consumer_);
  }

 private:
  void OnPull() override {
    state_->Take(
        *consumer_, this->out_.IsAvailable(),
        [this](T element) { this->out_.Push(std::move(element)); },
        [this](const absl::Status& end) {
          if (end.ok()) return this->CompleteStage();
          this->FailStage(end);
        });
  }

  const Ref<BroadcastHubState<T>> state_;
  Ref<typename BroadcastHubState<T>::Consumer> consumer_;
};

}  // namespace internal

template <class T>
class BroadcastHub {
 public:
  // Begins to take elements when `start_after` consumers are there.
  // Backpressures when: `buffer_size` elements wait for the slowest consumer. Cancels when: never.
  // Tested by: broadcast_hub_test.cc.
  static stream::Sink<T, stream::Source<T, NotUsed>> Sink(
      int start_after = 0, int buffer_size = 256,
      SourceLocation where = SourceLocation::Current()) {
    using Value = stream::Source<T, NotUsed>;
    return stream::Sink<T, Value>(internal::MakeStage<Value>("broadcastHub", where, [=] {
      auto state = internal::MakeRef<internal::BroadcastHubState<T>>(buffer_size, start_after);
      using Consumer = internal::BroadcastHubConsumerLogic<T>;
      return internal::NewLogicWith<internal::BroadcastHubLogic<T>>(
          Value(internal::MakeLogicStage<Consumer>("broadcastHubConsumer", where, state)), state);
    }));
  }
};

}  // namespace sampo::stream

#endif  // SAMPO_STREAM_BROADCAST_HUB_H_
