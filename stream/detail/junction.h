// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// What junctions are made of: numbered ports that tell their stage which of them it is, the queue
// of those that wait, and the nodes that put a junction between a stream and others.
//
// Threads: as GraphStageLogic; nodes are immutable.
#ifndef SAMPO_STREAM_DETAIL_JUNCTION_H_
#define SAMPO_STREAM_DETAIL_JUNCTION_H_

#include <deque>
#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

#include "sampo/stream/detail/append.h"
#include "sampo/stream/detail/blueprint.h"
#include "sampo/stream/detail/in_place.h"
#include "sampo/stream/graph_stage.h"
#include "sampo/stream/shape.h"

namespace sampo::stream::internal {

// "in3"; from 16 on "in16+", for names are static.
const char* InletName(int number);
const char* OutletName(int number);

// An inlet of many. Its owner has OnPush(port) and OnFinish(port).
template <class T, class Owner>
class NumberedInlet final : public InHandler {
 public:
  NumberedInlet(Owner* owner, int number_of_it)
      : inlet(owner, InletName(number_of_it)), number(number_of_it), owner_(owner) {
    inlet.SetHandler(this);
  }
  Inlet<T> inlet;
  const int number;
  NumberedInlet* next_waiting = nullptr;  // link of a WaitList

 private:
  void OnPush() override { owner_->OnPush(*this); }
  void OnUpstreamFinish() override { owner_->OnFinish(*this); }
  Owner* const owner_;
};

// The same, whose elements are taken in place: its owner has Take(port, T) instead of OnPush.
template <class T, class Owner>
class NumberedInPlaceInlet final : public InHandler, public PushTarget<T> {
 public:
  NumberedInPlaceInlet(Owner* owner, int number_of_it)
      : inlet(owner, InletName(number_of_it)), number(number_of_it), owner_(owner) {
    inlet.SetHandler(this);
    inlet.set_in_place_target(static_cast<PushTarget<T>*>(this));
  }
  // Within Take: leaves the element in the inlet, to be grabbed later.
  void Keep(T element) { static_cast<Slot<T>*>(inlet.connection())->Keep(std::move(element)); }
  Inlet<T> inlet;
  const int number;
  NumberedInPlaceInlet* next_waiting = nullptr;

 private:
  void Push(PassedBy<T> element) override {
    TakeInPlace(inlet, [&] { owner_->Take(*this, std::move(element)); });
  }
  void OnPush() override { owner_->Take(*this, inlet.Grab()); }
  void OnUpstreamFinish() override { owner_->OnFinish(*this); }
  Owner* const owner_;
};

// An outlet of many. Its owner has OnPull(port) and OnCancel(port, cause).
template <class T, class Owner>
class NumberedOutlet final : public OutHandler {
 public:
  NumberedOutlet(Owner* owner, int number_of_it)
      : outlet(owner, OutletName(number_of_it)), number(number_of_it), owner_(owner) {
    outlet.SetHandler(this);
  }
  Outlet<T> outlet;
  const int number;
  NumberedOutlet* next_waiting = nullptr;
  bool has_demand = false;  // for its owner, who also resets it

 private:
  void OnPull() override { owner_->OnPull(*this); }
  void OnDownstreamFinish(const absl::Status& cause) override { owner_->OnCancel(*this, cause); }
  Owner* const owner_;
};

// `count` ports that stay where they are.
template <class Port, class Owner>
std::deque<Port> MakePorts(Owner* owner, int count) {
  std::deque<Port> ports;
  for (int i = 0; i < count; ++i) ports.emplace_back(owner, i);
  return ports;
}

// Ports of several types, made in their order; why not std::tuple: it makes the last one first.
template <size_t kNumber, class Port>
struct PortAt {
  template <class Owner>
  explicit PortAt(Owner* owner) : port(owner, static_cast<int>(kNumber)) {}
  Port port;
};
template <class Numbers, class... Ports>
class PortPackOf;
template <size_t... kNumbers, class... Ports>
class PortPackOf<std::index_sequence<kNumbers...>, Ports...> : private PortAt<kNumbers, Ports>... {
 public:
  template <class Owner>
  explicit PortPackOf(Owner* owner) : PortAt<kNumbers, Ports>(owner)... {}
  // f(port0, port1...).
  template <class F>
  decltype(auto) Apply(F f) {
    return f(static_cast<PortAt<kNumbers, Ports>&>(*this).port...);
  }
};
template <class... Ports>
using PortPack = PortPackOf<std::index_sequence_for<Ports...>, Ports...>;

// Ports in the order in which they began to wait; each at most once.
template <class Port>
class WaitList {
 public:
  bool empty() const { return first_ == nullptr; }
  void Push(Port& port) {
    port.next_waiting = nullptr;
    (first_ != nullptr ? last_->next_waiting : first_) = &port;
    last_ = &port;
  }
  // Precondition: not empty.
  Port& Pop() {
    Port& port = *first_;
    first_ = port.next_waiting;
    return port;
  }
  void Remove(Port& port) {
    Port** link = &first_;
    Port* previous = nullptr;
    while (*link != nullptr && *link != &port) {
      previous = *link;
      link = &(*link)->next_waiting;
    }
    if (*link == nullptr) return;
    *link = port.next_waiting;
    if (last_ == &port) last_ = previous;
  }
  void Clear() { first_ = nullptr; }

