// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors

// Event-sourced and durable-state actors on the SQLite plugin, in a simulation and on a disk that
// fails as it is told to: what actors were promised holds on this storage too. What the store alone
// promises is in fault_store_test.cc.

#include <sqlite3.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "sampo/actor/actor.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/actor/testkit/actor_test_kit.h"
#include "sampo/actor/testkit/for_each_seed.h"
#include "sampo/actor/testkit/simulated_runtime.h"
#include "sampo/actor/testkit/test_probe.h"
#include "sampo/persistence/durable_state_behavior.h"
#include "sampo/persistence/event_sourced_behavior.h"
#include "sampo/persistence/query/event_decoder.h"
#include "sampo/persistence/query/read_journal.h"
#include "sampo/persistence/sqlite/fault_vfs.h"
#include "sampo/persistence/sqlite/use_sqlite.h"
#include "sampo/persistence/testing_cart.h"
#include "sampo/persistence/testing_cart_codec.h"
#include "sampo/persistence/testing_shop.h"
#include "sampo/stream/sink.h"

namespace sampo::persistence {
namespace {

using testing::AddItem;
using testing::Apply;
using testing::CartOptions;
using testing::Command;
using ::testing::Contains;
using testing::Decide;
using ::testing::ElementsAre;
using testing::Event;
using testing::GetItems;
using ::testing::HasSubstr;
using testing::Items;
using testing::SignalText;
using testing::State;

constexpr absl::Duration kWait = absl::Minutes(1);

using CartStateOptions = DurableStateOptions<Command, State>;

// The same cart without a history.
StateEffect<State> DecideState(const State& state, Command&& command) {
  using Effect = StateEffect<State>;
  if (auto* get = std::get_if<GetItems>(&command)) return Effect::Reply(get->reply_to, state.items);
  auto& add = std::get<AddItem>(command);
  State next = state;
  next.items.push_back(std::move(add.sku));
  return Effect::Persist(std::move(next)).ThenReply(add.reply_to, absl::OkStatus());
}

SqliteSettings SettingsOn(const FaultVfs& vfs) {
  SqliteSettings settings;
  settings.file = std::filesystem::canonical(::testing::TempDir()) / "actors.db";
  settings.vfs = vfs.name();
  settings.busy_timeout = absl::ZeroDuration();
  return settings;
}

// One life of a program: a system on the journal that the lives before it have left.
struct Life {
  Life(uint64_t seed, const SqliteSettings& settings)
      : simulation(seed),
        kit({.settings = simulation.Settings(), .runtime = simulation.Runtime()}),
        status(kit.CreateTestProbe<absl::Status>()),
        items(kit.CreateTestProbe<Items>()) {
    const absl::Status opened = UseSqlite(kit.system(), settings);
    EXPECT_TRUE(opened.ok()) << opened;
  }

  // Notes signals, and the texts of those that have one.
  template <class Signal>
  auto Noting() {
    return [this](const State& state, const Signal& signal) {
      std::visit(
          [&](const auto& s) {
            signals.push_back(SignalText(state, s));
            if constexpr (requires { s.status; }) errors.emplace_back(s.status.message());
          },
          signal);
    };
  }
  CartOptions Cart(std::string_view id) {
    return {.persistence_id = PersistenceId::Of("Cart", id),
            .empty_state = State{},
            .on_command = Decide,
            .on_event = Apply,
            .on_signal = Noting<PersistenceSignal>()};
  }
  CartOptions RetainingCart(std::string_view id, int64_t snapshot_every, int keep_snapshots) {
    CartOptions options = Cart(id);
    options.snapshot_every = snapshot_every;
    options.keep_snapshots = keep_snapshots;
    options.delete_events_on_snapshot = true;
    return options;
  }
  CartStateOptions StateCart(std::string_view id) {
    return {.persistence_id = PersistenceId::Of("Cart", id),
            .empty_state = State{},
            .on_command = DecideState,
            .on_signal = Noting<DurableStateSignal>()};
  }
  ActorRef<Command> Spawn(CartOptions options) {
    return kit.Spawn(EventSourcedBehavior(std::move(options)));
  }
  ActorRef<Command> Spawn(CartStateOptions options) {
    return kit.Spawn(DurableStateBehavior(std::move(options)));
  }
  // One of each kind.
  std::vector<ActorRef<Command>> SpawnThree() {
    return {Spawn(RetainingCart("1", 2, 1)), Spawn(Cart("2")), Spawn(StateCart("3"))};
  }

