// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// GraphBuilder: streams that are no chain: parts with any number of ports, connected as you like,
// also in cycles.
//
// Add imports sources, flows, sinks, junctions (ops/merge.h, ops/broadcast.h...) and stages of your
// own, and gives their ports. Build makes a stream that runs; BuildSource, BuildFlow, BuildSink,
// BuildBidiFlow, BuildFanIn and BuildFanOut make parts with ports left open. A cycle needs a place
// where demand is decoupled (a buffer, MergePreferred...), or it stands still. Threads: one. What
// is built is immutable, and the builder may go on.
//
//   GraphBuilder b;
//   auto numbers = b.Add(Source<int>::Range(1, 10));
//   auto broadcast = b.Add(Broadcast<int>(2));
//   auto zip = b.Add(Zip<int, int>());
//   auto pairs = b.Add(Sink<std::pair<int, int>>::Seq());
//   b.Connect(numbers.Out(), broadcast.In());
//   b.Connect(broadcast.Out(0), zip.In<0>());
//   b.Connect(broadcast.Out(1), zip.In<1>());
//   b.Connect(zip.Out(), pairs.In());
//   absl::StatusOr<RunnableGraph<Future<...>>> graph = b.Build(pairs.Value());
#ifndef SAMPO_STREAM_GRAPH_DSL_H_
#define SAMPO_STREAM_GRAPH_DSL_H_

#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "sampo/stream/bidi_flow.h"
#include "sampo/stream/detail/graph_plan.h"
#include "sampo/stream/flow.h"
#include "sampo/stream/runnable_graph.h"
#include "sampo/stream/shape.h"
#include "sampo/stream/sink.h"
#include "sampo/stream/source.h"
#include "sampo/stream/stage.h"

namespace sampo::stream {

// The materialized value of a part, for Build.
template <class Mat>
struct GraphValue {
  internal::PartRef at;
};

// A part in a graph: its ports, and its value.
template <class ShapeT, class Mat>
class GraphPartShape : public ShapeT {
 public:
  explicit GraphPartShape(internal::PartRef at) : ShapeT(at), value_{at} {}
  GraphValue<Mat> Value() const { return value_; }

 private:
  GraphValue<Mat> value_;
};

class GraphBuilder {
 public:
  using Where = SourceLocation;

  GraphBuilder() : plan_(internal::MakeRef<internal::GraphPlan>()) {}
  // Ports know their builder by its address.
  GraphBuilder(const GraphBuilder&) = delete;
  GraphBuilder& operator=(const GraphBuilder&) = delete;

  template <class Out, class Mat>
  GraphPartShape<SourceShape<Out>, Mat> Add(const Source<Out, Mat>& source,
                                            Where where = Where::Current()) {
    return AddPart<SourceShape<Out>>(source.blueprint(), 0, "source", where);
  }
  template <class In, class Out, class Mat>
  GraphPartShape<FlowShape<In, Out>, Mat> Add(const Flow<In, Out, Mat>& flow,
                                              Where where = Where::Current()) {
    return AddPart<FlowShape<In, Out>>(flow.blueprint(), 0, "flow", where);
  }
  template <class In, class Mat>
  GraphPartShape<SinkShape<In>, Mat> Add(const Sink<In, Mat>& sink,
                                         Where where = Where::Current()) {
    return AddPart<SinkShape<In>>(sink.blueprint(), 0, "sink", where);
  }
  template <class I1, class O1, class I2, class O2, class Mat>
  GraphPartShape<BidiShape<I1, O1, I2, O2>, Mat> Add(const BidiFlow<I1, O1, I2, O2, Mat>& bidi,
                                                     Where where = Where::Current()) {
    return AddPart<BidiShape<I1, O1, I2, O2>>(bidi.blueprint(), 0, "bidiFlow", where);
  }
  template <class ShapeT, class Mat>
  GraphPartShape<ShapeT, Mat> Add(const Graph<ShapeT, Mat>& graph, Where where = Where::Current()) {
    return AddPart<ShapeT>(graph.blueprint(), graph.count(), "graph", where);
  }
  // A stage of your own (stage.h).
  template <class Stage>
  requires internal::IsCustomStage<Stage>
  auto Add(Stage stage, Where where = Where::Current()) {
    return Add(internal::AsGraph(std::move(stage), where), where);
  }

  template <class T>
  void Connect(OutPort<T> out, InPort<T> in, Where where = Where::Current()) {
    plan_->Connect(out.erased(), in.erased(), where);
  }
  // Imports the source or sink whose value does not matter.
  template <class T, class Mat>
  void Connect(const Source<T, Mat>& source, InPort<T> in, Where where = Where::Current()) {
    Connect(Add(source, where).Out(), in, where);
  }
  template <class T, class Mat>
  void Connect(OutPort<T> out, const Sink<T, Mat>& sink, Where where = Where::Current()) {
    Connect(out, Add(sink, where).In(), where);
  }
  // The outlet behind `flow`.
  template <class T, class U, class Mat>
  OutPort<U> Via(OutPort<T> out, const Flow<T, U, Mat>& flow, Where where = Where::Current()) {
    auto part = Add(flow, where);
    Connect(out, part.In(), where);
    return part.Out();
  }

