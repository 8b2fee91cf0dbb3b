// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Every local, parameter and capture of a coroutine handler is destroyed exactly once, wherever it
// ends: at its end, by an exception, or because its actor stops or restarts while it waits.
#include <algorithm>
#include <atomic>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include "gtest/gtest.h"
#include "sampo/actor/actor.h"
#include "sampo/actor/core_test_fixture.h"
#include "sampo/actor/interceptor.h"
#include "sampo/actor/supervise.h"

namespace sampo {
namespace {

// How many live, and whether one was destroyed twice.
class Counted {
 public:
  explicit Counted(std::shared_ptr<std::atomic<int>> living) : living_(std::move(living)) {
    ++*living_;
  }
  Counted(const Counted& other) : living_(other.living_) { ++*living_; }
  Counted(Counted&& other) : living_(other.living_) { ++*living_; }
  Counted& operator=(const Counted&) = delete;
  ~Counted() {
    EXPECT_EQ(magic_, kMagic) << "destroyed twice";
    magic_ = 0;
    --*living_;
  }

 private:
  static constexpr uint64_t kMagic = 0x600DF00D600DF00D;
  volatile uint64_t magic_ = kMagic;
  std::shared_ptr<std::atomic<int>> living_;
};

struct Value {
  Counted counted;
};
struct Get {
  ReplyTo<Value> reply_to;
  Counted counted;
};
struct Go {
  int steps;
  Counted counted;
};
struct Finish {};
struct Command : std::variant<Go, Finish> {
  using variant::variant;
};

Task<Counted> Inner(ActorContext<Command>& context, Counted parameter) {
  Counted before = parameter;
  auto pause = context.Sleep(absl::Seconds(1));
  Counted between = parameter;
  co_await std::move(pause);
  Counted after = parameter;
  co_return after;
}

constexpr int kKinds = 8;

// Waits `steps` times, 1 s each, each time for another kind of thing, with locals all around it.
Task<Behavior<Command>> Wait(ActorContext<Command>& context, ActorRef<Get> server, Journal journal,
                             Counted by_value, const Go& m) {
  Counted first = by_value;
  for (int step = 0; step < m.steps; ++step) {
    Counted local = m.counted;
    switch (step % kKinds) {  // long-switch: one case for each kind of await
      case 0: {
        auto pause = context.Sleep(absl::Seconds(1));
        co_await std::move(pause);
        break;
      }
      case 1: {
        auto ask = context.Ask<Value>(server, absl::Seconds(10), [by_value](auto reply_to) {
          return Get{std::move(reply_to), by_value};
        });
        auto value = co_await std::move(ask);
        if (!value.ok()) journal.Add("failed");  // the end of the system
        break;
      }
      case 2: {
        auto inner = Inner(context, by_value);
        Counted result = co_await std::move(inner);
        break;
      }
      case 3: {
        Future<Value> future = Ask<Value>(server, absl::Seconds(10), [by_value](auto reply_to) {
          return Get{std::move(reply_to), by_value};
        });
        auto value = co_await future;
        if (!value.ok()) journal.Add("failed");  // the end of the system
        break;
      }
      case 4: {  // a lambda that is a coroutine, and its capture
        auto nested = [capture = local, &context]() -> Task<Counted> {
          auto pause = context.Sleep(absl::Seconds(1));
          co_await std::move(pause);
          co_return capture;
        };
        auto task = nested();
        Counted result = co_await std::move(task);
        break;
      }
      case 5: {  // the result stays in the awaited object
        auto inner = Inner(context, by_value);
        (void)co_await std::move(inner);
        break;
      }
      case 6: {  // in a call and in a condition
        auto inner = Inner(context, by_value);
        auto keep = [](Counted a, Counted) { return std::make_unique<Counted>(std::move(a)); };
        auto kept = keep(co_await std::move(inner), local);
        if (kept == nullptr) co_return Stopped();
        break;
      }
      case 7: {  // made, and never awaited
        auto inner = Inner(context, by_value);
        auto ask = context.Ask<Value>(server, absl::Seconds(10), [by_value](auto reply_to) {
          return Get{std::move(reply_to), by_value};
        });
        auto unused = context.Sleep(absl::Seconds(10));
        auto pause = context.Sleep(absl::Seconds(1));
        co_await std::move(pause);
        break;
      }
    }
    journal.Add(step);
  }
  co_return Same();
}

// Answers after 1 s.
Behavior<Get> SlowServer() {
  return Setup<Get>([](ActorContext<Get>& context) {
    return Receive<Get>([&context](Get&& m) -> Task<Behavior<Get>> {
      Counted counted = m.counted;
      auto pause = context.Sleep(absl::Seconds(1));
      co_await std::move(pause);
      m.reply_to.Tell({counted});
      co_return Same();
    });
  });
}

class TaskLifetimeTest : public CoreTest {
 protected:
  TaskLifetimeTest() : server_(kit().Spawn(SlowServer(), "server")) {}
  Counted Count() { return Counted(living_); }
  int living() const { return *living_; }

  Behavior<Command> Waiting() {
    return sampo::Setup<Command>(
        [server = server_, journal = journal(), count = Count()](ActorContext<Command>& context) {
          return Receive<Command>(
              On{[=, &context](const Go& m) { return Wait(context, server, journal, count, m); },
                 [](const Finish&) -> Behavior<Command> { throw std::runtime_error("finish"); }});
        });
  }
  void Shutdown() {
    HappenedAtTheEnd();
    server_ = {};
    EXPECT_EQ(living(), 0);
  }

