// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Watch, WatchWith, Unwatch, Terminated and ChildFailed.
#include <functional>
#include <stdexcept>
#include <string>
#include <utility>

#include "gtest/gtest.h"
#include "sampo/actor/actor.h"
#include "sampo/actor/core_test_fixture.h"
#include "sampo/actor/supervise.h"

namespace sampo {
namespace {

struct Boom {};
struct Quit {};
struct Target : std::variant<Boom, Quit> {
  using variant::variant;
};

Behavior<Target> MakeTarget(Journal journal) {
  return Receive<Target>(On{[journal](const Boom&) -> Behavior<Target> {
                              journal.Add("boom");
                              return Fail(absl::NotFoundError("lost"));
                            },
                            [journal](const Quit&) {
                              journal.Add("quit");
                              return Stopped();
                            }});
}

// Runs what a test tells it, on its turn.
struct Watcher;
using Step = std::function<void(ActorContext<Watcher>&)>;
struct Do {
  Step step;
};
struct Gone {
  std::string name;
};
struct Watcher : std::variant<Do, Gone> {
  using variant::variant;
};

template <class... Signals>
Behavior<Watcher> MakeWatcher(Journal journal, OnSignal<Signals...> signals) {
  return Setup<Watcher>([=](ActorContext<Watcher>& context) {
    return Receive<Watcher>(On{[&context](const Do& m) {
                                 m.step(context);
                                 return Same();
                               },
                               [journal](const Gone& m) {
                                 journal.Add("gone ", m.name);
                                 return Same();
                               }},
                            signals);
  });
}

auto WritesTerminated(Journal journal) {
  return OnSignal{[journal](const Terminated&) {
    journal.Add("terminated");
    return Same();
  }};
}

class DeathWatchTest : public CoreTest {
 protected:
  ActorRef<Target> SpawnTarget(std::string_view name = "target") {
    return kit().Spawn(MakeTarget(journal()), name);
  }
  ActorRef<Watcher> SpawnWatcher() {
    return kit().Spawn(MakeWatcher(journal(), WritesTerminated(journal())), "watcher");
  }
};
SAMPO_ON_EACH_RUNTIME(DeathWatchTest);

TEST_P(DeathWatchTest, TellsTheEndOnce) {
  ActorRef<Target> target = SpawnTarget();
  ActorRef<Watcher> watcher = SpawnWatcher();
  watcher.Tell(Do{[=](auto& context) {
    context.Watch(target);
    context.Watch(target);  // twice is once
  }});
  EXPECT_EQ(Happened(), "");
  target.Tell(Quit{});
  EXPECT_EQ(Happened(), "quit, terminated");
}

TEST_P(DeathWatchTest, TellsOfOneThatIsDeadAlready) {
  ActorRef<Target> target = SpawnTarget();
  target.Tell(Quit{});
  EXPECT_EQ(Happened(), "quit");
  ActorRef<Watcher> watcher = SpawnWatcher();
  watcher.Tell(Do{[=](auto& context) { context.Watch(target); }});
  EXPECT_EQ(Happened(), "terminated");
  // And once more for a new watch.
  watcher.Tell(Do{[=](auto& context) { context.Watch(target); }});
  EXPECT_EQ(Happened(), "terminated");
}

TEST_P(DeathWatchTest, UnwatchTakesBackWhatIsInTheMailbox) {
  ActorRef<Target> target = SpawnTarget();
  ActorRef<Watcher> watcher = SpawnWatcher();
  watcher.Tell(Do{[=](auto& context) {
    context.Watch(target);
    context.Self().Tell(Do{[=](auto& later) {
      // The end may be known by now, or not: no signal either way.
      later.Unwatch(target);
    }});
    target.Tell(Quit{});
  }});
  std::string happened = Happened();
  // In a simulation the signal may have come before the Unwatch.
  EXPECT_TRUE(happened == "quit" || happened == "quit, terminated") << happened;
  target = SpawnTarget("second");
  watcher.Tell(Do{[=](auto& context) { context.Watch(target); }});
  Settle();
  watcher.Tell(Do{[=](auto& context) { context.Unwatch(target); }});
  target.Tell(Quit{});
  EXPECT_EQ(Happened(), "quit");
}

TEST_P(DeathWatchTest, UnwatchOfADeadOneThatWasNotSignalledYet) {
  ActorRef<Target> target = SpawnTarget();
  target.Tell(Quit{});
  EXPECT_EQ(Happened(), "quit");
  ActorRef<Watcher> watcher = SpawnWatcher();
  watcher.Tell(Do{[=](auto& context) {
    context.Watch(target);  // the notice is on its way at once
    context.Unwatch(target);
  }});
  EXPECT_EQ(Happened(), "");
  watcher.Tell(Do{[=](auto& context) {
    context.Watch(target);
    context.Unwatch(target);
    context.Watch(target);
  }});
  EXPECT_EQ(Happened(), "terminated");
}

TEST_P(DeathWatchTest, WatchWithSendsTheMessage) {
  ActorRef<Target> target = SpawnTarget();
  ActorRef<Watcher> watcher = SpawnWatcher();
  watcher.Tell(Do{[=](auto& context) { context.WatchWith(target, Gone{"target"}); }});
  target.Tell(Quit{});
  EXPECT_EQ(Happened(), "quit, gone target");
}

TEST_P(DeathWatchTest, TheMessageOfAWatchCanNotBeChanged) {
  ActorRef<Target> target = SpawnTarget();
  Step second[] = {[=](auto& context) { context.WatchWith(target, Gone{"other"}); },
                   [=](auto& context) { context.Watch(target); }};
  for (const Step& step : second) {
    ActorRef<Watcher> watcher =
        kit().Spawn(MakeWatcher(journal(), OnSignal{[journal = journal()](const PostStop&) {
                                  journal.Add("watcher stopped");
                                  return Same();
                                }}));
    watcher.Tell(Do{[=](auto& context) { context.WatchWith(target, Gone{"target"}); }});
    watcher.Tell(Do{step});
    EXPECT_EQ(Happened(), "watcher stopped");
  }
  EXPECT_EQ(log().Count({.level = LogLevel::kError, .message_contains = "Unwatch first"}), 2u);
  // With an Unwatch between it is fine.
  ActorRef<Watcher> watcher = SpawnWatcher();
  watcher.Tell(Do{[=](auto& context) {
    context.WatchWith(target, Gone{"target"});
    context.Unwatch(target);
    context.WatchWith(target, Gone{"other"});
  }});
  target.Tell(Quit{});
  EXPECT_EQ(Happened(), "quit, gone other");
}

TEST_P(DeathWatchTest, ARestartIsNoEnd) {
  ActorRef<Target> target = kit().Spawn(
      Supervise(MakeTarget(journal())).OnFailure(SupervisorStrategy::Restart()), "target");
  ActorRef<Watcher> watcher = SpawnWatcher();
  watcher.Tell(Do{[=](auto& context) { context.Watch(target); }});
  Settle();
  target.Tell(Boom{});
  EXPECT_EQ(Happened(), "boom");
  target.Tell(Quit{});
  EXPECT_EQ(Happened(), "quit, terminated");
}

TEST_P(DeathWatchTest, AWatchSurvivesTheWatchersRestart) {
  ActorRef<Target> target = SpawnTarget();
  ActorRef<Watcher> watcher =
      kit().Spawn(Supervise(MakeWatcher(journal(), WritesTerminated(journal())))
                      .OnFailure(SupervisorStrategy::Restart()),
                  "watcher");
  watcher.Tell(Do{[=](auto& context) { context.Watch(target); }});
  watcher.Tell(Do{[](auto&) { throw std::runtime_error("boom"); }});
  Settle();
  target.Tell(Quit{});
  EXPECT_EQ(Happened(), "quit, terminated");
}

TEST_P(DeathWatchTest, AnUnhandledTerminatedIsADeathPact) {
  ActorRef<Target> target = SpawnTarget();
  auto mourns = [this] {
    return MakeWatcher(journal(), OnSignal{[journal = journal()](const PostStop&) {
                         journal.Add("watcher stopped");
                         return Same();
                       }});
  };
  ActorRef<Watcher> watcher = kit().Spawn(mourns(), "watcher");
  ActorRef<Watcher> supervised = kit().Spawn(
      Supervise(mourns()).OnFailure(absl::StatusCode::kAborted, SupervisorStrategy::Resume()),
      "supervised");
  for (const auto& each : {watcher, supervised}) {
    each.Tell(Do{[=](auto& context) { context.Watch(target); }});
  }
  Settle();
  target.Tell(Quit{});
  EXPECT_EQ(Happened(), "quit, watcher stopped");
  EXPECT_EQ(log().Count({.message_contains = "death pact"}), 2u);
  supervised.Tell(Gone{"on"});
  EXPECT_EQ(Happened(), "gone on");
}

TEST_P(DeathWatchTest, TheParentThatWatchesLearnsWhyAChildFailed) {
  ActorRef<Target> child;
  auto tells =
      OnSignal{[journal = journal()](const ChildFailed& failed) {
                 journal.Add("child failed: ", std::string(failed.failure.status.message()));
                 return Same();
               },
               [journal = journal()](const Terminated&) {
                 journal.Add("terminated");
                 return Same();
               }};
  ActorRef<Watcher> parent = kit().Spawn(MakeWatcher(journal(), tells), "parent");
  ActorRef<Watcher> stranger = kit().Spawn(MakeWatcher(journal(), tells), "stranger");
  for (bool fails : {true, false}) {
    parent.Tell(Do{[=, journal = journal()](auto& context) {
      auto spawned = context.Spawn(MakeTarget(journal), "child");
      context.Watch(spawned);
      if (fails) {
        stranger.Tell(Do{[=](auto& other) {
          other.Watch(spawned);
          spawned.Tell(Boom{});
        }});
      } else {
        spawned.Tell(Quit{});
      }
    }});
    Settle();
    std::vector<std::string> lines = journal().TakeLines();
    std::sort(lines.begin(), lines.end());
    if (fails) {
      EXPECT_EQ(lines, (std::vector<std::string>{"boom", "child failed: lost", "terminated"}));
    } else {
      EXPECT_EQ(lines, (std::vector<std::string>{"quit", "terminated"}));
    }
  }
}

TEST_P(DeathWatchTest, AHandlerOfTerminatedGetsChildFailedToo) {
  ActorRef<Watcher> parent = SpawnWatcher();
  parent.Tell(Do{[journal = journal()](auto& context) {
    auto child = context.Spawn(MakeTarget(journal), "child");
    context.Watch(child);
    child.Tell(Boom{});
  }});
  EXPECT_EQ(Happened(), "boom, terminated");
}

TEST_P(DeathWatchTest, AnUnwatchedChildFailsInSilence) {
  ActorRef<Watcher> parent = SpawnWatcher();
  parent.Tell(Do{[journal = journal()](auto& context) {
    context.Spawn(MakeTarget(journal), "child").Tell(Boom{});
  }});
  EXPECT_EQ(Happened(), "boom");
}

TEST_P(DeathWatchTest, MessagesOfTheDeadComeBeforeTheirTerminated) {
  ActorRef<Watcher> watcher = SpawnWatcher();
  ActorRef<Target> target = kit().Spawn(Receive<Target>([watcher](const auto&) -> Behavior<Target> {
    for (int i = 0; i < 3; ++i) watcher.Tell(Gone{StrCat(i)});
    return Stopped();
  }));
  watcher.Tell(Do{[=](auto& context) {
    context.Watch(target);
    target.Tell(Quit{});
  }});
  EXPECT_EQ(Happened(), "gone 0, gone 1, gone 2, terminated");
}

TEST_P(DeathWatchTest, AnAdapterIsWatchedAsItsActor) {
  struct Note {};
  ActorRef<Note> adapter;
  ActorRef<Watcher> owner = SpawnWatcher();
  owner.Tell(Do{[&](auto& context) {
    adapter = context.template MessageAdapter<Note>([](Note) { return Gone{"note"}; });
  }});
  Settle();
  ActorRef<Watcher> watcher = kit().Spawn(MakeWatcher(
      journal(), OnSignal{[journal = journal(), adapter](const Terminated& ended) {
        journal.Add(ended.ref == AnyActorRef(adapter) ? "adapter ended" : "another ended");
        return Same();
      }}));
  watcher.Tell(Do{[=](auto& context) { context.Watch(adapter); }});
  adapter.Tell(Note{});
  EXPECT_EQ(Happened(), "gone note");
  kit().Stop(owner);
  EXPECT_EQ(Happened(), "adapter ended");
  adapter.Tell(Note{});
  EXPECT_EQ(Happened(), "dead letter Note");
}

TEST_P(DeathWatchTest, ManyWatchersAndManyWatched) {
  constexpr int kCount = 100;
  std::vector<ActorRef<Target>> targets;
  std::vector<ActorRef<Watcher>> watchers;
  for (int i = 0; i < kCount; ++i) targets.push_back(SpawnTarget(StrCat("target-", i)));
  for (int i = 0; i < 3; ++i) {
    watchers.push_back(kit().Spawn(MakeWatcher(journal(), WritesTerminated(journal()))));
    watchers.back().Tell(Do{[=](auto& context) {
      for (const auto& target : targets) context.Watch(target);
    }});
  }
  Settle();
  for (const auto& target : targets) target.Tell(Quit{});
  Settle();
  EXPECT_EQ(journal().TakeLines().size(), size_t{kCount * 4});
}

}  // namespace
}  // namespace sampo
