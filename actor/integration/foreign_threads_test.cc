// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Threads of the user's come, tell and go: no message is lost, no memory stays with the dead.
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

namespace sampo {
namespace {

constexpr absl::Duration kLong = absl::Seconds(120);
constexpr int kThreads = 10'000;
constexpr int kAtOnce = 50;
constexpr int kTells = 20;

struct Add {
  std::string text;  // a payload that has to be freed on another thread
};
struct GetSum {
  ReplyTo<int64_t> reply_to;
};
struct Command : std::variant<Add, GetSum> {
  using variant::variant;
};

Behavior<Command> Adder(int64_t sum) {
  return Receive<Command>(
      On{[sum](const Add& m) { return Adder(sum + static_cast<int64_t>(m.text.size())); },
         [sum](GetSum&& m) -> Behavior<Command> {
           m.reply_to.Tell(sum);
           return Same();
         }});
}

// Kilobytes of this process in memory.
int64_t ResidentKilobytes() {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;) {
    int64_t kilobytes = 0;
    if (word == "VmRSS:" && status >> kilobytes) return kilobytes;
  }
  return 0;
}

TEST(ForeignThreadsTest, TenThousandThreadsComeTellAndGo) {
  SystemSettings settings;
  settings.threads = 2;
  settings.log_sink = std::make_shared<CaptureLogSink>();
  ActorSystem<Command> system(Adder(0), "shop", settings);
  ActorRef<Command> adder = system.guardian();
  [[maybe_unused]] int64_t resident_early = 0;
  for (int begun = 0; begun < kThreads; begun += kAtOnce) {
    std::vector<std::thread> batch;
    for (int i = 0; i < kAtOnce; ++i) {
      batch.emplace_back([adder, &system, i] {
        for (int n = 0; n < kTells; ++n) adder.Tell(Add{std::string(100, 'x')});
        // Some also bring an actor to life, or wait for an answer.
        if (i % 25 == 0) system.SpawnAnonymous(Adder(0)).Tell(Add{"y"});
        if (i % 25 == 1) {
          Ask<int64_t>(adder, kLong, [](auto r) { return GetSum{std::move(r)}; });
        }
      });
    }
    for (std::thread& thread : batch) thread.join();
    if (begun == kThreads / 4) resident_early = ResidentKilobytes();
  }
  absl::StatusOr<int64_t> sum =
      Await(Ask<int64_t>(adder, kLong, [](auto r) { return GetSum{std::move(r)}; }), kLong);
  ASSERT_TRUE(sum.ok()) << sum.status();
  EXPECT_EQ(*sum, int64_t{kThreads} * kTells * 100);
#if !defined(SAMPO_ASAN) && !defined(SAMPO_TSAN)
  // 7,500 more threads have come and gone since: 16 MB would be 2 kB of each.
  EXPECT_LT(ResidentKilobytes() - resident_early, 16 * 1024);
#endif
}

}  // namespace
}  // namespace sampo
