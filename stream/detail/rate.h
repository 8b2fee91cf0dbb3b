// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// The stages between an upstream and a downstream of different speed: Buffer, Batch (also
// Conflate), Expand (also Extrapolate), AggregateWithBoundary.
//
// All but the last ask upstream at the start, without waiting for demand.
// Threads: the stage's turn.
#ifndef SAMPO_STREAM_DETAIL_RATE_H_
#define SAMPO_STREAM_DETAIL_RATE_H_

#include <cstdint>
#include <optional>
#include <type_traits>
#include <utility>

#include "absl/time/time.h"
#include "sampo/stream/detail/bounded_buffer.h"
#include "sampo/stream/detail/stage_report.h"
#include "sampo/stream/detail/stages.h"
#include "sampo/stream/detail/uninit.h"
#include "sampo/stream/errors.h"

namespace sampo::stream::internal {

template <class T>
class BufferLogic final : public FlowLogic<T, T> {
 public:
  BufferLogic(int64_t size, OverflowStrategy strategy) : buffer_(size, strategy) {}
  void PreStart() override { this->in_.Pull(); }
  void OnPush() override {
    T element = this->in_.Grab();
    if (this->out_.IsAvailable()) {
      this->out_.Push(std::move(element));
    } else if (buffer_.Offer(element) == Buffered::kFull) {
      return this->FailStage(BufferOverflow("buffer", buffer_.capacity()));
    }
    if (buffer_.TakesMore()) this->in_.Pull();
  }
  void OnPull() override {
    if (!buffer_.empty()) this->out_.Push(buffer_.PopFront());
    if (this->in_.IsClosed()) {
      if (buffer_.empty()) this->CompleteStage();
    } else {
      this->in_.TryPull();
    }
  }
  void OnUpstreamFinish() override {
    if (buffer_.empty()) this->CompleteStage();
  }
  void Describe(StageReport& report) const override {
    report.buffered = buffer_.size();
    report.buffer_size = buffer_.capacity();
  }

 private:
  BoundedBuffer<T> buffer_;
};

// Aggregates while downstream is busy, up to a cost; beyond it backpressures.
template <class In, class Agg, class Cost, class Seed, class Aggregate>
class BatchLogic final : public FlowLogic<In, Agg> {
 public:
  BatchLogic(int64_t max, Cost cost, Seed seed, Aggregate aggregate)
      : max_(max),
        left_(max),
        cost_(std::move(cost)),
        seed_(std::move(seed)),
        aggregate_(std::move(aggregate)) {}
  void PreStart() override { this->in_.Pull(); }
  void OnPush() override {
    In element = this->in_.Grab();
    try {
      const int64_t cost = cost_(std::as_const(element));
      if (!sum_) {
        Begin(std::move(element), cost);
      } else if (left_ < cost) {
        pending_.emplace(std::move(element));
        pending_cost_ = cost;
      } else {
        sum_.emplace(aggregate_(*std::move(sum_), std::move(element)));
        left_ -= cost;
      }
    } catch (...) {
      if (!Survive(StatusOfCurrentException())) return;
    }
    if (this->out_.IsAvailable() && !Flush()) return;
    if (!pending_) this->in_.TryPull();
  }
  void OnPull() override {
    if (!Flush()) return;
    if (!this->in_.IsClosed()) {
      this->in_.TryPull();
    } else if (!sum_) {
      this->CompleteStage();
    }
  }
  void OnUpstreamFinish() override {
    if (!sum_) this->CompleteStage();
  }

 private:
  void Begin(In element, int64_t cost) {
    sum_.emplace(seed_(std::move(element)));
    left_ = max_ - cost;
  }
  // Emits what there is and begins anew with what waits. False: the stage has failed.
  bool Flush() {
    if (!sum_) return true;
    this->out_.Push(*std::move(sum_));
    sum_.reset();
    while (pending_ && !sum_) {
      In element = *std::move(pending_);
      pending_.reset();
      try {
        Begin(std::move(element), pending_cost_);
      } catch (...) {
        if (!Survive(StatusOfCurrentException())) return false;
      }
    }
    return true;
  }
  bool Survive(absl::Status failure) {
    switch (this->decider()(failure)) {
      case Directive::kStop:
        this->FailStage(std::move(failure));
        return false;
      case Directive::kRestart:
        sum_.reset();
        pending_.reset();
        break;
      case Directive::kResume:
        // The function may have moved the aggregate away before it threw.
        if constexpr (!std::is_trivially_copyable_v<Agg>) sum_.reset();
        break;
    }
    return true;
  }

