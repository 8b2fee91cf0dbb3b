// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// FoldingOps: what elements add up to: Fold and Reduce at the end, Scan after each element, with
// functions that answer at once or by a Future.
//
// Where the supervision may go on after a failure, functions get copies of the state, so that
// Resume finds it as it was; otherwise it is moved.
// Threads: functions run on the stream's turn, copied for each materialization.
//
//   source.Scan(0, std::plus<>());   // 1, 2, 3 -> 0, 1, 3, 6
#ifndef SAMPO_STREAM_OPS_FOLDING_H_
#define SAMPO_STREAM_OPS_FOLDING_H_

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "sampo/actor/future.h"
#include "sampo/stream/detail/append.h"
#include "sampo/stream/detail/arrivals.h"
#include "sampo/stream/detail/stage_report.h"
#include "sampo/stream/detail/stages.h"
#include "sampo/stream/detail/uninit.h"
#include "sampo/stream/errors.h"
#include "sampo/stream/ops/detail/gather.h"

namespace sampo::stream {
namespace internal {

// Gives what was gathered, at the end.
template <class In, class G>
class GatherFlowLogic final : public FlowLogic<In, typename G::Result> {
 public:
  explicit GatherFlowLogic(G gather) : gather_(std::move(gather)) {}
  void PreStart() override { keep_ = this->decider() != &StoppingDecider; }
  void OnPush() override {
    bool more;
    try {
      more = gather_.Add(this->in_.Grab(), keep_);
    } catch (...) {
      absl::Status failure = StatusOfCurrentException();
      const Directive directive = this->decider()(failure);
      if (directive == Directive::kStop) return this->FailStage(std::move(failure));
      if (directive == Directive::kRestart) gather_.Restart();
      more = true;
    }
    if (more) return this->in_.Pull();
    OnUpstreamFinish();
  }
  void OnUpstreamFinish() override {
    auto result = gather_.Finish();
    if (!result.ok()) return this->FailStage(result.status());
    this->out_.Emit(*std::move(result));
    this->CompleteStage();
  }

 private:
  [[no_unique_address]] G gather_;
  bool keep_ = false;  // the supervision may go on after an exception
};

template <class In, class U, class F>
class ScanLogic final : public FlowLogic<In, U> {
 public:
  ScanLogic(U zero, F f) : zero_(std::move(zero)), f_(std::move(f)) {}
  void OnPush() override {
    try {
      FoldStep(sum_, f_, this->in_.Grab(), true);
    } catch (...) {
      absl::Status failure = StatusOfCurrentException();
      const Directive directive = this->decider()(failure);
      if (directive == Directive::kStop) return this->FailStage(std::move(failure));
      if (directive == Directive::kResume) return this->in_.Pull();
      sum_ = zero_;
    }
    this->out_.Push(U(sum_));
  }
  void OnPull() override {
    if (began_) return this->in_.Pull();
    began_ = true;
    this->out_.Push(U(sum_));
    if (this->in_.IsClosed()) this->CompleteStage();
  }
  void OnUpstreamFinish() override {
    if (began_) this->CompleteStage();
  }

 private:
  const U zero_;
  U sum_ = zero_;
  [[no_unique_address]] F f_;
  bool began_ = false;  // the zero was given
};

// FoldAsync and, where kEach, ScanAsync: one future at a time.
template <class In, class U, class F, bool kEach>
class FoldAsyncLogic final : public FlowLogic<In, U> {
 public:
  FoldAsyncLogic(U zero, F f) : zero_(std::move(zero)), f_(std::move(f)) {}
  void PreStart() override {
    keep_ = this->decider() != &StoppingDecider;
    steps_.Open(this, [this](absl::StatusOr<U> sum) { OnStep(std::move(sum)); });
  }
  void OnPush() override {
    waits_ = true;
    try {
      steps_.Add(f_(kEach || keep_ ? U(sum_) : std::move(sum_), this->in_.Grab()));
    } catch (...) {
      OnStep(StatusOfCurrentException());
    }
  }
  void OnPull() override {
    if (!kEach || began_) return this->in_.Pull();
    began_ = true;
    this->out_.Push(U(sum_));
    if (finished_) this->CompleteStage();
  }
  void OnUpstreamFinish() override {
    finished_ = true;
    if (!waits_) Finish();
  }
  void Describe(StageReport& report) const override {
    report.futures_in_flight = waits_ ? 1 : 0;
    report.futures_max = 1;
  }

