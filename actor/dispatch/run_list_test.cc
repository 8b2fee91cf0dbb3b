// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/dispatch/run_list.h"

#include <deque>
#include <vector>

#include "gtest/gtest.h"

namespace sampo {
namespace {

bool Nothing(Runnable*, Turn&) { return false; }

class RunListTest : public testing::Test {
 protected:
  RunListTest() {
    for (int i = 0; i < 8; ++i) runnables_.emplace_back(&Nothing);
  }
  RunList ListOf(int first, int count) {
    RunList list;
    for (int i = first; i < first + count; ++i) list.PushBack(&runnables_[i]);
    return list;
  }
  std::vector<long> Drain(RunList& list) {
    std::vector<long> numbers;
    while (Runnable* front = list.PopFront()) {
      for (size_t i = 0; i < runnables_.size(); ++i) {
        if (&runnables_[i] == front) numbers.push_back(static_cast<long>(i));
      }
    }
    EXPECT_TRUE(list.empty());
    EXPECT_EQ(list.size(), 0);
    return numbers;
  }
  std::deque<Runnable> runnables_;
};

TEST_F(RunListTest, IsFirstInFirstOut) {
  RunList list = ListOf(0, 3);
  EXPECT_EQ(list.size(), 3);
  EXPECT_EQ(Drain(list), (std::vector<long>{0, 1, 2}));
}

TEST_F(RunListTest, AppendsAndEmptiesTheOther) {
  RunList list, none, a = ListOf(0, 2), b = ListOf(2, 1);
  list.Append(none);
  list.Append(a);
  list.Append(b);
  EXPECT_TRUE(a.empty());
  list.PushBack(&runnables_[3]);
  EXPECT_EQ(list.size(), 4);
  EXPECT_EQ(Drain(list), (std::vector<long>{0, 1, 2, 3}));
}

TEST_F(RunListTest, TakesTheOldest) {
  RunList list = ListOf(0, 5);
  RunList none = list.TakeFront(0), two = list.TakeFront(2), rest = list.TakeFront(9);
  EXPECT_TRUE(none.empty());
  EXPECT_TRUE(list.empty());
  EXPECT_EQ(two.size(), 2);
  EXPECT_EQ(Drain(two), (std::vector<long>{0, 1}));
  EXPECT_EQ(Drain(rest), (std::vector<long>{2, 3, 4}));
}

}  // namespace
}  // namespace sampo
