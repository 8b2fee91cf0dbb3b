// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/routing.h"

#include <map>
#include <memory>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "gtest/gtest.h"
#include "sampo/actor/actor.h"
#include "sampo/actor/base/random.h"
#include "sampo/actor/test_util.h"

namespace sampo {
namespace {

struct Job {
  std::string customer;
};

struct RoutingTest : testing::Test {
  std::vector<AnyActorRef> Routees(int count) {
    std::vector<AnyActorRef> refs;
    for (int i = 0; i < count; ++i) {
      refs.push_back(kit.Spawn(Receive<Job>([](const Job&) { return Same(); }),
                               "routee-" + std::to_string(spawned_++)));
    }
    return refs;
  }
  SimulatedKit kit;
  int spawned_ = 0;
};

TEST_F(RoutingTest, RoundRobinTakesTurnsAlsoAfterAChange) {
  auto logic = Routing<Job>::RoundRobin().MakeLogic(1);
  logic->SetRoutees(Routees(3));
  std::vector<size_t> chosen;
  for (int i = 0; i < 6; ++i) chosen.push_back(logic->Select(0));
  EXPECT_EQ(chosen, (std::vector<size_t>{0, 1, 2, 0, 1, 2}));
  logic->SetRoutees(Routees(2));
  for (int i = 0; i < 10; ++i) EXPECT_LT(logic->Select(0), 2u);
}

TEST_F(RoutingTest, RandomReachesAllAboutEquallyAndRepeatsWithItsSeed) {
  auto logic = Routing<Job>::Random().MakeLogic(7);
  auto again = Routing<Job>::Random().MakeLogic(7);
  const std::vector<AnyActorRef> routees = Routees(4);
  logic->SetRoutees(routees);
  again->SetRoutees(routees);
  std::map<size_t, int> hits;
  for (int i = 0; i < 4000; ++i) {
    const size_t chosen = logic->Select(0);
    EXPECT_EQ(chosen, again->Select(0));
    ++hits[chosen];
  }
  ASSERT_EQ(hits.size(), 4u);
  for (const auto& [routee, count] : hits) EXPECT_NEAR(count, 1000, 200) << routee;
}

TEST_F(RoutingTest, ConsistentHashingIsStableAndMovesFewKeys) {
  auto logic =
      Routing<Job>::ConsistentHashing([](const Job& m) { return m.customer; }, 50).MakeLogic(1);
  std::vector<AnyActorRef> routees = Routees(10);
  logic->SetRoutees(routees);
  std::vector<AnyActorRef> before;
  std::set<size_t> used;
  for (uint64_t i = 0; i < 1000; ++i) {
    const size_t chosen = logic->Select(internal::HashKey(i));
    EXPECT_EQ(chosen, logic->Select(internal::HashKey(i)));
    before.push_back(routees[chosen]);
    used.insert(chosen);
  }
  EXPECT_EQ(used.size(), 10u);
  const AnyActorRef gone = routees[3];
  routees.erase(routees.begin() + 3);
  logic->SetRoutees(routees);
  for (uint64_t i = 0; i < 1000; ++i) {
    const AnyActorRef now = routees[logic->Select(internal::HashKey(i))];
    // Only the keys of the one that left have moved.
    if (!(before[i] == gone)) {
      EXPECT_EQ(now.path(), before[i].path());
    }
  }
}

TEST_F(RoutingTest, TheNextIncarnationOwnsTheSameKeys) {
  auto logic =
      Routing<Job>::ConsistentHashing([](const Job& m) { return m.customer; }).MakeLogic(1);
  std::vector<AnyActorRef> routees = Routees(3);
  logic->SetRoutees(routees);
  std::vector<size_t> before;
  for (uint64_t i = 0; i < 100; ++i) before.push_back(logic->Select(internal::HashKey(i)));
  for (const AnyActorRef& each : routees) kit.kit().Stop(each);
  spawned_ = 0;
  logic->SetRoutees(Routees(3));
  for (uint64_t i = 0; i < 100; ++i) EXPECT_EQ(logic->Select(internal::HashKey(i)), before[i]);
}

TEST(StableHashTest, IsTheSameForEver) {
  // Routers on nodes of different versions must agree: these numbers never change.
  // FNV-1a of "" and "a" as its authors publish them, mixed.
  EXPECT_EQ(internal::StableHash(""), MixBits(0xcbf29ce484222325u));
  EXPECT_EQ(internal::StableHash("a"), MixBits(0xaf63dc4c8601ec8cu));
  EXPECT_EQ(internal::StableHash(""), 14087677454934409008u);
  EXPECT_EQ(internal::StableHash("mill"), internal::HashKey(std::string("mill")));
  EXPECT_NE(internal::HashKey(1), internal::HashKey(2));
}

struct Reload {};
struct MoveOnly {
  std::unique_ptr<int> value;
};
struct Mixed : std::variant<Job, Reload, MoveOnly> {
  using variant::variant;
};

TEST(BroadcastTest, MatchesByType) {
  const auto none = Broadcast<Mixed>();
  const auto reload = Broadcast<Mixed>::Of<Reload>();
  Envelope* envelope = MakeEnvelope<Reload>(false, 1);
  EXPECT_FALSE(none.Matches(*envelope));
  EXPECT_TRUE(reload.Matches(*envelope));
  RetireEnvelope(envelope);
  envelope = MakeEnvelope<MoveOnly>(false, 2);
  EXPECT_FALSE(reload.Matches(*envelope));
  RetireEnvelope(envelope);
}

TEST(BroadcastTest, MatchesByPredicate) {
  const auto all_mills = Broadcast<Job>::When([](const Job& m) { return m.customer == "mill"; });
  for (const char* customer : {"mill", "smith"}) {
    Envelope* envelope = MakeEnvelope<Job>(false, 0, Job{customer});
    EXPECT_EQ(all_mills.Matches(*envelope), std::string(customer) == "mill");
    RetireEnvelope(envelope);
  }
}

}  // namespace
}  // namespace sampo
