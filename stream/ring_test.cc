// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include <cstdint>
#include <deque>
#include <memory>
#include <utility>

#include "gtest/gtest.h"
#include "sampo/actor/base/random.h"
#include "sampo/stream/detail/ring.h"

namespace sampo::stream::internal {
namespace {

TEST(RingTest, DoesWhatADequeDoes) {
  Random random(7);
  Ring<std::unique_ptr<int>> ring(100);
  std::deque<int> model;
  for (int step = 0; step < 20000; ++step) {
    const uint64_t kind = random.Next() % 6;
    if (kind < 2 && !ring.full()) {
      ring.PushBack(std::make_unique<int>(step));
      model.push_back(step);
    } else if (kind == 2 && !ring.full()) {
      ring.PushFront(std::make_unique<int>(step));
      model.push_front(step);
    } else if (kind == 3 && !ring.empty()) {
      EXPECT_EQ(*ring.PopBack(), model.back());
      model.pop_back();
    } else if (!ring.empty()) {
      EXPECT_EQ(*ring[model.size() / 2], model[model.size() / 2]);
      EXPECT_EQ(*ring.PopFront(), model.front());
      model.pop_front();
    }
    ASSERT_EQ(ring.size(), model.size());
    ASSERT_EQ(ring.full(), model.size() == 100);
  }
}

TEST(RingTest, DestroysWhatItHoldsAndMoves) {
  auto counted = std::make_shared<int>(1);
  {
    Ring<std::shared_ptr<int>> ring(3);
    for (int i = 0; i < 3; ++i) ring.PushBack(counted);
    EXPECT_TRUE(ring.full());
    Ring<std::shared_ptr<int>> moved = std::move(ring);
    EXPECT_EQ(moved.size(), 3u);
    EXPECT_EQ(counted.use_count(), 4);
    moved.DropBack();
    moved.Clear();
    EXPECT_EQ(counted.use_count(), 1);
    moved.PushFront(counted);
  }
  EXPECT_EQ(counted.use_count(), 1);
}

}  // namespace
}  // namespace sampo::stream::internal
