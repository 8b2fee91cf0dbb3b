// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// SimulatedKit: a system in a simulation of its own, for the tests of //actor.
//
// Nothing runs until the test asks for it: Run, or a probe's Expect. So "three messages wait in the
// mailbox" is three Tells.
// Threads: the test's.
//
//   SimulatedKit kit;
//   ActorRef<Command> cart = kit.Spawn(Cart(), "cart");
//   kit.Run();
#ifndef SAMPO_ACTOR_TEST_UTIL_H_
#define SAMPO_ACTOR_TEST_UTIL_H_

#include <string_view>
#include <utility>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sampo/actor/actor_system.h"
#include "sampo/actor/testkit/actor_test_kit.h"
#include "sampo/actor/testkit/for_each_seed.h"
#include "sampo/actor/testkit/simulated_runtime.h"
#include "sampo/actor/testkit/test_probe.h"

namespace sampo {

class SimulatedKit {
 public:
  explicit SimulatedKit(uint64_t seed = TestSeed())
      : simulation_(seed),
        kit_({.settings = simulation_.Settings(), .runtime = simulation_.Runtime()}) {}

  ActorSystemBase& system() { return kit_.system(); }
  ActorTestKit& kit() { return kit_; }
  SimulatedRuntime& simulation() { return simulation_; }

  template <class C>
  ActorRef<C> Spawn(Behavior<C> behavior, std::string_view name = {}, const Props& props = {}) {
    return kit_.Spawn(std::move(behavior), name, props);
  }
  template <class M>
  TestProbe<M> Probe() {
    return kit_.CreateTestProbe<M>();
  }
  // Until nobody has anything to do; the time stands still.
  void Run() { EXPECT_EQ(simulation_.RunUntilIdle(), absl::OkStatus()); }
  void RunFor(absl::Duration duration) {
    EXPECT_EQ(simulation_.RunFor(duration), absl::OkStatus());
  }

 private:
  SimulatedRuntime simulation_;
  ActorTestKit kit_;
};

}  // namespace sampo

#endif  // SAMPO_ACTOR_TEST_UTIL_H_
