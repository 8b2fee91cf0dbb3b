// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Zip, ZipWith, ZipN, ZipAll: junctions that take one element of each inlet and make one of them.
//
// Each inlet has one element asked for in advance, which waits in its connection.
// Threads: as GraphStageLogic; functions are copied for each materialization.
//
//   auto zip = b.Add(ZipWith<int, std::string>([](int n, std::string s) { return ...; }));
#ifndef SAMPO_STREAM_OPS_ZIP_H_
#define SAMPO_STREAM_OPS_ZIP_H_

#include <deque>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

#include "sampo/stream/detail/junction.h"
#include "sampo/stream/detail/uninit.h"

namespace sampo::stream {
namespace internal {

// What zips of any types share: when all inlets have an element and the outlet wants one, EmitAll.
// Completes when an inlet has ended and no element of it is left.
class ZipBase : public GraphStageLogic, public OutHandler {
 protected:
  explicit ZipBase(int inlets) : missing_(inlets) {}

  // Takes an element of each inlet and pushes one.
  virtual void EmitAll() = 0;
  virtual bool OutIsAvailable() const = 0;

  void ElementCame() {
    if (--missing_ == 0 && OutIsAvailable()) EmitAll();
  }
  void InletFinished(const InletBase& inlet) {
    if (!inlet.IsAvailable()) CompleteStage();
  }
  void OnPull() final {
    if (missing_ == 0) EmitAll();
  }
  // Asks each for the next one; an inlet that has ended ends the stage.
  void PullOne(InletBase& inlet) {
    ++missing_;
    if (inlet.IsClosed()) {
      an_inlet_is_over_ = true;
    } else {
      inlet.Pull();
    }
  }
  void AllPulled() {
    if (an_inlet_is_over_) CompleteStage();
  }

 private:
  int missing_;  // inlets without an element
  bool an_inlet_is_over_ = false;
};

// An inlet of a zip.
template <class T, class Owner>
class ZipInlet final : public InHandler {
 public:
  ZipInlet(Owner* owner, int number) : inlet(owner, InletName(number)), owner_(owner) {
    inlet.SetHandler(this);
  }
  Inlet<T> inlet;

 private:
  void OnPush() override { owner_->ElementCame(); }
  void OnUpstreamFinish() override { owner_->InletFinished(inlet); }
  Owner* const owner_;
};

// Inlets of the types Ins; f(Ins...) makes what is pushed.
template <class Out, class F, class... Ins>
class ZipWithLogic final : public ZipBase {
 public:
  explicit ZipWithLogic(F f) : ZipBase(sizeof...(Ins)), f_(std::move(f)) { out_.SetHandler(this); }
  void PreStart() override {
    ins_.Apply([](auto&... in) { (in.inlet.Pull(), ...); });
  }

 private:
  template <class T, class Owner>
  friend class ZipInlet;

  bool OutIsAvailable() const override { return out_.IsAvailable(); }
  void EmitAll() override {
    ins_.Apply([this](auto&... in) { out_.Push(Call(in.inlet...)); });
    ins_.Apply([this](auto&... in) { (PullOne(in.inlet), ...); });
    AllPulled();
  }
  // In the order of the inlets, whatever the order of evaluation.
  Out Call(Inlet<Ins>&... in) {
    std::tuple<Ins...> elements{in.Grab()...};
    return std::apply([this](Ins&... element) -> Out { return f_(std::move(element)...); },
                      elements);
  }

  PortPack<ZipInlet<Ins, ZipWithLogic>...> ins_{this};
  Outlet<Out> out_{this, "out"};
  [[no_unique_address]] F f_;
};

// Inlets of one type; f(std::vector<T>) makes what is pushed.
template <class Out, class F, class T>
class ZipNLogic final : public ZipBase {
 public:
  ZipNLogic(int inlets, F f)
      : ZipBase(inlets), ins_(MakePorts<ZipInlet<T, ZipNLogic>>(this, inlets)), f_(std::move(f)) {
    out_.SetHandler(this);
  }
  void PreStart() override {
    for (auto& in : ins_) in.inlet.Pull();
  }

 private:
  template <class U, class Owner>
  friend class ZipInlet;

  bool OutIsAvailable() const override { return out_.IsAvailable(); }
  void EmitAll() override {
    std::vector<T> elements;  // goes to the user, so it is new each time
    elements.reserve(ins_.size());
    for (auto& in : ins_) elements.push_back(in.inlet.Grab());
    out_.Push(f_(std::move(elements)));
    for (auto& in : ins_) PullOne(in.inlet);
    AllPulled();
  }

