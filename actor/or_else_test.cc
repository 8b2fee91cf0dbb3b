// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// OrElse, and ActorContext::Delegate.
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include "gtest/gtest.h"
#include "sampo/actor/actor.h"
#include "sampo/actor/core_test_fixture.h"
#include "sampo/actor/supervise.h"

namespace sampo {
namespace {

struct Ping {
  int number;
};
struct Pong {
  int number;
};
struct Stop {};
struct Command : std::variant<Ping, Pong, Stop> {
  using variant::variant;
};

// Handles a Ping whose number is at least `from`, and counts.
Behavior<Command> Pings(Journal journal, int from, int count = 0) {
  return ReceivePartial<Command>(On{[=](const Ping& m) -> Partial<Command> {
                                   if (m.number < from) return Unhandled();
                                   journal.Add("ping ", m.number, " #", count);
                                   return Pings(journal, from, count + 1);
                                 }},
                                 OnSignal{[journal](const PostStop&) {
                                   journal.Add("pings stop");
                                   return Same();
                                 }});
}
Behavior<Command> Pongs(Journal journal, int count = 0) {
  return ReceivePartial<Command>(On{[=](const Pong& m) {
                                      journal.Add("pong ", m.number, " #", count);
                                      return Pongs(journal, count + 1);
                                    },
                                    [](const Stop&) { return Stopped(); }});
}

class OrElseTest : public CoreTest {};
SAMPO_ON_EACH_RUNTIME(OrElseTest);

TEST_P(OrElseTest, TheSecondGetsWhatTheFirstLeaves) {
  ActorRef<Command> actor = kit().Spawn(OrElse(Pings(journal(), 0), Pongs(journal())));
  actor.Tell(Ping{1});
  actor.Tell(Pong{2});
  actor.Tell(Ping{3});
  actor.Tell(Pong{4});
  EXPECT_EQ(Happened(), "ping 1 #0, pong 2 #0, ping 3 #1, pong 4 #1");
}

TEST_P(OrElseTest, WhatNeitherHandlesIsUnhandledOnce) {
  ActorRef<Command> actor =
      kit().Spawn(OrElse(OrElse(Pings(journal(), 10), Pings(journal(), 5)), Pongs(journal())));
  for (int number : {12, 7, 3}) actor.Tell(Ping{number});
  EXPECT_EQ(Happened(), "ping 12 #0, ping 7 #0, unhandled Ping");
}

TEST_P(OrElseTest, EitherMayStopTheActor) {
  ActorRef<Command> actor = kit().Spawn(OrElse(Pings(journal(), 0), Pongs(journal())));
  actor.Tell(Stop{});
  EXPECT_EQ(Happened(), "pings stop");
}

TEST_P(OrElseTest, StartsBothAndRestartsBoth) {
  auto starting = [this](std::string name, Behavior<Command> (*make)(Journal)) {
    return Setup<Command>([=, journal = journal()](ActorContext<Command>&) {
      journal.Add(name, " starts");
      return make(journal);
    });
  };
  ActorRef<Command> actor = kit().Spawn(
      Supervise(OrElse(starting("first", [](Journal journal) { return Pings(journal, 0); }),
                       starting("second",
                                [](Journal) {
                                  return ReceivePartial<Command>(
                                      On{[](const Stop&) -> Behavior<Command> {
                                        return Fail(absl::InternalError("stop"));
                                      }});
                                })))
          .OnFailure(SupervisorStrategy::Restart()));
  actor.Tell(Ping{1});
  actor.Tell(Stop{});
  actor.Tell(Ping{2});
  EXPECT_EQ(Happened(),
            "first starts, second starts, ping 1 #0, first starts, second starts, ping 2 #0");
}

TEST_P(OrElseTest, AFailureIsForTheSupervisorOfItsSide) {
  auto throws = ReceivePartial<Command>(
      On{[](const Ping&) -> Behavior<Command> { throw std::runtime_error("ping"); }});
  ActorRef<Command> actor = kit().Spawn(OrElse(
      Supervise(std::move(throws)).OnFailure(SupervisorStrategy::Resume()), Pongs(journal())));
  actor.Tell(Ping{1});
  actor.Tell(Pong{2});
  EXPECT_EQ(Happened(), "pong 2 #0");
}

TEST_P(OrElseTest, APairThatNamesItselfAgainDoesNotGrow) {
  struct Pair {
    static Behavior<Command> Make(Journal journal, int count) {
      return OrElse(
          ReceivePartial<Command>(On{[=](const Ping&) { return Make(journal, count + 1); }}),
          ReceivePartial<Command>(On{[=](const Pong&) {
            journal.Add(count);
            return Make(journal, count + 1);
          }}));
    }
  };
  ActorRef<Command> actor = kit().Spawn(Pair::Make(journal(), 0));
  for (int i = 0; i < 10'000; ++i) actor.Tell(Ping{i});
  actor.Tell(Pong{0});
  EXPECT_EQ(Happened(), "10000");
  kit().Stop(actor);  // a chain of ten thousand would be destroyed recursively
}

TEST_P(OrElseTest, AStopInItsStartStops) {
  ActorRef<Command> actor = kit().Spawn(
      OrElse(Setup<Command>([](ActorContext<Command>&) -> Behavior<Command> { return Stopped(); }),
             Pongs(journal())));
  actor.Tell(Pong{1});
  EXPECT_EQ(Happened(), "dead letter Pong");
}

// --- Delegate ---

struct Hold {
  std::unique_ptr<int> value;
};
struct Wide : std::variant<Ping, Pong, Hold> {
  using variant::variant;
};

class DelegateTest : public CoreTest {
 protected:
  // Gives each Ping to what `make` makes, and adopts what comes of it.
  template <class Make>
  ActorRef<Command> SpawnDelegating(Make make) {
    return kit().Spawn(Setup<Command>([make, journal = journal()](ActorContext<Command>& context) {
      return Receive<Command>(
          On{[make, &context](const Ping& m) { return context.Delegate<Ping>(make(), m); },
             [journal](const Pong& m) {
               journal.Add("own pong ", m.number);
               return Same();
             },
             [](const Stop&) { return Stopped(); }});
    }));
  }
};
SAMPO_ON_EACH_RUNTIME(DelegateTest);

TEST_P(DelegateTest, TheResultIsAdopted) {
  ActorRef<Command> actor =
      SpawnDelegating([journal = journal()] { return Pings(journal, 0, 10); });
  actor.Tell(Pong{1});
  actor.Tell(Ping{2});
  actor.Tell(Ping{3});
  EXPECT_EQ(Happened(), "own pong 1, ping 2 #10, ping 3 #11");
}

TEST_P(DelegateTest, SameMeansTheDelegate) {
  ActorRef<Command> actor = SpawnDelegating([journal = journal()] {
    return Setup<Command>([journal](ActorContext<Command>&) {
      journal.Add("delegate starts");
      return Receive<Command>([journal](const auto&) {
        journal.Add("delegate");
        return Same();
      });
    });
  });
  actor.Tell(Ping{1});
  actor.Tell(Pong{2});
  EXPECT_EQ(Happened(), "delegate starts, delegate, delegate");
}

TEST_P(DelegateTest, UnhandledIsReported) {
  ActorRef<Command> actor = SpawnDelegating([journal = journal()] { return Pongs(journal); });
  actor.Tell(Ping{1});
  actor.Tell(Pong{2});
  EXPECT_EQ(HappenedWithoutOrder(), "pong 2 #0, unhandled Ping");
}

TEST_P(DelegateTest, StoppedAndFailuresPass) {
  ActorRef<Command> stops = SpawnDelegating([] { return Behavior<Command>(Stopped()); });
  stops.Tell(Ping{1});
  stops.Tell(Pong{2});
  EXPECT_EQ(Happened(), "dead letter Pong");
  ActorRef<Command> throws = SpawnDelegating([] {
    return Receive<Command>(
        [](const auto&) -> Behavior<Command> { throw std::runtime_error("delegate"); });
  });
  throws.Tell(Ping{1});
  throws.Tell(Pong{2});
  EXPECT_EQ(Happened(), "dead letter Pong");
}

TEST_P(DelegateTest, ADelegateMayStash) {
  ActorRef<Command> actor =
      kit().Spawn(WithStash<Command>(10, [journal = journal()](StashBuffer<Command>& stash) {
        return Setup<Command>([=, &stash](ActorContext<Command>& context) {
          return Receive<Command>(
              On{[=, &stash, &context](const Ping& m) {
                   return context.Delegate<Ping>(
                       Receive<Command>(On{
                           [=, &stash](const Ping& ping) {
                             stash.Stash(ping);
                             return Same();
                           },
                           [=, &stash](const Pong&) { return stash.UnstashAll(Pings(journal, 0)); },
                           [](const Stop&) { return Stopped(); }}),
                       m);
                 },
                 [](const auto&) { return Same(); }});
        });
      }));
  actor.Tell(Ping{1});
  actor.Tell(Ping{2});
  actor.Tell(Pong{3});
  EXPECT_EQ(Happened(), "ping 1 #0, ping 2 #1");
}

TEST_P(DelegateTest, AMoveOnlyMessage) {
  ActorRef<Wide> actor =
      kit().Spawn(Setup<Wide>([journal = journal()](ActorContext<Wide>& context) {
        return Receive<Wide>(On{[&context, journal](Hold&& m) {
                                  return context.Delegate(
                                      Receive<Wide>(On{[journal](Hold&& held) {
                                                         journal.Add(*held.value);
                                                         return Same();
                                                       },
                                                       [](const auto&) { return Same(); }}),
                                      std::move(m));
                                },
                                [](const auto&) { return Same(); }});
      }));
  actor.Tell(Hold{std::make_unique<int>(4)});
  EXPECT_EQ(Happened(), "4");
}

}  // namespace
}  // namespace sampo
