// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/dispatch/steal_lock.h"

#include <atomic>
#include <thread>
#include <vector>

#include "gtest/gtest.h"

namespace sampo {
namespace {

constexpr int kOwnerSteps = kThreadSanitizer ? 20'000 : 300'000;
constexpr int kThiefSteps = kThreadSanitizer ? 200 : 500;

class StealLockTest : public testing::TestWithParam<bool> {};

// Owner and thieves change two plain numbers that must always be equal.
TEST_P(StealLockTest, KeepsOwnerAndThievesApart) {
  StealLock lock(GetParam());
  int64_t a = 0, b = 0;
  int torn = 0;  // written inside the lock only
  auto touch = [&] {
    if (a != b) ++torn;
    ++a;
    std::atomic_signal_fence(std::memory_order_seq_cst);  // the compiler must not join the two
    ++b;
  };
  std::vector<std::thread> thieves;
  for (int i = 0; i < 2; ++i) {
    thieves.emplace_back([&] {
      for (int step = 0; step < kThiefSteps; ++step) {
        lock.AsThief(touch);
        std::this_thread::yield();
      }
    });
  }
  for (int step = 0; step < kOwnerSteps; ++step) lock.AsOwner(touch);
  for (auto& thief : thieves) thief.join();
  EXPECT_EQ(torn, 0);
  EXPECT_EQ(a, kOwnerSteps + 2 * kThiefSteps);
  EXPECT_EQ(b, a);
}

// Dekker's question: can both be inside without seeing each other? Many short races of the first
// entry, where a missing fence would show.
TEST_P(StealLockTest, TheFirstEntriesExcludeEachOther) {
  constexpr int kRounds = kThreadSanitizer ? 300 : 1'000;
  std::atomic<int> round{0};
  std::atomic<int> finished{0};
  StealLock lock(GetParam());
  int inside = 0;
  int collisions = 0;
  auto enter = [&] {
    if (++inside != 1) ++collisions;
    --inside;
  };
  std::thread thief([&] {
    for (int i = 1; i <= kRounds; ++i) {
      while (round.load() < i) {
      }
      lock.AsThief(enter);
      finished.store(i);
    }
  });
  for (int i = 1; i <= kRounds; ++i) {
    round.store(i);
    while (finished.load() < i) lock.AsOwner(enter);
  }
  thief.join();
  EXPECT_EQ(collisions, 0);
  EXPECT_EQ(inside, 0);
}

INSTANTIATE_TEST_SUITE_P(Bias, StealLockTest, testing::Values(false, StealLock::CanBeBiased()),
                         [](const auto& info) {
                           return std::string(info.param ? "Biased" : "Unbiased") +
                                  std::to_string(info.index);
                         });

TEST(StealLockTest, CanBeBiasedHere) {
  // Not a requirement, but on this platform everything else would be a surprise.
  EXPECT_TRUE(StealLock::CanBeBiased());
}

}  // namespace
}  // namespace sampo
