// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Unzip, UnzipWith: junctions that take each element apart, one part for each outlet.
//
// Threads: as GraphStageLogic; functions are copied for each materialization.
//
//   auto unzip = b.Add(Unzip<int, std::string>());   // takes std::pair<int, std::string>
#ifndef SAMPO_STREAM_OPS_UNZIP_H_
#define SAMPO_STREAM_OPS_UNZIP_H_

#include <tuple>
#include <utility>

#include "sampo/stream/detail/junction.h"
#include "sampo/stream/detail/uninit.h"

namespace sampo::stream {
namespace internal {

// f(In) returns a pair or tuple of Outs.
template <class In, class F, class... Outs>
class UnzipWithLogic final : public GraphStageLogic, InHandler {
 public:
  explicit UnzipWithLogic(F f) : f_(std::move(f)) { in_.SetHandler(this); }

 private:
  template <class T, class Owner>
  friend class NumberedOutlet;

  void OnPush() override {
    auto parts = f_(in_.Grab());
    missing_ = running_;
    outs_.Apply([&parts](auto&... out) {
      std::apply([&](auto&... part) { (PushTo(out, part), ...); }, parts);
    });
  }
  template <class Out, class Part>
  static void PushTo(Out& out, Part& part) {
    if (out.outlet.IsClosed()) return;
    out.has_demand = false;
    out.outlet.Push(std::move(part));
  }
  template <class Out>
  void OnPull(Out& out) {
    out.has_demand = true;
    Asked();
  }
  template <class Out>
  void OnCancel(Out& out, const absl::Status& cause) {
    if (--running_ == 0) return CancelStage(cause);
    if (!out.has_demand) Asked();
  }
  void Asked() {
    if (--missing_ == 0 && !in_.IsClosed() && !in_.HasBeenPulled()) in_.Pull();
  }

  Inlet<In> in_{this, "in"};
  PortPack<NumberedOutlet<Outs, UnzipWithLogic>...> outs_{this};
  [[no_unique_address]] F f_;
  int running_ = sizeof...(Outs);  // outlets that were not cancelled
  int missing_ = sizeof...(Outs);  // outlets that have not asked yet
};

template <class Tuple>
struct UnzipTypes;
template <template <class...> class Tuple, class... Outs>
struct UnzipTypes<Tuple<Outs...>> {
  template <class In>
  using Shape = FanOutShape<In, Outs...>;
  template <class In, class F>
  using Logic = UnzipWithLogic<In, F, Outs...>;
};

struct SamePair {
  template <class A, class B>
  std::pair<A, B> operator()(std::pair<A, B> pair) const {
    return pair;
  }
};

}  // namespace internal

// The parts of f(In), a pair or tuple, each to its outlet.
// Emits when: all outlets have demand. Backpressures when: one of the outlets does. Completes when:
// upstream does. Cancels when: all outlets are cancelled. Tested by: fan_out_test.cc.
template <class In, class F>
auto UnzipWith(F f, SourceLocation where = SourceLocation::Current()) {
  using Types = internal::UnzipTypes<internal::ResultOf<F, In>>;
  return internal::MakeJunction<typename Types::template Shape<In>,
                                typename Types::template Logic<In, F>>("unzipWith", 0, where,
                                                                       std::move(f));
}

// The first of each pair to outlet 0, the second to outlet 1.
// Emits when: all outlets have demand. Backpressures when: one of the outlets does. Completes when:
// upstream does. Cancels when: all outlets are cancelled. Tested by: fan_out_test.cc.
template <class A, class B>
Graph<FanOutShape<std::pair<A, B>, A, B>> Unzip(SourceLocation where = SourceLocation::Current()) {
  return internal::MakeJunction<
      FanOutShape<std::pair<A, B>, A, B>,
      internal::UnzipWithLogic<std::pair<A, B>, internal::SamePair, A, B>>("unzip", 0, where,
                                                                           internal::SamePair());
}

}  // namespace sampo::stream

#endif  // SAMPO_STREAM_OPS_UNZIP_H_
