// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/scheduler.h"

#include <atomic>
#include <latch>
#include <memory>
#include <optional>
#include <stdexcept>
#include <thread>
#include <vector>

#include "gtest/gtest.h"
#include "sampo/actor/actor.h"
#include "sampo/actor/test_util.h"

namespace sampo {
namespace {

TEST(SchedulerTest, CallsOnceWhenTheTimeHasCome) {
  SimulatedKit kit;
  int calls = 0;
  Scheduler::Get(kit.system()).ScheduleOnce(absl::Seconds(3), [&] { ++calls; });
  kit.RunFor(absl::Seconds(3) - absl::Nanoseconds(1));
  EXPECT_EQ(calls, 0);
  kit.RunFor(absl::Nanoseconds(1));
  EXPECT_EQ(calls, 1);
  kit.RunFor(absl::Hours(1));
  EXPECT_EQ(calls, 1);
}

TEST(SchedulerTest, CancelInTimeDestroysTheFunctionUncalled) {
  SimulatedKit kit;
  auto held = std::make_shared<int>(0);
  Cancellable call =
      Scheduler::Get(kit.system()).ScheduleOnce(absl::Seconds(3), [held] { ++*held; });
  EXPECT_EQ(held.use_count(), 2);
  EXPECT_TRUE(call.Cancel());
  EXPECT_EQ(held.use_count(), 1);
  EXPECT_FALSE(call.Cancel());
  kit.RunFor(absl::Seconds(4));
  EXPECT_EQ(*held, 0);
}

TEST(SchedulerTest, CancelAfterTheCallSaysSo) {
  SimulatedKit kit;
  Cancellable call = Scheduler::Get(kit.system()).ScheduleOnce(absl::Seconds(1), [] {});
  kit.RunFor(absl::Seconds(1));
  EXPECT_FALSE(call.Cancel());
  EXPECT_FALSE(Cancellable().Cancel());
}

TEST(SchedulerTest, WhatThrowsStopsNothing) {
  SimulatedKit kit;
  int calls = 0;
  Scheduler& scheduler = Scheduler::Get(kit.system());
  scheduler.ScheduleOnce(absl::Seconds(1), [] { throw std::runtime_error("boom"); });
  scheduler.ScheduleOnce(absl::Seconds(2), [&] { ++calls; });
  kit.RunFor(absl::Seconds(2));
  EXPECT_EQ(calls, 1);
}

TEST(SchedulerTest, TheEndOfTheSystemDropsWhatIsPending) {
  Promise<int> promise;
  Future<int> future = promise.future();
  Cancellable call;
  {
    SimulatedKit kit;
    call = Scheduler::Get(kit.system())
               .ScheduleOnce(absl::Hours(1),
                             [promise = std::move(promise)]() mutable { promise.Complete(1); });
  }
  ASSERT_TRUE(future.IsComplete());
  EXPECT_EQ(Await(future, absl::ZeroDuration()).status().code(), absl::StatusCode::kCancelled);
  EXPECT_FALSE(call.Cancel());
}

TEST(SchedulerTest, AFunctionMayScheduleAnotherOne) {
  SimulatedKit kit;
  Scheduler& scheduler = Scheduler::Get(kit.system());
  std::vector<int64_t> times;
  scheduler.ScheduleOnce(absl::Seconds(1), [&] {
    times.push_back(kit.simulation().NowNanos());
    scheduler.ScheduleOnce(absl::Seconds(2), [&] { times.push_back(kit.simulation().NowNanos()); });
  });
  kit.RunFor(absl::Seconds(5));
  ASSERT_EQ(times.size(), 2u);
  EXPECT_GE(times[1] - times[0], 2'000'000'000);
}

TEST(SchedulerTest, OnThreadsEachCallHappensOrIsCancelledNeverBoth) {
  ActorTestKit kit;
  Scheduler& scheduler = Scheduler::Get(kit.system());
  constexpr int kCalls = 2000;
  std::atomic<int> called = 0;
  std::atomic<int> ended = 0;
  std::latch all(1);
  struct End {
    std::atomic<int>* ended;
    std::latch* all;
    End(std::atomic<int>* counter, std::latch* last) : ended(counter), all(last) {}
    ~End() {
      if (ended->fetch_add(1) + 1 == kCalls) all->count_down();
    }
  };
  int cancelled = 0;
  for (int i = 0; i < kCalls; ++i) {
    auto end = std::make_shared<End>(&ended, &all);
    Cancellable call = scheduler.ScheduleOnce(absl::Microseconds(i % 50),
                                              [&called, end = std::move(end)] { ++called; });
    if (i % 3 == 0 && call.Cancel()) ++cancelled;
  }
  all.wait();
  EXPECT_EQ(called + cancelled, kCalls);
}

}  // namespace
}  // namespace sampo
