// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// GraphStage<Shape>: a stage of your own as a part for streams: makes a GraphStageLogic
// (graph_stage.h) for each materialization.
//
// The logic declares its ports in the order of the shape's; a logic with others aborts with words
// at its first materialization.
// Threads: immutable once in a stream; CreateLogic on the materializing thread.
//
//   struct Doubling final : GraphStage<FlowShape<int, int>> {
//     const char* name() const override { return "doubling"; }
//     std::unique_ptr<GraphStageLogic> CreateLogic(const Attributes&) const override {
//       return std::make_unique<Doubler>();
//     }
//   };
//   auto flow = Flow<int>::FromGraph(Doubling());
#ifndef SAMPO_STREAM_STAGE_H_
#define SAMPO_STREAM_STAGE_H_

#include <concepts>
#include <memory>
#include <utility>

#include "sampo/stream/attributes.h"
#include "sampo/stream/detail/blueprint.h"
#include "sampo/stream/graph_stage.h"
#include "sampo/stream/shape.h"

namespace sampo::stream {

// What both kinds of stages share.
template <class ShapeT>
class GraphStageBase {
 public:
  using Shape = ShapeT;
  virtual ~GraphStageBase() = default;
  // Static storage; for reports.
  virtual const char* name() const { return "stage"; }
  // The number of ports where the shape leaves it open.
  virtual int count() const { return 0; }
};

template <class ShapeT>
class GraphStage : public GraphStageBase<ShapeT> {
 public:
  using MaterializedValue = NotUsed;
  virtual std::unique_ptr<GraphStageLogic> CreateLogic(const Attributes& attributes) const = 0;
};

// A stage that materializes a value.
template <class ShapeT, class Mat>
class GraphStageWithValue : public GraphStageBase<ShapeT> {
 public:
  using MaterializedValue = Mat;
  virtual std::pair<std::unique_ptr<GraphStageLogic>, Mat> CreateLogicAndValue(
      const Attributes& attributes) const = 0;
};

namespace internal {

template <class Stage>
concept IsCustomStage = std::derived_from<Stage, GraphStageBase<typename Stage::Shape>>;

// Aborts where `logic` has not the ports of `ins` and `outs`.
void CheckPorts(const Ports& ports, const ElementTypes& ins, const ElementTypes& outs);

template <class Stage>
class CustomStageNode final : public Blueprint<typename Stage::MaterializedValue> {
 public:
  using Mat = typename Stage::MaterializedValue;
  CustomStageNode(Stage stage, SourceLocation where) : stage_(std::move(stage)), where_(where) {}
  Origin InOrigin() const override { return {stage_.name(), where_}; }
  Origin OutOrigin() const override { return {stage_.name(), where_}; }
  Mat Build(BuildContext& context, Ports& ports) const override {
    if constexpr (requires { stage_.CreateLogic(context.attributes()); }) {
      Place(context, stage_.CreateLogic(context.attributes()), ports);
      return Mat{};
    } else {
      auto [logic, value] = stage_.CreateLogicAndValue(context.attributes());
      Place(context, std::move(logic), ports);
      return std::move(value);
    }
  }

 private:
  void Place(BuildContext& context, std::unique_ptr<GraphStageLogic> logic, Ports& ports) const {
    Ports own;
    CollectPorts(context.Add(std::move(logic), stage_.name(), where_), own);
    CheckPorts(own, Stage::Shape::InTypes(stage_.count()), Stage::Shape::OutTypes(stage_.count()));
    for (InRef in : own.ins) ports.ins.push_back(in);
    for (OutRef out : own.outs) ports.outs.push_back(out);
  }
  const Stage stage_;
  const SourceLocation where_;
};

// A stage, or a graph already, as a graph.
template <class Stage>
requires IsCustomStage<Stage>
auto AsGraph(Stage stage, SourceLocation where) {
  using Mat = typename Stage::MaterializedValue;
  const int count = stage.count();
  return Graph<typename Stage::Shape, Mat>(
      BlueprintRef<Mat>(new CustomStageNode<Stage>(std::move(stage), where)), count);
}
template <class ShapeT, class Mat>
Graph<ShapeT, Mat> AsGraph(Graph<ShapeT, Mat> graph, SourceLocation) {
  return graph;
}

}  // namespace internal
}  // namespace sampo::stream

#endif  // SAMPO_STREAM_STAGE_H_
