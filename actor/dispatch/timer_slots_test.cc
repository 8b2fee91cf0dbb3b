// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/dispatch/timer_slots.h"

#include <cstdlib>
#include <limits>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "sampo/actor/base/random.h"

namespace sampo {
namespace {

constexpr int64_t kTick = 1'000'000;

void Nothing(TimerEntry*) {}

std::unique_ptr<TimerEntry> NewEntry() { return std::make_unique<TimerEntry>(&Nothing); }

// Advances in chunks and returns what came out, in order.
std::vector<TimerEntry*> AdvanceAll(TimerSlots& slots, int64_t now, int moves_max = 1000) {
  while (!slots.Advance(now, moves_max)) {
  }
  std::vector<TimerEntry*> due;
  while (TimerEntry* entry = slots.PopDue()) due.push_back(entry);
  return due;
}

TEST(TimerSlotsTest, IsNeverEarlyAndAtMostOneTickLate) {
  TimerSlots slots(500, kTick);
  auto entry = NewEntry();
  slots.Insert(entry.get(), 500 + 3 * kTick + 1);
  EXPECT_TRUE(AdvanceAll(slots, 500 + 4 * kTick - 1).empty());
  EXPECT_EQ(AdvanceAll(slots, 500 + 4 * kTick).size(), 1u);
}

TEST(TimerSlotsTest, FiresAPastDeadlineAtTheNextTick) {
  TimerSlots slots(0, kTick);
  EXPECT_TRUE(AdvanceAll(slots, 10 * kTick).empty());
  auto entry = NewEntry();
  slots.Insert(entry.get(), 3 * kTick);
  EXPECT_EQ(slots.NextWakeNanos(), 11 * kTick);
  EXPECT_TRUE(AdvanceAll(slots, 11 * kTick - 1).empty());
  EXPECT_EQ(AdvanceAll(slots, 11 * kTick).size(), 1u);
}

TEST(TimerSlotsTest, KeepsTheOrderOfSchedulingAmongEqualDeadlines) {
  TimerSlots slots(0, kTick);
  std::vector<std::unique_ptr<TimerEntry>> entries;
  std::vector<TimerEntry*> expected;
  int64_t deadline = 70'000 * kTick;
  // Scheduled at different times, so that they start on different levels.
  for (int64_t now : {int64_t{0}, 60'000 * kTick, 69'000 * kTick, 69'999 * kTick}) {
    EXPECT_TRUE(AdvanceAll(slots, now).empty());
    for (int i = 0; i < 3; ++i) {
      entries.push_back(NewEntry());
      expected.push_back(entries.back().get());
      slots.Insert(expected.back(), deadline);
    }
  }
  EXPECT_EQ(AdvanceAll(slots, deadline, 2), expected);
}

TEST(TimerSlotsTest, OrdersDeadlinesWithinATick) {
  TimerSlots slots(0, kTick);
  auto late = NewEntry(), early = NewEntry();
  slots.Insert(late.get(), 5 * kTick - 1);
  slots.Insert(early.get(), 5 * kTick - 2);
  EXPECT_EQ(AdvanceAll(slots, 5 * kTick), (std::vector<TimerEntry*>{early.get(), late.get()}));
}

TEST(TimerSlotsTest, NeverMeansNever) {
  TimerSlots slots(0, kTick);
  auto entry = NewEntry();
  slots.Insert(entry.get(), kNeverNanos);
  EXPECT_EQ(slots.NextWakeNanos(), kNeverNanos);
  EXPECT_TRUE(AdvanceAll(slots, kNeverNanos).empty());
  EXPECT_TRUE(slots.Remove(entry.get()));
  EXPECT_FALSE(slots.Remove(entry.get()));
  EXPECT_EQ(slots.size(), 0);
}

TEST(TimerSlotsTest, HoldsTheFarthestDeadlines) {
  for (int64_t start : {std::numeric_limits<int64_t>::min() / 2, int64_t{0}, int64_t{1} << 60}) {
    TimerSlots slots(start, TimerSlots::kTickNanosMin);
    auto entry = NewEntry();
    slots.Insert(entry.get(), kNeverNanos - 1);
    EXPECT_TRUE(AdvanceAll(slots, kNeverNanos - TimerSlots::kTickNanosMin - 1).empty());
    EXPECT_TRUE(slots.Remove(entry.get()));
    EXPECT_EQ(slots.NextWakeNanos(), kNeverNanos);
  }
}

TEST(TimerSlotsTest, CancelledEntriesWakeNobody) {
  TimerSlots slots(0, kTick);
  auto near = NewEntry(), far = NewEntry();
  slots.Insert(near.get(), 5 * kTick);
  slots.Insert(far.get(), 100'000 * kTick);
  EXPECT_EQ(slots.NextWakeNanos(), 5 * kTick);
  EXPECT_TRUE(slots.Remove(near.get()));
  EXPECT_GT(slots.NextWakeNanos(), 5 * kTick);
  EXPECT_TRUE(slots.Remove(far.get()));
  EXPECT_EQ(slots.NextWakeNanos(), kNeverNanos);
}

TEST(TimerSlotsTest, DueEntriesCanStillBeRemoved) {
  TimerSlots slots(0, kTick);
  auto a = NewEntry(), b = NewEntry();
  slots.Insert(a.get(), kTick);
  slots.Insert(b.get(), kTick);
  EXPECT_TRUE(slots.Advance(kTick, 10));
  EXPECT_TRUE(slots.Remove(b.get()));
  EXPECT_EQ(slots.PopDue(), a.get());
  EXPECT_EQ(slots.PopDue(), nullptr);
}

TEST(TimerSlotsTest, MovesAMillionEntriesInBoundedSteps) {
  constexpr int kCount = 1'000'000;
  TimerSlots slots(0, kTick);
  std::vector<std::unique_ptr<TimerEntry>> entries;
  for (int i = 0; i < kCount; ++i) {
    entries.push_back(NewEntry());
    slots.Insert(entries.back().get(), 30'000 * kTick + i);
  }
  int64_t calls = 1;
  while (!slots.Advance(30'001 * kTick, 256)) ++calls;
  EXPECT_GE(calls, kCount / 256);
  int64_t fired = 0;
  while (slots.PopDue() != nullptr) ++fired;
  EXPECT_EQ(fired, kCount);
}

// Compares the wheel with an ordered map under random operations.
class Model {
 public:
  explicit Model(uint64_t seed) : random_(seed), slots_(kStart, kTick) {
    for (int i = 0; i < 200; ++i) entries_.push_back(NewEntry());
  }

  void Step() {
    TimerEntry* entry = entries_[random_.Below(entries_.size())].get();
    uint64_t dice = random_.Below(10);
    if (dice < 5) {
      if (!where_.contains(entry)) Insert(entry);
    } else if (dice < 8) {
      Remove(entry);
    } else {
      Advance();
    }
    ASSERT_EQ(slots_.size(), static_cast<int64_t>(where_.size()));
  }

 private:
  static constexpr int64_t kStart = 12'345;

  // The tick at which an entry must fire, as the wheel's contract has it.
  int64_t FireTick(int64_t deadline) const {
    int64_t tick = deadline <= kStart ? 0 : (deadline - kStart + kTick - 1) / kTick;
    return std::max(tick, (now_ - kStart) / kTick + 1);
  }

  void Insert(TimerEntry* entry) {
    // Distances of all magnitudes, some in the past.
    int64_t distance = static_cast<int64_t>(random_.Next() >> (random_.Below(44) + 20));
    int64_t deadline = now_ + distance - static_cast<int64_t>(random_.Below(3 * kTick));
    slots_.Insert(entry, deadline);
    auto key = std::make_pair(FireTick(deadline), std::make_pair(deadline, ++sequence_));
    where_[entry] = key;
    model_[key] = entry;
  }

  void Remove(TimerEntry* entry) {
    auto place = where_.find(entry);
    ASSERT_EQ(slots_.Remove(entry), place != where_.end());
    if (place == where_.end()) return;
    model_.erase(place->second);
    where_.erase(place);
  }

  void Advance() {
    now_ += static_cast<int64_t>(random_.Next() >> (random_.Below(44) + 20));
    int64_t tick = (now_ - kStart) / kTick;
    std::vector<TimerEntry*> expected;
    while (!model_.empty() && model_.begin()->first.first <= tick) {
      expected.push_back(model_.begin()->second);
      where_.erase(model_.begin()->second);
      model_.erase(model_.begin());
    }
    ASSERT_EQ(AdvanceAll(slots_, now_, 1 + static_cast<int>(random_.Below(20))), expected);
    if (!model_.empty()) {
      ASSERT_GT(slots_.NextWakeNanos(), now_);
      ASSERT_LE(slots_.NextWakeNanos(), kStart + model_.begin()->first.first * kTick);
    } else {
      ASSERT_EQ(slots_.NextWakeNanos(), kNeverNanos);
    }
  }

  using Key = std::pair<int64_t, std::pair<int64_t, uint64_t>>;  // tick, deadline, sequence
  Random random_;
  TimerSlots slots_;
  std::vector<std::unique_ptr<TimerEntry>> entries_;
  std::map<TimerEntry*, Key> where_;
  std::map<Key, TimerEntry*> model_;
  int64_t now_ = kStart;
  uint64_t sequence_ = 0;
};

TEST(TimerSlotsTest, AgreesWithAnOrderedMap) {
  const char* given = std::getenv("SAMPO_TEST_SEED");
  uint64_t seed = given != nullptr ? std::strtoull(given, nullptr, 10) : EntropySeed();
  SCOPED_TRACE(testing::Message() << "SAMPO_TEST_SEED=" << seed);
  for (uint64_t round = 0; round < 50 && !testing::Test::HasFatalFailure(); ++round) {
    Model model(seed + round);
    for (int i = 0; i < 2000 && !testing::Test::HasFatalFailure(); ++i) model.Step();
  }
}

}  // namespace
}  // namespace sampo
