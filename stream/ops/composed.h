// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// CombinedSources, CombinedSinks: one source of several, one sink of several; and sources, flows
// and sinks of stages and graphs of your own.
//
// Threads: values.
//
//   auto all = Source<int>::Combine(sources, [](int count) { return Merge<int>(count); });
#ifndef SAMPO_STREAM_OPS_COMPOSED_H_
#define SAMPO_STREAM_OPS_COMPOSED_H_

#include <type_traits>
#include <utility>
#include <vector>

#include "sampo/stream/detail/junction.h"
#include "sampo/stream/ops/merge.h"
#include "sampo/stream/ops/zip.h"
#include "sampo/stream/stage.h"

namespace sampo::stream {

template <class Out, class Mat>
class Source;
template <class In, class Out, class Mat>
class Flow;
template <class In, class Mat>
class Sink;

namespace internal {

// The blueprint in a graph of shape `Shape`, made of a stage or graph.
template <class Shape, class G>
auto BlueprintOfShape(const G& graph, SourceLocation where) {
  auto made = AsGraph(graph, where);
  static_assert(std::is_same_v<typename decltype(made)::Shape, Shape>,
                "Sampo: FromGraph of a graph with another shape, or other types of elements.");
  return made.blueprint();
}
template <class G>
using ValueOfGraph = typename G::MaterializedValue;

}  // namespace internal

template <class In, class Out>
class FlowsOfGraphs {
 public:
  // A stage or graph with an inlet and an outlet.
  template <class G>
  static Flow<In, Out, internal::ValueOfGraph<G>> FromGraph(
      const G& graph, SourceLocation where = SourceLocation::Current()) {
    return Flow<In, Out, internal::ValueOfGraph<G>>(
        internal::BlueprintOfShape<FlowShape<In, Out>>(graph, where));
  }
};

template <class Out>
class CombinedSources {
 public:
  // All `sources` at the inlets of make_junction(count): Merge, Concat, Interleave...
  // Emits when: the junction does. Backpressures when: downstream does. Completes when: the
  // junction does. Cancels when: downstream does. Tested by: composed_test.cc.
  template <class T, class Mat, class MakeJunction>
  static Source<Out, NotUsed> Combine(const std::vector<Source<T, Mat>>& sources,
                                      MakeJunction make_junction) {
    auto junction = make_junction(static_cast<int>(sources.size()));
    return Source<Out, NotUsed>(
        internal::AttachAll(junction.blueprint(), internal::BlueprintsOf(sources), 0));
  }
  // make(std::vector<T>) of one element of each.
  // Emits when: all inputs have an element. Backpressures when: downstream does. Completes when:
  // one input has. Cancels when: downstream does. Tested by: composed_test.cc.
  template <class T, class Mat, class F>
  static Source<Out, NotUsed> ZipWithN(const std::vector<Source<T, Mat>>& sources, F make,
                                       SourceLocation where = SourceLocation::Current()) {
    return Combine(sources, [&](int count) { return stream::ZipWithN<T>(count, make, where); });
  }
  // Vectors of one element of each: Source<std::vector<T>>::ZipN(sources).
  // Emits when: all inputs have an element. Backpressures when: downstream does. Completes when:
  // one input has. Cancels when: downstream does. Tested by: composed_test.cc.
  template <class T, class Mat>
  static Source<Out, NotUsed> ZipN(const std::vector<Source<T, Mat>>& sources,
                                   SourceLocation where = SourceLocation::Current()) {
    return Combine(sources, [&](int count) { return stream::ZipN<T>(count, where); });
  }
  // All `sources`, each with its priority: see MergePrioritized.
  // Emits when: one of the inputs has an element. Backpressures when: downstream does. Completes
  // when: all inputs have, with `eager_complete` when one has. Cancels when: downstream does.
  // Tested by: composed_test.cc.
  template <class Mat>
  static Source<Out, NotUsed> MergePrioritizedN(
      const std::vector<std::pair<Source<Out, Mat>, int>>& sources, bool eager_complete = false,
      SourceLocation where = SourceLocation::Current()) {
    std::vector<int> priorities;
    std::vector<Source<Out, Mat>> plain;
    for (const auto& [source, priority] : sources) {
      plain.push_back(source);
      priorities.push_back(priority);
    }
    return Combine(plain, [&](int) {
      return stream::MergePrioritized<Out>(priorities, eager_complete, where);
    });
  }
  // A stage or graph with an outlet.
  template <class G>
  static Source<Out, internal::ValueOfGraph<G>> FromGraph(
      const G& graph, SourceLocation where = SourceLocation::Current()) {
    return Source<Out, internal::ValueOfGraph<G>>(
        internal::BlueprintOfShape<SourceShape<Out>>(graph, where));
  }
};

template <class In>
class CombinedSinks {
 public:
  // All `sinks` at the outlets of make_junction(count): Broadcast, Balance, Partition.
  // Backpressures when: the junction does. Cancels when: the junction does.
  // Tested by: composed_test.cc.
  template <class Mat, class MakeJunction>
  static Sink<In, NotUsed> Combine(const std::vector<Sink<In, Mat>>& sinks,
                                   MakeJunction make_junction) {
    auto junction = make_junction(static_cast<int>(sinks.size()));
    return Sink<In, NotUsed>(
        internal::AttachAll(junction.blueprint(), internal::BlueprintsOf(sinks), 0));
  }
  // A stage or graph with an inlet.
  template <class G>
  static Sink<In, internal::ValueOfGraph<G>> FromGraph(
      const G& graph, SourceLocation where = SourceLocation::Current()) {
    return Sink<In, internal::ValueOfGraph<G>>(
        internal::BlueprintOfShape<SinkShape<In>>(graph, where));
  }
};

}  // namespace sampo::stream

#endif  // SAMPO_STREAM_OPS_COMPOSED_H_
