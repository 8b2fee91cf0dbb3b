// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Ask and AskWithStatus, from outside and inside of actors; ReplyTo.
#include "sampo/actor/ask.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

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
struct Drop {
  ReplyTo<Value> reply_to;
};
struct Keep {  // answered by the next Answer
  ReplyTo<Value> reply_to;
};
struct Answer {};
struct Quit {};
struct Check {  // answers a status
  ReplyTo<absl::Status> reply_to;
  absl::Status answer;
};
struct Find {
  ReplyTo<absl::StatusOr<Value>> reply_to;
  absl::StatusOr<Value> answer;
};
struct GetByRef {  // may be answered, or not
  ActorRef<Value> reply_to;
};
struct Server : std::variant<Get, Drop, Keep, Answer, Quit, Check, Find, GetByRef> {
  using variant::variant;
};

Behavior<Server> MakeServer() {
  return Setup<Server>([](ActorContext<Server>&) {
    auto kept = std::make_shared<std::vector<ReplyTo<Value>>>();
    return Receive<Server>(On{[](Get&& m) {
                                m.reply_to.Tell({42});
                                return Same();
                              },
                              [](const Drop&) { return Same(); },
                              [kept](Keep&& m) {
                                kept->push_back(std::move(m.reply_to));
                                return Same();
                              },
                              [kept](const Answer&) {
                                for (auto& each : *kept) each.Tell({7});
                                kept->clear();
                                return Same();
                              },
                              [](const Quit&) { return Stopped(); },
                              [](Check&& m) {
                                m.reply_to.Tell(m.answer);
                                return Same();
                              },
                              [](Find&& m) {
                                m.reply_to.Tell(m.answer);
                                return Same();
                              },
                              [](const GetByRef& m) {
                                m.reply_to.Tell({1});
                                m.reply_to.Tell({2});  // to dead letters
                                return Same();
                              }});
  });
}

template <class M>
auto With() {
  return [](auto reply_to) { return M{std::move(reply_to)}; };
}

std::string Text(const absl::StatusOr<Value>& value) {
  return value.ok() ? StrCat(value->count)
                    : std::string(absl::StatusCodeToString(value.status().code()));
}

// Asks what it is told to, and writes down the answers.
struct Done {
  std::string text;
};
struct Do {
  std::function<void(ActorContext<struct Client>&)> step;
};
struct Client : std::variant<Done, Do> {
  using variant::variant;
};
Behavior<Client> MakeClient(Journal journal) {
  return Setup<Client>([=](ActorContext<Client>& context) {
    return Receive<Client>(On{[journal](const Done& m) {
                                journal.Add(m.text);
                                return Same();
                              },
                              [&context](const Do& m) {
                                m.step(context);
                                return Same();
                              }});
  });
}

class AskTest : public CoreTest {
 protected:
  AskTest()
      : server_(kit().Spawn(MakeServer(), "server")),
        client_(kit().Spawn(MakeClient(journal()), "client")) {}
  const ActorRef<Server>& server() const { return server_; }
  const ActorRef<Client>& client() const { return client_; }
  // Asks from outside of actors; the answer, if there is one when all actors are at rest.
  template <class M>
  std::string AskOutside(const ActorRef<Server>& target) {
    Future<Value> value = Ask<Value>(target, absl::Seconds(10), With<M>());
    Settle();
    return value.IsComplete() ? Text(Await(value, absl::Seconds(1))) : "pending";
  }
  void OnTurn(std::function<void(ActorContext<Client>&)> step) {
    client_.Tell(Do{std::move(step)});
    Settle();
  }
  template <class M>
  void AskInside(const ActorRef<Server>& target) {
    OnTurn([target](auto& context) {
      context.template Ask<Value>(target, absl::Seconds(10), With<M>(),
                                  [](absl::StatusOr<Value> value) { return Done{Text(value)}; });
    });
  }

 private:
  ActorRef<Server> server_;
  ActorRef<Client> client_;
};
SAMPO_ON_EACH_RUNTIME(AskTest);

TEST_P(AskTest, IsAnswered) {
  EXPECT_EQ(AskOutside<Get>(server()), "42");
  AskInside<Get>(server());
  EXPECT_EQ(Happened(), "42");
}

