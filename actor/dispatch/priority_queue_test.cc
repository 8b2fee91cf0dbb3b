// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/dispatch/priority_queue.h"

#include <algorithm>
#include <cstdint>
#include <deque>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "sampo/actor/base/random.h"
#include "sampo/actor/dispatch/message_queue_test_util.h"

namespace sampo {
namespace {

int RankOf(uint16_t, const Envelope& envelope) { return ItemIn(envelope).rank; }

TEST(PriorityQueueTest, HandsOutTheLowestNumberFirst) {
  PriorityQueue queue({.priority = RankOf});
  for (int rank : {5, -1, 3, 4}) queue.Enqueue(NewItem({.id = rank, .rank = rank}));
  for (int rank : {-1, 3, 4, 5}) EXPECT_EQ(TakeItem(queue.Dequeue()).rank, rank);
  EXPECT_EQ(queue.Dequeue(), nullptr);
}

TEST(PriorityQueueTest, GivesTheFunctionTheMessagesIndex) {
  PriorityQueue queue({.priority = [](uint16_t index, const Envelope&) { return -int{index}; }});
  for (int rank : {1, 2}) queue.Enqueue(NewItem({.id = rank, .rank = rank}));
  EXPECT_EQ(TakeItem(queue.Dequeue()).id, 2);
  EXPECT_EQ(TakeItem(queue.Dequeue()).id, 1);
}

TEST(PriorityQueueTest, StableKeepsTheOrderOfEquals) {
  PriorityQueue queue({.priority = RankOf, .stable = true});
  for (int i = 0; i < 100; ++i) queue.Enqueue(NewItem({.id = i, .rank = i % 2}));
  for (int i = 0; i < 100; i += 2) EXPECT_EQ(TakeItem(queue.Dequeue()).id, i);
  for (int i = 1; i < 100; i += 2) EXPECT_EQ(TakeItem(queue.Dequeue()).id, i);
}

TEST(PriorityQueueTest, UnstableIsTheSameInEachRun) {
  auto run = [] {
    PriorityQueue queue({.priority = RankOf});
    std::vector<int64_t> order;
    for (int i = 0; i < 100; ++i) queue.Enqueue(NewItem({.id = i, .rank = i % 3}));
    for (int i = 0; i < 100; ++i) order.push_back(TakeItem(queue.Dequeue()).id);
    return order;
  };
  EXPECT_EQ(run(), run());
}

TEST(PriorityQueueTest, LibraryMessagesGoFirstInTheirOwnOrder) {
  PriorityQueue queue({.priority = RankOf, .capacity = 1});
  queue.Enqueue(NewItem({.id = 1, .rank = -1000}));
  queue.EnqueueControl(NewItem({.id = 100}));
  queue.EnqueueControl(NewItem({.id = 101}));
  for (int64_t id : {100, 101, 1}) EXPECT_EQ(TakeItem(queue.Dequeue()).id, id);
}

TEST(PriorityQueueTest, RefusesTheNewestWhenFull) {
  PriorityQueue queue({.priority = RankOf, .capacity = 1, .on_full = OverflowPolicy::kFail});
  EXPECT_EQ(queue.Enqueue(NewItem({.id = 1, .rank = 9})).envelope, nullptr);
  MessageQueue::Dropped dropped = queue.Enqueue(NewItem({.id = 2, .rank = 0}));
  EXPECT_EQ(TakeItem(dropped.envelope).id, 2);
  EXPECT_STREQ(dropped.reason, "mailbox full (1 message, policy fail)");
}

TEST(PriorityQueueTest, AFunctionThatThrowsCountsAsZero) {
  PriorityQueue queue({.priority = [](uint16_t, const Envelope& envelope) -> int {
    if (ItemIn(envelope).rank == 7) throw std::runtime_error("rank 7");
    return ItemIn(envelope).rank;
  }});
  for (int rank : {1, 7, -1}) queue.Enqueue(NewItem({.id = rank, .rank = rank}));
  for (int rank : {-1, 7, 1}) EXPECT_EQ(TakeItem(queue.Dequeue()).id, rank);
}

TEST(PriorityQueueTest, RetiresWhatItHoldsWhenItIsDestroyed) {
  {
    PriorityQueue queue({.priority = RankOf});
    for (int i = 0; i < 10; ++i) queue.Enqueue(NewItem({.id = i, .rank = i % 3}));
    queue.EnqueueControl(NewItem({.id = 10}));
    EXPECT_EQ(items_alive, 11);
  }
  EXPECT_EQ(items_alive, 0);
}

TEST(PriorityQueueDeathTest, OptionsThatMakeNoSenseAbort) {
  EXPECT_DEATH(PriorityQueue({.priority = nullptr}), "needs a priority function");
  EXPECT_DEATH(PriorityQueue({.priority = RankOf, .capacity = -1}), "negative");
  EXPECT_DEATH(
      PriorityQueue({.priority = RankOf, .capacity = 1, .on_full = OverflowPolicy::kDropOldest}),
      "cannot drop the oldest");
}

// A sorted list of (priority, arrival, id); library messages apart.
struct Model {
  std::vector<std::pair<std::pair<int, int64_t>, int64_t>> user;
  std::deque<int64_t> control;

