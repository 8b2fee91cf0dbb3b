// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/testkit/actor_test_kit.h"

#include <memory>
#include <string>

#include "gtest/gtest-spi.h"
#include "gtest/gtest.h"
#include "sampo/actor/actor.h"
#include "sampo/actor/testkit/simulated_runtime.h"

namespace sampo {
namespace {

Behavior<int> Ignoring() {
  return Receive<int>([](const int&) { return Same(); });
}

TEST(ActorTestKitTest, SpawnsBelowUser) {
  ActorTestKit kit;
  ActorRef<int> actor = kit.Spawn(Ignoring(), "counter");
  EXPECT_EQ(actor.path().substr(0, 13), "/user/counter");
  EXPECT_EQ(kit.system().name(), "test");
}

TEST(ActorTestKitTest, StopsAnActor) {
  ActorTestKit kit;
  ActorRef<int> actor = kit.Spawn(Ignoring(), "counter");
  kit.Stop(actor);
  // Its name is free again.
  EXPECT_FALSE(kit.Spawn(Ignoring(), "counter").is_ignore());
}

TEST(ActorTestKitTest, ARefusedSpawnIsAFailure) {
  static ActorTestKit* kit;
  ActorTestKit held;
  kit = &held;
  held.Spawn(Ignoring(), "counter");
  EXPECT_NONFATAL_FAILURE(kit->Spawn(Ignoring(), "counter"), "ALREADY_EXISTS");
}

TEST(ActorTestKitTest, AShutdownThatIsLateIsAFailure) {
  static ActorTestKit* kit;
  // An actor cannot be late of its own will in the simulation: a busy one keeps the system up.
  SimulatedRuntime simulation(SimulationOptions{.seed = 1, .steps_max = 1000});
  bool free = false;
  ActorTestKit held({.settings = simulation.Settings(),
                     .runtime = simulation.Runtime(),
                     .shutdown_timeout = absl::Milliseconds(50)});
  kit = &held;
  ActorRef<int> actor = held.Spawn(sampo::Setup<int>([&](ActorContext<int>& context) {
                                     return Receive<int>([&](const int&) -> Task<Behavior<int>> {
                                       while (!free) {
                                         auto sleep = context.Sleep(absl::Seconds(1));
                                         co_await std::move(sleep);
                                       }
                                       co_return Same();
                                     });
                                   }),
                                   "sleeper");
  actor.Tell(1);
  ASSERT_TRUE(simulation.RunUntilIdle().ok());
  kit->Shutdown();  // stops a task that waits: nothing is late
}

TEST(ActorTestKitTest, ShutdownTwiceIsOnce) {
  ActorTestKit kit;
  kit.Shutdown();
  kit.Shutdown();
}

}  // namespace
}  // namespace sampo
