// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/abstract_behavior.h"

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

struct Add {
  int number;
};
struct Take {
  std::unique_ptr<int> number;
};
struct Copy {
  std::string text;
};
struct Boom {};
struct Command : std::variant<Add, Take, Copy, Boom> {
  using variant::variant;
};

class Counter final : public AbstractBehavior<Counter, Command> {
 public:
  Counter(ActorContext<Command>& context, Journal journal, int start)
      : AbstractBehavior(context), journal_(std::move(journal)), count_(start) {
    journal_.Add("made ", this->context().path());
  }
  ~Counter() override { journal_.Add("destroyed at ", count_); }

  Behavior<Command> OnMessage(const Add& m) {
    count_ += m.number;
    journal_.Add(count_);
    return Same();
  }
  Behavior<Command> OnMessage(Take&& m) {
    std::unique_ptr<int> number = std::move(m.number);
    count_ += *number;
    journal_.Add(count_);
    return Same();
  }
  Partial<Command> OnMessage(const Copy& m) {
    if (m.text == "stop") return Stopped();
    return Unhandled();
  }
  Behavior<Command> OnMessage(Boom) { throw std::runtime_error("boom"); }
  Behavior<Command> OnSignal(const PreRestart&) {
    journal_.Add("prerestart");
    return Same();
  }
  Behavior<Command> OnSignal(const PostStop&) {
    journal_.Add("poststop");
    return Same();
  }

 private:
  Journal journal_;
  int count_;
};

class AbstractBehaviorTest : public CoreTest {};
SAMPO_ON_EACH_RUNTIME(AbstractBehaviorTest);

TEST_P(AbstractBehaviorTest, KeepsStateInMembers) {
  ActorRef<Command> counter = kit().Spawn(Counter::Create(journal(), 10), "counter");
  counter.Tell(Add{1});
  counter.Tell(Take{std::make_unique<int>(2)});
  counter.Tell(Copy{"x"});
  EXPECT_EQ(Happened(), "made /user/counter, 11, 13, unhandled Copy");
  counter.Tell(Copy{"stop"});
  EXPECT_EQ(Happened(), "poststop, destroyed at 13");
}

TEST_P(AbstractBehaviorTest, ARestartMakesANewObject) {
  ActorRef<Command> counter = kit().Spawn(
      Supervise(Counter::Create(journal(), 10)).OnFailure(SupervisorStrategy::Restart()),
      "counter");
  counter.Tell(Add{1});
  counter.Tell(Boom{});
  counter.Tell(Add{2});
  EXPECT_EQ(Happened(),
            "made /user/counter, 11, prerestart, made /user/counter, destroyed at 11, 12");
}

TEST_P(AbstractBehaviorTest, AResumeKeepsTheObject) {
  ActorRef<Command> counter = kit().Spawn(
      Supervise(Counter::Create(journal(), 10)).OnFailure(SupervisorStrategy::Resume()), "counter");
  counter.Tell(Boom{});
  counter.Tell(Add{2});
  EXPECT_EQ(Happened(), "made /user/counter, 12");
}

TEST_P(AbstractBehaviorTest, AnObjectItselfCanNotBeRestarted) {
  Behavior<Command> made = Setup<Command>([this](ActorContext<Command>& context) {
    auto object = std::make_unique<Counter>(context, journal(), 0);
    absl::StatusOr<ActorRef<Command>> child = context.TrySpawn(
        Supervise(Behavior<Command>(std::make_unique<Counter>(context, journal(), 0)))
            .OnFailure(SupervisorStrategy::Restart()),
        "child");
    journal().Add(absl::StatusCodeToString(child.status().code()));
    return Behavior<Command>(std::move(object));
  });
  ActorRef<Command> counter = kit().Spawn(std::move(made), "counter");
  counter.Tell(Add{1});
  EXPECT_EQ(Happened(),
            "made /user/counter, made /user/counter, destroyed at 0, INVALID_ARGUMENT, 1");
}

class Toggle final : public AbstractBehavior<Toggle, Command> {
 public:
  Toggle(ActorContext<Command>& context, Journal journal)
      : AbstractBehavior(context), journal_(std::move(journal)) {}
  Behavior<Command> OnMessage(const Add&) {
    journal_.Add("class");
    return sampo::Receive<Command>([journal = journal_](const auto&) {
      journal.Add("lambda");
      return Create(journal);
    });
  }
  template <class M>
  Behavior<Command> OnMessage(const M&) {
    return Same();
  }

 private:
  Journal journal_;
};

TEST_P(AbstractBehaviorTest, MayBecomeALambdaAndBack) {
  ActorRef<Command> toggle = kit().Spawn(Toggle::Create(journal()));
  for (int i = 0; i < 3; ++i) toggle.Tell(Add{i});
  EXPECT_EQ(Happened(), "class, lambda, class");
}

// Issue 3: what the base class declares hid messages of the same name.
struct Start {};
struct Signal {};
struct Receive {};
struct Complete {};
struct Instantiate {};
struct Create {};
struct Words : std::variant<Start, Signal, Receive, Complete, Instantiate, Create> {
  using variant::variant;
};

class Listener final : public AbstractBehavior<Listener, Words> {
 public:
  Listener(ActorContext<Words>& context, Journal journal)
      : AbstractBehavior(context), journal_(std::move(journal)) {}
  Behavior<Words> OnMessage(const Start&) { return Note("start"); }
  Behavior<Words> OnMessage(const Signal&) { return Note("signal"); }
  Behavior<Words> OnMessage(const Receive&) { return Note("receive"); }
  Behavior<Words> OnMessage(const Complete&) { return Note("complete"); }
  Behavior<Words> OnMessage(const Instantiate&) { return Note("instantiate"); }
  // Create is the one name of the base that users call.
  Behavior<Words> OnMessage(const struct Create&) { return Note("create"); }

 private:
  Behavior<Words> Note(const char* word) {
    journal_.Add(word);
    return Same();
  }
  Journal journal_;
};

TEST_P(AbstractBehaviorTest, MessagesMayHaveAnyName) {
  ActorRef<Words> listener = kit().Spawn(Listener::Create(journal()));
  listener.Tell(Start{});
  listener.Tell(Signal{});
  listener.Tell(Receive{});
  listener.Tell(Complete{});
  listener.Tell(Instantiate{});
  listener.Tell(Create{});
  EXPECT_EQ(Happened(), "start, signal, receive, complete, instantiate, create");
}

struct Thrower final : AbstractBehavior<Thrower, Command> {
  explicit Thrower(ActorContext<Command>& context) : AbstractBehavior(context) {
    throw std::runtime_error("constructor");
  }
  template <class M>
  Behavior<Command> OnMessage(const M&) {
    return Same();
  }
};

TEST_P(AbstractBehaviorTest, AConstructorThatThrowsIsAFailedStart) {
  kit().Spawn(Thrower::Create()).Tell(Add{1});
  EXPECT_EQ(Happened(), "dead letter Add");
  EXPECT_GE(log().Count({.message_contains = "constructor"}), 1u);
}

}  // namespace
}  // namespace sampo