 private:
  void OnStep(absl::StatusOr<U> sum) {
    waits_ = false;
    if (sum.ok()) {
      sum_ = *std::move(sum);
      if constexpr (kEach) {
        this->out_.Push(U(sum_));
        if (finished_) this->CompleteStage();
        return;
      }
    } else {
      const Directive directive = this->decider()(sum.status());
      if (directive == Directive::kStop) return this->FailStage(sum.status());
      if (directive == Directive::kRestart) sum_ = zero_;
    }
    if (finished_) return Finish();
    this->in_.Pull();
  }
  void Finish() {
    if constexpr (kEach) {
      if (!began_) return;
    } else {
      this->out_.Emit(std::move(sum_));
    }
    this->CompleteStage();
  }

  const U zero_;
  U sum_ = zero_;
  [[no_unique_address]] F f_;
  bool keep_ = false;
  bool began_ = false;  // the zero was given
  bool waits_ = false;
  bool finished_ = false;  // upstream has
  Arrivals<U> steps_;
};

}  // namespace internal

template <class Derived, class Out>
class FoldingOps {
 public:
  // sum = f(sum, element), from `zero` on; the last one.
  // Emits when: upstream completes. Backpressures when: downstream does. Completes when: upstream
  // does. Cancels when: downstream does. Supervision: yes. Tested by: folding_test.cc.
  template <class U, class F>
  auto Fold(U zero, F f, SourceLocation where = SourceLocation::Current()) const {
    return AppendGather("fold", where,
                        internal::GatherFold<Out, U, internal::Always, F>{
                            std::move(zero), internal::Always(), std::move(f)});
  }
  // The same while `goes_on(const U& sum)` is true.
  // Emits when: upstream completes, or `goes_on` is false. Backpressures when: downstream does.
  // Completes when: upstream does, or `goes_on` is false. Cancels when: downstream does, or
  // `goes_on` is false. Supervision: yes. Tested by: folding_test.cc.
  template <class U, class While, class F>
  auto FoldWhile(U zero, While goes_on, F f,
                 SourceLocation where = SourceLocation::Current()) const {
    return AppendGather(
        "foldWhile", where,
        internal::GatherFold<Out, U, While, F>{std::move(zero), std::move(goes_on), std::move(f)});
  }
  // sum = f(sum, element), from the first element on; the last one. Fails with NOT_FOUND where
  // there was no element. Emits when: upstream completes. Backpressures when: downstream does.
  // Completes when: upstream does. Cancels when: downstream does. Supervision: yes. Tested by:
  // folding_test.cc.
  template <class F>
  auto Reduce(F f, SourceLocation where = SourceLocation::Current()) const {
    return AppendGather("reduce", where, internal::GatherReduce<Out, F>{std::move(f)});
  }
  // Fold with an `f` that returns a Future<U>; one at a time.
  // Emits when: upstream completes and the last future has. Backpressures when: a future is in
  // flight, or downstream does. Completes when: it has emitted. Cancels when: downstream does.
  // Supervision: yes. Tested by: folding_test.cc.
  template <class U, class F>
  auto FoldAsync(U zero, F f, SourceLocation where = SourceLocation::Current()) const {
    return internal::AppendStage<U, internal::FoldAsyncLogic<Out, U, F, false>>(
        self(), "foldAsync", where, std::move(zero), std::move(f));
  }
  // `zero` and then sum = f(sum, element) for each element.
  // Emits when: `f` has returned. Backpressures when: downstream does. Completes when: upstream
  // does and `zero` was emitted. Cancels when: downstream does. Supervision: yes. Tested by:
  // folding_test.cc.
  template <class U, class F>
  auto Scan(U zero, F f, SourceLocation where = SourceLocation::Current()) const {
    return internal::AppendStage<U, internal::ScanLogic<Out, U, F>>(self(), "scan", where,
                                                                    std::move(zero), std::move(f));
  }
  // Scan with an `f` that returns a Future<U>; one at a time.
  // Emits when: the future has a value. Backpressures when: a future is in flight, or downstream
  // does. Completes when: upstream does and the last future has. Cancels when: downstream does.
  // Supervision: yes. Tested by: folding_test.cc.
  template <class U, class F>
  auto ScanAsync(U zero, F f, SourceLocation where = SourceLocation::Current()) const {
    return internal::AppendStage<U, internal::FoldAsyncLogic<Out, U, F, true>>(
        self(), "scanAsync", where, std::move(zero), std::move(f));
  }

 private:
  const Derived& self() const { return static_cast<const Derived&>(*this); }

  template <class G>
  auto AppendGather(const char* name, SourceLocation where, G gather) const {
    return internal::AppendStage<typename G::Result, internal::GatherFlowLogic<Out, G>>(
        self(), name, where, std::move(gather));
  }
};

}  // namespace sampo::stream

#endif  // SAMPO_STREAM_OPS_FOLDING_H_
