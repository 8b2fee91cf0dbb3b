// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// In place: a stage takes an element within the call that pushes it, instead of in an event of its
// own: one call instead of a turn of the interpreter.
//
// For stages which take what they asked for whatever else happens, and whose code may run inside of
// the handler that pushes: sinks that gather, maps by futures, merges. Their inlet is told where to
// push (set_in_place_target, before it is connected). OnPush is still needed: a stream whose events
// are fuzzed uses it.
// Threads: the stream's turn.
#ifndef SAMPO_STREAM_DETAIL_IN_PLACE_H_
#define SAMPO_STREAM_DETAIL_IN_PLACE_H_

#include <utility>

#include "sampo/stream/detail/connection.h"
#include "sampo/stream/detail/interpreter.h"
#include "sampo/stream/detail/port.h"
#include "sampo/stream/errors.h"
#include "sampo/stream/graph_stage.h"

namespace sampo::stream::internal {

// A stage's code runs within another's, as far as reports and failures go.
class ActiveInPlace {
 public:
  ActiveInPlace(Interpreter& interpreter, GraphStageLogic* logic)
      : interpreter_(interpreter), caller_(interpreter.SwapActive(logic)) {}
  ~ActiveInPlace() { interpreter_.SwapActive(caller_); }
  ActiveInPlace(const ActiveInPlace&) = delete;
  ActiveInPlace& operator=(const ActiveInPlace&) = delete;

 private:
  Interpreter& interpreter_;
  GraphStageLogic* const caller_;
};

// Calls take(), which does with an element what OnPush would, with the usual calls of `inlet` but
// Grab and Pull.
template <class Take>
void TakeInPlace(InletBase& inlet, Take take) {
  Connection& c = *inlet.connection();
  if (c.has(kInClosed)) [[unlikely]]
    return;
  const ActiveInPlace active(*c.interpreter, inlet.logic());
  c.flags |= kInReady;
  try {
    take();
  } catch (...) {
    inlet.logic()->FailStage(StatusOfCurrentException());
  }
}

// Pull, at the end of such a call.
inline void PullInPlace(InletBase& inlet) {
  Connection& c = *inlet.connection();
  if ((c.flags & (kInReady | kInClosed | kOutClosed | kFinishPending)) == kInReady) [[likely]] {
    c.flags ^= kInReady | kPulling;
    c.interpreter->ScheduleRepeatedPull(&c);
  } else {
    inlet.TryPull();
  }
}

// A stage of one inlet: has `Inlet<T>& inlet()`, calls OpenInPlace() in its constructor, and its
// Take(T) is called.
template <class T, class Derived>
class TakesInPlace : public PushTarget<T> {
 public:
  void Push(PassedBy<T> element) final {
    TakeInPlace(self().inlet(), [&] { self().Take(std::move(element)); });
  }

 protected:
  ~TakesInPlace() = default;
  void OpenInPlace() { self().inlet().set_in_place_target(static_cast<PushTarget<T>*>(this)); }

 private:
  Derived& self() { return static_cast<Derived&>(*this); }
};

}  // namespace sampo::stream::internal

#endif  // SAMPO_STREAM_DETAIL_IN_PLACE_H_
