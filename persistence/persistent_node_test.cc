// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// What both kinds of persistent actors have in common: answers of storage that are no messages,
// phases in the log; and coroutine handlers of durable state (those of event-sourced actors are in
// event_sourced_writers_test.cc).
#include "sampo/persistence/detail/persistent_node.h"

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sampo/actor/actor.h"
#include "sampo/actor/interceptor.h"
#include "sampo/actor/testkit/for_each_seed.h"
#include "sampo/actor/testkit/log_capture.h"
#include "sampo/persistence/durable_state_behavior.h"
#include "sampo/persistence/event_sourced_behavior.h"
#include "sampo/persistence/testing_cart.h"
#include "sampo/persistence/testing_shop.h"
#include "sampo/persistence/testing_storage.h"
#include "sampo/persistence/testkit/persistence_test_kit.h"

namespace sampo::persistence {
namespace {

using testing::AddItem;
using testing::AppendFate;
using testing::CartOptions;
using testing::Command;
using testing::Event;
using testing::GetItems;
using testing::Halt;
using testing::Items;
using testing::Shop;
using testing::State;

// --- answers of storage are no messages of the actor ---

// Lets through what it knows: the cart's commands.
class OnlyCommands final : public BehaviorInterceptor<Command> {
 public:
  OnlyCommands(int* commands, int* others) : commands_(commands), others_(others) {}
  bool BeforeReceive(ActorContext<Command>&, const InterceptedMessage& message) override {
    const bool known = message.As<AddItem>() != nullptr || message.As<GetItems>() != nullptr;
    ++*(known ? commands_ : others_);
    return known;
  }

 private:
  int* const commands_;
  int* const others_;
};

struct Counts {
  int commands = 0;
  int others = 0;
  Behavior<Command> Around(Behavior<Command> cart) {
    return Intercept<Command>([this] { return std::make_unique<OnlyCommands>(&commands, &others); },
                              std::move(cart));
  }
};

TEST(PersistentNodeTest, InterceptorsSeeCommandsAndNothingOfTheStorage) {
  ForEachSeed(20, [](uint64_t seed) {
    Shop shop(seed);
    Counts counts;
    CartOptions options = shop.Options();
    options.snapshot_every = 2;
    options.on_persist_failure = Backoff{};
    auto cart = shop.kit.Spawn(counts.Around(EventSourcedBehavior(std::move(options))));
    shop.Add(cart, {"a", "b"});
    shop.storage->NextAppend(AppendFate::kNoRoom, 3);
    shop.Add(cart, {"c"});
    shop.storage->NextAppend(AppendFate::kFail);
    cart.Tell(AddItem{"d", {}});
    EXPECT_EQ(shop.ItemsOf(cart), Items({"a", "b", "c"}));
    EXPECT_EQ(counts.others, 0);
    EXPECT_GE(counts.commands, 5);  // one that waits passes twice
  });
}

// An interceptor that lets nothing of the library's through would hold up the end of the actor.
TEST(PersistentNodeTest, InterceptorsCannotHoldUpTheEndOfAnActor) {
  for (const bool fenced : {false, true}) {
    Shop shop(1);
    Counts counts;
    auto cart = shop.kit.Spawn(counts.Around(EventSourcedBehavior(shop.Options())));
    shop.Add(cart, {"a"});
    if (fenced) {
      shop.Add(shop.Spawn(shop.Options(), "newer"), {"b"});
    } else {
      shop.storage->NextAppend(AppendFate::kFail);
    }
    cart.Tell(AddItem{"c", {}});
    shop.status.ExpectTerminated(cart);
    EXPECT_EQ(counts.others, 0);
  }
}

TEST(PersistentNodeTest, AnAnswerOfStoragePutsOffNoReceiveTimeout) {
  ForEachSeed(20, [](uint64_t seed) {
    Shop shop(seed);
    auto cart = shop.kit.Spawn(sampo::Setup<Command>([&](ActorContext<Command>& context) {
      context.SetReceiveTimeout(absl::Seconds(10), Halt{});
      return EventSourcedBehavior(shop.Options());
    }));
    shop.Add(cart, {"a"});
    shop.storage->HoldAppends();
    cart.Tell(AddItem{"b", shop.status.ref()});
    EXPECT_EQ(shop.simulation.RunFor(absl::Seconds(6)), absl::OkStatus());
    shop.storage->ReleaseAppends();
    EXPECT_EQ(shop.status.ExpectMessage(), absl::OkStatus());
    EXPECT_EQ(shop.ItemsOf(cart), Items({"a", "b"}));  // a command does put it off
    EXPECT_EQ(shop.simulation.RunFor(absl::Seconds(9)), absl::OkStatus());
    shop.storage->HoldAppends();
    cart.Tell(AddItem{"c", shop.status.ref()});
    EXPECT_EQ(shop.simulation.RunFor(absl::Seconds(6)), absl::OkStatus());
    shop.storage->ReleaseAppends();
    EXPECT_EQ(shop.simulation.RunFor(absl::Milliseconds(3900)), absl::OkStatus());
    EXPECT_FALSE(shop.HasSignal("PostStop"));
    EXPECT_EQ(shop.simulation.RunFor(absl::Milliseconds(200)), absl::OkStatus());
    EXPECT_TRUE(shop.HasSignal("PostStop"));  // 10 s after the command, not after its write
  });
}

// Swallows each command "swallow" once it is hungry.
struct Hunger {
  bool hungry = false;
  int swallowed = 0;
};
class Swallows final : public BehaviorInterceptor<Command> {
 public:
  explicit Swallows(Hunger* hunger) : hunger_(hunger) {}
  bool BeforeReceive(ActorContext<Command>&, const InterceptedMessage& message) override {
    const auto* add = message.As<AddItem>();
    if (!hunger_->hungry || add == nullptr || add->sku != "swallow") return true;
    ++hunger_->swallowed;
    return false;
  }