 private:
  Port* first_ = nullptr;
  Port* last_ = nullptr;
};

// A part with two inlets and two outlets, the second of each first.
template <class Mat>
class ReversedNode final : public Blueprint<Mat> {
 public:
  explicit ReversedNode(BlueprintRef<Mat> inner) : inner_(std::move(inner)) {}
  Mat Build(BuildContext& context, Ports& ports) const override {
    Ports own;
    Mat value = inner_->Build(context, own);
    for (size_t i : {1, 0}) {
      ports.ins.push_back(own.ins[i]);
      ports.outs.push_back(own.outs[i]);
    }
    return value;
  }

 private:
  const BlueprintRef<Mat> inner_;
};

// A graph of the stage Logic(args...).
template <class Shape, class Logic, class... Args>
Graph<Shape> MakeJunction(const char* name, int count, SourceLocation where, Args... args) {
  return Graph<Shape>(MakeLogicStage<Logic>(name, where, std::move(args)...), count);
}

// Two parts and how their ports are wired: wiring(context, left, right, ports) links some and adds
// the others to `ports`.
template <class L, class R, class Mat, class Combine, class Wiring>
class ComposeNode final : public Blueprint<Mat> {
 public:
  ComposeNode(BlueprintRef<L> left, BlueprintRef<R> right, Combine combine, Wiring wiring)
      : left_(std::move(left)),
        right_(std::move(right)),
        combine_(std::move(combine)),
        wiring_(std::move(wiring)) {}
  Origin InOrigin() const override { return left_->InOrigin(); }
  Origin OutOrigin() const override { return left_->OutOrigin(); }
  Mat Build(BuildContext& context, Ports& ports) const override {
    Ports left;
    Ports right;
    L left_value = left_->Build(context, left);
    R right_value = right_->Build(context, right);
    wiring_(context, left, right, ports);
    Combine combine = combine_;
    return combine(std::move(left_value), std::move(right_value));
  }

 private:
  const BlueprintRef<L> left_;
  const BlueprintRef<R> right_;
  const Combine combine_;
  const Wiring wiring_;
};

template <class L, class R, class Combine, class Wiring>
auto Compose(BlueprintRef<L> left, BlueprintRef<R> right, Combine combine, Wiring wiring) {
  using Mat = decltype(combine(std::declval<L>(), std::declval<R>()));
  return BlueprintRef<Mat>(new ComposeNode<L, R, Mat, Combine, Wiring>(
      std::move(left), std::move(right), std::move(combine), std::move(wiring)));
}

// `other`, a source or a sink, at the port `number` of `junction`: the rest is open as before.
template <class Mat>
BlueprintRef<Mat> Attach(BlueprintRef<NotUsed> junction, BlueprintRef<Mat> other, size_t number) {
  return Compose(
      std::move(junction), std::move(other), KeepRight(),
      [number](BuildContext& context, Ports& junction_ports, Ports& other_ports, Ports& ports) {
        if (other_ports.ins.empty()) {
          context.Link(other_ports.outs.front(), junction_ports.ins[number]);
          junction_ports.ins.RemoveAt(number);
        } else {
          context.Link(junction_ports.outs[number], other_ports.ins.front());
          junction_ports.outs.RemoveAt(number);
        }
        for (InRef in : junction_ports.ins) ports.ins.push_back(in);
        for (OutRef out : junction_ports.outs) ports.outs.push_back(out);
      });
}

// The same with several others, from the port `first` on. Their values are dropped.
inline BlueprintRef<NotUsed> AttachAll(BlueprintRef<NotUsed> junction,
                                       const std::vector<BlueprintRef<NotUsed>>& others,
                                       size_t first) {
  for (const BlueprintRef<NotUsed>& other : others) {
    junction = Attach(std::move(junction), other, first);
  }
  return junction;
}

template <class Mat>
BlueprintRef<NotUsed> WithoutValue(const BlueprintRef<Mat>& blueprint) {
  if constexpr (std::is_same_v<Mat, NotUsed>) {
    return blueprint;
  } else {
    const auto drop = [](Mat) { return NotUsed{}; };
    return BlueprintRef<NotUsed>(
        new MapMatNode<Mat, NotUsed, std::remove_const_t<decltype(drop)>>(blueprint, drop));
  }
}

// The blueprints of Sources or Sinks, without values.
template <class Parts>
std::vector<BlueprintRef<NotUsed>> BlueprintsOf(const Parts& parts) {
  std::vector<BlueprintRef<NotUsed>> blueprints;
  for (const auto& part : parts) blueprints.push_back(WithoutValue(part.blueprint()));
  return blueprints;
}

}  // namespace sampo::stream::internal

#endif  // SAMPO_STREAM_DETAIL_JUNCTION_H_
