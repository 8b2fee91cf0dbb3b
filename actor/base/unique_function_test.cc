// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/base/unique_function.h"

#include <array>
#include <memory>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>

#include "gtest/gtest.h"

namespace sampo {
namespace {

// Counts its instances; `Bytes` decides between inline storage and a block.
template <size_t Bytes>
struct Counted {
  explicit Counted(int* live_count) : live(live_count) { ++*live; }
  Counted(Counted&& other) noexcept : live(other.live) { ++*live; }
  ~Counted() { --*live; }
  int operator()(int n) { return n + 1; }

  int* live;
  std::array<char, Bytes> padding = {};
};
using Small = Counted<8>;
using Large = Counted<100>;

int Twice(int n) { return 2 * n; }

TEST(UniqueFunctionTest, CallsLambdasThatOwnMoveOnlyValues) {
  UniqueFunction<int(int)> add = [base = std::make_unique<int>(2)](int n) { return *base + n; };
  EXPECT_EQ(add(1), 3);
  EXPECT_EQ(add(2), 4);
}

TEST(UniqueFunctionTest, IsEmptyByDefaultAndFromNull) {
  UniqueFunction<void()> none;
  UniqueFunction<void()> null = nullptr;
  int (*no_function)(int) = nullptr;
  UniqueFunction<int(int)> null_pointer = no_function;
  EXPECT_FALSE(none);
  EXPECT_FALSE(null);
  EXPECT_FALSE(null_pointer);
}

TEST(UniqueFunctionDeathTest, ACallOfAnEmptyOneAborts) {
  UniqueFunction<void()> none;
  EXPECT_DEATH(none(), "an empty UniqueFunction was called");
}

TEST(UniqueFunctionTest, CallsFunctionPointers) {
  UniqueFunction<int(int)> twice = &Twice;
  EXPECT_TRUE(twice);
  EXPECT_EQ(twice(4), 8);
}

TEST(UniqueFunctionTest, KeepsStateBetweenCalls) {
  UniqueFunction<int()> count = [n = 0]() mutable { return ++n; };
  count();
  EXPECT_EQ(count(), 2);
}

TEST(UniqueFunctionTest, PassesReferencesAndMovesArguments) {
  std::string seen;
  UniqueFunction<void(std::string&, std::unique_ptr<std::string>)> copy =
      [](std::string& out, std::unique_ptr<std::string> in) { out = *in; };
  copy(seen, std::make_unique<std::string>("mill"));
  EXPECT_EQ(seen, "mill");
  UniqueFunction<std::string&()> give = [&seen]() -> std::string& { return seen; };
  EXPECT_EQ(&give(), &seen);
}

TEST(UniqueFunctionTest, AVoidSignatureDropsTheResult) {
  int calls = 0;
  UniqueFunction<void()> call = [&calls] { return ++calls; };
  call();
  EXPECT_EQ(calls, 1);
}

template <class Callable>
class UniqueFunctionLifeTest : public testing::Test {};
using Callables = testing::Types<Small, Large>;
TYPED_TEST_SUITE(UniqueFunctionLifeTest, Callables);

TYPED_TEST(UniqueFunctionLifeTest, DestroysTheCallableOnce) {
  int live = 0;
  {
    UniqueFunction<int(int)> function = TypeParam(&live);
    EXPECT_EQ(live, 1);
    EXPECT_EQ(function(1), 2);
  }
  EXPECT_EQ(live, 0);
}

TYPED_TEST(UniqueFunctionLifeTest, MovingLeavesTheSourceEmpty) {
  int live = 0;
  UniqueFunction<int(int)> first = TypeParam(&live);
  UniqueFunction<int(int)> second = std::move(first);
  EXPECT_FALSE(first);
  EXPECT_TRUE(second);
  EXPECT_EQ(live, 1);
  EXPECT_EQ(second(2), 3);
}

TYPED_TEST(UniqueFunctionLifeTest, AssignmentDestroysWhatWasThere) {
  int live = 0;
  int other_live = 0;
  UniqueFunction<int(int)> function = TypeParam(&live);
  function = UniqueFunction<int(int)>(TypeParam(&other_live));
  EXPECT_EQ(live, 0);
  EXPECT_EQ(other_live, 1);
  function = nullptr;
  EXPECT_EQ(other_live, 0);
  EXPECT_FALSE(function);
}

TYPED_TEST(UniqueFunctionLifeTest, SelfAssignmentKeepsTheCallable) {
  int live = 0;
  UniqueFunction<int(int)> function = TypeParam(&live);
  UniqueFunction<int(int)>& alias = function;
  function = std::move(alias);
  EXPECT_EQ(live, 1);
  EXPECT_EQ(function(1), 2);
}

struct ThrowsWhenCopied {
  ThrowsWhenCopied() = default;
  ThrowsWhenCopied(const ThrowsWhenCopied&) { throw std::runtime_error("copy"); }
  void operator()() {}
  std::array<char, 64> padding = {};
};

TEST(UniqueFunctionTest, ACopyThatThrowsLeaksNoBlock) {
  ThrowsWhenCopied original;
  EXPECT_THROW(UniqueFunction<void()>{original}, std::runtime_error);  // asan sees the leak
}

TEST(UniqueFunctionTest, LetsExceptionsOfTheCallThrough) {
  UniqueFunction<void()> fails = [] { throw std::runtime_error("no"); };
  EXPECT_THROW(fails(), std::runtime_error);
}

TEST(UniqueFunctionTest, TakesOnlyWhatCanBeCalledThatWay) {
  static_assert(std::is_constructible_v<UniqueFunction<int(int)>, decltype(&Twice)>);
  static_assert(!std::is_constructible_v<UniqueFunction<int(std::string)>, decltype(&Twice)>);
  static_assert(!std::is_constructible_v<UniqueFunction<std::string(int)>, decltype(&Twice)>);
  static_assert(!std::is_copy_constructible_v<UniqueFunction<void()>>);
  static_assert(sizeof(UniqueFunction<void()>) == kInlineFunctionBytes + 2 * sizeof(void*));
}

}  // namespace
}  // namespace sampo