  std::deque<ZipInlet<T, ZipNLogic>> ins_;
  Outlet<Out> out_{this, "out"};
  [[no_unique_address]] F f_;
};

// Two inlets; the one that ends first goes on with its pad, until both have ended.
template <class A, class B>
class ZipAllLogic final : public GraphStageLogic, OutHandler {
 public:
  ZipAllLogic(A pad_a, B pad_b) : pad_a_(std::move(pad_a)), pad_b_(std::move(pad_b)) {
    out_.SetHandler(this);
  }
  void PreStart() override {
    a_.inlet.Pull();
    b_.inlet.Pull();
  }

 private:
  template <class U, class Owner>
  friend class ZipInlet;

  void ElementCame() { Step(); }
  void InletFinished(const InletBase&) { Step(); }
  void OnPull() override { Step(); }
  void Step() {
    const bool has_a = a_.inlet.IsAvailable();
    const bool has_b = b_.inlet.IsAvailable();
    if (!has_a && !has_b && a_.inlet.IsClosed() && b_.inlet.IsClosed()) return CompleteStage();
    if (!out_.IsAvailable() || (!has_a && !has_b)) return;
    if ((!has_a && !a_.inlet.IsClosed()) || (!has_b && !b_.inlet.IsClosed())) return;
    A a = has_a ? a_.inlet.Grab() : pad_a_;
    B b = has_b ? b_.inlet.Grab() : pad_b_;
    out_.Push(std::pair<A, B>(std::move(a), std::move(b)));
    if (!a_.inlet.IsClosed()) a_.inlet.Pull();
    if (!b_.inlet.IsClosed()) b_.inlet.Pull();
    if (a_.inlet.IsClosed() && b_.inlet.IsClosed()) CompleteStage();
  }

  ZipInlet<A, ZipAllLogic> a_{this, 0};
  ZipInlet<B, ZipAllLogic> b_{this, 1};
  Outlet<std::pair<A, B>> out_{this, "out"};
  const A pad_a_;
  const B pad_b_;
};

struct MakePair {
  template <class A, class B>
  std::pair<A, B> operator()(A a, B b) const {
    return {std::move(a), std::move(b)};
  }
};
struct SameVector {
  template <class T>
  std::vector<T> operator()(std::vector<T> elements) const {
    return elements;
  }
};

}  // namespace internal

// f(a, b...) of one element of each inlet. Completes when one of them does and no pair is pending.
template <class... Ins, class F>
auto ZipWith(F f, SourceLocation where = SourceLocation::Current()) {
  using Out = internal::ResultOf<F, Ins...>;
  return internal::MakeJunction<FanInShape<Out, Ins...>, internal::ZipWithLogic<Out, F, Ins...>>(
      "zipWith", 0, where, std::move(f));
}

// Pairs of the elements of two inlets.
template <class A, class B>
Graph<FanInShape<std::pair<A, B>, A, B>> Zip(SourceLocation where = SourceLocation::Current()) {
  using Out = std::pair<A, B>;
  return internal::MakeJunction<FanInShape<Out, A, B>,
                                internal::ZipWithLogic<Out, internal::MakePair, A, B>>(
      "zip", 0, where, internal::MakePair());
}

// f(std::vector<T>) of one element of each inlet.
template <class T, class F>
auto ZipWithN(int inlets, F f, SourceLocation where = SourceLocation::Current()) {
  using Out = internal::ResultOf<F, std::vector<T>>;
  return internal::MakeJunction<UniformFanInShape<T, Out>, internal::ZipNLogic<Out, F, T>>(
      "zipWithN", inlets, where, inlets, std::move(f));
}

// Vectors of one element of each inlet.
template <class T>
Graph<UniformFanInShape<T, std::vector<T>>> ZipN(int inlets,
                                                 SourceLocation where = SourceLocation::Current()) {
  return internal::MakeJunction<UniformFanInShape<T, std::vector<T>>,
                                internal::ZipNLogic<std::vector<T>, internal::SameVector, T>>(
      "zipN", inlets, where, inlets, internal::SameVector());
}

// Pairs until both inlets have ended, with a pad for the one that has before.
template <class A, class B>
Graph<FanInShape<std::pair<A, B>, A, B>> ZipAll(A pad_a, B pad_b,
                                                SourceLocation where = SourceLocation::Current()) {
  return internal::MakeJunction<FanInShape<std::pair<A, B>, A, B>, internal::ZipAllLogic<A, B>>(
      "zipAll", 0, where, std::move(pad_a), std::move(pad_b));
}

}  // namespace sampo::stream

#endif  // SAMPO_STREAM_OPS_ZIP_H_
