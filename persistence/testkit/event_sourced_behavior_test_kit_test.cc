// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// The kit runs commands as an actor would, and reports what is wrong with a behavior.
#include "sampo/persistence/testkit/event_sourced_behavior_test_kit.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gtest/gtest-spi.h"
#include "gtest/gtest.h"
#include "sampo/actor/actor.h"
#include "sampo/actor/testkit/for_each_seed.h"
#include "sampo/persistence/testing_cart.h"
#include "sampo/persistence/testing_cart_codec.h"
#include "sampo/persistence/testkit/persistence_test_kit.h"

namespace sampo::persistence {
namespace testing {

// A command whose codec forgets `times`, and one field more in the reply's.
struct Rename {
  std::string to;
  int times = 1;
  friend bool operator==(const Rename&, const Rename&) = default;
};
// An event without a codec.
struct Renamed {
  std::string to;
};

}  // namespace testing
}  // namespace sampo::persistence

namespace sampo {

template <>
struct ProtoCodec<persistence::testing::Rename> {
  using Proto = persistence::testing::proto::StoredItems;
  static void ToProto(const persistence::testing::Rename& m, CodecContext&, Proto* out) {
    out->add_skus(m.to);
  }
  static absl::StatusOr<persistence::testing::Rename> FromProto(const Proto& proto, CodecContext&) {
    return persistence::testing::Rename{proto.skus(0)};
  }
};

}  // namespace sampo

