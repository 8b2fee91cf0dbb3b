// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Interleaving: messages are handled while coroutine handlers wait.
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

struct Go {
  std::string text;
  absl::Duration pause;
};
struct Say {
  std::string text;
};
struct Boom {};
struct Become {
  bool interleaving;
};
struct Command : std::variant<Go, Say, Boom, Become> {
  using variant::variant;
};

Behavior<Command> Actor(Journal journal, std::string name) {
  return Setup<Command>([=](ActorContext<Command>& context) {
    return Receive<Command>(
        On{[=, &context](const Go& m) -> Task<Behavior<Command>> {
             journal.Add(m.text, " begins");
             auto pause = context.Sleep(m.pause);
             co_await std::move(pause);
             journal.Add(m.text, " ends in ", name);
             co_return Same();
           },
           [=](const Say& m) {
             journal.Add(name, " says ", m.text);
             return Same();
           },
           [](const Boom&) -> Behavior<Command> { return Fail(absl::InternalError("boom")); },
           [=](const Become& m) {
             auto next = Actor(journal, "b");
             return m.interleaving ? Interleaving(std::move(next)) : std::move(next);
           }});
  });
}

class InterleavingTest : public CoreTest {};
SAMPO_ON_EACH_RUNTIME(InterleavingTest);

TEST_P(InterleavingTest, WithoutItMessagesWait) {
  ActorRef<Command> actor = kit().Spawn(Actor(journal(), "a"));
  actor.Tell(Go{"1", absl::Seconds(1)});
  actor.Tell(Say{"x"});
  EXPECT_EQ(Happened(), "1 begins");
  Pass(absl::Seconds(1));
  EXPECT_EQ(Happened(), "1 ends in a, a says x");
}

TEST_P(InterleavingTest, WithItTheyDoNot) {
  ActorRef<Command> actor = kit().Spawn(Interleaving(Actor(journal(), "a")));
  actor.Tell(Go{"1", absl::Seconds(2)});
  actor.Tell(Go{"2", absl::Seconds(1)});
  actor.Tell(Say{"x"});
  EXPECT_EQ(Happened(), "1 begins, 2 begins, a says x");
  Pass(absl::Seconds(2));
  EXPECT_EQ(Happened(), "2 ends in a, 1 ends in a");
}

TEST_P(InterleavingTest, AStopDestroysAllThatWait) {
  ActorRef<Command> actor = kit().Spawn(Interleaving(Actor(journal(), "a")));
  for (int i = 0; i < 10; ++i) actor.Tell(Go{StrCat(i), absl::Seconds(i)});
  Settle();
  kit().Stop(actor);
  journal().Take();
  Pass(absl::Seconds(20));
  EXPECT_EQ(Happened(), "");
}

TEST_P(InterleavingTest, ARestartDestroysAllThatWaitAndKeepsIt) {
  ActorRef<Command> actor = kit().Spawn(
      Supervise(Interleaving(Actor(journal(), "a"))).OnFailure(SupervisorStrategy::Restart()));
  actor.Tell(Go{"1", absl::Seconds(1)});
  actor.Tell(Boom{});
  actor.Tell(Go{"2", absl::Seconds(1)});
  actor.Tell(Say{"x"});
  EXPECT_EQ(Happened(), "1 begins, 2 begins, a says x");
  Pass(absl::Seconds(1));
  EXPECT_EQ(Happened(), "2 ends in a");
}

TEST_P(InterleavingTest, AHandlerOutlivesTheBehaviorItCameFrom) {
  ActorRef<Command> actor = kit().Spawn(Interleaving(Actor(journal(), "a")));
  actor.Tell(Go{"1", absl::Seconds(1)});
  actor.Tell(Become{true});
  actor.Tell(Say{"x"});
  EXPECT_EQ(Happened(), "1 begins, b says x");
  Pass(absl::Seconds(1));
  EXPECT_EQ(Happened(), "1 ends in a");  // its captures are still there
  actor.Tell(Say{"y"});
  EXPECT_EQ(Happened(), "b says y");
}

TEST_P(InterleavingTest, ItsOwnBehaviorChangesKeepItAndDoNotGrow) {
  // The wrapper stays around what its behavior becomes.
  ActorRef<Command> actor = kit().Spawn(Interleaving(Actor(journal(), "a")));
  actor.Tell(Become{false});
  for (int i = 0; i < 1000; ++i) actor.Tell(Become{true});
  actor.Tell(Go{"1", absl::Seconds(1)});
  actor.Tell(Say{"x"});
  EXPECT_EQ(Happened(), "1 begins, b says x");
}

TEST_P(InterleavingTest, ABehaviorMayBecomeInterleaving) {
  ActorRef<Command> actor = kit().Spawn(Actor(journal(), "a"));
  actor.Tell(Become{true});
  actor.Tell(Go{"1", absl::Seconds(1)});
  actor.Tell(Say{"x"});
  EXPECT_EQ(Happened(), "1 begins, b says x");
}

}  // namespace
}  // namespace sampo
