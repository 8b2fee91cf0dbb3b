// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/spawn_protocol.h"

#include <string>
#include <utility>
#include <variant>

#include "gtest/gtest.h"
#include "sampo/actor/actor.h"
#include "sampo/actor/test_util.h"

namespace sampo {
namespace {

struct Ping {
  ReplyTo<std::string> reply_to;
};

Behavior<Ping> Ponger() {
  return sampo::Setup<Ping>([](ActorContext<Ping>& context) {
    return Receive<Ping>([path = context.path()](Ping&& m) {
      m.reply_to.Tell(path);
      return Same();
    });
  });
}

struct SpawnProtocolTest : testing::Test {
  std::string PathOf(const ActorRef<Ping>& ref) {
    Future<std::string> path = Ask<std::string>(
        ref, absl::Seconds(3), [](auto reply_to) { return Ping{std::move(reply_to)}; });
    return Await(path, absl::Seconds(5)).value();
  }
  ActorRef<Ping> Spawn(std::string_view name) {
    Future<ActorRef<Ping>> child = SpawnProtocol::Ask(spawner, Ponger(), name);
    absl::StatusOr<ActorRef<Ping>> ref = Await(child, absl::Seconds(5));
    EXPECT_TRUE(ref.ok()) << ref.status();
    return *ref;
  }
  SimulatedKit kit;
  ActorRef<SpawnProtocol::Command> spawner = kit.Spawn(SpawnProtocol::Create(), "spawner");
};

TEST_F(SpawnProtocolTest, SpawnsAChildThatWorks) {
  EXPECT_EQ(PathOf(Spawn("worker")), "/user/spawner/worker");
}

TEST_F(SpawnProtocolTest, ATakenNameGetsASuffix) {
  EXPECT_EQ(PathOf(Spawn("worker")), "/user/spawner/worker");
  EXPECT_EQ(PathOf(Spawn("worker")), "/user/spawner/worker-1");
  EXPECT_EQ(PathOf(Spawn("worker")), "/user/spawner/worker-2");
}

TEST_F(SpawnProtocolTest, AnEmptyNameIsAnonymous) {
  EXPECT_EQ(PathOf(Spawn("")), "/user/spawner/$a");
  EXPECT_EQ(PathOf(Spawn("")), "/user/spawner/$b");
}

TEST_F(SpawnProtocolTest, ABadNameIsAStatus) {
  Future<ActorRef<Ping>> child = SpawnProtocol::Ask(spawner, Ponger(), "a/b");
  EXPECT_EQ(Await(child, absl::Seconds(5)).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(SpawnProtocolTest, TheAnswerMayBeLeftOut) {
  spawner.Tell(SpawnProtocol::Spawn(Ponger(), "quiet"));
  kit.Run();
  EXPECT_EQ(PathOf(Spawn("quiet")), "/user/spawner/quiet-1");
}

TEST_F(SpawnProtocolTest, WorksAsAGuardian) {
  SimulatedRuntime simulation(3);
  ActorSystem<SpawnProtocol::Command> system(SpawnProtocol::Create(), "shop", simulation.Settings(),
                                             simulation.Runtime());
  Future<ActorRef<Ping>> child = SpawnProtocol::Ask(system.guardian(), Ponger(), "worker");
  EXPECT_EQ(PathOf(Await(child, absl::Seconds(5)).value()), "/user/worker");
}

TEST_F(SpawnProtocolTest, AnEndedSpawnerRefusesAtOnce) {
  kit.kit().Stop(spawner);
  Future<ActorRef<Ping>> child = SpawnProtocol::Ask(spawner, Ponger(), "late");
  ASSERT_TRUE(child.IsComplete());
  EXPECT_EQ(Await(child, absl::ZeroDuration()).status().code(), absl::StatusCode::kCancelled);
}

}  // namespace
}  // namespace sampo
