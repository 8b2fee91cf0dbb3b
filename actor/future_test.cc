// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/future.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sampo/actor/base/block_pool.h"

namespace sampo {
namespace {

// Counts copies, so that a test sees whether a result was moved.
struct Traced {
  explicit Traced(int* copy_count) : copies(copy_count) {}
  Traced(const Traced& other) : copies(other.copies) { ++*copies; }
  Traced(Traced&& other) noexcept = default;
  Traced& operator=(const Traced&) = delete;
  Traced& operator=(Traced&&) = delete;
  int* copies;
};

TEST(FutureTest, CallbacksRunInTheOrderOfTheirRegistration) {
  Promise<int> promise;
  Future<int> future = promise.future();
  std::string order;
  for (char name : {'a', 'b', 'c', 'd'}) {
    future.OnComplete(
        [&order, name](absl::StatusOr<int> result) { order += name + std::to_string(*result); });
  }
  EXPECT_EQ(order, "");
  EXPECT_TRUE(promise.Complete(7));
  EXPECT_EQ(order, "a7b7c7d7");
}

TEST(FutureTest, ACallbackRunsAtOnceWhenTheResultIsThere) {
  Future<int> future = Future<int>::Ready(3);
  int seen = 0;
  future.OnComplete([&seen](absl::StatusOr<int> result) { seen = *result; });
  EXPECT_EQ(seen, 3);
}

TEST(FutureTest, ACallbackRunsOnTheCompletingThread) {
  Promise<int> promise;
  Future<int> future = promise.future();
  std::thread::id ran_on;
  future.OnComplete([&ran_on](const absl::StatusOr<int>&) { ran_on = std::this_thread::get_id(); });
  std::thread completer([&promise] { promise.Complete(1); });
  const std::thread::id expected = completer.get_id();
  completer.join();
  EXPECT_EQ(ran_on, expected);
}

TEST(FutureTest, IsCompleteTellsWhetherTheResultIsThere) {
  Promise<int> promise;
  Future<int> future = promise.future();
  EXPECT_FALSE(future.IsComplete());
  EXPECT_FALSE(promise.IsComplete());
  promise.Complete(absl::NotFoundError("cart"));
  EXPECT_TRUE(future.IsComplete());
  EXPECT_TRUE(promise.IsComplete());
}

TEST(FutureTest, TheSecondCompletionReturnsFalseAndChangesNothing) {
  Promise<int> promise;
  Future<int> future = promise.future();
  EXPECT_TRUE(promise.Complete(1));
  EXPECT_FALSE(promise.Complete(2));
  EXPECT_FALSE(promise.Complete(absl::InternalError("late")));
  EXPECT_EQ(*Await(future, absl::ZeroDuration()), 1);
}

TEST(FutureTest, ADroppedPromiseCompletesWithCancelled) {
  std::optional<Promise<int>> promise(std::in_place);
  Future<int> future = promise->future();
  promise.reset();
  EXPECT_EQ(Await(future, absl::ZeroDuration()).status(), absl::CancelledError("promise dropped"));
}

TEST(FutureTest, APromiseThatIsAssignedOverIsDropped) {
  Promise<int> promise;
  Future<int> future = promise.future();
  promise = Promise<int>();
  EXPECT_EQ(Await(future, absl::ZeroDuration()).status().code(), absl::StatusCode::kCancelled);
}

TEST(FutureTest, AMovedPromiseCompletesTheSameFuture) {
  Promise<int> promise;
  Future<int> future = promise.future();
  Promise<int> other = std::move(promise);
  EXPECT_FALSE(future.IsComplete());
  other.Complete(4);
  EXPECT_EQ(*Await(future, absl::ZeroDuration()), 4);
}

TEST(FutureTest, CompletingWithoutAnyFutureIsHarmless) {
  Promise<std::string> promise;
  EXPECT_TRUE(promise.Complete("nobody"));
}

TEST(FutureTest, VoidCompletesWithAStatus) {
  Promise<void> promise;
  Future<void> future = promise.future();
  absl::Status seen = absl::UnknownError("not called");
  future.OnComplete([&seen](absl::Status status) { seen = status; });
  promise.Complete();
  EXPECT_TRUE(seen.ok());
  EXPECT_TRUE(Await(Future<void>::Ready(), absl::ZeroDuration()).ok());
  EXPECT_EQ(Await(Future<void>::Failed(absl::AbortedError("x")), absl::ZeroDuration()),
            absl::AbortedError("x"));
}

TEST(FutureTest, TheLastCallbackGetsTheOriginalWhereNoHandleIsLeft) {
  int copies = 0;
  int called = 0;
  Promise<Traced> promise;
  {
    Future<Traced> future = promise.future();
    for (int i = 0; i < 3; ++i) {
      future.OnComplete([&called](const absl::StatusOr<Traced>&) { ++called; });
    }
  }
  promise.Complete(Traced(&copies));
  EXPECT_EQ(called, 3);
  EXPECT_EQ(copies, 2);
}

TEST(FutureTest, AHandleThatIsLeftStillFindsTheResult) {
  Promise<std::string> promise;
  Future<std::string> future = promise.future();
  std::string seen;
  future.OnComplete([&seen](absl::StatusOr<std::string> result) { seen = *std::move(result); });
  promise.Complete("a text that does not fit into the string itself");
  EXPECT_EQ(*Await(future, absl::ZeroDuration()), seen);
}

TEST(FutureTest, ATemporaryFutureGivesItsResultAway) {
  int copies = 0;
  int called = 0;
  Future<Traced>::Ready(Traced(&copies)).OnComplete([&called](const absl::StatusOr<Traced>&) {
    ++called;
  });
  EXPECT_EQ(called, 1);
  EXPECT_EQ(copies, 0);
}

TEST(FutureTest, AMoveOnlyResultGoesToItsOneCallback) {
  Promise<std::unique_ptr<int>> promise;
  Future<std::unique_ptr<int>> future = promise.future();
  std::unique_ptr<int> seen;
  future.OnComplete(
      [&seen](absl::StatusOr<std::unique_ptr<int>> result) { seen = *std::move(result); });
  promise.Complete(std::make_unique<int>(5));
  ASSERT_NE(seen, nullptr);
  EXPECT_EQ(*seen, 5);
}

TEST(FutureDeathTest, ASecondTakerOfAMoveOnlyResultAborts) {
  Promise<std::unique_ptr<int>> promise;
  Future<std::unique_ptr<int>> future = promise.future();
  future.OnComplete([](const absl::StatusOr<std::unique_ptr<int>>&) {});
  EXPECT_DEATH(future.OnComplete([](const absl::StatusOr<std::unique_ptr<int>>&) {}),
               "one taker, and this is the second");
}

TEST(FutureDeathTest, TakingThePromisesFutureTwiceAborts) {
  Promise<int> promise;
  Future<int> future = promise.future();
  EXPECT_DEATH((void)promise.future(), "future was called before");
}

TEST(FutureDeathTest, FailedWithAnOkStatusAborts) {
  EXPECT_DEATH((void)Future<int>::Failed(absl::OkStatus()), "OK status");
}

TEST(FutureTest, ACallbackThatThrowsDoesNotStopTheOthers) {
  Promise<int> promise;
  Future<int> future = promise.future();
  int called = 0;
  future.OnComplete([](const absl::StatusOr<int>&) { throw std::runtime_error("callback"); });
  future.OnComplete([&called](const absl::StatusOr<int>&) { ++called; });
  EXPECT_NO_THROW(promise.Complete(1));
  EXPECT_EQ(called, 1);
}

// --- Map, FlatMap, Recover, Sequence ---

template <class T>
FutureResult<T> Now(Future<T> future) {
  return Await(std::move(future), absl::ZeroDuration());
}

TEST(FutureTest, MapMakesAFutureOfTheFunctionsResult) {
  Promise<int> promise;
  Future<std::string> text = promise.future().Map([](int n) { return std::to_string(n); });
  EXPECT_FALSE(text.IsComplete());
  promise.Complete(12);
  EXPECT_EQ(*Now(text), "12");
}

TEST(FutureTest, MapFlattensStatusOrAndStatusAndTakesVoid) {
  Future<int> seven = Future<int>::Ready(7);
  Future<int> refused =
      seven.Map([](int) -> absl::StatusOr<int> { return absl::OutOfRangeError("7"); });
  EXPECT_EQ(Now(refused).status(), absl::OutOfRangeError("7"));
  Future<void> checked = seven.Map([](int) { return absl::AbortedError("checked"); });
  EXPECT_EQ(Now(checked), absl::AbortedError("checked"));
  int seen = 0;
  Future<void> done = seven.Map([&seen](int n) { seen = n; });
  EXPECT_TRUE(Now(done).ok());
  EXPECT_EQ(seen, 7);
  EXPECT_EQ(*Now(done.Map([] { return 8; })), 8);
}

TEST(FutureTest, FailuresPassByMapAndFlatMapUnchanged) {
  int called = 0;
  Future<int> failed = Future<int>::Failed(absl::NotFoundError("cart"));
  Future<int> mapped = failed.Map([&called](int n) {
    ++called;
    return n;
  });
  Future<int> flat_mapped = failed.FlatMap([&called](int n) {
    ++called;
    return Future<int>::Ready(n);
  });
  EXPECT_EQ(Now(mapped).status(), absl::NotFoundError("cart"));
  EXPECT_EQ(Now(flat_mapped).status(), absl::NotFoundError("cart"));
  EXPECT_EQ(called, 0);
}

TEST(FutureTest, FlatMapCompletesWithTheInnerFuture) {
  Promise<int> outer;
  Promise<std::string> inner;
  Future<std::string> inner_future = inner.future();
  Future<std::string> both = outer.future().FlatMap([&inner_future](int) { return inner_future; });
  outer.Complete(1);
  EXPECT_FALSE(both.IsComplete());
  inner.Complete("inner");
  EXPECT_EQ(*Now(both), "inner");
}

TEST(FutureTest, RecoverReplacesAFailureAlone) {
  Future<int> failed = Future<int>::Failed(absl::NotFoundError("cart"));
  EXPECT_EQ(*Now(failed.Recover([](const absl::Status&) { return 0; })), 0);
  EXPECT_EQ(Now(failed.Recover([](const absl::Status& status) -> absl::StatusOr<int> {
              return absl::InternalError(status.message());
            })).status(),
            absl::InternalError("cart"));
  EXPECT_EQ(*Now(failed.Recover([](const absl::Status&) { return Future<int>::Ready(9); })), 9);
  EXPECT_EQ(*Now(Future<int>::Ready(1).Recover([](const absl::Status&) { return 2; })), 1);
}

TEST(FutureTest, WhatAFunctionThrowsBecomesTheNewFuturesStatus) {
  auto fails = [](int) -> int { throw std::runtime_error("no such cart"); };
  EXPECT_EQ(Now(Future<int>::Ready(1).Map(fails)).status(),
            absl::UnknownError("future: Map threw no such cart"));
  auto flat_fails = [](int) -> Future<int> { throw std::runtime_error("no such cart"); };
  EXPECT_EQ(Now(Future<int>::Ready(1).FlatMap(flat_fails)).status(),
            absl::UnknownError("future: FlatMap threw no such cart"));
  auto recover_fails = [](const absl::Status&) -> int { throw 7; };
  EXPECT_EQ(Now(Future<int>::Failed(absl::AbortedError("")).Recover(recover_fails)).status(),
            absl::UnknownError("future: Recover threw an exception that is no std::exception"));
}

TEST(FutureTest, DroppingThePromiseCancelsTheWholeChain) {
  std::optional<Promise<int>> promise(std::in_place);
  Future<int> end = promise->future().Map([](int n) { return n; }).FlatMap([](int n) {
    return Future<int>::Ready(n);
  });
  promise.reset();
  EXPECT_EQ(Now(end).status().code(), absl::StatusCode::kCancelled);
}

TEST(FutureTest, MoveOnlyValuesTravelThroughAChain) {
  Promise<std::unique_ptr<int>> promise;
  Future<std::unique_ptr<int>> end =
      promise.future()
          .Map([](std::unique_ptr<int> n) { return std::make_unique<int>(*n + 1); })
          .FlatMap([](std::unique_ptr<int> n) {
            return Future<std::unique_ptr<int>>::Ready(std::move(n));
          })
          .Recover([](const absl::Status&) { return std::make_unique<int>(0); });
  promise.Complete(std::make_unique<int>(1));
  EXPECT_EQ(**Now(std::move(end)), 2);
}

TEST(FutureTest, AChainOfAHundredThousandNeedsNoDeepStack) {
  constexpr int kLinks = 100'000;
  Promise<int> promise;
  Future<int> end = promise.future();
  for (int i = 0; i < kLinks; ++i) end = std::move(end).Map([](int n) { return n + 1; });
  promise.Complete(0);
  EXPECT_EQ(*Now(end), kLinks);
}

TEST(FutureTest, SequenceGathersTheValuesInOrder) {
  Promise<int> first;
  Promise<int> second;
  Future<std::vector<int>> all =
      Sequence<int>({first.future(), Future<int>::Ready(2), second.future()});
  second.Complete(3);
  EXPECT_FALSE(all.IsComplete());
  first.Complete(1);
  EXPECT_EQ(*Now(all), (std::vector<int>{1, 2, 3}));
}

TEST(FutureTest, SequenceFailsAsSoonAsOneFails) {
  Promise<int> never;
  Promise<int> fails;
  Future<std::vector<int>> all = Sequence<int>({never.future(), fails.future()});
  fails.Complete(absl::DataLossError("second"));
  EXPECT_EQ(Now(all).status(), absl::DataLossError("second"));
}

TEST(FutureTest, SequenceOfNothingIsCompleteAtOnce) {
  EXPECT_TRUE(Now(Sequence<int>({}))->empty());
  EXPECT_TRUE(Now(Sequence<void>({})).ok());
}

TEST(FutureTest, SequenceOfVoidWaitsForAll) {
  Promise<void> first;
  Promise<void> second;
  Future<void> all = Sequence<void>({first.future(), second.future()});
  first.Complete();
  EXPECT_FALSE(all.IsComplete());
  second.Complete();
  EXPECT_TRUE(Now(all).ok());
}

#if SAMPO_BLOCK_POOL
TEST(FutureTest, TakesNoSlabsInSteadyState) {
  auto run = [] {
    for (int i = 0; i < 20'000; ++i) {
      Promise<int> promise;
      Future<int> future = promise.future();
      int sum = 0;
      for (int j = 0; j < 3; ++j) {
        future.OnComplete([&sum](absl::StatusOr<int> result) { sum += *result; });
      }
      promise.Complete(1);
      EXPECT_EQ(sum, 3);
    }
  };
  run();
  const int64_t before = GetBlockPoolStats().slabs_taken;
  run();
  EXPECT_EQ(GetBlockPoolStats().slabs_taken, before);
}
#endif

}  // namespace
}  // namespace sampo