TEST_P(AskTest, ADroppedRequestIsCancelledAtOnce) {
  EXPECT_EQ(AskOutside<Drop>(server()), "CANCELLED");
  AskInside<Drop>(server());
  EXPECT_EQ(Happened(), "CANCELLED");
  absl::Status why =
      Await(Ask<Value>(server(), absl::Seconds(10), With<Drop>()), absl::Seconds(1)).status();
  EXPECT_NE(why.message().find("/user/server"), absl::string_view::npos) << why;
  EXPECT_NE(why.message().find("Value"), absl::string_view::npos) << why;
}

TEST_P(AskTest, ARequestThatWaitsInAStoppingActorIsCancelled) {
  Future<Value> kept = Ask<Value>(server(), absl::Seconds(10), With<Keep>());
  AskInside<Keep>(server());
  EXPECT_FALSE(kept.IsComplete());
  server().Tell(Quit{});
  EXPECT_EQ(Happened(), "CANCELLED");
  ASSERT_TRUE(kept.IsComplete());
  EXPECT_EQ(Text(Await(kept, absl::Seconds(1))), "CANCELLED");
}

TEST_P(AskTest, AskingTheDeadFailsAtOnce) {
  server().Tell(Quit{});
  Settle();
  // Known before the request is told: it does not even become a dead letter from outside.
  EXPECT_EQ(AskOutside<Get>(server()), "CANCELLED");
  EXPECT_EQ(Happened(), "");
  AskInside<Get>(server());
  EXPECT_EQ(HappenedWithoutOrder(), "CANCELLED, dead letter Get");
}

TEST_P(AskTest, ARequestThatBecomesADeadLetterIsCancelled) {
  // Alive when it is asked, and ended when the request is its turn.
  server().Tell(Quit{});
  Future<Value> value = Ask<Value>(server(), absl::Seconds(10), With<Get>());
  Settle();
  ASSERT_TRUE(value.IsComplete());
  EXPECT_EQ(Text(Await(value, absl::Seconds(1))), "CANCELLED");
}

TEST_P(AskTest, TimesOutOnceAndALateAnswerIsADeadLetter) {
  Future<Value> value = Ask<Value>(server(), absl::Seconds(10), With<Keep>());
  AskInside<Keep>(server());
  Pass(absl::Milliseconds(9999));
  EXPECT_FALSE(value.IsComplete());
  EXPECT_EQ(Happened(), "");
  Pass(absl::Milliseconds(1));
  ASSERT_TRUE(value.IsComplete());
  EXPECT_EQ(Text(Await(value, absl::Seconds(1))), "DEADLINE_EXCEEDED");
  EXPECT_EQ(Happened(), "DEADLINE_EXCEEDED");
  server().Tell(Answer{});
  EXPECT_EQ(Happened(), "dead letter Value, dead letter Value");
}

TEST_P(AskTest, ALateAnswerDoesNotReachANewerAsk) {
  AskInside<Keep>(server());
  Pass(absl::Seconds(10));
  EXPECT_EQ(Happened(), "DEADLINE_EXCEEDED");
  AskInside<Keep>(server());
  server().Tell(Answer{});
  EXPECT_EQ(HappenedWithoutOrder(), "7, dead letter Value");
}

TEST_P(AskTest, ALateDropIsNoNews) {
  AskInside<Keep>(server());
  Future<Value> value = Ask<Value>(server(), absl::Seconds(10), With<Keep>());
  Pass(absl::Seconds(10));
  EXPECT_EQ(Happened(), "DEADLINE_EXCEEDED");
  server().Tell(Quit{});  // drops the two
  EXPECT_EQ(Happened(), "");
}

TEST_P(AskTest, TheFirstAnswerCountsAndTheSecondIsADeadLetter) {
  EXPECT_EQ(AskOutside<GetByRef>(server()), "1");
  EXPECT_EQ(Happened(), "dead letter Value");
  AskInside<GetByRef>(server());
  EXPECT_EQ(HappenedWithoutOrder(), "1, dead letter Value");
}

