// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Coroutine handlers: what they await, in which order messages come, and how they end.
// That nothing is lost or destroyed twice on the way: task_lifetime_test.cc. Handlers that take
// turns: interleaving_test.cc.
#include "sampo/actor/task.h"

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

struct Value {
  int count;
};
struct Get {
  ReplyTo<Value> reply_to;
};

// Answers when it is told to.
struct Answer {
  int count;
};
struct Server : std::variant<Get, Answer> {
  using variant::variant;
};
Behavior<Server> MakeServer() {
  return Setup<Server>([](ActorContext<Server>&) {
    auto kept = std::make_shared<std::vector<ReplyTo<Value>>>();
    return Receive<Server>(On{[kept](Get&& m) {
                                kept->push_back(std::move(m.reply_to));
                                return Same();
                              },
                              [kept](const Answer& m) {
                                for (auto& each : *kept) each.Tell({m.count});
                                kept->clear();
                                return Same();
                              }});
  });
}
auto MakeGet() {
  return [](auto reply_to) { return Get{std::move(reply_to)}; };
}

struct Go {
  std::string text;
};
struct Say {
  std::string text;
};
struct Command : std::variant<Go, Say> {
  using variant::variant;
};
using Handler = std::function<Task<Behavior<Command>>(ActorContext<Command>&, const Go&)>;

