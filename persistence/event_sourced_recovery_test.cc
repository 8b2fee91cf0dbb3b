// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Behaviour 58: snapshot, then events; and all that may go wrong on the way.
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sampo/actor/actor.h"
#include "sampo/actor/testkit/for_each_seed.h"
#include "sampo/persistence/event_sourced_behavior.h"
#include "sampo/persistence/testing_cart.h"
#include "sampo/persistence/testing_shop.h"
#include "sampo/persistence/testing_storage.h"

namespace sampo::persistence {
namespace {

using namespace testing;  // NOLINT: the cart

Items Numbered(int from, int to) {
  Items items;
  for (int i = from; i <= to; ++i) items.push_back("i" + std::to_string(i));
  return items;
}

// Options whose cart notes which status its recovery failed with, and what it replayed.
struct Noted {
  absl::Status failed;
  RecoveryCompleted completed;
  int64_t applied = 0;
};
CartOptions WithNotes(Shop& shop, Noted* noted) {
  CartOptions options = shop.Options();
  options.on_signal =
      On{[noted](const State&, const RecoveryFailed& s) { noted->failed = s.status; },
         [noted](const State&, const RecoveryCompleted& s) { noted->completed = s; }};
  options.on_event = [noted](State state, const Event& event) {
    ++noted->applied;
    return Apply(std::move(state), event);
  };
  return options;
}

// A cart "1" with these many events and a snapshot every `every`, stopped again.
void Fill(Shop& shop, int events, int64_t every, bool delete_events = false) {
  CartOptions options = shop.Options();
  options.snapshot_every = every;
  options.delete_events_on_snapshot = delete_events;
  auto cart = shop.Spawn(std::move(options));
  shop.Add(cart, Numbered(1, events));
  shop.RunUntilIdle();
  shop.kit.Stop(cart);
  shop.signals.clear();
  shop.storage->TakeLog();
}

TEST(Behaviour58Test, RecoveryIsTheNewestSnapshotAndTheEventsAfterIt) {
  ForEachSeed(20, [](uint64_t seed) {
    Shop shop(seed);
    Fill(shop, 8, 3);
    Noted noted;
    auto cart = shop.Spawn(WithNotes(shop, &noted));
    EXPECT_EQ(shop.ItemsOf(cart), Numbered(1, 8));
    EXPECT_EQ(noted.applied, 2);
    EXPECT_EQ(noted.completed.seq, 8);
    EXPECT_EQ(noted.completed.events_replayed, 2);
  });
}

TEST(Behaviour58Test, DeletedEventsNeverLowerTheHighestSequenceNumber) {
  Shop shop(1);
  Fill(shop, 8, 2, /*delete_events=*/true);
  EXPECT_EQ(shop.storage->HeadOf("Cart|1").deleted_to, 6);
  EXPECT_EQ(shop.storage->EventsOf("Cart|1").size(), 2u);
  auto cart = shop.Spawn(shop.Options());
  shop.Add(cart, {"i9"});
  EXPECT_EQ(shop.storage->HeadOf("Cart|1").highest_seq, 9);
  EXPECT_EQ(shop.ItemsOf(cart), Numbered(1, 9));
}

TEST(Behaviour58Test, RetentionSavesThenDeletesEventsThenSnapshots) {
  ForEachSeed(20, [](uint64_t seed) {
    Shop shop(seed);
    CartOptions options = shop.Options();
    options.snapshot_every = 2;
    options.delete_events_on_snapshot = true;
    auto cart = shop.Spawn(std::move(options));
    shop.Add(cart, Numbered(1, 4));
    shop.RunUntilIdle();
    Items log;
    for (std::string& each : shop.storage->TakeLog()) {
      if (!each.starts_with("append")) log.push_back(std::move(each));
    }
    EXPECT_EQ(log, Items({"save Cart|1 2", "save Cart|1 4", "delete-events Cart|1 2",
                          "delete-snapshots Cart|1 1"}));
    EXPECT_EQ(shop.signals,
              Items({"RecoveryCompleted/0", "SnapshotCompleted/2", "SnapshotCompleted/4",
                     "DeleteEventsCompleted/4", "DeleteSnapshotsCompleted/4"}));
  });
}

TEST(Behaviour58Test, ALaterRetentionIsSkippedWhileOneRunsAndTheNextCoversIt) {
  ForEachSeed(20, [](uint64_t seed) {
    Shop shop(seed);
    CartOptions options = shop.Options();
    options.snapshot_every = 2;
    options.delete_events_on_snapshot = true;
    auto cart = shop.Spawn(std::move(options));
    shop.storage->HoldDeletes();
    shop.Add(cart, Numbered(1, 8));  // retentions are due at 4, 6 and 8
    shop.RunUntilIdle();
    shop.storage->TakeLog();
    shop.storage->ReleaseDeletes();
    shop.RunUntilIdle();
    EXPECT_EQ(shop.storage->TakeLog(),
              Items({"delete-events Cart|1 2", "delete-snapshots Cart|1 1"}));
    shop.Add(cart, Numbered(9, 10));
    shop.RunUntilIdle();
    EXPECT_EQ(shop.storage->HeadOf("Cart|1").deleted_to, 8);
    EXPECT_EQ(shop.storage->SnapshotsOf("Cart|1").size(), 2u);  // of 8 and of 10
  });
}

TEST(EventSourcedSnapshotTest, KeepsSoManyAndOneThatAPredicateWantsDeletesNothing) {
  Shop shop(1);
  CartOptions options = shop.Options();
  options.snapshot_every = 4;
  options.keep_snapshots = 2;
  options.snapshot_when = [](const State& state, const Event&) { return state.items.size() == 13; };
  auto cart = shop.Spawn(std::move(options));
  shop.Add(cart, Numbered(1, 13));
  shop.RunUntilIdle();
  std::vector<int64_t> seqs;
  for (const SnapshotRecord& each : shop.storage->SnapshotsOf("Cart|1")) seqs.push_back(each.seq);
  EXPECT_EQ(seqs, std::vector<int64_t>({8, 12, 13}));
}

TEST(EventSourcedSnapshotTest, AWriteThatPassesAMultipleMakesOne) {
  Shop shop(1);
  CartOptions options = shop.Options();
  options.snapshot_every = 3;
  auto cart = shop.Spawn(std::move(options));
  cart.Tell(AddItems{{"a", "b"}, shop.status.ref()});
  cart.Tell(AddItems{{"c", "d"}, shop.status.ref()});
  EXPECT_EQ(shop.ItemsOf(cart), Items({"a", "b", "c", "d"}));
  EXPECT_EQ(shop.storage->SnapshotsOf("Cart|1").at(0).seq, 4);
}

TEST(EventSourcedSnapshotTest, OneIsTakenAfterALongRecoveryWithoutRetention) {
  Shop shop(1);
  Fill(shop, 5, 0);
  CartOptions options = shop.Options();
  options.snapshot_every = 5;
  auto cart = shop.Spawn(std::move(options));
  EXPECT_EQ(shop.ItemsOf(cart), Numbered(1, 5));
  EXPECT_EQ(shop.signals, Items({"RecoveryCompleted/5", "SnapshotCompleted/5"}));
}

TEST(EventSourcedSnapshotTest, OneThatFailsIsSignalledAndTheActorGoesOn) {
  for (const bool by_codec : {false, true}) {
    Shop shop(1);
    CartOptions options = shop.Options();
    options.snapshot_every = 1;
    auto cart = shop.Spawn(std::move(options));
    shop.storage->FailSnapshots(!by_codec);
    shop.Add(cart, {by_codec ? "no-snapshot" : "mill"});
    EXPECT_TRUE(shop.HasSignal("SnapshotFailed/1"));
  }
}

void DamageSnapshot(Shop& shop, size_t which) {
  shop.storage->Break(
      [which](auto&, std::vector<SnapshotRecord>& snapshots) {
        snapshots.at(which).payload = "\x08\x96";  // no State
      },
      "Cart|1");
}

TEST(EventSourcedSnapshotTest, AnUnreadableOneFallsBackToTheOneBeforeAndThenToTheEvents) {
  Shop shop(1);
  CartOptions options = shop.Options();
  options.snapshot_every = 3;
  options.keep_snapshots = 2;
  auto cart = shop.Spawn(std::move(options));
  shop.Add(cart, Numbered(1, 7));
  shop.RunUntilIdle();
  shop.kit.Stop(cart);

  DamageSnapshot(shop, 1);
  Noted noted;
  auto second = shop.Spawn(WithNotes(shop, &noted));
  EXPECT_EQ(shop.ItemsOf(second), Numbered(1, 7));
  EXPECT_EQ(noted.applied, 4);  // after the snapshot of 3
  shop.kit.Stop(second);

  DamageSnapshot(shop, 0);
  noted = {};
  auto third = shop.Spawn(WithNotes(shop, &noted));
  EXPECT_EQ(shop.ItemsOf(third), Numbered(1, 7));
  EXPECT_EQ(noted.applied, 7);
}

TEST(EventSourcedSnapshotTest, AStoreThatCannotBeReadFallsBackToTheEvents) {
  Shop shop(1);
  Fill(shop, 4, 2);
  shop.storage->FailLoads(true);
  auto cart = shop.Spawn(shop.Options());
  EXPECT_EQ(shop.ItemsOf(cart), Numbered(1, 4));
}

TEST(EventSourcedRecoveryTest, DeletedEventsWithoutAReadableSnapshotAreDataLoss) {
  Shop shop(1);
  Fill(shop, 4, 2, /*delete_events=*/true);
  DamageSnapshot(shop, 0);
  DamageSnapshot(shop, 1);
  Noted noted;
  auto cart = shop.Spawn(WithNotes(shop, &noted));
  shop.status.ExpectTerminated(cart);
  EXPECT_EQ(noted.failed.code(), absl::StatusCode::kDataLoss);
  EXPECT_NE(std::string(noted.failed.message()).find("Cart|1: recovery: events up to 2"),
            std::string::npos)
      << noted.failed;
}

// What a change of the stored events makes of the recovery.
absl::Status RecoverBroken(int events, int snapshot_every,
                           const std::function<void(std::vector<StoredEvent>&)>& change,
                           bool backoff = false) {
  Shop shop(1);
  Fill(shop, events, snapshot_every);
  shop.storage->Break([&](std::vector<StoredEvent>& stored, auto&) { change(stored); }, "Cart|1");
  Noted noted;
  CartOptions options = WithNotes(shop, &noted);
  if (backoff) options.on_persist_failure = Backoff{};
  auto cart = shop.Spawn(std::move(options));
  shop.status.ExpectTerminated(cart);
  return noted.failed;
}

TEST(EventSourcedRecoveryTest, AGapOrAnotherHistoryIsDataLossAndNeverAShorterOne) {
  const auto erase = [](size_t place) {
    return [place](std::vector<StoredEvent>& events) {
      events.erase(events.begin() + static_cast<std::ptrdiff_t>(place));
    };
  };
  // At the start, in the middle, at the end, behind a snapshot; not even a backoff tries again.
  for (const size_t place : {0u, 2u, 4u}) {
    const absl::Status failed = RecoverBroken(5, 0, erase(place), /*backoff=*/true);
    EXPECT_EQ(failed.code(), absl::StatusCode::kDataLoss) << failed;
    EXPECT_NE(failed.message().find(std::to_string(place + 1)), std::string::npos) << failed;
  }
  EXPECT_EQ(RecoverBroken(5, 3, erase(4)).code(), absl::StatusCode::kDataLoss);
  // The right number of events, but not these.
  const absl::Status changed = RecoverBroken(
      5, 0, [](std::vector<StoredEvent>& events) { events[1].payload = events[0].payload; });
  EXPECT_EQ(changed.code(), absl::StatusCode::kDataLoss) << changed;
}

TEST(EventSourcedRecoveryTest, ASnapshotBehindTheEndOfTheJournalIsDataLoss) {
  Shop shop(1);
  Fill(shop, 3, 3);
  shop.storage->Break([](auto&, std::vector<SnapshotRecord>& s) { s.at(0).seq = 7; }, "Cart|1");
  Noted noted;
  auto cart = shop.Spawn(WithNotes(shop, &noted));
  shop.status.ExpectTerminated(cart);
  EXPECT_EQ(noted.failed.code(), absl::StatusCode::kDataLoss);
}

TEST(EventSourcedRecoveryTest, AnEventThatCannotBeReadNamesIdAndNumber) {
  const absl::Status unknown = RecoverBroken(
      3, 0, [](std::vector<StoredEvent>& events) { events[1].manifest = "shop.Renamed"; });
  EXPECT_EQ(unknown.code(), absl::StatusCode::kUnimplemented) << unknown;
  EXPECT_NE(unknown.message().find("Cart|1: recovery: event 2: stored as \"shop.Renamed\""),
            std::string::npos)
      << unknown;
}

TEST(EventSourcedRecoveryTest, AStorageThatGivesNoAnswerFailsItInTime) {
  Shop shop(1);
  Fill(shop, 3, 0);
  shop.storage->HoldReads();
  Noted noted;
  auto cart = shop.Spawn(WithNotes(shop, &noted));
  const int64_t start = shop.simulation.NowNanos();
  shop.status.ExpectTerminated(cart, absl::Minutes(1));
  EXPECT_EQ(absl::Nanoseconds(shop.simulation.NowNanos() - start), absl::Seconds(30));
  EXPECT_EQ(noted.failed.code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_EQ(Persistence::Get(shop.kit.system()).permits().in_use(), 0);
  shop.storage->ReleaseReads();
}

TEST(EventSourcedRecoveryTest, ALongHistoryIsReadInPages) {
  Shop shop(1);
  auto cart = shop.Spawn(shop.Options());
  for (int i = 0; i < 25; ++i) cart.Tell(AddItems{Items(100, "x"), shop.status.ref()});
  EXPECT_EQ(shop.ItemsOf(cart).size(), 2500u);
  shop.kit.Stop(cart);
  Noted noted;
  auto again = shop.Spawn(WithNotes(shop, &noted));
  EXPECT_EQ(shop.ItemsOf(again).size(), 2500u);
  EXPECT_EQ(noted.applied, 2500);
}

TEST(EventSourcedRecoveryTest, SelectionsChooseWhatIsRead) {
  Shop shop(1);
  Fill(shop, 5, 2);
  const auto recover = [&](Recovery recovery, Noted* noted) {
    CartOptions options = WithNotes(shop, noted);
    options.recovery = recovery;
    auto cart = shop.Spawn(std::move(options));
    const Items items = shop.ItemsOf(cart);
    shop.kit.Stop(cart);
    return items;
  };
  Noted events;
  EXPECT_EQ(recover(Recovery::WithoutSnapshots(), &events), Numbered(1, 5));
  EXPECT_EQ(events.applied, 5);
  Noted older;
  EXPECT_EQ(recover(Recovery::FromSnapshot({.seq_max = 3}), &older), Numbered(1, 5));
  Noted nothing;
  EXPECT_EQ(recover(Recovery::Disabled(), &nothing), Items());
  EXPECT_EQ(nothing.applied, 0);
  EXPECT_EQ(nothing.completed.seq, 5);
}

TEST(EventSourcedRecoveryTest, SoManyRecoverAtATimeAndAllOfThemInTheEnd) {
  ForEachSeed(5, [](uint64_t seed) {
    SimulatedRuntime simulation(seed);
    ActorTestKit kit({.settings = simulation.Settings(), .runtime = simulation.Runtime()});
    auto storage = std::make_shared<TestingStorage>();
    Persistence::Get(kit.system()).Use(storage->Plugins(), {.concurrent_recoveries_max = 3});
    int completed = 0;
    const auto spawn_all = [&] {
      std::vector<ActorRef<Command>> carts;
      for (int i = 0; i < 40; ++i) {
        carts.push_back(kit.Spawn(EventSourcedBehavior<Command, Event, State>(
            {.persistence_id = PersistenceId::Of("Cart", std::to_string(i)),
             .empty_state = State{},
             .on_command = Decide,
             .on_event = Apply,
             .on_signal = [&](const State&, const RecoveryCompleted&) { ++completed; }})));
      }
      return carts;
    };
    for (const ActorRef<Command>& cart : spawn_all()) {
      cart.Tell(AddItem{"mill", {}});
      cart.Tell(Halt{});
    }
    ASSERT_EQ(simulation.RunUntilIdle(), absl::OkStatus());
    storage->HoldReads();
    const auto again = spawn_all();
    ASSERT_EQ(simulation.RunUntilIdle(), absl::OkStatus());
    EXPECT_EQ(Persistence::Get(kit.system()).permits().in_use(), 3);
    storage->ReleaseReads();
    ASSERT_EQ(simulation.RunUntilIdle(), absl::OkStatus());
    EXPECT_EQ(completed, 80);
    EXPECT_EQ(storage->reads_max(), 3);
    EXPECT_EQ(Persistence::Get(kit.system()).permits().in_use(), 0);
  });
}

TEST(EventSourcedRecoveryTest, ARecoveryThatIsStoppedGivesItsPermitBack) {
  Shop shop(1);
  Fill(shop, 1, 0);
  shop.storage->HoldReads();
  auto cart = shop.Spawn(shop.Options());
  shop.RunUntilIdle();
  EXPECT_EQ(Persistence::Get(shop.kit.system()).permits().in_use(), 1);
  shop.kit.Stop(cart);
  EXPECT_EQ(Persistence::Get(shop.kit.system()).permits().in_use(), 0);
  shop.storage->ReleaseReads();
}

// The newer one writes, saves and deletes between the grant of the older and its reads: nothing is
// lost, and who is replaced must not come back.
TEST(EventSourcedRecoveryTest, ARecoveryThatAnotherWriterOvertakesIsFencedAndNoLossOfData) {
  for (const bool page : {false, true}) {  // else the snapshot
    Shop shop(1);
    Fill(shop, 3, 2);
    auto permits = [&] { return Persistence::Get(shop.kit.system()).permits().in_use(); };
    CartOptions options = shop.Options();
    options.on_persist_failure = Backoff{};
    shop.storage->HoldReads();
    if (!page) shop.storage->HoldLoads();
    auto older =
        shop.kit.Spawn<Command>(Supervise(EventSourcedBehavior(std::move(options)))
                                    .OnFailure(SupervisorStrategy::RestartWithBackoff({})));
    shop.RunUntilIdle();
    EXPECT_EQ(permits(), 1);
    TestingStorage& storage = *shop.storage;
    const uint64_t epoch = Await(storage.AcquireWriter("Cart|1"), absl::Seconds(1))->epoch;
    const StoredEvent event = storage.EventsOf("Cart|1").back();
    (void)storage.Append(
        {{.persistence_id = "Cart|1", .epoch = epoch, .after_seq = 3, .events = {event}}});
    SnapshotRecord snapshot = storage.SnapshotsOf("Cart|1").back();
    snapshot.seq = 4;
    snapshot.epoch = epoch;
    snapshot.hash = storage.HeadOf("Cart|1").hash;
    (void)storage.Save(std::move(snapshot));
    (void)storage.DeleteEvents("Cart|1", epoch, 4);
    storage.ReleaseLoads();
    storage.ReleaseReads();
    shop.status.ExpectTerminated(older);
    EXPECT_EQ(shop.simulation.RunFor(absl::Minutes(1)), absl::OkStatus());
    EXPECT_EQ(shop.signals, Items({"WriterFenced/0", "PostStop/0"}));
    EXPECT_EQ(storage.HeadOf("Cart|1").epoch, epoch);  // nobody took it back
    EXPECT_EQ(permits(), 0);
  }
}

// The event handler was given the state to keep: what it leaves is none.
TEST(EventSourcedRecoveryTest, SignalsAfterAnEventThatCannotBeAppliedSeeTheEmptyState) {
  Shop shop(1);
  Fill(shop, 3, 0);
  CartOptions options = shop.Options();
  options.empty_state.items = {"of", "the", "empty", "state"};
  options.on_event = [](State state, const Event& event) -> absl::StatusOr<State> {
    if (std::get<ItemAdded>(event).sku == "i3") return absl::InternalError("not this one");
    return Apply(std::move(state), event);
  };
  shop.status.ExpectTerminated(shop.Spawn(std::move(options)));
  EXPECT_EQ(shop.signals, Items({"RecoveryFailed/4", "PostStop/4"}));
}

TEST(EventSourcedRecoveryTest, ARecoveryThatFailsIsTriedAgainByOnPersistFailure) {
  Shop shop(1);
  Fill(shop, 2, 0);
  CartOptions options = shop.Options();
  options.on_persist_failure = Backoff{.min = absl::Seconds(1), .random_factor = 0};
  shop.storage->HoldReads();
  auto cart = shop.Spawn(std::move(options));
  cart.Tell(GetItems{shop.items.ref()});
  EXPECT_EQ(shop.simulation.RunFor(absl::Seconds(30.5)), absl::OkStatus());
  EXPECT_EQ(shop.signals, Items({"RecoveryFailed/0", "PreRestart/0"}));
  shop.storage->ReleaseReads();
  EXPECT_EQ(shop.items.ExpectMessage(), Numbered(1, 2));  // it waited meanwhile
}

}  // namespace
}  // namespace sampo::persistence
