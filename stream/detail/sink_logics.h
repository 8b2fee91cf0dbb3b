// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// GatherLogic: the sink that makes one value of all elements, and the ways to do so: what Fold,
// Seq, Head and the others have in common.
//
// A way to gather (G) has: Result; `bool Add(In, bool keep)`, false when it has enough, and with
// `keep` what it throws must leave the state as it was; `FutureResult<Result> Finish()`; Restart().
// Threads: the stream's turn.
#ifndef SAMPO_STREAM_DETAIL_SINK_LOGICS_H_
#define SAMPO_STREAM_DETAIL_SINK_LOGICS_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "sampo/actor/future.h"
#include "sampo/stream/detail/arrivals.h"
#include "sampo/stream/detail/blueprint.h"
#include "sampo/stream/detail/stage_report.h"
#include "sampo/stream/detail/stages.h"
#include "sampo/stream/errors.h"

namespace sampo::stream::internal {

template <class In, class G>
class GatherLogic final : public PromiseSinkLogic<In, typename G::Result> {
 public:
  explicit GatherLogic(G gather) : gather_(std::move(gather)) {}
  void PreStart() override {
    keep_ = this->decider() != &StoppingDecider;
    this->in_.Pull();
  }
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
    if (more) [[likely]] return this->in_.Pull();
    OnUpstreamFinish();
  }
  void OnUpstreamFinish() override {
    this->promise_.Complete(gather_.Finish());
    this->CompleteStage();
  }

 private:
  [[no_unique_address]] G gather_;
  bool keep_ = false;  // the supervision may go on after an exception
};

// sum = f(sum, element). Where it may throw and go on, `f` gets a copy.
template <class U, class F, class In>
void FoldStep(U& sum, F& f, In element, bool keep) {
  if (keep) {
    sum = f(U(sum), std::move(element));
  } else {
    sum = f(std::move(sum), std::move(element));
  }
}

// The predicate of folds that take all elements.
struct Always {
  template <class T>
  constexpr bool operator()(const T&) const {
    return true;
  }
};

template <class In, class U, class While, class F>
struct GatherFold {
  using Result = U;
  U zero;
  [[no_unique_address]] While goes_on;
  [[no_unique_address]] F f;
  U sum = zero;
  bool Add(In element, bool keep) {
    FoldStep(sum, f, std::move(element), keep);
    return goes_on(std::as_const(sum));
  }
  absl::StatusOr<U> Finish() { return std::move(sum); }
  void Restart() { sum = zero; }
};

template <class In, class F>
struct GatherReduce {
  using Result = In;
  [[no_unique_address]] F f;
  std::optional<In> sum = {};
  bool Add(In element, bool keep) {
    if (!sum) {
      sum.emplace(std::move(element));
    } else if constexpr (std::is_copy_constructible_v<In>) {
      FoldStep(*sum, f, std::move(element), keep);
    } else {
      *sum = f(*std::move(sum), std::move(element));
    }
    return true;
  }
  absl::StatusOr<In> Finish() {
    if (!sum) return NoSuchElement("reduce");
    return *std::move(sum);
  }
  void Restart() { sum.reset(); }
};

// Head and Last, as a value that must be there or as an optional.
template <class In, bool kFirst, bool kOptional>
struct GatherOne {
  using Result = std::conditional_t<kOptional, std::optional<In>, In>;
  std::optional<In> one = {};
  bool Add(In element, bool) {
    one.emplace(std::move(element));
    return !kFirst;
  }
  absl::StatusOr<Result> Finish() {
    if constexpr (kOptional) {
      return std::move(one);
    } else {
      if (!one) return NoSuchElement(kFirst ? "head" : "last");
      return *std::move(one);
    }
  }
  void Restart() { one.reset(); }
};

template <class In, class Container>
struct GatherAll {
  using Result = Container;
  Container elements = {};  // all of them: the caller asked for that
  bool Add(In element, bool) {
    elements.insert(elements.end(), std::move(element));
    return true;
  }
  absl::StatusOr<Container> Finish() { return std::move(elements); }
  void Restart() { elements = Container(); }
};

template <class In>
struct GatherLast {
  using Result = std::vector<In>;
  size_t count;
  std::vector<In> ring = {};  // at most `count`
  size_t oldest = 0;
  bool Add(In element, bool) {
    if (ring.size() < count) {
      ring.push_back(std::move(element));
    } else if (count > 0) {
      ring[oldest] = std::move(element);
      oldest = oldest + 1 == count ? 0 : oldest + 1;
    }
    return true;
  }
  absl::StatusOr<Result> Finish() {
    std::rotate(ring.begin(), ring.begin() + static_cast<std::ptrdiff_t>(oldest), ring.end());
    return std::move(ring);
  }
  void Restart() { ring.clear(), oldest = 0; }
};

