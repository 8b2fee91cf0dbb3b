// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/testkit/log_capture.h"

#include "gtest/gtest-spi.h"
#include "gtest/gtest.h"
#include "sampo/actor/actor.h"
#include "sampo/actor/base/log.h"
#include "sampo/actor/testkit/actor_test_kit.h"
#include "sampo/actor/testkit/simulated_runtime.h"

namespace sampo {
namespace {

Behavior<int> Talker() {
  return Setup<int>([](ActorContext<int>& context) {
    return Receive<int>([&context](const int& m) -> Behavior<int> {
      context.Log().Info("got ", m);
      if (m == 0) return Fail(absl::InternalError("boom"));
      return Same();
    });
  });
}

TEST(LogCaptureTest, SeesWhatActorsLogOnThreads) {
  LogCapture log;
  ActorTestKit kit({.settings = log.Settings()});
  ActorRef<int> actor = kit.Spawn(Talker(), "talker");
  log.Expect({.level = LogLevel::kInfo, .message_contains = "got 7", .path_contains = "talker"},
             [&] { actor.Tell(7); });
  log.Expect({.level = LogLevel::kError, .message_contains = "boom"}, [&] { actor.Tell(0); });
  log.Await({.message_contains = "got 7"});
}

TEST(LogCaptureTest, RunsTheSimulation) {
  SimulatedRuntime simulation(1);
  LogCapture log;
  ActorTestKit kit(
      {.settings = log.Settings(simulation.Settings()), .runtime = simulation.Runtime()});
  ActorRef<int> actor = kit.Spawn(Talker(), "talker");
  log.Expect(
      {.message_contains = "got 7"},
      [&] {
        actor.Tell(7);
        actor.Tell(7);
      },
      2);
}

TEST(LogCaptureTest, AMissingEventIsAFailureThatShowsTheOthers) {
  static LogCapture* log;
  static ActorRef<int> actor;
  LogCapture held;
  log = &held;
  SimulatedRuntime simulation(1);
  ActorTestKit kit(
      {.settings = held.Settings(simulation.Settings()), .runtime = simulation.Runtime()});
  actor = kit.Spawn(Talker(), "talker");
  EXPECT_NONFATAL_FAILURE(log->Expect({.message_contains = "got 8"}, [] { actor.Tell(7); }),
                          "got 7");
  actor = ActorRef<int>();
}

}  // namespace
}  // namespace sampo
