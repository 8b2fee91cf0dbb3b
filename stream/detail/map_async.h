// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// The stages of MapAsync, MapAsyncUnordered and their partitioned forms.
//
// A future that is complete when the function returns is taken on the spot: no callback, no
// message. Elements are asked for ahead only while futures are pending, or the last one was: where
// results are there at once, starting the next one early gains nothing, and an element that meets
// an empty ring and demand goes straight through.
// Threads: the stage's turn; results come by AsyncCallback.
#ifndef SAMPO_STREAM_DETAIL_MAP_ASYNC_H_
#define SAMPO_STREAM_DETAIL_MAP_ASYNC_H_

#include <cstdint>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "sampo/actor/future.h"
#include "sampo/stream/detail/async_start.h"
#include "sampo/stream/detail/in_place.h"
#include "sampo/stream/detail/ring.h"
#include "sampo/stream/detail/stage_report.h"
#include "sampo/stream/detail/stages.h"
#include "sampo/stream/detail/uninit.h"
#include "sampo/stream/errors.h"

namespace sampo::stream::internal {

// Starts futures and hears of their ends.
template <class In, class Start>
class AsyncFlowLogic : public FlowLogic<In, typename AsyncElement<typename Start::Value>::Type> {
 public:
  using Element = AsyncElement<typename Start::Value>;
  using U = typename Element::Type;
  using Result = absl::StatusOr<U>;

  AsyncFlowLogic(int parallelism, Start start)
      : parallelism_(parallelism > 1 ? static_cast<size_t>(parallelism) : 1),
        start_(std::move(start)) {}
  void PreStart() override {
    start_.Open(this);
    done_ = this->template GetAsyncCallback<Done>([this](Done done) {
      --pending_;
      OnResult(done.number, std::move(done.result));
    });
  }
  void PostStop() override { start_.Close(this); }
  void Describe(StageReport& report) const override {
    report.futures_in_flight = pending_;
    report.futures_max = static_cast<int64_t>(parallelism_);
    if (pending_ > 0) report.waits_for = "a future";
  }

 protected:
  // Calls the function. True: its result is there at once, in `now`. False: OnResult(number) gets
  // it later.
  template <class... Args>
  bool Begin(uint64_t number, Uninit<Result>& now, Args&&... args) {
    try {
      Future<typename Start::Value> future = start_(std::forward<Args>(args)...);
      if (future.IsComplete()) [[likely]] {
        last_was_pending_ = false;
        now.Set([&]() -> Result { return Element::Take(std::move(future)); });
        return true;
      }
      std::move(future).OnComplete(
          [done = done_, number](FutureResult<typename Start::Value> result) {
            done.Invoke(Done{number, Element::Of(std::move(result))});
          });
    } catch (...) {
      now.Set([] { return Result(StatusOfCurrentException()); });
      return true;
    }
    last_was_pending_ = true;
    ++pending_;
    return false;
  }
  virtual void OnResult(uint64_t number, Result result) = 0;
  // True: `failure` has failed the stage. False: the element is to be dropped.
  bool FailsWith(const absl::Status& failure) {
    if (this->decider()(failure) != Directive::kStop) return false;
    this->FailStage(failure);
    return true;
  }
  // Asking for elements ahead of demand is worth it.
  bool is_eager() const { return pending_ > 0 || last_was_pending_; }

  const size_t parallelism_;
  int64_t pending_ = 0;

