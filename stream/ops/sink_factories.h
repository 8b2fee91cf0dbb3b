// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Sink<T>::Fold, Seq, Foreach, Ignore, Head...: sinks that make something of the elements.
//
// What they promise fails with the stream's failure, and with AbruptTermination when the stream is
// cut off. Threads: functions run on the stream's turn, copied for each materialization.
#ifndef SAMPO_STREAM_OPS_SINK_FACTORIES_H_
#define SAMPO_STREAM_OPS_SINK_FACTORIES_H_

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "sampo/stream/detail/blueprint.h"
#include "sampo/stream/detail/stages.h"

namespace sampo::stream {

template <class In, class Mat>
class Sink;

namespace internal {

template <class In, class U, class F>
class FoldSinkLogic final : public PromiseSinkLogic<In, U> {
 public:
  FoldSinkLogic(U zero, F f) : sum_(std::move(zero)), f_(std::move(f)) {}
  void OnPush() override {
    sum_ = f_(std::move(sum_), this->in_.Grab());
    this->in_.Pull();
  }
  void OnUpstreamFinish() override {
    this->promise_.Complete(std::move(sum_));
    this->CompleteStage();
  }

 private:
  U sum_;
  [[no_unique_address]] F f_;
};

template <class In, class F>
class ForeachLogic final : public PromiseSinkLogic<In, void> {
 public:
  explicit ForeachLogic(F f) : f_(std::move(f)) {}
  void OnPush() override {
    f_(this->in_.Grab());
    this->in_.Pull();
  }
  void OnUpstreamFinish() override {
    this->promise_.Complete();
    this->CompleteStage();
  }

 private:
  [[no_unique_address]] F f_;
};

template <class In>
class SeqLogic final : public PromiseSinkLogic<In, std::vector<In>> {
 public:
  void OnPush() override {
    elements_.push_back(this->in_.Grab());
    this->in_.Pull();
  }
  void OnUpstreamFinish() override {
    this->promise_.Complete(std::move(elements_));
    this->CompleteStage();
  }

 private:
  std::vector<In> elements_;  // all of them: the caller asked for that
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

}  // namespace internal

template <class In>
class SinkFactories {
 public:
  // sum = f(sum, element), from `zero` on; promises the last one.
  template <class U, class F>
  static Sink<In, Future<U>> Fold(U zero, F f, SourceLocation where = SourceLocation::Current()) {
    return Sink<In, Future<U>>(
        internal::MakeFutureSink<internal::FoldSinkLogic<In, U, F>>("fold", where, std::move(zero),
                                                                    std::move(f)));
  }
  // f(element) for each; promises the end.
  template <class F>
  static Sink<In, Future<void>> Foreach(F f, SourceLocation where = SourceLocation::Current()) {
    return Sink<In, Future<void>>(
        internal::MakeFutureSink<internal::ForeachLogic<In, F>>("foreach", where, std::move(f)));
  }
  // Promises all elements.
  static Sink<In, Future<std::vector<In>>> Seq(SourceLocation where = SourceLocation::Current()) {
    return Sink<In, Future<std::vector<In>>>(
        internal::MakeFutureSink<internal::SeqLogic<In>>("seq", where));
  }
  static Sink<In, Future<void>> Ignore(SourceLocation where = SourceLocation::Current()) {
    return Foreach([](In&&) {}, where);
  }
};

}  // namespace sampo::stream

#endif  // SAMPO_STREAM_OPS_SINK_FACTORIES_H_