// Runs `handler` for each Go.
Behavior<Command> Actor(Journal journal, Handler handler) {
  return Setup<Command>([=](ActorContext<Command>& context) {
    return Receive<Command>(On{[handler, &context](const Go& m) { return handler(context, m); },
                               [journal](const Say& m) {
                                 journal.Add(m.text);
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

std::string Text(const absl::StatusOr<Value>& value) {
  return value.ok() ? StrCat(value->count)
                    : std::string(absl::StatusCodeToString(value.status().code()));
}

class TaskTest : public CoreTest {
 protected:
  TaskTest() : server_(kit().Spawn(MakeServer(), "server")) {}
  const ActorRef<Server>& server() const { return server_; }

 private:
  ActorRef<Server> server_;
};
SAMPO_ON_EACH_RUNTIME(TaskTest);

TEST_P(TaskTest, OneThatNeverWaitsIsAPlainHandler) {
  ActorRef<Command> actor = kit().Spawn(
      Actor(journal(),
            [journal = journal()](ActorContext<Command>&, const Go& m) -> Task<Behavior<Command>> {
              journal.Add("go ", m.text);
              co_return m.text == "stop" ? Behavior<Command>(Stopped()) : Behavior<Command>(Same());
            }));
  actor.Tell(Go{"on"});
  actor.Tell(Go{"stop"});
  EXPECT_EQ(Happened(), "go on, go stop, poststop");
}

TEST_P(TaskTest, AwaitsAnswersWhileOtherMessagesWait) {
  ActorRef<Command> actor = kit().Spawn(
      Actor(journal(),
            [server = server(), journal = journal()](ActorContext<Command>& context,
                                                     const Go& m) -> Task<Behavior<Command>> {
              journal.Add("asks ", m.text);
              auto first = context.Ask<Value>(server, absl::Seconds(10), MakeGet());
              auto one = co_await std::move(first);
              journal.Add("got ", Text(one), " for ", m.text);  // m is still there
              auto second = context.Ask<Value>(server, absl::Seconds(10), MakeGet());
              auto two = co_await std::move(second);
              journal.Add("got ", Text(two));
              co_return Same();
            }));
  actor.Tell(Go{"1"});
  actor.Tell(Say{"after"});
  EXPECT_EQ(Happened(), "asks 1");
  server().Tell(Answer{5});
  EXPECT_EQ(Happened(), "got 5 for 1");
  server().Tell(Answer{6});
  EXPECT_EQ(Happened(), "got 6, after");
}

TEST_P(TaskTest, SeveralAsksMayBeOnTheirWayAtOnce) {
  ActorRef<Command> actor =
      kit().Spawn(Actor(journal(),
                        [server = server(), journal = journal()](
                            ActorContext<Command>& context, const Go&) -> Task<Behavior<Command>> {
                          auto first = context.Ask<Value>(server, absl::Seconds(10), MakeGet());
                          auto second = context.Ask<Value>(server, absl::Seconds(10), MakeGet());
                          auto two = co_await std::move(second);
                          auto one = co_await std::move(first);  // here already
                          journal.Add(Text(one), " ", Text(two));
                          co_return Same();
                        }));
  actor.Tell(Go{});
  Settle();
  server().Tell(Answer{5});
  EXPECT_EQ(Happened(), "5 5");
}

TEST_P(TaskTest, AnAskThatIsNeverAwaitedIsForgotten) {
  ActorRef<Command> actor =
      kit().Spawn(Actor(journal(),
                        [server = server(), journal = journal()](
                            ActorContext<Command>& context, const Go&) -> Task<Behavior<Command>> {
                          auto unused = context.Ask<Value>(server, absl::Seconds(10), MakeGet());
                          auto pause = context.Sleep(absl::Seconds(1));
                          co_await std::move(pause);
                          journal.Add("done");
                          co_return Same();
                        }));
  actor.Tell(Go{});
  Settle();
  Pass(absl::Seconds(1));
  EXPECT_EQ(Happened(), "done");
  server().Tell(Answer{5});
  Pass(absl::Seconds(20));
  EXPECT_EQ(Happened(), "");
}

TEST_P(TaskTest, AnAskTimesOut) {
  ActorRef<Command> actor =
      kit().Spawn(Actor(journal(),
                        [server = server(), journal = journal()](
                            ActorContext<Command>& context, const Go&) -> Task<Behavior<Command>> {
                          auto ask = context.Ask<Value>(server, absl::Seconds(10), MakeGet());
                          journal.Add(Text(co_await std::move(ask)));
                          co_return Same();
                        }));
  actor.Tell(Go{});
  Pass(absl::Seconds(10));
  EXPECT_EQ(Happened(), "DEADLINE_EXCEEDED");
  server().Tell(Answer{5});
  EXPECT_EQ(Happened(), "dead letter Value");
}

TEST_P(TaskTest, AnAskOfADeadActorIsKnownAtOnce) {
  kit().Stop(server());
  ActorRef<Command> actor =
      kit().Spawn(Actor(journal(),
                        [server = server(), journal = journal()](
                            ActorContext<Command>& context, const Go&) -> Task<Behavior<Command>> {
                          auto ask = context.Ask<Value>(server, absl::Seconds(10), MakeGet());
                          journal.Add(Text(co_await std::move(ask)));
                          co_return Same();
                        }));
  actor.Tell(Go{});
  EXPECT_EQ(HappenedWithoutOrder(), "CANCELLED, dead letter Get");
}

TEST_P(TaskTest, Sleeps) {
  ActorRef<Command> actor = kit().Spawn(Actor(
      journal(),
      [journal = journal()](ActorContext<Command>& context, const Go&) -> Task<Behavior<Command>> {
        for (int i = 0; i < 3; ++i) {
          auto pause = context.Sleep(absl::Seconds(1));
          co_await std::move(pause);
          journal.Add(i);
        }
        co_return Same();
      }));
  actor.Tell(Go{});
  Settle();
  Pass(absl::Milliseconds(999));
  EXPECT_EQ(Happened(), "");
  Pass(absl::Milliseconds(1001));
  EXPECT_EQ(Happened(), "0, 1");
  Pass(absl::Seconds(1));
  EXPECT_EQ(Happened(), "2");
}

TEST_P(TaskTest, ASleepCountsFromWhereItWasMade) {
  ActorRef<Command> actor = kit().Spawn(Actor(
      journal(),
      [journal = journal()](ActorContext<Command>& context, const Go&) -> Task<Behavior<Command>> {
        auto longer = context.Sleep(absl::Seconds(2));
        auto shorter = context.Sleep(absl::Seconds(1));
        co_await std::move(longer);
        co_await std::move(shorter);  // over already
        journal.Add("done");
        co_return Same();
      }));
  actor.Tell(Go{});
  Settle();
  Pass(absl::Seconds(2));
  EXPECT_EQ(Happened(), "done");
}

TEST_P(TaskTest, AwaitsFutures) {
  Promise<int> promise;
  Future<int> later = promise.future();
  ActorRef<Command> actor = kit().Spawn(Actor(
      journal(),
      [journal = journal(), later](ActorContext<Command>&, const Go&) -> Task<Behavior<Command>> {
        Future<int> ready = Future<int>::Ready(1);
        auto one = co_await ready;
        Future<int> mine = later;
        auto two = co_await mine;
        auto nothing = Future<void>::Failed(absl::NotFoundError("no"));
        absl::Status three = co_await nothing;
        journal.Add(*one, " ", *two, " ", std::string(three.message()));
        co_return Same();
      }));
  actor.Tell(Go{});
  actor.Tell(Say{"after"});
  EXPECT_EQ(Happened(), "");
  promise.Complete(2);
  EXPECT_EQ(Happened(), "1 2 no, after");
}

Task<int> Half(ActorContext<Command>& context, int of) {
  auto pause = context.Sleep(absl::Seconds(1));
  co_await std::move(pause);
  if (of % 2 != 0) throw std::invalid_argument("odd");
  co_return of / 2;
}
Task<void> Nap(ActorContext<Command>& context) {
  auto pause = context.Sleep(absl::Seconds(1));
  co_await std::move(pause);
}
Task<int> Quarter(ActorContext<Command>& context, int of) {
  auto half = Half(context, of);
  int once = co_await std::move(half);
  auto nap = Nap(context);
  co_await std::move(nap);
  auto again = Half(context, once);
  co_return co_await std::move(again);
}

TEST_P(TaskTest, TasksAwaitTasks) {
  ActorRef<Command> actor = kit().Spawn(Actor(
      journal(),
      [journal = journal()](ActorContext<Command>& context, const Go&) -> Task<Behavior<Command>> {
        auto quarter = Quarter(context, 20);
        journal.Add(co_await std::move(quarter));
        co_return Same();
      }));
  actor.Tell(Go{});
  Settle();
  Pass(absl::Seconds(3));
  EXPECT_EQ(Happened(), "5");
}

TEST_P(TaskTest, AnExceptionPassesFromTaskToTaskToTheSupervisor) {
  ActorRef<Command> actor =
      kit().Spawn(Supervise(Actor(journal(),
                                  [journal = journal()](ActorContext<Command>& context,
                                                        const Go& m) -> Task<Behavior<Command>> {
                                    auto quarter = Quarter(context, 6);
                                    if (m.text == "catch") {
                                      try {
                                        co_await std::move(quarter);
                                      } catch (const std::invalid_argument& error) {
                                        journal.Add("caught ", error.what());
                                      }
                                      co_return Same();
                                    }
                                    journal.Add(co_await std::move(quarter));
                                    co_return Same();
                                  }))
                      .OnFailure<std::invalid_argument>(SupervisorStrategy::Resume()));
  actor.Tell(Go{"catch"});
  actor.Tell(Go{"throw"});
  actor.Tell(Say{"after"});
  Settle();
  Pass(absl::Seconds(3));
  EXPECT_EQ(Happened(), "caught odd");
  Pass(absl::Seconds(3));
  EXPECT_EQ(Happened(), "after");
}

TEST_P(TaskTest, AFailureIsSupervisedBeforeAndAfterAWait) {
  for (bool wait : {false, true}) {
    ActorRef<Command> actor =
        kit().Spawn(Supervise(Actor(journal(),
                                    [wait](ActorContext<Command>& context,
                                           const Go& m) -> Task<Behavior<Command>> {
                                      if (wait) {
                                        auto pause = context.Sleep(absl::Seconds(1));
                                        co_await std::move(pause);
                                      }
                                      if (m.text == "throw") throw std::runtime_error("boom");
                                      co_return Fail(absl::InternalError("boom"));
                                    }))
                        .OnFailure(SupervisorStrategy::Restart()));
    actor.Tell(Go{"throw"});
    actor.Tell(Go{"fail"});
    actor.Tell(Say{"after"});
    Settle();
    Pass(absl::Seconds(2));
    EXPECT_EQ(Happened(), "prerestart, prerestart, after") << wait;
  }
}

TEST_P(TaskTest, ABehaviorThatComesLateIsAdopted) {
  ActorRef<Command> actor = kit().Spawn(
      Supervise(Actor(journal(),
                      [journal = journal()](ActorContext<Command>& context,
                                            const Go&) -> Task<Behavior<Command>> {
                        auto pause = context.Sleep(absl::Seconds(1));
                        co_await std::move(pause);
                        co_return Receive<Command>(On{[](const Go&) -> Behavior<Command> {
                                                        return Fail(absl::InternalError("x"));
                                                      },
                                                      [journal](const Say& m) {
                                                        journal.Add("new ", m.text);
                                                        return Same();
                                                      }});
                      }))
          .OnFailure(SupervisorStrategy::Restart()));
  actor.Tell(Go{});
  actor.Tell(Say{"1"});
  Settle();
  Pass(absl::Seconds(1));
  EXPECT_EQ(Happened(), "new 1");
  actor.Tell(Go{});  // the supervisor is still there, and restarts the first behavior
  actor.Tell(Say{"2"});
  EXPECT_EQ(Happened(), "2");
}

TEST_P(TaskTest, ALateResultBelongsToItsSideOfOrElse) {
  Behavior<Command> first = Setup<Command>([journal = journal()](ActorContext<Command>& context) {
    return ReceivePartial<Command>(On{[&context, journal](const Go&) -> Task<Behavior<Command>> {
      auto pause = context.Sleep(absl::Seconds(1));
      co_await std::move(pause);
      co_return ReceivePartial<Command>(On{[journal](const Go&) {
        journal.Add("second go");
        return Same();
      }});
    }});
  });
  ActorRef<Command> actor = kit().Spawn(OrElse(
      std::move(first),
      Actor(journal(), [](auto&, const Go&) -> Task<Behavior<Command>> { co_return Stopped(); })));
  actor.Tell(Go{});
  actor.Tell(Say{"1"});
  actor.Tell(Go{});
  actor.Tell(Say{"2"});
  Settle();
  Pass(absl::Seconds(1));
  EXPECT_EQ(Happened(), "1, second go, 2");
}

TEST_P(TaskTest, AFailedCallOfTheContextFailsTheTurnItWasMadeIn) {
  // Also one from where the coroutine goes on to wait: the message after it is not blamed.
  ActorRef<Command> actor =
      kit().Spawn(Supervise(Actor(journal(),
                                  [journal = journal()](ActorContext<Command>& context,
                                                        const Go&) -> Task<Behavior<Command>> {
                                    auto pause = context.Sleep(absl::Seconds(1));
                                    co_await std::move(pause);
                                    context.SpawnAnonymous(Behavior<Command>(Same()));
                                    auto again = context.Sleep(absl::Seconds(1));
                                    co_await std::move(again);
                                    journal.Add("never");
                                    co_return Same();
                                  }))
                      .OnFailure(SupervisorStrategy::Restart()));
  actor.Tell(Go{});
  Settle();
  Pass(absl::Seconds(1));
  EXPECT_EQ(Happened(), "prerestart");
  actor.Tell(Say{"on"});
  Pass(absl::Seconds(5));
  EXPECT_EQ(Happened(), "on");
}

TEST_P(TaskTest, AStashTakesTheMessageOfATask) {
  ActorRef<Command> actor =
      kit().Spawn(WithStash<Command>(10, [journal = journal()](StashBuffer<Command>& stash) {
        return Setup<Command>([=, &stash](ActorContext<Command>& context) {
          return Receive<Command>(On{[=, &stash, &context](const Go& m) -> Task<Behavior<Command>> {
                                       if (m.text == "late") {
                                         auto pause = context.Sleep(absl::Seconds(1));
                                         co_await std::move(pause);
                                       }
                                       stash.Stash(m);
                                       journal.Add("stashed ", m.text);
                                       co_return Same();
                                     },
                                     [=, &stash](const Say&) {
                                       return stash.UnstashAll(
                                           Receive<Command>(On{[=](const Go& m) {
                                                                 journal.Add("go ", m.text);
                                                                 return Same();
                                                               },
                                                               [](const Say&) { return Same(); }}));
                                     }});
        });
      }));
  actor.Tell(Go{"now"});
  actor.Tell(Go{"late"});
  actor.Tell(Go{"too"});
  Settle();
  Pass(absl::Seconds(1));
  EXPECT_EQ(Happened(), "stashed now, stashed late, stashed too");
  actor.Tell(Say{});
  EXPECT_EQ(Happened(), "go now, go late, go too");
}

TEST_P(TaskTest, OfAClass) {
  class Checkout final : public AbstractBehavior<Checkout, Command> {
   public:
    Checkout(ActorContext<Command>& context, Journal journal)
        : AbstractBehavior(context), journal_(std::move(journal)) {}
    Task<Behavior<Command>> OnMessage(Go m) {  // its own copy
      ++steps_;
      auto pause = context().Sleep(absl::Seconds(1));
      co_await std::move(pause);
      journal_.Add(m.text, " ", ++steps_);
      co_return Same();
    }
    Behavior<Command> OnMessage(const Say& m) {
      journal_.Add(m.text);
      return Same();
    }

   private:
    Journal journal_;
    int steps_ = 0;
  };
  ActorRef<Command> actor = kit().Spawn(Checkout::Create(journal()));
  actor.Tell(Go{"go"});
  actor.Tell(Say{"after"});
  Settle();
  Pass(absl::Seconds(1));
  EXPECT_EQ(Happened(), "go 2, after");
}

}  // namespace
}  // namespace sampo
