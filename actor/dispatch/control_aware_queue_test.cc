// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/dispatch/control_aware_queue.h"

#include <cstdint>
#include <deque>
#include <stdexcept>

#include "gtest/gtest.h"
#include "sampo/actor/base/random.h"
#include "sampo/actor/dispatch/message_queue_test_util.h"

namespace sampo {
namespace {

// Rank 1 overtakes.
bool IsControl(uint16_t index, const Envelope&) { return index == 1; }

TEST(ControlAwareQueueTest, ControlMessagesOvertakeAndEachClassIsFifo) {
  ControlAwareQueue queue(IsControl);
  for (int i = 0; i < 6; ++i) queue.Enqueue(NewItem({.id = i, .rank = i % 2}));
  EXPECT_EQ(queue.Size(), 6);
  for (int64_t id : {1, 3, 5, 0, 2, 4}) EXPECT_EQ(TakeItem(queue.Dequeue()).id, id);
  EXPECT_EQ(queue.Dequeue(), nullptr);
  EXPECT_EQ(queue.Size(), 0);
}

TEST(ControlAwareQueueTest, LibraryMessagesStayInOrderWithTheOrdinaryOnes) {
  ControlAwareQueue queue(IsControl);
  queue.Enqueue(NewItem({.id = 0}));
  queue.EnqueueControl(NewItem({.id = 100, .rank = 1}));
  queue.Enqueue(NewItem({.id = 1}));
  queue.Enqueue(NewItem({.id = 2, .rank = 1}));
  for (int64_t id : {2, 0, 100, 1}) EXPECT_EQ(TakeItem(queue.Dequeue()).id, id);
}

TEST(ControlAwareQueueTest, APredicateThatThrowsCountsAsFalse) {
  ControlAwareQueue queue([](uint16_t index, const Envelope&) -> bool {
    if (index == 2) throw std::runtime_error("index 2");
    return index == 1;
  });
  for (int rank : {2, 1}) queue.Enqueue(NewItem({.id = rank, .rank = rank}));
  EXPECT_EQ(TakeItem(queue.Dequeue()).id, 1);
  EXPECT_EQ(TakeItem(queue.Dequeue()).id, 2);
}

TEST(ControlAwareQueueTest, RetiresWhatItHoldsWhenItIsDestroyed) {
  {
    ControlAwareQueue queue(IsControl);
    for (int i = 0; i < 10; ++i) queue.Enqueue(NewItem({.id = i, .rank = i % 2}));
    EXPECT_EQ(items_alive, 10);
  }
  EXPECT_EQ(items_alive, 0);
}

TEST(ControlAwareQueueDeathTest, AnEmptyPredicateAborts) {
  EXPECT_DEATH(ControlAwareQueue(nullptr), "needs a predicate");
}

TEST(ControlAwareQueueTest, DoesAsTheModelDoes) {
  Random random(TestSeed());
  ControlAwareQueue queue(IsControl);
  std::deque<int64_t> model[2];
  for (int64_t step = 0; step < 50'000; ++step) {
    const uint64_t action = random.Below(20);
    if (action < 9) {
      const int rank = action < 3 ? 1 : 0;
      model[rank].push_back(step);
      queue.Enqueue(NewItem({.id = step, .rank = rank}));
    } else if (action == 9) {
      model[0].push_back(step);
      queue.EnqueueControl(NewItem({.id = step, .rank = 1}));
    } else {
      std::deque<int64_t>& next = model[model[1].empty() ? 0 : 1];
      const int64_t expected = next.empty() ? -1 : next.front();
      if (!next.empty()) next.pop_front();
      ASSERT_EQ(TakeItem(queue.Dequeue()).id, expected);
    }
    ASSERT_EQ(queue.Size(), static_cast<int64_t>(model[0].size() + model[1].size()));
  }
}

TEST(ControlAwareQueueTest, LosesNothingSilentlyBetweenThreads) {
  ControlAwareQueue queue(IsControl);
  const OracleOptions options;
  const OracleResult result = RunOracle(queue, options);
  ExpectEachOnce(result, options);
  EXPECT_TRUE(result.dropped.empty());
  for (int rank = -1; rank < options.ranks; ++rank) ExpectFifoPerProducer(result, rank);
}

}  // namespace
}  // namespace sampo
