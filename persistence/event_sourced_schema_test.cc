// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// What is stored, and how old bytes are read: codecs, adapters, tags, metadata; and the rest of the
// options.
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "gtest/gtest.h"
#include "sampo/actor/actor.h"
#include "sampo/actor/testkit/test_probe.h"
#include "sampo/persistence/event_sourced_behavior.h"
#include "sampo/persistence/testing_cart.h"
#include "sampo/persistence/testing_cart_codec.h"
#include "sampo/persistence/testing_shop.h"
#include "sampo/persistence/testing_storage.h"

namespace sampo::persistence {
namespace {

using namespace testing;  // NOLINT: the cart

constexpr char kEventManifest[] = "sampo.persistence.testing.proto.Event";

// Puts an event into the journal as an older program would have.
void Store(Shop& shop, EventRecord record) {
  const JournalHead head = *Await(shop.storage->AcquireWriter("Cart|1"), absl::Seconds(1));
  auto written = Await(shop.storage->Append({{.persistence_id = "Cart|1",
                                              .epoch = head.epoch,
                                              .after_seq = head.highest_seq,
                                              .events = {std::move(record)}}}),
                       absl::Seconds(1));
  ASSERT_TRUE(written.ok());
  ASSERT_EQ(written->at(0).outcome, WriteOutcome::kWritten);
}

std::vector<Event> EventsSeen(Shop& shop, CartOptions options) {
  std::vector<Event> seen;
  options.on_event = [&seen](State state, const Event& event) {
    seen.push_back(event);
    return Apply(std::move(state), event);
  };
  auto cart = shop.Spawn(std::move(options));
  shop.RunUntilIdle();
  shop.kit.Stop(cart);
  return seen;
}

// --- schema evolution by the codec ---

TEST(EventSourcedSchemaTest, BytesOfVersionOneAreReadByVersionTwo) {
  Shop shop(1);
  // Event{item_added{sku: "mill", dozens: 2}} as version 1 wrote it, byte by byte.
  Store(shop, {.manifest = kEventManifest,
               .version = 1,
               .payload = std::string("\x0a\x08\x0a\x04mill\x18\x02", 10),
               .tags = {},
               .metadata = {}});
  const std::vector<Event> seen = EventsSeen(shop, shop.Options());
  ASSERT_EQ(seen.size(), 1u);
  EXPECT_EQ(std::get<ItemAdded>(seen[0]), (ItemAdded{"mill", 24}));
}

TEST(EventSourcedSchemaTest, WhatIsStoredIsManifestVersionAndPayload) {
  Shop shop(1);
  auto cart = shop.Spawn(shop.Options());
  shop.Add(cart, {"mill"});
  const StoredEvent stored = shop.storage->EventsOf("Cart|1").at(0);
  EXPECT_EQ(stored.manifest, kEventManifest);
  EXPECT_EQ(stored.version, 2u);
  EXPECT_EQ(stored.payload, std::string("\x0a\x08\x0a\x04mill\x10\x01", 10));
}

TEST(EventSourcedSchemaTest, AVersionOfANewerProgramIsRefusedAndNotGuessed) {
  Shop shop(1);
  Store(shop,
        {.manifest = kEventManifest, .version = 3, .payload = {}, .tags = {}, .metadata = {}});
  absl::Status failed;
  CartOptions options = shop.Options();
  options.on_signal = [&failed](const State&, const RecoveryFailed& s) { failed = s.status; };
  auto cart = shop.Spawn(std::move(options));
  shop.status.ExpectTerminated(cart);
  EXPECT_EQ(failed.code(), absl::StatusCode::kUnimplemented) << failed;
}

// --- adapters ---

// Stores several items as one record, by the names alone; reads what was stored before it, too.
EventAdapter<Event> ByNames() {
  return EventAdapter<Event>::Of<StoredItemNames>(
             [](const Event& event) { return StoredItemNames{{std::get<ItemAdded>(event).sku}}; },
             [](StoredItemNames&& stored, std::string_view hint) {
               std::vector<Event> events;
               for (std::string& sku : stored.skus) {
                 if (hint == "upper") sku += "!";
                 events.push_back(ItemAdded{sku});
               }
               return events;
             })
      .AlsoReading<Event>([](Event&& event) { return std::optional<Event>(std::move(event)); })
      .WithHint([](const Event&) { return std::string("upper"); });
}

TEST(EventAdapterTest, StoresAnotherTypeAndReadsNoneOneOrMoreEventsOfEach) {
  Shop shop(1);
  CartOptions options = shop.Options();
  shop.Add(shop.Spawn(shop.Options(), "before"), {"old"});
  options.event_adapter = ByNames();
  auto cart = shop.Spawn(std::move(options), "cart");
  shop.Add(cart, {"mill"});
  EXPECT_EQ(shop.storage->EventsOf("Cart|1").at(1).manifest,
            "sampo.persistence.testing.proto.StoredItems#upper");
  EXPECT_EQ(shop.ItemsOf(cart), Items({"old", "mill"}));
  shop.kit.Stop(cart);
  std::string two;
  CodecContext context;
  const StoredItemNames names{{"a", "b"}};
  ASSERT_EQ(CodecOf<StoredItemNames>().Encode(&names, context, two), absl::OkStatus());
  const std::string manifest = "sampo.persistence.testing.proto.StoredItems";
  Store(shop, {.manifest = manifest, .version = 1, .payload = two, .tags = {}, .metadata = {}});
  Store(shop, {.manifest = manifest, .version = 1, .payload = {}, .tags = {}, .metadata = {}});
  CartOptions again = shop.Options();
  again.event_adapter = ByNames();
  auto last = shop.Spawn(std::move(again));
  EXPECT_EQ(shop.ItemsOf(last), Items({"old", "mill!", "a", "b"}));
  shop.Add(last, {"c"});
  EXPECT_EQ(shop.storage->HeadOf("Cart|1").highest_seq, 5);
}

TEST(EventAdapterTest, ASnapshotIsStoredAsAnotherType) {
  Shop shop(1);
  const auto options = [&shop] {
    CartOptions made = shop.Options();
    made.snapshot_every = 2;
    made.snapshot_adapter = SnapshotAdapter<State>::Of<StoredItemNames>(
        [](const State& state) { return StoredItemNames{state.items}; },
        [](StoredItemNames&& stored) { return State{.items = std::move(stored.skus)}; });
    return made;
  };
  auto cart = shop.Spawn(options());
  shop.Add(cart, {"a", "b"});
  EXPECT_EQ(shop.storage->SnapshotsOf("Cart|1").at(0).manifest,
            "sampo.persistence.testing.proto.StoredItems");
  shop.kit.Stop(cart);
  EXPECT_EQ(EventsSeen(shop, options()).size(), 0u);
}

// --- tags, metadata, publishing, numbers ---

TEST(EventSourcedOptionsTest, TagsAndMetadataAreOfTheEventAndTheStateAfterIt) {
  Shop shop(1);
  CartOptions options = shop.Options();
  options.tags = [](const State& state, const Event&) {
    return Items({"cart", "size" + std::to_string(state.items.size())});
  };
  options.metadata = [](const Event& event) { return std::get<ItemAdded>(event).sku + "?"; };
  auto cart = shop.Spawn(std::move(options));
  shop.Add(cart, {"mill"});
  const StoredEvent stored = shop.storage->EventsOf("Cart|1").at(0);
  EXPECT_EQ(stored.tags, Items({"cart", "size1"}));
  EXPECT_EQ(stored.metadata, "mill?");
}

TEST(EventSourcedOptionsTest, EventsArePublishedWhereTheOptionSaysSo) {
  for (const bool publish : {false, true}) {
    Shop shop(1);
    TestProbe<PersistedEvent<Event>> probe(shop.kit.system());
    shop.kit.system().event_stream().Subscribe<PersistedEvent<Event>>(probe.ref());
    CartOptions options = shop.Options();
    options.publish_events = publish;
    auto cart = shop.Spawn(std::move(options));
    shop.Add(cart, {"mill"});
    cart.Tell(AddItems{{"a", "b"}, shop.status.ref()});
    shop.RunUntilIdle();
    if (!publish) {
      EXPECT_FALSE(probe.HasMessages());
      continue;
    }
    for (int64_t seq = 1; seq <= 3; ++seq) {
      const PersistedEvent<Event> event = probe.ExpectMessage();
      EXPECT_EQ(event.seq, seq);
      EXPECT_EQ(event.persistence_id, "Cart|1");
    }
  }
}

TEST(EventSourcedOptionsTest, TheLastSequenceNumberIsThereInEachHandler) {
  Shop shop(1);
  std::vector<int64_t> numbers;
  auto made = std::make_shared<CartOptions>(shop.Options());
  auto cart = shop.kit.Spawn<Command>(
      Supervise(sampo::Setup<Command>([&](ActorContext<Command>& context) {
        const auto note = [&] { numbers.push_back(LastSequenceNumber(context)); };
        made->on_event = [note](State state, const Event& event) {
          note();
          return Apply(std::move(state), event);
        };
        made->on_command = [note](const State&, Command&& command) {
          note();
          return CartEffect::PersistAll({ItemAdded{"a"}, ItemAdded{"b"}})
              .ThenRun([note](const State&) { note(); })
              .ThenReply(std::get<AddItem>(command).reply_to, absl::OkStatus());
        };
        return EventSourcedBehavior(std::move(*made));
      })).OnFailure(SupervisorStrategy::Stop()));
  shop.Add(cart, {"x"});
  EXPECT_EQ(numbers, std::vector<int64_t>({0, 1, 2, 2}));
}

// --- what is refused at the start ---

struct NoCodec {
  int count = 0;
};

TEST(EventSourcedOptionsTest, ContradictionsAreRefusedByTheSpawn) {
  Shop shop(1);
  const auto spawn = [&shop](auto options) {
    return shop.kit.system()
        .TrySpawn(EventSourcedBehavior(std::move(options)), {})
        .status()
        .ToString();
  };
  CartOptions no_id = shop.Options();
  no_id.persistence_id = PersistenceId::Of("Cart", "");
  EXPECT_NE(spawn(std::move(no_id)).find("INVALID_ARGUMENT"), std::string::npos);
  CartOptions no_history = shop.Options();
  no_history.snapshot_every = 1;
  no_history.recovery = Recovery::Disabled();
  EXPECT_NE(spawn(std::move(no_history)).find("disabled recovery"), std::string::npos);
  EventSourcedOptions<Command, NoCodec, State> no_events{
      .persistence_id = PersistenceId::Of("Cart", "1"),
      .empty_state = State{},
      .on_command = [](const State&, Command&&) { return Effect<NoCodec, State>::None(); },
      .on_event = [](State state, const NoCodec&) { return state; }};
  EXPECT_NE(spawn(std::move(no_events)).find("specialise ProtoCodec<Event>"), std::string::npos);
  EventSourcedOptions<Command, Event, NoCodec> no_snapshots{
      .persistence_id = PersistenceId::Of("Cart", "1"),
      .empty_state = NoCodec{},
      .on_command = [](const NoCodec&, Command&&) { return Effect<Event, NoCodec>::None(); },
      .on_event = [](NoCodec state, const Event&) { return state; },
      .snapshot_every = 1};
  EXPECT_NE(spawn(std::move(no_snapshots)).find("specialise ProtoCodec<State>"), std::string::npos);
}

TEST(EventSourcedOptionsTest, AStateWithoutACodecRunsWithoutSnapshots) {
  Shop shop(1);
  auto counter = shop.kit.Spawn(EventSourcedBehavior<Command, Event, NoCodec>(
      {.persistence_id = PersistenceId::Of("Cart", "1"),
       .empty_state = NoCodec{},
       .on_command =
           [](const NoCodec&, Command&& command) {
             return Effect<Event, NoCodec>::Persist(ItemAdded{"a"})
                 .ThenReply(std::get<AddItem>(command).reply_to, absl::OkStatus());
           },
       .on_event = [](const NoCodec& state, const Event&) { return NoCodec{state.count + 1}; }}));
  counter.Tell(AddItem{"a", shop.status.ref()});
  EXPECT_EQ(shop.status.ExpectMessage(), absl::OkStatus());
}

TEST(EventSourcedOptionsTest, WithoutAJournalTheStartFailsAndSaysWhatToDo) {
  SimulatedRuntime simulation(1);
  ActorTestKit kit({.settings = simulation.Settings(), .runtime = simulation.Runtime()});
  TestProbe<ChildFailed> probe(kit.system());
  auto parent = kit.Spawn(sampo::Setup<int>([&](ActorContext<int>& context) {
    context.Watch(context.SpawnAnonymous(EventSourcedBehavior<Command, Event, State>(
        {.persistence_id = PersistenceId::Of("Cart", "1"),
         .empty_state = State{},
         .on_command = Decide,
         .on_event = Apply})));
    return ReceiveSignal<int>(OnSignal{[&](const ChildFailed& failed) {
      probe.ref().Tell(ChildFailed(failed));
      return Same();
    }});
  }));
  const absl::Status status = probe.ExpectMessage().failure.status;
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_NE(status.message().find("Persistence::Get(system).Use"), std::string::npos) << status;
}

TEST(EventSourcedOptionsTest, ABehaviorMayHaveStorageOfItsOwn) {
  Shop shop(1);
  auto own = std::make_shared<TestingStorage>();
  CartOptions options = shop.Options();
  options.plugins = own->Plugins();
  shop.Add(shop.Spawn(std::move(options)), {"mill"});
  EXPECT_EQ(own->HeadOf("Cart|1").highest_seq, 1);
  EXPECT_EQ(shop.storage->HeadOf("Cart|1").highest_seq, 0);
}

// The system's store of snapshots fences by the system's journal.
TEST(EventSourcedOptionsTest, AJournalOfItsOwnHasNoSnapshotsInTheSystemsStore) {
  Shop shop(1);
  auto own = std::make_shared<TestingStorage>();
  const auto cart = [&](int64_t snapshot_every, std::shared_ptr<TestingStorage> snapshots) {
    CartOptions options = shop.Options();
    options.snapshot_every = snapshot_every;
    options.plugins = {.journal = own, .snapshots = std::move(snapshots)};
    return EventSourcedBehavior(std::move(options));
  };
  shop.Add(shop.kit.Spawn(cart(0, nullptr)), {"mill"});
  TestProbe<ChildFailed> probe(shop.kit.system());
  auto parent = shop.kit.Spawn(sampo::Setup<int>([&](ActorContext<int>& context) {
    context.Watch(context.SpawnAnonymous(cart(1, nullptr)));
    return ReceiveSignal<int>(OnSignal{[&](const ChildFailed& failed) {
      probe.ref().Tell(ChildFailed(failed));
      return Same();
    }});
  }));
  const absl::Status status = probe.ExpectMessage().failure.status;
  EXPECT_NE(status.message().find("give .plugins.snapshots"), std::string::npos) << status;
  shop.Add(shop.kit.Spawn(cart(1, own)), {"pot"});
  EXPECT_EQ(own->SnapshotsOf("Cart|1").size(), 1u);
}

// Also where the journal has no room at first, and where a write that is rejected came before.
TEST(EventSourcedOptionsTest, TagsAndMetadataAreByTheStateAfterEachEvent) {
  Shop shop(1);
  CartOptions options = shop.Options();
  options.tags = [](const State& state, const Event& event) {
    const std::string& sku = std::get<ItemAdded>(event).sku;
    if (sku == "no-tags") throw std::runtime_error("no tags");
    return std::vector<std::string>{"n" + std::to_string(state.items.size()), sku};
  };
  options.metadata = [](const State& state, const Event&) { return state.items.back(); };
  auto cart = shop.kit.Spawn<Command>(
      Supervise(EventSourcedBehavior(std::move(options))).OnFailure(SupervisorStrategy::Resume()));
  cart.Tell(AddItems{{"lost", "no-tags", "lost too"}, {}});
  shop.RunUntilIdle();
  EXPECT_TRUE(shop.HasSignal("JournalPersistRejected"));
  shop.storage->NextAppend(AppendFate::kNoRoom, 2);
  cart.Tell(AddItems{{"a", "b", "c"}, shop.status.ref()});
  EXPECT_EQ(shop.status.ExpectMessage(), absl::OkStatus());
  cart.Tell(AddItem{"d", shop.status.ref()});
  EXPECT_EQ(shop.status.ExpectMessage(), absl::OkStatus());
  const std::vector<StoredEvent> stored = shop.storage->EventsOf("Cart|1");
  ASSERT_EQ(stored.size(), 4u);
  for (size_t i = 0; i < stored.size(); ++i) {
    const std::string sku(1, static_cast<char>('a' + i));
    EXPECT_EQ(stored[i].tags, Items({"n" + std::to_string(i + 1), sku}));
    EXPECT_EQ(stored[i].metadata, sku);
  }
}

// --- enforced replies, around it and beside it ---

using Reply = ReplyEffect<Event, State>;

Reply DecideWithReply(const State& state, Command&& command) {
  if (auto* add = std::get_if<AddItem>(&command)) {
    if (state.closed) return Reply::Stash();
    return Reply::Persist(ItemAdded{add->sku}).ThenReply(add->reply_to, absl::OkStatus());
  }
  if (auto* get = std::get_if<GetItems>(&command)) {
    return Reply::Reply(get->reply_to, [](const State& now) { return now.items; });
  }
  if (std::holds_alternative<Halt>(command)) return Reply::Stop().ThenNoReply();
  return Reply::Unhandled();
}

TEST(EnforcedRepliesTest, AHandlerOfReplyEffectsRunsAsAnyOther) {
  Shop shop(1);
  TestProbe<UnhandledMessage> unhandled(shop.kit.system());
  shop.kit.system().event_stream().Subscribe<UnhandledMessage>(unhandled.ref());
  auto cart = shop.kit.Spawn(EventSourcedBehaviorWithEnforcedReplies<Command, Event, State>(
      {.persistence_id = PersistenceId::Of("Cart", "1"),
       .empty_state = State{},
       .on_command = DecideWithReply,
       .on_event = Apply}));
  shop.Add(cart, {"mill"});
  EXPECT_EQ(shop.ItemsOf(cart), Items({"mill"}));
  cart.Tell(Open{});
  EXPECT_NE(unhandled.ExpectMessage().message_type.find("Open"), std::string::npos);
  cart.Tell(Halt{});
  shop.status.ExpectTerminated(cart);
}

TEST(EventSourcedOptionsTest, AnOrElseGetsWhatIsUnhandledWhole) {
  Shop shop(1);
  std::string seen;
  auto cart =
      shop.kit.Spawn(OrElse<Command>(EventSourcedBehaviorWithEnforcedReplies<Command, Event, State>(
                                         {.persistence_id = PersistenceId::Of("Cart", "1"),
                                          .empty_state = State{},
                                          .on_command = DecideWithReply,
                                          .on_event = Apply}),
                                     ReceivePartial<Command>(On{[&seen](const AddItems& m) {
                                       seen = m.skus.at(0);
                                       return Same();
                                     }})));
  cart.Tell(AddItems{{"whole"}, {}});
  shop.Add(cart, {"mill"});
  EXPECT_EQ(seen, "whole");
}

}  // namespace
}  // namespace sampo::persistence