  const int64_t max_;
  int64_t left_;
  [[no_unique_address]] Cost cost_;
  [[no_unique_address]] Seed seed_;
  [[no_unique_address]] Aggregate aggregate_;
  std::optional<Agg> sum_;
  std::optional<In> pending_;  // did not fit any more
  int64_t pending_cost_ = 0;
};

// The costs of Batch and Conflate.
struct CostOne {
  template <class T>
  int64_t operator()(const T&) const {
    return 1;
  }
};
struct CostNothing {
  template <class T>
  int64_t operator()(const T&) const {
    return 0;
  }
};
struct Identity {
  template <class T>
  T operator()(T&& element) const {
    return std::move(element);
  }
};

// Gives what the generator of the last element gives; each element is used once at least, if its
// generator gives anything.
template <class In, class U, class Expand>
class ExpandLogic final : public FlowLogic<In, U> {
  using Generator = ResultOf<Expand, In>;

 public:
  explicit ExpandLogic(Expand expand) : expand_(std::move(expand)) {}
  ExpandLogic(Expand expand, std::optional<In> initial)
      : expand_(std::move(expand)), initial_(std::move(initial)) {}
  void PreStart() override {
    if (initial_) Begin(*std::move(initial_));
    this->in_.Pull();
  }
  void OnPush() override {
    Begin(this->in_.Grab());
    if (!next_) {
      this->in_.Pull();
    } else if (this->out_.IsAvailable()) {
      Emit();
    }
  }
  void OnPull() override {
    if (next_) Emit();
  }
  void OnUpstreamFinish() override {
    if (!next_ || is_used_) this->CompleteStage();
  }

 private:
  void Begin(In element) {
    generator_.reset();
    generator_.emplace(expand_(std::move(element)));
    next_ = (*generator_)();
    is_used_ = false;
  }
  void Emit() {
    this->out_.Push(*std::move(next_));
    const bool was_used = std::exchange(is_used_, true);
    if (this->in_.IsClosed()) return this->CompleteStage();
    if (!was_used) this->in_.TryPull();
    next_ = (*generator_)();
  }

  [[no_unique_address]] Expand expand_;
  std::optional<In> initial_;
  std::optional<Generator> generator_;
  std::optional<U> next_;  // looked ahead, to know whether there is one
  bool is_used_ = false;   // the last element has been emitted in some form
};

template <class F>
auto GeneratorThenRest(F rest) {
  return [rest = std::move(rest)](auto element) mutable {
    using T = decltype(element);
    auto generator = rest(std::as_const(element));
    return [first = std::optional<T>(std::move(element)),
            generator = std::move(generator)]() mutable -> std::optional<T> {
      if (first) return std::exchange(first, std::nullopt);
      return generator();
    };
  };
}

// In place of a predicate and an interval that are not wanted.
struct NoTimer {
  template <class T>
  bool operator()(const T&) const {
    return false;
  }
};

template <class In, class U, class Agg, class Allocate, class Aggregate, class Harvest, class Ready>
class AggregateLogic final : public FlowLogic<In, U> {
 public:
  AggregateLogic(Allocate allocate, Aggregate aggregate, Harvest harvest, Ready ready,
                 absl::Duration interval)
      : allocate_(std::move(allocate)),
        aggregate_(std::move(aggregate)),
        harvest_(std::move(harvest)),
        ready_(std::move(ready)),
        interval_(interval) {}
  void PreStart() override {
    if (interval_ > absl::ZeroDuration()) this->ScheduleWithFixedDelay(0, interval_, interval_);
  }
  void OnPush() override {
    if (!sum_) sum_.emplace(allocate_());
    auto [sum, is_full] = aggregate_(*std::move(sum_), this->in_.Grab());
    sum_.emplace(std::move(sum));
    if (is_full) Emit();
    // Where the timer has emitted in between there is no demand left, so the pull waits for it.
    if (this->out_.IsAvailable()) this->in_.Pull();
  }
  void OnPull() override { this->in_.TryPull(); }
  void OnUpstreamFinish() override {
    if (sum_) Emit();
    this->CompleteStage();
  }
  void OnTimer(int64_t) override {
    if (sum_ && ready_(std::as_const(*sum_))) Emit();
  }

 private:
  void Emit() {
    this->out_.Emit(harvest_(*std::move(sum_)));
    sum_.reset();
  }

  [[no_unique_address]] Allocate allocate_;
  [[no_unique_address]] Aggregate aggregate_;
  [[no_unique_address]] Harvest harvest_;
  [[no_unique_address]] Ready ready_;
  const absl::Duration interval_;
  std::optional<Agg> sum_;
};

}  // namespace sampo::stream::internal

#endif  // SAMPO_STREAM_DETAIL_RATE_H_
