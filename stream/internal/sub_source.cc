// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/stream/detail/sub_source.h"

#include <memory>
#include <utility>

#include "sampo/stream/detail/async_callback.h"
#include "sampo/stream/detail/island.h"
#include "sampo/stream/detail/logic_access.h"
#include "sampo/stream/errors.h"

namespace sampo::stream::internal {
namespace {

// Ends at once, well or not.
class EndedLogic final : public GraphStageLogic, OutHandler {
 public:
  EndedLogic(const ElementType* type, absl::Status end)
      : out_(type->make_outlet(this)), end_(std::move(end)) {
    out_->SetHandler(this);
  }
  void PreStart() override {
    if (end_.ok()) return CompleteStage();
    FailStage(end_);
  }
  OutletBase* out() { return out_.get(); }

 private:
  void OnPull() override {}
  const std::unique_ptr<OutletBase> out_;
  const absl::Status end_;
};

}  // namespace

Island& IslandOf(const GraphStageLogic* stage) {
  return LogicAccess::InterpreterOf(stage)->island();
}
const SharedAttributes& AttributesOf(const GraphStageLogic* stage) {
  return LogicAccess::AttributesOf(stage);
}

SubSourceState::SubSourceState(GraphStageLogic* stage, OutletBase* outlet)
    : outlet_(outlet), island_(&IslandOf(stage)) {}

bool SubSourceState::Take() {
  std::lock_guard guard(mutex_);
  return !std::exchange(is_taken_, true);
}

bool SubSourceState::Refuse(absl::Status why) {
  std::lock_guard guard(mutex_);
  if (std::exchange(is_taken_, true)) return false;
  refusal_ = std::move(why);
  return true;
}

void SubSourceState::EndEarly(absl::Status end) {
  std::lock_guard guard(mutex_);
  end_ = std::move(end);
}

void SubSourceState::Close() {
  std::lock_guard guard(mutex_);
  outlet_ = nullptr;
  is_gone_ = true;
}

absl::Status SubSourceState::EndOfGone() {
  std::lock_guard guard(mutex_);
  if (end_) return *end_;
  return absl::CancelledError("stream: the stage of a substream has ended");
}

OutRef SubSourceState::Ended(BuildContext& context, const ElementType* type, absl::Status end) {
  auto* logic = new EndedLogic(type, std::move(end));
  context.Add(std::unique_ptr<GraphStageLogic>(logic), "substream", {});
  return {logic->out(), -1};
}

// The way to the outlet's island. Where it gets lost with the island, the subscriber gets the end
// that the outlet has come to.
struct SubSourceState::PendingAttach {
  PendingAttach(Ref<SubSourceState> to, BoundaryStages& boundary)
      : state(std::move(to)), stage(std::move(boundary.out_stage)), inlet(boundary.inlet) {}
  PendingAttach(PendingAttach&&) = default;
  ~PendingAttach() {
    if (stage != nullptr) EndUnstarted(*stage, state->EndOfGone());
  }
  void operator()() {
    if (state->outlet_ == nullptr) return;
    state->island_->interpreter().RunInStage(state->outlet_->logic(),
                                             [this] { state->Attach(std::move(stage), inlet); });
  }
  Ref<SubSourceState> state;
  std::unique_ptr<GraphStageLogic> stage;
  InletBase* inlet;
};

OutRef SubSourceState::Subscribe(BuildContext& context, const ElementType* type) {
  bool is_gone;
  {
    std::lock_guard guard(mutex_);
    if (std::exchange(is_taken_, true)) {
      return Ended(context, type,
                   !refusal_.ok() ? refusal_
                                  : absl::FailedPreconditionError(
                                        "stream: the source of a substream can be run once, and "
                                        "was run before"));
    }
    is_gone = is_gone_;
  }
  if (is_gone) return Ended(context, type, EndOfGone());
  if (context.BuildsInto(*island_)) {
    context.AfterWiring([self = Ref<SubSourceState>(this)] { self->PassEarlyEnd(); });
    return {outlet_, -1};
  }
  BoundaryStages boundary =
      MakeBoundary(type, *island_, context.island(), context.attributes().input_buffer());
  context.Add(std::move(boundary.in_stage), "substream", {});
  island_->Post(PendingAttach(Ref<SubSourceState>(this), boundary));
  return {boundary.outlet, -1};
}

void SubSourceState::Attach(std::unique_ptr<GraphStageLogic> out_stage, InletBase* inlet) {
  BuildContext context(*island_, AttributesOf(outlet_->logic()));
  context.Add(std::move(out_stage), "substream", {});
  context.Link({outlet_, -1}, {inlet, -1});
  (void)context.Start();  // nothing to spawn
  PassEarlyEnd();
}

void SubSourceState::PassEarlyEnd() {
  if (!end_) return;
  if (end_->ok()) {
    outlet_->Complete();
  } else {
    outlet_->Fail(*end_);
  }
}

}  // namespace sampo::stream::internal
