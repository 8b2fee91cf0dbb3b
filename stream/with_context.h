// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// SourceWithContext and FlowWithContext: streams whose elements carry a context along, such as the
// offset to be committed when an element is done.
//
// Functions see the elements alone; only operators that keep elements in order are there
// (ops/context.h). AsSource and AsFlow lead back to plain streams of pairs.
// Threads: values; copies share the blueprint.
//
//   records.AsSourceWithContext([](const Record& r) { return r.offset; })
//       .Map(Parse).Filter(IsNew).RunWith(commit_offsets, system);
#ifndef SAMPO_STREAM_WITH_CONTEXT_H_
#define SAMPO_STREAM_WITH_CONTEXT_H_

#include <utility>

#include "sampo/stream/attributes.h"
#include "sampo/stream/flow.h"
#include "sampo/stream/ops/context.h"
#include "sampo/stream/sink.h"
#include "sampo/stream/source.h"

namespace sampo::stream {

template <class In, class InContext, class Out, class OutContext, class Mat = NotUsed>
class FlowWithContext
    : public ContextOps<FlowWithContext<In, InContext, Out, OutContext, Mat>, Out, OutContext> {
 public:
  using Inner = Flow<std::pair<In, InContext>, std::pair<Out, OutContext>, Mat>;

  // A flow of pairs that keeps its elements in order.
  explicit FlowWithContext(Inner inner) : inner_(std::move(inner)) {}

  // This and then `flow`; the value is what `combine` makes of both.
  template <class U, class C, class Mat2, class Combine = KeepLeft>
  auto Via(const FlowWithContext<Out, OutContext, U, C, Mat2>& flow, Combine combine = {}) const {
    return Wrap<U, C>(inner_.ViaMat(flow.AsFlow(), std::move(combine)));
  }
  template <class F>
  auto MapMaterializedValue(F f) const {
    return Wrap<Out, OutContext>(inner_.MapMaterializedValue(std::move(f)));
  }
  FlowWithContext WithAttributes(Attributes attributes) const {
    return FlowWithContext(inner_.WithAttributes(std::move(attributes)));
  }
  const Inner& AsFlow() const { return inner_; }

  // For ContextOps.
  const Inner& inner() const { return inner_; }
  template <class U, class C, class Stream>
  static auto Wrap(Stream stream) {
    return FlowWithContext<In, InContext, U, C, typename Stream::MaterializedValue>(
        std::move(stream));
  }

 private:
  Inner inner_;
};

template <class Out, class Context, class Mat = NotUsed>
class SourceWithContext : public ContextOps<SourceWithContext<Out, Context, Mat>, Out, Context> {
 public:
  using Inner = Source<std::pair<Out, Context>, Mat>;

  explicit SourceWithContext(Inner inner) : inner_(std::move(inner)) {}

  // This and then `flow`; the value is what `combine` makes of both.
  template <class U, class C, class Mat2, class Combine = KeepLeft>
  auto Via(const FlowWithContext<Out, Context, U, C, Mat2>& flow, Combine combine = {}) const {
    return Wrap<U, C>(inner_.ViaMat(flow.AsFlow(), std::move(combine)));
  }
  // Into a sink of pairs.
  template <class Mat2, class Combine = KeepLeft>
  auto To(const Sink<std::pair<Out, Context>, Mat2>& sink, Combine combine = {}) const {
    return inner_.ToMat(sink, std::move(combine));
  }
  template <class Mat2>
  Mat2 RunWith(const Sink<std::pair<Out, Context>, Mat2>& sink,
               const Materializer& materializer) const {
    return inner_.RunWith(sink, materializer);
  }
  template <class F>
  auto MapMaterializedValue(F f) const {
    return Wrap<Out, Context>(inner_.MapMaterializedValue(std::move(f)));
  }
  SourceWithContext WithAttributes(Attributes attributes) const {
    return SourceWithContext(inner_.WithAttributes(std::move(attributes)));
  }
  const Inner& AsSource() const { return inner_; }

  // For ContextOps.
  const Inner& inner() const { return inner_; }
  template <class U, class C, class Stream>
  static auto Wrap(Stream stream) {
    return SourceWithContext<U, C, typename Stream::MaterializedValue>(std::move(stream));
  }

 private:
  Inner inner_;
};

}  // namespace sampo::stream

#endif  // SAMPO_STREAM_WITH_CONTEXT_H_
