// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// BidiFlow<I1, O1, I2, O2, Mat>: two flows in opposite directions as one part: I1 to O1 on the way
// down, I2 to O2 on the way back up. What protocols are stacked of.
//
// Threads: a value; copies share the blueprint.
//
//   auto codec = BidiFlow<Message, Bytes, Bytes, Message>::FromFunctions(Encode, Decode);
//   Flow<Message, Message> remote = codec.Atop(framing).Join(tcp);
#ifndef SAMPO_STREAM_BIDI_FLOW_H_
#define SAMPO_STREAM_BIDI_FLOW_H_

#include <memory>
#include <string_view>
#include <type_traits>
#include <utility>

#include "absl/time/time.h"
#include "sampo/stream/detail/blueprint.h"
#include "sampo/stream/detail/junction.h"
#include "sampo/stream/detail/timeouts.h"
#include "sampo/stream/flow.h"
#include "sampo/stream/stage.h"

namespace sampo::stream {

template <class I1, class O1, class I2, class O2, class Mat = NotUsed>
class BidiFlow {
 public:
  using MaterializedValue = Mat;

  // Inlets I1 and I2, outlets O1 and O2, in this order.
  explicit BidiFlow(internal::BlueprintRef<Mat> blueprint) : blueprint_(std::move(blueprint)) {}

  // `down` and `up`, which end on their own.
  template <class M1, class M2>
  static BidiFlow FromFlows(const Flow<I1, O1, M1>& down, const Flow<I2, O2, M2>& up) {
    return BidiFlow(Both(internal::WithoutValue(down.blueprint()),
                         internal::WithoutValue(up.blueprint()), KeepNone()));
  }
  // The same; the value is what `combine` makes of both.
  template <class M1, class M2, class Combine>
  static auto FromFlowsMat(const Flow<I1, O1, M1>& down, const Flow<I2, O2, M2>& up,
                           Combine combine) {
    using To = decltype(combine(std::declval<M1>(), std::declval<M2>()));
    return BidiFlow<I1, O1, I2, O2, To>(Both(down.blueprint(), up.blueprint(), std::move(combine)));
  }
  // Each element through a function.
  template <class Down, class Up>
  static BidiFlow FromFunctions(Down down, Up up,
                                SourceLocation where = SourceLocation::Current()) {
    return FromFlows(Flow<I1>().Map(std::move(down), where), Flow<I2>().Map(std::move(up), where));
  }
  // Both ways as they are, which fail where neither has passed an element for `timeout`.
  // Emits when: upstream does. Backpressures when: downstream does. Completes when: upstream does.
  // Cancels when: downstream does. Tested by: ops/timeouts_test.cc.
  static BidiFlow BidirectionalIdleTimeout(absl::Duration timeout,
                                           SourceLocation where = SourceLocation::Current()) {
    static_assert(std::is_same_v<I1, O1> && std::is_same_v<I2, O2>,
                  "Sampo: a timeout does not change elements.");
    return BidiFlow(internal::MakeLogicStage<internal::IdleTimeoutBidiLogic<I1, I2>>(
        "idleTimeoutBidi", where, timeout));
  }
  // Everything as it is.
  static BidiFlow Identity() { return FromFlows(Flow<I1, O1>(), Flow<I2, O2>()); }
  // A stage or a graph of this shape.
  template <class G>
  static BidiFlow FromGraph(const G& graph, SourceLocation where = SourceLocation::Current()) {
    auto made = internal::AsGraph(graph, where);
    static_assert(std::is_same_v<typename decltype(made)::Shape, BidiShape<I1, O1, I2, O2>>,
                  "Sampo: the graph has another shape than this BidiFlow.");
    return BidiFlow(made.blueprint());
  }

