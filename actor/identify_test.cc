// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/identify.h"

#include <optional>
#include <string>
#include <variant>

#include "gtest/gtest.h"
#include "sampo/actor/actor.h"
#include "sampo/actor/test_util.h"

namespace sampo {
namespace {

struct Nap {};
struct Stop {};
struct Command : std::variant<Nap, Stop> {
  using variant::variant;
};

Behavior<Command> Sleeper() {
  return sampo::Setup<Command>([](ActorContext<Command>& context) {
    return Receive<Command>(On{[&context](const Nap&) -> Task<Behavior<Command>> {
                                 auto sleep = context.Sleep(absl::Hours(1));
                                 co_await std::move(sleep);
                                 co_return Same();
                               },
                               [](const Stop&) { return Stopped(); }});
  });
}

TEST(IdentifyTest, GivesTheRefOfALivingActor) {
  SimulatedKit kit;
  ActorRef<Command> sleeper = kit.Spawn(Sleeper(), "sleeper");
  Future<AnyActorRef> any = Identify(kit.system(), "/user/sleeper", absl::Seconds(1));
  EXPECT_EQ(Await(any, absl::Seconds(2)).value(), AnyActorRef(sleeper));
  Future<ActorRef<Stop>> typed =
      IdentifyAs<Stop>(kit.system(), "sampo://test/user/sleeper", absl::Seconds(1));
  EXPECT_EQ(Await(typed, absl::Seconds(2)).value(), ActorRef<Stop>(sleeper));
}

TEST(IdentifyTest, SaysNotFoundWhereNobodyIs) {
  SimulatedKit kit;
  Future<AnyActorRef> nobody = Identify(kit.system(), "/user/nobody", absl::Seconds(1));
  EXPECT_EQ(Await(nobody, absl::Seconds(2)).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(
      Await(Identify(kit.system(), "/ignore", absl::Seconds(1)), absl::Seconds(2)).status().code(),
      absl::StatusCode::kNotFound);
}

TEST(IdentifyTest, OfAnActorThatEndsFirstSaysNotFound) {
  SimulatedKit kit;
  ActorRef<Command> sleeper = kit.Spawn(Sleeper(), "sleeper");
  kit.Run();
  sleeper.Tell(Stop{});
  kit.Run();
  // The name may be free or not yet: there is no actor in either case.
  Future<AnyActorRef> gone = Identify(kit.system(), sleeper.path(), absl::Seconds(1));
  EXPECT_EQ(Await(gone, absl::Seconds(2)).status().code(), absl::StatusCode::kNotFound);
}

TEST(IdentifyTest, IsAnsweredWhileACoroutineHandlerWaits) {
  SimulatedKit kit;
  ActorRef<Command> sleeper = kit.Spawn(Sleeper(), "sleeper");
  sleeper.Tell(Nap{});
  kit.Run();
  Future<AnyActorRef> any = Identify(kit.system(), "/user/sleeper", absl::Seconds(1));
  EXPECT_EQ(Await(any, absl::Seconds(2)).value(), AnyActorRef(sleeper));
}

TEST(IdentifyTest, PassesOnWhatThePathIsWrongAbout) {
  SimulatedKit kit;
  kit.Spawn(Sleeper(), "sleeper");
  EXPECT_EQ(
      Await(Identify(kit.system(), "sleeper", absl::Seconds(1)), absl::Seconds(2)).status().code(),
      absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(
      Await(IdentifyAs<int>(kit.system(), "/user/sleeper", absl::Seconds(1)), absl::Seconds(2))
          .status()
          .code(),
      absl::StatusCode::kFailedPrecondition);
}

}  // namespace
}  // namespace sampo
