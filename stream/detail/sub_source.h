// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// SubSourceState: the way from a source that a SubOutlet offers to the outlet, from wherever it is
// run: directly where that is the same island, through an asynchronous boundary elsewhere.
//
// Threads: Take and Subscribe from any; the outlet itself on its stage's turn.
#ifndef SAMPO_STREAM_DETAIL_SUB_SOURCE_H_
#define SAMPO_STREAM_DETAIL_SUB_SOURCE_H_

#include <memory>
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
  SubSourceState(GraphStageLogic* stage, OutletBase* outlet);

  // True for the first who takes it.
  bool Take();
  // Takes it, so that whoever comes later fails with `why`.
  bool Refuse(absl::Status why);
  // What the outlet ends with, before anybody has subscribed. The stage's turn, like what follows.
  void EndEarly(absl::Status end);
  bool has_ended() const { return end_.has_value(); }
  // The outlet is gone.
  void Close();
  // Adds what gives this outlet's elements to `context`.
  OutRef Subscribe(BuildContext& context, const ElementType* type);

 private:
  struct PendingAttach;

  // A stage that ends at once, as `end` says.
  static OutRef Ended(BuildContext& context, const ElementType* type, absl::Status end);
  // What there is for whoever comes when the outlet is gone.
  absl::Status EndOfGone();
  // On the stage's turn: links the outlet.
  void Attach(std::unique_ptr<GraphStageLogic> out_stage, InletBase* inlet);
  void PassEarlyEnd();

  OutletBase* outlet_;  // null when gone; the stage's turn alone
  const Ref<Island> island_;
  std::mutex mutex_;
  bool is_taken_ = false;  // these under the mutex
  bool is_gone_ = false;
  absl::Status refusal_;
  std::optional<absl::Status> end_;  // written on the stage's turn, which reads it without
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
