// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Await, and futures between threads.
#include <atomic>
#include <latch>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sampo/actor/future.h"

namespace sampo {
namespace {

TEST(AwaitTest, SleepsUntilAnotherThreadCompletes) {
  Promise<int> promise;
  Future<int> future = promise.future();
  std::latch waiting(1);
  std::thread waiter([&] {
    waiting.count_down();
    absl::StatusOr<int> result = Await(future, absl::InfiniteDuration());
    EXPECT_EQ(*result, 11);
  });
  waiting.wait();
  // Longer than Await spins, so that it most likely sleeps; both ways must work.
  Promise<int> never;
  (void)Await(never.future(), absl::Milliseconds(2));
  promise.Complete(11);
  waiter.join();
}

TEST(AwaitTest, SaysDeadlineExceededAfterTheTimeout) {
  Promise<int> promise;
  Future<int> future = promise.future();
  EXPECT_EQ(Await(future, absl::Milliseconds(2)).status(),
            absl::DeadlineExceededError("Await: not complete after 2ms"));
  promise.Complete(1);
  EXPECT_EQ(*Await(future, absl::Milliseconds(2)), 1);
}

TEST(AwaitTest, ATimeoutTakesNothingFromAMoveOnlyFuture) {
  Promise<std::unique_ptr<int>> promise;
  Future<std::unique_ptr<int>> future = promise.future();
  EXPECT_FALSE(Await(future, absl::ZeroDuration()).ok());
  promise.Complete(std::make_unique<int>(3));
  EXPECT_EQ(**Await(future, absl::ZeroDuration()), 3);
}

struct HookGuard {
  explicit HookGuard(AwaitHook hook) { await_hook = hook; }
  ~HookGuard() { await_hook = AwaitHook(); }
};

TEST(AwaitTest, IsRefusedWhereTheThreadsHookSaysSo) {
  HookGuard guard({.refuse = [] { return absl::FailedPreconditionError("Await in /user/cart"); }});
  EXPECT_EQ(Await(Future<int>::Ready(1), absl::Seconds(1)).status(),
            absl::FailedPreconditionError("Await in /user/cart"));
}

TEST(AwaitTest, DrivesTheSimulationInsteadOfWaiting) {
  struct Simulation {
    Promise<int> promise;
    int steps = 0;
  } simulation;
  Future<int> future = simulation.promise.future();
  HookGuard guard(
      {.refuse = [] { return absl::OkStatus(); },
       .drive =
           [](void* driver, bool (*ready)(const void*), const void* state, absl::Duration timeout) {
             auto& run = *static_cast<Simulation*>(driver);
             EXPECT_EQ(timeout, absl::Hours(1));
             while (!ready(state) && run.steps < 3) {
               if (++run.steps == 2) run.promise.Complete(5);
             }
           },
       .driver = &simulation});
  EXPECT_EQ(*Await(future, absl::Hours(1)), 5);
  EXPECT_EQ(simulation.steps, 2);
  Promise<int> never;
  EXPECT_EQ(Await(never.future(), absl::Hours(1)).status(),
            absl::DeadlineExceededError("Await: not complete after 1h of virtual time"));
}

// --- threads ---

TEST(FutureThreadsTest, OfManyCompletersOneWins) {
  for (int round = 0; round < 200; ++round) {
    Promise<int> promise;
    Future<int> future = promise.future();
    std::atomic<int> wins{0};
    std::atomic<int> winner{-1};
    std::latch start(3);
    std::vector<std::thread> threads;
    for (int id = 0; id < 3; ++id) {
      threads.emplace_back([&, id] {
        start.arrive_and_wait();
        if (promise.Complete(id)) {
          ++wins;
          winner = id;
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(wins, 1);
    EXPECT_EQ(*Await(future, absl::ZeroDuration()), winner);
  }
}

TEST(FutureThreadsTest, EveryCallbackRunsOnceWhileItRacesWithCompletion) {
  for (int round = 0; round < 300; ++round) {
    Promise<std::string> promise;
    std::atomic<int> called{0};
    std::latch start(3);
    std::vector<std::thread> threads;
    Future<std::string> future = promise.future();
    for (int id = 0; id < 2; ++id) {
      threads.emplace_back([&called, &start, future] {
        start.arrive_and_wait();
        for (int i = 0; i < 4; ++i) {
          future.OnComplete([&called](absl::StatusOr<std::string> result) {
            EXPECT_EQ(*result, "a text that does not fit into the string itself");
            ++called;
          });
        }
      });
    }
    { Future<std::string> dropped = std::move(future); }
    start.arrive_and_wait();
    promise.Complete("a text that does not fit into the string itself");
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(called, 8);
  }
}

TEST(FutureThreadsTest, WaitersOnManyThreadsAllWake) {
  for (int round = 0; round < 50; ++round) {
    Promise<int> promise;
    Future<int> future = promise.future();
    std::vector<std::thread> waiters;
    for (int i = 0; i < 3; ++i) {
      waiters.emplace_back([future] { EXPECT_EQ(*Await(future, absl::InfiniteDuration()), 1); });
    }
    promise.Complete(1);
    for (std::thread& waiter : waiters) waiter.join();
  }
}

TEST(FutureThreadsTest, SequenceTakesResultsFromManyThreads) {
  for (int round = 0; round < 100; ++round) {
    std::vector<Promise<int>> promises(4);
    std::vector<Future<int>> futures;
    for (Promise<int>& promise : promises) futures.push_back(promise.future());
    Future<std::vector<int>> all = Sequence(std::move(futures));
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&promises, i] { promises[static_cast<size_t>(i)].Complete(i); });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(*Await(all, absl::ZeroDuration()), (std::vector<int>{0, 1, 2, 3}));
  }
}

}  // namespace
}  // namespace sampo
