// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// PartitionHub<T>: a sink whose materialized value is a source that any number of streams may be
// run from, at any time, on any thread; each element goes to the one that a function chooses.
//
// At most `buffer_size` elements wait in the queues of all consumers together, then the producer is
// made to wait; so it is while there is no consumer. What waits for a consumer that ends is lost.
// Threads: the source may be run on any thread; functions run on the hub's turn.
//
//   Source<Job> jobs = source.RunWith(
//       PartitionHub<Job>::Sink([](int consumers, const Job& job) { return job.id % consumers; }),
//       system);
#ifndef SAMPO_STREAM_PARTITION_HUB_H_
#define SAMPO_STREAM_PARTITION_HUB_H_

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

// What a function that chooses may know of the consumers, in the order in which they came.
class PartitionConsumers {
 public:
  struct Consumer {
    int64_t id;
    int64_t queued;
  };
  explicit PartitionConsumers(const std::vector<Consumer>& consumers) : consumers_(consumers) {}

  int size() const { return static_cast<int>(consumers_.size()); }
  // Never used again for another one.
  int64_t id(int index) const { return consumers_[static_cast<size_t>(index)].id; }
  int64_t queued(int index) const { return consumers_[static_cast<size_t>(index)].queued; }

 private:
  const std::vector<Consumer>& consumers_;
};

namespace internal {

template <class T>
class PartitionHubState final : public RefCounted {
 public:
  struct Consumer final : RefCounted {
    AsyncCallback<int> wake;
    int64_t id = 0;
    Ring<T> queue;
    bool waits = false;  // to be woken
  };

  PartitionHubState(int start_after, int buffer_size)
      : start_after_(static_cast<size_t>(std::max(start_after, 1))),
        buffer_size_(static_cast<size_t>(std::max(buffer_size, 1))) {}

  // --- the hub ---
  // Whether it may pull, and offer; where not, it will be woken.
  bool Open(AsyncCallback<int> wake) {
    std::lock_guard guard(mutex_);
    wake_ = std::move(wake);
    return MayOffer();
  }
  bool MayGoOn() {
    std::lock_guard guard(mutex_);
    return MayOffer();
  }
  // The consumers as they are now; some may end before Offer.
  void List(std::vector<PartitionConsumers::Consumer>& list) {
    std::lock_guard guard(mutex_);
    list.clear();
    for (const Ref<Consumer>& consumer : consumers_) {
      list.push_back({consumer->id, static_cast<int64_t>(consumer->queue.size())});
    }
  }
  // To the consumer `id`; dropped where there is none.
  void Offer(int64_t id, T element) {
    std::lock_guard guard(mutex_);
    for (const Ref<Consumer>& consumer : consumers_) {
      if (consumer->id != id) continue;
      consumer->queue.PushBack(std::move(element));
      ++queued_;
      if (std::exchange(consumer->waits, false)) consumer->wake.Invoke(0);
      return;
    }
  }
  void End(absl::Status end) {
    std::lock_guard guard(mutex_);
    if (end_) return;
    for (const Ref<Consumer>& consumer : consumers_) {
      if (!end.ok()) consumer->queue.Clear();
      consumer->wake.Invoke(0);
    }
    end_ = std::move(end);
    hub_waits_ = false;
    wake_ = {};  // it holds the hub's island
  }

  // --- consumers ---
  void Register(const Ref<Consumer>& consumer) {
    std::lock_guard guard(mutex_);
    consumer->id = next_id_++;
    consumers_.push_back(consumer);
    is_started_ = is_started_ || consumers_.size() >= start_after_;
    WakeHub();
  }
  void Unregister(const Ref<Consumer>& consumer) {
    std::lock_guard guard(mutex_);
    if (std::erase(consumers_, consumer) == 0) return;
    queued_ -= consumer->queue.size();
    consumer->queue.Clear();
    WakeHub();
  }
  // Calls give(T) with the next element, if one is wanted, and end(Status) when there are no more.
  // With a wanted one that is not there yet, the consumer will be woken; at the end always.
  template <class Give, class AtEnd>
  void Take(Consumer& consumer, bool is_wanted, Give give, AtEnd at_end) {
    std::optional<T> element;
    std::optional<absl::Status> end;
    {
      std::lock_guard guard(mutex_);
      if (is_wanted && !consumer.queue.empty()) {
        element.emplace(consumer.queue.PopFront());
        --queued_;
        WakeHub();
      }
      consumer.waits = is_wanted && !element;
      if (consumer.queue.empty()) end = end_;
    }
    if (element) give(*std::move(element));
    if (end) at_end(*end);
  }
  std::pair<size_t, size_t> fill() {  // elements, consumers
    std::lock_guard guard(mutex_);
    return {queued_, consumers_.size()};
  }
  size_t buffer_size() const { return buffer_size_; }

 private:
  bool CanTake() const { return is_started_ && !consumers_.empty() && queued_ < buffer_size_; }
  bool MayOffer() {
    hub_waits_ = !CanTake();
    return !hub_waits_;
  }
  void WakeHub() {
    if (!hub_waits_ || !CanTake()) return;
    hub_waits_ = false;
    wake_.Invoke(0);
  }

