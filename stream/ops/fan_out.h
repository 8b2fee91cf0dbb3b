// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// FanOutOps: AlsoTo, DivertTo, WireTap: this stream, with a sink beside it.
//
// The junctions behind them are in broadcast.h and wire_tap.h. The sinks are materialized together
// with this stream; a variant ...Mat combines their values.
// Threads: functions run on the stream's turn, copied for each materialization.
//
//   orders.AlsoTo(audit).WireTap([](const Order& order) { ... })
#ifndef SAMPO_STREAM_OPS_FAN_OUT_H_
#define SAMPO_STREAM_OPS_FAN_OUT_H_

#include <type_traits>
#include <utility>
#include <vector>

#include "sampo/stream/detail/append.h"
#include "sampo/stream/detail/junction.h"
#include "sampo/stream/ops/broadcast.h"
#include "sampo/stream/ops/unzip.h"  // IWYU pragma: export
#include "sampo/stream/ops/wire_tap.h"

namespace sampo::stream {

template <class In, class Mat>
class Sink;

template <class Derived, class Out>
class FanOutOps {
 public:
  // Each element also to `sink`, whose demand counts. The end of `sink` ends this stream; without
  // `propagate_cancellation` it goes on alone.
  // Emits when: upstream does. Backpressures when: downstream or `sink` does. Completes when:
  // upstream does. Cancels when: downstream does, or `sink` with `propagate_cancellation`.
  // Tested by: fan_out_test.cc.
  template <class Mat>
  auto AlsoTo(const Sink<Out, Mat>& sink, bool propagate_cancellation = true,
              SourceLocation where = SourceLocation::Current()) const {
    return With(AlsoToStage(propagate_cancellation, where), sink);
  }
  template <class Mat, class Combine>
  auto AlsoToMat(const Sink<Out, Mat>& sink, Combine combine, bool propagate_cancellation = true,
                 SourceLocation where = SourceLocation::Current()) const {
    return WithMat(AlsoToStage(propagate_cancellation, where), sink, std::move(combine));
  }
  // Each element also to all `sinks`, whose demand counts, and whose end ends this stream.
  // Emits when: upstream does. Backpressures when: downstream or one of `sinks` does. Completes
  // when: upstream does. Cancels when: downstream or one of `sinks` does.
  // Tested by: fan_out_test.cc.
  template <class Mat>
  auto AlsoToAll(const std::vector<Sink<Out, Mat>>& sinks,
                 SourceLocation where = SourceLocation::Current()) const {
    const int outlets = static_cast<int>(sinks.size()) + 1;
    auto stage =
        internal::MakeJunction<UniformFanOutShape<Out, Out>, internal::BroadcastLogic<Out>>(
            "alsoToAll", outlets, where, outlets, internal::EagerCancel::kAny);
    return self().template Append<Out>(
        internal::AttachAll(stage.blueprint(), internal::BlueprintsOf(sinks), 1));
  }
  // Elements for which `when(const Out&)` is true to `sink`, the others on.
  // Emits when: `when` is false for an element. Backpressures when: the one it is for does.
  // Completes when: upstream does. Cancels when: downstream or `sink` does.
  // Tested by: fan_out_test.cc.
  template <class Mat, class F>
  auto DivertTo(const Sink<Out, Mat>& sink, F when,
                SourceLocation where = SourceLocation::Current()) const {
    return With(DivertToStage(std::move(when), where), sink);
  }
  template <class Mat, class F, class Combine>
  auto DivertToMat(const Sink<Out, Mat>& sink, F when, Combine combine,
                   SourceLocation where = SourceLocation::Current()) const {
    return WithMat(DivertToStage(std::move(when), where), sink, std::move(combine));
  }
  // Each element also to `sink` as fast as that takes them: what comes while it has no demand is
  // dropped but for the latest. Its end does not matter here.
  // Emits when: upstream does. Backpressures when: downstream does. Completes when: upstream does.
  // Cancels when: downstream does. Tested by: wire_tap_test.cc.
  template <class Mat>
  auto WireTap(const Sink<Out, Mat>& sink, SourceLocation where = SourceLocation::Current()) const {
    return With(WireTapStage(where), sink);
  }
  template <class Mat, class Combine>
  auto WireTapMat(const Sink<Out, Mat>& sink, Combine combine,
                  SourceLocation where = SourceLocation::Current()) const {
    return WithMat(WireTapStage(where), sink, std::move(combine));
  }
  // Calls tap(const Out&) for each element. Where it throws, it is not called again.
  // Emits when: upstream does. Backpressures when: downstream does. Completes when: upstream does.
  // Cancels when: downstream does. Tested by: wire_tap_test.cc.
  template <class F>
  requires std::is_invocable_v<F&, const Out&>
  auto WireTap(F tap, SourceLocation where = SourceLocation::Current()) const {
    return internal::AppendPipe<internal::WireTapPipe<Out, F>>(self(), "wireTap", where,
                                                               std::move(tap));
  }

 private:
  const Derived& self() const { return static_cast<const Derived&>(*this); }

  static auto AlsoToStage(bool propagate_cancellation, SourceLocation where) {
    return internal::MakeJunction<UniformFanOutShape<Out, Out>, internal::BroadcastLogic<Out>>(
        "alsoTo", 2, where, 2,
        propagate_cancellation ? internal::EagerCancel::kAny : internal::EagerCancel::kFirst);
  }
  template <class F>
  static auto DivertToStage(F when, SourceLocation where) {
    auto choose = [when = std::move(when)](const Out& element) mutable {
      return when(element) ? 1 : 0;
    };
    return internal::MakeJunction<UniformFanOutShape<Out, Out>,
                                  internal::PartitionLogic<Out, decltype(choose)>>(
        "divertTo", 2, where, 2, std::move(choose), internal::EagerCancel::kAny);
  }
  static auto WireTapStage(SourceLocation where) {
    return internal::MakeJunction<UniformFanOutShape<Out, Out>, internal::WireTapLogic<Out>>(
        "wireTap", 2, where);
  }
  template <class Junction, class Side>
  auto With(const Junction& junction, const Side& sink) const {
    return self().template Append<Out>(
        internal::Attach(junction.blueprint(), internal::WithoutValue(sink.blueprint()), 1));
  }
  template <class Junction, class Side, class Combine>
  auto WithMat(const Junction& junction, const Side& sink, Combine combine) const {
    using Mat = typename Side::MaterializedValue;
    return self().template AppendMat<Out, Mat>(
        internal::Attach(junction.blueprint(), sink.blueprint(), 1), std::move(combine));
  }
};

}  // namespace sampo::stream

#endif  // SAMPO_STREAM_OPS_FAN_OUT_H_
