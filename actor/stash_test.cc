// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// StashBuffer and WithStash.
#include "sampo/actor/stash_buffer.h"

#include <functional>
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

struct Say {
  std::string text;
  std::unique_ptr<int> weight = std::make_unique<int>(1);  // move-only, and found by a leak check
};
struct Open {};
struct Close {};
struct Command : std::variant<Say, Open, Close> {
  using variant::variant;
};

// Says nothing until it is opened. "boom" fails, "stop" stops, "again" is stashed again,
// "two" makes it say only two of what waits.
struct Door {
  Journal journal;
  StashBuffer<Command>& stash;

  Behavior<Command> Closed() const {
    return Receive<Command>(
        On{[door = *this](const Say& m) {
             door.stash.Stash(m);
             return Same();
           },
           [door = *this](const Open&) { return door.stash.UnstashAll(door.Opened()); },
           [](const Close&) { return Same(); }});
  }
  Behavior<Command> Opened() const {
    return Receive<Command>(
        On{[door = *this](Say& m) { return door.OnSay(m); },
           [door = *this](const Open&) { return door.stash.UnstashAll(door.Opened()); },
           [door = *this](const Close&) { return door.Closed(); }});
  }
  Behavior<Command> OnSay(Say& m) const {
    if (m.text == "boom") throw std::runtime_error("boom");
    if (m.text == "stop") return Stopped();
    if (m.text == "close") return Closed();
    if (m.text == "again") {
      m.text = "again!";
      stash.Stash(m);
      return Same();
    }
    journal.Add(m.text);
    return Same();
  }
};

Behavior<Command> MakeDoor(Journal journal, size_t capacity = 100) {
  return WithStash<Command>(capacity, [journal](StashBuffer<Command>& stash) {
    return Door{journal, stash}.Closed();
  });
}

class StashTest : public CoreTest {
 protected:
  void Say(std::initializer_list<const char*> texts) {
    for (const char* text : texts) door.Tell(sampo::Say{text});
  }
  ActorRef<Command> door;
};
SAMPO_ON_EACH_RUNTIME(StashTest);

TEST_P(StashTest, GivesBackInOrderBeforeWhatIsInTheMailbox) {
  door = kit().Spawn(MakeDoor(journal()));
  Say({"1", "2"});
  door.Tell(Open{});
  Say({"3"});
  EXPECT_EQ(Happened(), "1, 2, 3");
}

TEST_P(StashTest, IsBounded) {
  door = kit().Spawn(
      Supervise(MakeDoor(journal(), 2))
          .OnFailure(absl::StatusCode::kResourceExhausted, SupervisorStrategy::Resume()));
  Say({"1", "2", "3"});
  door.Tell(Open{});
  EXPECT_EQ(Happened(), "1, 2");
  EXPECT_EQ(log().Count({.message_contains = "stash is full (2 messages)"}), 1u);
}

TEST_P(StashTest, WhatIsLeftAtTheEndIsDeadLetters) {
  door = kit().Spawn(MakeDoor(journal()));
  Say({"1", "2"});
  Settle();
  kit().Stop(door);
  EXPECT_EQ(Happened(), "dead letter Say, dead letter Say");
}

TEST_P(StashTest, UnstashAllSeesWhatIsThereAtTheCall) {
  door = kit().Spawn(MakeDoor(journal()));
  Say({"again", "1"});
  door.Tell(Open{});
  EXPECT_EQ(Happened(), "1");
  door.Tell(Open{});
  EXPECT_EQ(Happened(), "again!");
}

TEST_P(StashTest, ABehaviorThatChangesWhileUnstashingMayStashTheRestAgain) {
  door = kit().Spawn(MakeDoor(journal()));
  Say({"1", "close", "2", "3"});
  door.Tell(Open{});
  EXPECT_EQ(Happened(), "1");
  Say({"4"});
  door.Tell(Open{});
  EXPECT_EQ(Happened(), "2, 3, 4");
}

TEST_P(StashTest, AStopWhileUnstashingLeavesTheRestToTheDeadLetters) {
  door = kit().Spawn(MakeDoor(journal()));
  Say({"1", "stop", "2", "3"});
  door.Tell(Open{});
  EXPECT_EQ(Happened(), "1, dead letter Say, dead letter Say");
}

TEST_P(StashTest, SurvivesAResume) {
  door = kit().Spawn(Supervise(MakeDoor(journal())).OnFailure(SupervisorStrategy::Resume()));
  Say({"1", "boom", "2"});
  door.Tell(Open{});
  Say({"3"});
  EXPECT_EQ(Happened(), "1, 2, 3");
}

TEST_P(StashTest, IsNewAfterARestartInsideOfTheSupervisor) {
  door = kit().Spawn(Supervise(MakeDoor(journal())).OnFailure(SupervisorStrategy::Restart()));
  Say({"1", "boom", "2", "3"});
  door.Tell(Open{});
  EXPECT_EQ(Happened(), "1, dead letter Say, dead letter Say");
  Say({"4"});
  door.Tell(Open{});
  EXPECT_EQ(Happened(), "4");
}

