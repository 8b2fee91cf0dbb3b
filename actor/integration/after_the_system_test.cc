// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Refs, messages, asks and timers outlive their system: nothing is touched that is gone, nobody
// waits for ever.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "sampo/actor/actor.h"
#include "sampo/actor/base/log_sink.h"
#include "sampo/actor/internal/actor_cell.h"
#include "sampo/actor/internal/root_cell.h"

namespace sampo {
namespace {

using ::testing::HasSubstr;

constexpr absl::Duration kLong = absl::Seconds(60);

// Counts its living copies.
struct Token {
  explicit Token(std::atomic<int>* count) : living(count) { ++*living; }
  Token(const Token& other) : living(other.living) { ++*living; }
  Token& operator=(const Token&) = delete;
  ~Token() { --*living; }
  std::atomic<int>* living;
};

struct Keep {
  Token token;
};
struct Query {
  ReplyTo<int> reply_to;
};
struct Command : std::variant<Keep, Query> {
  using variant::variant;
};

Behavior<Command> Worker() {
  return Receive<Command>(On{[](const Keep&) { return Same(); },
                             [](Query&& m) {
                               m.reply_to.Tell(1);
                               return Same();
                             }});
}

SystemSettings Settings() {
  SystemSettings settings;
  settings.threads = 1;
  settings.log_sink = std::make_shared<CaptureLogSink>();
  return settings;
}

uint64_t DeadLettersOf(const ActorRef<Command>& ref) {
  auto* cell = internal::ActorCell::FromTarget(internal::RefAccess::Target(ref));
  return static_cast<internal::RootCell*>(cell->Root())->dead_letters.load();
}

ActorRef<Command> RefOfEndedSystem() {
  ActorSystem<Command> system(Worker(), "shop", Settings());
  return system.Spawn(Worker(), "worker");
}

TEST(AfterTheSystemTest, ATellIsDestroyedAndCounted) {
  ActorRef<Command> ref = RefOfEndedSystem();
  std::atomic<int> living = 0;
  const uint64_t before = DeadLettersOf(ref);
  for (int i = 0; i < 100; ++i) ref.Tell(Keep{Token(&living)});
  EXPECT_EQ(living, 0);
  EXPECT_EQ(DeadLettersOf(ref), before + 100);
}

TEST(AfterTheSystemTest, MessagesThatWereStillQueuedAreDestroyedAndCounted) {
  std::atomic<int> living = 0;
  ActorRef<Command> ref;
  {
    ActorSystem<Command> system(Worker(), "shop", Settings());
    ref = system.Spawn(Worker(), "worker");
    for (int i = 0; i < 10'000; ++i) ref.Tell(Keep{Token(&living)});
  }
  EXPECT_EQ(living, 0);
}

TEST(AfterTheSystemTest, AnAskEndsAtOnceWithCancelled) {
  ActorRef<Command> ref = RefOfEndedSystem();
  Future<int> asked =
      Ask<int>(ref, absl::InfiniteDuration(), [](auto r) { return Query{std::move(r)}; });
  ASSERT_TRUE(asked.IsComplete());
  EXPECT_EQ(Await(asked, kLong).status().code(), absl::StatusCode::kCancelled);
}

TEST(AfterTheSystemTest, AReplyToInsideATellIsCompletedWithCancelled) {
  ActorRef<Command> ref = RefOfEndedSystem();
  // The asker's question goes to a living actor, which passes it on to one that is gone.
  ActorSystem<Command> living(Receive<Command>(On{[](const Keep&) { return Same(); },
                                                  [ref](Query&& m) {
                                                    ref.Tell(std::move(m));
                                                    return Same();
                                                  }}),
                              "living", Settings());
  absl::StatusOr<int> answer =
      Await(Ask<int>(living.guardian(), kLong, [](auto r) { return Query{std::move(r)}; }), kLong);
  EXPECT_EQ(answer.status().code(), absl::StatusCode::kCancelled);
  EXPECT_THAT(answer.status().message(), HasSubstr("dropped unanswered"));
}

TEST(AfterTheSystemTest, AnAskThatWaitsWhenTheSystemEndsIsCancelled) {
  std::optional<ReplyTo<int>> kept;
  std::optional<Future<int>> asked;
  {
    ActorSystem<Command> system(Receive<Command>(On{[](const Keep&) { return Same(); },
                                                    [&kept](Query&& m) {
                                                      kept.emplace(std::move(m.reply_to));
                                                      return Same();
                                                    }}),
                                "shop", Settings());
    asked = Ask<int>(system.guardian(), absl::InfiniteDuration(),
                     [](auto r) { return Query{std::move(r)}; });
  }
  ASSERT_TRUE(asked->IsComplete());
  EXPECT_EQ(Await(*asked, kLong).status().code(), absl::StatusCode::kCancelled);
  // The obligation outlives asker and system.
  if (kept.has_value()) kept->Tell(7);
}

TEST(AfterTheSystemTest, RefsAreCopiedComparedNamedAndDestroyedFromManyThreads) {
  ActorRef<Command> ref = RefOfEndedSystem();
  std::atomic<int> living = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([ref, &living] {
      for (int i = 0; i < 2'000; ++i) {
        ActorRef<Command> copy = ref;
        ActorRef<Keep> narrow = copy;
        narrow.Tell(Keep{Token(&living)});
        AnyActorRef any = copy;
        EXPECT_EQ(any, AnyActorRef(ref));
      }
      EXPECT_THAT(ref.path(), HasSubstr("/user/worker#"));
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(living, 0);
}

TEST(AfterTheSystemTest, TellsThatRaceWithTheEndAreHandledOrCounted) {
  std::atomic<int> living = 0;
  for (int round = 0; round < 50; ++round) {
    auto system = std::make_unique<ActorSystem<Command>>(Worker(), "shop", Settings());
    ActorRef<Command> ref = system->Spawn(Worker(), "worker");
    std::thread teller([ref, &living] {
      for (int i = 0; i < 500; ++i) ref.Tell(Keep{Token(&living)});
    });
    system.reset();
    teller.join();
    EXPECT_EQ(living, 0);
  }
}

// --- static destructors ---

// Tells when it is destroyed.
struct LastWords {
  explicit LastWords(const char* of) : name(of) {}
  ~LastWords() {
    std::atomic<int> living = 0;
    for (int i = 0; i < 10; ++i) ref.Tell(Keep{Token(&living)});
    Future<int> asked = Ask<int>(ref, absl::Seconds(5), [](auto r) { return Query{std::move(r)}; });
    absl::StatusOr<int> answer = Await(asked, kLong);
    std::fprintf(stderr, "%s %s %d\n", name, answer.ok() ? "answered" : "cancelled", living.load());
  }
  const char* const name;
  ActorRef<Command> ref;
};

TEST(AfterTheSystemDeathTest, StaticDestructorsMayTellBeforeAndAfterTheSystemsEnd) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  auto program = [] {
    static LastWords after("after");  // destroyed last
    static ActorSystem<Command> system(Worker(), "static", Settings());
    static LastWords before("before");  // destroyed first
    after.ref = before.ref = system.Spawn(Worker(), "worker");
    std::exit(0);
  };
  EXPECT_EXIT(program(), ::testing::ExitedWithCode(0), "before answered 0\nafter cancelled 0");
}

}  // namespace
}  // namespace sampo
