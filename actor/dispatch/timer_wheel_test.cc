// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/dispatch/timer_wheel.h"

#include <atomic>
#include <latch>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "gtest/gtest.h"
#include "sampo/actor/base/random.h"

namespace sampo {
namespace {

constexpr int64_t kMillisecond = 1'000'000;

struct Note : TimerEntry {
  Note(TimerService* timers, std::latch* done) : TimerEntry(&Fire), timers(timers), done(done) {}
  static void Fire(TimerEntry* entry) {
    auto* self = static_cast<Note*>(entry);
    self->fired_nanos = self->timers->NowNanos();
    self->done->count_down();
  }
  TimerService* timers;
  std::latch* done;
  int64_t fired_nanos = 0;
};

TEST(TimerWheelTest, FiresAndIsNeverEarly) {
  TimerWheel wheel(Clock::Real());
  constexpr int kCount = 50;
  std::latch done(kCount);
  std::vector<std::unique_ptr<Note>> notes;
  std::vector<int64_t> deadlines;
  for (int i = 0; i < kCount; ++i) {
    notes.push_back(std::make_unique<Note>(&wheel, &done));
    deadlines.push_back(wheel.NowNanos() + (i % 7) * kMillisecond / 2 - kMillisecond);
    wheel.Schedule(notes[i].get(), deadlines[i]);
  }
  done.wait();
  for (int i = 0; i < kCount; ++i) EXPECT_GE(notes[i]->fired_nanos, deadlines[i]);
}

TEST(TimerWheelTest, AnEarlierEntryWakesTheSleepingThread) {
  TimerWheel wheel(Clock::Real());
  std::latch far_done(1), near_done(1);
  Note far(&wheel, &far_done), near(&wheel, &near_done);
  wheel.Schedule(&far, wheel.NowNanos() + 3'600'000 * kMillisecond);
  wheel.Schedule(&near, wheel.NowNanos() + kMillisecond);
  near_done.wait();
  EXPECT_TRUE(wheel.Cancel(&far));
  EXPECT_FALSE(wheel.Cancel(&far));
  EXPECT_FALSE(wheel.Cancel(&near));
}

TEST(TimerWheelTest, ShutdownForgetsEntries) {
  TimerWheel wheel(Clock::Real());
  std::latch done(1);
  auto entry = std::make_unique<Note>(&wheel, &done);
  auto never = std::make_unique<Note>(&wheel, &done);
  wheel.Schedule(entry.get(), wheel.NowNanos() + 3'600'000 * kMillisecond);
  wheel.Schedule(never.get(), kNeverNanos);
  wheel.Shutdown();
  never.reset();  // its neighbours must not be touched any more
  EXPECT_FALSE(wheel.Cancel(entry.get()));
  Note late(&wheel, &done);
  wheel.Schedule(&late, 0);
  wheel.Shutdown();
  EXPECT_EQ(entry->fired_nanos, 0);
  EXPECT_EQ(late.fired_nanos, 0);
}

// Entries that schedule themselves again from their own fire, and are destroyed in the last one.
struct Chain : TimerEntry {
  Chain(TimerService* timers, std::latch* done) : TimerEntry(&Fire), timers(timers), done(done) {}
  static void Fire(TimerEntry* entry) {
    auto* self = static_cast<Chain*>(entry);
    if (--self->left > 0) {
      self->timers->Schedule(self, 0);
      return;
    }
    std::latch* done = self->done;
    delete self;
    done->count_down();
  }
  TimerService* timers;
  std::latch* done;
  int left = 5;
};

TEST(TimerWheelTest, AFireMayScheduleAndDestroyItsEntry) {
  TimerWheel wheel(Clock::Real());
  std::latch done(3);
  for (int i = 0; i < 3; ++i) wheel.Schedule(new Chain(&wheel, &done), 0);
  done.wait();
}

// Threads schedule and cancel at random: each entry either fires once or was cancelled.
TEST(TimerWheelTest, FiresOrCancelsExactlyOnce) {
  struct Counter : TimerEntry {
    Counter() : TimerEntry(&Fire) {}
    static void Fire(TimerEntry* entry) { static_cast<Counter*>(entry)->fired.fetch_add(1); }
    std::atomic<int> fired{0};
  };
  TimerWheel wheel(Clock::Real());
  std::vector<std::thread> threads;
  for (uint64_t seed = 1; seed <= 3; ++seed) {
    threads.emplace_back([&wheel, seed] {
      Random random(seed);
      for (int round = 0; round < 200; ++round) {
        std::vector<std::unique_ptr<Counter>> counters;
        for (int i = 0; i < 20; ++i) {
          counters.push_back(std::make_unique<Counter>());
          wheel.Schedule(counters[i].get(), wheel.NowNanos() + random.Below(kMillisecond));
        }
        for (auto& counter : counters) {
          if (wheel.Cancel(counter.get())) {
            EXPECT_EQ(counter->fired.load(), 0);
          } else {
            while (counter->fired.load() == 0) std::this_thread::yield();  // it fires now
            EXPECT_EQ(counter->fired.load(), 1);
          }
        }
      }
    });
  }
  for (auto& thread : threads) thread.join();
}

}  // namespace
}  // namespace sampo
