// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Who writes: two actors under one id, coroutine handlers, real threads.
#include <algorithm>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sampo/actor/actor.h"
#include "sampo/actor/testkit/actor_test_kit.h"
#include "sampo/actor/testkit/for_each_seed.h"
#include "sampo/actor/testkit/test_probe.h"
#include "sampo/persistence/event_sourced_behavior.h"
#include "sampo/persistence/memory/in_memory_storage.h"
#include "sampo/persistence/testing_cart.h"
#include "sampo/persistence/testing_shop.h"
#include "sampo/persistence/testing_storage.h"

namespace sampo::persistence {
namespace {

using namespace testing;  // NOLINT: the cart
using Context = PersistentContext<Command, Event, State>;

Behavior<Command> Supervised(CartOptions options) {
  return Supervise(EventSourcedBehavior(std::move(options)))
      .OnFailure(SupervisorStrategy::RestartWithBackoff({}));
}

// --- fencing ---

TEST(EventSourcedFencingTest, TheOlderWriterIsStoppedForGoodAndBothAreNamed) {
  ForEachSeed(20, [](uint64_t seed) {
    Shop shop(seed);
    absl::Status fenced;
    CartOptions options = shop.Options();
    options.on_signal = [&fenced](const State&, const WriterFenced& s) { fenced = s.status; };
    auto older = shop.kit.Spawn(Supervised(std::move(options)), "older");
    shop.Add(older, {"mill"});
    auto newer = shop.kit.Spawn(Supervised(shop.Options()), "newer");
    shop.Add(newer, {"pot"});
    EXPECT_EQ(shop.ItemsOf(older), Items({"mill"}));  // the limit: it may answer from old state
    older.Tell(AddItem{"cup", shop.status.ref()});
    shop.status.ExpectTerminated(older);
    EXPECT_EQ(fenced.code(), absl::StatusCode::kFailedPrecondition);
    EXPECT_NE(fenced.message().find("epoch 1"), std::string::npos) << fenced;
    EXPECT_NE(fenced.message().find("epoch 2"), std::string::npos) << fenced;
    EXPECT_EQ(shop.simulation.RunFor(absl::Minutes(1)), absl::OkStatus());
    EXPECT_EQ(shop.storage->HeadOf("Cart|1").epoch, 2u);  // nobody took it back
    EXPECT_EQ(shop.ItemsOf(newer), Items({"mill", "pot"}));
    EXPECT_FALSE(shop.status.HasMessages());
  });
}

// Also where the signal before WriterFenced makes the handler throw: a supervisor that restarts
// must not be asked, for it would take the id back.
TEST(EventSourcedFencingTest, ASnapshotOrADeletionThatIsFencedStopsTheActorToo) {
  for (const auto& [deletion, throws] :
       {std::pair(false, false), {true, false}, {false, true}, {true, true}}) {
    Shop shop(1);
    CartOptions options = shop.Options();
    options.snapshot_every = 1;
    options.delete_events_on_snapshot = deletion;
    if (throws) {
      options.on_signal = [&shop](const State& state, const PersistenceSignal& signal) {
        std::visit([&](const auto& s) { shop.signals.push_back(SignalText(state, s)); }, signal);
        if (std::holds_alternative<SnapshotFailed>(signal) ||
            std::holds_alternative<DeleteEventsFailed>(signal)) {
          throw std::runtime_error("the handler of a failure");
        }
      };
    }
    auto older = shop.kit.Spawn(Supervised(std::move(options)), "older");
    if (deletion) {
      shop.Add(older, {"mill"});
      shop.storage->HoldDeletes();
    } else {
      shop.storage->HoldSnapshots();
    }
    older.Tell(AddItem{"pot", shop.status.ref()});
    shop.RunUntilIdle();
    auto newer = shop.Spawn(shop.Options(), "newer");
    EXPECT_EQ(shop.ItemsOf(newer).size(), deletion ? 2u : 1u);
    shop.storage->ReleaseSnapshots();
    shop.storage->ReleaseDeletes();
    // Its event is stored all the same, so it is acknowledged.
    EXPECT_EQ(shop.status.ExpectMessage(), absl::OkStatus());
    shop.status.ExpectTerminated(older);
    EXPECT_TRUE(shop.HasSignal("WriterFenced"));
    EXPECT_EQ(shop.storage->HeadOf("Cart|1").epoch, 2u);  // nobody took it back
  }
}

// Two live writers, on the storage whose actors take turns with everything else: whatever the
// order, what is acknowledged is in the history, once, and the history is one writer's at a time.
TEST(EventSourcedFencingTest, OfTwoLiveWritersTheHistoryIsAlwaysOnes) {
  ForEachSeed(200, [](uint64_t seed) {
    SimulatedRuntime simulation(seed);
    ActorTestKit kit({.settings = simulation.Settings(), .runtime = simulation.Runtime()});
    Persistence::Get(kit.system()).Use(InMemoryStorage().PluginsFor(kit.system()));
    const auto cart = [](CartOptions options = {.persistence_id = PersistenceId::Of("Cart", "1"),
                                                .empty_state = State{},
                                                .on_command = Decide,
                                                .on_event = Apply}) {
      return Supervised(std::move(options));
    };
    Items acknowledged;
    const auto add = [&](const ActorRef<Command>& to, std::string sku) {
      AskWithStatus<void>(to, absl::Minutes(1), [&](ActorRef<absl::Status> reply_to) {
        return AddItem{sku, std::move(reply_to)};
      }).OnComplete([&acknowledged, sku](absl::Status status) {
        if (status.ok()) acknowledged.push_back(sku);
      });
    };
    auto a = kit.Spawn(cart(), "a");
    for (int i = 0; i < 5; ++i) add(a, "a" + std::to_string(i));
    ASSERT_EQ(simulation.RunFor(absl::Microseconds(simulation.random().Below(2000))),
              absl::OkStatus());
    auto b = kit.Spawn(cart(), "b");
    for (int i = 0; i < 5; ++i) {
      add(b, "b" + std::to_string(i));
      add(a, "late" + std::to_string(i));
    }
    ASSERT_EQ(simulation.RunFor(absl::Minutes(2)), absl::OkStatus());
    auto probe = kit.CreateTestProbe<Items>();
    auto reader = kit.Spawn(cart(), "reader");
    reader.Tell(GetItems{probe.ref()});
    const Items history = probe.ExpectMessage();
    for (const std::string& sku : acknowledged) {
      EXPECT_EQ(std::count(history.begin(), history.end(), sku), 1) << sku;
    }
    const auto changes = [&] {  // of the writer along the history
      int count = 0;
      for (size_t i = 1; i < history.size(); ++i) {
        count += (history[i][0] == 'b') != (history[i - 1][0] == 'b') ? 1 : 0;
      }
      return count;
    };
    EXPECT_LE(changes(), 1);
  });
}

// --- coroutine handlers ---

Task<CartEffect> AddTwice(Context& context, Command command) {
  if (auto* get = std::get_if<GetItems>(&command)) {
    co_return CartEffect::Reply(get->reply_to, [](const State& state) { return state.items; });
  }
  auto& add = std::get<AddItem>(command);
  auto first = context.Persist(ItemAdded{add.sku + "-1"});
  absl::Status status = co_await std::move(first);
  if (!status.ok()) co_return CartEffect::Reply(add.reply_to, status);
  const size_t between = context.state().items.size();
  auto pause = context.actor().Sleep(absl::Milliseconds(10));
  co_await std::move(pause);
  co_return CartEffect::Persist(ItemAdded{add.sku + "-" + std::to_string(between + 1)})
      .ThenReply(add.reply_to, absl::OkStatus());
}

CartOptions Coroutine(Shop& shop) {
  CartOptions options = shop.Options();
  options.on_command = AddTwice;
  return options;
}

TEST(EventSourcedCoroutineTest, APersistIsAwaitedAndOtherCommandsWait) {
  ForEachSeed(50, [](uint64_t seed) {
    Shop shop(seed);
    CartOptions options = Coroutine(shop);
    options.snapshot_every = 2;
    auto cart = shop.Spawn(std::move(options));
    cart.Tell(AddItem{"a", shop.status.ref()});
    cart.Tell(AddItem{"b", shop.status.ref()});
    EXPECT_EQ(shop.ItemsOf(cart), Items({"a-1", "a-2", "b-1", "b-4"}));
    for (int i = 0; i < 2; ++i) EXPECT_EQ(shop.status.ExpectMessage(), absl::OkStatus());
    EXPECT_EQ(shop.storage->SnapshotsOf("Cart|1").size(), 1u);  // of 4; that of 2 is deleted
    shop.kit.Stop(cart);
    auto again = shop.Spawn(Coroutine(shop));
    EXPECT_EQ(shop.ItemsOf(again), Items({"a-1", "a-2", "b-1", "b-4"}));
  });
}

TEST(EventSourcedCoroutineTest, NoRoomIsTriedAgainAndARejectionIsTheHandlersToAnswer) {
  Shop shop(1);
  auto cart = shop.Spawn(Coroutine(shop));
  shop.storage->NextAppend(AppendFate::kNoRoom, 3);
  shop.storage->NextAppend(AppendFate::kReject);
  cart.Tell(AddItem{"a", shop.status.ref()});
  EXPECT_EQ(shop.status.ExpectMessage().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(shop.ItemsOf(cart), Items());
  EXPECT_TRUE(shop.HasSignal("JournalPersistRejected"));
}

TEST(EventSourcedCoroutineTest, AFailedWriteIsAnsweredAndThenTheActorFails) {
  for (const bool supervised : {false, true}) {
    Shop shop(1);
    CartOptions options = Coroutine(shop);
    auto cart = supervised ? shop.kit.Spawn(Supervised(std::move(options)))
                           : shop.Spawn(std::move(options));
    shop.storage->NextAppend(AppendFate::kStoreAndFail);
    cart.Tell(AddItem{"a", shop.status.ref()});
    EXPECT_EQ(shop.status.ExpectMessage().code(), absl::StatusCode::kUnavailable);
    if (!supervised) {
      shop.status.ExpectTerminated(cart);
      continue;
    }
    EXPECT_EQ(shop.simulation.RunFor(absl::Seconds(1)), absl::OkStatus());
    EXPECT_EQ(shop.ItemsOf(cart), Items({"a-1"}));
  }
}

TEST(EventSourcedCoroutineTest, AFencedWriterAnswersAndStops) {
  Shop shop(1);
  auto older = shop.kit.Spawn(Supervised(Coroutine(shop)), "older");
  EXPECT_EQ(shop.ItemsOf(older), Items());
  auto newer = shop.Spawn(shop.Options(), "newer");
  shop.Add(newer, {"mill"});
  older.Tell(AddItem{"a", shop.status.ref()});
  EXPECT_EQ(shop.status.ExpectMessage().code(), absl::StatusCode::kFailedPrecondition);
  shop.status.ExpectTerminated(older);
}

TEST(EventSourcedCoroutineTest, OneThatThrowsOrIsStoppedLeavesNothingBehind) {
  Shop shop(1);
  CartOptions options = shop.Options();
  options.on_command = [](Context& context, Command command) -> Task<CartEffect> {
    if (auto* get = std::get_if<GetItems>(&command)) {
      co_return CartEffect::Reply(get->reply_to, [](const State& state) { return state.items; });
    }
    auto written = context.Persist(ItemAdded{std::get<AddItem>(command).sku});
    absl::Status status = co_await std::move(written);
    co_return CartEffect::Reply(std::get<AddItem>(command).reply_to, status);
  };
  auto cart = shop.kit.Spawn<Command>(
      Supervise(EventSourcedBehavior(std::move(options))).OnFailure(SupervisorStrategy::Resume()));
  cart.Tell(AddItem{"throw", shop.status.ref()});  // the event handler throws into the coroutine
  shop.Add(cart, {"mill"});
  EXPECT_EQ(shop.ItemsOf(cart), Items({"mill"}));
  shop.storage->HoldAppends();
  cart.Tell(AddItem{"pot", shop.status.ref()});
  shop.RunUntilIdle();
  shop.kit.Stop(cart);
  shop.storage->ReleaseAppends();
}

// The handler throws when its write has failed: what is known of the write decides.
TEST(EventSourcedCoroutineTest, AThrowAfterAFailedOrFencedWriteIsNotResumed) {
  for (const bool fenced : {false, true}) {
    Shop shop(1);
    CartOptions options = shop.Options();
    options.on_command = [](Context& context, Command command) -> Task<CartEffect> {
      auto written = context.Persist(ItemAdded{std::get<AddItem>(command).sku});
      absl::Status status = co_await std::move(written);
      if (!status.ok()) throw std::bad_alloc();
      co_return CartEffect::NoReply();
    };
    auto cart = shop.kit.Spawn<Command>(
        Supervise(EventSourcedBehavior(std::move(options)))
            .OnFailure(fenced ? SupervisorStrategy::Restart() : SupervisorStrategy::Resume()));
    shop.RunUntilIdle();
    if (fenced) {
      EXPECT_EQ(shop.ItemsOf(shop.Spawn(shop.Options(), "newer")), Items());
    } else {
      shop.storage->NextAppend(AppendFate::kFail);
    }
    cart.Tell(AddItem{"mill", {}});
    shop.status.ExpectTerminated(cart);
    EXPECT_EQ(shop.storage->HeadOf("Cart|1").epoch, fenced ? 2u : 1u);
  }
}

// Its command is gone with the coroutine: no other behavior gets what is left of it.
TEST(EventSourcedCoroutineTest, UnhandledIsPublishedItsStepsAreRunAndNoOrElseSeesAHollowCommand) {
  for (const bool suspends : {false, true}) {
    Shop shop(1);
    TestProbe<UnhandledMessage> unhandled(shop.kit.system());
    shop.kit.system().event_stream().Subscribe<UnhandledMessage>(unhandled.ref());
    CartOptions options = shop.Options();
    options.on_command = [suspends](Context& context, Command command) -> Task<CartEffect> {
      if (suspends) {
        auto pause = context.actor().Sleep(absl::Milliseconds(10));
        co_await std::move(pause);
      }
      CartEffect effect = CartEffect::Unhandled().ThenReply(std::get<AddItem>(command).reply_to,
                                                            absl::NotFoundError("not here"));
      if (std::get<AddItem>(command).sku != "stop") co_return effect;
      co_return std::move(effect).ThenStop();
    };
    int others = 0;
    auto cart =
        shop.kit.Spawn(OrElse<Command>(EventSourcedBehavior(std::move(options)),
                                       ReceivePartial<Command>(On{[&others](const AddItem&) {
                                         ++others;
                                         return Same();
                                       }})));
    for (const char* sku : {"mill", "stop"}) {
      cart.Tell(AddItem{sku, shop.status.ref()});
      EXPECT_EQ(shop.status.ExpectMessage().code(), absl::StatusCode::kNotFound);
      EXPECT_NE(unhandled.ExpectMessage().message_type.find("AddItem"), std::string::npos);
    }
    shop.status.ExpectTerminated(cart);
    EXPECT_FALSE(unhandled.HasMessages());
    EXPECT_EQ(others, 0);
  }
}

// A deletion that is fenced while a handler is between two attempts to write.
TEST(EventSourcedCoroutineTest, UnderInterleavingAFenceLeavesTheHandlerWhatItWrites) {
  for (const bool writes : {false, true}) {
    Shop shop(1);
    CartOptions options = Coroutine(shop);
    options.snapshot_every = 1;
    options.delete_events_on_snapshot = true;
    auto older = shop.kit.Spawn<Command>(Interleaving(Supervised(std::move(options))), "older");
    shop.storage->HoldDeletes();
    shop.Add(older, {"a"});
    if (writes) shop.storage->NextAppend(AppendFate::kNoRoom, 2);
    older.Tell(AddItem{"b", shop.status.ref()});
    if (writes) {
      ASSERT_EQ(shop.simulation.RunFor(absl::Milliseconds(1)), absl::OkStatus());  // b-1 waits
    } else {
      ASSERT_EQ(shop.simulation.RunFor(absl::Milliseconds(9)), absl::OkStatus());  // b-1 is stored
    }
    EXPECT_EQ(shop.storage->HeadOf("Cart|1").highest_seq, writes ? 2 : 3);
    const size_t items = writes ? 2 : 3;
    EXPECT_EQ(shop.ItemsOf(shop.Spawn(shop.Options(), "newer")).size(), items);
    shop.storage->ReleaseDeletes();
    if (writes) {
      EXPECT_EQ(shop.status.ExpectMessage().code(), absl::StatusCode::kFailedPrecondition);
    }
    shop.status.ExpectTerminated(older);
    EXPECT_EQ(
        std::count_if(shop.signals.begin(), shop.signals.end(),
                      [](const std::string& each) { return each.starts_with("WriterFenced"); }),
        1);
    EXPECT_EQ(shop.storage->HeadOf("Cart|1").highest_seq, writes ? 2 : 3);
    EXPECT_EQ(shop.storage->HeadOf("Cart|1").epoch, 2u);  // nobody took it back
  }
}

// --- real threads ---

TEST(EventSourcedThreadsTest, ManyActorsOnRealThreadsKeepWhatTheyAcknowledged) {
  constexpr int kCarts = 50;
  constexpr int kItems = 20;
  ActorTestKit kit;
  Persistence::Get(kit.system())
      .Use(InMemoryStorage().PluginsFor(kit.system()), {.concurrent_recoveries_max = 4});
  const auto cart = [](int number) {
    return EventSourcedBehavior<Command, Event, State>(
        {.persistence_id = PersistenceId::Of("Cart", std::to_string(number)),
         .empty_state = State{},
         .on_command = Decide,
         .on_event = Apply,
         .snapshot_every = 7,
         .delete_events_on_snapshot = true});
  };
  auto status = kit.CreateTestProbe<absl::Status>();
  auto items = kit.CreateTestProbe<Items>();
  std::vector<ActorRef<Command>> carts;
  for (int i = 0; i < kCarts; ++i) carts.push_back(kit.Spawn(cart(i)));
  for (int item = 0; item < kItems; ++item) {
    for (const auto& each : carts) each.Tell(AddItem{std::to_string(item), status.ref()});
  }
  for (int i = 0; i < kCarts * kItems; ++i) {
    ASSERT_EQ(status.ExpectMessage(), absl::OkStatus());
  }
  for (const auto& each : carts) kit.Stop(each);
  Items all;
  for (int item = 0; item < kItems; ++item) all.push_back(std::to_string(item));
  for (int i = 0; i < kCarts; ++i) {
    kit.Spawn(cart(i)).Tell(GetItems{items.ref()});
  }
  for (int i = 0; i < kCarts; ++i) EXPECT_EQ(items.ExpectMessage(), all);
}

}  // namespace
}  // namespace sampo::persistence
