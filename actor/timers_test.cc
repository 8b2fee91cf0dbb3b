// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Keyed timers and ScheduleOnce.
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

struct Tick {
  std::string text;
};
struct Once {
  std::unique_ptr<int> value;
};
struct Fragile {  // throws when it is copied
  Fragile() = default;
  Fragile(const Fragile&) { throw std::runtime_error("copied"); }
  Fragile(Fragile&&) = default;
};
struct Do {
  std::function<void(ActorContext<struct Command>&)> step;
};
struct Command : std::variant<Tick, Once, Fragile, Do> {
  using variant::variant;
};

Behavior<Command> Timed(Journal journal) {
  return Setup<Command>([=](ActorContext<Command>& context) {
    return Receive<Command>(On{[journal](const Tick& m) {
                                 journal.Add(m.text);
                                 return Same();
                               },
                               [journal](Once&& m) {
                                 journal.Add("once ", *m.value);
                                 return Same();
                               },
                               [journal](const Fragile&) {
                                 journal.Add("fragile");
                                 return Same();
                               },
                               [&context](const Do& m) {
                                 m.step(context);
                                 return Same();
                               }});
  });
}

enum class Key { kFirst, kSecond };
enum class OtherKey { kFirst };

class TimersTest : public CoreTest {
 protected:
  TimersTest()
      : actor_(kit().Spawn(Supervise(Timed(journal())).OnFailure(SupervisorStrategy::Restart()),
                           "timed")) {}
  // Runs a step on the actor's turn, and waits for it.
  void OnTurn(std::function<void(ActorContext<Command>&)> step) {
    actor_.Tell(Do{std::move(step)});
    Settle();
  }
  const ActorRef<Command>& actor() const { return actor_; }

 private:
  ActorRef<Command> actor_;
};
SAMPO_ON_EACH_RUNTIME(TimersTest);

TEST_P(TimersTest, ASingleTimerFiresOnceAndNotEarly) {
  OnTurn([](auto& context) {
    context.Timers().StartSingleTimer("t", Tick{"tick"}, absl::Seconds(1));
  });
  Pass(absl::Milliseconds(999));
  EXPECT_EQ(Happened(), "");
  Pass(absl::Milliseconds(1));
  EXPECT_EQ(Happened(), "tick");
  Pass(absl::Seconds(10));
  EXPECT_EQ(Happened(), "");
}

TEST_P(TimersTest, ASingleTimerMovesItsMessage) {
  OnTurn([](auto& context) {
    context.Timers().StartSingleTimer("t", Once{std::make_unique<int>(7)}, absl::Seconds(1));
  });
  Pass(absl::Seconds(1));
  EXPECT_EQ(Happened(), "once 7");
}

TEST_P(TimersTest, FixedDelayTicksAtItsDelay) {
  OnTurn([](auto& context) {
    context.Timers().StartTimerWithFixedDelay("t", Tick{"tick"}, absl::Seconds(5),
                                              absl::Seconds(1));
  });
  Pass(absl::Milliseconds(4999));
  EXPECT_EQ(Happened(), "");
  Pass(absl::Milliseconds(1));
  EXPECT_EQ(Happened(), "tick");
  Pass(absl::Seconds(3));
  EXPECT_EQ(Happened(), "tick, tick, tick");
}

TEST_P(TimersTest, FixedRateTicksAtItsRate) {
  OnTurn([](auto& context) {
    context.Timers().StartTimerAtFixedRate("t", Tick{"tick"}, absl::Seconds(1));
  });
  Pass(absl::Seconds(3));
  EXPECT_EQ(Happened(), "tick, tick, tick");
}

TEST_P(TimersTest, ANewTimerOfAKeyReplacesTheOld) {
  OnTurn([](auto& context) {
    context.Timers().StartSingleTimer("t", Tick{"old"}, absl::Seconds(1));
    context.Timers().StartSingleTimer("t", Tick{"new"}, absl::Seconds(2));
  });
  Pass(absl::Seconds(5));
  EXPECT_EQ(Happened(), "new");
}