namespace sampo::persistence {
namespace {

using namespace testing;  // NOLINT: the cart

using Items = std::vector<std::string>;
using CartKit = EventSourcedBehaviorTestKit<Command, Event, State>;
using CartOptions = EventSourcedOptions<Command, Event, State>;

CartOptions Options() {
  return {.persistence_id = PersistenceId::Of("Cart", "1"),
          .empty_state = State{},
          .on_command = Decide,
          .on_event = Apply};
}
Behavior<Command> Cart() { return EventSourcedBehavior(Options()); }

auto Add(std::string sku) {
  return [sku = std::move(sku)](auto reply_to) { return AddItem{sku, std::move(reply_to)}; };
}

TEST(EventSourcedBehaviorTestKitTest, ACommandGivesEventsStateAndReply) {
  ForEachSeed(20, [](uint64_t seed) {
    CartKit kit(Cart, {.seed = seed});
    auto added = kit.RunCommand<absl::Status>(Add("mill"));
    EXPECT_EQ(added.outcome, CommandOutcome::kPersisted);
    EXPECT_EQ(added.event(), Event(ItemAdded{"mill"}));
    EXPECT_EQ(added.state.items, Items({"mill"}));
    EXPECT_EQ(added.reply, absl::OkStatus());
    EXPECT_FALSE(added.command.has_value());  // the protocol can't be copied: it has a ReplyTo
    auto more = kit.RunCommand(AddItems{{"pot", "pan"}, {}});
    EXPECT_EQ(more.events.size(), 2u);
    auto items = kit.RunCommand<Items>([](auto reply_to) { return GetItems{std::move(reply_to)}; });
    EXPECT_TRUE(items.HasNoEvents());
    EXPECT_EQ(items.outcome, CommandOutcome::kNone);
    EXPECT_EQ(items.reply, Items({"mill", "pot", "pan"}));
    EXPECT_EQ(kit.last_sequence_number(), 3);
    // A ReplyTo, in a command that can't be copied.
    auto checkout =
        kit.RunCommand<absl::Status>([](auto reply_to) { return Checkout{std::move(reply_to)}; });
    EXPECT_EQ(checkout.reply, absl::OkStatus());
    EXPECT_EQ(kit.Restart(), (State{{"mill", "pot", "pan"}, true}));
  });
}

TEST(EventSourcedBehaviorTestKitTest, OutcomesAreToldApart) {
  CartKit kit([] {
    CartOptions options = Options();
    options.on_command = [](const State& state, Command&& command) {
      if (auto* get = std::get_if<GetItems>(&command)) {
        (void)get;
        return CartEffect::Unhandled();
      }
      return Decide(state, std::move(command));
    };
    return EventSourcedBehavior(std::move(options));
  });
  EXPECT_EQ(kit.RunCommand(Close{}).outcome, CommandOutcome::kPersisted);
  EXPECT_EQ(kit.RunCommand(AddItem{"mill", {}}).outcome, CommandOutcome::kStashed);
  EXPECT_EQ(kit.RunCommand(GetItems{}).outcome, CommandOutcome::kUnhandled);
  auto stopped = kit.RunCommand(Halt{});
  EXPECT_EQ(stopped.outcome, CommandOutcome::kStopped);
  EXPECT_FALSE(kit.IsAlive());
  EXPECT_NONFATAL_FAILURE(kit.RunCommand(Open{}), "the actor has ended; Restart starts it again");
  EXPECT_TRUE(kit.Restart().closed);
  EXPECT_TRUE(kit.IsAlive());
}

TEST(EventSourcedBehaviorTestKitTest, AFailureIsInTheResult) {
  CartKit kit(Cart);
  auto failed = kit.RunCommand<absl::Status>(Add("throw"));
  EXPECT_EQ(failed.outcome, CommandOutcome::kFailed);
  EXPECT_NE(failed.failure.message().find("thrown by Apply"), std::string_view::npos);
  EXPECT_EQ(failed.reply, std::nullopt);
  EXPECT_EQ(kit.Restart(), State{});
  // One that is supervised goes on.
  CartKit resumed([]() -> Behavior<Command> {
    return Supervise(Cart()).OnFailure(SupervisorStrategy::Resume());
  });
  EXPECT_EQ(resumed.RunCommand<absl::Status>(Add("reject")).outcome, CommandOutcome::kFailed);
  EXPECT_EQ(resumed.RunCommand<absl::Status>(Add("mill")).state.items, Items({"mill"}));
}

TEST(EventSourcedBehaviorTestKitTest, AStorageThatFailsIsPutAroundTheKitsOwn) {
  std::optional<PersistenceTestKit> faults;
  CartKit kit(
      [] {
        CartOptions options = Options();
        options.on_persist_failure = Backoff{};
        return EventSourcedBehavior(std::move(options));
      },
      {.storage = [&faults](ActorSystemBase& system, StoragePlugins plugins) {
        return faults.emplace(system, std::move(plugins)).plugins();
      }});
  faults->StoreAndFailNext(StorageCall::kAppend);
  auto failed = kit.RunCommand<absl::Status>(Add("mill"));
  EXPECT_EQ(failed.outcome, CommandOutcome::kFailed);
  EXPECT_EQ(failed.reply, std::nullopt);
  // It has recovered meanwhile: stored, but nobody was told.
  EXPECT_EQ(failed.state.items, Items({"mill"}));
  EXPECT_EQ(kit.RunCommand<absl::Status>(Add("pot")).reply, absl::OkStatus());
}

TEST(EventSourcedBehaviorTestKitTest, InitializeAndClear) {
  CartKit kit([] {
    CartOptions options = Options();
    options.snapshot_every = 100;
    return EventSourcedBehavior(std::move(options));
  });
  kit.Initialize(std::vector<Event>{ItemAdded{"mill"}, ItemAdded{"pot"}});
  EXPECT_EQ(kit.GetState().items, Items({"mill", "pot"}));
  kit.Initialize(State{.items = {"jug"}}, {ItemAdded{"pan"}});
  EXPECT_EQ(kit.GetState().items, Items({"jug", "pan"}));
  EXPECT_EQ(kit.last_sequence_number(), 1);
  EXPECT_EQ(kit.RunCommand(AddItem{"mill", {}}).state.items, Items({"jug", "pan", "mill"}));
  EXPECT_EQ(kit.Restart().items, Items({"jug", "pan", "mill"}));
  kit.Clear();
  EXPECT_EQ(kit.GetState(), State{});
  EXPECT_EQ(kit.last_sequence_number(), 0);
}

TEST(EventSourcedBehaviorTestKitTest, EventsThatRetentionHasDeletedAreInTheResult) {
  CartKit kit([] {
    CartOptions options = Options();
    options.snapshot_every = 1;
    options.delete_events_on_snapshot = true;
    options.on_command = [](const State& state, Command&& command) {
      if (std::holds_alternative<Open>(command)) {
        return CartEffect::Persist(ItemAdded{"open"}).ThenUnstashAll();
      }
      if (state.items.empty()) return CartEffect::Stash();
      return CartEffect::Persist(ItemAdded{std::get<AddItem>(command).sku});
    };
    return EventSourcedBehavior(std::move(options));
  });
  for (const char* sku : {"1", "2", "3"}) kit.RunCommand(AddItem{sku, {}});
  auto opened = kit.RunCommand(Open{});  // and what was stashed
  EXPECT_EQ(opened.state.items, Items({"open", "1", "2", "3"}));
  EXPECT_EQ(opened.events, std::vector<Event>({ItemAdded{"open"}, ItemAdded{"1"}, ItemAdded{"2"},
                                               ItemAdded{"3"}}));
  EXPECT_EQ(kit.Restart().items.size(), 4u);
}

// --- what is wrong is reported ---

TEST(EventSourcedBehaviorTestKitTest, AnImpureEventHandlerIsReported) {
  auto count = std::make_shared<int>(0);
  CartKit kit([count] {
    CartOptions options = Options();
    options.on_event = [count](State state, const Event&) {
      state.items.push_back(std::to_string(++*count));
      return state;
    };
    return EventSourcedBehavior(std::move(options));
  });
  EXPECT_NONFATAL_FAILURE(kit.RunCommand(AddItem{"mill", {}}), "the event handler is not pure");
  EXPECT_NONFATAL_FAILURE(kit.Restart(), "the recovered state is another one than before");
}

TEST(EventSourcedBehaviorTestKitTest, AnEventHandlerThatLooksElsewhereIsReported) {
  // The same twice, but not what the actor has seen: what it depends on has changed meanwhile.
  auto open = std::make_shared<bool>(true);
  CartKit kit([open] {
    CartOptions options = Options();
    options.on_command = [open](const State&, Command&&) {
      return CartEffect::Persist(ItemAdded{"mill"}).ThenRun([open](const State&) {
        *open = false;
      });
    };
    options.on_event = [open](State state, const Event& event) {
      return *open ? Apply(std::move(state), event) : state;
    };
    return EventSourcedBehavior(std::move(options));
  });
  EXPECT_NONFATAL_FAILURE(kit.RunCommand(Open{}), "the one its events make again differ");
}

TEST(EventSourcedBehaviorTestKitTest, ACodecThatForgetsAFieldIsReported) {
  CartKit events([] {
    CartOptions options = Options();
    options.on_command = [](const State&, Command&&) {
      return CartEffect::Persist(ItemAdded{"mill", /*quantity=*/3});
    };
    options.event_adapter = EventAdapter<Event>::Of<StoredItemNames>(
        [](const Event& e) { return StoredItemNames{{std::get<ItemAdded>(e).sku}}; },
        [](StoredItemNames&& j) { return Event(ItemAdded{j.skus.front()}); });
    return EventSourcedBehavior(std::move(options));
  });
  EXPECT_NONFATAL_FAILURE(events.RunCommand(Open{}), "forget a field?");

  CartKit states([] {
    CartOptions options = Options();
    options.snapshot_adapter = SnapshotAdapter<State>::Of<StoredItemNames>(
        [](const State& s) { return StoredItemNames{s.items}; },
        [](StoredItemNames&& j) { return State{.items = std::move(j.skus)}; });
    return EventSourcedBehavior(std::move(options));
  });
  states.RunCommand(AddItem{"mill", {}});  // nothing is forgotten yet
  EXPECT_NONFATAL_FAILURE(states.RunCommand(Close{}), "the state: it does not come back");
}

TEST(EventSourcedBehaviorTestKitTest, ACommandsAndARepliesCodecAreChecked) {
  using Kit = EventSourcedBehaviorTestKit<Rename, Event, State>;
  Kit kit([] {
    return EventSourcedBehavior<Rename, Event, State>(
        {.persistence_id = PersistenceId::Of("Cart", "1"),
         .empty_state = State{},
         .on_command = [](const State&, Rename&&) { return CartEffect::None(); },
         .on_event = Apply});
  });
  EXPECT_EQ(kit.RunCommand(Rename{"mill"}).command, Rename{"mill"});
  EXPECT_NONFATAL_FAILURE(kit.RunCommand(Rename{"mill", 2}), "the command");

  struct Ask {
    ActorRef<Rename> reply_to;
  };
  EventSourcedBehaviorTestKit<Ask, Event, State> asked([] {
    return EventSourcedBehavior<Ask, Event, State>(
        {.persistence_id = PersistenceId::Of("Cart", "1"),
         .empty_state = State{},
         .on_command =
             [](const State&, Ask&& ask) {
               return CartEffect::Reply(ask.reply_to, Rename{"a", 7});
             },
         .on_event = Apply});
  });
  EXPECT_NONFATAL_FAILURE(asked.RunCommand<Rename>([](auto to) { return Ask{std::move(to)}; }),
                          "the reply");
}

TEST(EventSourcedBehaviorTestKitTest, AnEventWithoutACodecIsReported) {
  const auto start = [] {
    EventSourcedBehaviorTestKit<Command, Renamed, State> kit([] {
      return EventSourcedBehavior<Command, Renamed, State>(
          {.persistence_id = PersistenceId::Of("Cart", "1"),
           .empty_state = State{},
           .on_command = [](const State&, Command&&) { return Effect<Renamed, State>::None(); },
           .on_event = [](State state, const Renamed&) { return state; }});
    });
  };
  EXPECT_NONFATAL_FAILURE(start(), "its events can't be stored: specialise ProtoCodec<Event>");
}

}  // namespace
}  // namespace sampo::persistence
