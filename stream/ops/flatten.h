// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// The stages behind FlatMapConcat, FlatMapMerge and SwitchMap: they run a source for each element
// and give what those give.
//
// The sources run fused in the stage's own island. One element of each waits in its connection.
// Threads: as GraphStageLogic; functions are copied for each materialization.
//
//   ids.FlatMapMerge(/*breadth=*/4, [](int id) { return EventsOf(id); })
#ifndef SAMPO_STREAM_OPS_FLATTEN_H_
#define SAMPO_STREAM_OPS_FLATTEN_H_

#include <algorithm>
#include <memory>
#include <utility>

#include "sampo/actor/base/block_pool.h"
#include "sampo/stream/detail/junction.h"
#include "sampo/stream/detail/stage_report.h"
#include "sampo/stream/detail/stages.h"
#include "sampo/stream/substream.h"

namespace sampo::stream::internal {

// kMerge: elements as they come. kConcat: all of the first source, then of the second...; the
// others are started, and hold their first element ready.
enum class FlattenOrder : uint8_t { kMerge, kConcat };

// f(In) returns a source of Out.
template <class In, class Out, class F, FlattenOrder kOrder>
class FlattenLogic final : public FlowLogic<In, Out> {
 public:
  FlattenLogic(int breadth, F f) : breadth_(std::max(breadth, 1)), f_(std::move(f)) {}
  ~FlattenLogic() override {
    while (first_ != nullptr) Delete(*first_);
  }
  void PreStart() override { this->in_.Pull(); }
  void Describe(StageReport& report) const override {
    report.buffered = active_;
    report.buffer_size = breadth_;
  }

 private:
  struct Sub final : InHandler {
    explicit Sub(FlattenLogic* logic) : stage(logic), inlet(logic) { inlet.SetHandler(this); }
    static void* operator new(size_t bytes) { return AllocateBlock(bytes); }
    static void operator delete(void* block, size_t bytes) { FreeBlock(block, bytes); }
    void OnPush() override { stage->SubPushed(*this); }
    void OnUpstreamFinish() override {
      if (!inlet.IsAvailable()) stage->Remove(*this);
    }
    FlattenLogic* const stage;
    SubInlet<Out> inlet;
    Sub* previous = nullptr;
    Sub* next = nullptr;
    Sub* next_waiting = nullptr;
  };

  void OnPush() override {
    auto source = f_(this->in_.Grab());
    Sub* sub = new Sub(this);
    sub->previous = last_;
    (last_ != nullptr ? last_->next : first_) = sub;
    last_ = sub;
    ++active_;
    (void)sub->inlet.Run(source);
    sub->inlet.TryPull();
    if (active_ < breadth_) this->in_.TryPull();
  }
  void OnUpstreamFinish() override {
    if (active_ == 0) this->CompleteStage();
  }
  void OnPull() override {
    if (!waiting_.empty()) Give(waiting_.Pop());
  }

  void SubPushed(Sub& sub) {
    if (kOrder == FlattenOrder::kConcat && &sub != first_) return;
    if (this->out_.IsAvailable() && waiting_.empty()) {
      Give(sub);
    } else {
      waiting_.Push(sub);
    }
  }
  void Give(Sub& sub) {
    this->out_.Push(sub.inlet.Grab());
    if (!sub.inlet.IsClosed()) [[likely]] {
      sub.inlet.Pull();
    } else {
      Remove(sub);
    }
  }
  // A source has ended, and its last element was given.
  void Remove(Sub& sub) {
    const bool was_first = &sub == first_;
    const bool was_full = active_ == breadth_;
    Delete(sub);
    if (active_ == 0 && this->in_.IsClosed()) return this->CompleteStage();
    if (was_full) this->in_.TryPull();
    if (kOrder == FlattenOrder::kConcat && was_first && first_ != nullptr &&
        first_->inlet.IsAvailable()) {
      SubPushed(*first_);
    }
  }
  void Delete(Sub& sub) {
    (sub.previous != nullptr ? sub.previous->next : first_) = sub.next;
    (sub.next != nullptr ? sub.next->previous : last_) = sub.previous;
    --active_;
    delete &sub;
  }

  const int breadth_;
  [[no_unique_address]] F f_;
  int active_ = 0;
  Sub* first_ = nullptr;  // owned, in the order in which they began
  Sub* last_ = nullptr;
  WaitList<Sub> waiting_;  // with an element for the outlet
};

// f(In) returns a source of Out; the next one takes the place of the one before.
template <class In, class Out, class F>
class SwitchLogic final : public FlowLogic<In, Out> {
 public:
  explicit SwitchLogic(F f) : f_(std::move(f)) {}
  void PreStart() override { this->in_.Pull(); }

 private:
  struct Sub final : InHandler {
    explicit Sub(SwitchLogic* logic) : stage(logic), inlet(logic) { inlet.SetHandler(this); }
    static void* operator new(size_t bytes) { return AllocateBlock(bytes); }
    static void operator delete(void* block, size_t bytes) { FreeBlock(block, bytes); }
    void OnPush() override {
      if (stage->out_.IsAvailable()) stage->Give();
    }
    void OnUpstreamFinish() override {
      if (!inlet.IsAvailable()) stage->CurrentIsOver();
    }
    SwitchLogic* const stage;
    SubInlet<Out> inlet;
  };

  void OnPush() override {
    auto source = f_(this->in_.Grab());
    if (current_ != nullptr) current_->inlet.Cancel();
    current_.reset(new Sub(this));
    (void)current_->inlet.Run(source);
    current_->inlet.TryPull();
    this->in_.TryPull();
  }
  void OnUpstreamFinish() override {
    if (current_ == nullptr) this->CompleteStage();
  }
  void OnPull() override {
    if (current_ != nullptr && current_->inlet.IsAvailable()) Give();
  }
  void Give() {
    this->out_.Push(current_->inlet.Grab());
    if (current_->inlet.IsClosed()) return CurrentIsOver();
    current_->inlet.Pull();
  }
  void CurrentIsOver() {
    current_.reset();
    if (this->in_.IsClosed()) this->CompleteStage();
  }

  [[no_unique_address]] F f_;
  std::unique_ptr<Sub> current_;
};

}  // namespace sampo::stream::internal

#endif  // SAMPO_STREAM_OPS_FLATTEN_H_
