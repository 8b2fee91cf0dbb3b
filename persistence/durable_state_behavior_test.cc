// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Durable state, by Pekko's DurableStateBehaviorSpec, DurableStateRevisionSpec,
// DurableStateBehaviorReplySpec and DurableStateBehaviorStashOverflowSpec; and what fails. On the
// storage in memory over many seeds, and on SQLite.
#include "sampo/persistence/durable_state_behavior.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sampo/actor/actor.h"
#include "sampo/actor/event_stream.h"
#include "sampo/actor/testkit/actor_test_kit.h"
#include "sampo/actor/testkit/for_each_seed.h"
#include "sampo/actor/testkit/simulated_runtime.h"
#include "sampo/actor/testkit/test_probe.h"
#include "sampo/persistence/memory/in_memory_storage.h"
#include "sampo/persistence/sqlite/use_sqlite.h"
#include "sampo/persistence/testing_cart.h"
#include "sampo/persistence/testing_cart_codec.h"
#include "sampo/persistence/testkit/persistence_test_kit.h"

namespace sampo::persistence {
namespace {

using testing::State;
using Words = std::vector<std::string>;
using CartStateEffect = StateEffect<State>;

struct Put {
  std::string item;
  ActorRef<absl::Status> reply_to;
};
struct Get {
  ActorRef<Words> reply_to;
};
struct Remove {
  ReplyTo<absl::Status> reply_to;
};
struct Lock {};  // Put is put aside until Unlock
struct Unlock {};
struct Halt {};
struct Odd {};
struct Revision {
  ActorRef<int64_t> reply_to;
};
struct Command : std::variant<Put, Get, Remove, Lock, Unlock, Halt, Odd, Revision> {
  using variant::variant;
};
using Options = DurableStateOptions<Command, State>;

CartStateEffect DecidePut(const State& state, Put&& m) {
  if (m.item == "throw") throw std::runtime_error("thrown by Decide");
  if (state.closed) return CartStateEffect::Stash();
  State next = state;
  next.items.push_back(m.item);
  return CartStateEffect::Persist(std::move(next)).ThenReply(m.reply_to, absl::OkStatus());
}

CartStateEffect Decide(const State& state, Command&& command) {
  return std::visit(
      On{[&](Put&& m) { return DecidePut(state, std::move(m)); },
         [&](Get&& m) {
           return CartStateEffect::Reply(m.reply_to, [](const State& s) { return s.items; });
         },
         [&](Remove&& m) {
           return CartStateEffect::Delete().ThenReply(m.reply_to, absl::OkStatus());
         },
         [&](Lock&&) {
           return CartStateEffect::Persist(State{state.items, true});
         },
         [&](Unlock&&) {
           return CartStateEffect::Persist(State{state.items, false}).ThenUnstashAll();
         },
         [&](Halt&&) { return CartStateEffect::Stop(); },
         [&](Odd&&) { return CartStateEffect::Unhandled(); },
         [&](Revision&&) { return CartStateEffect::None(); }},
      std::move(command));
}

// A folder that is gone when the test ends; in memory where the machine has such a place.
class TestFolder {
 public:
  TestFolder()
      : path_((access("/dev/shm", W_OK) == 0 ? std::string("/dev/shm") : ::testing::TempDir()) +
              "/sampo-states-XXXXXX") {
    EXPECT_NE(mkdtemp(path_.data()), nullptr);
  }
  ~TestFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  std::string File() const { return path_ + "/j.db"; }

