// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/stream/detail/blueprint.h"

#include <cstring>

#include "sampo/stream/detail/port_list.h"

namespace sampo::stream::internal {

void* GrowPorts(void* from, bool owned, size_t used, size_t bytes) {
  void* grown = ::operator new(bytes);
  std::memcpy(grown, from, used);
  if (owned) FreePorts(from);
  return grown;
}

void FreePorts(void* memory) { ::operator delete(memory); }

Origin LogicNode::InOrigin() const { return {name_, where_}; }
Origin LogicNode::OutOrigin() const { return {name_, where_}; }
NotUsed LogicNode::Build(BuildContext& context, Ports& ports) const {
  CollectPorts(context.Add(Make(), name_, where_), ports);
  return {};
}

Origin PipeNode::InOrigin() const { return {name_, where_}; }
Origin PipeNode::OutOrigin() const { return {name_, where_}; }
NotUsed PipeNode::Build(BuildContext& context, Ports& ports) const {
  BuildPipe(Make(), name_, where_, context, ports);
  return {};
}

void BuildPipe(const PipeEnd& end, const char* name, SourceLocation where, BuildContext& context,
               Ports& ports) {
  InRef in;
  OutRef out = context.AddPipe(end.op, end, name, where, &in);
  ports.ins.push_back(in);
  ports.outs.push_back(out);
}

void LinkInOrder(BuildContext& context, Ports& left, Ports& right, Ports& ports) {
  context.Link(left.outs.front(), right.ins.front());
  for (InRef in : left.ins) ports.ins.push_back(in);
  for (OutRef out : right.outs) ports.outs.push_back(out);
}

template class AppendNode<NotUsed>;
BlueprintRef<NotUsed> MakeAppend(const BlueprintRef<NotUsed>& left, BlueprintRef<NotUsed> right) {
  return BlueprintRef<NotUsed>(new AppendNode<NotUsed>(left, std::move(right)));
}

AppendChain::AppendChain() = default;
AppendChain::~AppendChain() = default;

void AppendChain::Add(const Blueprint<NotUsed>* right) { rights_.push_back(right); }

void AppendChain::Build(BuildContext& context, Ports& left, Ports& ports) const {
  OutRef out = left.outs.front();
  for (size_t i = rights_.size(); i-- > 0;) {
    Ports right;
    rights_[i]->Build(context, right);
    context.Link(out, right.ins.front());
    if (!right.outs.empty()) out = right.outs.front();
    if (i > 0) continue;
    for (OutRef last : right.outs) ports.outs.push_back(last);
  }
  for (InRef in : left.ins) ports.ins.push_back(in);
}

}  // namespace sampo::stream::internal
