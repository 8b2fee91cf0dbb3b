// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/dispatch/bounded_queue.h"

#include <algorithm>
#include <cstdint>
#include <deque>
#include <string>
#include <tuple>

#include "gtest/gtest.h"
#include "sampo/actor/base/random.h"
#include "sampo/actor/dispatch/message_queue_test_util.h"

namespace sampo {
namespace {

void Fill(BoundedQueue& queue, int count) {
  for (int i = 0; i < count; ++i) EXPECT_EQ(queue.Enqueue(NewItem({.id = i})).envelope, nullptr);
}

TEST(BoundedQueueTest, IsFifo) {
  BoundedQueue queue({.capacity = 100});
  Fill(queue, 50);
  for (int i = 0; i < 50; ++i) EXPECT_EQ(TakeItem(queue.Dequeue()).id, i);
  EXPECT_EQ(queue.Dequeue(), nullptr);
}

TEST(BoundedQueueTest, DropsNewestWhenFull) {
  BoundedQueue queue({.capacity = 2, .on_full = OverflowPolicy::kDropNewest});
  Fill(queue, 2);
  MessageQueue::Dropped dropped = queue.Enqueue(NewItem({.id = 2}));
  ASSERT_NE(dropped.envelope, nullptr);
  EXPECT_EQ(TakeItem(dropped.envelope).id, 2);
  EXPECT_STREQ(dropped.reason, "mailbox full (2 messages, policy drop_newest)");
  EXPECT_EQ(TakeItem(queue.Dequeue()).id, 0);
}

TEST(BoundedQueueTest, DropsOldestWhenFull) {
  BoundedQueue queue({.capacity = 2, .on_full = OverflowPolicy::kDropOldest});
  Fill(queue, 2);
  MessageQueue::Dropped dropped = queue.Enqueue(NewItem({.id = 2}));
  ASSERT_NE(dropped.envelope, nullptr);
  EXPECT_EQ(TakeItem(dropped.envelope).id, 0);
  EXPECT_STREQ(dropped.reason, "mailbox full (2 messages, policy drop_oldest)");
  EXPECT_EQ(TakeItem(queue.Dequeue()).id, 1);
  EXPECT_EQ(TakeItem(queue.Dequeue()).id, 2);
}

TEST(BoundedQueueTest, FailRefusesWithItsText) {
  BoundedQueue queue({.capacity = 1, .on_full = OverflowPolicy::kFail});
  Fill(queue, 1);
  MessageQueue::Dropped dropped = queue.Enqueue(NewItem({.id = 1}));
  EXPECT_EQ(TakeItem(dropped.envelope).id, 1);
  EXPECT_STREQ(dropped.reason, "mailbox full (1 message, policy fail)");
  EXPECT_STREQ(FullReason(1000, OverflowPolicy::kFail),
               "mailbox full (1000 messages, policy fail)");
}

TEST(BoundedQueueTest, AReasonOutlivesItsQueue) {
  const char* reason = nullptr;
  {
    BoundedQueue queue({.capacity = 3});
    Fill(queue, 3);
    MessageQueue::Dropped dropped = queue.Enqueue(NewItem({}));
    TakeItem(dropped.envelope);
    reason = dropped.reason;
  }
  EXPECT_EQ(std::string(reason), "mailbox full (3 messages, policy drop_newest)");
  EXPECT_EQ(reason, FullReason(3, OverflowPolicy::kDropNewest));
}

TEST(BoundedQueueTest, LibraryMessagesAreOutsideTheBoundAndKeepTheirPlace) {
  BoundedQueue queue({.capacity = 2, .on_full = OverflowPolicy::kDropOldest});
  queue.EnqueueControl(NewItem({.id = 100}));
  Fill(queue, 2);
  queue.EnqueueControl(NewItem({.id = 101}));
  EXPECT_EQ(TakeItem(queue.Enqueue(NewItem({.id = 2})).envelope).id, 0);
  EXPECT_EQ(queue.Size(), 4);
  for (int64_t id : {100, 1, 101, 2}) EXPECT_EQ(TakeItem(queue.Dequeue()).id, id);
}

TEST(BoundedQueueTest, RetiresWhatItHoldsWhenItIsDestroyed) {
  {
    BoundedQueue queue({.capacity = 10});
    Fill(queue, 10);
    queue.EnqueueControl(NewItem({.id = 10}));
    EXPECT_EQ(items_alive, 11);
  }
  EXPECT_EQ(items_alive, 0);
}

TEST(BoundedQueueDeathTest, ACapacityOfZeroAborts) {
  EXPECT_DEATH(BoundedQueue({.capacity = 0}), "at least 1");
}

class BoundedQueuePolicyTest : public testing::TestWithParam<OverflowPolicy> {};
INSTANTIATE_TEST_SUITE_P(AllPolicies, BoundedQueuePolicyTest,
                         testing::Values(OverflowPolicy::kDropNewest, OverflowPolicy::kDropOldest,
                                         OverflowPolicy::kFail),
                         [](const auto& param) {
                           return std::string(OverflowPolicyName(param.param));
                         });

// The same as BoundedQueue, in the plainest way: one list of ids; library messages are negative.
struct Model {
  int64_t capacity;
  OverflowPolicy policy;
  std::deque<int64_t> waiting;

  static bool IsUser(int64_t id) { return id >= 0; }
  // The id that lost its place; -1: none.
  int64_t Enqueue(int64_t id) {
    int64_t lost = -1;
    if (std::count_if(waiting.begin(), waiting.end(), IsUser) == capacity) {
      if (policy != OverflowPolicy::kDropOldest) return id;
      auto oldest = std::find_if(waiting.begin(), waiting.end(), IsUser);
      lost = *oldest;
      waiting.erase(oldest);
    }
    waiting.push_back(id);
    return lost;
  }
};

TEST_P(BoundedQueuePolicyTest, DoesAsTheModelDoes) {
  Random random(TestSeed());
  for (int round = 0; round < 100; ++round) {
    Model model{
        .capacity = 1 + static_cast<int64_t>(random.Below(8)), .policy = GetParam(), .waiting = {}};
    BoundedQueue queue({.capacity = model.capacity, .on_full = model.policy});
    for (int64_t step = 0; step < 200; ++step) {
      const uint64_t action = random.Below(5);
      if (action < 2) {
        const int64_t lost = model.Enqueue(step);
        ASSERT_EQ(TakeItem(queue.Enqueue(NewItem({.id = step})).envelope).id, lost);
      } else if (action == 2) {
        model.waiting.push_back(-2 - step);
        queue.EnqueueControl(NewItem({.id = -2 - step}));
      } else {
        const int64_t expected = model.waiting.empty() ? -1 : model.waiting.front();
        if (!model.waiting.empty()) model.waiting.pop_front();
        ASSERT_EQ(TakeItem(queue.Dequeue()).id, expected);
      }
      ASSERT_EQ(queue.Size(), static_cast<int64_t>(model.waiting.size()));
    }
  }
  EXPECT_EQ(items_alive, 0);
}

TEST_P(BoundedQueuePolicyTest, LosesNothingSilentlyBetweenThreads) {
  BoundedQueue queue({.capacity = 64, .on_full = GetParam()});
  const OracleOptions options;
  const OracleResult result = RunOracle(queue, options);
  ExpectEachOnce(result, options);
  ExpectFifoPerProducer(result);
}

}  // namespace
}  // namespace sampo
