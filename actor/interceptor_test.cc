// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Intercept, Monitor, LogMessages and TransformMessages.
#include "sampo/actor/interceptor.h"

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

struct Say {
  std::string text;
};
struct Boom {};
struct Next {};  // becomes another behavior
struct Command : std::variant<Say, Boom, Next> {
  using variant::variant;
};

Behavior<Command> Speaker(Journal journal, std::string name) {
  return Setup<Command>([=](ActorContext<Command>&) {
    journal.Add(name, " starts");
    return Receive<Command>(
        On{[=](const Say& m) {
             journal.Add(name, " ", m.text);
             return Same();
           },
           [](const Boom&) -> Behavior<Command> { return Fail(absl::InternalError("boom")); },
           [=](const Next&) { return Speaker(journal, name + "'"); }},
        OnSignal{[=](const PostStop&) {
          journal.Add(name, " stops");
          return Same();
        }});
  });
}

class Writing final : public BehaviorInterceptor<Command> {
 public:
  Writing(Journal journal, std::string name)
      : journal_(std::move(journal)), name_(std::move(name)) {}
  void AroundStart(ActorContext<Command>&) override { journal_.Add("before start ", name_); }
  bool BeforeReceive(ActorContext<Command>&, const InterceptedMessage& message) override {
    const Say* say = message.As<Say>();
    if (say != nullptr) journal_.Add("before ", say->text, " ", ++seen_);
    return say == nullptr || say->text != "filtered";
  }
  void AfterReceive(ActorContext<Command>&) override { journal_.Add("after"); }
  bool BeforeSignal(ActorContext<Command>&, internal::SignalKind kind) override {
    if (kind == internal::SignalKind::kPostStop) journal_.Add("before stop");
    return true;
  }

 private:
  Journal journal_;
  std::string name_;
  int seen_ = 0;
};

Behavior<Command> Written(Journal journal, Behavior<Command> behavior, std::string name = "i") {
  return Intercept<Command>([=] { return std::make_unique<Writing>(journal, name); },
                            std::move(behavior));
}

class InterceptorTest : public CoreTest {};
SAMPO_ON_EACH_RUNTIME(InterceptorTest);

TEST_P(InterceptorTest, SeesStartMessagesAndSignals) {
  ActorRef<Command> actor = kit().Spawn(Written(journal(), Speaker(journal(), "s")));
  actor.Tell(Say{"a"});
  actor.Tell(Say{"filtered"});
  EXPECT_EQ(Happened(), "before start i, s starts, before a 1, s a, after, before filtered 2");
  kit().Stop(actor);
  EXPECT_EQ(Happened(), "before stop, s stops");
}

TEST_P(InterceptorTest, StaysWhenTheBehaviorChanges) {
  ActorRef<Command> actor = kit().Spawn(Written(journal(), Speaker(journal(), "s")));
  actor.Tell(Next{});
  actor.Tell(Say{"a"});
  EXPECT_EQ(Happened(), "before start i, s starts, after, s' starts, before a 1, s' a, after");
}

TEST_P(InterceptorTest, IsMadeAnewAtARestart) {
  ActorRef<Command> actor = kit().Spawn(Supervise(Written(journal(), Speaker(journal(), "s")))
                                            .OnFailure(SupervisorStrategy::Restart()));
  actor.Tell(Say{"a"});
  actor.Tell(Boom{});
  actor.Tell(Say{"b"});
  EXPECT_EQ(Happened(),
            "before start i, s starts, before a 1, s a, after, before start i, s starts, "
            "before b 1, s b, after");
}

TEST_P(InterceptorTest, TwoOfAKindAreOne) {
  ActorRef<Command> actor = kit().Spawn(
      Written(journal(), Written(journal(), Speaker(journal(), "s"), "inner"), "outer"));
  Settle();
  journal().Take();
  actor.Tell(Say{"a"});
  EXPECT_EQ(Happened(), "before a 1, s a, after");
}

TEST_P(InterceptorTest, ABehaviorThatWrapsItselfAgainDoesNotGrow) {
  struct Self {
    static Behavior<Command> Make(Journal journal, std::shared_ptr<int> count) {
      return Intercept<Command>([=] { return std::make_unique<Writing>(journal, "i"); },
                                Receive<Command>(On{[=](const Next&) {
                                                      ++*count;
                                                      return Make(journal, count);
                                                    },
                                                    [=](const Say& m) {
                                                      journal.Add(m.text);
                                                      return Same();
                                                    },
                                                    [](const Boom&) { return Same(); }}));
    }
  };
  auto count = std::make_shared<int>(0);
  ActorRef<Command> actor = kit().Spawn(Self::Make(journal(), count));
  constexpr int kChanges = 10'000;
  for (int i = 0; i < kChanges; ++i) actor.Tell(Next{});
  Settle();
  journal().Take();
  EXPECT_EQ(*count, kChanges);
  actor.Tell(Say{"a"});
  EXPECT_EQ(Happened(), "before a 1, a, after");
}

