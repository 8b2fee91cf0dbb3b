// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// The stages behind the plain sources of ops/source_factories.h.
//
// Threads: the stream's turn.
#ifndef SAMPO_STREAM_OPS_DETAIL_SOURCE_LOGICS_H_
#define SAMPO_STREAM_OPS_DETAIL_SOURCE_LOGICS_H_

#include <iterator>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "sampo/stream/detail/arrivals.h"
#include "sampo/stream/detail/stage_report.h"
#include "sampo/stream/detail/stages.h"
#include "sampo/stream/shared_promise.h"

namespace sampo::stream::internal {

template <class T>
class RangeLogic final : public SourceLogic<T> {
 public:
  RangeLogic(T first, T last, T step) : next_(first), last_(last), step_(step) {}
  void PreStart() override {
    if (IsOver()) this->CompleteStage();
  }
  void OnPull() override {
    do {
      const T element = next_;
      // The distance is compared, so that nothing overflows at the type's end.
      const bool over = step_ > 0 ? last_ - element < step_ : element - last_ < -step_;
      if (!over) next_ = element + step_;
      this->out_.Push(element);
      if (over) return this->out_.Complete();
    } while (this->out_.PulledAgain());
  }

 private:
  bool IsOver() const { return step_ > 0 ? next_ > last_ : next_ < last_; }
  T next_;
  const T last_;
  const T step_;
};

template <class T>
class VectorLogic final : public SourceLogic<T> {
 public:
  explicit VectorLogic(std::shared_ptr<const std::vector<T>> elements)
      : elements_(std::move(elements)) {}
  void PreStart() override {
    if (elements_->empty()) this->CompleteStage();
  }
  void OnPull() override {
    do {
      this->out_.Push(T((*elements_)[at_++]));
      if (at_ == elements_->size()) return this->out_.Complete();
    } while (this->out_.PulledAgain());
  }

 private:
  const std::shared_ptr<const std::vector<T>> elements_;
  size_t at_ = 0;
};

// The range that `make` returns; over and over again where kCycle.
template <class T, class Make, bool kCycle>
class IteratorLogic final : public SourceLogic<T> {
 public:
  explicit IteratorLogic(Make make) : make_(std::move(make)) {}
  void PreStart() override {
    if (Begin()) return;
    if constexpr (kCycle) {
      this->FailStage(absl::FailedPreconditionError("stream cycle: the range is empty"));
    } else {
      this->CompleteStage();
    }
  }
  void OnPull() override {
    do {
      this->out_.Push(T(*at_));
      if (++at_ == std::end(*range_) && (!kCycle || !Begin())) return this->CompleteStage();
    } while (this->out_.PulledAgain());
  }

 private:
  using Range = std::remove_cvref_t<std::invoke_result_t<Make&>>;
  bool Begin() {
    range_.emplace(make_());
    at_ = std::begin(*range_);
    return at_ != std::end(*range_);
  }
  Make make_;
  std::optional<Range> range_;
  decltype(std::begin(std::declval<Range&>())) at_{};
};

// What `next` returns for each pull, until it returns none.
template <class T, class Next>
class NextLogic final : public SourceLogic<T> {
 public:
  explicit NextLogic(Next next) : next_(std::move(next)) {}
  void OnPull() override {
    do {
      std::optional<T> element = next_();
      if (!element) return this->CompleteStage();
      this->out_.Push(*std::move(element));
    } while (this->out_.PulledAgain());
  }

 private:
  [[no_unique_address]] Next next_;
};

// Functions for NextLogic.
template <class T, class F>
struct Iterate {
  T next;
  [[no_unique_address]] F f;
  bool started = false;
  std::optional<T> operator()() {
    if (std::exchange(started, true)) next = f(std::as_const(next));
    return next;
  }
};
template <class T, class S, class F>
struct Unfold {
  S state;
  [[no_unique_address]] F f;
  std::optional<T> operator()() {
    std::optional<std::pair<S, T>> step = f(std::move(state));
    if (!step) return std::nullopt;
    state = std::move(step->first);
    return std::move(step->second);
  }
};
template <class T, class F>
struct Once {
  [[no_unique_address]] F make;
  bool done = false;
  std::optional<T> operator()() {
    if (std::exchange(done, true)) return std::nullopt;
    return make();
  }
};

// Never gives an element; ends at once with `end`, if there is one.
template <class T>
class EndLogic final : public SourceLogic<T> {
 public:
  explicit EndLogic(std::optional<absl::Status> end) : end_(std::move(end)) {}
  void PreStart() override {
    if (!end_) return;
    if (end_->ok()) return this->CompleteStage();
    this->FailStage(*end_);
  }
  void OnPull() override {}

