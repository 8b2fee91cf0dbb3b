// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// SubSourceState: the way from a source that a SubOutlet offers to the outlet, from wherever it is
// run: directly where that is the same island, through an asynchronous boundary elsewhere.
//
// Threads: Take and Subscribe from any; the outlet itself on its stage's turn.
#ifndef SAMPO_STREAM_DETAIL_SUB_SOURCE_H_
#define SAMPO_STREAM_DETAIL_SUB_SOURCE_H_

#include <atomic>
#include <mutex>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "sampo/stream/detail/blueprint.h"
#include "sampo/stream/detail/build_context.h"
#include "sampo/stream/detail/ref_counted.h"
#include "sampo/stream/graph_stage.h"

namespace sampo::stream::internal {

Island& IslandOf(const GraphStageLogic* stage);
const SharedAttributes& AttributesOf(const GraphStageLogic* stage);

class SubSourceState final : public RefCounted {
 public:
  SubSourceState(GraphStageLogic* stage, OutletBase* outlet,
                 std::optional<absl::Status>* early_end);

  // True for the first who takes it.
  bool Take() { return !taken_.exchange(true, std::memory_order_acq_rel); }
  void set_refusal(absl::Status why) {
    std::lock_guard guard(mutex_);
    refusal_ = std::move(why);
  }
  // The outlet is gone.
  void Close() { outlet_ = nullptr; }
  // Adds what gives this outlet's elements to `context`.
  OutRef Subscribe(BuildContext& context, const ElementType* type);

 private:
  OutRef Refused(BuildContext& context, const ElementType* type);
  void EndEarly();
  // On the stage's turn: links the outlet, or tells the end that it has come to.
  void Attach(std::unique_ptr<GraphStageLogic> out_stage, InletBase* inlet);

  OutletBase* outlet_;                       // null when gone; the stage's turn alone
  std::optional<absl::Status>* early_end_;   // likewise
  const Ref<AsyncTarget> target_;
  const Ref<Island> island_;
  std::atomic<bool> taken_{false};
  std::mutex mutex_;
  absl::Status refusal_;
};

template <class T>
class SubSourceNode final : public Blueprint<NotUsed> {
 public:
  explicit SubSourceNode(Ref<SubSourceState> state) : state_(std::move(state)) {}
  NotUsed Build(BuildContext& context, Ports& ports) const override {
    ports.outs.push_back(state_->Subscribe(context, &kElementType<T>));
    return {};
  }

 private:
  const Ref<SubSourceState> state_;
};

}  // namespace sampo::stream::internal

#endif  // SAMPO_STREAM_DETAIL_SUB_SOURCE_H_
