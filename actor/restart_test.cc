// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Restarts that wait: for children that stop, for a backoff; and what happens to messages
// meanwhile.
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
};
struct Boom {};
struct Count {
  ReplyTo<int> reply_to;
};
struct Command : std::variant<Say, Boom, Count> {
  using variant::variant;
};

// Says so when it has stopped; takes as long as its own child.
Behavior<Say> Child(Journal journal, std::string name, bool with_grandchild) {
  return Setup<Say>([=](ActorContext<Say>& context) {
    if (with_grandchild) context.Spawn(Child(journal, "grand" + name, false), "grand");
    return Receive<Say>(On{[journal](const Say& m) {
                          journal.Add("child got ", m.text);
                          return Same();
                        }},
                        OnSignal{[journal, name](const PostStop&) {
                          journal.Add(name, " stopped");
                          return Same();
                        }});
  });
}

Behavior<Command> Talking(Journal journal) {
  return Receive<Command>(On{[journal](const Say& m) {
                               journal.Add(m.text);
                               return Same();
                             },
                             [journal](const Boom&) -> Behavior<Command> {
                               journal.Add("boom");
                               return Fail(absl::InternalError("boom"));
                             },
                             [](Count&& m) {
                               m.reply_to.Tell(1);
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
}

Behavior<Command> Parent(Journal journal, bool with_children) {
  return Setup<Command>([=](ActorContext<Command>& context) {
    journal.Add("start");
    if (with_children && context.Children().empty()) {
      context.Spawn(Child(journal, "a", true), "a");
      context.Spawn(Child(journal, "b", false), "b");
    }
    return Talking(journal);
  });
}

constexpr auto kSecondBackoff = Backoff{.min = absl::Seconds(1),
                                        .max = absl::Seconds(4),
                                        .random_factor = 0,
                                        .reset_after = absl::Seconds(10)};

class RestartTest : public CoreTest {};
SAMPO_ON_EACH_RUNTIME(RestartTest);

TEST_P(RestartTest, ChildrenAreGoneBeforeTheNewStart) {
  ActorRef<Command> parent =
      kit().Spawn(Supervise(Parent(journal(), true)).OnFailure(SupervisorStrategy::Restart()), "p");
  EXPECT_EQ(Happened(), "start");
  parent.Tell(Boom{});
  parent.Tell(Say{"1"});
  parent.Tell(Say{"2"});
  Settle();
  std::vector<std::string> lines = journal().TakeLines();
  ASSERT_EQ(lines.size(), 8u);
  EXPECT_EQ(lines[0] + lines[1], "boomprerestart");
  // The children in any order, but for the grandchild before its parent.
  EXPECT_EQ(lines[5] + lines[6] + lines[7], "start12");
  EXPECT_LT(std::find(lines.begin(), lines.end(), "granda stopped"),
            std::find(lines.begin(), lines.end(), "a stopped"));
}

TEST_P(RestartTest, ChildrenMayStay) {
  ActorRef<Command> parent = kit().Spawn(
      Setup<Command>([journal = journal()](ActorContext<Command>& context) -> Behavior<Command> {
        context.Spawn(Child(journal, "a", false), "a");
        return Supervise(Parent(journal, true))
            .OnFailure(SupervisorStrategy::Restart().WithStopChildren(false));
      }));
  parent.Tell(Boom{});
  parent.Tell(Say{"1"});
  EXPECT_EQ(Happened(), "start, boom, prerestart, start, 1");
}

TEST_P(RestartTest, TheWaitIsBoundedByItsStash) {
  ActorRef<Command> parent = kit().Spawn(
      Supervise(Parent(journal(), false))
          .OnFailure(SupervisorStrategy::RestartWithBackoff(kSecondBackoff).WithStashCapacity(2)),
      "p");
  parent.Tell(Boom{});
  for (int i = 1; i <= 4; ++i) parent.Tell(Say{StrCat(i)});
  EXPECT_EQ(Happened(), "start, boom, prerestart, dropped Say, dropped Say");
  Pass(absl::Seconds(1));
  EXPECT_EQ(Happened(), "start, 1, 2");
}

TEST_P(RestartTest, ARequestThatIsDroppedByTheBoundIsAnsweredAtOnce) {
  ActorRef<Command> parent = kit().Spawn(
      Supervise(Parent(journal(), false))
          .OnFailure(SupervisorStrategy::RestartWithBackoff(kSecondBackoff).WithStashCapacity(0)),
      "p");
  parent.Tell(Boom{});
  Settle();
  Future<int> count = Ask<int>(parent, absl::Seconds(100),
                               [](auto reply_to) { return Count{std::move(reply_to)}; });
  Settle();
  ASSERT_TRUE(count.IsComplete());
  EXPECT_EQ(Await(count, absl::Seconds(1)).status().code(), absl::StatusCode::kResourceExhausted);
}

TEST_P(RestartTest, BackoffGrowsAndIsResetByAQuietTime) {
  ActorRef<Command> parent =
      kit().Spawn(Supervise(Parent(journal(), false))
                      .OnFailure(SupervisorStrategy::RestartWithBackoff(kSecondBackoff)),
                  "p");
  for (int seconds : {1, 2, 4, 4}) {
    parent.Tell(Boom{});
    Settle();
    journal().Take();
    Pass(absl::Seconds(seconds) - absl::Milliseconds(1));
    EXPECT_EQ(Happened(), "") << seconds;
    Pass(absl::Milliseconds(1));
    EXPECT_EQ(Happened(), "start") << seconds;
  }
  Pass(absl::Seconds(10));
  parent.Tell(Boom{});
  Settle();
  journal().Take();
  Pass(absl::Seconds(1));
  EXPECT_EQ(Happened(), "start");
}

TEST_P(RestartTest, AnEarlierFailureDoesNotResetTheCountOfALaterOne) {
  // Half of the reset time after the first failure comes the second; when the first one's time is
  // over, the count must still be two.
  ActorRef<Command> parent =
      kit().Spawn(Supervise(Parent(journal(), false))
                      .OnFailure(SupervisorStrategy::RestartWithBackoff(kSecondBackoff)),
                  "p");
  parent.Tell(Boom{});
  Pass(absl::Seconds(5));
  parent.Tell(Boom{});
  Pass(absl::Seconds(6));  // 11 s after the first one, 6 s after the second
  EXPECT_EQ(Happened(), "start, boom, prerestart, start, boom, prerestart, start");
  parent.Tell(Boom{});
  Pass(absl::Milliseconds(3999));
  EXPECT_EQ(Happened(), "boom, prerestart");
  Pass(absl::Milliseconds(1));
  EXPECT_EQ(Happened(), "start");
}

TEST_P(RestartTest, BackoffWaitsForChildrenToo) {
  ActorRef<Command> parent =
      kit().Spawn(Supervise(Parent(journal(), true))
                      .OnFailure(SupervisorStrategy::RestartWithBackoff(kSecondBackoff)),
                  "p");
  EXPECT_EQ(Happened(), "start");  // and the children have started
  parent.Tell(Boom{});
  parent.Tell(Say{"1"});
  Settle();
  EXPECT_EQ(journal().TakeLines().size(), 5u);  // boom, prerestart, three children
  Pass(absl::Seconds(1));
  EXPECT_EQ(Happened(), "start, 1");
}

TEST_P(RestartTest, AStopWhileARestartWaitsEndsTheActor) {
  ActorRef<Command> parent =
      kit().Spawn(Supervise(Parent(journal(), false))
                      .OnFailure(SupervisorStrategy::RestartWithBackoff(kSecondBackoff)),
                  "p");
  parent.Tell(Boom{});
  parent.Tell(Say{"1"});
  EXPECT_EQ(Happened(), "start, boom, prerestart");
  kit().Stop(parent);
  EXPECT_EQ(Happened(), "poststop, dead letter Say");
  Pass(absl::Seconds(2));
  EXPECT_EQ(Happened(), "");
}

TEST_P(RestartTest, MessagesAreInOrderThroughTwoRestarts) {
  ActorRef<Command> parent =
      kit().Spawn(Supervise(Parent(journal(), false))
                      .OnFailure(SupervisorStrategy::RestartWithBackoff(kSecondBackoff)),
                  "p");
  parent.Tell(Boom{});
  parent.Tell(Say{"1"});
  parent.Tell(Boom{});
  parent.Tell(Say{"2"});
  Settle();
  parent.Tell(Say{"3"});
  Pass(absl::Seconds(1));
  parent.Tell(Say{"4"});
  Pass(absl::Seconds(2));
  parent.Tell(Say{"5"});
  EXPECT_EQ(Happened(), "start, boom, prerestart, start, 1, boom, prerestart, start, 2, 3, 4, 5");
}

TEST_P(RestartTest, ARestartOfTheOuterOneReachesASupervisorInsideOfOrElse) {
  // Each side may wait for a restart of its own.
  Behavior<Command> first =
      Supervise(Setup<Command>([journal = journal()](ActorContext<Command>&) {
        journal.Add("start");
        return ReceivePartial<Command>(
            On{[](const Boom&) -> Behavior<Command> { return Fail(absl::InternalError("boom")); }});
      })).OnFailure(SupervisorStrategy::RestartWithBackoff(kSecondBackoff));
  ActorRef<Command> both = kit().Spawn(OrElse(std::move(first), Talking(journal())), "both");
  both.Tell(Say{"1"});
  both.Tell(Boom{});
  both.Tell(Say{"2"});
  EXPECT_EQ(Happened(), "start, 1");
  Pass(absl::Seconds(1));
  EXPECT_EQ(Happened(), "start, 2");
}

TEST_P(RestartTest, TheRefAndThePathStay) {
  ActorRef<Command> parent = kit().Spawn(
      Supervise(Parent(journal(), false)).OnFailure(SupervisorStrategy::Restart()), "p");
  const std::string before = parent.path();
  parent.Tell(Boom{});
  parent.Tell(Say{"1"});
  EXPECT_EQ(Happened(), "start, boom, prerestart, start, 1");
  EXPECT_EQ(parent.path(), before);
}

}  // namespace
}  // namespace sampo
