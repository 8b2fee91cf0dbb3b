// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Sink<In, Mat>: the end of a stream, as a blueprint: takes elements of In; materializes a Mat,
// often a Future of what it made of them.
//
// Threads: a value; copies share the blueprint. The factories are in ops/sink_factories.h.
//
//   Sink<int, Future<int>> sum = Sink<int>::Fold(0, [](int a, int b) { return a + b; });
#ifndef SAMPO_STREAM_SINK_H_
#define SAMPO_STREAM_SINK_H_

#include <utility>

#include "sampo/stream/actor_sink.h"
#include "sampo/stream/detail/append.h"
#include "sampo/stream/detail/blueprint.h"
#include "sampo/stream/materializer.h"
#include "sampo/stream/ops/composed.h"
#include "sampo/stream/ops/simple.h"
#include "sampo/stream/ops/sink_factories.h"
#include "sampo/stream/reactive/bridges.h"
#include "sampo/stream/shared_promise.h"
#include "sampo/stream/sink_queue.h"

namespace sampo::stream {

template <class In, class Mat = NotUsed>
class Sink : public SinkFactories<In>,
             public QueueSinkFactories<In>,
             public ActorSinkFactories<In>,
             public ReactiveSinks<In>,
             public CombinedSinks<In> {
 public:
  using Element = In;
  using MaterializedValue = Mat;

  explicit Sink(internal::BlueprintRef<Mat> blueprint) : blueprint_(std::move(blueprint)) {}

  // The value through `f`, at each materialization.
  template <class F>
  auto MapMaterializedValue(F f) const {
    using To = decltype(f(std::declval<Mat>()));
    return Sink<In, To>(
        internal::BlueprintRef<To>(new internal::MapMatNode<Mat, To, F>(blueprint_, std::move(f))));
  }
  Sink WithAttributes(Attributes attributes) const {
    return Sink(internal::BlueprintRef<Mat>(
        new internal::AttributesNode<Mat>(blueprint_, std::move(attributes), false)));
  }
  Sink Named(std::string_view name) const { return WithAttributes(Attributes().Name(name)); }
  // In an actor of its own.
  Sink Async(Attributes attributes = {}) const {
    return Sink(internal::BlueprintRef<Mat>(
        new internal::AttributesNode<Mat>(blueprint_, std::move(attributes), true)));
  }
  // Takes elements of From, each through `f`.
  // Backpressures when: this sink does. Cancels when: this sink does. Supervision: yes. Tested by:
  // structural_test.cc.
  template <class From, class F>
  Sink<From, Mat> Contramap(F f, SourceLocation where = SourceLocation::Current()) const {
    internal::CheckCopyable<F>();
    auto pipe = internal::MakePipe<From, In>(
        "contramap", where, [f = std::move(f)] { return new internal::MapPipe<From, In, F>(f); });
    return Sink<From, Mat>(internal::BlueprintRef<Mat>(
        new internal::ViaNode<NotUsed, Mat, Mat, KeepRight>(std::move(pipe), blueprint_, {})));
  }
  // Runs it now: its value, and a sink into it, which can be run once: another run has nobody who
  // takes its elements, and is cancelled after the time of the attribute Subscription.
  // Backpressures when: this sink does. Cancels when: this sink does. Tested by:
  // structural_test.cc.
  std::pair<Mat, Sink<In, NotUsed>> PreMaterialize(const Materializer& materializer) const {
    SharedPromise<Source<In, NotUsed>> elements;
    Mat value = Source<In, NotUsed>::FutureSource(elements.future()).RunWith(*this, materializer);
    auto sink =
        SinkFactories<In>::AsSource().MapMaterializedValue([elements](Source<In, NotUsed> source) {
          elements.Complete(std::move(source));
          return NotUsed();
        });
    return {std::move(value), std::move(sink)};
  }

  const internal::BlueprintRef<Mat>& blueprint() const { return blueprint_; }

 private:
  internal::BlueprintRef<Mat> blueprint_;
};

}  // namespace sampo::stream

#endif  // SAMPO_STREAM_SINK_H_
