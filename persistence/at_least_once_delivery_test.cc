// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// At-least-once delivery: what is owed is sent until it is confirmed, over losses and restarts.
#include "sampo/persistence/at_least_once_delivery.h"

#include <algorithm>
#include <atomic>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sampo/actor/actor.h"
#include "sampo/actor/base/random.h"
#include "sampo/actor/testkit/actor_test_kit.h"
#include "sampo/actor/testkit/for_each_seed.h"
#include "sampo/actor/testkit/simulated_runtime.h"
#include "sampo/actor/testkit/test_probe.h"
#include "sampo/persistence/memory/in_memory_storage.h"
#include "sampo/persistence/testing_cart.h"
#include "sampo/persistence/testing_cart_codec.h"
#include "sampo/persistence/testing_storage.h"
#include "sampo/persistence/testkit/persistence_test_kit.h"

namespace sampo::persistence {
namespace {

using testing::ItemAdded;
using testing::StoredItemNames;
using testing::TestingStorage;

// --- an office that sends letters ---

using Letter = std::string;
struct Post {
  Letter letter;
  ActorRef<absl::Status> reply_to;
};
struct Arrived {
  int64_t id;
};
struct CountOwed {
  ActorRef<size_t> reply_to;
};
struct Command : std::variant<Post, Arrived, CountOwed> {
  using variant::variant;
};
struct Posted {
  Letter letter;
};
struct Confirmed {
  int64_t id;
};
struct Event : std::variant<Posted, Confirmed> {
  using variant::variant;
};
struct State {
  Deliveries<Letter> outbox;
};
using LetterEffect = Effect<Event, State>;
using Options = EventSourcedOptions<Command, Event, State>;

LetterEffect Decide(const State& state, Command&& command) {
  return std::visit(
      On{[&](Post&& m) {
           return LetterEffect::Persist(Posted{m.letter}).ThenReply(m.reply_to, absl::OkStatus());
         },
         [&](Arrived&& m) {
           if (state.outbox.Find(m.id) == nullptr) return LetterEffect::None();  // a second answer
           return LetterEffect::Persist(Confirmed{m.id});
         },
         [&](CountOwed&& m) {
           return LetterEffect::Reply(m.reply_to, [](const State& s) { return s.outbox.size(); });
         }},
      std::move(command));
}

State Apply(State state, const Event& event) {
  std::visit(On{[&](const Posted& e) { state.outbox.Deliver(e.letter); },
                [&](const Confirmed& e) { state.outbox.Confirm(e.id); }},
             event);
  return state;
}

// A letter without text is a confirmation.
testing::Event StoredForm(const Event& event) {
  if (auto* confirmed = std::get_if<Confirmed>(&event)) return ItemAdded{"", confirmed->id};
  return ItemAdded{std::get<Posted>(event).letter, 1};
}
Event FromStored(const testing::Event& stored) {
  const auto& item = std::get<ItemAdded>(stored);
  if (item.sku.empty()) return Confirmed{item.quantity};
  return Posted{item.sku};
}
StoredItemNames StoredState(const State& state) {
  StoredItemNames stored{{std::to_string(state.outbox.last_id())}};
  for (const Delivery<Letter>& each : state.outbox.Unconfirmed()) {
    stored.skus.push_back(std::to_string(each.id));
    stored.skus.push_back(each.message);
  }
  return stored;
}
absl::StatusOr<State> StateOf(const StoredItemNames& stored) {
  std::vector<Delivery<Letter>> unconfirmed;
  for (size_t i = 1; i + 1 < stored.skus.size(); i += 2) {
    unconfirmed.push_back({std::stoll(stored.skus[i]), stored.skus[i + 1]});
  }
  auto outbox = Deliveries<Letter>::Restore(std::stoll(stored.skus[0]), std::move(unconfirmed));
  if (!outbox.ok()) return outbox.status();
  return State{*std::move(outbox)};
}

Options MakeOptions() {
  return {.persistence_id = PersistenceId::Of("Office", "1"),
          .empty_state = State{},
          .on_command = Decide,
          .on_event = Apply,
          .event_adapter = EventAdapter<Event>::Of<testing::Event>(
              StoredForm, [](testing::Event&& stored) { return FromStored(stored); }),
          .snapshot_adapter = SnapshotAdapter<State>::Of<StoredItemNames>(
              StoredState, [](StoredItemNames&& stored) { return StateOf(stored); })};
}

// What reaches the other side: the delivery and where its arrival is told.
struct Parcel {
  Delivery<Letter> delivery;
  ActorRef<Command> office;
};
using SendFunction = std::function<void(const Delivery<Letter>&, const ActorRef<Command>& office)>;
using DeliverySettings = DeliveryOptions<State, Letter>;

Behavior<Command> Office(SendFunction send, RedeliverySettings redelivery = {},
                         std::function<void(Options&, DeliverySettings&)> change = {}) {
  return Setup<Command>([=](ActorContext<Command>& context) {
    Options options = MakeOptions();
    DeliverySettings delivery{
        .deliveries = &State::outbox,
        .send = [send, self = context.Self()](const Delivery<Letter>& d) { send(d, self); },
        .redelivery = redelivery};
    if (change) change(options, delivery);
    return WithAtLeastOnceDelivery(context, std::move(options), std::move(delivery));
  });
}

struct Fixture {
  explicit Fixture(uint64_t seed = 1, double delay_chance = 0)
      : simulation(
            {.seed = seed, .delay_chance = delay_chance, .delay_max = absl::Milliseconds(60)}),
        kit({.settings = simulation.Settings(), .runtime = simulation.Runtime()}),
        status(kit.CreateTestProbe<absl::Status>()),
        owed(kit.CreateTestProbe<size_t>()) {
    Persistence::Get(kit.system()).Use(storage->Plugins());
  }
  void PostOne(const ActorRef<Command>& office, const Letter& letter) {
    office.Tell(Post{letter, status.ref()});
    EXPECT_EQ(status.ExpectMessage(), absl::OkStatus());
  }
  size_t Owed(const ActorRef<Command>& office) {
    office.Tell(CountOwed{owed.ref()});
    return owed.ExpectMessage();
  }
  void RunFor(absl::Duration duration) { EXPECT_EQ(simulation.RunFor(duration), absl::OkStatus()); }

