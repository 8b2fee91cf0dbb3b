// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Birth, names, stopping and the end of actors and of their system.
#include <algorithm>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "sampo/actor/actor.h"
#include "sampo/actor/core_test_fixture.h"
#include "sampo/actor/supervise.h"

namespace sampo {
namespace {

struct Say {
  std::string text;
};
struct Quit {};
struct Do {
  std::function<void(ActorContext<struct Command>&)> step;
};
struct Command : std::variant<Say, Quit, Do> {
  using variant::variant;
};

Behavior<Command> Speaker(Journal journal, std::string name) {
  return Setup<Command>([=](ActorContext<Command>& context) {
    journal.Add(name, " starts");
    return Receive<Command>(On{[=](const Say& m) {
                                 journal.Add(name, " ", m.text);
                                 return Same();
                               },
                               [](const Quit&) { return Stopped(); },
                               [&context](const Do& m) {
                                 m.step(context);
                                 return Same();
                               }},
                            OnSignal{[=](const PostStop&) {
                                       journal.Add(name, " stops");
                                       return Same();
                                     },
                                     [=](const Terminated&) {
                                       journal.Add(name, " sees an end");
                                       return Same();
                                     }});
  });
}

class LifecycleTest : public CoreTest {
 protected:
  ActorRef<Command> SpawnSpeaker(std::string name) {
    return kit().Spawn(Speaker(journal(), name), name);
  }
};
SAMPO_ON_EACH_RUNTIME(LifecycleTest);

TEST_P(LifecycleTest, StopsAfterTheCurrentMessage) {
  ActorRef<Command> actor = SpawnSpeaker("a");
  actor.Tell(Say{"1"});
  actor.Tell(Quit{});
  actor.Tell(Say{"2"});
  EXPECT_EQ(Happened(), "a starts, a 1, a stops, dead letter Say");
}

TEST_P(LifecycleTest, StopRunsTheHookAfterPostStop) {
  ActorRef<Command> actor =
      kit().Spawn(Receive<Command>(On{[journal = journal()](const auto&) -> Behavior<Command> {
                                     return Stopped([journal] { journal.Add("hook"); });
                                   }},
                                   OnSignal{[journal = journal()](const PostStop&) {
                                     journal.Add("poststop");
                                     return Same();
                                   }}));
  actor.Tell(Quit{});
  EXPECT_EQ(Happened(), "poststop, hook");
}

TEST_P(LifecycleTest, AHookThatThrowsDoesNotKeepTheActorAlive) {
  ActorRef<Command> actor = kit().Spawn(Receive<Command>([](const auto&) -> Behavior<Command> {
    return Stopped([] { throw std::runtime_error("hook"); });
  }));
  kit().Spawn(Speaker(journal(), "watcher")).Tell(Do{[=](auto& context) {
    context.Watch(actor);
    actor.Tell(Quit{});
  }});
  EXPECT_EQ(Happened(), "watcher starts, watcher sees an end");
}

TEST_P(LifecycleTest, ChildrenEndBeforeTheirParent) {
  ActorRef<Command> parent = SpawnSpeaker("parent");
  parent.Tell(Do{[journal = journal()](auto& context) {
    auto child = context.Spawn(Speaker(journal, "child"), "child");
    child.Tell(Do{[journal](auto& inner) { inner.Spawn(Speaker(journal, "grandchild"), "g"); }});
  }});
  EXPECT_EQ(Happened(), "parent starts, child starts, grandchild starts");
  parent.Tell(Quit{});
  EXPECT_EQ(Happened(), "grandchild stops, child stops, parent stops");
}

TEST_P(LifecycleTest, AStoppingParentTakesNoMoreMessages) {
  ActorRef<Command> parent = SpawnSpeaker("parent");
  parent.Tell(Do{
      [journal = journal()](auto& context) { context.Spawn(Speaker(journal, "child"), "child"); }});
  Settle();
  journal().Take();
  parent.Tell(Quit{});
  for (int i = 0; i < 3; ++i) parent.Tell(Say{"late"});
  EXPECT_EQ(Happened(),
            "child stops, parent stops, dead letter Say, dead letter Say, dead letter Say");
}

TEST_P(LifecycleTest, StopOfAChildIsSilentWhereItIsGone) {
  ActorRef<Command> parent = SpawnSpeaker("parent");
  parent.Tell(Do{[journal = journal()](auto& context) {
    auto child = context.Spawn(Speaker(journal, "child"), "child");
    context.Stop(child);
    context.Stop(child);
    context.Self().Tell(Do{[child](auto& later) { later.Stop(child); }});
  }});
  parent.Tell(Say{"on"});
  Settle();
  std::string happened = journal().Take();
  EXPECT_NE(happened.find("parent on"), std::string::npos) << happened;
  EXPECT_EQ(happened.find("parent stops"), std::string::npos) << happened;
}

TEST_P(LifecycleTest, StopOfAStrangerFailsTheTurn) {
  ActorRef<Command> stranger = SpawnSpeaker("stranger");
  ActorRef<Command> actor = SpawnSpeaker("actor");
  EXPECT_EQ(HappenedWithoutOrder(), "actor starts, stranger starts");
  actor.Tell(Do{[=](auto& context) { context.Stop(stranger); }});
  EXPECT_EQ(Happened(), "actor stops");
  EXPECT_EQ(log().Count({.level = LogLevel::kError, .message_contains = "not a child of it"}), 1u);
}

TEST_P(LifecycleTest, ANameIsTakenUntilTheChildAndItsChildrenHaveEnded) {
  ActorRef<Command> parent = SpawnSpeaker("parent");
  parent.Tell(Do{[journal = journal()](auto& context) {
    auto child = context.Spawn(Speaker(journal, "child"), "child");
    child.Tell(Do{[journal](auto& inner) { inner.Spawn(Speaker(journal, "grandchild"), "g"); }});
    context.Watch(child);
  }});
  Settle();
  journal().Take();
  auto second = std::make_shared<absl::Status>();
  parent.Tell(Do{[=, journal = journal()](auto& context) {
    context.Stop(context.Child("child"));
    *second = context.TrySpawn(Speaker(journal, "second"), "child").status();
  }});
  std::string happened = Happened();
  // On threads the child may have ended before the next statement.
  if (!simulated() && second->ok()) return;
  EXPECT_EQ(second->code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(happened, "grandchild stops, child stops, parent sees an end");
  parent.Tell(Do{[journal = journal()](auto& context) {
    auto again = context.TrySpawn(Speaker(journal, "second"), "child");
    journal.Add(again.ok() ? "ok" : again.status().ToString());
  }});
  EXPECT_EQ(HappenedWithoutOrder(), "ok, second starts");
}

TEST_P(LifecycleTest, ARefusedSpawnFailsTheTurnAndGivesADeadRef) {
  ActorRef<Command> parent = SpawnSpeaker("parent");
  parent.Tell(Do{[journal = journal()](auto& context) {
    auto child = context.Spawn(Speaker(journal, "child"), "no/name");
    child.Tell(Say{"hello"});
    journal.Add("goes on");
  }});
  EXPECT_EQ(HappenedWithoutOrder(), "dead letter Say, goes on, parent starts, parent stops");
  for (const char* bad : {"$a", "a/b", "a b", "\xC3\xA4"}) {
    absl::Status status = system().TrySpawn(Speaker(journal(), "x"), bad).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << bad;
  }
}

TEST_P(LifecycleTest, WhatIsNoBehaviorToStartWithIsRefused) {
  EXPECT_EQ(system().TrySpawn(Behavior<Command>(Same()), "same").status().code(),
            absl::StatusCode::kInvalidArgument);
  Behavior<Command> moved = Speaker(journal(), "x");
  Behavior<Command> target = std::move(moved);
  EXPECT_EQ(system().TrySpawn(std::move(moved), "moved").status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST_P(LifecycleTest, ConstantsMayBeSpawned) {
  kit().Spawn(Behavior<Command>(Ignore())).Tell(Say{"x"});
  EXPECT_EQ(Happened(), "");
  kit().Spawn(Behavior<Command>(Empty())).Tell(Say{"x"});
  EXPECT_EQ(Happened(), "unhandled Say");
  kit().Spawn(Behavior<Command>(Stopped())).Tell(Say{"x"});
  EXPECT_EQ(Happened(), "dead letter Say");
}

TEST_P(LifecycleTest, NothingCanBeSpawnedWhileStopping) {
  ActorRef<Command> actor =
      kit().Spawn(Setup<Command>([journal = journal()](ActorContext<Command>& context) {
        return ReceivePartial<Command>(
            On{[](const Quit&) { return Stopped(); }},
            OnSignal{[&context, journal](const PostStop&) {
              auto child = context.TrySpawn(Speaker(journal, "late"), "late");
              journal.Add(absl::StatusCodeToString(child.status().code()));
              return Same();
            }});
      }));
  actor.Tell(Quit{});
  EXPECT_EQ(Happened(), "UNAVAILABLE");
}

TEST_P(LifecycleTest, TheOldRefIsDeadAfterANewSpawnOfItsName) {
  ActorRef<Command> first = SpawnSpeaker("a");
  kit().Stop(first);
  ActorRef<Command> second = SpawnSpeaker("a");
  EXPECT_NE(first.path(), second.path());  // another incarnation
  EXPECT_FALSE(first == second);
  Settle();
  journal().Take();
  first.Tell(Say{"old"});
  second.Tell(Say{"new"});
  EXPECT_EQ(HappenedWithoutOrder(), "a new, dead letter Say");
}

TEST_P(LifecycleTest, ChildrenAreListedInTheOrderOfTheirSpawning) {
  ActorRef<Command> parent = SpawnSpeaker("parent");
  parent.Tell(Do{[journal = journal()](auto& context) {
    for (int i = 0; i < 3; ++i) {
      context.Spawn(Behavior<Command>(Ignore()), StrCat("c", i));
      context.SpawnAnonymous(Behavior<Command>(Ignore()));
    }
    for (const AnyActorRef& child : context.Children()) {
      journal.Add(child.path().substr(0, child.path().find('#')));
    }
    journal.Add(context.Child("c1") == context.Children()[2] ? "found" : "lost");
    journal.Add(context.Child("none").is_ignore() ? "none" : "some");
  }});
  EXPECT_EQ(Happened(),
            "parent starts, /user/parent/c0, /user/parent/$b, /user/parent/c1, /user/parent/$d, "
            "/user/parent/c2, /user/parent/$f, found, none");
}

TEST_P(LifecycleTest, AChildThatIsStoppedBeforeItStartsNeverRuns) {
  ActorRef<Command> parent = SpawnSpeaker("parent");
  Settle();
  parent.Tell(Do{[journal = journal()](auto& context) {
    auto child = context.Spawn(Speaker(journal, "child"), "child");
    context.Watch(child);
    context.Stop(child);
    child.Tell(Say{"x"});
  }});
  Settle();
  // Where it has started (on a thread of its own) it stops properly.
  std::vector<std::string> lines = journal().TakeLines();
  std::sort(lines.begin(), lines.end());
  const auto says = [&](std::string_view line) {
    return std::count(lines.begin(), lines.end(), line);
  };
  EXPECT_EQ(says("parent sees an end"), 1);
  EXPECT_EQ(says("child starts"), says("child stops"));
  EXPECT_EQ(says("child x") + says("dead letter Say"), 1);
}

TEST_P(LifecycleTest, TheEndOfTheSystemEndsAllActors) {
  ActorRef<Command> parent = SpawnSpeaker("parent");
  parent.Tell(Do{
      [journal = journal()](auto& context) { context.Spawn(Speaker(journal, "child"), "child"); }});
  EXPECT_EQ(Happened(), "parent starts, child starts");
  EXPECT_EQ(HappenedAtTheEnd(), "child stops, parent stops");
  parent.Tell(Say{"x"});  // a ref outlives its system
  ActorRef<Command> copy = parent;
  EXPECT_TRUE(copy == parent);
  EXPECT_EQ(copy.path(), parent.path());
}

TEST_P(LifecycleTest, SpawnsFromOutsideFailWhenTheSystemHasEnded) {
  system().Terminate();
  Settle();
  EXPECT_EQ(system().TrySpawn(Speaker(journal(), "late"), "late").status().code(),
            absl::StatusCode::kUnavailable);
  system().Spawn(Speaker(journal(), "late"), "late").Tell(Say{"x"});
  EXPECT_EQ(Happened(), "");
}

}  // namespace
}  // namespace sampo
