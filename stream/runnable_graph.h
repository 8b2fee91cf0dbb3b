// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// RunnableGraph<Mat>: a stream with both ends, ready to run, any number of times.
//
// Threads: a value; Run from any thread, also from a stage.
//
//   RunnableGraph<Future<int>> graph = source.ToMat(sum, KeepRight());
//   Future<int> total = graph.Run(system);
#ifndef SAMPO_STREAM_RUNNABLE_GRAPH_H_
#define SAMPO_STREAM_RUNNABLE_GRAPH_H_

#include <utility>

#include "sampo/stream/detail/blueprint.h"
#include "sampo/stream/materializer.h"

namespace sampo::stream {

template <class Mat>
class RunnableGraph {
 public:
  using MaterializedValue = Mat;
  explicit RunnableGraph(internal::BlueprintRef<Mat> blueprint, Attributes attributes = {})
      : blueprint_(std::move(blueprint)), attributes_(std::move(attributes)) {}

  // Starts it. Where the system does not start streams any more, what the value promises fails
  // with AbruptTermination or CANCELLED.
  Mat Run(const Materializer& materializer) const {
    internal::BuildContext context(materializer.WithAttributes(attributes_));
    internal::Ports ports;
    Mat value = blueprint_->Build(context, ports);
    (void)context.Start();  // its failure is in `value`
    return value;
  }
  template <class F>
  auto MapMaterializedValue(F f) const {
    using To = decltype(f(std::declval<Mat>()));
    return RunnableGraph<To>(
        internal::BlueprintRef<To>(new internal::MapMatNode<Mat, To, F>(blueprint_, std::move(f))),
        attributes_);
  }
  // For all of it, also for the actor that runs what no Async() has taken out.
  RunnableGraph WithAttributes(const Attributes& attributes) const {
    return RunnableGraph(blueprint_, attributes.Overlay(attributes_));
  }
  RunnableGraph Named(std::string_view name) const {
    return WithAttributes(Attributes().Name(name));
  }

  const internal::BlueprintRef<Mat>& blueprint() const { return blueprint_; }

 private:
  internal::BlueprintRef<Mat> blueprint_;
  Attributes attributes_;
};

}  // namespace sampo::stream

#endif  // SAMPO_STREAM_RUNNABLE_GRAPH_H_
