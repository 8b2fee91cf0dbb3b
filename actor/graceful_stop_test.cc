// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/graceful_stop.h"

#include <atomic>
#include <memory>
#include <string>
#include <utility>
#include <variant>

#include "gtest/gtest.h"
#include "sampo/actor/actor.h"
#include "sampo/actor/actor_ref_resolver.h"
#include "sampo/actor/test_util.h"

namespace sampo {
namespace {

struct Work {};
struct Quit {};
struct Command : std::variant<Work, Quit> {
  using variant::variant;
};

// Counts its work, and notes its end.
struct Notes {
  std::atomic<int> worked = 0;
  std::atomic<bool> stopped = false;
};
Behavior<Command> Worker(std::shared_ptr<Notes> notes) {
  return Receive<Command>(On{[notes](const Work&) {
                               ++notes->worked;
                               return Same();
                             },
                             [](const Quit&) { return Stopped(); }},
                          OnSignal{[notes](const PostStop&) {
                            notes->stopped = true;
                            return Same();
                          }});
}

TEST(GracefulStopTest, CompletesWhenTheActorHasEnded) {
  SimulatedKit kit;
  auto notes = std::make_shared<Notes>();
  ActorRef<Command> worker = kit.Spawn(Worker(notes), "worker");
  Future<void> stopped = GracefulStop(worker, absl::Seconds(3));
  EXPECT_FALSE(stopped.IsComplete());
  EXPECT_EQ(Await(stopped, absl::Seconds(5)), absl::OkStatus());
  EXPECT_TRUE(notes->stopped);
}

TEST(GracefulStopTest, AMessageStopsBehindWhatIsInTheMailbox) {
  SimulatedKit kit;
  auto notes = std::make_shared<Notes>();
  ActorRef<Command> worker = kit.Spawn(Worker(notes));
  for (int i = 0; i < 10; ++i) worker.Tell(Work{});
  EXPECT_EQ(Await(GracefulStop(worker, Quit{}, absl::Seconds(3)), absl::Seconds(5)),
            absl::OkStatus());
  EXPECT_EQ(notes->worked, 10);
}

TEST(GracefulStopTest, OfAnActorThatHasEndedIsFine) {
  SimulatedKit kit;
  ActorRef<Command> worker = kit.Spawn(Worker(std::make_shared<Notes>()));
  worker.Tell(Quit{});
  kit.Run();
  EXPECT_EQ(Await(GracefulStop(worker, absl::Seconds(3)), absl::Seconds(5)), absl::OkStatus());
}

TEST(GracefulStopTest, SaysWhenTheActorDoesNotEnd) {
  SimulatedKit kit;
  ActorRef<Command> worker = kit.Spawn(Worker(std::make_shared<Notes>()), "stubborn");
  absl::Status status = Await(GracefulStop(worker, Work{}, absl::Seconds(3)), absl::Seconds(5));
  EXPECT_EQ(status.code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_NE(status.message().find("/user/stubborn"), std::string::npos) << status;
}

TEST(GracefulStopTest, WaitsForTheChildrenToo) {
  SimulatedKit kit;
  auto notes = std::make_shared<Notes>();
  ActorRef<Command> parent =
      kit.Spawn(sampo::Setup<Command>([notes](ActorContext<Command>& context) {
        context.Spawn(Worker(notes), "child");
        return Receive<Command>([](const auto&) { return Same(); });
      }));
  kit.Run();
  EXPECT_EQ(Await(GracefulStop(parent, absl::Seconds(3)), absl::Seconds(5)), absl::OkStatus());
  EXPECT_TRUE(notes->stopped);
}

TEST(GracefulStopTest, RefusesWhatIsNoActorOrIsTheSystems) {
  SimulatedKit kit;
  EXPECT_EQ(
      Await(GracefulStop(ActorRef<Work>::Ignore(), absl::Seconds(3)), absl::Seconds(5)).code(),
      absl::StatusCode::kInvalidArgument);
  AnyActorRef guardian = *ActorRefResolver::Get(kit.system()).ResolveAny("/system");
  EXPECT_EQ(Await(GracefulStop(guardian, absl::Seconds(3)), absl::Seconds(5)).message(),
            "can't wait for the end of /system: end the system with Terminate()");
}

TEST(GracefulStopTest, OfTheUserGuardianTerminatesTheSystem) {
  SimulatedRuntime simulation(1);
  ActorSystem<Command> system(Worker(std::make_shared<Notes>()), "shop", simulation.Settings(),
                              simulation.Runtime());
  EXPECT_EQ(Await(GracefulStop(system.guardian(), absl::Seconds(3)), absl::Seconds(5)),
            absl::OkStatus());
  EXPECT_EQ(system.AwaitTermination(absl::Seconds(5)), absl::OkStatus());
  EXPECT_EQ(Await(GracefulStop(system.guardian(), absl::Seconds(3)), absl::Seconds(5)),
            absl::OkStatus());
}

TEST(GracefulStopTest, WorksOnThreadsWhileOthersTell) {
  ActorTestKit kit;
  for (int round = 0; round < 50; ++round) {
    auto notes = std::make_shared<Notes>();
    ActorRef<Command> worker = kit.Spawn(Worker(notes));
    for (int i = 0; i < 100; ++i) worker.Tell(Work{});
    ASSERT_EQ(Await(GracefulStop(worker, absl::Seconds(10)), absl::Seconds(20)), absl::OkStatus());
    EXPECT_TRUE(notes->stopped);
  }
}

}  // namespace
}  // namespace sampo
