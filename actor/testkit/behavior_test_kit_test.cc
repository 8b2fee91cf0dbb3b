// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/testkit/behavior_test_kit.h"

#include <stdexcept>
#include <string>

#include "gtest/gtest-spi.h"
#include "gtest/gtest.h"
#include "sampo/actor/actor.h"

namespace sampo {
namespace {

struct Item {
  std::string name;
  bool operator==(const Item&) const = default;
};
struct Spawn {
  std::string name;
};
struct StopChild {
  std::string name;
};
struct StartTimer {
  absl::Duration after;
};
struct CancelTimer {};
struct WatchIt {
  AnyActorRef ref;
};
struct UnwatchIt {
  AnyActorRef ref;
};
struct SetTimeout {
  absl::Duration after;
};
struct AskFor {
  ActorRef<ActorRef<Item>> whom;
};
struct Got {
  absl::StatusOr<Item> item;
};
struct Later {};
struct Ticked {};
struct Failing {};
struct Throwing {};
struct Become {};
struct Stop {};
struct Unknown {};
struct Command
    : std::variant<Spawn, StopChild, StartTimer, CancelTimer, WatchIt, UnwatchIt, SetTimeout,
                   AskFor, Got, Later, Ticked, Failing, Throwing, Become, Stop, Unknown> {
  using variant::variant;
};

struct Seen {
  std::vector<std::string> events;
  ActorContext<Command>* context = nullptr;
};

Behavior<Item> Child(Seen* seen) {
  return Setup<Item>([seen](ActorContext<Item>&) {
    seen->events.push_back("a child has started");
    return Receive<Item>([](const Item&) { return Same(); });
  });
}

// A handler for each message; each does one thing with the context.
struct Handler {
  Seen* seen;
  ActorContext<Command>* context;

