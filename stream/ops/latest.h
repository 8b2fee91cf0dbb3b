// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// MergeLatest, ZipLatest, ZipLatestWith: junctions that make something of the latest element of
// each inlet, again for each element that comes once all inlets have given one.
//
// An element that cannot be told downstream yet waits in its connection: none is passed over.
// Threads: as GraphStageLogic; functions are copied for each materialization.
//
//   auto latest = b.Add(ZipLatest<Price, Rate>());
#ifndef SAMPO_STREAM_OPS_LATEST_H_
#define SAMPO_STREAM_OPS_LATEST_H_

#include <deque>
#include <optional>
#include <utility>
#include <vector>

#include "sampo/stream/detail/junction.h"
#include "sampo/stream/detail/uninit.h"
#include "sampo/stream/ops/zip.h"

namespace sampo::stream {
namespace internal {

// An inlet as the base knows it.
class LatestInletBase : public InHandler {
 public:
  virtual InletBase& inlet_base() = 0;
  // The waiting element becomes the latest; true: it is the first.
  virtual bool Take() = 0;
  // It has given one, taken or waiting.
  virtual bool HasGiven() const = 0;
  LatestInletBase* next_waiting = nullptr;

 protected:
  ~LatestInletBase() = default;
};

class LatestBase : public GraphStageLogic, public OutHandler {
 protected:
  LatestBase(int inlets, bool eager_close)
      : running_(inlets), without_(inlets), eager_close_(eager_close) {}

  // Pushes what the latest elements make.
  virtual void Emit() = 0;
  virtual bool OutIsAvailable() const = 0;

  void ElementCame(LatestInletBase& in) {
    // Before all have given one there is nothing to emit, so nothing waits for demand.
    if (without_ > 0) {
      Take(in);
      if (without_ > 0) return PullOrEnd(in);
      if (OutIsAvailable()) {
        Emit();
      } else {
        is_emit_due_ = true;
      }
      return PullOrEnd(in);
    }
    waiting_.Push(in);
    if (OutIsAvailable()) OnPull();
  }
  void InletFinished(LatestInletBase& in) {
    if (running_ > 0) --running_;
    // One that has never given anything: nothing can ever be emitted.
    if (eager_close_ || !in.HasGiven()) running_ = 0;
    EndIfOver();
  }
  void OnPull() final {
    if (is_emit_due_) {
      is_emit_due_ = false;
      Emit();
    } else if (!waiting_.empty()) {
      LatestInletBase& in = waiting_.Pop();
      Take(in);
      Emit();
      PullOrEnd(in);
    }
    EndIfOver();
  }

 private:
  void Take(LatestInletBase& in) {
    if (in.Take()) --without_;
  }
  void PullOrEnd(LatestInletBase& in) {
    if (running_ > 0 && !in.inlet_base().IsClosed()) return in.inlet_base().Pull();
    EndIfOver();
  }
  void EndIfOver() {
    if (running_ == 0 && waiting_.empty() && !is_emit_due_) CompleteStage();
  }

  int running_;  // inlets that have not finished
  int without_;  // inlets that have given nothing yet
  const bool eager_close_;
  bool is_emit_due_ = false;  // the first one, until there is demand
  WaitList<LatestInletBase> waiting_;
};

template <class T, class Owner>
class LatestInlet final : public LatestInletBase {
 public:
  LatestInlet(Owner* owner, int number) : inlet(owner, InletName(number)), owner_(owner) {
    inlet.SetHandler(this);
  }
  InletBase& inlet_base() override { return inlet; }
  bool Take() override {
    const bool first = !latest.has_value();
    latest = inlet.Grab();
    return first;
  }
  bool HasGiven() const override { return latest.has_value() || inlet.IsAvailable(); }
  Inlet<T> inlet;
  std::optional<T> latest;

 private:
  void OnPush() override { owner_->ElementCame(*this); }
  void OnUpstreamFinish() override { owner_->InletFinished(*this); }
  Owner* const owner_;
};

// f(const Ins&...) of the latest elements.
template <class Out, class F, class... Ins>
class ZipLatestLogic final : public LatestBase {
 public:
  ZipLatestLogic(F f, bool eager_close)
      : LatestBase(sizeof...(Ins), eager_close), f_(std::move(f)) {
    out_.SetHandler(this);
  }
  void PreStart() override {
    ins_.Apply([](auto&... in) { (in.inlet.Pull(), ...); });
  }

 private:
  template <class T, class Owner>
  friend class LatestInlet;

  bool OutIsAvailable() const override { return out_.IsAvailable(); }
  void Emit() override {
    out_.Push(ins_.Apply([this](auto&... in) -> Out { return f_(std::as_const(*in.latest)...); }));
  }

  PortPack<LatestInlet<Ins, ZipLatestLogic>...> ins_{this};
  Outlet<Out> out_{this, "out"};
  [[no_unique_address]] F f_;
};

// Vectors of the latest elements.
template <class T>
class MergeLatestLogic final : public LatestBase {
 public:
  MergeLatestLogic(int inlets, bool eager_close)
      : LatestBase(inlets, eager_close), ins_(MakePorts<In>(this, inlets)) {
    out_.SetHandler(this);
  }
  void PreStart() override {
    for (In& in : ins_) in.inlet.Pull();
  }

 private:
  using In = LatestInlet<T, MergeLatestLogic>;
  template <class U, class Owner>
  friend class LatestInlet;

  bool OutIsAvailable() const override { return out_.IsAvailable(); }
  void Emit() override {
    std::vector<T> all;  // goes to the user, so it is new each time
    all.reserve(ins_.size());
    for (const In& in : ins_) all.push_back(*in.latest);
    out_.Push(std::move(all));
  }

  std::deque<In> ins_;
  Outlet<std::vector<T>> out_{this, "out"};
};

}  // namespace internal

// Vectors of the latest element of each inlet. Completes when all inlets do, when one completes
// that has given nothing, or with `eager_close` when one does.
template <class T>
Graph<UniformFanInShape<T, std::vector<T>>> MergeLatest(
    int inlets, bool eager_close = false, SourceLocation where = SourceLocation::Current()) {
  return internal::MakeJunction<UniformFanInShape<T, std::vector<T>>,
                                internal::MergeLatestLogic<T>>("mergeLatest", inlets, where, inlets,
                                                               eager_close);
}

// f(const Ins&...) of the latest element of each inlet. Completes when one inlet does; without
// `eager_close` when all do.
template <class... Ins, class F>
auto ZipLatestWith(F f, bool eager_close = true, SourceLocation where = SourceLocation::Current()) {
  using Out = internal::ResultOf<F, const Ins&...>;
  return internal::MakeJunction<FanInShape<Out, Ins...>, internal::ZipLatestLogic<Out, F, Ins...>>(
      "zipLatestWith", 0, where, std::move(f), eager_close);
}

// Pairs of the latest elements.
template <class A, class B>
Graph<FanInShape<std::pair<A, B>, A, B>> ZipLatest(
    bool eager_close = true, SourceLocation where = SourceLocation::Current()) {
  using Out = std::pair<A, B>;
  return internal::MakeJunction<FanInShape<Out, A, B>,
                                internal::ZipLatestLogic<Out, internal::MakePair, A, B>>(
      "zipLatest", 0, where, internal::MakePair(), eager_close);
}

}  // namespace sampo::stream

#endif  // SAMPO_STREAM_OPS_LATEST_H_