 private:
  struct Done {
    uint64_t number;
    Result result;
  };
  bool last_was_pending_ = false;
  AsyncCallback<Done> done_;
  Start start_;
};

// In place of a function that gives an element's partition.
struct NoPartition {};

template <class In, class Partition>
struct PartitionOf {
  using Key = ResultOf<Partition, const In&>;
};
template <class In>
struct PartitionOf<In, NoPartition> {
  using Key = NoPartition;
};

// Emits in the order of the elements. With partitions: at most one future of each at a time.
template <class In, class Start, class Partition>
class MapAsyncLogic final : public AsyncFlowLogic<In, Start>,
                            public TakesInPlace<In, MapAsyncLogic<In, Start, Partition>> {
  using Base = AsyncFlowLogic<In, Start>;
  using typename Base::Result;
  using Key = typename PartitionOf<In, Partition>::Key;
  static constexpr bool kPartitioned = !std::is_same_v<Partition, NoPartition>;

 public:
  MapAsyncLogic(int parallelism, Start start, Partition partition)
      : Base(parallelism, std::move(start)),
        partition_(std::move(partition)),
        places_(this->parallelism_) {
    this->OpenInPlace();
  }
  Inlet<In>& inlet() { return this->in_; }
  void OnPush() override { Take(this->in_.Grab()); }
  void Take(In element) {
    if constexpr (kPartitioned) {
      PushPartitioned(std::move(element));
    } else {
      Uninit<Result> now;
      const bool is_now = this->Begin(first_number_ + places_.size(), now, std::move(element));
      if (is_now) {
        if (!(*now).ok()) {
          if (this->FailsWith((*now).status())) return;
        } else if (places_.empty() && this->out_.IsAvailable()) [[likely]] {
          // No future is pending. Where its demand is not back, OnPull asks for the next element.
          this->out_.Push(*std::move(*now));
          if (this->out_.PulledAgain()) PullInPlace(this->in_);
          return;
        }
      }
      Place& place = places_.PushBack(Place{});
      if (is_now) place.result.emplace(std::move(*now));
    }
    Emit();
  }
  void OnPull() override { Emit(); }
  void OnUpstreamFinish() override {
    if (places_.empty()) this->CompleteStage();
  }

 private:
  struct Nothing {};
  struct Place {
    std::optional<Result> result;  // none: pending, or waiting for its partition
    [[no_unique_address]] std::conditional_t<kPartitioned, std::optional<Key>, Nothing> key;
    [[no_unique_address]] std::conditional_t<kPartitioned, std::optional<In>, Nothing> waiting;
  };

  void PushPartitioned(In element) {
    std::optional<Key> key;
    try {
      key.emplace(partition_(std::as_const(element)));
    } catch (...) {
      this->FailsWith(StatusOfCurrentException());
      return;
    }
    bool is_open = false;
    for (size_t i = 0; i < places_.size() && !is_open; ++i) {
      is_open = !places_[i].result && *places_[i].key == *key;
    }
    const size_t index = places_.size();
    Place& place = places_.PushBack(Place{std::nullopt, std::move(key), std::move(element)});
    if (!is_open) StartWaiting(index, *place.key);
  }
  // Starts the first element from `index` on that waits for partition `key`; those that are done
  // at once are followed by the next. A scan, because places are few.
  void StartWaiting(size_t index, const Key& key) {
    if constexpr (kPartitioned) {
      for (; index < places_.size(); ++index) {
        Place& place = places_[index];
        if (!place.waiting || !(*place.key == key)) continue;
        In element = *std::move(place.waiting);
        place.waiting.reset();
        Uninit<Result> now;
        if (!this->Begin(first_number_ + index, now, std::move(element), std::as_const(key))) {
          return;
        }
        place.result.emplace(std::move(*now));
        if (!place.result->ok() && this->FailsWith(place.result->status())) return;
      }
    }
  }
  void OnResult(uint64_t number, Result result) override {
    if (!result.ok() && this->FailsWith(result.status())) return;
    const size_t index = number - first_number_;
    Place& place = places_[index];
    place.result = std::move(result);
    if constexpr (kPartitioned) StartWaiting(index + 1, *place.key);
    Emit();
  }
  void Emit() {
    if (this->out_.IsClosed()) return;
    while (!places_.empty() && places_.Front().result) {
      Result& result = *places_.Front().result;
      if (result.ok()) {
        if (!this->out_.IsAvailable()) break;
        this->out_.Push(*std::move(result));
      }
      places_.DropFront();
      ++first_number_;
    }
    if (this->in_.IsClosed()) {
      if (places_.empty()) this->CompleteStage();
    } else if (!places_.full() &&
               (this->is_eager() || (places_.empty() && this->out_.IsAvailable()))) {
      this->in_.TryPull();
    }
  }

  [[no_unique_address]] Partition partition_;
  Ring<Place> places_;
  uint64_t first_number_ = 0;  // of the front of places_
};

// Emits as futures complete. With partitions: those of one in their order, one at a time.
template <class In, class Start, class Partition>
class MapAsyncUnorderedLogic final : public AsyncFlowLogic<In, Start> {
  using Base = AsyncFlowLogic<In, Start>;
  using typename Base::Result;
  using Key = typename PartitionOf<In, Partition>::Key;
  static constexpr bool kPartitioned = !std::is_same_v<Partition, NoPartition>;