  SimulatedRuntime simulation;
  std::shared_ptr<TestingStorage> storage = std::make_shared<TestingStorage>();
  ActorTestKit kit;
  TestProbe<absl::Status> status;
  TestProbe<size_t> owed;
};

// --- Deliveries ---

TEST(DeliveriesTest, DoesWhatAMapDoesAndCopiesAreValues) {
  ForEachSeed(20, [](uint64_t seed) {
    Random random(seed);
    Deliveries<int> deliveries;
    std::map<int64_t, int> model;
    std::vector<std::pair<Deliveries<int>, std::map<int64_t, int>>> copies;
    for (int i = 0; i < 3000; ++i) {
      if (random.Next() % 5 < 3) {
        const int64_t id = deliveries.Deliver(i);
        EXPECT_TRUE(model.emplace(id, i).second);
      } else {
        const auto id =
            static_cast<int64_t>(random.Next() % static_cast<uint64_t>(deliveries.last_id() + 2));
        EXPECT_EQ(deliveries.Confirm(id), model.erase(id) == 1);
        EXPECT_EQ(deliveries.Find(id), nullptr);
      }
      if (i % 500 == 0) copies.emplace_back(deliveries, model);
    }
    copies.emplace_back(deliveries, model);
    for (const auto& [copy, expected] : copies) {
      ASSERT_EQ(copy.size(), expected.size());
      auto next = expected.begin();
      copy.ForEachAfter(0, [&](const Delivery<int>& each) {
        EXPECT_EQ(each.id, next->first);
        EXPECT_EQ(each.message, next->second);
        ++next;
      });
      auto restored = Deliveries<int>::Restore(copy.last_id(), copy.Unconfirmed());
      ASSERT_TRUE(restored.ok());
      EXPECT_EQ(*restored, copy);
    }
  });
}

TEST(DeliveriesTest, BoundsAndWrongBytesAreStatuses) {
  Deliveries<int> deliveries;
  for (int i = 0; i < 3; ++i) deliveries.Deliver(i);
  EXPECT_EQ(deliveries.CheckRoom(2, 5), absl::OkStatus());
  EXPECT_TRUE(absl::IsResourceExhausted(deliveries.CheckRoom(3, 5)));
  EXPECT_TRUE(absl::IsDataLoss(Deliveries<int>::Restore(3, {{2, 0}, {1, 0}}).status()));
  EXPECT_TRUE(absl::IsDataLoss(Deliveries<int>::Restore(3, {{4, 0}}).status()));
  EXPECT_TRUE(absl::IsDataLoss(Deliveries<int>::Restore(3, {{0, 0}}).status()));
}

// --- sending ---

TEST(AtLeastOnceDeliveryTest, SendsAfterTheWriteAndAgainWithBackoff) {
  Fixture f;
  std::vector<int64_t> seconds;
  std::vector<int> warned;
  auto office = f.kit.Spawn(Office(
      [&](const Delivery<Letter>&, const ActorRef<Command>&) {
        EXPECT_EQ(f.storage->HeadOf("Office|1").highest_seq, 1);
        seconds.push_back(f.simulation.NowNanos() / 1'000'000'000);
      },
      {},
      [&](Options&, DeliverySettings& delivery) {
        delivery.on_unconfirmed = [&](const Delivery<Letter>& d, int attempts) {
          EXPECT_EQ(d.id, 1);
          warned.push_back(attempts);
        };
      }));
  f.storage->HoldAppends();
  office.Tell(Post{"a", f.status.ref()});
  EXPECT_EQ(f.simulation.RunUntilIdle(), absl::OkStatus());
  EXPECT_TRUE(seconds.empty());
  f.storage->ReleaseAppends();
  f.RunFor(absl::Seconds(200));
  // 5, 10, 20, 40, 60, 60 between them; ticks are up to 0.1 s late.
  EXPECT_EQ(seconds, (std::vector<int64_t>{0, 5, 15, 35, 75, 135, 195}));
  EXPECT_EQ(warned, std::vector<int>{5});
  office.Tell(Arrived{1});
  office.Tell(Arrived{1});
  f.RunFor(absl::Minutes(10));
  EXPECT_EQ(seconds.size(), 7u);
  EXPECT_EQ(f.Owed(office), 0u);
  EXPECT_EQ(f.storage->HeadOf("Office|1").highest_seq, 2);
}

// Each write of a coroutine handler is one: what it notes is sent when it is stored. And the ticks
// of the redelivery put off no receive timeout.
TEST(AtLeastOnceDeliveryTest, ACoroutineHandlerDeliversWithEachOfItsWrites) {
  ForEachSeed(20, [](uint64_t seed) {
    Fixture f(seed);
    std::vector<std::string> sent;
    auto office = f.kit.Spawn<Command>(sampo::Setup<Command>([&](ActorContext<Command>& context) {
      context.SetReceiveTimeout(absl::Seconds(30), Arrived{2});
      return Office(
          [&](const Delivery<Letter>& d, const ActorRef<Command>&) { sent.push_back(d.message); },
          {},
          [&](Options& options, DeliverySettings&) {
            options.on_command = [&](PersistentContext<Command, Event, State>& context,
                                     Command command) -> Task<LetterEffect> {
              auto* post = std::get_if<Post>(&command);
              if (post == nullptr) co_return Decide(context.state(), std::move(command));
              auto written = context.Persist(Posted{post->letter + "-1"});
              absl::Status status = co_await std::move(written);
              EXPECT_EQ(sent, std::vector<std::string>{"a-1"});
              co_return LetterEffect::Persist(Posted{post->letter + "-2"})
                  .ThenReply(post->reply_to, status);
            };
          });
    }));
    f.PostOne(office, "a");
    EXPECT_EQ(sent, (std::vector<std::string>{"a-1", "a-2"}));
    office.Tell(Arrived{1});
    f.RunFor(absl::Seconds(29));
    EXPECT_EQ(sent, (std::vector<std::string>{"a-1", "a-2", "a-2", "a-2"}));  // after 5 and 15 s
    f.RunFor(absl::Seconds(60));
    EXPECT_EQ(sent.size(), 4u);
    EXPECT_EQ(f.Owed(office), 0u);
  });
}

TEST(AtLeastOnceDeliveryTest, ABurstIsBoundedAndInTheOrderOfTheIds) {
  Fixture f;
  std::vector<int64_t> ids;
  auto send = [&](const Delivery<Letter>& d, const ActorRef<Command>&) { ids.push_back(d.id); };
  auto office = f.kit.Spawn(Office(send, {.burst = 10}));
  for (int i = 0; i < 25; ++i) f.PostOne(office, "letter");
  EXPECT_EQ(ids.size(), 25u);  // new ones are sent at once
  f.kit.Stop(office);
  ids.clear();
  f.kit.Spawn(Office(send, {.burst = 10}));
  EXPECT_EQ(f.simulation.RunUntilIdle(), absl::OkStatus());
  EXPECT_EQ(ids.size(), 10u);
  f.RunFor(absl::Milliseconds(2600));
  EXPECT_EQ(ids.size(), 20u);
  f.RunFor(absl::Milliseconds(2300));
  ASSERT_EQ(ids.size(), 20u);
  f.RunFor(absl::Milliseconds(300));
  ASSERT_GE(ids.size(), 25u);
  for (int64_t i = 0; i < 20; ++i) EXPECT_EQ(ids[static_cast<size_t>(i)], i + 1);
  f.RunFor(absl::Minutes(2));
  EXPECT_EQ(std::set<int64_t>(ids.begin(), ids.end()).size(), 25u);
}

TEST(AtLeastOnceDeliveryTest, TooManyUnconfirmedAreRefusedBeforeTheyAreStored) {
  Fixture f;
  auto ignore = [](const Delivery<Letter>&, const ActorRef<Command>&) {};
  auto office = f.kit.Spawn<Command>(
      Supervise(Office(ignore, {.unconfirmed_max = 3}))
          .OnFailure(absl::StatusCode::kResourceExhausted, SupervisorStrategy::Resume()));
  for (int i = 0; i < 3; ++i) f.PostOne(office, "letter");
  office.Tell(Post{"one more", f.status.ref()});
  EXPECT_EQ(f.Owed(office), 3u);
  EXPECT_FALSE(f.status.HasMessages());
  EXPECT_EQ(f.storage->HeadOf("Office|1").highest_seq, 3);
  office.Tell(Arrived{2});
  f.PostOne(office, "now there is room");
  // A smaller bound later does not make what was acknowledged unreadable.
  f.kit.Stop(office);
  auto again = f.kit.Spawn(Office(ignore, {.unconfirmed_max = 1}));
  EXPECT_EQ(f.Owed(again), 3u);
}

TEST(AtLeastOnceDeliveryTest, AConfirmationThatIsBeingWrittenHoldsBackTheRepetition) {
  ForEachSeed(20, [](uint64_t seed) {
    Fixture f(seed);
    int sent = 0;
    auto office =
        f.kit.Spawn(Office([&](const Delivery<Letter>&, const ActorRef<Command>&) { ++sent; }));
    f.PostOne(office, "letter");
    f.storage->HoldAppends();
    office.Tell(Arrived{1});
    f.RunFor(absl::Seconds(60));
    EXPECT_EQ(sent, 1);
    f.storage->ReleaseAppends();
    f.RunFor(absl::Seconds(60));
    EXPECT_EQ(sent, 1);
  });
}

// --- losses and restarts ---

// Takes parcels, loses some, and some of its answers; notes what arrived.
Behavior<Parcel> LossyDepot(Random& random, std::map<Letter, int>& arrived) {
  return Receive<Parcel>([&random, &arrived](const Parcel& parcel) {
    if (random.Next() % 3 == 0) return Same();  // lost on the way
    ++arrived[parcel.delivery.message];
    for (uint64_t answers = random.Next() % 3; answers > 0; --answers) {
      parcel.office.Tell(Arrived{parcel.delivery.id});
    }
    return Same();
  });
}

// What is in the journal at this moment, whatever the office knows of it.
struct Stored {
  explicit Stored(Journal& journal) {
    // It answers at once.
    journal.ReadEvents({.persistence_id = "Office|1"}).OnComplete([this](auto page) {
      CodecContext context;
      for (const StoredEvent& each : page->events) {
        auto read = CodecOf<testing::Event>().DecodeValue(each.payload, each.version, context);
        const Event event = FromStored(read.value());
        if (auto* arrived = std::get_if<Confirmed>(&event)) confirmed.insert(arrived->id);
        if (auto* letter = std::get_if<Posted>(&event)) posted.insert(letter->letter);
      }
    });
  }
  std::set<int64_t> confirmed;
  std::set<Letter> posted;
};

void ExpectAllArrived(Fixture& f, const Stored& stored, const std::map<Letter, int>& arrived) {
  for (const Letter& letter : stored.posted) EXPECT_TRUE(arrived.contains(letter)) << letter;
  for (const auto& [letter, times] : arrived) {
    EXPECT_TRUE(stored.posted.contains(letter)) << letter;
  }
  size_t acknowledged = 0;
  for (; f.status.HasMessages(); ++acknowledged) {
    EXPECT_EQ(f.status.ExpectMessage(), absl::OkStatus());
  }
  EXPECT_LE(acknowledged, stored.posted.size());
}

// One seed: letters are posted while parcels, answers, writes and the office itself get lost.
void RunLossyOffice(uint64_t seed) {
  Fixture f(seed, /*delay_chance=*/0.25);
  InMemoryStorage memory;
  PersistenceTestKit faults(f.kit.system(), memory);
  const StoragePlugins at_once = memory.PluginsFor(f.kit.system(), {.at_once = true});
  Random& random = f.simulation.random();
  std::map<Letter, int> arrived;
  auto depot = f.kit.Spawn(LossyDepot(random, arrived), "depot");
  auto send = [&](const Delivery<Letter>& d, const ActorRef<Command>& office) {
    EXPECT_FALSE(Stored(*at_once.journal).confirmed.contains(d.id)) << "delivery " << d.id;
    depot.Tell(Parcel{d, office});
  };
  const RedeliverySettings redelivery{
      .interval = absl::Milliseconds(50), .interval_max = absl::Seconds(8), .burst = 5};
  const auto change = [&faults](Options& options, DeliverySettings&) {
    options.snapshot_every = 7;
    options.on_persist_failure = Backoff{};
    options.plugins = faults.plugins();
  };
  auto office = f.kit.Spawn(Office(send, redelivery, change));
  for (int step = 0; step < 60; ++step) {
    const auto some_time = absl::Milliseconds(static_cast<int64_t>(random.Next() % 2000));
    switch (random.Next() % 8) {
      case 0:
        f.kit.Stop(office);
        office = f.kit.Spawn(Office(send, redelivery, change));
        break;
      case 1:
        faults.DelayNext(StorageCall::kAppend, some_time);
        break;
      case 2:
        faults.FailNext(StorageCall::kAppend);
        break;
      case 3:
        faults.StoreAndFailNext(StorageCall::kAppend);
        break;
      case 4:
        f.RunFor(some_time);
        break;
      default:
        office.Tell(Post{"letter " + std::to_string(step), f.status.ref()});
        break;
    }
  }
  faults.ClearFaults();
  f.RunFor(absl::Minutes(5));
  EXPECT_EQ(f.Owed(office), 0u);
  ExpectAllArrived(f, Stored(*at_once.journal), arrived);
}

TEST(AtLeastOnceDeliveryTest, EachMessageArrivesOverLossesAndRestarts) {
  ForEachSeed(200, RunLossyOffice);
}

TEST(AtLeastOnceDeliveryTest, RunsOnThreads) {
  ActorTestKit kit;
  InMemoryStorage storage;
  Persistence::Get(kit.system()).Use(storage.PluginsFor(kit.system()));
  TestProbe<absl::Status> status = kit.CreateTestProbe<absl::Status>();
  // The newest delivery's id, each time that none is owed.
  TestProbe<int64_t> settled = kit.CreateTestProbe<int64_t>();
  std::atomic<int> parcels{0};
  // Each letter gets through at its third attempt or so.
  auto depot = kit.Spawn(Receive<Parcel>([&parcels](const Parcel& parcel) {
    if (++parcels % 3 == 0) parcel.office.Tell(Arrived{parcel.delivery.id});
    return Same();
  }));
  auto office = kit.Spawn(Office(
      [depot](const Delivery<Letter>& d, const ActorRef<Command>& self) {
        depot.Tell(Parcel{d, self});
      },
      {.interval = absl::Milliseconds(5), .interval_max = absl::Milliseconds(5)},
      [to = settled.ref()](Options& options, DeliverySettings&) {
        options.on_command = [to](const State& state, Command&& command) {
          return Decide(state, std::move(command)).ThenRun([to](const State& now) {
            if (now.outbox.empty()) to.Tell(now.outbox.last_id());
          });
        };
      }));
  constexpr int kLetters = 100;
  for (int i = 0; i < kLetters; ++i) office.Tell(Post{"letter", status.ref()});
  for (int i = 0; i < kLetters; ++i) EXPECT_EQ(status.ExpectMessage(), absl::OkStatus());
  while (settled.ExpectMessage() < kLetters) {
  }
  EXPECT_GE(parcels.load(), kLetters);
}

}  // namespace
}  // namespace sampo::persistence
