// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/dispatch/blocking_dispatcher.h"

#include <atomic>
#include <latch>
#include <memory>
#include <thread>
#include <vector>

#include "gtest/gtest.h"
#include "sampo/actor/dispatch/dispatch_test_util.h"

namespace sampo {
namespace {

constexpr absl::Duration kLong = absl::Seconds(60);

TEST(BlockingDispatcherTest, RunsAsManyAtOnceAsItsBound) {
  constexpr int kThreads = 4;
  BlockingDispatcher dispatcher({.threads_max = kThreads});
  std::latch all_blocked(kThreads), release(1), done(kThreads + 1);
  std::vector<std::unique_ptr<Task>> tasks;
  for (int i = 0; i < kThreads; ++i) {
    tasks.push_back(std::make_unique<Task>([&](Turn&) {
      all_blocked.count_down();
      release.wait();
      done.count_down();
      return false;
    }));
    dispatcher.Execute(tasks.back().get());
  }
  all_blocked.wait();
  Task waiting([&](Turn&) { return done.count_down(), false; });
  dispatcher.Execute(&waiting);
  EXPECT_EQ(dispatcher.thread_count(), kThreads);
  std::vector<WorkerSnapshot> snapshots = dispatcher.Describe();
  ASSERT_EQ(snapshots.size(), kThreads);
  EXPECT_NE(snapshots[0].running, nullptr);
  EXPECT_GT(snapshots[0].busy_since_nanos, 0);
  EXPECT_EQ(snapshots[0].queued, 1);
  release.count_down();
  done.wait();
  EXPECT_EQ(dispatcher.Shutdown(kLong), 0);
}

TEST(BlockingDispatcherTest, ThreadsEndWhenIdleAndComeBack) {
  BlockingDispatcher dispatcher({.threads_max = 2, .idle_timeout = absl::Milliseconds(1)});
  for (int round = 0; round < 3; ++round) {
    std::latch done(1);
    Task task([&](Turn&) { return done.count_down(), false; });
    dispatcher.Execute(&task);
    done.wait();
    while (dispatcher.thread_count() > 0) std::this_thread::yield();
  }
}

TEST(BlockingDispatcherTest, RunsAgainWhatHasMoreToDo) {
  BlockingDispatcher dispatcher({.threads_max = 3});
  int left = 1000;
  std::latch done(1);
  Task task([&](Turn& turn) {
    EXPECT_EQ(turn.messages_max, 1);
    EXPECT_FALSE(turn.slice_over->load());
    if (--left > 0) return true;
    done.count_down();
    return false;
  });
  dispatcher.Execute(&task);
  done.wait();
}

TEST(BlockingDispatcherTest, ShutdownRunsWhatIsQueued) {
  BlockingDispatcher dispatcher({.threads_max = 2});
  std::atomic<int> ran{0};
  std::vector<std::unique_ptr<Task>> tasks;
  for (int i = 0; i < 500; ++i) {
    tasks.push_back(std::make_unique<Task>([&](Turn&) { return ran.fetch_add(1), false; }));
    dispatcher.Execute(tasks.back().get());
  }
  EXPECT_EQ(dispatcher.Shutdown(kLong), 0);
  EXPECT_EQ(ran.load(), 500);
}

TEST(BlockingDispatcherTest, ShutdownCountsTheThreadsThatDoNotEnd) {
  // Static, so that what is leaked on purpose stays reachable and is no leak to the sanitizer.
  static std::latch blocked(1), release(1), ended(1);
  static auto* dispatcher = new BlockingDispatcher({.threads_max = 2});
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

}  // namespace
}  // namespace sampo
