// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// What a supervisor does when the start of a behavior fails: at first, and at each restart.
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include "gtest/gtest.h"
#include "sampo/actor/abstract_behavior.h"
#include "sampo/actor/actor.h"
#include "sampo/actor/core_test_fixture.h"
#include "sampo/actor/interceptor.h"
#include "sampo/actor/supervise.h"

namespace sampo {
namespace {

struct Say {
  std::string text;
};
struct Boom {};
struct Command : std::variant<Say, Boom> {
  using variant::variant;
};

Behavior<Command> Ready(Journal journal) {
  return Receive<Command>(
      On{[journal](const Say& m) {
           journal.Add(m.text);
           return Same();
         },
         [](const Boom&) -> Behavior<Command> { return Fail(absl::InternalError("boom")); }});
}

enum class Failing { kThrows, kFails, kFailsTurn };

// Its first `failures` starts fail.
Behavior<Command> Starter(Journal journal, int failures, Failing how = Failing::kThrows) {
  auto left = std::make_shared<int>(failures);
  return Setup<Command>([journal, left, how](ActorContext<Command>& context) -> Behavior<Command> {
    if (*left == 0) {
      journal.Add("started");
      return Ready(journal);
    }
    --*left;
    journal.Add("failing");
    if (how == Failing::kThrows) throw std::runtime_error("start");
    if (how == Failing::kFails) return Fail(absl::InternalError("start"));
    context.Spawn(Ready(journal), "not a name");
    return Ready(journal);
  });
}

class SuperviseStartTest : public CoreTest {
 protected:
  // Spawns it with a message that waits for the start.
  void Spawn(Behavior<Command> behavior) {
    kit().Spawn(std::move(behavior), "starter").Tell(Say{"hello"});
  }
};
SAMPO_ON_EACH_RUNTIME(SuperviseStartTest);

TEST_P(SuperviseStartTest, AFailedStartStopsTheActor) {
  for (Failing how : {Failing::kThrows, Failing::kFails, Failing::kFailsTurn}) {
    kit().Spawn(Starter(journal(), 1, how)).Tell(Say{"hello"});
    EXPECT_EQ(Happened(), "failing, dead letter Say");
  }
}

TEST_P(SuperviseStartTest, AnUnlimitedRestartDoesNotTryAgain) {
  for (Failing how : {Failing::kThrows, Failing::kFails, Failing::kFailsTurn}) {
    kit()
        .Spawn(Supervise(Starter(journal(), 9, how)).OnFailure(SupervisorStrategy::Restart()))
        .Tell(Say{"hello"});
    EXPECT_EQ(Happened(), "failing, dead letter Say");
  }
}

TEST_P(SuperviseStartTest, ALimitedRestartTriesUntilTheLimit) {
  const auto limited = SupervisorStrategy::Restart().WithLimit(3, absl::Seconds(10));
  for (Failing how : {Failing::kThrows, Failing::kFails, Failing::kFailsTurn}) {
    kit().Spawn(Supervise(Starter(journal(), 9, how)).OnFailure(limited)).Tell(Say{"hello"});
    EXPECT_EQ(Happened(), "failing, failing, failing, dead letter Say");
    kit().Spawn(Supervise(Starter(journal(), 2, how)).OnFailure(limited)).Tell(Say{"hello"});
    EXPECT_EQ(Happened(), "failing, failing, started, hello");
  }
}

TEST_P(SuperviseStartTest, ALimitOfOneMakesTheFirstFailureFinal) {
  const auto once = SupervisorStrategy::Restart().WithLimit(1, absl::Seconds(10));
  Spawn(Supervise(Starter(journal(), 1)).OnFailure(once));
  EXPECT_EQ(Happened(), "failing, dead letter Say");
}

TEST_P(SuperviseStartTest, ABackoffAlwaysTriesAgainAndKeepsTheMessages) {
  const auto backoff = SupervisorStrategy::RestartWithBackoff(
      {.min = absl::Seconds(1), .max = absl::Seconds(4), .random_factor = 0});
  Spawn(Supervise(Starter(journal(), 2)).OnFailure(backoff));
  EXPECT_EQ(Happened(), "failing");
  Pass(absl::Milliseconds(999));
  EXPECT_EQ(Happened(), "");
  Pass(absl::Milliseconds(1));
  EXPECT_EQ(Happened(), "failing");
  Pass(absl::Seconds(2));
  EXPECT_EQ(Happened(), "started, hello");
}

TEST_P(SuperviseStartTest, OnlyTheFailuresOfItsRules) {
  const auto limited = SupervisorStrategy::Restart().WithLimit(3, absl::Seconds(10));
  Spawn(Supervise(Starter(journal(), 1)).OnFailure(absl::StatusCode::kInternal, limited));
  EXPECT_EQ(Happened(), "failing, dead letter Say");
}

TEST_P(SuperviseStartTest, AStartIsNotResumed) {
  Spawn(Supervise(Starter(journal(), 1)).OnFailure(SupervisorStrategy::Resume()));
  EXPECT_EQ(Happened(), "failing, dead letter Say");
}

TEST_P(SuperviseStartTest, ASupervisorInsideOfASetupTakesTheFailuresOfItsStart) {
  const auto limited = SupervisorStrategy::Restart().WithLimit(3, absl::Seconds(10));
  Spawn(Setup<Command>([=, journal = journal()](ActorContext<Command>&) -> Behavior<Command> {
    journal.Add("outside");
    return Supervise(Starter(journal, 2)).OnFailure(limited);
  }));
  EXPECT_EQ(Happened(), "outside, failing, failing, started, hello");
}

TEST_P(SuperviseStartTest, ASupervisorInsideOfAStashTakesTheFailuresOfItsStart) {
  const auto limited = SupervisorStrategy::Restart().WithLimit(3, absl::Seconds(10));
  Spawn(WithStash<Command>(10, [=, journal = journal()](StashBuffer<Command>&) {
    journal.Add("outside");
    return Supervise(Starter(journal, 2)).OnFailure(limited);
  }));
  EXPECT_EQ(Happened(), "outside, failing, failing, started, hello");
}

TEST_P(SuperviseStartTest, ASupervisorInsideOfAnInterceptorTakesTheFailuresOfItsStart) {
  const auto limited = SupervisorStrategy::Restart().WithLimit(3, absl::Seconds(10));
  Spawn(LogMessages<Command>(Supervise(Starter(journal(), 2)).OnFailure(limited)));
  EXPECT_EQ(Happened(), "failing, failing, started, hello");
}

TEST_P(SuperviseStartTest, TheInnerOfTwoSupervisorsTakesTheFailuresOfItsStartFirst) {
  const auto limited = SupervisorStrategy::Restart().WithLimit(3, absl::Seconds(10));
  // The outer one is for other failures.
  Spawn(Supervise(Supervise(Starter(journal(), 2)).OnFailure<std::runtime_error>(limited))
            .OnFailure<std::logic_error>(SupervisorStrategy::Restart()));
  EXPECT_EQ(Happened(), "failing, failing, started, hello");
}

TEST_P(SuperviseStartTest, WhatTheInnerOneGivesUpTheOuterOneDecides) {
  const auto inner = SupervisorStrategy::Restart().WithLimit(2, absl::Seconds(10));
  const auto outer = SupervisorStrategy::Restart().WithLimit(2, absl::Seconds(10));
  Spawn(Supervise(Supervise(Starter(journal(), 3)).OnFailure<std::runtime_error>(inner))
            .OnFailure<std::exception>(outer));
  EXPECT_EQ(Happened(), "failing, failing, failing, started, hello");
}

TEST_P(SuperviseStartTest, AStartThatFailsAtARestartIsFinalWhereThereIsNoLimit) {
  auto starts = std::make_shared<int>(0);
  Behavior<Command> second_fails =
      Setup<Command>([starts, journal = journal()](ActorContext<Command>&) -> Behavior<Command> {
        journal.Add("start");
        if (++*starts == 2) return Fail(absl::InternalError("no more"));
        return Ready(journal);
      });
  ActorRef<Command> actor =
      kit().Spawn(Supervise(std::move(second_fails)).OnFailure(SupervisorStrategy::Restart()));
  actor.Tell(Boom{});
  actor.Tell(Say{"hello"});
  EXPECT_EQ(Happened(), "start, start, dead letter Say");
}

TEST_P(SuperviseStartTest, AnActorMayStopInItsStart) {
  Spawn(Supervise(Setup<Command>([journal = journal()](ActorContext<Command>&) {
          journal.Add("start");
          return Behavior<Command>(Stopped([journal] { journal.Add("hook"); }));
        })).OnFailure(SupervisorStrategy::Restart()));
  EXPECT_EQ(Happened(), "start, hook, dead letter Say");
}

TEST_P(SuperviseStartTest, SameIsNoBehaviorToStartWith) {
  Spawn(Setup<Command>([](ActorContext<Command>&) { return Behavior<Command>(Same()); }));
  EXPECT_EQ(Happened(), "dead letter Say");
  EXPECT_GE(log().Count({.level = LogLevel::kError, .message_contains = "Setup returned Same()"}),
            1u);
  // Nor to go on with.
  ActorRef<Command> changing = kit().Spawn(Receive<Command>([](const auto&) -> Behavior<Command> {
    return Setup<Command>([](ActorContext<Command>&) { return Behavior<Command>(Same()); });
  }));
  changing.Tell(Boom{});
  changing.Tell(Say{"hello"});
  EXPECT_EQ(Happened(), "dead letter Say");
}

TEST_P(SuperviseStartTest, WhatCanNotBeMadeAgainIsRefusedAtSpawn) {
  Behavior<Command> once = Receive<Command>([n = 0](const auto&) mutable {
    ++n;
    return Behavior<Command>(Same());
  });
  absl::StatusOr<ActorRef<Command>> ref = system().TrySpawn(
      Supervise(std::move(once)).OnFailure(SupervisorStrategy::Restart()), "counter");
  EXPECT_EQ(ref.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_NE(ref.status().message().find("/user/counter"), absl::string_view::npos) << ref.status();
  // Where nothing restarts it, it is welcome.
  Behavior<Command> again = Receive<Command>([n = 0](const auto&) mutable {
    ++n;
    return Behavior<Command>(Same());
  });
  EXPECT_TRUE(
      system()
          .TrySpawn(Supervise(std::move(again)).OnFailure(SupervisorStrategy::Resume()), "counter")
          .ok());
}

TEST_P(SuperviseStartTest, WhatCanNotBeMadeAgainInsideOfASetupFailsTheStart) {
  Spawn(Setup<Command>([](ActorContext<Command>&) -> Behavior<Command> {
    Behavior<Command> once = Receive<Command>([n = 0](const auto&) mutable {
      ++n;
      return Behavior<Command>(Same());
    });
    return Supervise(std::move(once)).OnFailure(SupervisorStrategy::Restart());
  }));
  EXPECT_EQ(Happened(), "dead letter Say");
  EXPECT_EQ(log().Count({.level = LogLevel::kError, .message_contains = "can't be made again"}),
            1u);
}

TEST_P(SuperviseStartTest, AFailAsBehaviorIsAFailedStart) {
  const auto limited = SupervisorStrategy::Restart().WithLimit(3, absl::Seconds(10));
  Spawn(Supervise(Behavior<Command>(Fail(absl::InternalError("bad settings")))).OnFailure(limited));
  EXPECT_EQ(Happened(), "dead letter Say");
}

}  // namespace
}  // namespace sampo