 private:
  Hunger* const hunger_;
};

// What waits behind a command that is swallowed comes without anybody telling the actor anything.
TEST(PersistentNodeTest, ACommandThatIsSwallowedOnItsWayBackHoldsUpNoOther) {
  ForEachSeed(20, [](uint64_t seed) {
    Shop shop(seed);
    Hunger hunger;
    auto cart =
        shop.kit.Spawn(Intercept<Command>([&hunger] { return std::make_unique<Swallows>(&hunger); },
                                          EventSourcedBehavior(shop.Options())));
    shop.Add(cart, {"first"});
    shop.storage->HoldAppends();
    Items told;
    for (int i = 0; i < 10; ++i) {
      told.push_back("item-" + std::to_string(i));
      cart.Tell(AddItem{told.back(), shop.status.ref()});
      // Each comes for the first time while item-0 is written.
      shop.RunUntilIdle();
      if (i % 3 == 1) {
        cart.Tell(AddItem{"swallow", shop.status.ref()});
        shop.RunUntilIdle();
      }
    }
    hunger.hungry = true;
    shop.storage->ReleaseAppends();
    for (size_t i = 0; i < told.size(); ++i) {
      EXPECT_EQ(shop.status.ExpectMessage(), absl::OkStatus());
    }
    EXPECT_FALSE(shop.status.HasMessages());
    EXPECT_EQ(hunger.swallowed, 3);
    told.insert(told.begin(), "first");
    EXPECT_EQ(shop.ItemsOf(cart), told);  // in their order
  });
}

// --- a recovery that finds no room ---

TEST(PersistentNodeTest, ARecoveryThatFindsNoRoomAsksAgainForAsLongAsOneMayTake) {
  using Call = StorageCall;
  for (const Call call : {Call::kAcquireWriter, Call::kLoadSnapshot, Call::kReadEvents}) {
    Shop shop(1);
    PersistenceTestKit storage(shop.kit.system());
    const auto options = [&] {
      CartOptions made = shop.Options();
      made.plugins = storage.plugins();
      return made;
    };
    auto cart = shop.Spawn(options());
    shop.Add(cart, {"a", "b"});
    shop.kit.Stop(cart);
    shop.signals.clear();
    storage.NoRoomNext(call, 9);  // two seconds
    EXPECT_EQ(shop.ItemsOf(shop.Spawn(options())), Items({"a", "b"}));
    EXPECT_EQ(storage.faults_left(), 0);
    EXPECT_EQ(shop.signals, Items({"RecoveryCompleted/2"}));
    storage.NoRoomNext(call, 1000);
    shop.status.ExpectTerminated(shop.Spawn(options()), absl::Minutes(1));
    EXPECT_TRUE(shop.HasSignal("RecoveryFailed/"));
    EXPECT_LT(storage.faults_left(), 980);
    EXPECT_EQ(Persistence::Get(shop.kit.system()).permits().in_use(), 0);
  }
}

// --- phases in the log ---

// "persistenceId/persistencePhase" of the events whose message begins so, in their order.
std::vector<std::string> PhasesOf(const LogCapture& log, std::string_view message) {
  std::vector<std::string> phases;
  for (const LogEvent& event : log.Events()) {
    if (!event.message.starts_with(message)) continue;
    std::string id;
    std::string phase;
    for (const LogField& field : event.fields) {
      if (field.key == "persistenceId") id = field.value;
      if (field.key == "persistencePhase") phase = field.value;
    }
    phases.push_back(id + "/" + phase);
  }
  return phases;
}

Behavior<Command> Chatty(CartOptions options, ActorRef<int>* child) {
  return sampo::Setup<Command>([=, options = std::make_shared<CartOptions>(std::move(options))](
                                   ActorContext<Command>& context) {
    *child = context.SpawnAnonymous(Receive<int>([](const int&) { return Stopped(); }));
    context.Watch(*child);
    options->on_command = [&context](const State& state, Command&& command) {
      context.Log().Info("command");
      return testing::Decide(state, std::move(command)).ThenRun([&context](const State&) {
        context.Log().Info("stored");
      });
    };
    options->on_event = [&context](State state, const Event& event) {
      context.Log().Info("event");
      return testing::Apply(std::move(state), event);
    };
    options->on_signal = [&context](const State&, const Terminated&) {
      context.Log().Info("child ended");
    };
    return EventSourcedBehavior(std::move(*options));
  });
}

TEST(PersistentNodeLogTest, LinesCarryTheIdAndThePhase) {
  using Lines = std::vector<std::string>;
  LogCapture log;
  Shop shop(1, &log);
  ActorRef<int> child;
  auto cart = shop.kit.Spawn(Chatty(shop.Options(), &child));
  shop.Add(cart, {"mill"});
  shop.storage->HoldAppends();
  cart.Tell(AddItem{"pot", shop.status.ref()});
  shop.RunUntilIdle();
  child.Tell(1);
  shop.RunUntilIdle();
  shop.storage->ReleaseAppends();
  EXPECT_EQ(shop.status.ExpectMessage(), absl::OkStatus());
  shop.kit.Stop(cart);
  EXPECT_EQ(PhasesOf(log, "command"), Lines(2, "Cart|1/running-cmd"));
  EXPECT_EQ(PhasesOf(log, "event"), Lines(2, "Cart|1/running-cmd"));
  EXPECT_EQ(PhasesOf(log, "child ended"), Lines(1, "Cart|1/persist-evts"));
  EXPECT_EQ(PhasesOf(log, "stored"), Lines(2, "Cart|1/running-cmd"));

  LogCapture of_recovery;
  Shop again(1, &of_recovery);
  shop.storage->FailLoads(true);
  CartOptions options = again.Options();
  options.plugins = shop.storage->Plugins();
  auto recovered = again.kit.Spawn(Chatty(std::move(options), &child));
  EXPECT_EQ(again.ItemsOf(recovered), Items({"mill", "pot"}));
  EXPECT_EQ(PhasesOf(of_recovery, "Cart|1: no snapshot"), Lines(1, "Cart|1/replay-snap"));
  EXPECT_EQ(PhasesOf(of_recovery, "event"), Lines(2, "Cart|1/replay-evts"));
}

// --- coroutine handlers of durable state ---

using StateContext = DurableStateContext<Command, State>;
using CartStateEffect = StateEffect<State>;

// Stores twice, with a pause between; "gone" is taken away again.
Task<CartStateEffect> PutTwice(StateContext& context, Command command) {
  if (auto* get = std::get_if<GetItems>(&command)) {
    co_return CartStateEffect::Reply(get->reply_to, [](const State& s) { return s.items; });
  }
  auto& add = std::get<AddItem>(command);
  State next = context.state();
  next.items.push_back(add.sku + "-1");
  auto first = context.Persist(std::move(next));
  absl::Status status = co_await std::move(first);
  if (!status.ok()) co_return CartStateEffect::Reply(add.reply_to, status);
  auto pause = context.actor().Sleep(absl::Milliseconds(10));
  co_await std::move(pause);
  if (add.sku == "gone") {
    auto deleted = context.Delete();
    status = co_await std::move(deleted);
    co_return CartStateEffect::Reply(add.reply_to, status);
  }
  State after = context.state();
  after.items.push_back(add.sku + "-2");
  co_return CartStateEffect::Persist(std::move(after)).ThenReply(add.reply_to, absl::OkStatus());
}

struct StateShop : Shop {
  explicit StateShop(uint64_t seed) : Shop(seed), faults(kit.system()) {}
  DurableStateOptions<Command, State> Make() {
    return {.persistence_id = PersistenceId::Of("Cart", "1"),
            .empty_state = State{},
            .on_command = PutTwice,
            .on_signal =
                [this](const State& state, const DurableStateSignal& signal) {
                  std::visit(
                      [&](const auto& s) { signals.push_back(testing::SignalText(state, s)); },
                      signal);
                },
            .plugins = faults.plugins()};
  }
  ActorRef<Command> SpawnState(std::optional<Backoff> on_failure = std::nullopt) {
    auto options = Make();
    options.on_persist_failure = on_failure;
    return kit.Spawn(DurableStateBehavior(std::move(options)));
  }
  int64_t Revision() {
    return Await(faults.plugins().states->Read("Cart|1"), absl::Seconds(1))->revision;
  }
  PersistenceTestKit faults;
};

TEST(DurableStateCoroutineTest, AWriteIsAwaitedAndOtherCommandsWait) {
  ForEachSeed(50, [](uint64_t seed) {
    StateShop shop(seed);
    shop.faults.NoRoomNext(StorageCall::kUpsertState, 3);
    auto cart = shop.SpawnState();
    cart.Tell(AddItem{"a", shop.status.ref()});
    cart.Tell(AddItem{"b", shop.status.ref()});
    EXPECT_EQ(shop.ItemsOf(cart), Items({"a-1", "a-2", "b-1", "b-2"}));
    for (int i = 0; i < 2; ++i) EXPECT_EQ(shop.status.ExpectMessage(), absl::OkStatus());
    EXPECT_EQ(shop.Revision(), 4);
    shop.kit.Stop(cart);
    auto again = shop.SpawnState();
    EXPECT_EQ(shop.ItemsOf(again), Items({"a-1", "a-2", "b-1", "b-2"}));
    shop.Add(again, {"gone"});
    EXPECT_EQ(shop.ItemsOf(again), Items());
    EXPECT_EQ(shop.Revision(), 6);
  });
}

TEST(DurableStateCoroutineTest, AGrantThatFindsNoRoomIsAskedForAgain) {
  StateShop shop(1);
  shop.faults.NoRoomNext(StorageCall::kAcquireState, 5);
  auto cart = shop.SpawnState();
  EXPECT_EQ(shop.ItemsOf(cart), Items());
  EXPECT_EQ(shop.faults.faults_left(), 0);
}

TEST(DurableStateCoroutineTest, ARejectionIsTheHandlersToAnswer) {
  StateShop shop(1);
  shop.faults.RejectNext(StorageCall::kUpsertState);
  auto cart = shop.SpawnState();
  cart.Tell(AddItem{"a", shop.status.ref()});
  EXPECT_EQ(shop.status.ExpectMessage().code(), absl::StatusCode::kInvalidArgument);
  cart.Tell(AddItem{"no-snapshot-1", shop.status.ref()});
  EXPECT_EQ(shop.status.ExpectMessage(), absl::OkStatus());
  EXPECT_EQ(shop.Revision(), 2);
  EXPECT_TRUE(shop.HasSignal("StatePersistRejected/0"));
}

TEST(DurableStateCoroutineTest, AFailedWriteIsAnsweredAndThenTheActorEndsOrRecovers) {
  for (const bool recovers : {false, true}) {
    StateShop shop(1);
    shop.faults.StoreAndFailNext(StorageCall::kUpsertState);
    auto cart = shop.SpawnState(recovers ? std::optional<Backoff>(Backoff{}) : std::nullopt);
    cart.Tell(AddItem{"a", shop.status.ref()});
    EXPECT_EQ(shop.status.ExpectMessage().code(), absl::StatusCode::kUnavailable);
    EXPECT_TRUE(shop.HasSignal("StatePersistFailed/0"));
    if (!recovers) {
      shop.status.ExpectTerminated(cart);
      continue;
    }
    EXPECT_EQ(shop.ItemsOf(cart), Items({"a-1"}));
  }
}

// Lost bytes do not come back by waiting, whoever writes.
TEST(DurableStateCoroutineTest, AWriteThatFailsWithDataLossIsNotTriedAgain) {
  for (const bool coroutine : {false, true}) {
    StateShop shop(1);
    auto options = shop.Make();
    options.on_persist_failure = Backoff{};
    if (!coroutine) {
      options.on_command = [](const State&, Command&& command) {
        return CartStateEffect::Persist(State{{std::get<AddItem>(command).sku}});
      };
    }
    shop.faults.FailNextWith(absl::DataLossError("bad bytes"), StorageCall::kUpsertState);
    auto cart = shop.kit.Spawn(DurableStateBehavior(std::move(options)));
    cart.Tell(AddItem{"a", {}});
    shop.status.ExpectTerminated(cart);
    EXPECT_TRUE(shop.HasSignal("StatePersistFailed/0"));
  }
}

TEST(DurableStateCoroutineTest, AFencedWriterAnswersAndStops) {
  StateShop shop(1);
  auto older = shop.kit.Spawn<Command>(
      Supervise(DurableStateBehavior(shop.Make())).OnFailure(SupervisorStrategy::Restart()));
  EXPECT_EQ(shop.ItemsOf(older), Items());
  shop.Add(shop.SpawnState(), {"mill"});
  older.Tell(AddItem{"late", shop.status.ref()});
  EXPECT_EQ(shop.status.ExpectMessage().code(), absl::StatusCode::kFailedPrecondition);
  shop.status.ExpectTerminated(older);
  EXPECT_EQ(shop.Revision(), 2);
}

// Messages are handled meanwhile, commands wait all the same.
TEST(DurableStateCoroutineTest, UnderInterleavingCommandsWaitAndAFencedWriterStops) {
  ForEachSeed(20, [](uint64_t seed) {
    StateShop shop(seed);
    auto older = shop.kit.Spawn<Command>(Interleaving(DurableStateBehavior(shop.Make())));
    older.Tell(AddItem{"a", shop.status.ref()});
    older.Tell(AddItem{"b", shop.status.ref()});
    EXPECT_EQ(shop.ItemsOf(older), Items({"a-1", "a-2", "b-1", "b-2"}));
    for (int i = 0; i < 2; ++i) EXPECT_EQ(shop.status.ExpectMessage(), absl::OkStatus());
    shop.Add(shop.SpawnState(), {"mill"});
    older.Tell(AddItem{"late", shop.status.ref()});
    older.Tell(AddItem{"later", {}});
    EXPECT_EQ(shop.status.ExpectMessage().code(), absl::StatusCode::kFailedPrecondition);
    shop.status.ExpectTerminated(older);
    EXPECT_EQ(shop.Revision(), 6);
  });
}

TEST(DurableStateCoroutineTest, UnhandledIsPublishedAndItsStepsAreRun) {
  StateShop shop(1);
  TestProbe<UnhandledMessage> unhandled(shop.kit.system());
  shop.kit.system().event_stream().Subscribe<UnhandledMessage>(unhandled.ref());
  auto options = shop.Make();
  options.on_command = [](StateContext& context, Command) -> Task<CartStateEffect> {
    auto written = context.Persist(State{{"mill"}});
    co_await std::move(written);
    co_return CartStateEffect::Unhandled().ThenStop();
  };
  auto cart = shop.kit.Spawn(DurableStateBehavior(std::move(options)));
  cart.Tell(AddItem{"mill", {}});
  EXPECT_NE(unhandled.ExpectMessage().message_type.find("AddItem"), std::string::npos);
  shop.status.ExpectTerminated(cart);
  EXPECT_EQ(shop.Revision(), 1);
}

TEST(DurableStateCoroutineTest, EnforcedRepliesAndThrowsAreThoseOfPlainHandlers) {
  StateShop shop(1);
  using Enforced = StateReplyEffect<State>;
  auto cart = shop.kit.Spawn<Command>(
      Supervise(DurableStateBehaviorWithEnforcedReplies<Command, State>(
                    {.persistence_id = PersistenceId::Of("Cart", "1"),
                     .empty_state = State{},
                     .on_command = [](StateContext& context, Command command) -> Task<Enforced> {
                       if (auto* get = std::get_if<GetItems>(&command)) {
                         co_return Enforced::Reply(get->reply_to,
                                                   [](const State& s) { return s.items; });
                       }
                       auto& add = std::get<AddItem>(command);
                       auto written = context.Persist(State{{add.sku}});
                       absl::Status status = co_await std::move(written);
                       if (add.sku == "throw") throw std::runtime_error("after the write");
                       co_return Enforced::Reply(add.reply_to, status);
                     },
                     .plugins = shop.faults.plugins()}))
          .OnFailure(SupervisorStrategy::Restart()));
  cart.Tell(AddItem{"throw", {}});
  shop.RunUntilIdle();
  EXPECT_EQ(shop.ItemsOf(cart), Items({"throw"}));  // it was stored before
  shop.Add(cart, {"mill"});
  EXPECT_EQ(shop.ItemsOf(cart), Items({"mill"}));
}

}  // namespace
}  // namespace sampo::persistence