TEST_P(TimersTest, KeysAreTextsNumbersAndEnums) {
  OnTurn([](auto& context) {
    auto timers = context.Timers();
    std::string text = "te";
    text += "xt";
    timers.StartSingleTimer("text", Tick{"1"}, absl::Seconds(1));
    timers.StartSingleTimer(text, Tick{"2"}, absl::Seconds(1));  // the same key
    timers.StartSingleTimer(1, Tick{"3"}, absl::Seconds(2));
    timers.StartSingleTimer(2, Tick{"4"}, absl::Seconds(3));
    timers.StartSingleTimer(Key::kFirst, Tick{"5"}, absl::Seconds(4));
    timers.StartSingleTimer(Key::kSecond, Tick{"6"}, absl::Seconds(5));
    timers.StartSingleTimer(OtherKey::kFirst, Tick{"7"}, absl::Seconds(6));
    timers.StartSingleTimer("", Tick{"8"}, absl::Seconds(7));
    timers.StartSingleTimer(0, Tick{"9"}, absl::Seconds(8));
    timers.Cancel(2);
    timers.Cancel("unknown");
  });
  Pass(absl::Seconds(10));
  EXPECT_EQ(Happened(), "2, 3, 5, 6, 7, 8, 9");
}

TEST_P(TimersTest, CancelTakesBackATickThatIsInTheMailbox) {
  OnTurn([](auto& context) {
    auto timers = context.Timers();
    timers.StartSingleTimer(1, Tick{"cancelled"}, absl::Seconds(1));
    timers.StartSingleTimer(2, Tick{"replaced"}, absl::Seconds(1));
    timers.StartSingleTimer(3, Tick{"kept"}, absl::Seconds(1));
  });
  // At the same moment, before the three: their ticks are behind it in the mailbox.
  OnTurn([](auto& context) {
    context.Timers().StartSingleTimer(0, Do{[](auto& now) {
                                        now.Self().Tell(Do{[](auto& later) {
                                          later.Timers().Cancel(1);
                                          later.Timers().StartSingleTimer(2, Tick{"again"},
                                                                          absl::Seconds(1));
                                        }});
                                      }},
                                      absl::Milliseconds(999));
  });
  Pass(absl::Seconds(5));
  std::string happened = Happened();
  EXPECT_NE(happened.find("kept"), std::string::npos);
  EXPECT_EQ(happened.find("cancelled"), std::string::npos) << happened;
  EXPECT_EQ(happened.find("replaced"), std::string::npos) << happened;
  EXPECT_NE(happened.find("again"), std::string::npos) << happened;
}

TEST_P(TimersTest, IsActiveUntilItHasFired) {
  OnTurn([journal = journal()](auto& context) {
    auto timers = context.Timers();
    journal.Add(timers.IsTimerActive("t"));
    timers.StartSingleTimer("t", Tick{"tick"}, absl::Seconds(1));
    journal.Add(timers.IsTimerActive("t"));
  });
  Pass(absl::Seconds(1));
  OnTurn([journal = journal()](auto& context) {
    journal.Add(context.Timers().IsTimerActive("t"));
    context.Timers().StartTimerWithFixedDelay("t", Tick{"tick"}, absl::Seconds(1));
    journal.Add(context.Timers().IsTimerActive("t"));
    context.Timers().CancelAll();
    journal.Add(context.Timers().IsTimerActive("t"));
  });
  EXPECT_EQ(Happened(), "false, true, tick, false, true, false");
}

TEST_P(TimersTest, DieWithARestart) {
  OnTurn([](auto& context) {
    context.Timers().StartSingleTimer(1, Tick{"single"}, absl::Seconds(1));
    context.Timers().StartTimerWithFixedDelay(2, Tick{"repeated"}, absl::Seconds(1));
  });
  OnTurn([](auto&) { throw std::runtime_error("boom"); });
  Pass(absl::Seconds(5));
  EXPECT_EQ(Happened(), "");
}

