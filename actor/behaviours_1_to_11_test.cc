// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// The behaviours that a port of Pekko most easily gets wrong (pekko-features.md §18), by their
// numbers: messages, lifecycle, supervision. Each on real threads and in a simulation; details and
// corner cases are in the tests of the parts.
#include <algorithm>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "sampo/actor/actor.h"
#include "sampo/actor/base/log_sink.h"
#include "sampo/actor/core_test_fixture.h"
#include "sampo/actor/interceptor.h"
#include "sampo/actor/supervise.h"

namespace sampo {
namespace {

struct Say {
  std::string text;
};
struct Do {
  std::function<void(ActorContext<struct Command>&)> step;
};
struct Become {};
struct Command : std::variant<Say, Do, Become> {
  using variant::variant;
};

struct IoError : std::runtime_error {
  using runtime_error::runtime_error;
};
struct IllegalState : std::logic_error {
  using logic_error::logic_error;
};

// Says what it is told, with the number of its incarnation, and runs steps on its turn.
Behavior<Command> Actor(Journal journal, std::string name) {
  auto incarnation = std::make_shared<int>(0);
  return Setup<Command>([=](ActorContext<Command>& context) {
    const int me = ++*incarnation;
    auto add = [=](const auto&... parts) { journal.Add(name, me, " ", parts...); };
    add("starts");
    return Receive<Command>(On{[=](const Say& m) {
                                 add(m.text);
                                 return Same();
                               },
                               [&context](const Do& m) {
                                 m.step(context);
                                 return Same();
                               },
                               [](const Become&) { return Same(); }},
                            OnSignal{[=](const PreRestart&) {
                                       add("prerestart");
                                       return Same();
                                     },
                                     [=](const PostStop&) {
                                       add("poststop");
                                       return Same();
                                     },
                                     [=](const Terminated&) {
                                       add("terminated");
                                       return Same();
                                     }});
  });
}
Do Boom() {
  return Do{[](auto&) { throw std::runtime_error("boom"); }};
}
template <class E>
Do Throw() {
  return Do{[](auto&) { throw E("thrown"); }};
}

class Behaviours : public CoreTest {
 protected:
  ActorRef<Command> SpawnRestarting(std::string name,
                                    SupervisorStrategy strategy = SupervisorStrategy::Restart()) {
    ActorRef<Command> actor =
        kit().Spawn(Supervise(Actor(journal(), name)).OnFailure(strategy), name);
    EXPECT_EQ(Happened(), name + "1 starts");
    return actor;
  }
};
SAMPO_ON_EACH_RUNTIME(Behaviours);

TEST_P(Behaviours, Behaviour01PairwiseFifoOnly) {
  // Four senders, some of whose messages take a way round over a forwarder. In order for each pair;
  // nothing is promised between the two ways.
  struct Numbered {
    int pair;
    int number;
  };
  const int count = simulated() ? 2'000 : 100'000;
  constexpr int kSenders = 4;
  auto last = std::make_shared<std::vector<int>>(2 * kSenders, -1);
  auto wrong = std::make_shared<int>(0);
  ActorRef<Numbered> receiver = kit().Spawn(Receive<Numbered>([last, wrong](const Numbered& m) {
    int& before = (*last)[static_cast<size_t>(m.pair)];
    if (m.number <= before) ++*wrong;
    before = m.number;
    return Same();
  }));
  ActorRef<Numbered> forwarder = kit().Spawn(Receive<Numbered>([receiver](Numbered m) {
    m.pair += kSenders;
    receiver.Tell(m);
    return Same();
  }));
  for (int sender = 0; sender < kSenders; ++sender) {
    // Each tells one burst of messages in each turn, and itself to go on.
    kit().Spawn(Setup<int>([=](ActorContext<int>& context) {
      context.Self().Tell(0);
      return Receive<int>([=, &context](int from) {
        const int until = std::min(from + 100, count);
        for (int number = from; number < until; ++number) {
          (number % 10 == 0 ? forwarder : receiver).Tell({sender, number});
        }
        if (until == count) return Behavior<int>(Stopped());
        context.Self().Tell(until);
        return Behavior<int>(Same());
      });
    }));
  }
  Settle();
  EXPECT_EQ(*wrong, 0);
  for (int sender = 0; sender < kSenders; ++sender) {
    EXPECT_EQ((*last)[static_cast<size_t>(sender)], count - 1);
    EXPECT_EQ((*last)[static_cast<size_t>(sender + kSenders)], count - 10);
  }
}

TEST_P(Behaviours, Behaviour02SystemBeforeUser) {
  // The parent stops a child that has ten thousand messages waiting: it stops after the current
  // one, and the rest are dead letters, once each.
  struct Note {};
  constexpr int kCount = 10'000;
  auto handled = std::make_shared<int>(0);
  ActorRef<Command> parent = kit().Spawn(Actor(journal(), "parent"), "parent");
  Settle();
  const uint64_t before = system().dead_letter_count();
  parent.Tell(Do{[=](auto& context) {
    ActorRef<Command> self = context.Self();
    ActorRef<Note> child =
        context.Spawn(Setup<Note>([=](ActorContext<Note>& inner) {
                        // Its first message fills its own mailbox and has itself stopped, all in
                        // one turn.
                        return Receive<Note>([=, &inner](const Note&) {
                          if (++*handled == 1) {
                            for (int i = 0; i < kCount; ++i) inner.Self().Tell({});
                            ActorRef<Note> me = inner.Self();
                            self.Tell(Do{[me](auto& parent_context) { parent_context.Stop(me); }});
                          }
                          return Same();
                        });
                      }),
                      "child");
    context.Watch(child);
    child.Tell({});
  }});
  Settle();
  EXPECT_EQ(*handled - 1 + static_cast<int>(system().dead_letter_count() - before), kCount);
  std::vector<std::string> lines = journal().TakeLines();
  EXPECT_EQ(std::count(lines.begin(), lines.end(), "parent1 terminated"), 1);
  EXPECT_EQ(std::count(lines.begin(), lines.end(), "dead letter Note"), kCount + 1 - *handled);

  // And exactly: a stop that is there before the messages are looked at.
  *handled = 0;
  parent.Tell(Do{[=](auto& context) {
    ActorRef<Note> child = context.Spawn(Receive<Note>([=](const Note&) {
                                           ++*handled;
                                           return Same();
                                         }),
                                         "quick");
    context.Stop(child);
    for (int i = 0; i < 100; ++i) child.Tell({});
  }});
  Settle();
  lines = journal().TakeLines();
  EXPECT_EQ(std::count(lines.begin(), lines.end(), "dead letter Note") + *handled, 100);
  if (simulated()) {
    EXPECT_EQ(*handled, 0);
  }
}

TEST_P(Behaviours, Behaviour03RestartKeepsTheMailboxAndDropsOnlyTheFailingMessage) {
  ActorRef<Command> actor = SpawnRestarting("a");
  actor.Tell(Say{"1"});
  actor.Tell(Boom());
  actor.Tell(Say{"2"});
  actor.Tell(Say{"3"});
  EXPECT_EQ(Happened(), "a1 1, a1 prerestart, a2 starts, a2 2, a2 3");
}

TEST_P(Behaviours, Behaviour04RefAndUidSurviveRestartNotStopAndSpawn) {
  ActorRef<Command> actor = SpawnRestarting("a");
  const std::string path = actor.path();
  actor.Tell(Boom());
  actor.Tell(Say{"1"});
  EXPECT_EQ(Happened(), "a1 prerestart, a2 starts, a2 1");
  EXPECT_EQ(actor.path(), path);
  kit().Stop(actor);
  EXPECT_EQ(Happened(), "a2 poststop");
  ActorRef<Command> again = SpawnRestarting("a");
  EXPECT_NE(again.path(), path);
  EXPECT_EQ(again.path().substr(0, 8), path.substr(0, 8));  // "/user/a#"
  actor.Tell(Say{"2"});
  EXPECT_EQ(Happened(), "dead letter Say");
}

TEST_P(Behaviours, Behaviour05NameIsFreeOnlyAfterFullTermination) {
  ActorRef<Command> parent = kit().Spawn(Actor(journal(), "parent"), "parent");
  auto codes = std::make_shared<std::vector<absl::StatusCode>>();
  auto try_spawn = [=, journal = journal()](auto& context) {
    codes->push_back(context.TrySpawn(Actor(journal, "child"), "child").status().code());
  };
  parent.Tell(Do{[=, journal = journal()](auto& context) {
    auto child = context.Spawn(Actor(journal, "child"), "child");
    context.Watch(child);
    // The child can't have ended while its own child waits for this turn to be over.
    child.Tell(Do{[journal](auto& inner) { inner.Spawn(Actor(journal, "g"), "grandchild"); }});
  }});
  Settle();
  journal().Take();
  parent.Tell(Do{[=](auto& context) {
    context.Stop(context.Child("child"));
    try_spawn(context);
  }});
  Settle();
  // On threads the child and its child may have ended between two statements.
  if (simulated() || codes->front() != absl::StatusCode::kOk) {
    EXPECT_EQ(journal().Take(), "g1 poststop, child1 poststop, parent1 terminated");
    parent.Tell(Do{try_spawn});
    EXPECT_EQ(Happened(), "child1 starts");
    EXPECT_EQ(*codes, (std::vector{absl::StatusCode::kAlreadyExists, absl::StatusCode::kOk}));
  }
}

TEST_P(Behaviours, Behaviour06PreRestartNotPostStopOnRestart) {
  ActorRef<Command> actor = SpawnRestarting("a");
  actor.Tell(Boom());
  EXPECT_EQ(Happened(), "a1 prerestart, a2 starts");
  kit().Stop(actor);
  EXPECT_EQ(Happened(), "a2 poststop");
  // Also when the stop comes while a restart waits.
  ActorRef<Command> waiting = SpawnRestarting(
      "w",
      SupervisorStrategy::RestartWithBackoff({.min = absl::Seconds(1), .max = absl::Seconds(1)}));
  waiting.Tell(Boom());
  Settle();
  kit().Stop(waiting);
  Pass(absl::Seconds(5));
  EXPECT_EQ(Happened(), "w1 prerestart, w1 poststop");
}

TEST_P(Behaviours, Behaviour07ChildrenDieFirst) {
  auto starts = std::make_shared<int>(0);
  Behavior<Command> parent =
      Setup<Command>([=, journal = journal()](ActorContext<Command>& context) {
        journal.Add("parent starts");
        context.Spawn(Actor(journal, StrCat("child-", ++*starts, "-")), "child");
        return Actor(journal, "parent");
      });
  ActorRef<Command> actor = kit().Spawn(
      Supervise(std::move(parent)).OnFailure(SupervisorStrategy::Restart().WithStashCapacity(1000)),
      "parent");
  EXPECT_EQ(HappenedWithoutOrder(), "child-1-1 starts, parent starts, parent1 starts");
  actor.Tell(Boom());
  for (int i = 0; i < 1100; ++i) actor.Tell(Say{StrCat(i)});
  Settle();
  std::vector<std::string> lines = journal().TakeLines();
  auto place = [&](std::string_view line) {
    return std::find(lines.begin(), lines.end(), line) - lines.begin();
  };
  EXPECT_LT(place("child-1-1 poststop"), place("parent starts"));
  EXPECT_LT(place("parent starts"), place("parent1 0"));
  int next = 0;  // what is handled is in order
  int dropped = 0;
  for (const std::string& line : lines) {
    if (line == "dropped Say") ++dropped;
    if (line == StrCat("parent1 ", next)) ++next;
  }
  EXPECT_EQ(next + dropped, 1100);
  EXPECT_GE(next, 1000);
}

// How often a start is tried, of which the first `failures` fail.
int Starts(ActorTestKit& kit, Journal journal, SupervisorStrategy strategy, int failures,
           const std::function<void()>& let_time_pass) {
  auto starts = std::make_shared<int>(0);
  kit.Spawn(Supervise(sampo::Setup<Command>([=](ActorContext<Command>&) -> Behavior<Command> {
              if (++*starts <= failures) throw std::runtime_error("start");
              return Receive<Command>([journal](const auto& m) {
                if constexpr (requires { m.text; }) journal.Add(m.text);
                return Same();
              });
            })).OnFailure(strategy))
      .Tell(Say{"kept"});
  let_time_pass();
  return *starts;
}

TEST_P(Behaviours, Behaviour08FactoryFailureAndUnlimitedRestart) {
  auto starts = [this](SupervisorStrategy strategy, int failures) {
    return Starts(kit(), journal(), strategy, failures, [this] {
      Settle();
      Pass(absl::Minutes(10));
    });
  };
  const auto restart = SupervisorStrategy::Restart();
  EXPECT_EQ(starts(restart, 1), 1);
  EXPECT_EQ(Happened(), "dead letter Say");
  EXPECT_EQ(starts(restart.WithLimit(1, absl::Hours(1)), 1), 1);
  EXPECT_EQ(Happened(), "dead letter Say");
  EXPECT_EQ(starts(restart.WithLimit(3, absl::Hours(1)), 9), 3);
  EXPECT_EQ(Happened(), "dead letter Say");
  EXPECT_EQ(starts(restart.WithLimit(3, absl::Hours(1)), 2), 3);
  EXPECT_EQ(Happened(), "kept");
  EXPECT_EQ(starts(SupervisorStrategy::RestartWithBackoff({}), 5), 6);
  EXPECT_EQ(Happened(), "kept");
}

TEST_P(Behaviours, Behaviour09BackoffCounterResetIsGenerationChecked) {
  ActorRef<Command> actor = SpawnRestarting(
      "a", SupervisorStrategy::RestartWithBackoff({.min = absl::Seconds(1),
                                                   .max = absl::Seconds(60),
                                                   .random_factor = 0,
                                                   .reset_after = absl::Seconds(10)}));
  actor.Tell(Boom());
  Pass(absl::Seconds(5));
  actor.Tell(Boom());
  Pass(absl::Seconds(6));  // the time of the first reset is over, that of the second is not
  EXPECT_EQ(Happened(), "a1 prerestart, a2 starts, a2 prerestart, a3 starts");
  actor.Tell(Boom());
  Pass(absl::Milliseconds(3999));
  EXPECT_EQ(Happened(), "a3 prerestart");
  Pass(absl::Milliseconds(1));
  EXPECT_EQ(Happened(), "a4 starts");
}

TEST_P(Behaviours, Behaviour10NestedSuperviseWithTwoExceptionTypes) {
  ActorRef<Command> actor = kit().Spawn(
      Supervise(Supervise(Actor(journal(), "a")).OnFailure<IoError>(SupervisorStrategy::Restart()))
          .OnFailure<IllegalState>(SupervisorStrategy::Resume()));
  actor.Tell(Throw<IoError>());
  actor.Tell(Throw<IllegalState>());
  actor.Tell(Say{"1"});
  EXPECT_EQ(Happened(), "a1 starts, a1 prerestart, a2 starts, a2 1");
  actor.Tell(Boom());
  EXPECT_EQ(Happened(), "a2 poststop");
  // Two for the same type do not multiply the restarts.
  const auto twice = SupervisorStrategy::Restart().WithLimit(2, absl::Hours(1));
  ActorRef<Command> doubled =
      kit().Spawn(Supervise(Supervise(Actor(journal(), "b")).OnFailure<IoError>(twice))
                      .OnFailure<IoError>(twice));
  for (int i = 0; i < 3; ++i) doubled.Tell(Throw<IoError>());
  EXPECT_EQ(Happened(),
            "b1 starts, b1 prerestart, b2 starts, b2 prerestart, b3 starts, b3 poststop");
}

// Becomes itself again, with its supervisor and its interceptor.
Behavior<Command> Wrapped(Journal journal, std::shared_ptr<int> changes) {
  return Supervise(LogMessages(Receive<Command>(On{[=](const Say& m) {
                                                     journal.Add(m.text, " after ", *changes);
                                                     return Same();
                                                   },
                                                   [](const Do&) -> Behavior<Command> {
                                                     return Fail(absl::InternalError("x"));
                                                   },
                                                   [=](const Become&) {
                                                     ++*changes;
                                                     return Wrapped(journal, changes);
                                                   }})))
      .OnFailure(SupervisorStrategy::Resume());
}

TEST_P(Behaviours, Behaviour11BehaviorChangeKeepsSupervisionAndInterceptors) {
  // Each is logged once, and the captured log has a bound; a million: behavior_test.cc.
  const int count = simulated() ? 10'000 : static_cast<int>(kCapturedEventsMax) - 1'000;
  auto changes = std::make_shared<int>(0);
  ActorRef<Command> actor = kit().Spawn(Wrapped(journal(), changes));
  for (int i = 0; i < count; ++i) actor.Tell(Become{});
  actor.Tell(Do{});
  Settle();
  const size_t logged = log().Count({.message_contains = "received"});
  actor.Tell(Say{"x"});
  EXPECT_EQ(Happened(), StrCat("x after ", count));
  EXPECT_EQ(log().Count({.message_contains = "received"}), logged + 1);
  kit().Stop(actor);  // a chain of wrappers would be destroyed recursively
}

}  // namespace
}  // namespace sampo
