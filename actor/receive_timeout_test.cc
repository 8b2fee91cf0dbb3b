// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// SetReceiveTimeout and CancelReceiveTimeout.
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

struct Idle {
  std::string text = "idle";
};
struct Say {
  std::string text;
};
struct Do {
  std::function<void(ActorContext<struct Command>&)> step;
};
struct Command : std::variant<Idle, Say, Do> {
  using variant::variant;
};

Behavior<Command> Waiting(Journal journal) {
  return Setup<Command>([=](ActorContext<Command>& context) {
    return Receive<Command>(On{[journal](const Idle& m) {
                                 journal.Add(m.text);
                                 return Same();
                               },
                               [journal](const Say& m) {
                                 journal.Add(m.text);
                                 return Same();
                               },
                               [&context](const Do& m) {
                                 m.step(context);
                                 return Same();
                               }});
  });
}

class ReceiveTimeoutTest : public CoreTest {
 protected:
  ReceiveTimeoutTest()
      : actor_(kit().Spawn(Supervise(Waiting(journal())).OnFailure(SupervisorStrategy::Restart()),
                           "waiting")) {}
  void OnTurn(std::function<void(ActorContext<Command>&)> step) {
    actor_.Tell(Do{std::move(step)});
    Settle();
  }
  const ActorRef<Command>& actor() const { return actor_; }

 private:
  ActorRef<Command> actor_;
};
SAMPO_ON_EACH_RUNTIME(ReceiveTimeoutTest);

TEST_P(ReceiveTimeoutTest, ComesWhenNothingElseCame) {
  OnTurn([](auto& context) { context.SetReceiveTimeout(absl::Seconds(1), Idle{}); });
  Pass(absl::Milliseconds(900));
  actor().Tell(Say{"hello"});
  Pass(absl::Milliseconds(900));
  EXPECT_EQ(Happened(), "hello");
  Pass(absl::Milliseconds(100));
  EXPECT_EQ(Happened(), "idle");
}

TEST_P(ReceiveTimeoutTest, ComesAgainAndAgain) {
  OnTurn([](auto& context) { context.SetReceiveTimeout(absl::Seconds(1), Idle{}); });
  Pass(absl::Seconds(3));
  EXPECT_EQ(Happened(), "idle, idle, idle");
}

TEST_P(ReceiveTimeoutTest, ANewOneReplacesTheOld) {
  OnTurn([](auto& context) {
    context.SetReceiveTimeout(absl::Seconds(1), Idle{"old"});
    context.SetReceiveTimeout(absl::Seconds(2), Idle{"new"});
  });
  Pass(absl::Milliseconds(1999));
  EXPECT_EQ(Happened(), "");
  Pass(absl::Milliseconds(1));
  EXPECT_EQ(Happened(), "new");
}

TEST_P(ReceiveTimeoutTest, CancelEndsIt) {
  OnTurn([](auto& context) { context.SetReceiveTimeout(absl::Seconds(1), Idle{}); });
  OnTurn([](auto& context) {
    context.CancelReceiveTimeout();
    context.CancelReceiveTimeout();
  });
  Pass(absl::Seconds(5));
  EXPECT_EQ(Happened(), "");
}

TEST_P(ReceiveTimeoutTest, OneThatIsInTheMailboxIsSwallowedByCancel) {
  // A keyed timer of the same moment comes first, and cancels: the timeout is behind it.
  OnTurn([](auto& context) {
    context.Timers().StartSingleTimer("t", Do{[](auto& now) { now.CancelReceiveTimeout(); }},
                                      absl::Seconds(1));
    context.SetReceiveTimeout(absl::Seconds(1), Idle{});
  });
  Pass(absl::Seconds(5));
  EXPECT_EQ(Happened(), "");
}

TEST_P(ReceiveTimeoutTest, ATimersTickIsAMessageLikeAnyOther) {
  OnTurn([](auto& context) {
    context.SetReceiveTimeout(absl::Seconds(1), Idle{});
    context.Timers().StartTimerWithFixedDelay("t", Say{"tick"}, absl::Milliseconds(600));
  });
  Pass(absl::Milliseconds(1900));
  EXPECT_EQ(Happened(), "tick, tick, tick");
}

TEST_P(ReceiveTimeoutTest, EndsWithARestart) {
  OnTurn([](auto& context) { context.SetReceiveTimeout(absl::Seconds(1), Idle{}); });
  OnTurn([](auto&) { throw std::runtime_error("boom"); });
  Pass(absl::Seconds(5));
  EXPECT_EQ(Happened(), "");
}

TEST_P(ReceiveTimeoutTest, AStopInTheMeantimeLosesNothingElse) {
  OnTurn([](auto& context) { context.SetReceiveTimeout(absl::Seconds(1), Idle{}); });
  kit().Stop(actor());
  Pass(absl::Seconds(5));
  EXPECT_EQ(Happened(), "");
}

}  // namespace
}  // namespace sampo
