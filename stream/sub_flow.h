// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// SubFlow<Outer, In, Out>: a stream of substreams, where operators hold for each substream, until
// MergeSubstreams or ConcatSubstreams makes one stream of them, or To ends them.
//
// What operators of substreams materialize is dropped.
// Threads: a value; copies share the blueprint.
//
//   words.GroupBy(100, FirstLetter).Fold(0, CountOne).MergeSubstreams()
#ifndef SAMPO_STREAM_SUB_FLOW_H_
#define SAMPO_STREAM_SUB_FLOW_H_

#include <climits>
#include <utility>

#include "sampo/stream/detail/append.h"
#include "sampo/stream/flow.h"
#include "sampo/stream/ops/flatten.h"
#include "sampo/stream/sink.h"

namespace sampo::stream {
namespace internal {

// Runs each source through `flow` into `sink`, fused in its island.
template <class In, class Out>
class SubstreamsSinkLogic final : public SinkLogic<Source<In, NotUsed>> {
 public:
  SubstreamsSinkLogic(Flow<In, Out> flow, Sink<Out, NotUsed> sink)
      : flow_(std::move(flow)), sink_(std::move(sink)) {}
  void OnPush() override {
    RunFused(this, this->in_.Grab().Via(flow_).To(sink_).blueprint());
    this->in_.TryPull();
  }

 private:
  const Flow<In, Out> flow_;
  const Sink<Out, NotUsed> sink_;
};

}  // namespace internal

// Outer: the source, flow or SubFlow with elements Source<In>.
template <class Outer, class In, class Out>
class SubFlow : public FlowOps<SubFlow<Outer, In, Out>, Out> {
 public:
  using Element = Out;
  template <class U>
  using Rebind = SubFlow<Outer, In, U>;

  SubFlow(Outer outer, Flow<In, Out> flow) : outer_(std::move(outer)), flow_(std::move(flow)) {}

  // Each substream through `flow`.
  template <class U, class Mat>
  SubFlow<Outer, In, U> Via(const Flow<Out, U, Mat>& flow) const {
    return {outer_, flow_.Via(flow)};
  }
  // Elements of all substreams as they come.
  // Emits when: a substream has an element. Backpressures when: downstream does. Completes when:
  // upstream and all substreams have. Cancels when: downstream does. Tested by: group_by_test.cc.
  auto MergeSubstreams(SourceLocation where = SourceLocation::Current()) const {
    return Flatten<internal::FlattenOrder::kMerge>(INT_MAX, "mergeSubstreams", where);
  }
  // The same; at most `parallelism` substreams are run at a time.
  // Emits when: a substream has an element. Backpressures when: downstream does, or `parallelism`
  // substreams run. Completes when: upstream and all substreams have. Cancels when: downstream
  // does. Tested by: group_by_test.cc.
  auto MergeSubstreamsWithParallelism(int parallelism,
                                      SourceLocation where = SourceLocation::Current()) const {
    return Flatten<internal::FlattenOrder::kMerge>(parallelism, "mergeSubstreamsWithParallelism",
                                                   where);
  }
  // Substreams one after the other. Behind a GroupBy this stands still as soon as an element is for
  // a substream whose turn is not yet.
  // Emits when: the current substream has an element. Backpressures when: downstream does.
  // Completes when: upstream and all substreams have. Cancels when: downstream does. Tested by:
  // split_test.cc.
  auto ConcatSubstreams(SourceLocation where = SourceLocation::Current()) const {
    return Flatten<internal::FlattenOrder::kConcat>(1, "concatSubstreams", where);
  }
  // Each substream into its own materialization of `sink`, whose values are dropped.
  template <class Mat>
  auto To(const Sink<Out, Mat>& sink, SourceLocation where = SourceLocation::Current()) const {
    using Logic = internal::SubstreamsSinkLogic<In, Out>;
    Sink<Out, NotUsed> plain(internal::WithoutValue(sink.blueprint()));
    return outer_.To(Sink<Source<In, NotUsed>, NotUsed>(
        internal::MakeLogicStage<Logic>("substreams", where, flow_, std::move(plain))));
  }

  // For the families of operators.
  template <class U>
  SubFlow<Outer, In, U> Append(internal::BlueprintRef<NotUsed> flow) const {
    return {outer_, flow_.template Append<U>(std::move(flow))};
  }
  template <class U, class Mat2, class Combine>
  SubFlow<Outer, In, U> AppendMat(internal::BlueprintRef<Mat2> flow, Combine) const {
    return {outer_, flow_.template Append<U>(internal::WithoutValue(std::move(flow)))};
  }

 private:
  template <internal::FlattenOrder kOrder>
  auto Flatten(int breadth, const char* name, SourceLocation where) const {
    auto through = [flow = flow_](Source<In, NotUsed> substream) { return substream.Via(flow); };
    using Logic = internal::FlattenLogic<Source<In, NotUsed>, Out, decltype(through), kOrder>;
    return internal::AppendStage<Out, Logic>(outer_, name, where, breadth, std::move(through));
  }

  Outer outer_;
  Flow<In, Out> flow_;
};

}  // namespace sampo::stream

#endif  // SAMPO_STREAM_SUB_FLOW_H_
