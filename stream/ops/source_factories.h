// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Source<T>::From, Range, Single, Empty...: sources of elements that are known or computed.
//
// Threads: functions run on the stream's turn, copied for each materialization.
#ifndef SAMPO_STREAM_OPS_SOURCE_FACTORIES_H_
#define SAMPO_STREAM_OPS_SOURCE_FACTORIES_H_

#include <memory>
#include <utility>
#include <vector>

#include "sampo/stream/detail/blueprint.h"
#include "sampo/stream/detail/stages.h"

namespace sampo::stream {

template <class Out, class Mat>
class Source;

namespace internal {

template <class T>
class RangeLogic final : public SourceLogic<T> {
 public:
  RangeLogic(T first, T last, T step) : next_(first), last_(last), step_(step) {}
  void PreStart() override {
    if (IsOver()) this->CompleteStage();
  }
  void OnPull() override {
    const T element = next_;
    // The distance is compared, so that nothing overflows at the type's end.
    const bool over = step_ > 0 ? last_ - element < step_ : element - last_ < -step_;
    if (!over) next_ = element + step_;
    this->out_.Push(element);
    if (over) this->out_.Complete();
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
    this->out_.Push(T((*elements_)[at_++]));
    if (at_ == elements_->size()) this->out_.Complete();
  }

 private:
  const std::shared_ptr<const std::vector<T>> elements_;
  size_t at_ = 0;
};

}  // namespace internal

template <class Out>
class SourceFactories {
 public:
  // The elements of `elements`, in order.
  static Source<Out, NotUsed> From(std::vector<Out> elements,
                                   SourceLocation where = SourceLocation::Current()) {
    auto shared = std::make_shared<const std::vector<Out>>(std::move(elements));
    return Make("from", where,
                [shared] { return std::make_unique<internal::VectorLogic<Out>>(shared); });
  }
  static Source<Out, NotUsed> Single(Out element,
                                     SourceLocation where = SourceLocation::Current()) {
    std::vector<Out> one;
    one.push_back(std::move(element));
    return From(std::move(one), where);
  }
  static Source<Out, NotUsed> Empty(SourceLocation where = SourceLocation::Current()) {
    return From({}, where);
  }
  // first, first + step ... up to and with `last`; empty when `last` lies the other way.
  static Source<Out, NotUsed> Range(Out first, Out last, Out step = 1,
                                    SourceLocation where = SourceLocation::Current()) {
    return Make("range", where, [first, last, step] {
      return std::make_unique<internal::RangeLogic<Out>>(first, last, step);
    });
  }

 private:
  template <class Factory>
  static Source<Out, NotUsed> Make(const char* name, SourceLocation where, Factory factory) {
    return Source<Out, NotUsed>(internal::MakeStage<NotUsed>(name, where, std::move(factory)));
  }
};

}  // namespace sampo::stream

#endif  // SAMPO_STREAM_OPS_SOURCE_FACTORIES_H_
