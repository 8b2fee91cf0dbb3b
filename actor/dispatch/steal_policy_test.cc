// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/dispatch/steal_policy.h"

#include "gtest/gtest.h"

namespace sampo {
namespace {

constexpr int64_t kMillisecond = 1'000'000;

StealAmount Decide(const StealView& view) { return DecideSteal(view, kStealWaitNanos); }

TEST(StealPolicyTest, LeavesAloneWhatWillSoonRun) {
  // A hundred turns of 20 ns wait 2 us.
  EXPECT_EQ(Decide({.waiting = 100, .turns = 50'000, .elapsed_nanos = kMillisecond}),
            StealAmount::kNone);
  EXPECT_EQ(Decide({.waiting = 0, .turns = 0, .elapsed_nanos = kMillisecond}), StealAmount::kNone);
}

TEST(StealPolicyTest, TakesHalfOfWhatWouldWaitLong) {
  // Twenty turns of 10 us wait 200 us.
  EXPECT_EQ(Decide({.waiting = 20, .turns = 100, .elapsed_nanos = kMillisecond}),
            StealAmount::kHalf);
}

TEST(StealPolicyTest, WakesNobodyForWhatAThiefThatIsAwakeWouldTake) {
  // Ten turns of 10 us wait 100 us.
  StealView view{.waiting = 10, .turns = 100, .elapsed_nanos = kMillisecond};
  EXPECT_EQ(DecideSteal(view, kStealWaitNanos), StealAmount::kHalf);
  EXPECT_EQ(DecideSteal(view, kWakeWaitNanos), StealAmount::kNone);
}

TEST(StealPolicyTest, LeavesAloneTurnsThatAreCheaperThanTheirMove) {
  // A thousand turns of 100 ns wait 100 us, but moving each costs 500 ns.
  EXPECT_EQ(Decide({.waiting = 1'000, .turns = 10'000, .elapsed_nanos = kMillisecond}),
            StealAmount::kNone);
  // A million of them wait 100 ms.
  EXPECT_EQ(Decide({.waiting = 1'000'000, .turns = 10'000, .elapsed_nanos = kMillisecond}),
            StealAmount::kHalf);
}

TEST(StealPolicyTest, TakesEverythingBehindATurnThatDoesNotEnd) {
  EXPECT_EQ(Decide({.waiting = 1, .turns = 0, .elapsed_nanos = kStealWaitNanos - 1}),
            StealAmount::kNone);
  EXPECT_EQ(Decide({.waiting = 1, .turns = 0, .elapsed_nanos = kStealWaitNanos}),
            StealAmount::kHalf);
  EXPECT_EQ(Decide({.waiting = 1, .turns = 0, .elapsed_nanos = kStuckTurnNanos}),
            StealAmount::kAll);
}

}  // namespace
}  // namespace sampo