TEST_P(InterceptorTest, AFailureIsNotAfterReceive) {
  ActorRef<Command> actor = kit().Spawn(Supervise(Written(journal(), Speaker(journal(), "s")))
                                            .OnFailure(SupervisorStrategy::Resume()));
  Settle();
  journal().Take();
  actor.Tell(Boom{});
  EXPECT_EQ(Happened(), "");
}

TEST_P(InterceptorTest, AStopInsidePassesThrough) {
  ActorRef<Command> actor = kit().Spawn(Written(
      journal(),
      Setup<Command>([](ActorContext<Command>&) -> Behavior<Command> { return Stopped(); })));
  actor.Tell(Say{"a"});
  EXPECT_EQ(Happened(), "before start i, dead letter Say");
}

TEST_P(InterceptorTest, WhatCanNotBeMadeAgainStartsOnce) {
  auto weight = std::make_unique<int>(3);
  Behavior<Command> once =
      Receive<Command>([weight = std::move(weight), journal = journal()](const auto&) {
        journal.Add(*weight);
        return Same();
      });
  ActorRef<Command> actor = kit().Spawn(Written(journal(), std::move(once)));
  actor.Tell(Boom{});
  EXPECT_EQ(Happened(), "before start i, 3, after");
}

TEST_P(InterceptorTest, AnInterceptorThatThrowsFailsTheActor) {
  struct Throwing final : BehaviorInterceptor<Command> {
    bool BeforeReceive(ActorContext<Command>&, const InterceptedMessage& message) override {
      if (message.As<Boom>() != nullptr) throw std::runtime_error("before");
      return true;
    }
    void AfterReceive(ActorContext<Command>&) override { throw std::runtime_error("after"); }
  };
  ActorRef<Command> actor =
      kit().Spawn(Supervise(Intercept<Command>([] { return std::make_unique<Throwing>(); },
                                               Speaker(journal(), "s")))
                      .OnFailure(SupervisorStrategy::Resume()));
  actor.Tell(Boom{});
  actor.Tell(Say{"a"});
  actor.Tell(Next{});  // what it was to become is dropped
  actor.Tell(Say{"b"});
  EXPECT_EQ(Happened(), "s starts, s a, s b");
}

TEST_P(InterceptorTest, MonitorGetsACopyBefore) {
  TestProbe<Say> probe = kit().CreateTestProbe<Say>();
  ActorRef<Command> actor =
      kit().Spawn(Monitor<Say>(probe.ref(), Monitor<Say>(probe.ref(), Speaker(journal(), "s"))));
  actor.Tell(Say{"a"});
  actor.Tell(Boom{});
  EXPECT_EQ(probe.ExpectMessage().text, "a");  // once: the same monitor twice is one
  EXPECT_EQ(Happened(), "s starts, s a, s stops");
  EXPECT_FALSE(probe.HasMessages());
}

TEST_P(InterceptorTest, TwoMonitorsAreTwo) {
  TestProbe<Say> first = kit().CreateTestProbe<Say>();
  TestProbe<Say> second = kit().CreateTestProbe<Say>();
  ActorRef<Command> actor =
      kit().Spawn(Monitor<Say>(first.ref(), Monitor<Say>(second.ref(), Speaker(journal(), "s"))));
  actor.Tell(Say{"a"});
  EXPECT_EQ(first.ExpectMessage().text, "a");
  EXPECT_EQ(second.ExpectMessage().text, "a");
}

TEST_P(InterceptorTest, LogMessagesLogsEachOnce) {
  ActorRef<Command> actor = kit().Spawn(LogMessages(LogMessages(Speaker(journal(), "s"))));
  actor.Tell(Say{"a"});
  actor.Tell(Next{});
  actor.Tell(Say{"b"});
  Settle();
  EXPECT_EQ(log().Count({.level = LogLevel::kDebug, .message_contains = "received"}), 3u);
}

// --- TransformMessages ---

struct Text {
  std::string text;
};
struct Number {
  int number;
};
struct Outer : std::variant<Text, Number> {
  using variant::variant;
};

Command ToCommand(Outer outer) {
  if (auto* text = std::get_if<Text>(&outer)) return Say{text->text};
  return Say{StrCat("#", std::get<Number>(outer).number)};
}