// accumulate(state&, element) from supply() on; finish(state) at the end.
template <class In, class Supply, class Accumulate, class Finisher>
struct GatherCollect {
  using State = std::remove_cvref_t<std::invoke_result_t<Supply&>>;
  using Result = std::remove_cvref_t<std::invoke_result_t<Finisher&, State>>;
  [[no_unique_address]] Supply supply;
  [[no_unique_address]] Accumulate accumulate;
  [[no_unique_address]] Finisher finish;
  std::optional<State> state = {};
  bool Add(In element, bool) {
    if (!state) state.emplace(supply());
    accumulate(*state, std::move(element));
    return true;
  }
  absl::StatusOr<Result> Finish() {
    if (!state) state.emplace(supply());
    return finish(*std::move(state));
  }
  void Restart() { state.reset(); }
};

// Whether the predicate is kSought for any element; `kFound` is the answer then.
template <class In, class P, bool kSought, bool kFound>
struct GatherSearch {
  using Result = bool;
  [[no_unique_address]] P predicate;
  bool found = false;
  bool Add(In element, bool) {
    found = static_cast<bool>(predicate(std::as_const(element))) == kSought;
    return !found;
  }
  absl::StatusOr<bool> Finish() { return found == kFound; }
  void Restart() {}
};

template <class In, class F>
struct GatherForeach {
  using Result = void;
  [[no_unique_address]] F f;
  bool Add(In element, bool) {
    f(std::move(element));
    return true;
  }
  absl::Status Finish() { return absl::OkStatus(); }
  void Restart() {}
};

template <class Logic, class... Args>
auto MakeFutureSink(const char* name, SourceLocation where, Args... args) {
  using Value = decltype(std::declval<Logic&>().future());
  return MakeStage<Value>(name, where, [... args = std::move(args)] {
    auto logic = std::make_unique<Logic>(args...);
    Value value = logic->future();
    return std::pair(std::move(logic), std::move(value));
  });
}

// f(element) promises its end; at most `parallelism` at a time.
template <class In, class F>
class ForeachAsyncLogic final : public PromiseSinkLogic<In, void> {
 public:
  ForeachAsyncLogic(int parallelism, F f) : parallelism_(parallelism), f_(std::move(f)) {}
  void PreStart() override {
    done_.Open(this, [this](const absl::Status& done) { OnDone(done); });
    this->in_.Pull();
  }
  void OnPush() override {
    ++in_flight_;
    try {
      done_.Add(f_(this->in_.Grab()));
    } catch (...) {
      OnDone(StatusOfCurrentException());
    }
    if (in_flight_ < parallelism_) this->in_.TryPull();
  }
  void OnUpstreamFinish() override {
    if (in_flight_ == 0) return Finish();
    finished_ = true;
    this->SetKeepGoing(true);
  }
  void Describe(StageReport& report) const override {
    report.futures_in_flight = in_flight_;
    report.futures_max = parallelism_;
  }

 private:
  void OnDone(const absl::Status& done) {
    --in_flight_;
    if (!done.ok() && this->decider()(done) == Directive::kStop) return this->FailStage(done);
    if (finished_ && in_flight_ == 0) return Finish();
    if (!this->in_.IsAvailable()) this->in_.TryPull();
  }
  void Finish() {
    this->promise_.Complete();
    this->CompleteStage();
  }

  const int parallelism_;
  [[no_unique_address]] F f_;
  int in_flight_ = 0;
  bool finished_ = false;
  Arrivals<void> done_;
};

// Calls f(Status) once, at the end.
template <class In, class F>
class OnCompleteLogic final : public SinkLogic<In> {
 public:
  explicit OnCompleteLogic(F f) : f_(std::move(f)) {}
  void OnPush() override {
    this->in_.Grab();
    this->in_.Pull();
  }
  void OnUpstreamFinish() override { End(absl::OkStatus()); }
  void OnUpstreamFailure(const absl::Status& failure) override { End(failure); }
  void PostStop() override {
    if (!called_) f_(this->failure());
  }

 private:
  void End(const absl::Status& end) {
    called_ = true;
    this->CompleteStage();
    f_(end);
  }
  [[no_unique_address]] F f_;
  bool called_ = false;
};

template <class In>
class CancelledLogic final : public SinkLogic<In> {
 public:
  explicit CancelledLogic(absl::Status cause) : cause_(std::move(cause)) {}
  void PreStart() override { this->in_.Cancel(cause_); }
  void OnPush() override {}

 private:
  const absl::Status cause_;
};

// Never asks for an element; promises the end.
template <class In>
class NeverSinkLogic final : public PromiseSinkLogic<In, void> {
 public:
  void PreStart() override {}
  void OnPush() override {}
  void OnUpstreamFinish() override {
    this->promise_.Complete();
    this->CompleteStage();
  }
};

}  // namespace sampo::stream::internal

#endif  // SAMPO_STREAM_DETAIL_SINK_LOGICS_H_
