// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// What a thread must not do: use the context of an actor that it does not run, or wait in a turn.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pthread.h>

#include <latch>
#include <memory>
#include <thread>

#include "sampo/actor/actor.h"
#include "sampo/actor/base/log_sink.h"

namespace sampo {
namespace {

using ::testing::HasSubstr;

constexpr absl::Duration kLong = absl::Seconds(30);

struct Try {
  ReplyTo<std::string> reply_to;
};
struct Hold {
  std::latch* begun;
};
struct Command : std::variant<Try, Hold> {
  using variant::variant;
};

SystemSettings Settings() {
  SystemSettings settings;
  settings.threads = 1;
  settings.log_sink = std::make_shared<CaptureLogSink>();
  return settings;
}

// Waits in its handler for what is there already, and tells what came of it.
Behavior<Command> Waiter() {
  return Receive<Command>(On{[](Try&& m) {
                               m.reply_to.Tell(
                                   Await(Future<void>::Ready(), absl::Seconds(1)).ToString());
                               return Same();
                             },
                             [](const Hold&) { return Same(); }});
}

std::string TryIt(const ActorRef<Command>& actor) {
  absl::StatusOr<std::string> answer =
      Await(Ask<std::string>(actor, kLong, [](auto reply_to) { return Try{std::move(reply_to)}; }),
            kLong);
  return answer.ok() ? *answer : answer.status().ToString();
}

TEST(AwaitGuardTest, AwaitInATurnIsRefusedAndNamesTheActorAndItsThread) {
  ActorSystem<Command> system(Waiter(), "shop", Settings());
  EXPECT_THAT(TryIt(system), HasSubstr("FAILED_PRECONDITION: Await in the turn of actor /user "
                                       "would stop thread \"default-0\""));
  EXPECT_THAT(TryIt(system), HasSubstr("PipeToSelf"));
}

TEST(AwaitGuardTest, AwaitIsRefusedOnEveryDispatcher) {
  ActorSystem<Command> system(Waiter(), "shop", Settings());
  EXPECT_THAT(TryIt(system.Spawn(Waiter(), "p", Props().Pinned())), HasSubstr("actor /user/p "));
  EXPECT_THAT(TryIt(system.Spawn(Waiter(), "b", Props().Blocking())), HasSubstr("actor /user/b "));
}

TEST(AwaitGuardTest, AnActorMayEndAnotherSystem) {
  ActorSystem<Command> outer(Receive<Command>(On{[](Try&& m) {
                                                   {
                                                     ActorSystem<Command> inner(Waiter(), "inner",
                                                                                Settings());
                                                   }
                                                   m.reply_to.Tell("ended");
                                                   return Same();
                                                 },
                                                 [](const Hold&) { return Same(); }}),
                             "outer", Settings());
  EXPECT_EQ(TryIt(outer), "ended");
}

// An actor that gives its context away, and may hold its own thread.
class Careless {
 public:
  Behavior<Command> Make() {
    return Setup<Command>([this](ActorContext<Command>& context) {
      context_ = &context;
      return Receive<Command>(On{[](Try&& m) {
                                   m.reply_to.Tell("there");
                                   return Same();
                                 },
                                 [this](const Hold& m) {
                                   m.begun->count_down();
                                   release_.wait();
                                   return Same();
                                 }});
    });
  }
  ActorContext<Command>& context() { return *context_; }

 private:
  ActorContext<Command>* context_ = nullptr;
  std::latch release_{1};
};

TEST(CheckThreadDeathTest, UseFromAForeignThreadNamesBothThreads) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  auto misuse = [](bool busy) {
    pthread_setname_np(pthread_self(), "stranger");
    Careless careless;
    ActorSystem<Command> system(careless.Make(), "shop", Settings());
    if (TryIt(system) != "there") return;
    std::latch begun(1);
    if (busy) {
      system.Tell(Hold{&begun});
      begun.wait();
    }
    careless.context().CancelReceiveTimeout();  // no harm in itself
    careless.context().Spawn(Waiter(), "child");
  };
  EXPECT_DEATH(
      misuse(/*busy=*/true),
      "ActorContext of /user used from thread \"stranger\", which runs no actor; .*runs on "
      "thread \"default-0\" now");
  EXPECT_DEATH(misuse(/*busy=*/false),
               "used from thread \"stranger\", .*(does not run now|runs on)");
}

}  // namespace
}  // namespace sampo