TEST_P(InterceptorTest, TransformRunsABehaviorOfAnotherProtocol) {
  ActorRef<Outer> actor =
      kit().Spawn(TransformMessages<Outer>(Speaker(journal(), "s"), &ToCommand));
  actor.Tell(Text{"a"});
  actor.Tell(Number{2});
  EXPECT_EQ(Happened(), "s starts, s a, s #2");
  kit().Stop(actor);
  EXPECT_EQ(Happened(), "s stops");
}

// What the inner actor sends to itself is of its own protocol already.
struct In {
  std::string text;
};
struct Answer {
  std::string text;
};
struct Inner : std::variant<Answer, In> {  // other places than in Outer
  using variant::variant;
};
struct Question {
  ReplyTo<Text> reply_to;
};

Behavior<Inner> TalksToItself(Journal journal, ActorRef<Question> server) {
  return WithStash<Inner>(10, [=](StashBuffer<Inner>& stash) {
    return Setup<Inner>([=, &stash](ActorContext<Inner>& context) {
      context.Self().Tell(Answer{"from self"});
      context.Timers().StartSingleTimer("t", Answer{"from a timer"}, absl::Seconds(1));
      return Receive<Inner>(
          On{[journal](const Answer& m) {
               journal.Add(m.text);
               return Same();
             },
             [=, &context, &stash](const In& m) -> Behavior<Inner> {
               if (m.text == "ask") {
                 context.Ask<Text>(
                     server, absl::Seconds(1),
                     [](auto reply_to) { return Question{std::move(reply_to)}; },
                     [](absl::StatusOr<Text> text) { return Answer{text->text}; });
               } else if (m.text == "open") {
                 return stash.UnstashAll(Receive<Inner>(On{[journal](const Answer& answer) {
                                                             journal.Add("open ", answer.text);
                                                             return Same();
                                                           },
                                                           [journal](const In& in) {
                                                             journal.Add("open ", in.text);
                                                             return Same();
                                                           }}));
               } else {
                 stash.Stash(m);
               }
               return Same();
             }});
    });
  });
}

TEST_P(InterceptorTest, TransformLeavesTheInnerActorsOwnMessagesAlone) {
  ActorRef<Question> server = kit().Spawn(Receive<Question>([](Question&& m) {
    m.reply_to.Tell({"from a server"});
    return Same();
  }));
  ActorRef<Outer> actor = kit().Spawn(TransformMessages<Outer>(
      TalksToItself(journal(), server),
      [](Outer outer) -> Inner { return In{std::get<Text>(outer).text}; }));
  actor.Tell(Text{"ask"});
  EXPECT_EQ(Happened(), "from self, from a server");
  Pass(absl::Seconds(1));
  EXPECT_EQ(Happened(), "from a timer");
  actor.Tell(Text{"1"});
  actor.Tell(Text{"2"});
  actor.Tell(Text{"open"});
  EXPECT_EQ(Happened(), "open 1, open 2");
}

TEST_P(InterceptorTest, TransformTwice) {
  struct Wide {
    int value;
  };
  ActorRef<Wide> actor = kit().Spawn(
      TransformMessages<Wide>(TransformMessages<Outer>(Speaker(journal(), "s"), &ToCommand),
                              [](Wide wide) -> Outer { return Number{wide.value}; }));
  actor.Tell({7});
  EXPECT_EQ(Happened(), "s starts, s #7");
}

TEST_P(InterceptorTest, AMapThatThrowsFailsTheActor) {
  ActorRef<Outer> actor = kit().Spawn(
      Supervise(TransformMessages<Outer>(Speaker(journal(), "s"), [](Outer outer) -> Command {
        if (std::holds_alternative<Number>(outer)) throw std::runtime_error("map");
        return ToCommand(std::move(outer));
      })).OnFailure(SupervisorStrategy::Resume()));
  actor.Tell(Number{1});
  actor.Tell(Text{"a"});
  EXPECT_EQ(Happened(), "s starts, s a");
}

TEST_P(InterceptorTest, ATransformedBehaviorMayBeRestarted) {
  ActorRef<Outer> actor = kit().Spawn(
      Supervise(TransformMessages<Outer>(Speaker(journal(), "s"), [](Outer outer) -> Command {
        if (std::holds_alternative<Number>(outer)) return Boom{};
        return ToCommand(std::move(outer));
      })).OnFailure(SupervisorStrategy::Restart()));
  actor.Tell(Number{1});
  actor.Tell(Text{"a"});
  EXPECT_EQ(Happened(), "s starts, s starts, s a");
}

}  // namespace
}  // namespace sampo
