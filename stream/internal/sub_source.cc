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

// Fails at once.
class RefusalLogic final : public GraphStageLogic, OutHandler {
 public:
  RefusalLogic(const ElementType* type, absl::Status why)
      : out_(type->make_outlet(this)), why_(std::move(why)) {
    out_->SetHandler(this);
  }
  void PreStart() override { FailStage(why_); }
  OutletBase* out() { return out_.get(); }

 private:
  void OnPull() override {}
  const std::unique_ptr<OutletBase> out_;
  const absl::Status why_;
};

}  // namespace

Island& IslandOf(const GraphStageLogic* stage) {
  return LogicAccess::InterpreterOf(stage)->island();
}
const SharedAttributes& AttributesOf(const GraphStageLogic* stage) {
  return LogicAccess::AttributesOf(stage);
}

SubSourceState::SubSourceState(GraphStageLogic* stage, OutletBase* outlet,
                               std::optional<absl::Status>* early_end)
    : outlet_(outlet),
      early_end_(early_end),
      target_(LogicAccess::EnsureAsyncTarget(stage)),
      island_(&IslandOf(stage)) {}

OutRef SubSourceState::Refused(BuildContext& context, const ElementType* type) {
  absl::Status why;
  {
    std::lock_guard guard(mutex_);
    why = refusal_;
  }
  if (why.ok()) {
    why = absl::FailedPreconditionError(
        "stream: the source of a substream can be run once, and was run before");
  }
  auto* logic = context.Add(std::make_unique<RefusalLogic>(type, why), "substream", {});
  return {logic->out(), -1};
}

OutRef SubSourceState::Subscribe(BuildContext& context, const ElementType* type) {
  if (!Take()) return Refused(context, type);
  if (context.BuildsInto(*island_)) {
    if (outlet_ == nullptr) {
      set_refusal(absl::CancelledError("stream: the stage of a substream has ended"));
      return Refused(context, type);
    }
    context.AfterWiring([self = Ref<SubSourceState>(this)] { self->EndEarly(); });
    return {outlet_, -1};
  }
  BoundaryStages boundary =
      MakeBoundary(type, *island_, context.island(), context.attributes().input_buffer());
  context.Add(std::move(boundary.in_stage), "substream", {});
  target_->Post([self = Ref<SubSourceState>(this), stage = std::move(boundary.out_stage),
                 inlet = boundary.inlet]() mutable { self->Attach(std::move(stage), inlet); });
  return {boundary.outlet, -1};
}

void SubSourceState::Attach(std::unique_ptr<GraphStageLogic> out_stage, InletBase* inlet) {
  if (outlet_ == nullptr) return;  // the stage's end tells the other side
  BuildContext context(*island_, AttributesOf(outlet_->logic()));
  context.Add(std::move(out_stage), "substream", {});
  context.Link({outlet_, -1}, {inlet, -1});
  (void)context.Start();  // nothing to spawn
  EndEarly();
}

void SubSourceState::EndEarly() {
  if (!early_end_->has_value()) return;
  if ((*early_end_)->ok()) {
    outlet_->Complete();
  } else {
    outlet_->Fail(**early_end_);
  }
}

}  // namespace sampo::stream::internal
