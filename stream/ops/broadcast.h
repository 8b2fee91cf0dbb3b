// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Broadcast, Balance, Partition: junctions that give the elements of one inlet to several outlets.
//
// An element that cannot go on yet waits in its connection, so nothing is buffered here.
// Threads: as GraphStageLogic; functions are copied for each materialization.
//
//   auto broadcast = b.Add(Broadcast<int>(2));
#ifndef SAMPO_STREAM_OPS_BROADCAST_H_
#define SAMPO_STREAM_OPS_BROADCAST_H_

#include <cstdint>
#include <deque>
#include <utility>
#include <vector>

#include "sampo/actor/base/str_cat.h"
#include "sampo/stream/detail/junction.h"

namespace sampo::stream {
namespace internal {

// Which outlets' cancellation ends the stage at once: none, any, or that of outlet 0. The last one
// always does.
enum class EagerCancel : uint8_t { kNever, kAny, kFirst };

// What fan-outs share: the inlet, the outlets, and how many of them are still wanted.
template <class T, class Derived>
class FanOutLogic : public GraphStageLogic, public InHandler {
 public:
  using Out = NumberedOutlet<T, Derived>;
  FanOutLogic(Derived* self, int outlets, EagerCancel eager)
      : outs_(MakePorts<Out>(self, outlets)), running_(outlets), eager_(eager) {
    in_.SetHandler(this);
  }

 protected:
  // An outlet was cancelled. True: the stage goes on without it.
  bool GoesOn(const Out& out, const absl::Status& cause) {
    --running_;
    if (running_ > 0 && eager_ != EagerCancel::kAny &&
        (eager_ != EagerCancel::kFirst || out.number > 0)) {
      return true;
    }
    CancelStage(cause);
    return false;
  }
  void PullIn() {
    if (!in_.IsClosed() && !in_.HasBeenPulled()) in_.Pull();
  }

  Inlet<T> in_{this, "in"};
  std::deque<Out> outs_;
  int running_;  // outlets that were not cancelled

 private:
  const EagerCancel eager_;
};

template <class T>
class BroadcastLogic final : public FanOutLogic<T, BroadcastLogic<T>> {
 public:
  using Base = FanOutLogic<T, BroadcastLogic<T>>;
  using Out = typename Base::Out;
  BroadcastLogic(int outlets, EagerCancel eager) : Base(this, outlets, eager), missing_(outlets) {}

  void OnPull(Out& out) {
    out.has_demand = true;
    if (--missing_ == 0) this->PullIn();
  }
  void OnCancel(Out& out, const absl::Status& cause) {
    if (!this->GoesOn(out, cause)) return;
    if (!out.has_demand && --missing_ == 0) this->PullIn();
  }

 private:
  void OnPush() override {
    T element = this->in_.Grab();
    missing_ = this->running_;
    Out* last = nullptr;  // gets the element itself, the others copies
    for (Out& out : this->outs_) {
      if (out.outlet.IsClosed()) continue;
      out.has_demand = false;
      if (last != nullptr) last->outlet.Push(T(element));
      last = &out;
    }
    if (last != nullptr) last->outlet.Push(std::move(element));
  }
  int missing_;  // outlets that have not asked yet
};

template <class T>
class BalanceLogic final : public FanOutLogic<T, BalanceLogic<T>> {
 public:
  using Base = FanOutLogic<T, BalanceLogic<T>>;
  using Out = typename Base::Out;
  BalanceLogic(int outlets, bool wait_for_all, EagerCancel eager)
      : Base(this, outlets, eager),
        has_asked_(static_cast<size_t>(outlets), false),
        missing_(wait_for_all ? outlets : 0) {}

  void OnPull(Out& out) {
    wanted_.Push(out);
    Asked(out);
    if (missing_ == 0) this->PullIn();
  }
  void OnCancel(Out& out, const absl::Status& cause) {
    if (!this->GoesOn(out, cause)) return;
    wanted_.Remove(out);
    const bool was_missing = missing_ > 0;
    Asked(out);
    if (was_missing && missing_ == 0 && !wanted_.empty()) this->PullIn();
    if (this->in_.IsAvailable() && !wanted_.empty()) OnPush();
  }

 private:
  void Asked(Out& out) {
    if (missing_ == 0 || has_asked_[static_cast<size_t>(out.number)]) return;
    has_asked_[static_cast<size_t>(out.number)] = true;
    --missing_;
  }
  void OnPush() override {
    if (wanted_.empty()) return;  // the one who asked has cancelled
    wanted_.Pop().outlet.Push(this->in_.Grab());
    if (this->in_.IsClosed()) return this->CompleteStage();
    if (!wanted_.empty()) this->PullIn();
  }
  void OnUpstreamFinish() override {
    if (!this->in_.IsAvailable()) this->CompleteStage();
  }