  void Add(const ActorRef<Command>& cart, const Items& skus) {
    for (const std::string& sku : skus) {
      cart.Tell(AddItem{sku, status.ref()});
      EXPECT_EQ(status.ExpectMessage(), absl::OkStatus()) << sku;
    }
  }
  Items ItemsOf(const ActorRef<Command>& cart) {
    cart.Tell(GetItems{items.ref()});
    return items.ExpectMessage();
  }
  void RunFor(absl::Duration duration) { EXPECT_EQ(simulation.RunFor(duration), absl::OkStatus()); }
  StoragePlugins plugins() { return Persistence::Get(kit.system()).plugins(); }
  ReadJournal query() { return ReadJournal::For(kit.system(), {.page_records_max = 7}); }
  template <class Source>
  auto Run(const Source& source) {
    using Element = typename Source::Element;
    return Await(source.RunWith(stream::Sink<Element>::Seq(), kit.system()), kWait);
  }

  SimulatedRuntime simulation;
  std::vector<std::string> signals;
  std::vector<std::string> errors;
  ActorTestKit kit;
  TestProbe<absl::Status> status;
  TestProbe<Items> items;
};

Items Numbered(std::string_view prefix, int from, int to) {
  Items items;
  for (int i = from; i <= to; ++i) items.push_back(StrCat(prefix, i));
  return items;
}

// --- retention, tags, restarts ---

TEST(SqliteActorsTest, RetentionKeepsWhatItSaysAndTheNextLifeRecoversFromIt) {
  ForEachSeed(10, [](uint64_t seed) {
    FaultVfs vfs(seed);
    const SqliteSettings settings = SettingsOn(vfs);
    {
      Life life(seed, settings);
      auto cart = life.Spawn(life.RetainingCart("1", 3, 2));
      for (const std::string& sku : Numbered("i", 1, 20)) {
        life.Add(cart, {sku});
        life.RunFor(absl::Seconds(1));  // so that no retention is left to the next one
      }
    }
    Life life(seed, settings);
    auto cart = life.Spawn(life.RetainingCart("1", 3, 2));
    EXPECT_EQ(life.ItemsOf(cart), Numbered("i", 1, 20));
    EXPECT_THAT(life.signals, ElementsAre("RecoveryCompleted/20"));
    // Snapshots of 12, 15 and 18, and the events behind the oldest of them.
    const auto head = Await(life.plugins().journal->ReadHead("Cart|1"), kWait);
    ASSERT_TRUE(head.ok() && head->highest_seq == 20) << head.status();
    EXPECT_EQ(head->deleted_to, 12);
    std::vector<int64_t> snapshots;
    for (int64_t below = kSeqMax; below > 0; below = snapshots.back() - 1) {
      const auto load = Await(life.plugins().snapshots->Load("Cart|1", {.seq_max = below}), kWait);
      ASSERT_TRUE(load.ok() && load->unreadable.empty());
      if (!load->snapshot.has_value()) break;
      snapshots.push_back(load->snapshot->seq);
    }
    EXPECT_THAT(snapshots, ElementsAre(18, 15, 12));
    const auto events = life.Run(life.query().CurrentEventsByPersistenceId("Cart|1"));
    ASSERT_TRUE(events.ok()) << events.status();
    ASSERT_EQ(events->size(), 8U);
    for (size_t i = 0; i < 8; ++i) EXPECT_EQ((*events)[i].seq, static_cast<int64_t>(13 + i));
    // An older snapshot is one to recover from, too.
    life.kit.Stop(cart);
    CartOptions older = life.RetainingCart("1", 3, 2);
    older.recovery = Recovery::FromSnapshot({.seq_max = 14});
    EXPECT_EQ(life.ItemsOf(life.Spawn(std::move(older))), Numbered("i", 1, 20));
  });
}

TEST(SqliteActorsTest, AQueryFindsTheEventsOfATagInTheirOrderOverTheLives) {
  ForEachSeed(10, [](uint64_t seed) {
    FaultVfs vfs(seed);
    const SqliteSettings settings = SettingsOn(vfs);
    int64_t offset = 0;
    for (int round = 0; round < 3; ++round) {
      Life life(seed, settings);
      for (const char* id : {"1", "2", "3"}) {
        CartOptions options = life.Cart(id);
        options.tags = [](const Event& event) -> std::vector<std::string> {
          const auto& sku = std::get<testing::ItemAdded>(event).sku;
          return sku.ends_with("0") ? std::vector<std::string>{} : std::vector{sku.substr(0, 1)};
        };
        auto cart = life.Spawn(std::move(options));
        for (int i = 0; i < 10; ++i) {
          for (const char* tag : {"a", "b"}) {
            cart.Tell(AddItem{StrCat(tag, round, id, i), life.status.ref()});
          }
        }
      }
      for (int i = 0; i < 60; ++i) EXPECT_EQ(life.status.ExpectMessage(), absl::OkStatus());
      const auto found = life.Run(life.query().CurrentEventsByTag("a", offset));
      ASSERT_TRUE(found.ok()) << found.status();
      std::map<std::string, Items> by_id;
      for (const EventEnvelope& envelope : *found) {
        EXPECT_GT(envelope.ordering, offset);
        offset = envelope.ordering;
        const auto events = DecodeEvents<Event>()(envelope);
        ASSERT_TRUE(events.ok() && events->size() == 1) << events.status();
        by_id[envelope.persistence_id].push_back(std::get<testing::ItemAdded>((*events)[0]).sku);
      }
      // Of each cart nine of this round have the tag, in their order.
      std::map<std::string, Items> expected;
      for (const char* id : {"1", "2", "3"}) {
        expected[StrCat("Cart|", id)] = Numbered(StrCat("a", round, id), 1, 9);
      }
      EXPECT_EQ(by_id, expected);
    }
  });
}

// --- two writers ---

TEST(SqliteActorsTest, TheOlderWriterIsStoppedForGood) {
  ForEachSeed(10, [](uint64_t seed) {
    for (const bool durable : {false, true}) {
      FaultVfs vfs(seed);
      Life life(seed, SettingsOn(vfs));
      const auto spawn = [&] {
        Behavior<Command> cart = durable ? DurableStateBehavior(life.StateCart("1"))
                                         : EventSourcedBehavior(life.RetainingCart("1", 1, 1));
        return life.kit.Spawn<Command>(
            Supervise(std::move(cart)).OnFailure(SupervisorStrategy::RestartWithBackoff({})));
      };
      auto older = spawn();
      life.Add(older, {"mill"});
      auto newer = spawn();
      life.Add(newer, {"pot"});
      older.Tell(AddItem{"cup", life.status.ref()});
      life.status.ExpectTerminated(older);
      EXPECT_THAT(life.signals, Contains("WriterFenced/1"));
      ASSERT_EQ(life.errors.size(), 1U);
      EXPECT_THAT(life.errors[0], HasSubstr("epoch 1"));
      EXPECT_THAT(life.errors[0], HasSubstr("epoch 2"));
      life.Add(newer, {"pan"});
      EXPECT_EQ(life.ItemsOf(newer), Items({"mill", "pot", "pan"}));
      EXPECT_FALSE(life.status.HasMessages());
    }
  });
}

// --- no room, and a lock of another process ---

struct CloseConnection {
  void operator()(sqlite3* db) const { sqlite3_close(db); }
};

TEST(SqliteActorsTest, CommandsWaitWhileThereIsNoRoomOrAnotherHasTheLock) {
  ForEachSeed(10, [](uint64_t seed) {
    FaultVfs vfs(seed);
    const SqliteSettings settings = SettingsOn(vfs);
    std::optional<Life> life(std::in_place, seed, settings);
    const auto carts = life->SpawnThree();
    for (const auto& cart : carts) life->Add(cart, {"i1"});
    sqlite3* db = nullptr;
    ASSERT_EQ(
        sqlite3_open_v2(settings.file.c_str(), &db, SQLITE_OPEN_READWRITE, vfs.name().c_str()),
        SQLITE_OK);
    const std::unique_ptr<sqlite3, CloseConnection> other(db);
    int next = 2;
    for (const bool full : {true, false, true}) {
      if (full) {
        vfs.disk().SetPlan({.disk_full_in = 1});
      } else {
        ASSERT_EQ(sqlite3_exec(db, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), SQLITE_OK);
      }
      for (const auto& cart : carts) {
        for (int i = next; i < next + 5; ++i) {
          cart.Tell(AddItem{StrCat("i", i), life->status.ref()});
        }
      }
      life->RunFor(absl::Seconds(10));
      EXPECT_FALSE(life->status.HasMessages());
      if (full) {
        vfs.disk().SetPlan({});
      } else {
        ASSERT_EQ(sqlite3_exec(db, "COMMIT", nullptr, nullptr, nullptr), SQLITE_OK);
      }
      for (int i = 0; i < 15; ++i) EXPECT_EQ(life->status.ExpectMessage(), absl::OkStatus());
      next += 5;
      for (const auto& cart : carts) EXPECT_EQ(life->ItemsOf(cart), Numbered("i", 1, next - 1));
      life->RunFor(absl::Seconds(1));  // retention, which would give up
    }
    EXPECT_THAT(life->errors, ElementsAre());
    life.emplace(seed, settings);
    for (const auto& cart : life->SpawnThree()) {
      EXPECT_EQ(life->ItemsOf(cart), Numbered("i", 1, 16));
    }
  });
}

TEST(SqliteActorsTest, ASnapshotThatHasNoRoomIsLeftOutAndItsEventStays) {
  FaultVfs vfs(1);
  const SqliteSettings settings = SettingsOn(vfs);
  const Items large(20, std::string(10'000, 'x'));
  {
    Life life(1, settings);
    auto cart = life.Spawn(life.RetainingCart("1", 21, 1));
    life.Add(cart, large);
    // Enough for one event more, not for a snapshot of 200 kB.
    const size_t bytes = vfs.disk().Contents(settings.file).size() +
                         vfs.disk().Contents(settings.file + "-wal").size();
    vfs.disk().SetPlan({.disk_bytes_max = static_cast<int64_t>(bytes) + 100'000});
    life.Add(cart, {"mill"});
    EXPECT_THAT(life.signals, ElementsAre("RecoveryCompleted/0", "SnapshotFailed/21"));
    EXPECT_THAT(life.errors[0], HasSubstr("the disk is full; nothing of the group was stored"));
    vfs.disk().SetPlan({});
    life.Add(cart, {"pot"});
  }
  Life life(1, settings);
  Items all = large;
  all.insert(all.end(), {"mill", "pot"});
  EXPECT_EQ(life.ItemsOf(life.Spawn(life.RetainingCart("1", 21, 1))), all);
}

// --- a failed fsync ---

constexpr char kRefusal[] = "does no more work since an error: ";

// Nothing is read or written any more, though the disk is well again, and the end leaves the WAL.
void ExpectNoMoreWork(Life& life, FaultVfs& vfs, const SqliteSettings& settings) {
  const StoragePlugins plugins = life.plugins();
  for (const absl::Status& refused :
       {Await(plugins.journal->ReadEvents({.persistence_id = "Cart|1"}), kWait).status(),
        Await(plugins.journal->ReadHead("Cart|1"), kWait).status(),
        Await(plugins.journal->AcquireWriter("Cart|1"), kWait).status(),
        Await(plugins.journal->ReadByTag("sale", 0, 10), kWait).status(),
        Await(plugins.snapshots->Load("Cart|1", {}), kWait).status(),
        Await(plugins.states->Read("Cart|3"), kWait).status(),
        life.Run(life.query().CurrentPersistenceIds()).status()}) {
    EXPECT_EQ(refused.code(), absl::StatusCode::kUnavailable);
    EXPECT_THAT(std::string(refused.message()), HasSubstr(kRefusal));
  }
  life.signals.clear();
  life.errors.clear();
  auto late = life.Spawn(life.Cart("1"));
  auto late_state = life.Spawn(life.StateCart("3"));
  life.status.ExpectTerminated(late);
  life.status.ExpectTerminated(late_state);
  EXPECT_EQ(std::count(life.signals.begin(), life.signals.end(), "RecoveryFailed/0"), 2);
  for (const std::string& error : life.errors) EXPECT_THAT(error, HasSubstr(kRefusal));
  const uint64_t changes = vfs.disk().changes();
  const std::string wal = vfs.disk().Contents(settings.file + "-wal");
  EXPECT_FALSE(wal.empty());
  life.kit.Shutdown();
  EXPECT_EQ(vfs.disk().changes(), changes);
  EXPECT_EQ(vfs.disk().Contents(settings.file + "-wal"), wal);
  EXPECT_EQ(vfs.open_files(), 0);
}

TEST(SqliteActorsTest, AFailedSyncEndsAllWorkAndKeepsWhatWasAcknowledged) {
  ForEachSeed(20, [](uint64_t seed) {
    FaultVfs vfs(seed);
    const SqliteSettings settings = SettingsOn(vfs);
    {
      Life life(seed, settings);
      const auto carts = life.SpawnThree();
      for (const auto& cart : carts) life.Add(cart, {"i1", "i2", "i3"});
      life.RunFor(absl::Seconds(1));  // its retention is done
      vfs.disk().SetPlan({.sync_error_in = 1});
      for (const auto& cart : carts) {
        cart.Tell(AddItem{"i4", life.status.ref()});
        cart.Tell(AddItem{"i5", life.status.ref()});
      }
      for (const auto& cart : carts) life.status.ExpectTerminated(cart);
      vfs.disk().SetPlan({});
      EXPECT_FALSE(life.status.HasMessages());  // nobody was told that it is stored
      EXPECT_THAT(life.signals, Contains("JournalPersistFailed/3").Times(2));
      EXPECT_THAT(life.signals, Contains("StatePersistFailed/3").Times(1));
      for (const std::string& error : life.errors) {
        EXPECT_THAT(error, HasSubstr("disk I/O error (SQLite 1034)"));
      }
      ExpectNoMoreWork(life, vfs, settings);
    }
    seed % 2 == 0 ? vfs.disk().KillProcess() : vfs.disk().CutPower();
    vfs.disk().Restart();
    Life life(seed, settings);
    for (const auto& cart : life.SpawnThree()) {
      const Items there = life.ItemsOf(cart);
      EXPECT_TRUE(there == Numbered("i", 1, 3) || there == Numbered("i", 1, 4));
      life.Add(cart, {"again"});
    }
  });
}

// --- ends of all kinds ---

// What one actor was told to add, and what it must have.
struct Sent {
  Items known;  // as the last life read it
  Items sent;   // in this life
  size_t acknowledged = 0;
};

// All that was known, and of what was sent its first ones, at least those that were acknowledged.
void ExpectHistory(Sent& cart, const Items& history) {
  const size_t known = cart.known.size();
  ASSERT_GE(history.size(), known + cart.acknowledged);
  ASSERT_LE(history.size(), known + cart.sent.size());
  cart.known.insert(cart.known.end(), cart.sent.begin(),
                    cart.sent.begin() + static_cast<std::ptrdiff_t>(history.size() - known));
  EXPECT_EQ(history, cart.known);
  cart.sent.clear();
  cart.acknowledged = 0;
}

TEST(SqliteActorsTest, WhateverEndsALifeWhatWasAcknowledgedIsThereOnceAndInOrder) {
  constexpr size_t kCarts = 6;
  int cuts = 0;
  int unanswered = 0;
  ForEachSeed(30, [&](uint64_t seed) {
    FaultVfs vfs(seed);
    SqliteSettings settings = SettingsOn(vfs);
    settings.wal_pages = 20;
    std::vector<Sent> model(kCarts);
    for (uint64_t round = 0; round < 4; ++round) {
      Life life(seed * 4 + round, settings);
      std::vector<ActorRef<Command>> carts;
      for (size_t i = 0; i < kCarts; ++i) {
        carts.push_back(i % 3 == 2 ? life.Spawn(life.StateCart(StrCat(i)))
                                   : life.Spawn(life.RetainingCart(StrCat(i), 3, 1)));
        ExpectHistory(model[i], life.ItemsOf(carts[i]));
      }
      Random& random = life.simulation.random();
      // A power cut in the middle of a write, or the process dies or ends between two steps.
      if (random.Below(2) == 0) {
        vfs.disk().SetPlan({.power_cut_at = vfs.disk().changes() + 1 + random.Below(150)});
      }
      for (int n = 0; n < 15; ++n) {
        for (size_t i = 0; i < kCarts; ++i) {
          const std::string sku = StrCat(round, "-", n);
          model[i].sent.push_back(sku);
          AskWithStatus<void>(carts[i], kWait, [&](ActorRef<absl::Status> reply_to) {
            return AddItem{sku, std::move(reply_to)};
          }).OnComplete([&model, i](const absl::Status& status) {
            if (status.ok()) ++model[i].acknowledged;
          });
        }
      }
      uint64_t steps = random.Below(3'000);
      (void)life.simulation.RunUntil([&] { return vfs.disk().dead() || steps-- == 0; });
      cuts += vfs.disk().dead() ? 1 : 0;
      if (!vfs.disk().dead() && random.Below(2) == 0) vfs.disk().KillProcess();
      life.kit.Shutdown();
      for (const Sent& cart : model) unanswered += cart.acknowledged < cart.sent.size() ? 1 : 0;
      EXPECT_EQ(vfs.open_files(), 0);
      vfs.disk().Restart();
    }
    Life life(seed, settings);
    for (size_t i = 0; i < kCarts; ++i) {
      ExpectHistory(model[i], life.ItemsOf(i % 3 == 2 ? life.Spawn(life.StateCart(StrCat(i)))
                                                      : life.Spawn(life.Cart(StrCat(i)))));
    }
  });
  EXPECT_GT(cuts, 10);
  EXPECT_GT(unanswered, 100);
}

}  // namespace
}  // namespace sampo::persistence