TEST_P(AskTest, WithStatusIsFlat) {
  auto check = [&](absl::Status answer) {
    Future<void> checked = AskWithStatus<void>(server(), absl::Seconds(10), [&](auto reply_to) {
      return Check{std::move(reply_to), answer};
    });
    Settle();
    return Await(checked, absl::Seconds(1));
  };
  EXPECT_TRUE(check(absl::OkStatus()).ok());
  EXPECT_EQ(check(absl::NotFoundError("no")).code(), absl::StatusCode::kNotFound);
  auto find = [&](absl::StatusOr<Value> answer) {
    Future<Value> found = AskWithStatus<Value>(server(), absl::Seconds(10), [&](auto reply_to) {
      return Find{std::move(reply_to), answer};
    });
    Settle();
    return Text(Await(found, absl::Seconds(1)));
  };
  EXPECT_EQ(find(Value{3}), "3");
  EXPECT_EQ(find(absl::NotFoundError("no")), "NOT_FOUND");
  server().Tell(Quit{});
  Settle();
  EXPECT_EQ(find(Value{3}), "CANCELLED");
}

TEST_P(AskTest, WithStatusIsFlatInside) {
  OnTurn([this](auto& context) {
    context.template AskWithStatus<void>(
        server(), absl::Seconds(10),
        [](auto reply_to) {
          return Check{std::move(reply_to), absl::NotFoundError("no")};
        },
        [](absl::Status status) {
          return Done{std::string(absl::StatusCodeToString(status.code()))};
        });
    context.template AskWithStatus<Value>(
        server(), absl::Seconds(10),
        [](auto reply_to) {
          return Find{std::move(reply_to), Value{5}};
        },
        [](absl::StatusOr<Value> value) { return Done{Text(value)}; });
  });
  EXPECT_EQ(Happened(), "NOT_FOUND, 5");
}

TEST_P(AskTest, AnAskerThatStopsLeavesTheAnswerToTheDeadLetters) {
  AskInside<Keep>(server());
  kit().Stop(client());
  server().Tell(Answer{});
  EXPECT_EQ(Happened(), "dead letter Value");
}

TEST_P(AskTest, AnAskSurvivesTheRestartOfTheAsker) {
  ActorRef<Client> restarted =
      kit().Spawn(Supervise(MakeClient(journal())).OnFailure(SupervisorStrategy::Restart()));
  restarted.Tell(Do{[this](auto& context) {
    context.template Ask<Value>(server(), absl::Seconds(10), With<Keep>(),
                                [](absl::StatusOr<Value> value) { return Done{Text(value)}; });
  }});
  restarted.Tell(Do{[](auto&) { throw std::runtime_error("boom"); }});
  Settle();
  server().Tell(Answer{});
  EXPECT_EQ(Happened(), "7");
}

TEST_P(AskTest, AnAnswerThatTheStashOfARestartDropsLeavesNothingBehind) {
  ActorRef<Client> restarted = kit().Spawn(
      Supervise(MakeClient(journal()))
          .OnFailure(
              SupervisorStrategy::RestartWithBackoff({.random_factor = 0}).WithStashCapacity(0)));
  restarted.Tell(Do{[this](auto& context) {
    context.template Ask<Value>(server(), absl::Seconds(10), With<Keep>(),
                                [](absl::StatusOr<Value> value) { return Done{Text(value)}; });
  }});
  restarted.Tell(Do{[](auto&) { throw std::runtime_error("boom"); }});
  Settle();
  server().Tell(Answer{});
  Settle();
  Pass(absl::Seconds(20));
  restarted.Tell(Done{"after"});
  EXPECT_EQ(Happened().substr(0, 7), "dropped");
  kit().Stop(restarted);
}

TEST_P(AskTest, AMapperThatThrowsFailsTheAsker) {
  ActorRef<Client> supervised =
      kit().Spawn(Supervise(MakeClient(journal())).OnFailure(SupervisorStrategy::Resume()));
  supervised.Tell(Do{[this](auto& context) {
    context.template Ask<Value>(
        server(), absl::Seconds(10), With<Get>(),
        [](absl::StatusOr<Value>) -> Done { throw std::runtime_error("mapper"); });
  }});
  Settle();
  supervised.Tell(Done{"on"});
  EXPECT_EQ(Happened(), "on");
  EXPECT_EQ(log().Count({.message_contains = "mapper"}), 1u);
}