  Partial<Command> operator()(const Spawn& m) const {
    ActorRef<Item> child =
        m.name.empty() ? context->SpawnAnonymous(Child(seen)) : context->Spawn(Child(seen), m.name);
    child.Tell({"hello"});
    return Same();
  }
  Partial<Command> operator()(const StopChild& m) const {
    context->Stop(context->Child(m.name));
    return Same();
  }
  Partial<Command> operator()(const StartTimer& m) const {
    context->Timers().StartSingleTimer("tick", Ticked{}, m.after);
    return Same();
  }
  Partial<Command> operator()(const CancelTimer&) const {
    context->Timers().Cancel("tick");
    return Same();
  }
  Partial<Command> operator()(const WatchIt& m) const {
    context->Watch(m.ref);
    return Same();
  }
  Partial<Command> operator()(const UnwatchIt& m) const {
    context->Unwatch(m.ref);
    return Same();
  }
  Partial<Command> operator()(const SetTimeout& m) const {
    context->SetReceiveTimeout(m.after, Ticked{});
    return Same();
  }
  Partial<Command> operator()(const AskFor& m) const {
    context->Ask<Item>(
        m.whom, absl::Seconds(3), [](auto slot) { return ActorRef<Item>(std::move(slot)); },
        [](absl::StatusOr<Item> item) { return Got{std::move(item)}; });
    return Same();
  }
  Partial<Command> operator()(const Got& m) const {
    seen->events.push_back(m.item.ok() ? m.item->name : m.item.status().ToString());
    return Same();
  }
  Partial<Command> operator()(const Later&) const {
    context->Self().Tell(Ticked{});
    return Same();
  }
  Partial<Command> operator()(const Ticked&) const {
    seen->events.push_back("ticked");
    return Same();
  }
  Partial<Command> operator()(const Failing&) const { return Fail(absl::DataLossError("torn")); }
  Partial<Command> operator()(const Throwing&) const { throw std::runtime_error("thrown"); }
  Partial<Command> operator()(const Become&) const {
    return Receive<Command>([](const auto&) -> Behavior<Command> { return Same(); });
  }
  Partial<Command> operator()(const Stop&) const { return Stopped(); }
  Partial<Command> operator()(const Unknown&) const { return Unhandled(); }
};

Behavior<Command> Tested(Seen* seen) {
  return Setup<Command>([seen](ActorContext<Command>& context) {
    return Receive<Command>(
        On{[handler = Handler{seen, &context}](const auto& m) { return handler(m); }},
        OnSignal{[seen](const PostStop&) {
                   seen->events.push_back("stopped");
                   return Same();
                 },
                 [seen](const Terminated& signal) {
                   seen->events.push_back("terminated " + signal.ref.path().substr(0, 10));
                   return Same();
                 }});
  });
}

class BehaviorTestKitTest : public testing::Test {
 protected:
  Seen seen_;
  BehaviorTestKit<Command> kit_{Tested(&seen_)};
};

TEST_F(BehaviorTestKitTest, ChildrenAreMadeAndNeverRun) {
  kit_.Run(Spawn{"one"});
  kit_.Run(Spawn{""});
  kit_.ExpectEffect(Effect::Spawned("one"));
  EXPECT_EQ(kit_.RetrieveEffect().subject, "$b");
  kit_.ChildInbox<Item>("one").ExpectMessage(Item{"hello"});
  EXPECT_EQ(kit_.ChildInbox<Item>("$b").ReceiveAll().size(), 1u);
  EXPECT_TRUE(seen_.events.empty());
}

TEST_F(BehaviorTestKitTest, AChildThatIsStoppedEnds) {
  kit_.Run(Spawn{"one"});
  AnyActorRef child = kit_.RetrieveEffect().ref;
  kit_.Run(WatchIt{child});
  kit_.ExpectEffect(Effect::Watched(child));
  kit_.Run(StopChild{"one"});
  kit_.ExpectEffect(Effect::Stopped("one"));
  EXPECT_EQ(seen_.events, std::vector<std::string>{"terminated /user/test"});
  kit_.Run(Spawn{"one"});  // the name is free again
  kit_.ExpectEffect(Effect::Spawned("one"));
}

TEST_F(BehaviorTestKitTest, TimersRunWhenTimePasses) {
  kit_.Run(StartTimer{absl::Seconds(5)});
  kit_.ExpectEffect(Effect::TimerStarted("tick", absl::Seconds(5)));
  kit_.TimePasses(absl::Seconds(4));
  EXPECT_TRUE(seen_.events.empty());
  kit_.TimePasses(absl::Seconds(1));
  EXPECT_EQ(seen_.events, std::vector<std::string>{"ticked"});
  kit_.Run(StartTimer{absl::Seconds(5)});
  kit_.Run(CancelTimer{});
  kit_.RetrieveEffect();
  kit_.ExpectEffect(Effect::TimerCancelled("tick"));
  kit_.TimePasses(absl::Hours(1));
  EXPECT_EQ(seen_.events.size(), 1u);
}

TEST_F(BehaviorTestKitTest, ReceiveTimeout) {
  kit_.Run(SetTimeout{absl::Seconds(2)});
  kit_.ExpectEffect(Effect::ReceiveTimeoutSet(absl::Seconds(2)));
  kit_.TimePasses(absl::Seconds(2));
  EXPECT_EQ(seen_.events, std::vector<std::string>{"ticked"});
}

TEST_F(BehaviorTestKitTest, WatchesAndUnwatchesInboxes) {
  {
    TestInbox<Item> inbox("other");
    kit_.Run(WatchIt{inbox.ref()});
    kit_.ExpectEffect(Effect::Watched(inbox.ref()));
    kit_.Run(UnwatchIt{inbox.ref()});
    kit_.ExpectEffect(Effect::Unwatched(inbox.ref()));
    kit_.Run(WatchIt{inbox.ref()});
    EXPECT_TRUE(seen_.events.empty());
  }
  kit_.RunPending();  // the inbox has ended
  EXPECT_EQ(seen_.events, std::vector<std::string>{"terminated /other"});
}

TEST_F(BehaviorTestKitTest, AsksAreAnsweredByTheTest) {
  TestInbox<ActorRef<Item>> asked;
  kit_.Run(AskFor{asked.ref()});
  asked.ReceiveMessage().Tell({"answer"});
  kit_.RunPending();
  kit_.Run(AskFor{asked.ref()});
  kit_.TimePasses(absl::Seconds(3));
  ASSERT_EQ(seen_.events.size(), 2u);
  EXPECT_EQ(seen_.events[0], "answer");
  EXPECT_EQ(seen_.events[1].substr(0, 17), "DEADLINE_EXCEEDED");
}

TEST_F(BehaviorTestKitTest, WhatItTellsItselfIsHandled) {
  kit_.Run(Later{});
  EXPECT_EQ(seen_.events, std::vector<std::string>{"ticked"});
}

TEST_F(BehaviorTestKitTest, SaysWhatTheHandlerReturned) {
  kit_.Run(Ticked{});
  EXPECT_EQ(kit_.Returned(), ReturnedBehavior::kSame);
  kit_.Run(Unknown{});
  EXPECT_EQ(kit_.Returned(), ReturnedBehavior::kUnhandled);
  kit_.Run(Become{});
  EXPECT_EQ(kit_.Returned(), ReturnedBehavior::kNew);
  EXPECT_TRUE(kit_.IsAlive());
}

TEST_F(BehaviorTestKitTest, Stops) {
  kit_.Run(Spawn{"one"});
  kit_.Run(Stop{});
  EXPECT_EQ(kit_.Returned(), ReturnedBehavior::kStopped);
  EXPECT_FALSE(kit_.IsAlive());
  EXPECT_EQ(seen_.events, std::vector<std::string>{"stopped"});
  kit_.Run(Ticked{});  // a dead letter
  EXPECT_EQ(seen_.events.size(), 1u);
}

TEST_F(BehaviorTestKitTest, FailsAndLogs) {
  kit_.Run(Failing{});
  EXPECT_EQ(kit_.Returned(), ReturnedBehavior::kFailed);
  EXPECT_EQ(kit_.failure().code(), absl::StatusCode::kDataLoss);
  EXPECT_FALSE(kit_.IsAlive());
  EXPECT_EQ(kit_.log().Count({.level = LogLevel::kError, .message_contains = "torn"}), 1u);
}

TEST_F(BehaviorTestKitTest, SignalsAreDelivered) {
  TestInbox<Item> inbox("other");
  kit_.Signal(Terminated{inbox.ref()});
  kit_.Signal(PostStop{});
  EXPECT_EQ(seen_.events, (std::vector<std::string>{"terminated /other", "stopped"}));
}

TEST(BehaviorTestKitSuperviseTest, ARestartMakesTheBehaviorAnew) {
  Seen seen;
  int starts = 0;
  BehaviorTestKit<Command> kit(
      Supervise(sampo::Setup<Command>([&](ActorContext<Command>& context) {
        ++starts;
        return Receive<Command>(
            On{[handler = Handler{&seen, &context}](const auto& m) { return handler(m); }});
      })).OnFailure(SupervisorStrategy::Restart()));
  EXPECT_EQ(starts, 1);
  kit.Run(Spawn{"one"});
  kit.Run(Throwing{});
  EXPECT_EQ(starts, 2);
  EXPECT_EQ(kit.Returned(), ReturnedBehavior::kFailed);
  EXPECT_TRUE(kit.IsAlive());
  kit.Run(Spawn{"one"});  // the child of before has ended
  EXPECT_EQ(kit.ChildInbox<Item>("one").ReceiveAll().size(), 1u);
  EXPECT_TRUE(seen.events.empty());
}

TEST(BehaviorTestKitFailureTest, AWrongEffectIsAFailure) {
  static Seen seen;
  static BehaviorTestKit<Command>* kit;
  BehaviorTestKit<Command> held(Tested(&seen));
  kit = &held;
  EXPECT_NONFATAL_FAILURE(kit->ExpectEffect(Effect::Spawned("one")),
                          "expected effect Spawned one, got None");
  EXPECT_NONFATAL_FAILURE((void)kit->ChildInbox<Item>("one"), "no child \"one\"");
}

TEST(TestInboxTest, KeepsWhatItIsTold) {
  ActorRef<Item> ref;
  {
    TestInbox<Item> inbox;
    ref = inbox.ref();
    ref.Tell({"a"});
    ref.Tell({"b"});
    inbox.ExpectMessage(Item{"a"});
    EXPECT_TRUE(inbox.HasMessages());
    EXPECT_EQ(inbox.ReceiveMessage().name, "b");
    EXPECT_EQ(inbox.Receive().status().code(), absl::StatusCode::kNotFound);
    ref.Tell({"c"});
  }
  ref.Tell({"d"});
}

}  // namespace
}  // namespace sampo
