// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// SimulationHook: how the testkit sees what the core does: each message before its handler, each
// result, and what an actor does with its context.
//
// Why: the trace hash of a simulation and the effects of the BehaviorTestKit must come from the
// core itself. It costs nothing when off: an actor that was spawned while its thread had a hook
// carries the attention flag kObserved; all others never look here.
// Threads: one hook for each thread. Lifetime: whoever sets the pointer takes it back.
#ifndef SAMPO_ACTOR_INTERNAL_SIMULATION_HOOK_H_
#define SAMPO_ACTOR_INTERNAL_SIMULATION_HOOK_H_

#include <cstdint>

#include "sampo/actor/detail/context_base.h"
#include "sampo/actor/detail/timers_base.h"
#include "sampo/actor/signal.h"

namespace sampo::internal {

enum class EffectKind : uint8_t {
  kSpawned,                  // target
  kStopped,                  // target: Stop of a child
  kWatched,                  // target
  kUnwatched,                // target
  kTimerStarted,             // key, timer
  kTimerCancelled,           // key
  kAllTimersCancelled,       //
  kReceiveTimeoutSet,        // nanos
  kReceiveTimeoutCancelled,  //
  kMessageAdapter,           // target
  kScheduled,                // nanos: ScheduleOnce
};

// What an actor did with its context. Pointers are good during the call alone.
struct EffectNote {
  EffectKind kind;
  RefTarget* target = nullptr;
  const TimerKey* key = nullptr;
  KeyedTimerSettings timer = {};
  int64_t nanos = 0;
};

class SimulationHook {
 public:
  // A message comes before its actor's behavior, or the library's own code for it.
  virtual void OnMessage(ContextBase& context, const Envelope& envelope) = 0;
  // A handler returned something other than Same().
  virtual void OnResult(ContextBase&, Word) {}
  // A handler, a signal handler or a start failed; the supervisors have not been asked yet.
  virtual void OnFailure(ContextBase&, const Failure&) {}
  virtual void OnEffect(ContextBase&, const EffectNote&) {}

 protected:
  ~SimulationHook() = default;
};

extern thread_local constinit SimulationHook* simulation_hook
    __attribute__((tls_model("initial-exec")));

inline void NoteEffect(ContextBase& context, const EffectNote& note) {
  if (context.has(kObserved) && simulation_hook != nullptr) [[unlikely]] {
    simulation_hook->OnEffect(context, note);
  }
}

}  // namespace sampo::internal

#endif  // SAMPO_ACTOR_INTERNAL_SIMULATION_HOOK_H_