  const size_t start_after_;
  const size_t buffer_size_;
  std::mutex mutex_;  // guards what follows
  std::vector<Ref<Consumer>> consumers_;
  AsyncCallback<int> wake_;  // of the hub
  size_t queued_ = 0;        // in all queues; at most buffer_size_
  int64_t next_id_ = 0;
  bool is_started_ = false;
  bool hub_waits_ = false;
  std::optional<absl::Status> end_;
};

// choose(const PartitionConsumers&, const T&) returns an id; a negative one drops the element.
template <class T, class Choose>
class PartitionHubLogic final : public SinkLogic<T> {
 public:
  PartitionHubLogic(Ref<PartitionHubState<T>> state, Choose choose)
      : state_(std::move(state)), choose_(std::move(choose)) {}
  ~PartitionHubLogic() override {
    state_->End(AbruptTermination("a PartitionHub that was never started"));
  }
  void PreStart() override {
    if (state_->Open(this->template GetAsyncCallback<int>([this](int) { Step(); }))) {
      this->in_.Pull();
    }
  }
  void PostStop() override { state_->End(this->failure().ok() ? end_ : this->failure()); }
  void Describe(StageReport& report) const override {
    const auto [queued, consumers] = state_->fill();
    report.buffered = static_cast<int64_t>(queued);
    report.buffer_size = static_cast<int64_t>(state_->buffer_size());
    report.waits_for = consumers == 0 ? "a consumer" : "its consumers";
  }

 private:
  void OnPush() override { Step(); }
  void Step() {
    if (this->in_.IsAvailable()) {
      if (!state_->MayGoOn()) return;  // all consumers have gone
      state_->List(consumers_);
      if (consumers_.empty()) return Step();  // MayGoOn asks for the next one
      T element = this->in_.Grab();
      const int64_t id = choose_(PartitionConsumers(consumers_), std::as_const(element));
      if (id >= 0) state_->Offer(id, std::move(element));
    }
    if (this->in_.IsClosed()) return this->CompleteStage();
    if (state_->MayGoOn()) this->in_.TryPull();
  }
  void OnUpstreamFinish() override {
    if (!this->in_.IsAvailable()) this->CompleteStage();
  }
  void OnUpstreamFailure(const absl::Status& failure) override {
    end_ = failure;
    this->CompleteStage();
  }

  const Ref<PartitionHubState<T>> state_;
  [[no_unique_address]] Choose choose_;
  std::vector<PartitionConsumers::Consumer> consumers_;
  absl::Status end_;
};

template <class T>
class PartitionHubConsumerLogic final : public SourceLogic<T> {
 public:
  explicit PartitionHubConsumerLogic(Ref<PartitionHubState<T>> state) : state_(std::move(state)) {}
  void PreStart() override {
    consumer_ = MakeRef<typename PartitionHubState<T>::Consumer>();
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

  const Ref<PartitionHubState<T>> state_;
  Ref<typename PartitionHubState<T>::Consumer> consumer_;
};

}  // namespace internal

template <class T>
class PartitionHub {
 public:
  // choose(int consumers, const T&) returns which of the consumers, in the order in which they
  // came, gets the element; a negative number drops it. Begins when `start_after` consumers are
  // there. Backpressures when: `buffer_size` elements wait, or there is no consumer. Cancels when:
  // never. Tested by: partition_hub_test.cc.
  template <class F>
  static stream::Sink<T, stream::Source<T, NotUsed>> Sink(
      F choose, int start_after = 1, int buffer_size = 256,
      SourceLocation where = SourceLocation::Current()) {
    return StatefulSink(
        [choose = std::move(choose)] {
          return
              [choose](const PartitionConsumers& consumers, const T& element) mutable -> int64_t {
                const auto index = static_cast<int64_t>(choose(consumers.size(), element));
                if (index < 0 || index >= consumers.size()) return -1;
                return consumers.id(static_cast<int>(index));
              };
        },
        start_after, buffer_size, where);
  }
  // make() makes for each materialization what chooses: (const PartitionConsumers&, const T&)
  // returns the id of a consumer; a negative one, or one that has gone, drops the element.
  // Backpressures when: `buffer_size` elements wait, or there is no consumer. Cancels when: never.
  // Tested by: partition_hub_test.cc.
  template <class Make>
  static stream::Sink<T, stream::Source<T, NotUsed>> StatefulSink(
      Make make, int start_after = 1, int buffer_size = 256,
      SourceLocation where = SourceLocation::Current()) {
    using Value = stream::Source<T, NotUsed>;
    using Choose = decltype(make());
    return stream::Sink<T, Value>(internal::MakeStage<Value>(
        "partitionHub", where, [make = std::move(make), start_after, buffer_size, where] {
          auto state = internal::MakeRef<internal::PartitionHubState<T>>(start_after, buffer_size);
          Make fresh = make;
          using Consumer = internal::PartitionHubConsumerLogic<T>;
          return internal::NewLogicWith<internal::PartitionHubLogic<T, Choose>>(
              Value(internal::MakeLogicStage<Consumer>("partitionHubConsumer", where, state)),
              state, fresh());
        }));
  }
};

}  // namespace sampo::stream

#endif  // SAMPO_STREAM_PARTITION_HUB_H_
