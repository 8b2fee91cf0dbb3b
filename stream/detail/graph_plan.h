// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// GraphPlan: the parts of a graph and how their ports are connected, and what is wrong with that.
//
// Threads: one while GraphBuilder fills it; immutable afterwards. Lifetime: counted, shared by the
// blueprints that were built of it.
#ifndef SAMPO_STREAM_DETAIL_GRAPH_PLAN_H_
#define SAMPO_STREAM_DETAIL_GRAPH_PLAN_H_

#include <memory>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "sampo/stream/detail/blueprint.h"
#include "sampo/stream/detail/ref_counted.h"
#include "sampo/stream/shape.h"

namespace sampo::stream::internal {

// A materialized value of any type.
class ValueBox {
 public:
  virtual ~ValueBox() = default;
};
template <class Mat>
class ValueBoxOf final : public ValueBox {
 public:
  explicit ValueBoxOf(Mat given) : value(std::move(given)) {}
  Mat value;
};

// A part's blueprint, whatever its value.
class GraphPart : public RefCounted {
 public:
  virtual std::unique_ptr<ValueBox> Build(BuildContext& context, Ports& ports) const = 0;
};
template <class Mat>
class GraphPartOf final : public GraphPart {
 public:
  explicit GraphPartOf(BlueprintRef<Mat> blueprint) : blueprint_(std::move(blueprint)) {}
  std::unique_ptr<ValueBox> Build(BuildContext& context, Ports& ports) const override {
    return std::make_unique<ValueBoxOf<Mat>>(blueprint_->Build(context, ports));
  }

 private:
  const BlueprintRef<Mat> blueprint_;
};

struct PlanPart {
  Ref<const GraphPart> part;
  ElementTypes ins;
  ElementTypes outs;
  Origin in_origin;   // the operator at its inlets
  Origin out_origin;  // the one at its outlets
};

struct PlanEdge {
  GraphPort out;
  GraphPort in;
  SourceLocation where;
};

class GraphPlan final : public RefCounted {
 public:
  Ref<GraphPlan> Clone() const;
  // Returns its number. `kind` and `where` name it where its blueprint does not.
  int Add(PlanPart part, const char* kind, SourceLocation where);
  // What is wrong is told by Seal.
  void Connect(GraphPort out, GraphPort in, SourceLocation where);
  // These stay open: the ports of what is built, in order. INVALID_ARGUMENT names the first port
  // that is not connected, or twice, or in another graph, and the operators around it.
  absl::Status Seal(const void* graph, std::vector<GraphPort> open_ins,
                    std::vector<GraphPort> open_outs);

  // Builds all parts and links them; the values in the order of the parts.
  std::vector<std::unique_ptr<ValueBox>> Build(BuildContext& context, Ports& ports) const;
  Origin InOrigin() const;
  Origin OutOrigin() const;

 private:
  // What a port is connected to: edges of the plan, or -1 for an open port of the whole.
  using Uses = std::vector<std::vector<std::vector<int>>>;  // by part and number

  bool IsPart(const void* graph, const GraphPort& port) const;
  std::string InName(const GraphPort& port) const;
  std::string OutName(const GraphPort& port) const;
  std::string InName(int part, size_t number) const;
  std::string OutName(int part, size_t number) const;
  absl::Status CheckPort(const void* graph, const GraphPort& port, bool is_in,
                         SourceLocation where) const;
  absl::Status CheckUses(const Uses& ins, const Uses& outs) const;
  std::string Surroundings(int part, const Uses& ins, const Uses& outs) const;

  std::vector<PlanPart> parts_;
  std::vector<PlanEdge> edges_;
  std::vector<GraphPort> open_ins_;
  std::vector<GraphPort> open_outs_;
};

// What a graph with these values materializes: nothing, the one, a pair, a tuple.
template <class... Mats>
struct ValueOf {
  using Type = std::tuple<Mats...>;
};
template <>
struct ValueOf<> {
  using Type = NotUsed;
};
template <class Mat>
struct ValueOf<Mat> {
  using Type = Mat;
};
template <class A, class B>
struct ValueOf<A, B> {
  using Type = std::pair<A, B>;
};

template <class... Mats>
class PlanNode final : public Blueprint<typename ValueOf<Mats...>::Type> {
 public:
  using Mat = typename ValueOf<Mats...>::Type;
  PlanNode(Ref<const GraphPlan> plan, std::vector<int> parts)
      : plan_(std::move(plan)), parts_(std::move(parts)) {}
  Origin InOrigin() const override { return plan_->InOrigin(); }
  Origin OutOrigin() const override { return plan_->OutOrigin(); }
  Mat Build(BuildContext& context, Ports& ports) const override {
    std::vector<std::unique_ptr<ValueBox>> values = plan_->Build(context, ports);
    return Collect(values, std::index_sequence_for<Mats...>());
  }

 private:
  template <size_t... kAt>
  Mat Collect(std::vector<std::unique_ptr<ValueBox>>& values, std::index_sequence<kAt...>) const {
    return Mat{Take<Mats>(*values[static_cast<size_t>(parts_[kAt])])...};
  }
  // A value may be named several times where it can be copied.
  template <class Value>
  static Value Take(ValueBox& box) {
    Value& value = static_cast<ValueBoxOf<Value>&>(box).value;
    if constexpr (std::is_copy_constructible_v<Value>) {
      return value;
    } else {
      return std::move(value);
    }
  }

  const Ref<const GraphPlan> plan_;
  const std::vector<int> parts_;
};

}  // namespace sampo::stream::internal

#endif  // SAMPO_STREAM_DETAIL_GRAPH_PLAN_H_
