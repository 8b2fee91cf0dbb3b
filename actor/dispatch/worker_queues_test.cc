// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/dispatch/worker_queues.h"

#include <vector>

#include "gtest/gtest.h"

namespace sampo {
namespace {

bool Nothing(Runnable*, Turn&) { return false; }

class WorkerQueuesTest : public testing::Test {
 protected:
  WorkerQueuesTest() {
    for (int i = 0; i < 10; ++i) runnables_.emplace_back(&Nothing);
  }
  Runnable* R(int i) { return &runnables_[i]; }
  std::vector<Runnable> runnables_;
  WorkerQueues queues_;
};

TEST_F(WorkerQueuesTest, FirstPushedIsNextThenTheQueueInOrder) {
  queues_.PushBack(R(0));
  queues_.Push(R(1));  // the next slot
  queues_.Push(R(2));
  EXPECT_EQ(queues_.waiting(), 3);
  EXPECT_EQ(queues_.Pop(), R(1));
  EXPECT_EQ(queues_.Pop(), R(0));
  EXPECT_EQ(queues_.Pop(), R(2));
  EXPECT_EQ(queues_.Pop(), nullptr);
  EXPECT_EQ(queues_.waiting(), 0);
}

TEST_F(WorkerQueuesTest, NextSlotWinsAtMost64TurnsInARow) {
  queues_.PushBack(R(0));
  for (int i = 0; i < WorkerQueues::kNextWinsMax; ++i) {
    queues_.Push(R(1));
    ASSERT_EQ(queues_.Pop(), R(1));
  }
  queues_.Push(R(1));
  EXPECT_EQ(queues_.Pop(), R(0));
  EXPECT_EQ(queues_.Pop(), R(1));
}

// Chains of wake-ups (here: of one Runnable each) get equal shares, each in runs of 64 turns.
TEST_F(WorkerQueuesTest, ChainsOfWakeUpsShareTheWorkerEqually) {
  constexpr int kChains = 3;
  for (int i = 0; i < kChains; ++i) queues_.PushBack(R(i));
  int turns[kChains] = {};
  for (int i = 0; i < 100 * kChains * (WorkerQueues::kNextWinsMax + 1); ++i) {
    Runnable* popped = queues_.Pop();
    ++turns[popped - R(0)];
    queues_.Push(popped);
  }
  EXPECT_EQ(turns[0], turns[1]);
  EXPECT_EQ(turns[1], turns[2]);
}

TEST_F(WorkerQueuesTest, NextSlotWinsForEverWhileTheQueueIsEmpty) {
  for (int i = 0; i < 3 * WorkerQueues::kNextWinsMax; ++i) {
    queues_.Push(R(1));
    ASSERT_EQ(queues_.Pop(), R(1));
  }
}

TEST_F(WorkerQueuesTest, HalfIsTheOlderHalfWithoutTheNextSlot) {
  queues_.Push(R(0));
  for (int i = 1; i <= 5; ++i) queues_.Push(R(i));
  RunList stolen = queues_.StealHalf(100);
  EXPECT_EQ(stolen.size(), 3);
  EXPECT_EQ(stolen.PopFront(), R(1));
  EXPECT_EQ(queues_.waiting(), 3);
  EXPECT_EQ(queues_.Pop(), R(0));
  EXPECT_EQ(queues_.Pop(), R(4));
}

TEST_F(WorkerQueuesTest, HalfIsBounded) {
  for (int i = 0; i < 9; ++i) queues_.PushBack(R(i));
  EXPECT_EQ(queues_.StealHalf(2).size(), 2);
}

TEST_F(WorkerQueuesTest, HalfOfAnEmptyQueueIsTheNextSlot) {
  queues_.Push(R(0));
  RunList stolen = queues_.StealHalf(100);
  EXPECT_EQ(stolen.PopFront(), R(0));
  EXPECT_EQ(queues_.Pop(), nullptr);
}

TEST_F(WorkerQueuesTest, AllIncludesTheNextSlotFirst) {
  for (int i = 0; i < 4; ++i) queues_.Push(R(i));
  RunList stolen = queues_.StealAll();
  EXPECT_EQ(stolen.size(), 4);
  EXPECT_EQ(stolen.PopFront(), R(0));
  EXPECT_EQ(stolen.PopFront(), R(1));
  EXPECT_EQ(queues_.waiting(), 0);
}

}  // namespace
}  // namespace sampo