 private:
  std::string path_;
};

struct Fixture {
  explicit Fixture(uint64_t seed = 1, const TestFolder* sqlite = nullptr)
      : simulation(seed),
        kit({.settings = simulation.Settings(), .runtime = simulation.Runtime()}),
        status(kit.CreateTestProbe<absl::Status>()),
        items(kit.CreateTestProbe<Words>()),
        storage(
            sqlite == nullptr
                ? PersistenceTestKit(kit.system())
                : PersistenceTestKit(kit.system(),
                                     OpenSqlite(kit.system(), {.file = sqlite->File()}).value())) {
    Persistence::Get(kit.system()).Use(storage.plugins());
  }
  Options Make() {
    return {.persistence_id = PersistenceId::Of("Cart", "1"),
            .empty_state = State{},
            .on_command = Decide,
            .on_signal = [this](const State& state, const DurableStateSignal& signal) {
              std::visit(
                  [&](const auto& s) {
                    const std::string_view name =
                        ::sampo::internal::TypeName<std::remove_cvref_t<decltype(s)>>();
                    signals.push_back(std::string(name.substr(name.rfind(':') + 1)) + "/" +
                                      std::to_string(state.items.size()));
                  },
                  signal);
            }};
  }
  ActorRef<Command> Spawn() { return Spawn(Make()); }
  ActorRef<Command> Spawn(Options options) {
    return kit.Spawn(DurableStateBehavior(std::move(options)));
  }
  void Add(const ActorRef<Command>& cart, const std::string& item) {
    cart.Tell(Put{item, status.ref()});
    EXPECT_EQ(status.ExpectMessage(), absl::OkStatus()) << item;
  }
  Words ItemsOf(const ActorRef<Command>& cart) {
    cart.Tell(Get{items.ref()});
    return items.ExpectMessage();
  }
  StateGrant Stored() {
    absl::StatusOr<StateGrant> read =
        Await(storage.plugins().states->Read("Cart|1"), absl::Seconds(1));
    EXPECT_TRUE(read.ok()) << read.status();
    return read.ok() ? *read : StateGrant{};
  }
  void RunUntilIdle() { EXPECT_EQ(simulation.RunUntilIdle(), absl::OkStatus()); }

