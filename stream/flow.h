// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Flow<In, Out, Mat>: the middle of a stream, as a blueprint: takes In, gives Out.
//
// Its operators are those of FlowOps (stream/ops). Threads: a value; copies share the blueprint.
//
//   Flow<std::string, int> lengths =
//       Flow<std::string>().Map([](std::string s) { return int(s.size()); });
#ifndef SAMPO_STREAM_FLOW_H_
#define SAMPO_STREAM_FLOW_H_

#include <utility>

#include "sampo/stream/detail/blueprint.h"
#include "sampo/stream/flow_ops.h"
#include "sampo/stream/ops/composed.h"
#include "sampo/stream/ops/flow_factories.h"
#include "sampo/stream/ops/structural.h"
#include "sampo/stream/reactive/bridges.h"
#include "sampo/stream/runnable_graph.h"
#include "sampo/stream/sink.h"

namespace sampo::stream {

template <class I1, class O1, class I2, class O2, class Mat>
class BidiFlow;

template <class In, class Out = In, class Mat = NotUsed>
class Flow : public FlowOps<Flow<In, Out, Mat>, Out>,
             public FlowStructuralOps<Flow<In, Out, Mat>, In, Out>,
             public FlowFactories<In, Out>,
             public ReactiveFlows<In, Out, Mat>,
             public FlowsOfGraphs<In, Out> {
 public:
  using Input = In;
  using Element = Out;
  using MaterializedValue = Mat;
  template <class U>
  using Rebind = Flow<In, U, Mat>;

  // The flow that lets everything through.
  Flow() requires(std::is_same_v<In, Out>&& std::is_same_v<Mat, NotUsed>)
      : blueprint_(new internal::WireNode<In>()) {}
  explicit Flow(internal::BlueprintRef<Mat> blueprint) : blueprint_(std::move(blueprint)) {}

  // This and then `flow`; the value is this one's, or what `combine` makes of both.
  template <class U, class Mat2>
  Flow<In, U, Mat> Via(const Flow<Out, U, Mat2>& flow) const {
    return ViaMat(flow, KeepLeft());
  }
  template <class U, class Mat2, class Combine>
  auto ViaMat(const Flow<Out, U, Mat2>& flow, Combine combine) const {
    using Both = decltype(combine(std::declval<Mat>(), std::declval<Mat2>()));
    return Flow<In, U, Both>(
        internal::BlueprintRef<Both>(new internal::ViaNode<Mat, Mat2, Both, Combine>(
            blueprint_, flow.blueprint(), std::move(combine))));
  }
  template <class Mat2>
  Sink<In, Mat> To(const Sink<Out, Mat2>& sink) const {
    return ToMat(sink, KeepLeft());
  }
  template <class Mat2, class Combine>
  auto ToMat(const Sink<Out, Mat2>& sink, Combine combine) const {
    using Both = decltype(combine(std::declval<Mat>(), std::declval<Mat2>()));
    return Sink<In, Both>(
        internal::BlueprintRef<Both>(new internal::ViaNode<Mat, Mat2, Both, Combine>(
            blueprint_, sink.blueprint(), std::move(combine))));
  }
  // This and `flow` in a circle, in which something must begin. Defined in bidi_flow.h, like the
  // next one.
  template <class Mat2>
  RunnableGraph<Mat> Join(const Flow<Out, In, Mat2>& flow) const;
  // This as what is below of `bidi`, upside down: a flow of what is at its other end.
  template <class O1, class I2, class Mat2>
  Flow<I2, O1, Mat> Join(const BidiFlow<Out, O1, I2, In, Mat2>& bidi) const;
  template <class F>
  auto MapMaterializedValue(F f) const {
    using To = decltype(f(std::declval<Mat>()));
    return Flow<In, Out, To>(
        internal::BlueprintRef<To>(new internal::MapMatNode<Mat, To, F>(blueprint_, std::move(f))));
  }
  Flow WithAttributes(Attributes attributes) const {
    return Flow(internal::BlueprintRef<Mat>(
        new internal::AttributesNode<Mat>(blueprint_, std::move(attributes), false)));
  }
  Flow Named(std::string_view name) const { return WithAttributes(Attributes().Name(name)); }
  // All of this flow in an actor of its own; what it is put between stays in another.
  Flow Async(Attributes attributes = {}) const {
    return Flow(internal::BlueprintRef<Mat>(
        new internal::AttributesNode<Mat>(blueprint_, std::move(attributes), true)));
  }

  // For the families of operators.
  template <class U>
  Flow<In, U, Mat> Append(internal::BlueprintRef<NotUsed> flow) const {
    return Flow<In, U, Mat>(internal::MakeAppend(blueprint_, std::move(flow)));
  }
  template <class U, class Mat2, class Combine>
  auto AppendMat(internal::BlueprintRef<Mat2> flow, Combine combine) const {
    return ViaMat(Flow<Out, U, Mat2>(std::move(flow)), std::move(combine));
  }
  const internal::BlueprintRef<Mat>& blueprint() const { return blueprint_; }

 private:
  internal::BlueprintRef<Mat> blueprint_;
};

}  // namespace sampo::stream

#endif  // SAMPO_STREAM_FLOW_H_
