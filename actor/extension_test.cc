// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/extension.h"

#include <atomic>
#include <latch>
#include <memory>
#include <thread>
#include <vector>

#include "gtest/gtest.h"
#include "sampo/actor/actor.h"
#include "sampo/actor/test_util.h"

namespace sampo {
namespace {

struct Counted : Extension {
  explicit Counted(ActorSystemBase& of) : system(&of) { ++made; }
  ~Counted() override { ++ended; }
  static Counted& Get(ActorSystemBase& system) { return GetExtension<Counted>(system); }
  static inline std::atomic<int> made = 0;
  static inline std::atomic<int> ended = 0;
  ActorSystemBase* const system;
};

TEST(ExtensionTest, IsMadeOnFirstUseAndEndsWithItsSystem) {
  Counted::made = Counted::ended = 0;
  {
    SimulatedKit kit;
    EXPECT_EQ(Counted::made, 0);
    Counted& first = Counted::Get(kit.system());
    EXPECT_EQ(first.system, &kit.system());
    EXPECT_EQ(&Counted::Get(kit.system()), &first);
    EXPECT_EQ(Counted::made, 1);
    EXPECT_EQ(Counted::ended, 0);
  }
  EXPECT_EQ(Counted::ended, 1);
}

TEST(ExtensionTest, EachSystemHasItsOwn) {
  SimulatedKit one;
  SimulatedKit two;
  EXPECT_NE(&Counted::Get(one.system()), &Counted::Get(two.system()));
}

TEST(ExtensionTest, IsMadeOnceHoweverManyThreadsAsk) {
  Counted::made = 0;
  ActorTestKit kit;
  constexpr int kThreads = 8;
  std::latch start(kThreads);
  std::vector<Counted*> got(kThreads);
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&, i] {
      start.arrive_and_wait();
      got[static_cast<size_t>(i)] = &Counted::Get(kit.system());
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(Counted::made, 1);
  for (Counted* each : got) EXPECT_EQ(each, got[0]);
}

std::vector<int>& EndOrder() {
  static auto* const order = new std::vector<int>;
  return *order;
}
struct Lower : Extension {
  explicit Lower(ActorSystemBase&) {}
  ~Lower() override { EndOrder().push_back(1); }
};
struct Upper : Extension {
  explicit Upper(ActorSystemBase& system) : lower(GetExtension<Lower>(system)) {}
  ~Upper() override { EndOrder().push_back(2); }
  Lower& lower;
};

TEST(ExtensionTest, MayUseAnotherOneWhichOutlivesIt) {
  EndOrder().clear();
  {
    SimulatedKit kit;
    Upper& upper = GetExtension<Upper>(kit.system());
    EXPECT_EQ(&upper.lower, &GetExtension<Lower>(kit.system()));
  }
  EXPECT_EQ(EndOrder(), (std::vector<int>{2, 1}));
}

struct Selfish : Extension {
  explicit Selfish(ActorSystemBase& system) { GetExtension<Selfish>(system); }
};

TEST(ExtensionDeathTest, ThatAsksForItselfWhileItIsMadeAborts) {
  SimulatedKit kit;
  EXPECT_DEATH(GetExtension<Selfish>(kit.system()), "asked for itself");
}

}  // namespace
}  // namespace sampo