 private:
  std::shared_ptr<std::atomic<int>> living_ = std::make_shared<std::atomic<int>>(0);
  ActorRef<Get> server_;
};
SAMPO_ON_EACH_RUNTIME(TaskLifetimeTest);

TEST_P(TaskLifetimeTest, AtItsEnd) {
  kit().Spawn(Waiting()).Tell(Go{kKinds, Count()});
  Settle();
  Pass(absl::Seconds(kKinds));
  EXPECT_EQ(Happened(), "0, 1, 2, 3, 4, 5, 6, 7");
  Shutdown();
}

TEST_P(TaskLifetimeTest, AStopAtEachPlaceWhereItWaits) {
  for (int step = 0; step < kKinds; ++step) {
    ActorRef<Command> actor = kit().Spawn(Waiting());
    actor.Tell(Go{kKinds, Count()});
    actor.Tell(Go{1, Count()});  // waits in the mailbox
    Settle();
    Pass(absl::Milliseconds(1000 * step + 500));
    kit().Stop(actor);
    Pass(absl::Seconds(20));  // whatever comes late finds nobody
    std::vector<std::string> lines = journal().TakeLines();
    EXPECT_EQ(std::count_if(lines.begin(), lines.end(),
                            [](const std::string& line) { return line.size() == 1; }),
              step);
  }
  Shutdown();
}

TEST_P(TaskLifetimeTest, TheEndOfTheSystemAtEachPlace) {
  std::vector<ActorRef<Command>> actors;
  for (int step = 0; step < kKinds; ++step) {
    actors.push_back(kit().Spawn(Waiting()));
    actors.back().Tell(Go{kKinds, Count()});
    Settle();
    Pass(absl::Seconds(1));
  }
  actors.clear();
  Shutdown();
}

TEST_P(TaskLifetimeTest, ARestartDestroysIt) {
  for (int step = 0; step < kKinds; ++step) {
    ActorRef<Command> actor =
        kit().Spawn(Supervise(Interleaving(Waiting())).OnFailure(SupervisorStrategy::Restart()));
    actor.Tell(Go{kKinds, Count()});
    actor.Tell(Go{kKinds, Count()});
    Settle();
    Pass(absl::Milliseconds(1000 * step + 500));
    journal().Take();
    actor.Tell(Finish{});
    Settle();
    Pass(absl::Seconds(20));
    EXPECT_EQ(Happened(), "") << step;
    kit().Stop(actor);
  }
  Shutdown();
}

TEST_P(TaskLifetimeTest, AnExceptionAfterEachKindOfWait) {
  for (int step = 1; step <= kKinds; ++step) {
    auto thrower =
        sampo::Setup<Command>([this, count = Count(),
                               server = kit().Spawn(SlowServer())](ActorContext<Command>& context) {
          return Receive<Command>(
              On{[=, &context, journal = journal()](const Go& m) -> Task<Behavior<Command>> {
                   Counted local = count;
                   auto waits = Wait(context, server, journal, count, m);
                   auto result = co_await std::move(waits);
                   Counted more = m.counted;
                   throw std::runtime_error("after");
                 },
                 [](const Finish&) { return Stopped(); }});
        });
    ActorRef<Command> actor =
        kit().Spawn(Supervise(std::move(thrower)).OnFailure(SupervisorStrategy::Resume()));
    actor.Tell(Go{step, Count()});
    actor.Tell(Finish{});
    Settle();
    Pass(absl::Seconds(20));
  }
  Settle();
  Shutdown();
}

TEST_P(TaskLifetimeTest, ThroughWrappers) {
  struct Wide {
    int steps;
  };
  ActorRef<Wide> actor = kit().Spawn(TransformMessages<Wide>(
      LogMessages<Command>(Supervise(Waiting()).OnFailure(SupervisorStrategy::Restart())),
      [count = Count()](Wide wide) -> Command {
        return Go{wide.steps, count};
      }));
  actor.Tell({2});
  actor.Tell({1});
  Settle();
  Pass(absl::Seconds(2));
  EXPECT_EQ(Happened(), "0, 1");
  kit().Stop(actor);
  actor = {};
  Shutdown();
}

TEST_P(TaskLifetimeTest, ADelegatedOne) {
  ActorRef<Command> actor = kit().Spawn(sampo::Setup<Command>(
      [this, waiting = [server = kit().Spawn(SlowServer()), journal = journal(), count = Count()] {
        return sampo::Setup<Command>([=](ActorContext<Command>& context) {
          return Receive<Command>(
              On{[=, &context](const Go& m) { return Wait(context, server, journal, count, m); },
                 [journal](const Finish&) {
                   journal.Add("delegate");
                   return Same();
                 }});
        });
      }](ActorContext<Command>& context) {
        return Receive<Command>(
            On{[=, &context](const Go& m) { return context.Delegate(waiting(), Go(m)); },
               [journal = journal()](const Finish&) {
                 journal.Add("self");
                 return Same();
               }});
      }));
  actor.Tell(Finish{});
  actor.Tell(Go{1, Count()});
  actor.Tell(Finish{});
  EXPECT_EQ(Happened(), "self");
  Pass(absl::Seconds(1));
  EXPECT_EQ(Happened(), "0, delegate");
  kit().Stop(actor);
  actor = {};
  Shutdown();
}

}  // namespace
}  // namespace sampo
