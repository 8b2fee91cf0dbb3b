// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/dispatch/manual_timer_service.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace sampo {
namespace {

struct Note : TimerEntry {
  Note(ManualTimerService* timers, std::vector<std::string>* log, std::string name)
      : TimerEntry(&Fire), timers(timers), log(log), name(std::move(name)) {}
  static void Fire(TimerEntry* entry) {
    auto* self = static_cast<Note*>(entry);
    self->log->push_back(self->name + "@" + std::to_string(self->timers->NowNanos()));
    if (self->again_after > 0) {
      self->timers->Schedule(self, self->timers->NowNanos() + self->again_after);
    }
  }
  ManualTimerService* timers;
  std::vector<std::string>* log;
  std::string name;
  int64_t again_after = 0;
};

class ManualTimerServiceTest : public testing::Test {
 protected:
  ManualTimerService timers_;
  std::vector<std::string> log_;
  Note a_{&timers_, &log_, "a"}, b_{&timers_, &log_, "b"}, c_{&timers_, &log_, "c"};
};

TEST_F(ManualTimerServiceTest, FiresInOrderOfDeadlineThenScheduling) {
  timers_.Schedule(&a_, 30);
  timers_.Schedule(&b_, 10);
  timers_.Schedule(&c_, 10);
  EXPECT_EQ(timers_.NextDeadlineNanos(), 10);
  EXPECT_EQ(timers_.AdvanceTo(9), 0);
  EXPECT_EQ(timers_.AdvanceTo(50), 3);
  EXPECT_EQ(log_, (std::vector<std::string>{"b@10", "c@10", "a@30"}));
  EXPECT_EQ(timers_.NowNanos(), 50);
  EXPECT_EQ(timers_.NextDeadlineNanos(), kNeverNanos);
}

TEST_F(ManualTimerServiceTest, FiresWhatIsScheduledMeanwhile) {
  a_.again_after = 10;
  timers_.Schedule(&a_, 10);
  timers_.Schedule(&b_, 25);
  EXPECT_EQ(timers_.AdvanceTo(30), 4);
  EXPECT_EQ(log_, (std::vector<std::string>{"a@10", "a@20", "b@25", "a@30"}));
}

TEST_F(ManualTimerServiceTest, CancelledAndNeverDoNotFire) {
  timers_.Schedule(&a_, 10);
  timers_.Schedule(&b_, kNeverNanos);
  EXPECT_TRUE(timers_.Cancel(&a_));
  EXPECT_FALSE(timers_.Cancel(&a_));
  EXPECT_EQ(timers_.AdvanceTo(kNeverNanos), 0);
  EXPECT_TRUE(timers_.Cancel(&b_));
}

TEST_F(ManualTimerServiceTest, APastDeadlineFiresWithoutMovingTheClockBack) {
  timers_.AdvanceTo(100);
  timers_.Schedule(&a_, 10);
  EXPECT_EQ(timers_.AdvanceTo(50), 1);
  EXPECT_EQ(log_, (std::vector<std::string>{"a@100"}));
}

TEST_F(ManualTimerServiceTest, ShutdownForgets) {
  timers_.Schedule(&a_, 10);
  timers_.Shutdown();
  timers_.Schedule(&b_, 10);
  EXPECT_EQ(timers_.AdvanceTo(20), 0);
  EXPECT_FALSE(timers_.Cancel(&a_));
}

TEST(ManualClockTest, WallTimeMovesWithTheClock) {
  ManualClock clock(5, absl::FromUnixSeconds(100));
  clock.Set(1'000'000'000);
  EXPECT_EQ(clock.WallTime(), absl::FromUnixSeconds(101));
}

}  // namespace
}  // namespace sampo
