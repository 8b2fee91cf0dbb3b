// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// ActorContext::PipeToSelf.
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>

#include "gtest/gtest.h"
#include "sampo/actor/actor.h"
#include "sampo/actor/core_test_fixture.h"
#include "sampo/actor/supervise.h"

namespace sampo {
namespace {

struct Got {
  std::string text;
};
struct Do {
  std::function<void(ActorContext<struct Command>&)> step;
};
struct Command : std::variant<Got, Do> {
  using variant::variant;
};

Behavior<Command> Actor(Journal journal) {
  return Setup<Command>([=](ActorContext<Command>& context) {
    return Receive<Command>(On{[journal](const Got& m) {
                                 journal.Add(m.text);
                                 return Same();
                               },
                               [&context](const Do& m) {
                                 m.step(context);
                                 return Same();
                               }},
                            OnSignal{[journal](const PostStop&) {
                              journal.Add("stopped");
                              return Same();
                            }});
  });
}

Got Text(absl::StatusOr<int> result) {
  return Got{result.ok() ? StrCat(*result) : std::string(result.status().message())};
}

class PipeToSelfTest : public CoreTest {
 protected:
  PipeToSelfTest() : actor_(kit().Spawn(Actor(journal()), "actor")) {}
  void OnTurn(std::function<void(ActorContext<Command>&)> step) {
    actor_.Tell(Do{std::move(step)});
    Settle();
  }
  const ActorRef<Command>& actor() const { return actor_; }

 private:
  ActorRef<Command> actor_;
};
SAMPO_ON_EACH_RUNTIME(PipeToSelfTest);

TEST_P(PipeToSelfTest, AResultBecomesAMessage) {
  Promise<int> promise;
  OnTurn([future = promise.future()](auto& context) { context.PipeToSelf(future, Text); });
  EXPECT_EQ(Happened(), "");
  promise.Complete(7);
  EXPECT_EQ(Happened(), "7");
}

TEST_P(PipeToSelfTest, AFailureBecomesAMessageToo) {
  OnTurn([](auto& context) {
    context.PipeToSelf(Future<int>::Failed(absl::NotFoundError("lost")), Text);
    context.PipeToSelf(Future<int>::Ready(3), Text);
  });
  EXPECT_EQ(Happened(), "lost, 3");
}

TEST_P(PipeToSelfTest, AVoidOneGivesItsStatus) {
  OnTurn([](auto& context) {
    context.PipeToSelf(Future<void>::Ready(),
                       [](absl::Status status) { return Got{status.ok() ? "done" : "failed"}; });
  });
  EXPECT_EQ(Happened(), "done");
}

TEST_P(PipeToSelfTest, AMoveOnlyResultIsMoved) {
  OnTurn([](auto& context) {
    context.PipeToSelf(
        Future<std::unique_ptr<int>>::Ready(std::make_unique<int>(9)),
        [](absl::StatusOr<std::unique_ptr<int>> result) { return Got{StrCat(**result)}; });
  });
  EXPECT_EQ(Happened(), "9");
}

TEST_P(PipeToSelfTest, TheMapperRunsOnTheActorsTurn) {
  // It may touch what the actor owns, without a lock; found by a thread sanitizer if not.
  Promise<int> promise;
  auto state = std::make_shared<int>(1);
  OnTurn([state, future = promise.future()](auto& context) {
    context.PipeToSelf(future, [state, &context](absl::StatusOr<int> result) {
      context.CancelReceiveTimeout();
      return Got{StrCat(*state += *result)};
    });
  });
  if (simulated()) {
    promise.Complete(1);
  } else {
    std::thread([&] { promise.Complete(1); }).join();
  }
  EXPECT_EQ(Happened(), "2");
}

TEST_P(PipeToSelfTest, AMapperThatThrowsFailsTheActor) {
  OnTurn([](auto& context) {
    context.PipeToSelf(Future<int>::Ready(1),
                       [](absl::StatusOr<int>) -> Got { throw std::runtime_error("mapper"); });
  });
  EXPECT_EQ(Happened(), "stopped");
}

TEST_P(PipeToSelfTest, AMapperThatThrowsMayBeSupervised) {
  ActorRef<Command> supervised =
      kit().Spawn(Supervise(Actor(journal())).OnFailure(SupervisorStrategy::Resume()));
  supervised.Tell(Do{[](auto& context) {
    context.PipeToSelf(Future<int>::Ready(1),
                       [](absl::StatusOr<int>) -> Got { throw std::runtime_error("mapper"); });
  }});
  supervised.Tell(Got{"on"});
  EXPECT_EQ(Happened(), "on");
}

TEST_P(PipeToSelfTest, AResultForADeadActorIsDropped) {
  Promise<int> promise;
  auto held = std::make_shared<int>(0);
  OnTurn([held, future = promise.future()](auto& context) {
    context.PipeToSelf(future, [held](absl::StatusOr<int> result) { return Text(result); });
  });
  kit().Stop(actor());
  promise.Complete(1);
  EXPECT_EQ(Happened(), "stopped");
  EXPECT_EQ(held.use_count(), 1);  // the mapper is gone
}

}  // namespace
}  // namespace sampo