  // This above, `below` under it; the value is this one's, or what `combine` makes of both.
  template <class OO1, class II2, class Mat2>
  auto Atop(const BidiFlow<O1, OO1, II2, I2, Mat2>& below) const {
    return AtopMat(below, KeepLeft());
  }
  template <class OO1, class II2, class Mat2, class Combine>
  auto AtopMat(const BidiFlow<O1, OO1, II2, I2, Mat2>& below, Combine combine) const {
    using To = decltype(combine(std::declval<Mat>(), std::declval<Mat2>()));
    return BidiFlow<I1, OO1, II2, O2, To>(
        internal::Compose(blueprint_, below.blueprint(), std::move(combine),
                          [](internal::BuildContext& context, internal::Ports& top,
                             internal::Ports& bottom, internal::Ports& ports) {
                            context.Link(top.outs[0], bottom.ins[0]);
                            context.Link(bottom.outs[1], top.ins[1]);
                            ports.ins.push_back(top.ins[0]);
                            ports.ins.push_back(bottom.ins[1]);
                            ports.outs.push_back(bottom.outs[0]);
                            ports.outs.push_back(top.outs[1]);
                          }));
  }
  // `flow` as what is below: a flow of what is above.
  template <class Mat2>
  Flow<I1, O2, Mat> Join(const Flow<O1, I2, Mat2>& flow) const {
    return JoinMat(flow, KeepLeft());
  }
  template <class Mat2, class Combine>
  auto JoinMat(const Flow<O1, I2, Mat2>& flow, Combine combine) const {
    using To = decltype(combine(std::declval<Mat>(), std::declval<Mat2>()));
    return Flow<I1, O2, To>(
        internal::Compose(blueprint_, flow.blueprint(), std::move(combine),
                          [](internal::BuildContext& context, internal::Ports& bidi,
                             internal::Ports& below, internal::Ports& ports) {
                            context.Link(bidi.outs[0], below.ins[0]);
                            context.Link(below.outs[0], bidi.ins[1]);
                            ports.ins.push_back(bidi.ins[0]);
                            ports.outs.push_back(bidi.outs[1]);
                          }));
  }
  // Upside down.
  BidiFlow<I2, O2, I1, O1, Mat> Reversed() const {
    return BidiFlow<I2, O2, I1, O1, Mat>(
        internal::BlueprintRef<Mat>(new internal::ReversedNode<Mat>(blueprint_)));
  }
  template <class F>
  auto MapMaterializedValue(F f) const {
    using To = decltype(f(std::declval<Mat>()));
    return BidiFlow<I1, O1, I2, O2, To>(
        internal::BlueprintRef<To>(new internal::MapMatNode<Mat, To, F>(blueprint_, std::move(f))));
  }
  BidiFlow WithAttributes(Attributes attributes) const {
    return BidiFlow(internal::BlueprintRef<Mat>(
        new internal::AttributesNode<Mat>(blueprint_, std::move(attributes), false)));
  }
  BidiFlow Named(std::string_view name) const { return WithAttributes(Attributes().Name(name)); }
  // All of it in an actor of its own.
  BidiFlow Async(Attributes attributes = {}) const {
    return BidiFlow(internal::BlueprintRef<Mat>(
        new internal::AttributesNode<Mat>(blueprint_, std::move(attributes), true)));
  }

  const internal::BlueprintRef<Mat>& blueprint() const { return blueprint_; }

 private:
  template <class L, class R, class Combine>
  static auto Both(internal::BlueprintRef<L> down, internal::BlueprintRef<R> up, Combine combine) {
    return internal::Compose(std::move(down), std::move(up), std::move(combine),
                             [](internal::BuildContext&, internal::Ports& left,
                                internal::Ports& right, internal::Ports& ports) {
                               ports.ins.push_back(left.ins[0]);
                               ports.ins.push_back(right.ins[0]);
                               ports.outs.push_back(left.outs[0]);
                               ports.outs.push_back(right.outs[0]);
                             });
  }

  internal::BlueprintRef<Mat> blueprint_;
};

// --- Flow::Join ---

template <class In, class Out, class Mat>
template <class Mat2>
RunnableGraph<Mat> Flow<In, Out, Mat>::Join(const Flow<Out, In, Mat2>& flow) const {
  return RunnableGraph<Mat>(
      internal::Compose(blueprint_, flow.blueprint(), KeepLeft(),
                        [](internal::BuildContext& context, internal::Ports& left,
                           internal::Ports& right, internal::Ports&) {
                          context.Link(left.outs[0], right.ins[0]);
                          context.Link(right.outs[0], left.ins[0]);
                        }));
}

template <class In, class Out, class Mat>
template <class O1, class I2, class Mat2>
Flow<I2, O1, Mat> Flow<In, Out, Mat>::Join(const BidiFlow<Out, O1, I2, In, Mat2>& bidi) const {
  return bidi.Reversed().JoinMat(*this, KeepRight());
}

}  // namespace sampo::stream

#endif  // SAMPO_STREAM_BIDI_FLOW_H_
