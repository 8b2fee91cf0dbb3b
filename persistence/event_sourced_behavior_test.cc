// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Behaviours 56 and 57: write first, then effects; failure against rejection. And the stash.
#include "sampo/persistence/event_sourced_behavior.h"

#include <memory>
#include <new>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sampo/actor/actor.h"
#include "sampo/actor/testkit/actor_test_kit.h"
#include "sampo/actor/testkit/for_each_seed.h"
#include "sampo/actor/testkit/simulated_runtime.h"
#include "sampo/actor/testkit/test_probe.h"
#include "sampo/persistence/testing_cart.h"
#include "sampo/persistence/testing_shop.h"
#include "sampo/persistence/testing_storage.h"

namespace sampo::persistence {
namespace {

using namespace testing;  // NOLINT: the cart

TEST(EventSourcedBehaviorTest, AnAcknowledgedEventIsThereAfterARestart) {
  ForEachSeed(20, [](uint64_t seed) {
    Shop shop(seed);
    auto cart = shop.Spawn(shop.Options());
    shop.Add(cart, {"mill"});
    shop.kit.Stop(cart);
    auto again = shop.Spawn(shop.Options());
    EXPECT_EQ(shop.ItemsOf(again), Items({"mill"}));
    EXPECT_EQ(shop.storage->HeadOf("Cart|1").highest_seq, 1);
    EXPECT_EQ(shop.storage->HeadOf("Cart|1").epoch, 2u);
  });
}

TEST(EventSourcedBehaviorTest, OneSeedIsOneRun) {
  const ReplayReport report = RunTwice(7, [](SimulatedRuntime& simulation) {
    ActorTestKit kit({.settings = simulation.Settings(), .runtime = simulation.Runtime()});
    auto storage = std::make_shared<TestingStorage>();
    Persistence::Get(kit.system()).Use(storage->Plugins());
    storage->NextAppend(AppendFate::kNoRoom, 3);
    for (const char* id : {"1", "2", "1"}) {
      auto cart = kit.Spawn(EventSourcedBehavior<Command, Event, State>(
          {.persistence_id = PersistenceId::Of("Cart", id),
           .empty_state = State{},
           .on_command = Decide,
           .on_event = Apply,
           .snapshot_every = 2}));
      for (const char* sku : {"a", "b", "c"}) cart.Tell(AddItem{sku, {}});
    }
    EXPECT_EQ(simulation.RunFor(absl::Minutes(1)), absl::OkStatus());
  });
  EXPECT_TRUE(report.equal) << report.text;
  EXPECT_GT(report.steps, 50);
}

// --- 56 ---

TEST(Behaviour56Test, AThrowingEventHandlerPersistsNothing) {
  Shop shop(1);
  auto cart = shop.kit.Spawn<Command>(
      Supervise(EventSourcedBehavior(shop.Options())).OnFailure(SupervisorStrategy::Resume()));
  cart.Tell(AddItem{"throw", shop.status.ref()});
  shop.Add(cart, {"mill"});
  EXPECT_EQ(shop.storage->TakeLog(), Items({"append Cart|1 1"}));
  EXPECT_EQ(shop.storage->HeadOf("Cart|1").highest_seq, 1);
}

TEST(Behaviour56Test, AFailingEventHandlerPersistsNothing) {
  Shop shop(1);
  CartOptions options = shop.Options();
  options.on_event = [](const State& state, const Event& event) -> absl::StatusOr<State> {
    if (state.items.size() == 1) return absl::FailedPreconditionError("full");
    return Apply(state, event);
  };
  auto cart = shop.Spawn(std::move(options));
  // All of them or none: the second one fails.
  cart.Tell(AddItems{{"mill", "pot"}, shop.status.ref()});
  shop.status.ExpectTerminated(cart);
  EXPECT_EQ(shop.storage->HeadOf("Cart|1").highest_seq, 0);
  EXPECT_FALSE(shop.status.HasMessages());
}

// A cart with a child, which it watches.
Behavior<Command> Parent(CartOptions options, ActorRef<int>* child) {
  return Setup<Command>([shared = std::make_shared<CartOptions>(std::move(options)),
                         child](ActorContext<Command>& context) {
    *child = context.SpawnAnonymous(Receive<int>([](const int&) { return Stopped(); }));
    context.Watch(*child);
    return EventSourcedBehavior(std::move(*shared));
  });
}

TEST(Behaviour56Test, SignalsDuringTheWriteSeeTheOldState) {
  ForEachSeed(20, [](uint64_t seed) {
    Shop shop(seed);
    ActorRef<int> child;
    auto cart = shop.kit.Spawn(Parent(shop.Options(), &child));
    shop.storage->HoldAppends();
    cart.Tell(AddItem{"mill", shop.status.ref()});
    shop.RunUntilIdle();
    child.Tell(1);
    shop.RunUntilIdle();
    EXPECT_EQ(shop.signals, Items({"RecoveryCompleted/0", "Terminated/0"}));
    EXPECT_FALSE(shop.status.HasMessages());
    shop.storage->ReleaseAppends();
    EXPECT_EQ(shop.status.ExpectMessage(), absl::OkStatus());
    EXPECT_EQ(shop.ItemsOf(cart), Items({"mill"}));
  });
}

TEST(Behaviour56Test, RepliesComeAfterTheWriteAndAfterTheSnapshotThatIsDue) {
  ForEachSeed(20, [](uint64_t seed) {
    Shop shop(seed);
    CartOptions options = shop.Options();
    options.snapshot_every = 1;
    auto cart = shop.Spawn(std::move(options));
    shop.storage->HoldAppends();
    shop.storage->HoldSnapshots();
    cart.Tell(AddItem{"mill", shop.status.ref()});
    cart.Tell(GetItems{shop.items.ref()});
    shop.RunUntilIdle();
    EXPECT_FALSE(shop.status.HasMessages());
    shop.storage->ReleaseAppends();
    shop.RunUntilIdle();
    EXPECT_EQ(shop.storage->HeadOf("Cart|1").highest_seq, 1);
    EXPECT_FALSE(shop.status.HasMessages());
    EXPECT_FALSE(shop.items.HasMessages());  // commands wait for the snapshot, too
    shop.storage->ReleaseSnapshots();
    EXPECT_EQ(shop.status.ExpectMessage(), absl::OkStatus());
    EXPECT_EQ(shop.items.ExpectMessage(), Items({"mill"}));
    EXPECT_EQ(shop.signals, Items({"RecoveryCompleted/0", "SnapshotCompleted/1"}));
  });
}

TEST(Behaviour56Test, StepsRunInOrderAfterTheLastEventOfOneAtomicWrite) {
  Shop shop(1);
  std::vector<std::string> steps;
  CartOptions options = shop.Options();
  options.on_command = [&steps](const State&, Command&&) {
    std::vector<Event> events = {ItemAdded{"a"}, ItemAdded{"b"}, ItemAdded{"c"}};
    const auto note = [&steps](const char* name) {
      return [&steps, name](const State& state) {
        steps.push_back(name + std::to_string(state.items.size()));
      };
    };
    return CartEffect::PersistAll(std::move(events))
        .ThenRun(note("first"))
        .ThenRun(note("second"))
        .ThenStop();
  };
  auto cart = shop.Spawn(std::move(options));
  cart.Tell(Open{});
  shop.status.ExpectTerminated(cart);
  EXPECT_EQ(steps, Items({"first3", "second3"}));
  EXPECT_EQ(shop.storage->TakeLog(), Items({"append Cart|1 3"}));
}

// --- 57 ---

TEST(Behaviour57Test, AFailedWriteStopsTheActorAndItsEffectsDoNotRun) {
  Shop shop(1);
  shop.storage->NextAppend(AppendFate::kFail);
  auto cart = shop.Spawn(shop.Options());
  cart.Tell(AddItem{"mill", shop.status.ref()});
  shop.status.ExpectTerminated(cart);
  EXPECT_FALSE(shop.status.HasMessages());
  EXPECT_EQ(shop.signals, Items({"RecoveryCompleted/0", "JournalPersistFailed/0", "PostStop/0"}));
}

TEST(Behaviour57Test, AFailedWriteMayBeStoredAndABackoffRecoversIt) {
  ForEachSeed(20, [](uint64_t seed) {
    for (const bool stored : {false, true}) {
      Shop shop(seed);
      shop.storage->NextAppend(stored ? AppendFate::kStoreAndFail : AppendFate::kFail);
      auto cart =
          shop.kit.Spawn<Command>(Supervise(EventSourcedBehavior(shop.Options()))
                                      .OnFailure(SupervisorStrategy::RestartWithBackoff({})));
      cart.Tell(AddItem{"mill", shop.status.ref()});
      EXPECT_EQ(shop.simulation.RunFor(absl::Seconds(1)), absl::OkStatus());
      EXPECT_EQ(shop.ItemsOf(cart), stored ? Items({"mill"}) : Items());
      EXPECT_FALSE(shop.status.HasMessages());
    }
  });
}

TEST(Behaviour57Test, NoSupervisorResumesOrRestartsAtOnceWhatNobodyKnows) {
  for (const auto& strategy : {SupervisorStrategy::Resume(), SupervisorStrategy::Restart()}) {
    Shop shop(1);
    shop.storage->NextAppend(AppendFate::kFail);
    auto cart = shop.kit.Spawn<Command>(
        Supervise(EventSourcedBehavior(shop.Options())).OnFailure(strategy));
    cart.Tell(AddItem{"mill", shop.status.ref()});
    shop.status.ExpectTerminated(cart);
  }
}

TEST(Behaviour57Test, OnPersistFailureRecoversAgainAndKeepsTheCommandsThatWait) {
  ForEachSeed(20, [](uint64_t seed) {
    Shop shop(seed);
    CartOptions options = shop.Options();
    options.on_persist_failure = Backoff{.min = absl::Seconds(1)};
    auto cart = shop.Spawn(std::move(options));
    cart.Tell(Close{});
    cart.Tell(AddItem{"stashed", shop.status.ref()});
    shop.RunUntilIdle();
    shop.storage->HoldAppends();
    shop.storage->NextAppend(AppendFate::kStoreAndFail);
    cart.Tell(AddItems{{"mill"}, shop.status.ref()});
    cart.Tell(AddItems{{"pot"}, shop.status.ref()});
    shop.RunUntilIdle();
    shop.storage->ReleaseAppends();
    EXPECT_EQ(shop.status.ExpectMessage(), absl::OkStatus());  // of the pot
    EXPECT_EQ(shop.ItemsOf(cart), Items({"mill", "pot"}));
    EXPECT_FALSE(shop.status.HasMessages());
    EXPECT_TRUE(shop.HasSignal("PreRestart"));
    // The user's stash is there, too: it comes back, and is stashed again.
    cart.Tell(Open{});
    EXPECT_EQ(shop.ItemsOf(cart), Items({"mill", "pot"}));
  });
}

TEST(Behaviour57Test, ARejectedEventIsNotStoredAndUsesNoNumber) {
  ForEachSeed(20, [](uint64_t seed) {
    for (const bool by_codec : {false, true}) {
      Shop shop(seed);
      auto cart = shop.kit.Spawn<Command>(
          Supervise(EventSourcedBehavior(shop.Options())).OnFailure(SupervisorStrategy::Resume()));
      if (!by_codec) shop.storage->NextAppend(AppendFate::kReject);
      cart.Tell(AddItem{by_codec ? "reject" : "mill", shop.status.ref()});
      cart.Tell(AddItem{"pot", shop.status.ref()});
      EXPECT_EQ(shop.ItemsOf(cart), Items({"pot"}));
      EXPECT_EQ(shop.storage->HeadOf("Cart|1").highest_seq, 1);
      EXPECT_EQ(shop.status.ExpectMessage(), absl::OkStatus());  // of the pot
      EXPECT_FALSE(shop.status.HasMessages());
      EXPECT_EQ(shop.signals[1], "JournalPersistRejected/0");
    }
  });
}

TEST(Behaviour57Test, ARejectionStopsAnActorThatNobodySupervises) {
  Shop shop(1);
  auto cart = shop.Spawn(shop.Options());
  cart.Tell(AddItem{"reject", shop.status.ref()});
  shop.status.ExpectTerminated(cart);
}

TEST(EventSourcedBehaviorTest, NoRoomIsTriedAgainAndNothingIsLostOrReordered) {
  ForEachSeed(20, [](uint64_t seed) {
    Shop shop(seed);
    shop.storage->NextAppend(AppendFate::kNoRoom, 5);
    auto cart = shop.Spawn(shop.Options());
    for (const char* sku : {"a", "b", "c"}) cart.Tell(AddItem{sku, shop.status.ref()});
    for (int i = 0; i < 3; ++i) EXPECT_EQ(shop.status.ExpectMessage(), absl::OkStatus());
    EXPECT_EQ(shop.ItemsOf(cart), Items({"a", "b", "c"}));
  });
}

TEST(EventSourcedBehaviorTest, AThrowingSignalHandlerFailsTheTurnAndTheActorGoesOn) {
  Shop shop(1);
  CartOptions options = shop.Options();
  options.snapshot_every = 1;
  options.on_signal = On{[](const State&, const RecoveryCompleted&) { throw std::bad_alloc(); },
                         [](const State&, const SnapshotCompleted&) { throw 7; }};
  auto cart = shop.kit.Spawn<Command>(
      Supervise(EventSourcedBehavior(std::move(options))).OnFailure(SupervisorStrategy::Resume()));
  shop.Add(cart, {"a", "b"});
  EXPECT_EQ(shop.ItemsOf(cart), Items({"a", "b"}));
}

TEST(EventSourcedBehaviorTest, ATaggerThatThrowsRejectsTheEvent) {
  Shop shop(1);
  CartOptions options = shop.Options();
  options.tags = [](const Event& event) -> Items {
    if (std::get<ItemAdded>(event).sku == "bad") throw std::bad_alloc();
    return {"tag"};
  };
  auto cart = shop.kit.Spawn<Command>(
      Supervise(EventSourcedBehavior(std::move(options))).OnFailure(SupervisorStrategy::Resume()));
  cart.Tell(AddItem{"bad", shop.status.ref()});
  shop.Add(cart, {"good"});
  EXPECT_EQ(shop.ItemsOf(cart), Items({"good"}));
  EXPECT_TRUE(shop.HasSignal("JournalPersistRejected"));
}

// --- the stash ---

TEST(EventSourcedStashTest, CommandsKeepTheirOrderOverWritesAndStashes) {
  ForEachSeed(50, [](uint64_t seed) {
    Shop shop(seed);
    CartOptions options = shop.Options();
    bool open = false;
    options.on_command = [&open](const State&, Command&& command) {
      if (std::holds_alternative<Open>(command)) {
        open = true;
        return CartEffect::Persist(ItemAdded{"open"}).ThenUnstashAll();
      }
      if (auto* get = std::get_if<GetItems>(&command)) {
        return CartEffect::Reply(get->reply_to, [](const State& now) { return now.items; });
      }
      if (!open) return CartEffect::Stash();
      return CartEffect::Persist(ItemAdded{std::get<AddItem>(command).sku});
    };
    auto cart = shop.Spawn(std::move(options));
    for (const char* sku : {"1", "2", "3"}) cart.Tell(AddItem{sku, {}});
    cart.Tell(Open{});
    for (const char* sku : {"4", "5"}) cart.Tell(AddItem{sku, {}});
    EXPECT_EQ(shop.ItemsOf(cart), Items({"open", "1", "2", "3", "4", "5"}));
  });
}

TEST(EventSourcedStashTest, WhatIsStashedWhileUnstashingWaitsForTheNextUnstash) {
  Shop shop(1);
  auto cart = shop.Spawn(shop.Options());
  cart.Tell(Close{});
  for (const char* sku : {"1", "2"}) cart.Tell(AddItem{sku, shop.status.ref()});
  cart.Tell(Open{});  // each is stashed again, for the cart is closed: no endless loop
  EXPECT_EQ(shop.ItemsOf(cart), Items());
  EXPECT_FALSE(shop.status.HasMessages());
}

TEST(EventSourcedStashTest, AFullStashDropsOrFails) {
  for (const bool fails : {false, true}) {
    Shop shop(1);
    TestProbe<Dropped> dropped(shop.kit.system());
    shop.kit.system().event_stream().Subscribe<Dropped>(dropped.ref());
    CartOptions options = shop.Options();
    options.stash_capacity = 2;
    options.on_stash_full = fails ? StashOverflow::kFail : StashOverflow::kDrop;
    auto cart = shop.Spawn(std::move(options));
    shop.Add(cart, {"0"});
    shop.storage->HoldAppends();
    for (const char* sku : {"1", "2", "3", "4"}) cart.Tell(AddItem{sku, shop.status.ref()});
    if (fails) {
      shop.status.ExpectTerminated(cart);
      continue;
    }
    EXPECT_NE(dropped.ExpectMessage().reason.find("is full (2 commands"), std::string::npos);
    shop.storage->ReleaseAppends();
    EXPECT_EQ(shop.ItemsOf(cart), Items({"0", "1", "2", "3"}));
  }
}

TEST(EventSourcedStashTest, ManyReadingCommandsThatWaitedAreALoopAndNoRecursion) {
  Shop shop(1);
  auto cart = shop.Spawn(shop.Options());
  shop.storage->HoldAppends();
  cart.Tell(AddItem{"mill", shop.status.ref()});
  constexpr int kReads = 4000;
  for (int i = 0; i < kReads; ++i) cart.Tell(GetItems{shop.items.ref()});
  shop.RunUntilIdle();
  shop.storage->ReleaseAppends();
  for (int i = 0; i < kReads; ++i) {
    ASSERT_EQ(shop.items.ExpectMessage(), Items({"mill"}));
  }
}

TEST(EventSourcedBehaviorTest, AStopCommandWaitsForTheWriteBeforeIt) {
  ForEachSeed(20, [](uint64_t seed) {
    Shop shop(seed);
    auto cart = shop.Spawn(shop.Options());
    shop.storage->HoldAppends();
    cart.Tell(AddItem{"mill", shop.status.ref()});
    cart.Tell(Halt{});
    shop.RunUntilIdle();
    EXPECT_FALSE(shop.HasSignal("PostStop"));
    shop.storage->ReleaseAppends();
    EXPECT_EQ(shop.status.ExpectMessage(), absl::OkStatus());
    shop.status.ExpectTerminated(cart);
  });
}

TEST(EventSourcedBehaviorTest, AParentsStopEndsTheActorAtOnceAndTellsTheAsker) {
  Shop shop(1);
  auto cart = shop.Spawn(shop.Options());
  shop.storage->HoldAppends();
  Future<void> answer = AskWithStatus<void>(
      cart, absl::Minutes(1), [](auto reply_to) { return Checkout{std::move(reply_to)}; });
  shop.RunUntilIdle();
  EXPECT_EQ(shop.storage->held_appends(), 1);
  shop.kit.Stop(cart);
  EXPECT_EQ(Await(answer, absl::Seconds(1)).code(), absl::StatusCode::kCancelled);
  shop.storage->ReleaseAppends();  // the late answer reaches nobody
  EXPECT_EQ(shop.storage->HeadOf("Cart|1").highest_seq, 1);
}

}  // namespace
}  // namespace sampo::persistence
