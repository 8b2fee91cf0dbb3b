// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/persistence/testkit/persistence_test_kit.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gtest/gtest-spi.h"
#include "gtest/gtest.h"
#include "sampo/actor/testkit/actor_test_kit.h"
#include "sampo/actor/testkit/manual_time.h"
#include "sampo/actor/testkit/simulated_runtime.h"
#include "sampo/actor/testkit/test_probe.h"
#include "sampo/persistence/event_sourced_behavior.h"
#include "sampo/persistence/testing_cart.h"
#include "sampo/persistence/testing_cart_codec.h"

namespace sampo::persistence {
namespace {

using namespace testing;  // NOLINT: the cart

using Items = std::vector<std::string>;
using CartOptions = EventSourcedOptions<Command, Event, State>;
constexpr absl::Duration kLong = absl::Seconds(10);

ActorTestKitOptions KitOptions(SimulatedRuntime* simulation) {
  if (simulation == nullptr) return {};
  return {.settings = simulation->Settings(), .runtime = simulation->Runtime()};
}

// A system whose storage is a test kit, on threads or simulated.
struct Scene {
  explicit Scene(bool simulated)
      : simulation(simulated ? std::make_unique<SimulatedRuntime>(1) : nullptr),
        kit(KitOptions(simulation.get())),
        storage(kit.system()),
        status(kit.CreateTestProbe<absl::Status>("status")),
        items(kit.CreateTestProbe<Items>("items")) {
    Persistence::Get(kit.system()).Use(storage.plugins());
  }
  CartOptions Options(std::string_view id = "1") {
    return {.persistence_id = PersistenceId::Of("Cart", id),
            .empty_state = State{},
            .on_command = Decide,
            .on_event = Apply};
  }
  ActorRef<Command> Spawn(CartOptions options) {
    return kit.Spawn(EventSourcedBehavior(std::move(options)));
  }
  void Add(const ActorRef<Command>& cart, const std::string& sku) {
    cart.Tell(AddItem{sku, status.ref()});
    EXPECT_EQ(status.ExpectMessage(), absl::OkStatus());
  }
  Items ItemsOf(const ActorRef<Command>& cart) {
    cart.Tell(GetItems{items.ref()});
    return items.ExpectMessage();
  }
  template <class T>
  auto Get(Future<T> future) {
    return Await(std::move(future), kLong);
  }

