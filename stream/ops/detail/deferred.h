// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Sources, sinks and flows that are known later: when a future completes, or lazily, at the first
// demand (sources) or element (sinks and flows). They run inside of the stage that stands for them.
//
// What starts them (Start) is called once, as start(handler): it calls the handler with a
// StatusOr<Nested> at once or later. NowStart has a function that returns it, FutureStart a future,
// LazyFutureStart a function that returns a future.
// What they materialize comes in a Future<Mat>, which fails where the nested one never ran.
// Threads: the stream's turn.
#ifndef SAMPO_STREAM_OPS_DETAIL_DEFERRED_H_
#define SAMPO_STREAM_OPS_DETAIL_DEFERRED_H_

#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "sampo/actor/future.h"
#include "sampo/stream/detail/arrivals.h"
#include "sampo/stream/detail/stage_report.h"
#include "sampo/stream/detail/stages.h"
#include "sampo/stream/errors.h"
#include "sampo/stream/substream.h"

namespace sampo::stream::internal {

// A nested part that `make` returns at once.
template <class Make>
struct NowStart {
  using Nested = std::remove_cvref_t<std::invoke_result_t<Make&>>;
  static constexpr bool kEager = false;
  Make make;
  template <class Handler>
  void operator()(GraphStageLogic*, Handler handler) {
    handler(absl::StatusOr<Nested>(make()));
  }
};

// One that the future of `make` has. kEager: it is started with the stage.
template <class Make, bool kIsEager = false>
struct FutureStart {
  using Nested = typename std::remove_cvref_t<std::invoke_result_t<Make&>>::Value;
  static constexpr bool kEager = kIsEager;
  Make make;
  Arrivals<Nested> arrivals = {};

  explicit FutureStart(Make function) : make(std::move(function)) {}
  FutureStart(const FutureStart& other) : make(other.make) {}
  template <class Handler>
  void operator()(GraphStageLogic* stage, Handler handler) {
    arrivals.Open(stage, std::move(handler));
    arrivals.Add(make());
  }
};

// A function that returns a future that is known already.
template <class Nested>
struct KnownFuture {
  Future<Nested> future;
  Future<Nested> operator()() const { return future; }
};

// The promise of what the nested part materializes, kept by the stage `Base`.
template <class Base, class Mat>
class DeferredValue : public Base {
 public:
  Future<Mat> materialized() { return value_.future(); }
  void PostStop() override {
    if (value_.IsComplete()) return;
    value_.Complete(this->failure().ok()
                        ? absl::CancelledError(
                              "stream: what was deferred was never run: the stream ended before")
                        : this->failure());
  }

 protected:
  Promise<Mat> value_;
};

template <class Out, class Start>
class DeferredSourceLogic final
    : public DeferredValue<SourceLogic<Out>, typename Start::Nested::MaterializedValue>,
      public InHandler {
 public:
  explicit DeferredSourceLogic(Start start) : start_(std::move(start)) {}
  void PreStart() override {
    if constexpr (Start::kEager) Begin();
  }
  void OnPull() override {
    if (inner_) return inner_->TryPull();
    if (!begun_) Begin();
  }
  void OnPush() override { this->out_.Push(inner_->Grab()); }
  void Describe(StageReport& report) const override {
    if (begun_ && !inner_) report.waits_for = "a future source";
  }

 private:
  using Nested = typename Start::Nested;
  void Begin() {
    begun_ = true;
    start_(this, [this](absl::StatusOr<Nested> nested) {
      if (!nested.ok()) return this->FailStage(nested.status());
      inner_.emplace(this);
      inner_->SetHandler(this);
      this->value_.Complete(inner_->Run(*nested));
      if (this->out_.IsAvailable()) inner_->TryPull();
    });
  }

  Start start_;
  bool begun_ = false;
  std::optional<SubInlet<Out>> inner_;
};

// What deferred sinks and flows have in common: the way of the elements into the nested part.
template <class Base, class In, class Start>
class DeferredEntry : public DeferredValue<Base, typename Start::Nested::MaterializedValue> {
 public:
  explicit DeferredEntry(Start start) : entry_(*this), start_(std::move(start)) {}
  void PreStart() override {
    if constexpr (Start::kEager) Begin();
  }
  // The first element starts it, and waits in the inlet until it is asked for.
  void OnPush() override {
    if (to_) return Forward();
    if (!begun_) Begin();
  }
  void OnUpstreamFinish() override {
    if (to_ ? !this->in_.IsAvailable() : !begun_) return this->CompleteStage();
    // An element waits, or what is to take it.
    if (!to_) this->SetKeepGoing(true);
  }
  void Describe(StageReport& report) const override {
    if (begun_ && !to_) report.waits_for = "a future to run the elements into";
    report.buffered = this->in_.IsAvailable() ? 1 : 0;
  }

