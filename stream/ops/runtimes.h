// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// InSimulations and OnAllRuntimes: run a test of streams with many seeds, every second one with the
// order of the stream's own events drawn, and on real threads.
//
// Threads: the test's. What still runs at the end of a body is a failure that names it.
//
//   OnAllRuntimes([](const Materializer& materializer) {
//     EXPECT_EQ(Get(source.RunWith(Sink<int>::Seq(), materializer)), ...);
//   });
#ifndef SAMPO_STREAM_OPS_RUNTIMES_H_
#define SAMPO_STREAM_OPS_RUNTIMES_H_

#include <cstdint>
#include <utility>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sampo/actor/actor.h"
#include "sampo/actor/testkit/actor_test_kit.h"
#include "sampo/actor/testkit/for_each_seed.h"
#include "sampo/actor/testkit/simulated_runtime.h"
#include "sampo/stream/materializer.h"
#include "sampo/stream/testkit/all_stages_stopped.h"

namespace sampo::stream {

template <class Body>
void InSimulations(Body body, int seeds = 20) {
  ForEachSeed(seeds, [&](uint64_t seed) {
    SimulatedRuntime simulation(seed);
    ActorSystem<int> system(Empty(), "streams", simulation.Settings(), simulation.Runtime());
    Attributes attributes;
    if (seed % 2 == 0) attributes = Attributes().FuzzEvents(seed);
    body(Materializer(system, attributes));
    AssertAllStagesStopped(system);
  });
}

template <class Body>
void OnAllRuntimes(Body body, int seeds = 20) {
  InSimulations(body, seeds);
  if (testing::Test::HasFailure()) return;
  ActorTestKit kit;
  body(Materializer(kit.system()));
  AssertAllStagesStopped(kit.system());
}

// The value, within 10 s; a failure of the test where there is none.
template <class T>
T Get(Future<T> future) {
  auto result = Await(std::move(future), absl::Seconds(10));
  if (!result.ok()) {
    ADD_FAILURE() << result.status();
    return T();
  }
  return *std::move(result);
}
// The status it completes with.
template <class T>
absl::Status StatusOf(Future<T> future) {
  auto result = Await(std::move(future), absl::Seconds(10));
  if constexpr (std::is_void_v<T>) {
    return result;
  } else {
    return result.status();
  }
}

}  // namespace sampo::stream

#endif  // SAMPO_STREAM_OPS_RUNTIMES_H_
