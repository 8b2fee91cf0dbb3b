// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Proof that the simulation finds what it is for: five bugs are planted into the core, one at a
// time, and each must be found within a stated number of seeds, by both policies; with none planted
// nothing may be found. Runs in a build of its own (SAMPO_PLANT_BUGS); see BUILD.bazel.
#include <cstdio>
#include <deque>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "sampo/actor/actor.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/actor/dispatch/planted_bug.h"
#include "sampo/actor/testkit/simulated_runtime.h"

namespace sampo {
namespace {

using internal::PlantedBug;

// What the scenario found wrong.
using Findings = std::vector<std::string>;

struct Number {
  int value = 0;
};
struct Open {};
struct Boom {};
struct Rewatch {};
struct Poke {};
struct Tick {
  int number = 0;
};
struct Done {
  ActorRef<Number> child;
};

// --- lost wake-ups: a parent stops each child that says it is done, and waits for its end ---

Behavior<Number> Finisher(ActorRef<Done> parent) {
  return Setup<Number>([parent](ActorContext<Number>& context) {
    return Receive<Number>([parent, &context](const Number&) {
      parent.Tell({context.Self()});
      return Same();
    });
  });
}

Behavior<Done> Parent(int count, int* ended, std::vector<ActorRef<Number>>* children) {
  return Setup<Done>([count, ended, children](ActorContext<Done>& context) {
    for (int i = 0; i < count; ++i) {
      ActorRef<Number> child = context.SpawnAnonymous(Finisher(context.Self()));
      children->push_back(child);
      context.Watch(child);
      child.Tell({i});
    }
    return Receive<Done>(On{[&context](const Done& m) {
                           context.Stop(m.child);
                           return Same();
                         }},
                         OnSignal{[ended](const Terminated&) {
                           ++*ended;
                           return Same();
                         }});
  });
}

// --- timers: a tick must be that of the last start, and not early ---

struct TimedCommand : std::variant<Poke, Tick> {
  using variant::variant;
};
constexpr absl::Duration kDelay = absl::Milliseconds(10);

Behavior<TimedCommand> Timed(const SimulatedRuntime* simulation, Findings* findings) {
  return Setup<TimedCommand>([simulation, findings](ActorContext<TimedCommand>& context) {
    auto start = [&context, simulation](int number, int64_t* due) {
      context.Timers().StartSingleTimer("timer", Tick{number}, kDelay);
      *due = simulation->NowNanos() + absl::ToInt64Nanoseconds(kDelay);
    };
    int64_t due = 0;
    start(0, &due);
    return Receive<TimedCommand>(On{[start, findings, simulation, number = 0,
                                     due](const auto& m) mutable -> Behavior<TimedCommand> {
      if constexpr (std::is_same_v<std::remove_cvref_t<decltype(m)>, Poke>) {
        start(++number, &due);
      } else if (m.number != number || simulation->NowNanos() < due) {
        findings->push_back(
            StrCat("tick ", m.number, " came while timer ", number, " was due at ", due));
      }
      return Same();
    }});
  });
}

Behavior<Poke> Poker(ActorRef<TimedCommand> timed) {
  return Setup<Poke>([timed](ActorContext<Poke>& context) {
    context.Timers().StartSingleTimer("poke", Poke{}, kDelay);
    return Receive<Poke>([timed, &context, left = 5](const Poke&) mutable {
      timed.Tell(Poke{});
      if (--left > 0) context.Timers().StartSingleTimer("poke", Poke{}, kDelay);
      return Same();
    });
  });
}

// --- order: numbers of one sender arrive in order, through a stash or a restart ---

void NoteNumber(std::string_view who, int value, int* next, Findings* findings) {
  if (value != *next) findings->push_back(StrCat(who, " got ", value, " instead of ", *next));
  *next = value + 1;
}

constexpr int kNumbers = 5;
constexpr int kLate = 100;  // the first number of the second sender

struct StashCommand : std::variant<Number, Open> {
  using variant::variant;
};

// What is stashed comes back in its order, before anything that came later.
struct StashBook {
  std::deque<int> stashed;
  int next = 0;
  int next_late = kLate;
};

void NoteUnstashed(int value, StashBook* book, Findings* findings) {
  if (value < kLate) {
    NoteNumber("stash", value, &book->next, findings);
  } else {
    NoteNumber("stash", value, &book->next_late, findings);
  }
  if (book->stashed.empty()) return;
  if (book->stashed.front() != value) {
    findings->push_back(StrCat(value, " came before ", book->stashed.front(), " of the stash"));
  }
  book->stashed.pop_front();
}

Behavior<StashCommand> Stashing(StashBook* book, Findings* findings) {
  return WithStash<StashCommand>(100, [book, findings](StashBuffer<StashCommand>& stash) {
    return Receive<StashCommand>(On{
        [&stash, book](const Number& m) {
          stash.Stash(m);
          book->stashed.push_back(m.value);
          return Same();
        },
        [&stash, book, findings](const Open&) {
          return stash.UnstashAll(Receive<StashCommand>(On{[book, findings](const Number& m) {
                                                             NoteUnstashed(m.value, book, findings);
                                                             return Same();
                                                           },
                                                           [](const Open&) { return Same(); }}));
        }});
  });
}

struct RestartCommand : std::variant<Number, Boom> {
  using variant::variant;
};

// Its restart waits for its child.
Behavior<RestartCommand> Restarting(int* next, Findings* findings) {
  return Supervise(Setup<RestartCommand>([next, findings](ActorContext<RestartCommand>& context) {
           context.SpawnAnonymous(Receive<Number>([](const Number&) { return Same(); }));
           return Receive<RestartCommand>(
               On{[next, findings](const Number& m) {
                    NoteNumber("restart", m.value, next, findings);
                    return Same();
                  },
                  [](const Boom&) { return Fail(absl::InternalError("boom")); }});
         }))
      .OnFailure(SupervisorStrategy::Restart());
}

// Tells `to` kNumbers numbers from `first` on, one a turn.
template <class P>
Behavior<Number> Sender(ActorRef<P> to, int first = 0) {
  return Setup<Number>([to, first](ActorContext<Number>& context) {
    context.Self().Tell({first});
    return Receive<Number>([to, first, &context](const Number& m) {
      to.Tell(m);
      if (m.value + 1 < first + kNumbers) context.Self().Tell({m.value + 1});
      return Same();
    });
  });
}

// Tells `to` one message on its first turn, whenever that is.
template <class P, class M>
Behavior<Number> Once(ActorRef<P> to, M message) {
  return Setup<Number>([to, message](ActorContext<Number>&) {
    to.Tell(message);
    return Receive<Number>([](const Number&) { return Same(); });
  });
}

// --- death watch: one Terminated for a watch that is renewed until it comes ---

Behavior<Rewatch> Watcher(ActorRef<Number> target, int* terminated) {
  return Setup<Rewatch>([target, terminated](ActorContext<Rewatch>& context) {
    context.Watch(target);
    return Receive<Rewatch>(On{[target, terminated, &context](const Rewatch&) {
                              if (*terminated > 0) return Same();
                              context.Unwatch(target);
                              context.Watch(target);
                              return Same();
                            }},
                            OnSignal{[terminated](const Terminated&) {
                              ++*terminated;
                              return Same();
                            }});
  });
}

constexpr int kChildren = 3;

Findings RunScenario(const SimulationOptions& options) {
  Findings findings;
  int ended = 0;
  StashBook stash;
  int restart_next = 0;
  int terminated = 0;
  std::vector<ActorRef<Number>> children;
  SimulatedRuntime simulation(options);
  {
    ActorSystem<Done> system(Parent(kChildren, &ended, &children), "planted", simulation.Settings(),
                             simulation.Runtime());
    system.SpawnAnonymous(Poker(system.SpawnAnonymous(Timed(&simulation, &findings))));
    ActorRef<StashCommand> stashing = system.SpawnAnonymous(Stashing(&stash, &findings));
    system.SpawnAnonymous(Sender(stashing));
    system.SpawnAnonymous(Sender(stashing, kLate));
    system.SpawnAnonymous(Once(stashing, Open{}));
    ActorRef<RestartCommand> restarting =
        system.SpawnAnonymous(Restarting(&restart_next, &findings));
    system.SpawnAnonymous(Sender(restarting));
    system.SpawnAnonymous(Once(restarting, Boom{}));
    ActorRef<Number> target =
        system.SpawnAnonymous(Receive<Number>([](const Number&) { return Stopped(); }));
    ActorRef<Rewatch> watcher = system.SpawnAnonymous(Watcher(target, &terminated));
    system.SpawnAnonymous(Once(target, Number{}));
    for (int i = 0; i < 3; ++i) system.SpawnAnonymous(Once(watcher, Rewatch{}));
    absl::Status ran = simulation.RunFor(absl::Seconds(1));
    if (!ran.ok()) findings.push_back(ran.ToString());
    if (ended != kChildren) findings.push_back(StrCat(ended, " of ", kChildren, " children ended"));
    if (stash.next != kNumbers || stash.next_late != kLate + kNumbers) {
      findings.push_back("the stash lost numbers");
    }
    if (restart_next != kNumbers) findings.push_back("the restart lost numbers");
    if (terminated != 1) findings.push_back(StrCat(terminated, " Terminated for one watch"));
    // A child whose wake-up was lost would keep the system up: wake it, and let the end be sound.
    internal::PlantBug(PlantedBug::kNone);
    for (const ActorRef<Number>& child : children) child.Tell({});
  }
  return findings;
}

struct Case {
  PlantedBug bug;
  const char* name;
  SchedulePolicyKind policy;
  int seeds_max;  // the budget: found within so many seeds, from 1 on
};

// Seven times the worst of what was measured with g++ 12, 2026-11; the test prints the numbers, and
// README.md has them.
constexpr Case kCases[] = {
    {PlantedBug::kLostWakeup, "lost wake-up", SchedulePolicyKind::kUniform, 100},
    {PlantedBug::kLostWakeup, "lost wake-up", SchedulePolicyKind::kPct, 100},
    {PlantedBug::kTickAfterCancel, "tick after cancel", SchedulePolicyKind::kUniform, 100},
    {PlantedBug::kTickAfterCancel, "tick after cancel", SchedulePolicyKind::kPct, 100},
    {PlantedBug::kStashReordered, "stash reordered", SchedulePolicyKind::kUniform, 100},
    {PlantedBug::kStashReordered, "stash reordered", SchedulePolicyKind::kPct, 100},
    {PlantedBug::kDoubleTerminated, "double Terminated", SchedulePolicyKind::kUniform, 100},
    {PlantedBug::kDoubleTerminated, "double Terminated", SchedulePolicyKind::kPct, 100},
    {PlantedBug::kRestartLosesMessage, "restart loses", SchedulePolicyKind::kUniform, 100},
    {PlantedBug::kRestartLosesMessage, "restart loses", SchedulePolicyKind::kPct, 100},
};
constexpr int kSeeds = 1000;

SimulationOptions OptionsFor(uint64_t seed, SchedulePolicyKind policy) {
  return {.seed = seed, .policy = policy, .change_points = 3, .steps_expected = 150};
}

const char* PolicyName(SchedulePolicyKind policy) {
  return policy == SchedulePolicyKind::kPct ? "pct" : "uniform";
}

class PlantedBugsTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!internal::kBugsCanBePlanted) {
      GTEST_SKIP() << "built without SAMPO_PLANT_BUGS: run //actor/testkit:planted_bugs_test";
    }
  }
};

