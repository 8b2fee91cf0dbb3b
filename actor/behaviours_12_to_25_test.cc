// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// The behaviours that a port of Pekko most easily gets wrong (pekko-features.md §18), by their
// numbers: timers, stash, watch, adapters, asks, routers, shutdown. 1 to 11 are in the other file.
#include <algorithm>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "sampo/actor/actor.h"
#include "sampo/actor/coordinated_shutdown.h"
#include "sampo/actor/core_test_fixture.h"
#include "sampo/actor/receptionist.h"
#include "sampo/actor/routers.h"
#include "sampo/actor/supervise.h"

namespace sampo {
namespace {

struct Say {
  std::string text;
};
struct Do {
  std::function<void(ActorContext<struct Command>&)> step;
};
struct Command : std::variant<Say, Do> {
  using variant::variant;
};

template <class... Signals>
Behavior<Command> Actor(Journal journal, OnSignal<Signals...> signals) {
  return Setup<Command>([=](ActorContext<Command>& context) {
    return Receive<Command>(On{[=](const Say& m) {
                                 journal.Add(m.text);
                                 return Same();
                               },
                               [&context](const Do& m) {
                                 m.step(context);
                                 return Same();
                               }},
                            signals);
  });
}
Behavior<Command> Actor(Journal journal) {
  return Actor(journal, OnSignal{[journal](const Terminated&) {
                                   journal.Add("terminated");
                                   return Same();
                                 },
                                 [journal](const ChildFailed& failed) {
                                   journal.Add("child failed ",
                                               std::string(failed.failure.status.message()));
                                   return Same();
                                 },
                                 [journal](const PostStop&) {
                                   journal.Add("stopped");
                                   return Same();
                                 }});
}
Do Boom() {
  return Do{[](auto&) { throw std::runtime_error("boom"); }};
}
class Behaviours : public CoreTest {
 protected:
  ActorRef<Command> SpawnActor() { return kit().Spawn(Actor(journal())); }
  ActorRef<Command> SpawnSupervised(SupervisorStrategy strategy) {
    return kit().Spawn(Supervise(Actor(journal())).OnFailure(strategy));
  }
  void OnTurn(const ActorRef<Command>& actor, std::function<void(ActorContext<Command>&)> step) {
    actor.Tell(Do{std::move(step)});
    Settle();
  }
};
SAMPO_ON_EACH_RUNTIME(Behaviours);

TEST_P(Behaviours, Behaviour12TimersDieOnRestartEvenIfFired) {
  ActorRef<Command> actor = SpawnSupervised(SupervisorStrategy::Restart());
  // The failing message and the ticks are due at the same moment; whatever comes first, no tick of
  // the old incarnation reaches the new one after the restart.
  OnTurn(actor, [](auto& context) {
    auto timers = context.Timers();
    timers.StartSingleTimer("boom", Boom(), absl::Seconds(1));
    timers.StartSingleTimer("single", Say{"stale"}, absl::Seconds(1));
    timers.StartTimerWithFixedDelay("repeated", Say{"stale"}, absl::Seconds(1));
  });
  Pass(absl::Seconds(5));
  EXPECT_EQ(Happened(), "");
  // Starting a key again makes the previous one undeliverable.
  OnTurn(actor, [](auto& context) {
    context.Timers().StartSingleTimer(
        "renew",
        Do{[](auto& now) { now.Timers().StartSingleTimer("key", Say{"new"}, absl::Seconds(1)); }},
        absl::Seconds(1));
    context.Timers().StartSingleTimer("key", Say{"old"}, absl::Seconds(1));
  });
  Pass(absl::Seconds(5));
  EXPECT_EQ(Happened(), "new");
}

TEST_P(Behaviours, Behaviour13ReceiveTimeoutCancelledAfterItWasEnqueued) {
  ActorRef<Command> actor = SpawnActor();
  OnTurn(actor, [](auto& context) {
    context.Timers().StartSingleTimer("cancel", Do{[](auto& now) { now.CancelReceiveTimeout(); }},
                                      absl::Seconds(1));
    context.SetReceiveTimeout(absl::Seconds(1), Say{"timeout"});
  });
  Pass(absl::Seconds(5));
  EXPECT_EQ(Happened(), "");
}

// Stashes until "open"; then says; "boom" fails.
struct Door {
  Journal journal;
  StashBuffer<Command>& stash;
  Behavior<Command> Closed() const {
    return Receive<Command>(On{[door = *this](const Say& m) -> Behavior<Command> {
                                 if (m.text == "open") return door.stash.UnstashAll(door.Opened());
                                 door.stash.Stash(m);
                                 return Same();
                               },
                               [](const Do&) { return Same(); }});
  }
  Behavior<Command> Opened() const {
    return Receive<Command>(On{[door = *this](const Say& m) -> Behavior<Command> {
                                 if (m.text == "boom") throw std::runtime_error("boom");
                                 if (m.text == "again") door.stash.Stash(m);
                                 if (m.text == "stop") return Stopped();
                                 door.journal.Add(m.text);
                                 return Same();
                               },
                               [](const Do&) { return Same(); }});
  }
};

TEST_P(Behaviours, Behaviour14StashSurvivesResumeAndRestartOutside) {
  auto tell = [](const ActorRef<Command>& door, std::initializer_list<const char*> texts) {
    for (const char* text : texts) door.Tell(Say{text});
  };
  auto inside = [journal = journal()] {
    return WithStash<Command>(10, [journal](StashBuffer<Command>& stash) {
      return Door{journal, stash}.Closed();
    });
  };
  ActorRef<Command> resumed =
      kit().Spawn(Supervise(inside()).OnFailure(SupervisorStrategy::Resume()));
  tell(resumed, {"1", "boom", "2", "open", "3"});
  EXPECT_EQ(Happened(), "1, 2, 3");
  ActorRef<Command> restarted =
      kit().Spawn(Supervise(inside()).OnFailure(SupervisorStrategy::Restart()));
  tell(restarted, {"1", "boom", "2", "open"});
  EXPECT_EQ(Happened(), "1, dead letter Say");  // the stash is new
  ActorRef<Command> outside = kit().Spawn(WithStash<Command>(
      10, [journal = journal()](StashBuffer<Command>& stash) -> Behavior<Command> {
        return Supervise(Door{journal, stash}.Closed()).OnFailure(SupervisorStrategy::Restart());
      }));
  tell(outside, {"1", "boom", "2", "open"});
  EXPECT_EQ(Happened(), "1");
  tell(outside, {"3", "open"});  // the same stash: what threw is gone, its followers are there
  EXPECT_EQ(Happened(), "2, 3");
}

TEST_P(Behaviours, Behaviour15UnstashAllSeesOnlyTheSnapshot) {
  ActorRef<Command> door =
      kit().Spawn(WithStash<Command>(10, [journal = journal()](StashBuffer<Command>& stash) {
        return Door{journal, stash}.Closed();
      }));
  for (const char* text : {"1", "again", "2", "stop", "3", "open"}) door.Tell(Say{text});
  // "again" waits for the next UnstashAll, which does not come; "stop" leaves "3" and it behind.
  EXPECT_EQ(Happened(), "1, again, 2, dead letter Say, dead letter Say");
}

TEST_P(Behaviours, Behaviour16UnstashIsIterative) {
  const int count = simulated() ? 20'000 : 1'000'000;
  auto seen = std::make_shared<int>(0);
  struct Note {
    int number;
  };
  ActorRef<Note> actor =
      kit().Spawn(WithStash<Note>(static_cast<size_t>(count), [=](StashBuffer<Note>& stash) {
        return Receive<Note>([=, &stash](const Note& m) -> Behavior<Note> {
          if (m.number < count) {
            stash.Stash(m);
            return Same();
          }
          return stash.UnstashAll(Receive<Note>([seen](const Note& note) {
            if (note.number == *seen) ++*seen;
            return Same();
          }));
        });
      }));
  for (int i = 0; i <= count; ++i) actor.Tell({i});
  Settle();
  EXPECT_EQ(*seen, count);
}

TEST_P(Behaviours, Behaviour17WatchAfterDeath) {
  ActorRef<Command> watcher = SpawnActor();
  ActorRef<Command> dead = kit().Spawn(Behavior<Command>(Stopped()));
  Settle();
  OnTurn(watcher, [=](auto& context) { context.Watch(dead); });
  EXPECT_EQ(Happened(), "terminated");
  ActorRef<Command> living = kit().Spawn(Behavior<Command>(Ignore()));
  OnTurn(watcher, [=](auto& context) {
    context.Watch(living);
    context.Watch(living);
  });
  kit().Stop(living);
  EXPECT_EQ(Happened(), "terminated");
  // Unwatched after its death, before the signal was processed.
  OnTurn(watcher, [=](auto& context) {
    context.Watch(dead);
    context.Unwatch(dead);
  });
  EXPECT_EQ(Happened(), "");
}

TEST_P(Behaviours, Behaviour18WatchIsNotNotifiedOnRestart) {
  ActorRef<Command> watcher = SpawnActor();
  ActorRef<Command> actor = SpawnSupervised(SupervisorStrategy::Restart());
  OnTurn(watcher, [=](auto& context) { context.Watch(actor); });
  for (int i = 0; i < 3; ++i) actor.Tell(Boom());
  actor.Tell(Say{"lives"});
  EXPECT_EQ(Happened(), "lives");
  kit().Stop(actor);
  EXPECT_EQ(Happened(), "stopped, terminated");
}

TEST_P(Behaviours, Behaviour19UnhandledTerminatedKills) {
  auto no_signals = [this] {
    return Actor(journal(), OnSignal{[](const PreRestart&) { return Same(); }});
  };
  ActorRef<Command> dead = kit().Spawn(Behavior<Command>(Stopped()));
  ActorRef<Command> watcher = kit().Spawn(no_signals());
  ActorRef<Command> supervised = kit().Spawn(
      Supervise(no_signals()).OnFailure(absl::StatusCode::kAborted, SupervisorStrategy::Resume()));
  for (const auto& each : {watcher, supervised}) {
    OnTurn(each, [=](auto& context) { context.Watch(dead); });
    each.Tell(Say{"lives"});
  }
  EXPECT_EQ(HappenedWithoutOrder(), "dead letter Say, lives");
}

TEST_P(Behaviours, Behaviour20ChildFailedOnlyForADirectChildThatIsWatched) {
  ActorRef<Command> parent = SpawnActor();
  ActorRef<Command> other = SpawnActor();
  OnTurn(parent, [=, journal = journal()](auto& context) {
    auto child = context.Spawn(Actor(journal, OnSignal{[](const PreRestart&) { return Same(); }}),
                               "watched");
    context.Watch(child);
    other.Tell(Do{[child](auto& watcher) {
      watcher.Watch(child);
      child.Tell(Boom());
    }});
    context.Spawn(Actor(journal, OnSignal{[](const PreRestart&) { return Same(); }}), "unwatched")
        .Tell(Boom());
  });
  EXPECT_EQ(HappenedWithoutOrder(), "child failed boom, terminated");
}

TEST_P(Behaviours, Behaviour21WatchWithAnotherMessageIsAnError) {
  ActorRef<Command> target = kit().Spawn(Behavior<Command>(Ignore()));
  ActorRef<Command> watcher = SpawnActor();
  OnTurn(watcher, [=](auto& context) {
    context.WatchWith(target, Say{"one"});
    context.Unwatch(target);
    context.WatchWith(target, Say{"two"});
  });
  EXPECT_EQ(Happened(), "");
  OnTurn(watcher, [=](auto& context) { context.WatchWith(target, Say{"three"}); });
  EXPECT_EQ(Happened(), "stopped");
}

TEST_P(Behaviours, Behaviour22MessageAdapter) {
  struct Note {
    std::string text;
  };
  ActorRef<Command> actor = SpawnSupervised(SupervisorStrategy::Resume());
  ActorRef<Note> notes;
  OnTurn(actor, [&](auto& context) {
    notes = context.template MessageAdapter<Note>([](Note m) { return Say{"first " + m.text}; });
    notes.Tell({"in flight"});
    context.template MessageAdapter<Note>([](Note m) {
      if (m.text == "boom") throw std::runtime_error("adapter");
      return Say{"second " + m.text};
    });
  });
  EXPECT_EQ(Happened(), "second in flight");
  notes.Tell({"boom"});
  notes.Tell({"on"});
  EXPECT_EQ(Happened(), "second on");
}

TEST_P(Behaviours, Behaviour23AskTimeoutThenLateReply) {
  struct Value {
    int number;
  };
  struct Get {
    ReplyTo<Value> reply_to;
  };
  auto kept = std::make_shared<std::vector<ReplyTo<Value>>>();
  ActorRef<Get> server = kit().Spawn(Receive<Get>([kept](Get&& m) {
    kept->push_back(std::move(m.reply_to));
    return Same();
  }));
  auto make = [](auto reply_to) { return Get{std::move(reply_to)}; };
  ActorRef<Command> asker = SpawnActor();
  auto ask = [&] {
    OnTurn(asker, [=](auto& context) {
      context.template Ask<Value>(server, absl::Seconds(1), make, [](absl::StatusOr<Value> value) {
        return Say{value.ok() ? StrCat(value->number)
                              : std::string(absl::StatusCodeToString(value.status().code()))};
      });
    });
  };
  ask();
  Pass(absl::Seconds(2));
  EXPECT_EQ(Happened(), "DEADLINE_EXCEEDED");
  ask();  // a newer one is pending when the late answer to the first one comes
  (*kept)[0].Tell({1});
  EXPECT_EQ(Happened(), "dead letter Value");
  (*kept)[1].Tell({2});
  EXPECT_EQ(Happened(), "2");
  kit().Stop(server);
  ask();
  EXPECT_EQ(HappenedWithoutOrder(), "CANCELLED, dead letter Get");
  Future<Value> outside = Ask<Value>(server, absl::Seconds(1), make);
  EXPECT_TRUE(outside.IsComplete());
}

TEST_P(Behaviours, Behaviour24Routers) {
  struct Job {
    int number;
  };
  auto worker = [journal = journal()] {
    return Receive<Job>([journal](const Job& job) -> Behavior<Job> {
      if (job.number < 0) return Stopped();
      journal.Add("job ", job.number);
      return Same();
    });
  };
  ActorRef<Job> pool = kit().Spawn(PoolRouter<Job>({.size = 2, .routee = worker}), "pool");
  TestProbe<Job> probe = kit().CreateTestProbe<Job>();
  for (int number : {1, 2, -1}) pool.Tell({number});
  EXPECT_EQ(HappenedWithoutOrder(), "job 1, job 2");
  pool.Tell({3});  // to the one that is left
  EXPECT_EQ(Happened(), "job 3");
  pool.Tell({-2});
  probe.ExpectTerminated(pool);

  const ServiceKey<Job> key("workers");
  ActorRef<Job> group = kit().Spawn(GroupRouter<Job>({.key = key}), "group");
  Settle();
  group.Tell({4});  // the listing is there, and empty
  EXPECT_EQ(Happened(), "dropped Job");
  ActorRef<Job> late = kit().Spawn(worker(), "late");
  Receptionist::Get(system()).Register(key, late);
  Settle();
  group.Tell({5});
  EXPECT_EQ(Happened(), "job 5");
}

TEST_P(Behaviours, Behaviour25CoordinatedShutdown) {
  CoordinatedShutdown& shutdown = CoordinatedShutdown::Of(system());
  const Journal book = journal();
  auto task = [&](std::string_view phase, std::string name, Future<void> future) {
    absl::Status added = shutdown
                             .AddTask(phase, name,
                                      [=] {
                                        book.Add(name);
                                        return future;
                                      })
                             .status();
    EXPECT_TRUE(added.ok()) << added;
  };
  Promise<void> never;
  task(kPhaseServiceStop, "stop", Future<void>::Ready());
  task(kPhaseServiceUnbind, "unbind", Future<void>::Ready());
  task(kPhaseServiceRequestsDone, "hangs", never.future());
  task(kPhaseServiceRequestsDone, "beside it", Future<void>::Ready());
  Future<void> done = shutdown.Run(ShutdownReason::Unknown());
  Future<void> again = shutdown.Run(ShutdownReason::Unknown());
  Settle();
  std::vector<std::string> lines = book.TakeLines();
  ASSERT_EQ(lines.size(), 3u);
  EXPECT_EQ(lines[0], "unbind");
  std::sort(lines.begin() + 1, lines.end());
  EXPECT_EQ(lines[1] + ", " + lines[2], "beside it, hangs");
  EXPECT_EQ(shutdown.AddTask(kPhaseServiceUnbind, "too late", [] { return Future<void>::Ready(); })
                .status()
                .code(),
            absl::StatusCode::kFailedPrecondition);
  Pass(absl::Seconds(5));  // the timeout of the phase
  lines = book.TakeLines();
  ASSERT_FALSE(lines.empty());
  EXPECT_EQ(lines.front(), "stop");
  Pass(absl::Seconds(60));
  EXPECT_TRUE(done.IsComplete());
  EXPECT_TRUE(again.IsComplete());
}

}  // namespace
}  // namespace sampo