  SimulatedRuntime simulation;
  Words signals;
  ActorTestKit kit;
  TestProbe<absl::Status> status;
  TestProbe<Words> items;
  PersistenceTestKit storage;
};

// On the storage in memory with so many seeds, on SQLite with two.
template <class Test>
void OnEachStorage(int seeds, Test test) {
  ForEachSeed(seeds, [&](uint64_t seed) {
    Fixture f(seed);
    test(f);
  });
  ForEachSeed(2, [&](uint64_t seed) {
    const TestFolder folder;
    Fixture f(seed, &folder);
    test(f);
  });
}

TEST(DurableStateBehaviorTest, TheNewestStateIsThereAfterARestart) {
  OnEachStorage(20, [](Fixture& f) {
    auto cart = f.Spawn();
    f.Add(cart, "mill");
    f.Add(cart, "pot");
    EXPECT_EQ(f.Stored().revision, 2);
    f.kit.Stop(cart);
    EXPECT_EQ(f.ItemsOf(f.Spawn()), Words({"mill", "pot"}));
    EXPECT_EQ(f.Stored().epoch, 2u);
  });
}

// DurableStateBehaviorSpec: delete resets the value, DurableStateRevisionSpec: the revision goes
// on.
TEST(DurableStateRevisionTest, DeleteTakesTheValueAndKeepsTheRevision) {
  OnEachStorage(20, [](Fixture& f) {
    auto cart = f.Spawn();
    f.Add(cart, "mill");
    Future<void> removed =
        AskWithStatus<void>(cart, absl::Seconds(1), [](auto to) { return Remove{std::move(to)}; });
    EXPECT_EQ(Await(removed, absl::Seconds(1)), absl::OkStatus());
    EXPECT_EQ(f.ItemsOf(cart), Words());
    EXPECT_EQ(f.Stored().revision, 2);
    EXPECT_FALSE(f.Stored().state.has_value());
    f.kit.Stop(cart);
    auto again = f.Spawn();
    EXPECT_EQ(f.ItemsOf(again), Words());
    f.Add(again, "pot");
    EXPECT_EQ(f.Stored().revision, 3);
  });
}

TEST(DurableStateRevisionTest, HandlersKnowTheRevision) {
  OnEachStorage(1, [](Fixture& f) {
    TestProbe<int64_t> revisions(f.kit.system());
    auto cart = f.kit.Spawn(sampo::Setup<Command>([&](ActorContext<Command>& context) {
      Options options = f.Make();
      options.on_command = [&](const State& state, Command&& command) {
        if (auto* get = std::get_if<Revision>(&command)) {
          get->reply_to.Tell(LastRevision(context));
          return CartStateEffect::Persist(state).ThenRun(
              [&context, to = get->reply_to](const State&) { to.Tell(LastRevision(context)); });
        }
        return CartStateEffect::None();
      };
      return DurableStateBehavior(std::move(options));
    }));
    for (int64_t revision = 0; revision < 3; ++revision) {
      cart.Tell(Revision{revisions.ref()});
      EXPECT_EQ(revisions.ExpectMessage(), revision);
      EXPECT_EQ(revisions.ExpectMessage(), revision + 1);
    }
  });
}

TEST(DurableStateRevisionTest, TheOlderOfTwoWritersIsFencedAndStops) {
  OnEachStorage(50, [](Fixture& f) {
    auto older = f.kit.Spawn<Command>(Supervise(DurableStateBehavior(f.Make()))
                                          .OnFailure(SupervisorStrategy::RestartWithBackoff({})));
    f.Add(older, "mill");
    auto newer = f.Spawn();
    f.Add(newer, "pot");
    older.Tell(Put{"late", f.status.ref()});
    f.status.ExpectTerminated(older);
    EXPECT_FALSE(f.status.HasMessages());
    EXPECT_EQ(f.ItemsOf(newer), Words({"mill", "pot"}));
    EXPECT_NE(std::find(f.signals.begin(), f.signals.end(), "WriterFenced/1"), f.signals.end());
  });
}

// DurableStateBehaviorReplySpec: replies come after the write; signals meanwhile see the old state.
TEST(DurableStateBehaviorReplyTest, RepliesComeAfterTheWrite) {
  OnEachStorage(20, [](Fixture& f) {
    ActorRef<int> child;
    auto cart = f.kit.Spawn(sampo::Setup<Command>([&](ActorContext<Command>& context) {
      child = context.SpawnAnonymous(Receive<int>([](const int&) { return Stopped(); }));
      context.Watch(child);
      return DurableStateBehavior(f.Make());
    }));
    f.RunUntilIdle();
    f.storage.DelayNext(StorageCall::kUpsertState, absl::Seconds(1));
    cart.Tell(Put{"mill", f.status.ref()});
    cart.Tell(Get{f.items.ref()});
    f.RunUntilIdle();
    child.Tell(1);
    f.RunUntilIdle();
    EXPECT_EQ(f.signals, Words({"RecoveryCompleted/0", "Terminated/0"}));
    EXPECT_FALSE(f.status.HasMessages());
    EXPECT_FALSE(f.items.HasMessages());
    EXPECT_EQ(f.status.ExpectMessage(), absl::OkStatus());
    EXPECT_EQ(f.items.ExpectMessage(), Words({"mill"}));
  });
}

TEST(DurableStateBehaviorReplyTest, EnforcedRepliesAreEffects) {
  OnEachStorage(1, [](Fixture& f) {
    using Enforced = StateReplyEffect<State>;
    auto cart = f.kit.Spawn(DurableStateBehaviorWithEnforcedReplies<Command, State>(
        {.persistence_id = PersistenceId::Of("Cart", "1"),
         .empty_state = State{},
         .on_command = [](const State&, Command&& command) -> Enforced {
           if (auto* put = std::get_if<Put>(&command)) {
             return Enforced::Persist(State{{put->item}})
                 .ThenRun([](const State&) {})
                 .ThenReply(put->reply_to, absl::OkStatus());
           }
           if (auto* get = std::get_if<Get>(&command)) {
             return Enforced::Reply(get->reply_to, [](const State& s) { return s.items; });
           }
           return Enforced::Delete().ThenNoReply();
         }}));
    f.Add(cart, "mill");
    EXPECT_EQ(f.ItemsOf(cart), Words({"mill"}));
    cart.Tell(Lock{});
    EXPECT_EQ(f.ItemsOf(cart), Words());
  });
}

TEST(DurableStateBehaviorTest, UnhandledAndStopAreThoseOfAnyActor) {
  OnEachStorage(1, [](Fixture& f) {
    TestProbe<UnhandledMessage> unhandled(f.kit.system());
    f.kit.system().event_stream().Subscribe<UnhandledMessage>(unhandled.ref());
    auto cart = f.Spawn();
    cart.Tell(Odd{});
    EXPECT_EQ(unhandled.ExpectMessage().recipient, cart.path());
    f.storage.DelayNext(StorageCall::kUpsertState, absl::Seconds(1));
    cart.Tell(Put{"mill", f.status.ref()});
    cart.Tell(Halt{});  // waits for the write
    f.RunUntilIdle();
    EXPECT_EQ(f.status.ExpectMessage(), absl::OkStatus());
    f.status.ExpectTerminated(cart);
  });
}

TEST(DurableStateBehaviorTest, StashedCommandsComeBackInOrder) {
  OnEachStorage(20, [](Fixture& f) {
    auto cart = f.Spawn();
    cart.Tell(Lock{});
    for (const char* item : {"1", "2"}) cart.Tell(Put{item, {}});
    cart.Tell(Unlock{});
    cart.Tell(Put{"3", {}});
    EXPECT_EQ(f.ItemsOf(cart), Words({"1", "2", "3"}));
  });
}

TEST(DurableStateBehaviorStashOverflowTest, AFullStashDropsOrFails) {
  for (const bool fails : {false, true}) {
    Fixture f;
    TestProbe<Dropped> dropped(f.kit.system());
    f.kit.system().event_stream().Subscribe<Dropped>(dropped.ref());
    Options options = f.Make();
    options.stash_capacity = 2;
    options.on_stash_full = fails ? StashOverflow::kFail : StashOverflow::kDrop;
    auto cart = f.Spawn(std::move(options));
    f.Add(cart, "0");
    f.storage.DelayNext(StorageCall::kUpsertState, absl::Seconds(1));
    for (const char* item : {"1", "2", "3", "4"}) cart.Tell(Put{item, f.status.ref()});
    if (fails) {
      f.status.ExpectTerminated(cart);
      continue;
    }
    EXPECT_NE(dropped.ExpectMessage().reason.find("is full (2 commands"), std::string::npos);
    EXPECT_EQ(f.simulation.RunFor(absl::Seconds(2)), absl::OkStatus());
    EXPECT_EQ(f.ItemsOf(cart), Words({"0", "1", "2", "3"}));
  }
}

// --- what fails ---

TEST(DurableStateFailureTest, AFailedWriteMayBeStoredAndABackoffRecoversIt) {
  for (const bool done : {false, true}) {
    OnEachStorage(20, [done](Fixture& f) {
      if (done) {
        f.storage.StoreAndFailNext(StorageCall::kUpsertState);
      } else {
        f.storage.FailNext(StorageCall::kUpsertState);
      }
      Options options = f.Make();
      options.on_persist_failure = Backoff{};
      auto cart = f.Spawn(std::move(options));
      cart.Tell(Put{"mill", f.status.ref()});
      cart.Tell(Get{f.items.ref()});  // waits over the recovery
      EXPECT_EQ(f.items.ExpectMessage(), done ? Words({"mill"}) : Words());
      EXPECT_FALSE(f.status.HasMessages());
      f.Add(cart, "pot");
      EXPECT_EQ(f.Stored().revision, done ? 2 : 1);
    });
  }
}

TEST(DurableStateFailureTest, NoSupervisorResumesWhatNobodyKnows) {
  OnEachStorage(1, [](Fixture& f) {
    f.storage.FailNext(StorageCall::kUpsertState);
    auto cart = f.kit.Spawn<Command>(
        Supervise(DurableStateBehavior(f.Make())).OnFailure(SupervisorStrategy::Resume()));
    cart.Tell(Put{"mill", f.status.ref()});
    f.status.ExpectTerminated(cart);
    EXPECT_EQ(f.signals, Words({"RecoveryCompleted/0", "StatePersistFailed/0", "PostStop/0"}));
  });
}

TEST(DurableStateFailureTest, ARejectedStateIsNotStoredAndUsesNoRevision) {
  for (const bool by_codec : {false, true}) {
    OnEachStorage(20, [by_codec](Fixture& f) {
      if (!by_codec) f.storage.RejectNext(StorageCall::kUpsertState);
      auto cart = f.kit.Spawn<Command>(
          Supervise(DurableStateBehavior(f.Make())).OnFailure(SupervisorStrategy::Resume()));
      cart.Tell(Put{by_codec ? "no-snapshot" : "mill", f.status.ref()});
      f.Add(cart, "pot");
      EXPECT_EQ(f.ItemsOf(cart), Words({"pot"}));
      EXPECT_EQ(f.Stored().revision, 1);
      EXPECT_EQ(f.signals[1], "StatePersistRejected/0");
    });
  }
}

TEST(DurableStateFailureTest, NoRoomIsTriedAgain) {
  OnEachStorage(20, [](Fixture& f) {
    f.storage.NoRoomNext(StorageCall::kUpsertState, 5);
    auto cart = f.Spawn();
    for (const char* item : {"a", "b"}) cart.Tell(Put{item, {}});
    EXPECT_EQ(f.ItemsOf(cart), Words({"a", "b"}));
  });
}

TEST(DurableStateFailureTest, AThrowingHandlerStoresNothing) {
  OnEachStorage(1, [](Fixture& f) {
    auto cart = f.kit.Spawn<Command>(
        Supervise(DurableStateBehavior(f.Make())).OnFailure(SupervisorStrategy::Resume()));
    cart.Tell(Put{"throw", f.status.ref()});
    f.Add(cart, "mill");
    EXPECT_EQ(f.Stored().revision, 1);
  });
}

TEST(DurableStateFailureTest, DamageIsNoEmptyState) {
  Fixture f;
  auto cart = f.Spawn();
  f.Add(cart, "mill");
  f.kit.Stop(cart);
  EXPECT_EQ(f.storage.storage().DamageState("Cart|1"), absl::OkStatus());
  Options options = f.Make();
  options.on_persist_failure = Backoff{};  // waiting does not bring bytes back
  f.signals.clear();
  auto again = f.Spawn(std::move(options));
  f.status.ExpectTerminated(again);
  EXPECT_EQ(f.signals, Words({"RecoveryFailed/0", "PostStop/0"}));
}

TEST(DurableStateFailureTest, OptionsThatAreNoneAreRefusedAtTheSpawn) {
  Fixture f;
  Options no_id = f.Make();
  no_id.persistence_id = PersistenceId::Of("", "1");
  EXPECT_TRUE(absl::IsInvalidArgument(
      f.kit.system().TrySpawn(DurableStateBehavior(std::move(no_id)), "a").status()));
  struct NoCodec {};
  auto refused = f.kit.system().TrySpawn(
      DurableStateBehavior<Command, NoCodec>(
          {.persistence_id = PersistenceId::Of("Cart", "1"),
           .empty_state = {},
           .on_command = [](const NoCodec&, Command&&) { return StateEffect<NoCodec>::None(); }}),
      "b");
  EXPECT_NE(refused.status().message().find("its state can't be stored"), std::string_view::npos);
}

TEST(DurableStateBehaviorTest, AnAdapterAndATagAreStored) {
  OnEachStorage(1, [](Fixture& f) {
    const auto make = [&] {
      Options options = f.Make();
      options.tag = "carts";
      options.snapshot_adapter = SnapshotAdapter<State>::Of<testing::StoredItemNames>(
          [](const State& s) { return testing::StoredItemNames{s.items}; },
          [](testing::StoredItemNames&& j) { return State{.items = std::move(j.skus)}; });
      return options;
    };
    auto cart = f.Spawn(make());
    f.Add(cart, "mill");
    EXPECT_EQ(f.Stored().state->tag, "carts");
    EXPECT_EQ(f.Stored().state->manifest, CodecOf<testing::StoredItemNames>().manifest());
    f.kit.Stop(cart);
    EXPECT_EQ(f.ItemsOf(f.Spawn(make())), Words({"mill"}));
  });
}

TEST(DurableStateBehaviorTest, RunsOnThreads) {
  ActorTestKit kit;
  InMemoryStorage storage;
  Persistence::Get(kit.system()).Use(storage.PluginsFor(kit.system()));
  TestProbe<absl::Status> status = kit.CreateTestProbe<absl::Status>();
  TestProbe<Words> items = kit.CreateTestProbe<Words>();
  constexpr int kCarts = 20;
  constexpr int kPuts = 20;
  for (const bool again : {false, true}) {
    std::vector<ActorRef<Command>> carts;
    for (int i = 0; i < kCarts; ++i) {
      carts.push_back(kit.Spawn(DurableStateBehavior<Command, State>(
          {.persistence_id = PersistenceId::Of("Cart", std::to_string(i)),
           .empty_state = State{},
           .on_command = Decide})));
    }
    for (int put = 0; put < kPuts && !again; ++put) {
      for (const auto& cart : carts) cart.Tell(Put{std::to_string(put), status.ref()});
    }
    for (int put = 0; put < kPuts * kCarts && !again; ++put) {
      EXPECT_EQ(status.ExpectMessage(), absl::OkStatus());
    }
    for (const auto& cart : carts) {
      cart.Tell(Get{items.ref()});
      EXPECT_EQ(items.ExpectMessage().size(), static_cast<size_t>(kPuts));
      kit.Stop(cart);
    }
  }
}

}  // namespace
}  // namespace sampo::persistence
