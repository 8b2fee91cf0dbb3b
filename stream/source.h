// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Source<Out, Mat>: the beginning of a stream, as a blueprint: gives elements of Out when they are
// asked for.
//
// Its operators are those of FlowOps (stream/ops), its factories in ops/source_factories.h.
// Threads: a value; copies share the blueprint, which may run any number of times.
//
//   Future<std::vector<int>> odd = Source<int>::Range(1, 10)
//       .Filter([](int n) { return n % 2 == 1; })
//       .RunWith(Sink<int>::Seq(), system);
#ifndef SAMPO_STREAM_SOURCE_H_
#define SAMPO_STREAM_SOURCE_H_

#include <utility>

#include "sampo/stream/actor_source.h"
#include "sampo/stream/detail/blueprint.h"
#include "sampo/stream/flow.h"
#include "sampo/stream/flow_ops.h"
#include "sampo/stream/ops/composed.h"
#include "sampo/stream/ops/source_factories.h"
#include "sampo/stream/ops/structural.h"
#include "sampo/stream/reactive/bridges.h"
#include "sampo/stream/runnable_graph.h"
#include "sampo/stream/sink.h"
#include "sampo/stream/source_queue.h"

namespace sampo::stream {

template <class Out, class Mat = NotUsed>
class Source : public FlowOps<Source<Out, Mat>, Out>,
               public SourceStructuralOps<Source<Out, Mat>, Out>,
               public SourceFactories<Out>,
               public QueueSourceFactories<Out>,
               public ActorSourceFactories<Out>,
               public ReactiveSources<Out>,
               public CombinedSources<Out> {
 public:
  using Element = Out;
  using MaterializedValue = Mat;
  template <class U>
  using Rebind = Source<U, Mat>;

  explicit Source(internal::BlueprintRef<Mat> blueprint) : blueprint_(std::move(blueprint)) {}

  // This and then `flow`; the value is this one's, or what `combine` makes of both.
  template <class U, class Mat2>
  Source<U, Mat> Via(const Flow<Out, U, Mat2>& flow) const {
    return ViaMat(flow, KeepLeft());
  }
  template <class U, class Mat2, class Combine>
  auto ViaMat(const Flow<Out, U, Mat2>& flow, Combine combine) const {
    using Both = decltype(combine(std::declval<Mat>(), std::declval<Mat2>()));
    return Source<U, Both>(
        internal::BlueprintRef<Both>(new internal::ViaNode<Mat, Mat2, Both, Combine>(
            blueprint_, flow.blueprint(), std::move(combine))));
  }
  template <class Mat2>
  RunnableGraph<Mat> To(const Sink<Out, Mat2>& sink) const {
    return ToMat(sink, KeepLeft());
  }
  template <class Mat2, class Combine>
  auto ToMat(const Sink<Out, Mat2>& sink, Combine combine) const {
    using Both = decltype(combine(std::declval<Mat>(), std::declval<Mat2>()));
    return RunnableGraph<Both>(
        internal::BlueprintRef<Both>(new internal::ViaNode<Mat, Mat2, Both, Combine>(
            blueprint_, sink.blueprint(), std::move(combine))));
  }
  // Runs it into `sink` and gives the sink's value.
  template <class Mat2>
  Mat2 RunWith(const Sink<Out, Mat2>& sink, const Materializer& materializer) const {
    return ToMat(sink, KeepRight()).Run(materializer);
  }
  template <class F>
  auto MapMaterializedValue(F f) const {
    using To = decltype(f(std::declval<Mat>()));
    return Source<Out, To>(
        internal::BlueprintRef<To>(new internal::MapMatNode<Mat, To, F>(blueprint_, std::move(f))));
  }
  Source WithAttributes(Attributes attributes) const {
    return Source(internal::BlueprintRef<Mat>(
        new internal::AttributesNode<Mat>(blueprint_, std::move(attributes), false)));
  }
  Source Named(std::string_view name) const { return WithAttributes(Attributes().Name(name)); }
  // Everything so far in an actor of its own.
  Source Async(Attributes attributes = {}) const {
    return Source(internal::BlueprintRef<Mat>(
        new internal::AttributesNode<Mat>(blueprint_, std::move(attributes), true)));
  }

  // For the families of operators.
  template <class U>
  Source<U, Mat> Append(internal::BlueprintRef<NotUsed> flow) const {
    return Source<U, Mat>(internal::MakeAppend(blueprint_, std::move(flow)));
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

#include "sampo/stream/sub_flow.h"  // IWYU pragma: export

#endif  // SAMPO_STREAM_SOURCE_H_
