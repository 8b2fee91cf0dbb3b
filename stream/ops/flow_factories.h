// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Flow<In, Out>::LazyFlow, FutureFlow, FromSinkAndSource...: flows made of parts that are known
// later, or of a sink and a source.
//
// Threads: functions run on the stream's turn, copied for each materialization.
//
//   Flow<Request, Reply> served = Flow<Request, Reply>::LazyFlow([] { return Connect(); });
#ifndef SAMPO_STREAM_OPS_FLOW_FACTORIES_H_
#define SAMPO_STREAM_OPS_FLOW_FACTORIES_H_

#include <utility>

#include "sampo/actor/future.h"
#include "sampo/stream/detail/append.h"
#include "sampo/stream/not_used.h"
#include "sampo/stream/ops/detail/deferred.h"
#include "sampo/stream/ops/detail/structural.h"

namespace sampo::stream {

template <class Out, class Mat>
class Source;
template <class In, class Mat>
class Sink;
template <class In, class Out, class Mat>
class Flow;

template <class In, class Out>
class FlowFactories {
 public:
  // The flow that `make` returns, called at the first element. Its value comes in a Future, which
  // fails with CANCELLED where no element came.
  // Emits when: the flow does. Backpressures when: the flow does. Completes when: the flow does, or
  // upstream does without an element. Cancels when: the flow does. Tested by: deferred_test.cc.
  template <class Make>
  static auto LazyFlow(Make make, SourceLocation where = SourceLocation::Current()) {
    return Deferred("lazyFlow", where, internal::NowStart<Make>{std::move(make)});
  }
  // The same with a `make` that returns a Future of the flow.
  // Emits when: the flow does. Backpressures when: there is no flow yet, or it does. Completes
  // when: the flow does, or upstream does without an element. Cancels when: the flow does, or the
  // future fails. Tested by: deferred_test.cc.
  template <class Make>
  static auto LazyFutureFlow(Make make, SourceLocation where = SourceLocation::Current()) {
    return Deferred("lazyFutureFlow", where, internal::FutureStart<Make>(std::move(make)));
  }
  // The flow that `future` has; it is run as soon as it is there.
  // Emits when: the flow does. Backpressures when: there is no flow yet, or it does. Completes
  // when: the flow does. Cancels when: the flow does, or the future fails. Tested by:
  // deferred_test.cc.
  template <class Mat>
  static auto FutureFlow(Future<Flow<In, Out, Mat>> future,
                         SourceLocation where = SourceLocation::Current()) {
    using Known = internal::KnownFuture<Flow<In, Out, Mat>>;
    return Deferred("futureFlow", where, internal::FutureStart<Known, true>(Known{future}));
  }
  // f(materializer, attributes) returns the flow, for each materialization. It must not throw.
  // Emits when: the flow does. Backpressures when: the flow does. Completes when: the flow does.
  // Cancels when: the flow does. Tested by: structural_test.cc.
  template <class F>
  static auto FromMaterializer(F f) {
    using Node = internal::FromMaterializerNode<F>;
    using Mat = typename Node::Part::MaterializedValue;
    return Flow<In, Out, Mat>(internal::BlueprintRef<Mat>(new Node(std::move(f))));
  }
  // What comes goes into `sink`, what goes on comes from `source`; neither knows of the other.
  // Emits when: `source` does. Backpressures when: `sink` does. Completes when: `source` does.
  // Cancels when: `sink` does. Tested by: structural_test.cc.
  template <class S, class R, class Combine = KeepNone>
  static auto FromSinkAndSource(const Sink<In, S>& sink, const Source<Out, R>& source,
                                Combine combine = {}) {
    using Mat = decltype(combine(std::declval<S>(), std::declval<R>()));
    return Flow<In, Out, Mat>(
        internal::BlueprintRef<Mat>(new internal::SinkAndSourceNode<S, R, Mat, Combine>(
            sink.blueprint(), source.blueprint(), std::move(combine))));
  }
  // The same, but the end of either side ends the other one.
  // Emits when: `source` does. Backpressures when: `sink` does. Completes when: `source` or
  // upstream does, or `sink` cancels. Cancels when: `sink` or downstream does, or `source`
  // completes. Tested by: structural_test.cc.
  template <class S, class R, class Combine = KeepNone>
  static auto FromSinkAndSourceCoupled(const Sink<In, S>& sink, const Source<Out, R>& source,
                                       Combine combine = {},
                                       SourceLocation where = SourceLocation::Current()) {
    using Mat = decltype(combine(std::declval<S>(), std::declval<R>()));
    return Flow<In, Out, Mat>(
        internal::BlueprintRef<Mat>(new internal::CoupledNode<In, Out, S, R, Mat, Combine>(
            where, sink.blueprint(), source.blueprint(), std::move(combine))));
  }

 private:
  template <class Start>
  static auto Deferred(const char* name, SourceLocation where, Start start) {
    using Logic = internal::DeferredFlowLogic<In, Out, Start>;
    using Mat = decltype(std::declval<Logic&>().materialized());
    return Flow<In, Out, Mat>(internal::MakeValueStage<Logic>(name, where, std::move(start)));
  }
};

}  // namespace sampo::stream

#endif  // SAMPO_STREAM_OPS_FLOW_FACTORIES_H_
