// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// The inside of SimulatedRuntime: ready list, step, trace. For the test kits.
//
// Threads: one. Lifetime: shared by the runtime's owner and the dispatchers it gave away, so that a
// system that was left behind does no harm.
#ifndef SAMPO_ACTOR_TESTKIT_INTERNAL_SIMULATION_CORE_H_
#define SAMPO_ACTOR_TESTKIT_INTERNAL_SIMULATION_CORE_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "sampo/actor/dispatch/dispatcher.h"
#include "sampo/actor/dispatch/manual_timer_service.h"
#include "sampo/actor/internal/actor_cell.h"
#include "sampo/actor/internal/simulation_hook.h"
#include "sampo/actor/testkit/simulated_runtime.h"

namespace sampo {

class SimulatedRuntime::Core final : public internal::SimulationHook,
                                     public std::enable_shared_from_this<Core> {
 public:
  struct Ready {
    Runnable* runnable;
    Dispatcher* dispatcher;
  };

  explicit Core(SimulationOptions options);
  Core(const Core&) = delete;
  // Makes this the newest simulation of its thread, and no simulation of it any more.
  void Attach();
  void Detach();

  ActorRuntime MakeRuntime();

  // --- the dispatcher's side ---
  void Add(Dispatcher* dispatcher, int system, Runnable* runnable);
  // Runs what is left of `dispatcher` and forgets what does not end.
  void Drain(Dispatcher* dispatcher);
  size_t ReadyOf(const Dispatcher* dispatcher) const;

  // --- running ---
  // One step, without passing `limit_nanos`. False: nothing to do until then.
  bool Step(int64_t limit_nanos);
  // Steps until `done`, or until there is nothing to do before the limit.
  absl::Status StepUntil(const std::function<bool()>& done, int64_t limit_nanos);
  void AdvanceTo(int64_t nanos);
  int64_t NextDeadlineNanos() const;
  // Runs one turn of the `index`-th ready runnable.
  void RunReady(size_t index);
  const std::vector<Ready>& ready() const { return ready_; }

  // --- internal::SimulationHook ---
  void OnMessage(internal::ContextBase& context, const Envelope& envelope) override;
  void OnResult(internal::ContextBase& context, internal::Word next) override;
  void OnFailure(internal::ContextBase& context, const Failure& failure) override;
  void OnEffect(internal::ContextBase& context, const internal::EffectNote& note) override;
  // A build that can plant bugs: another thread could run here. Lets others take a few steps.
  void OnPreemptionPoint();
  // The BehaviorTestKit listens to these.
  void set_listener(internal::SimulationHook* listener) { listener_ = listener; }

  const SimulationOptions options;
  Random user_random;
  Random settings_random;
  int64_t now_nanos = 0;
  int64_t steps = 0;
  uint64_t hash;
  std::vector<TraceStep> trace;

 private:
  bool PutsOff(int64_t next_deadline);
  void Mix(uint64_t bits) { hash = MixBits(hash ^ bits); }
  bool keeps_text() const { return steps < options.trace_steps_max; }
  void EndStep();
  static uint64_t IdentityOf(const internal::ActorCell* cell, int system);

  const std::thread::id thread_;
  const std::unique_ptr<internal::SchedulePolicy> policy_;
  Random delay_random_;
  Random preemption_random_;
  int preemption_depth_ = 0;
  std::vector<Ready> ready_;                                 // in the order of arrival
  std::vector<uint64_t> identities_;                         // of ready_
  std::vector<std::shared_ptr<ManualTimerService>> timers_;  // one for each system
  int systems_ = 0;
  uint64_t tasks_ = 0;  // runnables that are no actors, counted as they come
  std::string text_;    // of the step that runs
  internal::SimulationHook* listener_ = nullptr;
  const std::atomic<bool> slice_over_{false};
};

}  // namespace sampo

#endif  // SAMPO_ACTOR_TESTKIT_INTERNAL_SIMULATION_CORE_H_