TEST_P(TimersTest, ATickInTheMailboxDoesNotReachTheNewIncarnation) {
  // The tick is due while the actor handles the message that fails: it stands in the mailbox when
  // the restart comes.
  OnTurn([](auto& context) {
    context.Timers().StartSingleTimer("t", Tick{"stale"}, absl::Seconds(1));
    context.Timers().StartSingleTimer("u", Tick{"stale"}, absl::Seconds(1));
    context.ScheduleOnce(absl::Milliseconds(999), context.Self(), Do{[](auto& now) {
                           now.Self().Tell(Do{[](auto&) { throw std::runtime_error("boom"); }});
                         }});
  });
  OnTurn([](auto& context) {
    context.Timers().StartSingleTimer("x", Do{[](auto&) { throw std::runtime_error("boom"); }},
                                      absl::Seconds(1));
  });
  Pass(absl::Milliseconds(998));
  EXPECT_EQ(Happened(), "");
  Pass(absl::Seconds(4));
  EXPECT_EQ(Happened(), "");
}

TEST_P(TimersTest, AMessageThatCanNotBeCopiedFailsTheActorAndNotTheProcess) {
  OnTurn([journal = journal()](auto& context) {
    auto child = context.SpawnAnonymous(Setup<Command>([](ActorContext<Command>& inner) {
      inner.Timers().StartTimerWithFixedDelay("t", Fragile(), absl::Seconds(1));
      return Behavior<Command>(Ignore());
    }));
    context.WatchWith(child, Tick{"child failed"});
  });
  Pass(absl::Seconds(1));
  EXPECT_EQ(Happened(), "child failed");
}

TEST_P(TimersTest, ARepeatedTimerNeedsAnInterval) {
  OnTurn([](auto& context) {
    context.Timers().StartTimerWithFixedDelay("t", Tick{"tick"}, absl::ZeroDuration());
  });
  OnTurn([](auto& context) {
    context.Timers().StartTimerAtFixedRate("t", Tick{"tick"}, absl::Seconds(-1));
  });
  EXPECT_EQ(Happened(), "");
  EXPECT_EQ(log().Count({.message_contains = "must be more than zero"}), 2u);
  // A single one that is late already fires now; one at the end of time never.
  OnTurn([](auto& context) {
    context.Timers().StartSingleTimer(1, Tick{"now"}, absl::ZeroDuration());
    context.Timers().StartSingleTimer(2, Tick{"past"}, -absl::InfiniteDuration());
    context.Timers().StartSingleTimer(3, Tick{"never"}, absl::InfiniteDuration());
  });
  Pass(absl::Seconds(1));
  EXPECT_EQ(HappenedWithoutOrder(), "now, past");
}

TEST_P(TimersTest, ManyTimersFireInOrder) {
  OnTurn([](auto& context) {
    for (int i = 99; i >= 0; --i) {
      context.Timers().StartSingleTimer(i, Tick{StrCat(i)}, absl::Milliseconds(10 * (i + 1)));
    }
  });
  Pass(absl::Seconds(2));
  std::vector<std::string> lines = journal().TakeLines();
  ASSERT_EQ(lines.size(), 100u);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(lines[static_cast<size_t>(i)], StrCat(i));
}

TEST_P(TimersTest, ScheduleOnceTellsAnybodyAndOutlivesTheActor) {
  ActorRef<Command> other = kit().Spawn(Timed(journal()), "other");
  OnTurn([other](auto& context) {
    context.ScheduleOnce(absl::Seconds(1), other, Tick{"scheduled"});
    context.ScheduleOnce(absl::Seconds(100), other, Tick{"too late for this test"});
  });
  kit().Stop(actor());
  Pass(absl::Seconds(1));
  EXPECT_EQ(Happened(), "scheduled");
}

TEST_P(TimersTest, EndWithTheActor) {
  OnTurn([](auto& context) {
    context.Timers().StartTimerWithFixedDelay("t", Tick{"tick"}, absl::Seconds(1));
  });
  kit().Stop(actor());
  Pass(absl::Seconds(5));
  EXPECT_EQ(Happened(), "");
}

}  // namespace
}  // namespace sampo