TEST_P(AskTest, AnAdapterMayBeAskedWithATimeout) {
  struct Question {
    ActorRef<Value> reply_to;
  };
  ActorRef<Question> adapter;
  OnTurn([&](auto& context) {
    adapter = context.template MessageAdapter<Question>([](Question) { return Done{"asked"}; });
  });
  Future<Value> value = Ask<Value>(adapter, absl::Seconds(10), With<Question>());
  EXPECT_EQ(Happened(), "asked");
  Pass(absl::Seconds(10));
  EXPECT_TRUE(value.IsComplete());  // dropped or timed out
  kit().Stop(client());
  Future<Value> late = Ask<Value>(adapter, absl::Seconds(10), With<Question>());
  Settle();
  ASSERT_TRUE(late.IsComplete());
  EXPECT_EQ(Text(Await(late, absl::Seconds(1))), "CANCELLED");
}

TEST_P(AskTest, TheEndOfTheSystemCancels) {
  Future<Value> value = Ask<Value>(server(), absl::InfiniteDuration(), With<Keep>());
  Settle();
  std::optional<Future<Value>> by_ref;
  struct Never {
    ActorRef<Value> reply_to;
  };
  auto kept = std::make_shared<std::vector<ActorRef<Value>>>();
  ActorRef<Never> hoarder = kit().Spawn(Receive<Never>([kept](const Never& m) {
    kept->push_back(m.reply_to);
    return Same();
  }));
  by_ref = Ask<Value>(hoarder, absl::Seconds(10), With<Never>());
  Settle();
  HappenedAtTheEnd();
  ASSERT_TRUE(value.IsComplete());
  EXPECT_EQ(Text(Await(value, absl::Seconds(1))), "CANCELLED");
  kept->front().Tell({3});  // may still come: nobody has said that there is no answer
  ASSERT_TRUE(by_ref->IsComplete());
  Future<Value> after = Ask<Value>(server(), absl::Seconds(10), With<Get>());
  ASSERT_TRUE(after.IsComplete());
  EXPECT_EQ(Text(Await(after, absl::Seconds(1))), "CANCELLED");
}

TEST_P(AskTest, AReplyToForAnyRefTellsIt) {
  TestProbe<Value> probe = kit().CreateTestProbe<Value>();
  server().Tell(Get{ReplyTo<Value>::To(probe.ref())});
  EXPECT_EQ(probe.ExpectMessage().count, 42);
  server().Tell(Drop{ReplyTo<Value>::To(probe.ref())});  // drops: nobody is told
  server().Tell(Get{ReplyTo<Value>::To(ActorRef<Value>::Ignore())});
  EXPECT_EQ(Happened(), "");
  EXPECT_FALSE(probe.HasMessages());
}

TEST_P(AskTest, AReplyToForAnAdapterThatIsDroppedTellsNobody) {
  OnTurn([this](auto& context) {
    auto adapter = context.template MessageAdapter<Value>([](Value) { return Done{"adapted"}; });
    server().Tell(Drop{ReplyTo<Value>::To(adapter)});
    server().Tell(Get{ReplyTo<Value>::To(adapter)});
  });
  EXPECT_EQ(Happened(), "adapted");
}

TEST_P(AskTest, AReplyToKnowsWhetherItIsPending) {
  TestProbe<Value> probe = kit().CreateTestProbe<Value>();
  ReplyTo<Value> first = ReplyTo<Value>::To(probe.ref());
  EXPECT_TRUE(first.pending());
  ReplyTo<Value> second = std::move(first);
  EXPECT_FALSE(first.pending());
  second.Tell({1});
  EXPECT_FALSE(second.pending());
  second.Tell({2});  // goes nowhere
  EXPECT_EQ(probe.ExpectMessage().count, 1);
  EXPECT_FALSE(probe.HasMessages());
}

TEST_P(AskTest, AThousandAsksOfOneActor) {
  OnTurn([this](auto& context) {
    for (int i = 0; i < 1000; ++i) {
      context.template Ask<Value>(server(), absl::Seconds(10), With<Get>(),
                                  [](absl::StatusOr<Value> value) { return Done{Text(value)}; });
    }
  });
  Settle();
  std::vector<std::string> lines = journal().TakeLines();
  EXPECT_EQ(lines, std::vector<std::string>(1000, "42"));
}

}  // namespace
}  // namespace sampo
