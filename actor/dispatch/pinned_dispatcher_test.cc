// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/dispatch/pinned_dispatcher.h"

#include <latch>
#include <memory>
#include <thread>
#include <vector>

#include "gtest/gtest.h"
#include "sampo/actor/dispatch/dispatch_test_util.h"

namespace sampo {
namespace {

TEST(PinnedDispatcherTest, RunsAllOnOneThreadInOrder) {
  PinnedDispatcher dispatcher("pinned");
  constexpr int kCount = 200;
  std::latch done(kCount);
  std::vector<int> order;
  std::vector<std::thread::id> threads;
  std::vector<std::unique_ptr<Task>> tasks;
  for (int i = 0; i < kCount; ++i) {
    tasks.push_back(std::make_unique<Task>([&, i](Turn& turn) {
      EXPECT_EQ(turn.messages_max, 64);
      order.push_back(i);
      threads.push_back(std::this_thread::get_id());
      done.count_down();
      return false;
    }));
    dispatcher.Execute(tasks.back().get());
  }
  done.wait();
  EXPECT_EQ(dispatcher.Shutdown(absl::Seconds(60)), 0);
  for (int i = 0; i < kCount; ++i) {
    EXPECT_EQ(order[i], i);
    EXPECT_EQ(threads[i], threads[0]);
  }
}

TEST(PinnedDispatcherTest, RunsWhatItsOwnThreadPuts) {
  PinnedDispatcher dispatcher("pinned");
  std::latch done(1);
  Task second([&](Turn&) { return done.count_down(), false; });
  Task first([&](Turn& turn) { return turn.dispatcher->Execute(&second), false; });
  dispatcher.Execute(&first);
  done.wait();
}

}  // namespace
}  // namespace sampo
