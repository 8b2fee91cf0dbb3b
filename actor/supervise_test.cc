// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// What a supervisor does with the failures of a running behavior. Starts that fail:
// supervise_start_test.cc. Restarts that wait: restart_test.cc.
#include "sampo/actor/supervise.h"

#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <utility>

#include "gtest/gtest.h"
#include "sampo/actor/actor.h"
#include "sampo/actor/core_test_fixture.h"

namespace sampo {
namespace {

struct Say {
  std::string text;
};
struct FailWith {
  absl::StatusCode code;
};
enum class Kind { kLogic, kRuntime, kOutOfMemory, kNumber, kBadAccess };
struct Throw {
  Kind kind;
};
struct Command : std::variant<Say, FailWith, Throw> {
  using variant::variant;
};

void ThrowIt(Kind kind) {
  switch (kind) {
    case Kind::kLogic:
      throw std::logic_error("logic");
    case Kind::kRuntime:
      throw std::runtime_error("runtime");
    case Kind::kOutOfMemory:
      throw std::bad_alloc();
    case Kind::kNumber:
      throw 42;
    case Kind::kBadAccess:
      (void)absl::StatusOr<int>(absl::NotFoundError("no such cart")).value();
  }
}

// Counts what it says, so that lost state shows.
Behavior<Command> Parrot(Journal journal) {
  return Setup<Command>([journal](ActorContext<Command>&) -> Behavior<Command> {
    journal.Add("start");
    auto said = std::make_shared<int>(0);
    return Receive<Command>(On{[journal, said](const Say& m) {
                                 journal.Add(m.text, ++*said);
                                 return Same();
                               },
                               [](const FailWith& m) -> Behavior<Command> {
                                 return Fail(absl::Status(m.code, "as told"));
                               },
                               [](const Throw& m) {
                                 ThrowIt(m.kind);
                                 return Same();
                               }},
                            OnSignal{[journal](const PreRestart&) {
                                       journal.Add("prerestart");
                                       return Same();
                                     },
                                     [journal](const PostStop&) {
                                       journal.Add("poststop");
                                       return Same();
                                     }});
  });
}

class SuperviseTest : public CoreTest {
 protected:
  ActorRef<Command> SpawnParrot(SupervisorStrategy strategy) {
    ActorRef<Command> parrot =
        kit().Spawn(Behavior<Command>(Supervise(Parrot(journal())).OnFailure(strategy)), "parrot");
    EXPECT_EQ(Happened(), "start");
    return parrot;
  }
};
SAMPO_ON_EACH_RUNTIME(SuperviseTest);

TEST_P(SuperviseTest, WithoutItAFailureStopsTheActor) {
  ActorRef<Command> parrot = kit().Spawn(Parrot(journal()), "parrot");
  parrot.Tell(Say{"a"});
  parrot.Tell(FailWith{absl::StatusCode::kInternal});
  parrot.Tell(Say{"b"});
  EXPECT_EQ(Happened(), "start, a1, poststop, dead letter Say");
}

TEST_P(SuperviseTest, StopStops) {
  ActorRef<Command> parrot = SpawnParrot(SupervisorStrategy::Stop());
  parrot.Tell(Throw{Kind::kLogic});
  EXPECT_EQ(Happened(), "poststop");
}

TEST_P(SuperviseTest, ResumeKeepsTheStateAndDropsTheMessage) {
  ActorRef<Command> parrot = SpawnParrot(SupervisorStrategy::Resume());
  parrot.Tell(Say{"a"});
  parrot.Tell(FailWith{absl::StatusCode::kInternal});
  parrot.Tell(Throw{Kind::kNumber});
  parrot.Tell(Say{"b"});
  EXPECT_EQ(Happened(), "a1, b2");
}

TEST_P(SuperviseTest, ResumeIsNeverForLackOfMemory) {
  ActorRef<Command> parrot = SpawnParrot(SupervisorStrategy::Resume());
  parrot.Tell(Throw{Kind::kOutOfMemory});
  EXPECT_EQ(Happened(), "poststop");
}

TEST_P(SuperviseTest, RestartBeginsAnewAndSendsNoPostStop) {
  ActorRef<Command> parrot = SpawnParrot(SupervisorStrategy::Restart());
  parrot.Tell(Say{"a"});
  parrot.Tell(Throw{Kind::kRuntime});
  parrot.Tell(Say{"b"});
  EXPECT_EQ(Happened(), "a1, prerestart, start, b1");
}

TEST_P(SuperviseTest, LimitEndsTheRestarts) {
  ActorRef<Command> parrot =
      SpawnParrot(SupervisorStrategy::Restart().WithLimit(2, absl::Seconds(10)));
  for (int i = 0; i < 3; ++i) parrot.Tell(FailWith{absl::StatusCode::kInternal});
  EXPECT_EQ(Happened(), "prerestart, start, prerestart, start, poststop");
}

TEST_P(SuperviseTest, LimitCountsAnewInTheNextWindow) {
  ActorRef<Command> parrot =
      SpawnParrot(SupervisorStrategy::Restart().WithLimit(1, absl::Seconds(10)));
  parrot.Tell(FailWith{absl::StatusCode::kInternal});
  EXPECT_EQ(Happened(), "prerestart, start");
  Pass(absl::Seconds(11));
  parrot.Tell(FailWith{absl::StatusCode::kInternal});
  EXPECT_EQ(Happened(), "prerestart, start");
  Pass(absl::Seconds(5));
  parrot.Tell(FailWith{absl::StatusCode::kInternal});
  EXPECT_EQ(Happened(), "poststop");
}

TEST_P(SuperviseTest, FirstRuleThatMatchesWins) {
  ActorRef<Command> parrot = kit().Spawn(
      Behavior<Command>(Supervise(Parrot(journal()))
                            .OnFailure(absl::StatusCode::kNotFound, SupervisorStrategy::Resume())
                            .OnFailure<std::logic_error>(SupervisorStrategy::Restart())
                            .OnFailure(absl::StatusCode::kUnknown, SupervisorStrategy::Resume())),
      "parrot");
  parrot.Tell(Say{"a"});
  parrot.Tell(FailWith{absl::StatusCode::kNotFound});
  parrot.Tell(Say{"b"});
  parrot.Tell(Throw{Kind::kRuntime});  // its status is UNKNOWN
  parrot.Tell(Say{"c"});
  parrot.Tell(Throw{Kind::kLogic});
  parrot.Tell(Say{"d"});
  EXPECT_EQ(Happened(), "start, a1, b2, c3, prerestart, start, d1");
  parrot.Tell(FailWith{absl::StatusCode::kInternal});
  EXPECT_EQ(Happened(), "poststop");
}

TEST_P(SuperviseTest, AStatusInAnExceptionKeepsItsCode) {
  ActorRef<Command> parrot = kit().Spawn(
      Behavior<Command>(Supervise(Parrot(journal()))
                            .OnFailure(absl::StatusCode::kNotFound, SupervisorStrategy::Resume())),
      "parrot");
  parrot.Tell(Throw{Kind::kBadAccess});
  parrot.Tell(Say{"a"});
  EXPECT_EQ(Happened(), "start, a1");
}

TEST_P(SuperviseTest, NestedSupervisorsEachTakeTheirOwn) {
  ActorRef<Command> parrot = kit().Spawn(
      Behavior<Command>(Supervise(Supervise(Parrot(journal()))
                                      .OnFailure<std::runtime_error>(SupervisorStrategy::Restart()))
                            .OnFailure<std::logic_error>(SupervisorStrategy::Resume())),
      "parrot");
  parrot.Tell(Say{"a"});
  parrot.Tell(Throw{Kind::kLogic});
  parrot.Tell(Say{"b"});
  parrot.Tell(Throw{Kind::kRuntime});
  parrot.Tell(Say{"c"});
  EXPECT_EQ(Happened(), "start, a1, b2, prerestart, start, c1");
  parrot.Tell(Throw{Kind::kNumber});
  EXPECT_EQ(Happened(), "poststop");
}

TEST_P(SuperviseTest, TwoForTheSameFailuresAreOne) {
  const auto limited = SupervisorStrategy::Restart().WithLimit(1, absl::Seconds(10));
  ActorRef<Command> parrot =
      kit().Spawn(Behavior<Command>(Supervise(Supervise(Parrot(journal())).OnFailure(limited))
                                        .OnFailure(SupervisorStrategy::Restart())),
                  "parrot");
  for (int i = 0; i < 2; ++i) parrot.Tell(FailWith{absl::StatusCode::kInternal});
  EXPECT_EQ(Happened(), "start, prerestart, start, poststop");
}

TEST_P(SuperviseTest, ARestartOfTheOuterOneMakesTheInnerOneAnew) {
  const auto limited = SupervisorStrategy::Restart().WithLimit(1, absl::Seconds(10));
  ActorRef<Command> parrot =
      kit().Spawn(Behavior<Command>(
                      Supervise(Supervise(Parrot(journal())).OnFailure<std::runtime_error>(limited))
                          .OnFailure<std::logic_error>(SupervisorStrategy::Restart())),
                  "parrot");
  parrot.Tell(Throw{Kind::kRuntime});
  parrot.Tell(Throw{Kind::kLogic});
  parrot.Tell(Throw{Kind::kRuntime});  // the inner one's count begins anew
  EXPECT_EQ(Happened(), "start, prerestart, start, prerestart, start, prerestart, start");
  parrot.Tell(Throw{Kind::kRuntime});
  EXPECT_EQ(Happened(), "poststop");
}

TEST_P(SuperviseTest, AFailureInPreRestartDoesNotStopTheRestart) {
  auto broken = Setup<Command>([journal = journal()](ActorContext<Command>&) {
    journal.Add("start");
    return ReceivePartial<Command>(
        On{[](const FailWith& m) -> Behavior<Command> { return Fail(absl::Status(m.code, "x")); }},
        OnSignal{[journal](const PreRestart&) -> Behavior<Command> {
          journal.Add("prerestart");
          throw std::runtime_error("while going");
        }});
  });
  ActorRef<Command> parrot = kit().Spawn(
      Behavior<Command>(Supervise(std::move(broken)).OnFailure(SupervisorStrategy::Restart())),
      "parrot");
  parrot.Tell(FailWith{absl::StatusCode::kInternal});
  parrot.Tell(Say{"a"});
  EXPECT_EQ(Happened(), "start, prerestart, start, unhandled Say");
  EXPECT_EQ(log().Count({.level = LogLevel::kError, .message_contains = "while going"}), 1u);
}

TEST_P(SuperviseTest, WhatPreRestartReturnsIsForgotten) {
  auto odd = Setup<Command>([journal = journal()](ActorContext<Command>&) {
    return ReceivePartial<Command>(
        On{[](const FailWith& m) -> Behavior<Command> { return Fail(absl::Status(m.code, "x")); },
           [journal](const Say& m) {
             journal.Add(m.text);
             return Same();
           }},
        OnSignal{[journal](const PreRestart&) { return Parrot(journal); }});
  });
  ActorRef<Command> parrot = kit().Spawn(
      Behavior<Command>(Supervise(std::move(odd)).OnFailure(SupervisorStrategy::Restart())),
      "parrot");
  parrot.Tell(FailWith{absl::StatusCode::kInternal});
  parrot.Tell(Say{"a"});
  EXPECT_EQ(Happened(), "a");
}

TEST_P(SuperviseTest, AFailedCallOfTheContextIsOneFailureOfOneTurn) {
  // Stop of a stranger fails the turn; that the handler throws as well changes nothing, and the
  // next message is handled in peace.
  auto clumsy = Setup<Command>([journal = journal(), me = system().Spawn(Parrot(journal()), "x")](
                                   ActorContext<Command>& context) {
    return ReceivePartial<Command>(On{[journal, me, &context](const Throw& m) {
                                        context.Stop(me);
                                        ThrowIt(m.kind);
                                        return Same();
                                      },
                                      [journal](const Say& m) {
                                        journal.Add(m.text);
                                        return Same();
                                      }});
  });
  ActorRef<Command> parrot = kit().Spawn(
      Behavior<Command>(Supervise(std::move(clumsy)).OnFailure(SupervisorStrategy::Resume())),
      "parrot");
  parrot.Tell(Throw{Kind::kRuntime});
  parrot.Tell(Say{"a"});
  EXPECT_EQ(Happened(), "start, a");
}

TEST_P(SuperviseTest, MayBeSpawnedAndNestedAsItIs) {
  ActorRef<Command> parrot = kit().system().Spawn(
      Supervise(
          Supervise(Parrot(journal())).OnFailure<std::logic_error>(SupervisorStrategy::Resume()))
          .OnFailure(SupervisorStrategy::Restart()),
      "parrot");
  parrot.Tell(Throw{Kind::kLogic});
  parrot.Tell(Throw{Kind::kRuntime});
  EXPECT_EQ(Happened(), "start, prerestart, start");
}

TEST_P(SuperviseTest, ABehaviorChangeKeepsTheSupervisor) {
  struct Modes {
    static Behavior<Command> Counting(Journal journal, int n) {
      return Receive<Command>(On{[journal, n](const Say& m) {
                                   journal.Add(m.text, n);
                                   return Counting(journal, n + 1);
                                 },
                                 [](const FailWith& m) -> Behavior<Command> {
                                   return Fail(absl::Status(m.code, "as told"));
                                 },
                                 [](const Throw&) { return Same(); }});
    }
  };
  ActorRef<Command> parrot = kit().Spawn(
      Behavior<Command>(
          Supervise(Modes::Counting(journal(), 0)).OnFailure(SupervisorStrategy::Restart())),
      "parrot");
  for (int i = 0; i < 3; ++i) parrot.Tell(Say{"a"});
  parrot.Tell(FailWith{absl::StatusCode::kInternal});
  parrot.Tell(Say{"b"});
  EXPECT_EQ(Happened(), "a0, a1, a2, b0");
}

}  // namespace
}  // namespace sampo