 protected:
  using Nested = typename Start::Nested;
  // Runs `nested` with what `to` gives, and returns its value.
  virtual typename Nested::MaterializedValue RunNested(const Nested& nested, SubOutlet<In>& to) = 0;
  bool has_begun() const { return begun_; }
  bool is_running() const { return to_.has_value(); }

 private:
  // What the nested part does at its beginning. Its end is told to either side by itself.
  class Entry final : public OutHandler {
   public:
    explicit Entry(DeferredEntry& stage) : stage_(stage) {}
    void OnPull() override { stage_.Forward(); }
    void OnDownstreamFinish(const absl::Status& cause) override {
      stage_.SetKeepGoing(false);
      stage_.in_.Cancel(cause);
    }

   private:
    DeferredEntry& stage_;
  };

  void Begin() {
    begun_ = true;
    start_(this, [this](absl::StatusOr<Nested> nested) {
      if (!nested.ok()) return this->FailStage(nested.status());
      to_.emplace(this);
      to_->SetHandler(&entry_);
      this->value_.Complete(RunNested(*nested, *to_));
      this->SetKeepGoing(false);
      if (this->in_.IsClosed() && !this->in_.IsAvailable()) to_->Complete();
    });
  }
  void Forward() {
    if (!to_->IsAvailable()) return;
    if (this->in_.IsAvailable()) {
      to_->Push(this->in_.Grab());
      if (this->in_.IsClosed()) to_->Complete();
    } else {
      this->in_.TryPull();
    }
  }

  Entry entry_;
  Start start_;
  bool begun_ = false;
  std::optional<SubOutlet<In>> to_;
};

template <class In, class Start>
class DeferredSinkLogic final : public DeferredEntry<SinkLogic<In>, In, Start> {
 public:
  using Base = DeferredEntry<SinkLogic<In>, In, Start>;
  using Base::Base;
  void PreStart() override {
    Base::PreStart();
    if constexpr (!Start::kEager) this->in_.Pull();
  }

 private:
  using typename Base::Nested;
  typename Nested::MaterializedValue RunNested(const Nested& nested, SubOutlet<In>& to) override {
    return to.Run(nested);
  }
};

template <class In, class Out, class Start>
class DeferredFlowLogic final : public DeferredEntry<FlowLogic<In, Out>, In, Start> {
 public:
  using Base = DeferredEntry<FlowLogic<In, Out>, In, Start>;
  explicit DeferredFlowLogic(Start start) : Base(std::move(start)), exit_(*this) {}
  void OnPull() override {
    if (this->is_running()) return from_->TryPull();
    if (!this->has_begun()) this->in_.TryPull();
  }
  // The end of the elements is the nested part's to pass on.
  void OnUpstreamFinish() override {
    if (!this->is_running()) return Base::OnUpstreamFinish();
    if (!this->in_.IsAvailable()) to_->Complete();
  }
  void OnUpstreamFailure(const absl::Status& failure) override {
    if (!this->is_running()) return this->FailStage(failure);
    to_->Fail(failure);
  }
  void OnDownstreamFinish(const absl::Status& cause) override {
    if (!this->is_running()) return this->CancelStage(cause);
    from_->Cancel(cause);
  }

 private:
  using typename Base::Nested;
  // What comes out of the nested part.
  class Exit final : public InHandler {
   public:
    explicit Exit(DeferredFlowLogic& stage) : stage_(stage) {}
    void OnPush() override { stage_.out_.Push(stage_.from_->Grab()); }
    void OnUpstreamFinish() override { stage_.out_.Complete(); }
    void OnUpstreamFailure(const absl::Status& failure) override { stage_.out_.Fail(failure); }

   private:
    DeferredFlowLogic& stage_;
  };

  typename Nested::MaterializedValue RunNested(const Nested& nested, SubOutlet<In>& to) override {
    to_ = &to;
    from_.emplace(this);
    from_->SetHandler(&exit_);
    auto value = from_->Run(to.source().ViaMat(nested, KeepRight()));
    if (this->out_.IsAvailable()) from_->TryPull();
    return value;
  }

  Exit exit_;
  SubOutlet<In>* to_ = nullptr;
  std::optional<SubInlet<Out>> from_;
};

}  // namespace sampo::stream::internal

#endif  // SAMPO_STREAM_OPS_DETAIL_DEFERRED_H_