  WaitList<Out> wanted_;         // outlets with demand, the oldest first
  std::vector<bool> has_asked_;  // while missing_ > 0
  int missing_;                  // outlets whose first demand is waited for
};

// F: the number of the outlet that a const T& is for.
template <class T, class F>
class PartitionLogic final : public FanOutLogic<T, PartitionLogic<T, F>> {
 public:
  using Base = FanOutLogic<T, PartitionLogic<T, F>>;
  using Out = typename Base::Out;
  PartitionLogic(int outlets, F f, EagerCancel eager)
      : Base(this, outlets, eager), f_(std::move(f)) {}

  void OnPull(Out& out) {
    if (chosen_ == nullptr) return this->PullIn();
    if (chosen_ == &out) Give();
  }
  void OnCancel(Out& out, const absl::Status& cause) {
    if (!this->GoesOn(out, cause) || chosen_ != &out) return;
    (void)this->in_.Grab();
    Next();
  }

 private:
  void OnPush() override {
    const auto number = f_(std::as_const(this->in_.Peek()));
    if (number < 0 || static_cast<size_t>(number) >= this->outs_.size()) {
      return this->FailStage(
          absl::OutOfRangeError(StrCat("stream partition: outlet ", static_cast<int64_t>(number),
                                       " of ", this->outs_.size(), " was chosen")));
    }
    chosen_ = &this->outs_[static_cast<size_t>(number)];
    if (chosen_->outlet.IsClosed()) {
      (void)this->in_.Grab();
      Next();
    } else if (chosen_->outlet.IsAvailable()) {
      Give();
    }
  }
  void OnUpstreamFinish() override {
    if (chosen_ == nullptr) this->CompleteStage();
  }
  void Give() {
    chosen_->outlet.Push(this->in_.Grab());
    Next();
  }
  void Next() {
    chosen_ = nullptr;
    if (this->in_.IsClosed()) return this->CompleteStage();
    for (Out& out : this->outs_) {
      if (out.outlet.IsAvailable()) return this->PullIn();
    }
  }

  [[no_unique_address]] F f_;
  Out* chosen_ = nullptr;  // who gets the element that waits
};

inline EagerCancel AnyIf(bool eager) { return eager ? EagerCancel::kAny : EagerCancel::kNever; }

}  // namespace internal

// Each element to all of `outlets` outlets, when all of them want one.
// Emits when: all outlets have demand. Backpressures when: one of the outlets does. Completes when:
// upstream does. Cancels when: all outlets are cancelled, with `eager_cancel` when one is.
// Tested by: fan_out_test.cc.
template <class T>
Graph<UniformFanOutShape<T, T>> Broadcast(int outlets, bool eager_cancel = false,
                                          SourceLocation where = SourceLocation::Current()) {
  return internal::MakeJunction<UniformFanOutShape<T, T>, internal::BroadcastLogic<T>>(
      "broadcast", outlets, where, outlets, internal::AnyIf(eager_cancel));
}

// Each element to the one of `outlets` outlets that has wanted one for the longest time. With
// `wait_for_all`, not before all have asked once.
// Emits when: one of the outlets has demand. Backpressures when: all outlets do. Completes when:
// upstream does. Cancels when: all outlets are cancelled, with `eager_cancel` when one is.
// Tested by: fan_out_test.cc.
template <class T>
Graph<UniformFanOutShape<T, T>> Balance(int outlets, bool wait_for_all = false,
                                        bool eager_cancel = false,
                                        SourceLocation where = SourceLocation::Current()) {
  return internal::MakeJunction<UniformFanOutShape<T, T>, internal::BalanceLogic<T>>(
      "balance", outlets, where, outlets, wait_for_all, internal::AnyIf(eager_cancel));
}

// Each element to the outlet whose number is choose(const T&). What is for a cancelled outlet is
// dropped; a number that is none fails with OUT_OF_RANGE.
// Emits when: the outlet an element is for has demand. Backpressures when: that outlet does.
// Completes when: upstream does. Cancels when: all outlets are cancelled, with `eager_cancel` when
// one is. Tested by: fan_out_test.cc.
template <class T, class F>
Graph<UniformFanOutShape<T, T>> Partition(int outlets, F choose, bool eager_cancel = false,
                                          SourceLocation where = SourceLocation::Current()) {
  return internal::MakeJunction<UniformFanOutShape<T, T>, internal::PartitionLogic<T, F>>(
      "partition", outlets, where, outlets, std::move(choose), internal::AnyIf(eager_cancel));
}

}  // namespace sampo::stream

#endif  // SAMPO_STREAM_OPS_BROADCAST_H_
