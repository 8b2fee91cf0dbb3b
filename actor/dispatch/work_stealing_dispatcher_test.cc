// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Nothing here measures time. A test that would hang is ended by the test runner's timeout.
#include "sampo/actor/dispatch/work_stealing_dispatcher.h"

#include <atomic>
#include <latch>
#include <memory>
#include <semaphore>
#include <thread>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sampo/actor/dispatch/dispatch_test_util.h"

namespace sampo {
namespace {

constexpr absl::Duration kLong = absl::Seconds(60);

TEST(WorkStealingDispatcherTest, RunsWhatIsPutFromOutside) {
  WorkStealingDispatcher dispatcher({.threads = 2});
  constexpr int kCount = 10'000;
  std::latch done(kCount);
  std::vector<std::unique_ptr<Task>> tasks;
  for (int i = 0; i < kCount; ++i) {
    tasks.push_back(std::make_unique<Task>([&](Turn&) { return done.count_down(), false; }));
    dispatcher.Execute(tasks.back().get());
  }
  done.wait();
  EXPECT_EQ(dispatcher.Shutdown(kLong), 0);
}

TEST(WorkStealingDispatcherTest, RunsAgainWhatHasMoreToDo) {
  WorkStealingDispatcher dispatcher({.threads = 2});
  int left = 100'000;
  std::latch done(1);
  Task task([&](Turn&) {
    if (--left > 0) return true;
    done.count_down();
    return false;
  });
  dispatcher.Execute(&task);
  done.wait();
  EXPECT_EQ(left, 0);
}

TEST(WorkStealingDispatcherTest, GivesTurnsTheirLimits) {
  WorkStealingDispatcher dispatcher({.threads = 1, .throughput = 7});
  std::latch done(1);
  Turn seen{};
  bool slice_over = true;
  Task task([&](Turn& turn) {
    seen = turn;
    slice_over = turn.slice_over->load();
    done.count_down();
    return false;
  });
  dispatcher.Execute(&task);
  done.wait();
  EXPECT_EQ(seen.dispatcher, &dispatcher);
  EXPECT_EQ(seen.messages_max, 7);
  EXPECT_FALSE(slice_over);
}

TEST(WorkStealingDispatcherTest, NextSlotRunsBeforeTheQueue) {
  WorkStealingDispatcher dispatcher({.threads = 1});
  std::vector<int> order;
  std::latch done(3);
  auto note = [&](int number) { return order.push_back(number), done.count_down(), false; };
  Task first([&](Turn&) { return note(1); });
  Task second([&](Turn&) { return note(2); });
  Task third([&](Turn&) { return note(3); });
  Task waker([&](Turn& turn) {
    turn.dispatcher->Execute(&first);   // to the next slot
    turn.dispatcher->Execute(&second);  // to the queue
    turn.dispatcher->Execute(&third);
    return false;
  });
  dispatcher.Execute(&waker);
  done.wait();
  EXPECT_EQ(order, (std::vector<int>{1, 2, 3}));
}

// Two Runnables that wake each other for ever must not keep the third nor the outside waiting.
TEST(WorkStealingDispatcherTest, NextSlotStarvesNobody) {
  WorkStealingDispatcher dispatcher({.threads = 1});
  std::atomic<bool> stop{false};
  std::latch queued(1), from_outside(1), ended(1);
  Task third([&](Turn&) { return queued.count_down(), false; });
  Task outside([&](Turn&) { return from_outside.count_down(), false; });
  Task* ping_pointer = nullptr;
  Task pong([&](Turn& turn) { return turn.dispatcher->Execute(ping_pointer), false; });
  Task ping([&](Turn& turn) {
    if (stop.load()) return ended.count_down(), false;
    return turn.dispatcher->Execute(&pong), false;
  });
  ping_pointer = &ping;
  Task starter([&](Turn& turn) {
    turn.dispatcher->Execute(&ping);
    turn.dispatcher->Execute(&third);
    return false;
  });
  dispatcher.Execute(&starter);
  queued.wait();
  dispatcher.Execute(&outside);
  from_outside.wait();
  stop = true;
  ended.wait();
}

// The hard requirement: what is queued behind a handler that blocks is run by the others.
class BlockedHandlerTest : public testing::TestWithParam<int> {};

TEST_P(BlockedHandlerTest, OthersTakeEverythingBehindIt) {
  auto spin = absl::Microseconds(GetParam());
  WorkStealingDispatcher dispatcher(
      {.threads = 2, .spin_before_park = spin, .spare_threads_max = 0});
  constexpr int kCount = 300;  // more than one steal takes
  std::latch done(kCount);
  std::vector<std::unique_ptr<Task>> tasks;
  for (int i = 0; i < kCount; ++i) {
    tasks.push_back(std::make_unique<Task>([&](Turn&) { return done.count_down(), false; }));
  }
  Task blocker([&](Turn& turn) {
    for (auto& task : tasks) turn.dispatcher->Execute(task.get());  // the first in the next slot
    done.wait();
    return false;
  });
  dispatcher.Execute(&blocker);
  done.wait();
  EXPECT_EQ(dispatcher.Shutdown(kLong), 0);
}

TEST_P(BlockedHandlerTest, OthersTakeTheNextSlotAlone) {
  auto spin = absl::Microseconds(GetParam());
  WorkStealingDispatcher dispatcher(
      {.threads = 2, .spin_before_park = spin, .spare_threads_max = 0});
  std::latch done(1);
  Task task([&](Turn&) { return done.count_down(), false; });
  Task blocker([&](Turn& turn) {
    turn.dispatcher->Execute(&task);
    done.wait();
    return false;
  });
  dispatcher.Execute(&blocker);
  done.wait();
  EXPECT_EQ(dispatcher.Shutdown(kLong), 0);
}

// ... also when the others are never idle, so that none of them goes out to steal.
TEST_P(BlockedHandlerTest, BusyOthersTakeItToo) {
  auto spin = absl::Microseconds(GetParam());
  WorkStealingDispatcher dispatcher(
      {.threads = 2, .spin_before_park = spin, .spare_threads_max = 0});
  std::atomic<bool> stop{false};
  std::latch busy(2), done(1), ended(2);
  // Two, so that one of them is on the other worker or is moved there.
  auto flood = [&, first = true](Turn&) mutable {
    if (std::exchange(first, false)) busy.count_down();
    if (!stop.load()) return true;
    return ended.count_down(), false;
  };
  Task flood_a(flood), flood_b(flood);
  dispatcher.Execute(&flood_a);
  dispatcher.Execute(&flood_b);
  busy.wait();
  Task task([&](Turn&) { return done.count_down(), false; });
  Task blocker([&](Turn& turn) {
    turn.dispatcher->Execute(&task);
    done.wait();
    return false;
  });
  dispatcher.Execute(&blocker);
  done.wait();
  stop = true;
  ended.wait();
  EXPECT_EQ(dispatcher.Shutdown(kLong), 0);
}

INSTANTIATE_TEST_SUITE_P(Spin, BlockedHandlerTest, testing::Values(0, 100));

TEST(WorkStealingDispatcherTest, SparesRunWhatAllWorkersBlock) {
  constexpr int kThreads = 3;
  std::vector<const Runnable*> reported;
  std::latch observed(1);
  bool first = true;
  WorkStealingDispatcher dispatcher(
      {.threads = kThreads, .on_starvation = [&](const auto& running) {
         if (!std::exchange(first, false)) return;
         reported = running;
         observed.count_down();
       }});
  std::latch release(1), blocked(kThreads);
  auto block = [&](Turn&) {
    blocked.count_down();
    release.wait();
    return false;
  };
  std::vector<std::unique_ptr<Task>> blockers;
  for (int i = 0; i < kThreads; ++i) {
    blockers.push_back(std::make_unique<Task>(block));
    dispatcher.Execute(blockers.back().get());
  }
  blocked.wait();
  std::latch done(1);
  Task task([&](Turn&) { return done.count_down(), false; });
  dispatcher.Execute(&task);
  done.wait();
  observed.wait();
  EXPECT_EQ(reported.size(), kThreads);
  EXPECT_GE(dispatcher.spare_count(), 1);
  release.count_down();
  while (dispatcher.spare_count() > 0) std::this_thread::yield();  // spares end
  EXPECT_EQ(dispatcher.Shutdown(kLong), 0);
}

TEST(WorkStealingDispatcherTest, SparesComeBackAfterTheyWentAway) {
  WorkStealingDispatcher dispatcher(
      {.threads = 1, .spare_threads_max = 2, .blocked_after = absl::Milliseconds(2)});
  for (int round = 0; round < 3; ++round) {
    std::latch blocked(3), done(1);  // one worker and two spares
    std::latch release(1);
    auto block = [&](Turn&) {
      blocked.count_down();
      release.wait();
      return false;
    };
    Task a(block), b(block), c(block);
    Task last([&](Turn&) { return done.count_down(), false; });
    for (Task* task : {&a, &b, &c}) dispatcher.Execute(task);
    blocked.wait();
    dispatcher.Execute(&last);  // waits: the bound is reached
    release.count_down();
    done.wait();
    while (dispatcher.spare_count() > 0) std::this_thread::yield();
  }
  EXPECT_EQ(dispatcher.Shutdown(kLong), 0);
}

// A queue of long turns on one worker comes to the others although nothing blocks.
TEST(WorkStealingDispatcherTest, SharesALongQueueWithSleepers) {
  WorkStealingDispatcher dispatcher(
      {.threads = 2, .spin_before_park = absl::ZeroDuration(), .spare_threads_max = 0});
  constexpr int kCount = 64;
  std::atomic<std::thread::id> first_thread{};
  std::atomic<bool> shared{false};
  std::latch done(kCount);
  auto body = [&](Turn&) {
    std::thread::id none, here = std::this_thread::get_id();
    if (!first_thread.compare_exchange_strong(none, here) && none != here) shared = true;
    absl::Time end = absl::Now() + absl::Microseconds(20);
    while (absl::Now() < end) {
    }
    if (!shared.load()) return true;
    done.count_down();
    return false;
  };
  std::vector<std::unique_ptr<Task>> tasks;
  for (int i = 0; i < kCount; ++i) tasks.push_back(std::make_unique<Task>(body));
  Task starter([&](Turn& turn) {
    for (auto& task : tasks) turn.dispatcher->Execute(task.get());
    return false;
  });
  dispatcher.Execute(&starter);
  done.wait();
  EXPECT_EQ(dispatcher.Shutdown(kLong), 0);
}

TEST(WorkStealingDispatcherTest, EndsTheSliceOfALongTurn) {
  WorkStealingDispatcher dispatcher({.threads = 1, .time_slice = absl::Milliseconds(1)});
  std::latch done(1);
  Task task([&](Turn& turn) {
    while (!turn.slice_over->load(std::memory_order_relaxed)) std::this_thread::yield();
    done.count_down();
    return false;
  });
  dispatcher.Execute(&task);
  done.wait();
}

TEST(WorkStealingDispatcherTest, DescribesTheTurnThatRuns) {
  WorkStealingDispatcher dispatcher({.threads = 1});
  std::latch blocked(1), release(1);
  Task task([&](Turn&) {
    blocked.count_down();
    release.wait();
    return false;
  });
  dispatcher.Execute(&task);
  blocked.wait();
  while (dispatcher.Describe()[0].busy_since_nanos == 0) std::this_thread::yield();
  std::vector<WorkerSnapshot> snapshots = dispatcher.Describe();
  ASSERT_EQ(snapshots.size(), 1u);
  EXPECT_EQ(snapshots[0].running, &task);
  release.count_down();
}

TEST(WorkStealingDispatcherTest, ShutdownRunsWhatIsQueued) {
  constexpr int kCount = 1000;
  std::atomic<int> ran{0};
  std::vector<std::unique_ptr<Task>> tasks;
  WorkStealingDispatcher dispatcher({.threads = 2});
  for (int i = 0; i < kCount; ++i) {
    tasks.push_back(std::make_unique<Task>([&](Turn&) { return ran.fetch_add(1), false; }));
    dispatcher.Execute(tasks.back().get());
  }
  EXPECT_EQ(dispatcher.Shutdown(kLong), 0);
  EXPECT_EQ(ran.load(), kCount);
  EXPECT_EQ(dispatcher.Shutdown(kLong), 0);  // again is harmless
}

TEST(WorkStealingDispatcherTest, ShutdownEndsAnEndlessFlood) {
  WorkStealingDispatcher dispatcher({.threads = 2});
  Task flood([](Turn&) { return true; });
  dispatcher.Execute(&flood);
  EXPECT_EQ(dispatcher.Shutdown(absl::Milliseconds(1)), 0);
}

TEST(WorkStealingDispatcherTest, ShutdownCountsTheThreadsThatDoNotEnd) {
  // Static, so that what is leaked on purpose stays reachable and is no leak to the sanitizer.
  static std::latch blocked(1), release(1), ended(1);
  static auto* dispatcher = new WorkStealingDispatcher({.threads = 2});
  static auto* task = new Task([](Turn&) {
    blocked.count_down();
    release.wait();
    ended.count_down();
    return false;
  });
  dispatcher->Execute(task);
  blocked.wait();
  {
    DispatcherPtr owner(dispatcher);
    EXPECT_EQ(dispatcher->Shutdown(absl::ZeroDuration()), 1);
  }
  release.count_down();
  ended.wait();
}

// Calls that are on their way while Shutdown runs are harmless.
TEST(WorkStealingDispatcherTest, ShutdownMayRaceWithExecute) {
  for (int round = 0; round < 20; ++round) {
    constexpr int kCount = 2000;
    std::vector<std::unique_ptr<Task>> tasks;
    for (int i = 0; i < kCount; ++i) {
      tasks.push_back(std::make_unique<Task>([](Turn&) { return false; }));
    }
    WorkStealingDispatcher dispatcher({.threads = 2});
    std::latch started(1);
    std::thread outside([&] {
      for (int i = 0; i < kCount; ++i) {
        dispatcher.Execute(tasks[i].get());
        if (i == 100) started.count_down();
      }
    });
    started.wait();
    EXPECT_EQ(dispatcher.Shutdown(absl::ZeroDuration()), 0);
    outside.join();
  }
}

// Many chains over several workers with blocking, waking and stealing at once: nothing is lost and
// nothing runs twice at the same time.
TEST(WorkStealingDispatcherTest, LosesNothingUnderStress) {
  constexpr int kChains = 64;
  constexpr int kSteps = kThreadSanitizer ? 500 : 5'000;
  WorkStealingDispatcher dispatcher({.threads = 4, .blocked_after = absl::Milliseconds(2)});
  std::latch done(kChains);
  struct Chain {
    std::atomic<int> inside{0};
    int left = kSteps;
    std::unique_ptr<Task> a, b;
  };
  std::vector<Chain> chains(kChains);
  std::atomic<int> overlaps{0};
  for (Chain& chain : chains) {
    auto step = [&](Turn& turn, Task* other) {
      if (chain.inside.fetch_add(1) != 0) overlaps.fetch_add(1);
      int left = --chain.left;
      if (left % 1000 == 7) std::this_thread::yield();
      chain.inside.fetch_sub(1);
      if (left == 0) return done.count_down(), false;
      if (left % 3 == 0) return true;
      return turn.dispatcher->Execute(other), false;
    };
    chain.a = std::make_unique<Task>([&chain, step](Turn& t) { return step(t, chain.b.get()); });
    chain.b = std::make_unique<Task>([&chain, step](Turn& t) { return step(t, chain.a.get()); });
  }
  for (Chain& chain : chains) dispatcher.Execute(chain.a.get());
  done.wait();
  EXPECT_EQ(overlaps.load(), 0);
  EXPECT_EQ(dispatcher.Shutdown(kLong), 0);
}

}  // namespace
}  // namespace sampo