 public:
  using typename Base::U;
  MapAsyncUnorderedLogic(int parallelism, Start start, Partition partition)
      : Base(parallelism, std::move(start)),
        partition_(std::move(partition)),
        ready_(this->parallelism_) {}
  void OnPush() override {
    ++open_;
    if constexpr (kPartitioned) {
      PushPartitioned(this->in_.Grab());
    } else {
      Uninit<Result> now;
      if (this->Begin(0, now, this->in_.Grab()) && !Take(std::move(*now))) return;
    }
    Continue();
  }
  void OnPull() override {
    if (!ready_.empty()) {
      --open_;
      this->out_.Push(ready_.PopFront());
    }
    Continue();
  }
  void OnUpstreamFinish() override {
    if (open_ == 0) this->CompleteStage();
  }

 private:
  // A partition with a future in flight.
  struct Lane {
    uint64_t number;
    Key key;
    Ring<In> waiting;  // together with what is open at most parallelism_
  };

  void PushPartitioned(In element) {
    std::optional<Key> key;
    try {
      key.emplace(partition_(std::as_const(element)));
    } catch (...) {
      if (!this->FailsWith(StatusOfCurrentException())) --open_;
      return;
    }
    for (Lane& lane : lanes_) {
      if (lane.key == *key) {
        lane.waiting.PushBack(std::move(element));
        return;
      }
    }
    lanes_.push_back(Lane{next_number_++, *std::move(key), Ring<In>()});
    lanes_.back().waiting.PushBack(std::move(element));
    Go(lanes_.size() - 1);
  }
  // Starts what waits in a lane whose future has ended; an empty lane goes.
  void Go(size_t index) {
    if constexpr (kPartitioned) {
      Lane& lane = lanes_[index];
      while (!lane.waiting.empty()) {
        Uninit<Result> now;
        if (!this->Begin(lane.number, now, lane.waiting.PopFront(), std::as_const(lane.key)) ||
            !Take(std::move(*now))) {
          return;
        }
      }
      if (index + 1 < lanes_.size()) std::swap(lane, lanes_.back());
      lanes_.pop_back();
    }
  }
  void OnResult(uint64_t number, Result result) override {
    if (!Take(std::move(result))) return;
    if constexpr (kPartitioned) {
      size_t index = 0;
      while (lanes_[index].number != number) ++index;
      Go(index);
    }
    Continue();
  }
  // Emits a result, now or later; false when it has failed the stage.
  bool Take(Result result) {
    if (!result.ok()) {
      --open_;
      return !this->FailsWith(result.status());
    }
    if (ready_.empty() && this->out_.IsAvailable()) {
      --open_;
      this->out_.Push(*std::move(result));
    } else {
      ready_.PushBack(*std::move(result));
    }
    return true;
  }
  void Continue() {
    if (this->in_.IsClosed()) {
      if (open_ == 0) this->CompleteStage();
    } else if (open_ < this->parallelism_ &&
               (this->is_eager() || (open_ == 0 && this->out_.IsAvailable()))) {
      this->in_.TryPull();
    }
  }

  [[no_unique_address]] Partition partition_;
  Ring<U> ready_;
  size_t open_ = 0;  // elements taken and not yet emitted
  std::vector<Lane> lanes_;
  uint64_t next_number_ = 0;
};

}  // namespace sampo::stream::internal

#endif  // SAMPO_STREAM_DETAIL_MAP_ASYNC_H_
