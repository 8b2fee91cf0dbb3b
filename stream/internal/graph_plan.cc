// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/stream/detail/graph_plan.h"

#include <utility>

#include "sampo/actor/base/str_cat.h"

namespace sampo::stream::internal {
namespace {

std::string PlaceOf(SourceLocation where) { return StrCat(where.file, ":", where.line); }

std::string NameOf(const Origin& origin) {
  if (origin.where.line == 0) return origin.name;
  return StrCat(origin.name, " (", PlaceOf(origin.where), ")");
}

std::string PortName(const char* side, size_t number, size_t count) {
  return count == 1 ? std::string(side) : StrCat(side, number);
}

}  // namespace

Ref<GraphPlan> GraphPlan::Clone() const {
  Ref<GraphPlan> clone = MakeRef<GraphPlan>();
  clone->parts_ = parts_;
  clone->edges_ = edges_;
  return clone;
}

int GraphPlan::Add(PlanPart part, const char* kind, SourceLocation where) {
  for (Origin* origin : {&part.in_origin, &part.out_origin}) {
    if (origin->name == nullptr) *origin = {kind, where};
  }
  parts_.push_back(std::move(part));
  return static_cast<int>(parts_.size()) - 1;
}

void GraphPlan::Connect(GraphPort out, GraphPort in, SourceLocation where) {
  edges_.push_back({out, in, where});
}

bool GraphPlan::IsPart(const void* graph, const GraphPort& port) const {
  return port.at.graph == graph && port.at.part >= 0 &&
         static_cast<size_t>(port.at.part) < parts_.size();
}

std::string GraphPlan::InName(int part, size_t number) const {
  const PlanPart& p = parts_[static_cast<size_t>(part)];
  return StrCat(PortName("in", number, p.ins.size()), " of ", NameOf(p.in_origin));
}
std::string GraphPlan::OutName(int part, size_t number) const {
  const PlanPart& p = parts_[static_cast<size_t>(part)];
  return StrCat(PortName("out", number, p.outs.size()), " of ", NameOf(p.out_origin));
}
std::string GraphPlan::InName(const GraphPort& port) const {
  return InName(port.at.part, static_cast<size_t>(port.number));
}
std::string GraphPlan::OutName(const GraphPort& port) const {
  return OutName(port.at.part, static_cast<size_t>(port.number));
}

absl::Status GraphPlan::CheckPort(const void* graph, const GraphPort& port, bool is_in,
                                  SourceLocation where) const {
  if (!IsPart(graph, port)) {
    return absl::InvalidArgumentError(
        StrCat("stream graph: a port of another graph is connected at ", PlaceOf(where),
               "; Add its part to this one"));
  }
  const PlanPart& part = parts_[static_cast<size_t>(port.at.part)];
  const ElementTypes& types = is_in ? part.ins : part.outs;
  if (port.number < 0 || static_cast<size_t>(port.number) >= types.size()) {
    return absl::InvalidArgumentError(
        StrCat("stream graph: ", NameOf(is_in ? part.in_origin : part.out_origin), " has ",
               types.size(), is_in ? " inlets" : " outlets", ", but number ", port.number,
               " is connected at ", PlaceOf(where)));
  }
  return absl::OkStatus();
}

absl::Status GraphPlan::Seal(const void* graph, std::vector<GraphPort> open_ins,
                             std::vector<GraphPort> open_outs) {
  open_ins_ = std::move(open_ins);
  open_outs_ = std::move(open_outs);
  Uses ins(parts_.size());
  Uses outs(parts_.size());
  for (size_t i = 0; i < parts_.size(); ++i) {
    ins[i].resize(parts_[i].ins.size());
    outs[i].resize(parts_[i].outs.size());
  }
  absl::Status status;
  auto use = [&](Uses& uses, const GraphPort& port, int edge, SourceLocation where) {
    const bool is_in = &uses == &ins;
    absl::Status checked = CheckPort(graph, port, is_in, where);
    if (checked.ok()) {
      uses[static_cast<size_t>(port.at.part)][static_cast<size_t>(port.number)].push_back(edge);
    }
    status.Update(checked);
  };
  for (size_t i = 0; i < edges_.size(); ++i) {
    use(outs, edges_[i].out, static_cast<int>(i), edges_[i].where);
    use(ins, edges_[i].in, static_cast<int>(i), edges_[i].where);
  }
  for (const GraphPort& port : open_ins_) use(ins, port, -1, {});
  for (const GraphPort& port : open_outs_) use(outs, port, -1, {});
  status.Update(status.ok() ? CheckUses(ins, outs) : status);
  return status;
}

absl::Status GraphPlan::CheckUses(const Uses& ins, const Uses& outs) const {
  for (size_t part = 0; part < parts_.size(); ++part) {
    for (const bool is_in : {true, false}) {
      const auto& ports = is_in ? ins[part] : outs[part];
      for (size_t number = 0; number < ports.size(); ++number) {
        if (ports[number].size() == 1) continue;
        const int at = static_cast<int>(part);
        std::string text =
            StrCat("stream graph: ", is_in ? InName(at, number) : OutName(at, number));
        if (ports[number].empty()) {
          text += " is not connected";
        } else {
          text += StrCat(" is connected ", ports[number].size(), " times");
        }
        return absl::InvalidArgumentError(StrCat(text, ". ", Surroundings(at, ins, outs)));
      }
    }
  }
  return absl::OkStatus();
}

std::string GraphPlan::Surroundings(int part, const Uses& ins, const Uses& outs) const {
  const PlanPart& p = parts_[static_cast<size_t>(part)];
  std::string text = "Around it:";
  const char* separator = " ";
  auto add = [&](const std::string& port, const char* arrow, const std::vector<int>& edges,
                 bool is_in) {
    if (edges.empty()) text += StrCat(std::exchange(separator, ", "), port, arrow, "nothing");
    for (int edge : edges) {
      text += StrCat(std::exchange(separator, ", "), port, arrow);
      if (edge < 0) {
        text += "open in what is built";
        continue;
      }
      const PlanEdge& e = edges_[static_cast<size_t>(edge)];
      text += StrCat(is_in ? OutName(e.out) : InName(e.in), " at ", PlaceOf(e.where));
    }
  };
  for (size_t i = 0; i < p.ins.size(); ++i) {
    add(PortName("in", i, p.ins.size()), " <- ", ins[static_cast<size_t>(part)][i], true);
  }
  for (size_t i = 0; i < p.outs.size(); ++i) {
    add(PortName("out", i, p.outs.size()), " -> ", outs[static_cast<size_t>(part)][i], false);
  }
  return text;
}

std::vector<std::unique_ptr<ValueBox>> GraphPlan::Build(BuildContext& context, Ports& ports) const {
  std::vector<std::unique_ptr<ValueBox>> values;
  std::vector<Ports> built(parts_.size());
  for (size_t i = 0; i < parts_.size(); ++i) {
    values.push_back(parts_[i].part->Build(context, built[i]));
  }
  auto in_of = [&](const GraphPort& port) {
    return built[static_cast<size_t>(port.at.part)].ins[static_cast<size_t>(port.number)];
  };
  auto out_of = [&](const GraphPort& port) {
    return built[static_cast<size_t>(port.at.part)].outs[static_cast<size_t>(port.number)];
  };
  for (const PlanEdge& edge : edges_) context.Link(out_of(edge.out), in_of(edge.in));
  for (const GraphPort& port : open_ins_) ports.ins.push_back(in_of(port));
  for (const GraphPort& port : open_outs_) ports.outs.push_back(out_of(port));
  return values;
}

Origin GraphPlan::InOrigin() const {
  if (open_ins_.empty()) return {};
  return parts_[static_cast<size_t>(open_ins_.front().at.part)].in_origin;
}
Origin GraphPlan::OutOrigin() const {
  if (open_outs_.empty()) return {};
  return parts_[static_cast<size_t>(open_outs_.front().at.part)].out_origin;
}

}  // namespace sampo::stream::internal