TEST_F(PlantedBugsTest, EachIsFoundWithinItsBudget) {
  std::printf("%-18s %-8s %6s %10s %14s  %s\n", "planted", "policy", "budget", "first seed",
              "found by seeds", "as");
  for (const Case& each : kCases) {
    int first = 0;
    int found = 0;
    std::string text;
    for (int seed = 1; seed <= kSeeds; ++seed) {
      internal::PlantBug(each.bug);
      Findings findings = RunScenario(OptionsFor(static_cast<uint64_t>(seed), each.policy));
      internal::PlantBug(PlantedBug::kNone);
      if (findings.empty()) continue;
      ++found;
      if (first != 0) continue;
      first = seed;
      text = findings.front();
    }
    std::printf("%-18s %-8s %6d %10d %6d of %4d  %s\n", each.name, PolicyName(each.policy),
                each.seeds_max, first, found, kSeeds, text.c_str());
    EXPECT_TRUE(first > 0 && first <= each.seeds_max)
        << each.name << " under " << PolicyName(each.policy) << ": first found by seed " << first;
  }
}

TEST_F(PlantedBugsTest, NothingIsFoundWhereNothingIsPlanted) {
  for (SchedulePolicyKind policy : {SchedulePolicyKind::kUniform, SchedulePolicyKind::kPct}) {
    for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
      Findings findings = RunScenario(OptionsFor(seed, policy));
      EXPECT_TRUE(findings.empty())
          << findings.front() << " with seed " << seed << " under " << PolicyName(policy);
    }
  }
}

}  // namespace
}  // namespace sampo
