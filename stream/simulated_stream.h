// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// SimulatedStream: a system in a simulation for one test of streams.
//
// Threads: the test's.
//
//   SimulatedStream sim(seed);
//   auto result = sim.Await(source.RunWith(Sink<int>::Seq(), sim.system()));
#ifndef SAMPO_STREAM_SIMULATED_STREAM_H_
#define SAMPO_STREAM_SIMULATED_STREAM_H_

#include <utility>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sampo/actor/future.h"
#include "sampo/actor/testkit/actor_test_kit.h"
#include "sampo/actor/testkit/simulated_runtime.h"

namespace sampo::stream {

class SimulatedStream {
 public:
  // Without delays of a slow machine, so that timers are exact.
  explicit SimulatedStream(uint64_t seed = 1)
      : simulation_(SimulationOptions{.seed = seed, .delay_chance = 0}),
        kit_({.settings = simulation_.Settings(), .runtime = simulation_.Runtime()}) {}

  ActorSystemBase& system() { return kit_.system(); }
  ActorTestKit& kit() { return kit_; }
  SimulatedRuntime& simulation() { return simulation_; }
  // The result within an hour of virtual time.
  template <class T>
  FutureResult<T> Await(Future<T> future) {
    return sampo::Await(std::move(future), absl::Hours(1));
  }
  // Runs for so much virtual time.
  void RunFor(absl::Duration duration) {
    const absl::Status ran = simulation_.RunFor(duration);
    EXPECT_TRUE(ran.ok()) << ran;
  }
  void RunUntilIdle() { RunFor(absl::ZeroDuration()); }
  // Since the simulation began.
  absl::Duration now() const { return absl::Nanoseconds(simulation_.NowNanos()) - start_; }

 private:
  SimulatedRuntime simulation_;
  ActorTestKit kit_;
  const absl::Duration start_ = absl::Nanoseconds(simulation_.NowNanos());
};

}  // namespace sampo::stream

#endif  // SAMPO_STREAM_SIMULATED_STREAM_H_
