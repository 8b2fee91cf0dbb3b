// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Systems are plain objects: there may be any number of them, one after another or side by side.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "sampo/actor/actor.h"
#include "sampo/actor/base/log_sink.h"
#include "sampo/actor/base/str_cat.h"

namespace sampo {
namespace {

constexpr absl::Duration kLong = absl::Seconds(60);

struct Ping {
  ReplyTo<int> reply_to;
};

Behavior<Ping> Answer(int with) {
  return Receive<Ping>([with](Ping&& m) {
    m.reply_to.Tell(with);
    return Same();
  });
}

std::unique_ptr<ActorSystem<Ping>> NewSystem(int number) {
  SystemSettings settings;
  settings.threads = 1;
  settings.log_sink = std::make_shared<CaptureLogSink>();
  return std::make_unique<ActorSystem<Ping>>(Answer(number), StrCat("system-", number), settings);
}

absl::StatusOr<int> AskIt(const ActorRef<Ping>& actor) {
  return Await(Ask<int>(actor, kLong, [](auto reply_to) { return Ping{std::move(reply_to)}; }),
               kLong);
}

int ThreadsOfThisProcess() {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;) {
    int count = 0;
    if (word == "Threads:" && status >> count) return count;
  }
  return -1;
}

TEST(ManySystemsTest, AThousandOneAfterAnother) {
  NewSystem(0).reset();  // ThreadSanitizer has a thread of its own from the first one on
  const int threads_before = ThreadsOfThisProcess();
  for (int i = 0; i < 1'000; ++i) {
    std::unique_ptr<ActorSystem<Ping>> system = NewSystem(i);
    absl::StatusOr<int> answer = AskIt(*system);
    ASSERT_TRUE(answer.ok()) << answer.status();
    ASSERT_EQ(*answer, i);
  }
  EXPECT_EQ(ThreadsOfThisProcess(), threads_before);
}

TEST(ManySystemsTest, AHundredSideBySideThatTalkToEachOther) {
  std::vector<std::unique_ptr<ActorSystem<Ping>>> systems;
  for (int i = 0; i < 100; ++i) systems.push_back(NewSystem(i));
  for (int i = 0; i < 100; ++i) {
    // An actor of one system asks that of the next.
    ActorRef<Ping> next = systems[(i + 1) % 100]->guardian();
    ActorRef<Ping> relay = systems[i]->Spawn(Receive<Ping>([next](Ping&& m) {
                                               next.Tell(std::move(m));
                                               return Same();
                                             }),
                                             "relay");
    absl::StatusOr<int> answer = AskIt(relay);
    ASSERT_TRUE(answer.ok()) << answer.status();
    EXPECT_EQ(*answer, (i + 1) % 100);
  }
  // They end in any order, while others run.
  for (int i = 0; i < 100; i += 2) systems[i].reset();
  for (int i = 1; i < 100; i += 2) EXPECT_TRUE(AskIt(*systems[i]).ok());
}

TEST(ManySystemsTest, ComeAndGoOnManyThreads) {
  std::vector<std::thread> threads;
  std::atomic<int> answers = 0;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&answers, t] {
      for (int i = 0; i < 50; ++i) {
        std::unique_ptr<ActorSystem<Ping>> system = NewSystem(t * 1000 + i);
        if (AskIt(*system).ok()) ++answers;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(answers, 200);
}

}  // namespace
}  // namespace sampo
