// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// A system without work uses no processor time: its workers, its monitor and its timers all sleep.
// Tagged manual, because it takes two seconds of real time.
#include <sys/resource.h>

#include <chrono>
#include <condition_variable>
#include <ctime>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sampo/actor/actor.h"

namespace sampo {
namespace {

struct Answer {};
struct Question {
  ReplyTo<Answer> reply_to;
};

Behavior<Question> Server() {
  return Receive<Question>([](Question&& m) {
    m.reply_to.Tell({});
    return Same();
  });
}

struct Usage {
  double cpu_seconds;
  int64_t wakeups;  // times a thread gave up the processor to wait
};

Usage UsageOfProcess() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
  };
  return {seconds(usage.ru_utime) + seconds(usage.ru_stime), usage.ru_nvcsw};
}

// This thread waits for what never comes.
void LetPass(std::chrono::milliseconds time) {
  std::mutex mutex;
  std::condition_variable never;
  std::unique_lock lock(mutex);
  never.wait_for(lock, time, [] { return false; });
}

TEST(IdleCpuTest, AQuietSystemSleeps) {
  SystemSettings settings;
  settings.threads = 2;
  settings.log_level = "error";
  ActorSystem<Question> system(Server(), "idle", settings);
  std::vector<ActorRef<Question>> actors;
  for (int i = 0; i < 10'000; ++i) actors.push_back(system.SpawnAnonymous(Server()));
  auto answer = Ask<Answer>(actors.back(), absl::Seconds(10),
                            [](auto reply_to) { return Question{std::move(reply_to)}; });
  ASSERT_TRUE(Await(std::move(answer), absl::Seconds(10)).ok());

  LetPass(std::chrono::milliseconds(200));  // until all have gone to sleep
  const Usage before = UsageOfProcess();
  LetPass(std::chrono::milliseconds(2000));
  const Usage after = UsageOfProcess();
  const double used = after.cpu_seconds - before.cpu_seconds;
  RecordProperty("cpu_microseconds", static_cast<int>(used * 1e6));
  EXPECT_LT(used, 0.005);
  // Ours, and some for what the C library and the log do: not one every few milliseconds.
  EXPECT_LE(after.wakeups - before.wakeups, 10);
}

}  // namespace
}  // namespace sampo