  // What all parts make, with the given ports left open. INVALID_ARGUMENT names the first port that
  // is not connected, or more than once, and the operators around it, with their file and line.
  // It materializes `values`: nothing, the one, a pair or a tuple.
  template <class... Mats>
  auto Build(GraphValue<Mats>... values) const {
    return Make<RunnableGraph<typename internal::ValueOf<Mats...>::Type>>({}, {}, values...);
  }
  template <class Out, class... Mats>
  auto BuildSource(OutPort<Out> out, GraphValue<Mats>... values) const {
    return Make<Source<Out, typename internal::ValueOf<Mats...>::Type>>({}, {out.erased()},
                                                                        values...);
  }
  template <class In, class Out, class... Mats>
  auto BuildFlow(InPort<In> in, OutPort<Out> out, GraphValue<Mats>... values) const {
    return Make<Flow<In, Out, typename internal::ValueOf<Mats...>::Type>>(
        {in.erased()}, {out.erased()}, values...);
  }
  template <class In, class... Mats>
  auto BuildSink(InPort<In> in, GraphValue<Mats>... values) const {
    return Make<Sink<In, typename internal::ValueOf<Mats...>::Type>>({in.erased()}, {}, values...);
  }
  template <class I1, class O1, class I2, class O2, class... Mats>
  auto BuildBidiFlow(InPort<I1> in1, OutPort<O1> out1, InPort<I2> in2, OutPort<O2> out2,
                     GraphValue<Mats>... values) const {
    return Make<BidiFlow<I1, O1, I2, O2, typename internal::ValueOf<Mats...>::Type>>(
        {in1.erased(), in2.erased()}, {out1.erased(), out2.erased()}, values...);
  }
  // Several inlets of one type, and an outlet.
  template <class In, class Out, class... Mats>
  auto BuildFanIn(const std::vector<InPort<In>>& ins, OutPort<Out> out,
                  GraphValue<Mats>... values) const {
    std::vector<internal::GraphPort> erased;
    for (const InPort<In>& in : ins) erased.push_back(in.erased());
    return MakeGraph<UniformFanInShape<In, Out>>(static_cast<int>(ins.size()), std::move(erased),
                                                 {out.erased()}, values...);
  }
  // An inlet, and several outlets of one type.
  template <class In, class Out, class... Mats>
  auto BuildFanOut(InPort<In> in, const std::vector<OutPort<Out>>& outs,
                   GraphValue<Mats>... values) const {
    std::vector<internal::GraphPort> erased;
    for (const OutPort<Out>& out : outs) erased.push_back(out.erased());
    return MakeGraph<UniformFanOutShape<In, Out>>(static_cast<int>(outs.size()), {in.erased()},
                                                  std::move(erased), values...);
  }

 private:
  template <class ShapeT, class Mat>
  GraphPartShape<ShapeT, Mat> AddPart(const internal::BlueprintRef<Mat>& blueprint, int count,
                                      const char* kind, Where where) {
    internal::PlanPart part{
        internal::Ref<const internal::GraphPart>(new internal::GraphPartOf<Mat>(blueprint)),
        ShapeT::InTypes(count), ShapeT::OutTypes(count), blueprint->InOrigin(),
        blueprint->OutOrigin()};
    return GraphPartShape<ShapeT, Mat>(
        internal::PartRef{this, plan_->Add(std::move(part), kind, where)});
  }
  // Seals a copy, so that the builder may go on.
  template <class... Mats>
  absl::StatusOr<internal::BlueprintRef<typename internal::ValueOf<Mats...>::Type>> Seal(
      std::vector<internal::GraphPort> ins, std::vector<internal::GraphPort> outs,
      GraphValue<Mats>... values) const {
    internal::Ref<internal::GraphPlan> plan = plan_->Clone();
    absl::Status sealed = plan->Seal(this, std::move(ins), std::move(outs));
    for (const internal::PartRef& at : std::vector<internal::PartRef>{values.at...}) {
      if (at.graph != this)
        sealed.Update(absl::InvalidArgumentError(
            "stream graph: a value of another graph's part is to be materialized"));
    }
    if (!sealed.ok()) return sealed;
    return internal::BlueprintRef<typename internal::ValueOf<Mats...>::Type>(
        new internal::PlanNode<Mats...>(internal::Ref<const internal::GraphPlan>(plan.get()),
                                        {values.at.part...}));
  }
  template <class Result, class... Mats>
  absl::StatusOr<Result> Make(std::vector<internal::GraphPort> ins,
                              std::vector<internal::GraphPort> outs,
                              GraphValue<Mats>... values) const {
    auto blueprint = Seal(std::move(ins), std::move(outs), values...);
    if (!blueprint.ok()) return blueprint.status();
    return Result(*std::move(blueprint));
  }
  template <class ShapeT, class... Mats>
  absl::StatusOr<Graph<ShapeT, typename internal::ValueOf<Mats...>::Type>> MakeGraph(
      int count, std::vector<internal::GraphPort> ins, std::vector<internal::GraphPort> outs,
      GraphValue<Mats>... values) const {
    auto blueprint = Seal(std::move(ins), std::move(outs), values...);
    if (!blueprint.ok()) return blueprint.status();
    return Graph<ShapeT, typename internal::ValueOf<Mats...>::Type>(*std::move(blueprint), count);
  }

  const internal::Ref<internal::GraphPlan> plan_;
};

}  // namespace sampo::stream

#endif  // SAMPO_STREAM_GRAPH_DSL_H_
