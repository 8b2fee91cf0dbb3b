// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/stream/detail/build_context.h"

#include <utility>

#include "sampo/actor/base/check.h"
#include "sampo/stream/detail/blueprint.h"
#include "sampo/stream/detail/logic_access.h"
#include "sampo/stream/errors.h"

namespace sampo::stream::internal {

void CollectPorts(const GraphStageLogic* logic, Ports& ports) {
  for (InletBase* in = LogicAccess::FirstInlet(logic); in != nullptr; in = in->next_inlet) {
    ports.ins.push_back({in, -1});
  }
  for (OutletBase* out = LogicAccess::FirstOutlet(logic); out != nullptr; out = out->next_outlet) {
    ports.outs.push_back({out, -1});
  }
}

BuildContext::BuildContext(const Materializer& materializer)
    : run_(MakeRef<StreamRun>(materializer)),
      attributes_(MakeRef<AttributesBox>(materializer.attributes())) {
  islands_.push_back({MakeRef<Island>(run_, attributes_, 0), false});
}

BuildContext::BuildContext(Island& island, const SharedAttributes& attributes)
    : run_(&island.run()), attributes_(attributes) {
  islands_.push_back({Ref<Island>(&island), true});
  last_before_ = island.interpreter().last_logic();
}

BuildContext::~BuildContext() {
  // Pipe operators that were not wired belong to nobody else.
  for (PipeEnd& pipe : pipes_) delete pipe.op;
  // A function of the user has thrown while a part of a running island was built.
  if (!is_started_ && islands_.front().is_running) {
    islands_.front().island->interpreter().DropAfter(last_before_);
  }
}

void BuildContext::AddLogic(std::unique_ptr<GraphStageLogic> logic, const char* name,
                            SourceLocation where) {
  AddTo(current_, std::move(logic), name, where);
}

void BuildContext::AddTo(int island, std::unique_ptr<GraphStageLogic> logic, const char* name,
                         SourceLocation where) {
  LogicAccess::Describe(logic.get(), name, where, attributes_, ++stages_);
  islands_[static_cast<size_t>(island)].island->interpreter().AddLogic(std::move(logic));
}

OutRef BuildContext::AddPipe(PipeOperator* op, PipeEnd end, const char* name, SourceLocation where,
                             InRef* in) {
  if (op != nullptr) LogicAccess::Describe(op, name, where, attributes().decider());
  end.op = op;
  end.island = current_;
  pipes_.push_back(end);
  const int number = static_cast<int>(pipes_.size()) - 1;
  in->pipe = number;
  return OutRef{nullptr, number};
}

void BuildContext::AfterWiring(UniqueFunction<void()> call) {
  after_wiring_.push_back(std::move(call));
}

void BuildContext::Link(OutRef out, InRef in) {
  links_.push_back({out, in});
  if (out.pipe >= 0)
    pipes_[static_cast<size_t>(out.pipe)].link = static_cast<int>(links_.size()) - 1;
}

void BuildContext::PushAttributes(const Attributes& inner) {
  outer_attributes_.push_back(attributes_);
  attributes_ = MakeRef<AttributesBox>(attributes_->value.Overlay(inner));
}

void BuildContext::PopAttributes() {
  attributes_ = std::move(outer_attributes_.back());
  outer_attributes_.pop_back();
}

int BuildContext::PushIsland() {
  const int previous = current_;
  current_ = static_cast<int>(islands_.size());
  islands_.push_back({MakeRef<Island>(run_, attributes_, run_->NextIslandNumber()), false});
  return previous;
}

void BuildContext::PopIsland(int previous) { current_ = previous; }

int BuildContext::IslandOf(const GraphStageLogic* logic) const {
  const Island* island = &LogicAccess::InterpreterOf(logic)->island();
  for (size_t i = 0; i < islands_.size(); ++i) {
    if (islands_[i].island.get() == island) return static_cast<int>(i);
  }
  SAMPO_UNREACHABLE("a stage of another stream");
}

void BuildContext::Connect(OutletBase* outlet, PipeChain& pipes, InletBase* inlet) {
  Connection* connection = inlet->type()->make_slot();
  Interpreter* interpreter = LogicAccess::InterpreterOf(outlet->logic());
  void* target = interpreter->is_fuzzed() ? nullptr : inlet->in_place_target();
  bool direct = target == nullptr;  // to the slot itself
  if (direct) target = inlet->type()->slot_target(connection);
  for (size_t i = pipes.size(); i-- > 0;) {
    PipeEnd& pipe = pipes_[static_cast<size_t>(pipes[i])];
    if (pipe.op == nullptr) continue;  // a wire
    pipe.set_next(pipe.op, target);
    target = pipe.target;
    LogicAccess::Attach(pipe.op, connection, connection->first_operator);
    connection->first_operator = std::exchange(pipe.op, nullptr);
    direct = false;
  }
  interpreter->AddConnection(connection);
  outlet->Connect(connection, direct ? nullptr : target);
  inlet->Connect(connection);
  pipes.clear();
}

OutletBase* BuildContext::Cross(OutletBase* outlet, PipeChain& pipes, const ElementType* type,
                                int from, int to, InputBuffer buffer) {
  BoundaryStages boundary = MakeBoundary(type, *islands_[static_cast<size_t>(from)].island,
                                         *islands_[static_cast<size_t>(to)].island, buffer);
  const SourceLocation where = outlet->logic()->where();
  AddTo(from, std::move(boundary.out_stage), "async boundary (out)", where);
  AddTo(to, std::move(boundary.in_stage), "async boundary (in)", where);
  Connect(outlet, pipes, boundary.inlet);
  return boundary.outlet;
}

void BuildContext::Wire(const LinkState& link) {
  OutletBase* outlet = link.out.outlet;
  int island = IslandOf(outlet->logic());
  PipeChain way;
  InRef in = link.in;
  while (in.pipe >= 0) {
    way.push_back(in.pipe);
    const int next = pipes_[static_cast<size_t>(in.pipe)].link;
    SAMPO_CHECK(next >= 0, "a stream operator is linked to nothing");
    in = links_[static_cast<size_t>(next)].in;
  }
  // The buffer of a boundary is set where the elements are wanted.
  const InputBuffer buffer = LogicAccess::AttributesOf(in.inlet->logic())->value.input_buffer();
  PipeChain pipes;
  for (int number : way) {
    const PipeEnd& pipe = pipes_[static_cast<size_t>(number)];
    if (pipe.island != island && pipe.op != nullptr) {
      outlet = Cross(outlet, pipes, pipe.in, island, pipe.island, buffer);
      island = pipe.island;
    }
    pipes.push_back(number);
  }
  const int end = IslandOf(in.inlet->logic());
  if (end != island) outlet = Cross(outlet, pipes, in.inlet->type(), island, end, buffer);
  Connect(outlet, pipes, in.inlet);
}

absl::Status BuildContext::Start() {
  is_started_ = true;
  for (size_t i = 0; i < links_.size(); ++i) {
    if (links_[i].out.outlet != nullptr) Wire(links_[i]);
  }
  for (UniqueFunction<void()>& call : after_wiring_) call();
  absl::Status status;
  for (IslandState& state : islands_) {
    if (state.is_running) {
      state.island->interpreter().StartAdded();
    } else {
      // Not before: reports look at what is listed.
      run_->AddIsland(state.island.get());
      status.Update(run_->materializer().spawner().Spawn(state.island));
    }
  }
  return status;
}

}  // namespace sampo::stream::internal