TEST_P(StashTest, SurvivesARestartOutsideOfTheSupervisor) {
  door = kit().Spawn(WithStash<Command>(
      100, [journal = journal()](StashBuffer<Command>& stash) -> Behavior<Command> {
        return Supervise(sampo::Setup<Command>([journal, &stash](ActorContext<Command>&) {
                 journal.Add("start");
                 return Door{journal, stash}.Closed();
               }))
            .OnFailure(SupervisorStrategy::Restart());
      }));
  Say({"1", "boom", "2", "3"});
  door.Tell(Open{});
  EXPECT_EQ(Happened(), "start, 1, start");
  Say({"4"});
  door.Tell(Open{});
  EXPECT_EQ(Happened(), "2, 3, 4");
}

TEST_P(StashTest, TheSameMessageTwiceIsRefused) {
  door = kit().Spawn(WithStash<Command>(10, [journal = journal()](StashBuffer<Command>& stash) {
    return Receive<Command>(On{[&stash, journal](const auto& m) {
      journal.Add(stash.TryStash(m).ok());
      journal.Add(absl::StatusCodeToString(stash.TryStash(m).code()));
      journal.Add(stash.size());
      return Same();
    }});
  }));
  Say({"1"});
  EXPECT_EQ(Happened(), "true, FAILED_PRECONDITION, 1");
  kit().Stop(door);
  EXPECT_EQ(Happened(), "dead letter Say");
}

TEST_P(StashTest, KnowsItsSize) {
  door = kit().Spawn(WithStash<Command>(2, [journal = journal()](StashBuffer<Command>& stash) {
    return Receive<Command>(On{[&stash, journal](const sampo::Say& m) {
                                 stash.Stash(m);
                                 journal.Add(stash.size(), "/", stash.capacity(), " ",
                                             stash.IsEmpty(), " ", stash.IsFull());
                                 return Same();
                               },
                               [&stash, journal](const Open&) {
                                 stash.Clear();
                                 journal.Add(stash.size(), " ", stash.IsEmpty());
                                 return Same();
                               },
                               [](const Close&) { return Same(); }});
  }));
  Say({"1", "2"});
  door.Tell(Open{});
  EXPECT_EQ(HappenedWithoutOrder(),
            "0 true, 1/2 false false, 2/2 false true, dead letter Say, dead letter Say");
}

TEST_P(StashTest, UnstashTakesSome) {
  door = kit().Spawn(WithStash<Command>(10, [journal = journal()](StashBuffer<Command>& stash) {
    Door door{journal, stash};
    return Receive<Command>(On{[&stash](const sampo::Say& m) {
                                 stash.Stash(m);
                                 return Same();
                               },
                               [door](const Open&) { return door.stash.Unstash(door.Opened(), 2); },
                               [](const Close&) { return Same(); }});
  }));
  Say({"1", "2", "3"});
  door.Tell(Open{});
  EXPECT_EQ(Happened(), "1, 2");
  door.Tell(Open{});
  EXPECT_EQ(Happened(), "3");
}

TEST_P(StashTest, AMemberOfAClassEndsWithIt) {
  class Shelf final : public AbstractBehavior<Shelf, Command> {
   public:
    explicit Shelf(ActorContext<Command>& context)
        : AbstractBehavior(context), stash_(context, 10) {}
    Behavior<Command> OnMessage(const sampo::Say& m) {
      stash_.Stash(m);
      return Same();
    }
    Behavior<Command> OnMessage(const Open&) { throw std::runtime_error("boom"); }
    Behavior<Command> OnMessage(const Close&) { return Stopped(); }

   private:
    StashBuffer<Command> stash_;
  };
  door = kit().Spawn(Supervise(Shelf::Create()).OnFailure(SupervisorStrategy::Restart()));
  Say({"1", "2"});
  door.Tell(Open{});
  EXPECT_EQ(Happened(), "dead letter Say, dead letter Say");
  Say({"3"});
  door.Tell(Close{});
  EXPECT_EQ(Happened(), "dead letter Say");
}

TEST_P(StashTest, AMillionMessagesDoNotGrowTheStack) {
  const int count = simulated() ? 100'000 : 1'000'000;
  auto seen = std::make_shared<int>(0);
  struct Counting {
    static Behavior<Command> Opened(std::shared_ptr<int> seen) {
      return Receive<Command>(On{[seen](const sampo::Say&) {
                                   ++*seen;
                                   return Opened(seen);  // a new behavior each time
                                 },
                                 [](const Open&) { return Same(); },
                                 [](const Close&) { return Same(); }});
    }
  };
  door = kit().Spawn(WithStash<Command>(count, [seen](StashBuffer<Command>& stash) {
    return Receive<Command>(
        On{[&stash](const sampo::Say& m) {
             stash.Stash(m);
             return Same();
           },
           [&stash, seen](const Open&) { return stash.UnstashAll(Counting::Opened(seen)); },
           [](const Close&) { return Same(); }});
  }));
  for (int i = 0; i < count; ++i) {
    door.Tell(sampo::Say{"x", nullptr});
    if (i % 10'000 == 0) Settle();
  }
  door.Tell(Open{});
  EXPECT_EQ(Happened(), "");
  EXPECT_EQ(*seen, count);
}

}  // namespace
}  // namespace sampo