  std::unique_ptr<SimulatedRuntime> simulation;  // null: threads
  ActorTestKit kit;
  PersistenceTestKit storage;
  TestProbe<absl::Status> status;
  TestProbe<Items> items;
};

class PersistenceTestKitTest : public ::testing::TestWithParam<bool> {};
INSTANTIATE_TEST_SUITE_P(On, PersistenceTestKitTest, ::testing::Bool(),
                         [](const auto& info) { return info.param ? "Simulation" : "Threads"; });

TEST_P(PersistenceTestKitTest, ShowsWhatWasStored) {
  Scene scene(GetParam());
  auto cart = scene.Spawn(scene.Options());
  cart.Tell(AddItems{{"mill", "pot"}, scene.status.ref()});
  scene.storage.ExpectNextPersisted<Event>("Cart|1", ItemAdded{"mill"});
  scene.storage.ExpectNextPersisted<Event>("Cart|1", ItemAdded{"pot"});
  scene.storage.ExpectNothingPersisted("Cart|1");
  scene.storage.ExpectNothingPersisted("Cart|2", absl::Milliseconds(1));
  EXPECT_EQ(scene.storage.PersistedInStorage<Event>("Cart|1"),
            (std::vector<Event>{ItemAdded{"mill"}, ItemAdded{"pot"}}));
  EXPECT_EQ(scene.storage.EventsInStorage("Cart|1").at(1).seq, 2);
}

TEST_P(PersistenceTestKitTest, AFailedAppendIsNotStored) {
  Scene scene(GetParam());
  auto cart = scene.Spawn(scene.Options("1"));
  auto other = scene.Spawn(scene.Options("2"));
  scene.Add(cart, "mill");
  scene.storage.FailNext(StorageCall::kAppend, 1, "Cart|1");
  scene.Add(other, "pot");  // is not meant
  cart.Tell(AddItem{"pan", scene.status.ref()});
  scene.status.ExpectTerminated(cart);
  EXPECT_EQ(scene.storage.faults_left(), 0);
  EXPECT_EQ(scene.ItemsOf(scene.Spawn(scene.Options("1"))), Items({"mill"}));
}

TEST_P(PersistenceTestKitTest, WhatIsStoredAndFailsIsThereAfterTheRecovery) {
  Scene scene(GetParam());
  CartOptions options = scene.Options();
  options.on_persist_failure =
      Backoff{.min = absl::Milliseconds(10), .max = absl::Milliseconds(100)};
  auto cart = scene.Spawn(std::move(options));
  scene.storage.StoreAndFailNext(StorageCall::kAppend);
  cart.Tell(AddItem{"mill", scene.status.ref()});
  scene.storage.ExpectNextPersisted<Event>("Cart|1", ItemAdded{"mill"});
  EXPECT_EQ(scene.ItemsOf(cart), Items({"mill"}));
  EXPECT_FALSE(scene.status.HasMessages());
}

TEST_P(PersistenceTestKitTest, ARejectedAppendIsNotStored) {
  Scene scene(GetParam());
  scene.storage.RejectNext(StorageCall::kAppend);
  auto cart = scene.Spawn(scene.Options());
  cart.Tell(AddItem{"mill", scene.status.ref()});
  scene.status.ExpectTerminated(cart);
  EXPECT_TRUE(scene.storage.EventsInStorage("Cart|1").empty());
  scene.Add(scene.Spawn(scene.Options()), "pot");
  EXPECT_EQ(scene.storage.EventsInStorage("Cart|1").at(0).seq, 1);
}

TEST_P(PersistenceTestKitTest, WithoutRoomTheActorTriesAgain) {
  Scene scene(GetParam());
  auto cart = scene.Spawn(scene.Options());
  scene.storage.NoRoomNext(StorageCall::kAppend, 3);
  scene.Add(cart, "mill");
  EXPECT_EQ(scene.storage.faults_left(), 0);
  EXPECT_EQ(scene.storage.EventsInStorage("Cart|1").size(), 1u);
}

TEST_P(PersistenceTestKitTest, RecoveriesFail) {
  Scene scene(GetParam());
  scene.Add(scene.Spawn(scene.Options()), "mill");
  for (StorageCall call : {StorageCall::kAcquireWriter, StorageCall::kReadEvents}) {
    scene.storage.FailNextWith(absl::DataLossError("a bad disk"), call);
    auto cart = scene.Spawn(scene.Options());
    scene.status.ExpectTerminated(cart);
    EXPECT_EQ(scene.storage.faults_left(), 0);
  }
  EXPECT_EQ(scene.ItemsOf(scene.Spawn(scene.Options())), Items({"mill"}));
}

TEST_P(PersistenceTestKitTest, SnapshotsAreShownAndFail) {
  Scene scene(GetParam());
  CartOptions options = scene.Options();
  options.snapshot_every = 1;
  auto cart = scene.Spawn(std::move(options));
  scene.Add(cart, "mill");
  scene.storage.ExpectNextSnapshot("Cart|1", State{.items = {"mill"}});
  scene.storage.FailNext(StorageCall::kSaveSnapshot);
  scene.Add(cart, "pot");
  scene.Add(cart, "pan");
  scene.storage.ExpectNextSnapshot("Cart|1", State{.items = {"mill", "pot", "pan"}});
  EXPECT_FALSE(scene.storage.NextSnapshot("Cart|1", absl::Milliseconds(1)).ok());
}

TEST_P(PersistenceTestKitTest, OfABatchThoseThatAreNamedFail) {
  Scene scene(GetParam());
  Journal& journal = *scene.storage.plugins().journal;
  std::vector<AtomicAppend> batch;
  for (const char* id : {"A", "B", "C", "D"}) {
    const auto grant = scene.Get(journal.AcquireWriter(id));
    ASSERT_TRUE(grant.ok());
    batch.push_back({id, grant->epoch, 0, {{.manifest = "m", .payload = id}}});
  }
  scene.storage.RejectNext(StorageCall::kAppend, 1, "B");
  scene.storage.StoreAndFailNext(StorageCall::kAppend, 1, "C");
  const auto results = scene.Get(journal.Append(batch));
  ASSERT_TRUE(results.ok() && results->size() == 4);
  EXPECT_EQ(results->at(0).outcome, WriteOutcome::kWritten);
  EXPECT_EQ(results->at(1).outcome, WriteOutcome::kRejected);
  EXPECT_EQ(results->at(2).outcome, WriteOutcome::kFailed);
  EXPECT_EQ(results->at(3).outcome, WriteOutcome::kWritten);
  EXPECT_TRUE(scene.storage.EventsInStorage("B").empty());
  for (const char* id : {"A", "C", "D"}) {
    const auto stored = scene.storage.NextEvent(id);
    ASSERT_TRUE(stored.ok()) << stored.status();
    EXPECT_EQ(stored->payload, id);
    EXPECT_EQ(stored->number, 1);
  }
}

TEST_P(PersistenceTestKitTest, StatesFailToo) {
  Scene scene(GetParam());
  DurableStateStore& states = *scene.storage.plugins().states;
  scene.storage.FailNext(StorageCall::kAcquireState);
  EXPECT_EQ(scene.Get(states.AcquireWriter("A")).status().code(), absl::StatusCode::kUnavailable);
  const uint64_t epoch = scene.Get(states.AcquireWriter("A"))->epoch;
  const StateRecord first{
      .persistence_id = "A", .revision = 1, .epoch = epoch, .manifest = "m", .payload = "one"};
  scene.storage.FailNext(StorageCall::kUpsertState);
  scene.storage.RejectNext(StorageCall::kUpsertState);
  scene.storage.NoRoomNext(StorageCall::kUpsertState);
  for (WriteOutcome want : {WriteOutcome::kFailed, WriteOutcome::kRejected, WriteOutcome::kNoRoom,
                            WriteOutcome::kWritten, WriteOutcome::kFenced}) {
    EXPECT_EQ(scene.Get(states.Upsert(first))->outcome, want) << NameOf(want);
  }
  EXPECT_EQ(scene.storage.NextState("A")->payload, "one");
  scene.storage.StoreAndFailNext(StorageCall::kDeleteState);
  EXPECT_EQ(scene.Get(states.Delete("A", epoch, 2))->outcome, WriteOutcome::kFailed);
  EXPECT_EQ(scene.Get(states.Read("A"))->revision, 2);
}

TEST_P(PersistenceTestKitTest, DeletionsFail) {
  Scene scene(GetParam());
  scene.Add(scene.Spawn(scene.Options()), "mill");
  const StoragePlugins plugins = scene.storage.plugins();
  const auto remove = [&] { return scene.Get(plugins.journal->DeleteEvents("Cart|1", 1, 1)); };
  scene.storage.FailNext(StorageCall::kDeleteEvents);
  EXPECT_EQ(remove().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(scene.storage.EventsInStorage("Cart|1").size(), 1u);
  EXPECT_EQ(remove(), absl::OkStatus());
  EXPECT_TRUE(scene.storage.EventsInStorage("Cart|1").empty());
  scene.storage.StoreAndFailNext(StorageCall::kDeleteSnapshots);
  EXPECT_EQ(scene.Get(plugins.snapshots->Delete("Cart|1", 1, {})).code(),
            absl::StatusCode::kUnavailable);
}

TEST_P(PersistenceTestKitTest, AfterClearNothingIsThere) {
  Scene scene(GetParam());
  auto cart = scene.Spawn(scene.Options());
  scene.Add(cart, "mill");
  scene.storage.FailNext(StorageCall::kAppend, 100);
  scene.storage.Clear();
  EXPECT_EQ(scene.storage.faults_left(), 0);
  EXPECT_TRUE(scene.storage.EventsInStorage("Cart|1").empty());
  cart.Tell(AddItem{"pot", scene.status.ref()});
  scene.status.ExpectTerminated(cart);  // fenced
}

TEST(PersistenceTestKitTimeTest, ADelayIsTheTimeOfTheSystem) {
  Scene scene(/*simulated=*/true);
  auto cart = scene.Spawn(scene.Options());
  scene.Add(cart, "mill");
  scene.storage.ExpectNextPersisted<Event>("Cart|1", ItemAdded{"mill"});
  scene.storage.DelayNext(StorageCall::kAppend, absl::Minutes(1));
  const int64_t start = scene.simulation->NowNanos();
  cart.Tell(AddItem{"pot", scene.status.ref()});
  scene.storage.ExpectNothingPersisted("Cart|1", absl::Seconds(59));
  EXPECT_FALSE(scene.status.HasMessages());
  scene.storage.ExpectNextPersisted<Event>("Cart|1", ItemAdded{"pot"});
  EXPECT_EQ(scene.status.ExpectMessage(), absl::OkStatus());
  EXPECT_GE(absl::Nanoseconds(scene.simulation->NowNanos() - start), absl::Minutes(1));
}

TEST(PersistenceTestKitTimeTest, ADelayIsManualTimeToo) {
  ManualTime time;
  ActorTestKit kit({.runtime = time.Runtime()});
  PersistenceTestKit storage(kit.system());
  storage.DelayNext(StorageCall::kReadEvents, absl::Hours(1));
  const Future<EventsPage> page = storage.plugins().journal->ReadEvents({.persistence_id = "A"});
  time.TimePasses(absl::Minutes(59));
  EXPECT_FALSE(page.IsComplete());
  time.TimePasses(absl::Minutes(1));
  EXPECT_TRUE(Await(page, kLong).ok());
}

// The calls of a system that ends are answered, also those that are delayed.
TEST(PersistenceTestKitTimeTest, ADelayedCallOfAnEndedSystemIsUnavailable) {
  Scene scene(/*simulated=*/false);
  const StoragePlugins plugins = scene.storage.plugins();
  scene.storage.DelayNext(StorageCall::kReadEvents, absl::Hours(1), 2);
  const Future<EventsPage> page = plugins.journal->ReadEvents({.persistence_id = "A"});
  scene.kit.Shutdown();
  EXPECT_EQ(Await(page, kLong).status().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(Await(plugins.journal->ReadEvents({.persistence_id = "A"}), kLong).status().code(),
            absl::StatusCode::kUnavailable);
}

TEST(PersistenceTestKitFailureTest, AnotherEventOrNoneIsAFailureOfTheTest) {
  static Scene* scene = nullptr;
  Scene simulated(/*simulated=*/true);
  scene = &simulated;
  scene->Add(scene->Spawn(scene->Options()), "mill");
  EXPECT_NONFATAL_FAILURE(scene->storage.ExpectNextPersisted<Event>("Cart|1", ItemAdded{"pot"}),
                          "stored was something else: number 1 of Cart|1");
  EXPECT_NONFATAL_FAILURE(scene->storage.ExpectNextPersisted<Event>("Cart|1", ItemAdded{"pot"}),
                          "no further event of Cart|1 was stored within 3s");
  scene->Add(scene->Spawn(scene->Options("2")), "mill");
  EXPECT_NONFATAL_FAILURE(scene->storage.ExpectNothingPersisted("Cart|2"),
                          "stored was something else: number 1 of Cart|2");
  ASSERT_TRUE(scene->storage.storage().DamageEvent("Cart|1", 1).ok());
  EXPECT_NONFATAL_FAILURE((void)scene->storage.EventsInStorage("Cart|1"), "DATA_LOSS");
}

}  // namespace
}  // namespace sampo::persistence