  int64_t Dequeue() {
    if (!control.empty()) {
      const int64_t id = control.front();
      control.pop_front();
      return id;
    }
    if (user.empty()) return -1;
    auto first = std::min_element(user.begin(), user.end());
    const int64_t id = first->second;
    user.erase(first);
    return id;
  }
};

TEST(PriorityQueueTest, StableDoesAsTheModelDoes) {
  Random random(TestSeed());
  for (int round = 0; round < 100; ++round) {
    const auto capacity = static_cast<int64_t>(random.Below(20));  // 0: any number
    PriorityQueue queue({.priority = RankOf, .stable = true, .capacity = capacity});
    Model model;
    for (int64_t step = 0; step < 300; ++step) {
      const uint64_t action = random.Below(8);
      if (action < 4) {
        const int rank = static_cast<int>(random.Below(4));
        const bool fits = capacity == 0 || static_cast<int64_t>(model.user.size()) < capacity;
        if (fits) model.user.push_back({{rank, step}, step});
        ASSERT_EQ(TakeItem(queue.Enqueue(NewItem({.id = step, .rank = rank})).envelope).id,
                  fits ? -1 : step);
      } else if (action == 4) {
        model.control.push_back(step);
        queue.EnqueueControl(NewItem({.id = step}));
      } else {
        ASSERT_EQ(TakeItem(queue.Dequeue()).id, model.Dequeue());
      }
      ASSERT_EQ(queue.Size(), static_cast<int64_t>(model.user.size() + model.control.size()));
    }
  }
  EXPECT_EQ(items_alive, 0);
}

TEST(PriorityQueueTest, UnstableHandsOutTheModelsPriorities) {
  Random random(TestSeed());
  PriorityQueue queue({.priority = RankOf});
  std::vector<int> model;
  for (int step = 0; step < 10'000; ++step) {
    if (random.Below(2) == 0) {
      const int rank = static_cast<int>(random.Below(6)) - 3;
      model.push_back(rank);
      queue.Enqueue(NewItem({.id = step, .rank = rank}));
    } else if (!model.empty()) {
      auto first = std::min_element(model.begin(), model.end());
      ASSERT_EQ(TakeItem(queue.Dequeue()).rank, *first);
      model.erase(first);
    }
  }
}

class PriorityQueueThreadsTest : public testing::TestWithParam<bool> {};
INSTANTIATE_TEST_SUITE_P(StableOrNot, PriorityQueueThreadsTest, testing::Bool(),
                         [](const auto& param) {
                           return std::string(param.param ? "stable" : "unstable");
                         });

TEST_P(PriorityQueueThreadsTest, LosesNothingSilentlyBetweenThreads) {
  PriorityQueue queue({.priority = RankOf, .stable = GetParam(), .capacity = 500});
  const OracleOptions options;
  const OracleResult result = RunOracle(queue, options);
  ExpectEachOnce(result, options);
  ExpectFifoPerProducer(result, /*of_rank=*/-1);
  if (!GetParam()) return;
  for (int rank = 0; rank < options.ranks; ++rank) ExpectFifoPerProducer(result, rank);
}

}  // namespace
}  // namespace sampo