 private:
  const std::optional<absl::Status> end_;
};

// Gives one element when it comes, if one comes.
template <class T>
class LaterLogic : public SourceLogic<T> {
 public:
  void OnPull() override {
    if (held_) PushHeld();
  }
  void Describe(StageReport& report) const override {
    report.futures_max = 1;
    report.futures_in_flight = held_ ? 0 : 1;
    if (!held_) report.waits_for = "a future";
  }

 protected:
  void Came(T element) {
    held_.emplace(std::move(element));
    if (this->out_.IsAvailable()) PushHeld();
  }

 private:
  void PushHeld() {
    this->out_.Push(*std::exchange(held_, std::nullopt));
    this->CompleteStage();
  }
  std::optional<T> held_;
};

template <class T>
class FutureLogic final : public LaterLogic<T> {
 public:
  explicit FutureLogic(Future<T> future) : future_(std::move(future)) {}
  void PreStart() override {
    result_.Open(this, [this](absl::StatusOr<T> result) {
      if (!result.ok()) return this->FailStage(result.status());
      this->Came(*std::move(result));
    });
    result_.Add(std::move(future_));
  }

 private:
  Future<T> future_;
  Arrivals<T> result_;
};

// The future that `make` returns at the first pull.
template <class T, class Make>
class LazyFutureLogic final : public LaterLogic<T> {
 public:
  explicit LazyFutureLogic(Make make) : make_(std::move(make)) {}
  void OnPull() override {
    if (std::exchange(started_, true)) return LaterLogic<T>::OnPull();
    result_.Open(this, [this](absl::StatusOr<T> result) {
      if (!result.ok()) return this->FailStage(result.status());
      this->Came(*std::move(result));
    });
    result_.Add(make_());
  }

 private:
  [[no_unique_address]] Make make_;
  bool started_ = false;
  Arrivals<T> result_;
};

template <class T>
class MaybeLogic final : public LaterLogic<T> {
 public:
  explicit MaybeLogic(MaybePromise<T> promise) : promise_(std::move(promise)) {}
  void PreStart() override {
    result_.Open(this, [this](absl::StatusOr<std::optional<T>> result) {
      if (!result.ok()) return this->FailStage(result.status());
      if (!result->has_value()) return this->CompleteStage();
      this->Came(**std::move(result));
    });
    result_.Add(promise_.future());
  }
  void PostStop() override {
    if (this->abort_status().ok()) {
      promise_.Complete(std::optional<T>());
    } else {
      promise_.Complete(this->abort_status());
    }
  }

 private:
  const MaybePromise<T> promise_;
  Arrivals<std::optional<T>> result_;
};

template <class T>
class TickLogic final : public SourceLogic<T> {
 public:
  TickLogic(absl::Duration initial, absl::Duration interval, T element, TickHandle handle)
      : initial_(initial),
        interval_(interval),
        element_(std::move(element)),
        handle_(std::move(handle)) {}
  void PreStart() override {
    end_.Open(this, [this](const absl::Status&) { this->CompleteStage(); });
    this->ScheduleWithFixedDelay(0, initial_, interval_);
    end_.Add(handle_.end());
  }
  void OnTimer(int64_t) override {
    if (this->out_.IsAvailable()) this->out_.Push(T(element_));
  }
  void OnPull() override {}
  void PostStop() override { handle_.Cancel(); }

 private:
  const absl::Duration initial_;
  const absl::Duration interval_;
  const T element_;
  const TickHandle handle_;
  Arrivals<void> end_;
};

// f(state) promises a state and an element, or none; one call at a time.
template <class T, class S, class F>
class UnfoldAsyncLogic final : public SourceLogic<T> {
 public:
  UnfoldAsyncLogic(S state, F f) : state_(std::move(state)), f_(std::move(f)) {}
  void PreStart() override {
    steps_.Open(this, [this](absl::StatusOr<Step> step) {
      waits_ = false;
      if (!step.ok()) return this->FailStage(step.status());
      if (!step->has_value()) return this->CompleteStage();
      state_ = std::move((*step)->first);
      this->out_.Push(std::move((*step)->second));
    });
  }
  void OnPull() override {
    waits_ = true;
    steps_.Add(f_(std::move(state_)));
  }
  void Describe(StageReport& report) const override {
    report.futures_max = 1;
    report.futures_in_flight = waits_ ? 1 : 0;
  }

 private:
  using Step = std::optional<std::pair<S, T>>;
  S state_;
  [[no_unique_address]] F f_;
  bool waits_ = false;
  Arrivals<Step> steps_;
};

}  // namespace sampo::stream::internal

#endif  // SAMPO_STREAM_OPS_DETAIL_SOURCE_LOGICS_H_
