// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// MergeHub<T>: a source whose materialized value is a sink that any number of streams may be run
// into, at any time, on any thread.
//
// Each producer may have `per_producer_buffer` elements on their way, and is told to go on when
// half of them were taken: none can fill the hub alone. The hub's stream goes on when producers
// end, also when one fails. When it ends, its producers are cancelled; so is who comes later.
// Threads: the sink may be run on any thread.
//
//   Sink<Event> events = MergeHub<Event>::Source(16).To(handler).Run(system);
//   source.RunWith(events, system);
#ifndef SAMPO_STREAM_MERGE_HUB_H_
#define SAMPO_STREAM_MERGE_HUB_H_

#include <algorithm>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "sampo/actor/base/unique_function.h"
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
class MergeHubState final : public RefCounted {
 public:
  // One stream that runs into the hub.
  struct Producer final : RefCounted {
    AsyncCallback<int> credit;  // so many more elements; 0: the hub has ended
    int taken = 0;              // since the last credit; the hub's turn alone
  };
  struct Item {
    T element;
    Ref<Producer> producer;
  };
  using Items = Ring<Item>;

  explicit MergeHubState(int per_producer_buffer) : buffer(std::max(per_producer_buffer, 1)) {}

  // --- producers ---
  // False: the hub takes no more producers.
  bool Register(const Ref<Producer>& producer) {
    std::lock_guard guard(mutex_);
    if (is_closed_ || is_draining_) return false;
    producers_.push_back(producer);
    return true;
  }
  void Unregister(const Ref<Producer>& producer) {
    std::lock_guard guard(mutex_);
    std::erase(producers_, producer);
    if (is_draining_ && producers_.empty()) WakeHub();
  }
  void Enqueue(T element, const Ref<Producer>& producer) {
    std::lock_guard guard(mutex_);
    if (is_closed_) return;
    items_.PushBack(Item{std::move(element), producer});
    WakeHub();
  }

  // --- the hub ---
  void SetWake(AsyncCallback<int> wake) {
    std::lock_guard guard(mutex_);
    wake_ = std::move(wake);
  }
  // Swaps what has come for the empty `items`; where nothing has, the hub will be woken.
  void Take(Items& items) {
    std::lock_guard guard(mutex_);
    std::swap(items, items_);
    hub_waits_ = items.empty();
  }
  bool IsDrained() {
    std::lock_guard guard(mutex_);
    return is_draining_ && producers_.empty() && items_.empty();
  }
  size_t producer_count() {
    std::lock_guard guard(mutex_);
    return producers_.size();
  }
  void Close() {
    std::lock_guard guard(mutex_);
    if (std::exchange(is_closed_, true)) return;
    for (const Ref<Producer>& producer : producers_) producer->credit.Invoke(0);
    items_.Clear();
    // It holds the hub's island.
    hub_waits_ = false;
    wake_ = {};
  }
  void Drain() {
    std::lock_guard guard(mutex_);
    is_draining_ = true;
    if (producers_.empty()) WakeHub();
  }

  const int buffer;  // for each producer

 private:
  void WakeHub() {
    if (std::exchange(hub_waits_, false)) wake_.Invoke(0);
  }

  std::mutex mutex_;  // guards what follows
  Items items_;       // at most `buffer` of each producer
  std::vector<Ref<Producer>> producers_;
  AsyncCallback<int> wake_;
  bool hub_waits_ = false;
  bool is_draining_ = false;
  bool is_closed_ = false;
};

template <class T>
class MergeHubLogic final : public SourceLogic<T> {
 public:
  explicit MergeHubLogic(Ref<MergeHubState<T>> state) : state_(std::move(state)) {}
  ~MergeHubLogic() override { state_->Close(); }
  void PreStart() override {
    state_->SetWake(this->template GetAsyncCallback<int>([this](int) {
      if (this->out_.IsAvailable()) OnPull();
    }));
  }
  void PostStop() override { state_->Close(); }
  void Describe(StageReport& report) const override {
    const auto producers = static_cast<int64_t>(state_->producer_count());
    report.buffered = static_cast<int64_t>(items_.size());
    report.buffer_size = producers * state_->buffer;
    if (producers == 0) report.waits_for = "a producer";
  }

