// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// SimulatedRuntime: actor systems on one thread, under virtual time, in an order that one seed
// decides.
//
// Why: a bug that needs a certain order of messages shows once in a thousand runs on threads, and
// never again under the debugger. Here the seed is the order: the same seed gives the same run, in
// every build of one compiler, and a thousand seeds give a thousand orders in a second or so.
// What happens: each step takes one ready actor (SchedulePolicyKind) and lets it handle one
// message; where none is ready, time leaps to the next timer. All dispatchers, also pinned and
// blocking ones, are this one. Await on this thread runs the simulation, and its timeout is
// virtual. Limits: a step is never interrupted, so what happens inside of a handler, or inside of
// the mailbox, is not interleaved. Blocking calls, threads of your own, the machine's clock, random
// numbers not taken from a seed, and iterating a hash table by address leave the simulation;
// RunTwice finds where. Threads: the one that made it, also for Tell; another one's aborts with
// words. Lifetime: longer than its systems. Several may live on one thread; the newest serves
// Await.
//
//   SimulatedRuntime simulation(seed);
//   ActorSystem<Command> system(Guardian(), "shop", simulation.Settings(), simulation.Runtime());
//   system.Tell(Start{});
//   absl::Status ran = simulation.RunUntil([&] { return done; }, absl::Minutes(1));
#ifndef SAMPO_ACTOR_TESTKIT_SIMULATED_RUNTIME_H_
#define SAMPO_ACTOR_TESTKIT_SIMULATED_RUNTIME_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "sampo/actor/actor_runtime.h"
#include "sampo/actor/base/clock.h"
#include "sampo/actor/base/random.h"
#include "sampo/actor/system_settings.h"
#include "sampo/actor/testkit/schedule_policy.h"

namespace sampo {

struct SimulationOptions {
  uint64_t seed = 1;
  SchedulePolicyKind policy = SchedulePolicyKind::kUniform;
  // PCT: how often priorities change, and over how many steps those changes are spread.
  int change_points = 3;
  int64_t steps_expected = 1000;
  // A slow machine: with this chance a step is put off and the next timer goes first, if it is due
  // within `delay_max`. So timers race with messages, but never a far timeout with a fast answer.
  double delay_chance = 0.0625;
  absl::Duration delay_max = absl::Milliseconds(10);
  // Steps of one call of Run, RunFor, RunUntil, RunUntilIdle or Await before it gives up.
  int64_t steps_max = 1'000'000;
  // Steps whose text and hash are kept for Trace; the first ones. 0: the hash alone.
  int64_t trace_steps_max = 0;
};

class SimulatedRuntime {
 public:
  explicit SimulatedRuntime(uint64_t seed) : SimulatedRuntime(SimulationOptions{.seed = seed}) {}
  explicit SimulatedRuntime(SimulationOptions options);
  ~SimulatedRuntime();
  SimulatedRuntime(const SimulatedRuntime&) = delete;
  SimulatedRuntime& operator=(const SimulatedRuntime&) = delete;

  // For one actor system each.
  ActorRuntime Runtime();
  // Settings for a system in here: its seed comes from this one's, and its log goes nowhere.
  SystemSettings Settings();

  // --- Running. RESOURCE_EXHAUSTED after steps_max steps. Not from inside of an actor. ---

  // Until no actor is ready; time stands still.
  [[nodiscard]] absl::Status RunUntilIdle();
  // Until no actor is ready and no timer waits. Periodic timers never end: use RunFor.
  [[nodiscard]] absl::Status Run();
  // For so much virtual time, and until no actor is ready then.
  [[nodiscard]] absl::Status RunFor(absl::Duration duration);
  // Until `done` is true, which is asked before each step. DEADLINE_EXCEEDED: it was not within
  // `timeout` of virtual time, or nothing is left to do.
  [[nodiscard]] absl::Status RunUntil(const std::function<bool()>& done,
                                      absl::Duration timeout = absl::Minutes(10));

  // --- What it did ---

  uint64_t seed() const;
  int64_t steps() const;
  int64_t NowNanos() const;
  // For the scenario's own chance; does not disturb the schedule.
  Random& random();
  // Of all steps so far: virtual time, actor (spawn numbers on its path), and each message's place
  // in its protocol and declared name (kMessageName). Equal in every build of one compiler.
  uint64_t trace_hash() const;
  // "12 +1.5ms /user/cart <- AddItem[0]" for each kept step, and the hash after it.
  struct TraceStep {
    uint64_t hash = 0;
    std::string text;
  };
  const std::vector<TraceStep>& trace() const;

  // --- For the other test kits ---
  class Core;
  Core& core() { return *core_; }

 private:
  const std::shared_ptr<Core> core_;
};

// What RunTwice found.
struct ReplayReport {
  bool equal = false;
  int64_t steps = 0;  // of the first run
  uint64_t hash = 0;  // of the first run
  // Where they part: the step, what each run did there, and some steps before it.
  int64_t first_difference = -1;
  std::string text;
};

// Runs `scenario` twice with one seed and compares the traces step by step: it makes its systems in
// the simulation it gets, and ends them before it returns. A difference is a leak of something that
// is not the seed's; the text names the first step where it shows.
ReplayReport RunTwice(SimulationOptions options,
                      const std::function<void(SimulatedRuntime&)>& scenario);
inline ReplayReport RunTwice(uint64_t seed,
                             const std::function<void(SimulatedRuntime&)>& scenario) {
  return RunTwice(SimulationOptions{.seed = seed}, scenario);
}

}  // namespace sampo

#endif  // SAMPO_ACTOR_TESTKIT_SIMULATED_RUNTIME_H_