 private:
  using State = MergeHubState<T>;
  void OnPull() override {
    if (items_.empty()) state_->Take(items_);
    if (items_.empty()) {
      if (state_->IsDrained()) this->CompleteStage();
      return;
    }
    typename State::Item item = items_.PopFront();
    this->out_.Push(std::move(item.element));
    if (++item.producer->taken >= std::max(state_->buffer / 2, 1)) {
      item.producer->credit.Invoke(std::exchange(item.producer->taken, 0));
    }
  }

  const Ref<State> state_;
  typename State::Items items_;  // taken from the state at once
};

template <class T>
class MergeHubProducerLogic final : public SinkLogic<T> {
 public:
  explicit MergeHubProducerLogic(Ref<MergeHubState<T>> state) : state_(std::move(state)) {}
  void PreStart() override {
    producer_ = MakeRef<typename MergeHubState<T>::Producer>();
    producer_->credit = this->template GetAsyncCallback<int>([this](int count) {
      if (count == 0) return this->CompleteStage();
      credit_ += count;
      this->in_.TryPull();
    });
    if (!state_->Register(producer_)) return this->CompleteStage();
    credit_ = state_->buffer;
    this->in_.Pull();
  }
  void PostStop() override {
    if (producer_) state_->Unregister(producer_);
  }
  void Describe(StageReport& report) const override {
    report.buffered = state_->buffer - credit_;
    report.buffer_size = state_->buffer;
    if (credit_ == 0) report.waits_for = "the stream behind its MergeHub";
  }

 private:
  void OnPush() override {
    --credit_;
    state_->Enqueue(this->in_.Grab(), producer_);
    if (credit_ > 0) this->in_.Pull();
  }
  // A producer's failure is its own.
  void OnUpstreamFailure(const absl::Status&) override { this->CompleteStage(); }

  const Ref<MergeHubState<T>> state_;
  Ref<typename MergeHubState<T>::Producer> producer_;
  int credit_ = 0;  // elements it may still enqueue
};

}  // namespace internal

// Ends a MergeHub when its producers have ended. Any thread.
class MergeHubDrainingControl {
 public:
  template <class T>
  explicit MergeHubDrainingControl(internal::Ref<internal::MergeHubState<T>> state)
      : drain_([state = std::move(state)] { state->Drain(); }) {}
  // New producers are cancelled from now on; the hub completes when those it has do.
  void DrainAndComplete() { drain_(); }

 private:
  UniqueFunction<void()> drain_;
};

template <class T>
class MergeHub {
 public:
  // Emits when: a producer has given an element. Backpressures when: downstream does, each producer
  // once it has `per_producer_buffer` elements here. Completes when: never. Cancels when:
  // downstream does. Tested by: merge_hub_test.cc.
  static stream::Source<T, stream::Sink<T, NotUsed>> Source(
      int per_producer_buffer = 16, SourceLocation where = SourceLocation::Current()) {
    return Make<stream::Sink<T, NotUsed>>(
        per_producer_buffer, where,
        [where](internal::Ref<State> state) { return ProducerSink(std::move(state), where); });
  }
  // The same, with a control that ends it.
  static stream::Source<T, std::pair<stream::Sink<T, NotUsed>, MergeHubDrainingControl>>
  SourceWithDraining(int per_producer_buffer = 16,
                     SourceLocation where = SourceLocation::Current()) {
    using Value = std::pair<stream::Sink<T, NotUsed>, MergeHubDrainingControl>;
    return Make<Value>(per_producer_buffer, where, [where](internal::Ref<State> state) {
      return Value(ProducerSink(state, where), MergeHubDrainingControl(state));
    });
  }

 private:
  using State = internal::MergeHubState<T>;

  template <class Value, class MakeValue>
  static stream::Source<T, Value> Make(int buffer, SourceLocation where, MakeValue make_value) {
    return stream::Source<T, Value>(internal::MakeStage<Value>("mergeHub", where, [=] {
      auto state = internal::MakeRef<State>(buffer);
      return internal::NewLogicWith<internal::MergeHubLogic<T>>(make_value(state), state);
    }));
  }
  static stream::Sink<T, NotUsed> ProducerSink(internal::Ref<State> state, SourceLocation where) {
    using Logic = internal::MergeHubProducerLogic<T>;
    return stream::Sink<T, NotUsed>(
        internal::MakeLogicStage<Logic>("mergeHubProducer", where, std::move(state)));
  }
};

}  // namespace sampo::stream

#endif  // SAMPO_STREAM_MERGE_HUB_H_
