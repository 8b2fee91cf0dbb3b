// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/circuit_breaker.h"

#include <atomic>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "sampo/actor/actor.h"
#include "sampo/actor/test_util.h"

namespace sampo {
namespace {

using State = CircuitBreakerState;

// A breaker in a simulation, and calls whose results the test decides.
struct CircuitBreakerTest : testing::Test {
  explicit CircuitBreakerTest(CircuitBreakerSettings settings = {.max_failures = 3})
      : breaker(kit.system(), "db", std::move(settings)) {}

  Future<int> Succeed() {
    return breaker.Call([] { return Future<int>::Ready(1); });
  }
  Future<int> Fail(absl::Status status = absl::UnavailableError("down")) {
    return breaker.Call([&] { return Future<int>::Failed(std::move(status)); });
  }
  void FailTimes(int times) {
    for (int i = 0; i < times; ++i) Fail();
  }
  absl::Status StatusOf(const Future<int>& future) {
    EXPECT_TRUE(future.IsComplete());
    return Await(future, absl::ZeroDuration()).status();
  }

  SimulatedKit kit;
  CircuitBreaker breaker;
};

TEST_F(CircuitBreakerTest, PassesResultsThroughWhileClosed) {
  EXPECT_EQ(Await(Succeed(), absl::ZeroDuration()).value(), 1);
  EXPECT_EQ(StatusOf(Fail()), absl::UnavailableError("down"));
  EXPECT_EQ(breaker.state(), State::kClosed);
}

TEST_F(CircuitBreakerTest, OpensAfterFailuresInARow) {
  FailTimes(2);
  Succeed();  // the row begins anew
  FailTimes(2);
  EXPECT_EQ(breaker.state(), State::kClosed);
  FailTimes(1);
  EXPECT_EQ(breaker.state(), State::kOpen);
}

TEST_F(CircuitBreakerTest, WhileOpenFailsAtOnceAndSaysWhy) {
  FailTimes(3);
  kit.RunFor(absl::Seconds(5));
  bool called = false;
  Future<int> refused = breaker.Call([&] {
    called = true;
    return Future<int>::Ready(1);
  });
  EXPECT_FALSE(called);
  EXPECT_EQ(StatusOf(refused),
            absl::UnavailableError("circuit breaker db is open for another 10s; the last failure "
                                   "was UNAVAILABLE: down"));
}

TEST_F(CircuitBreakerTest, LetsOneCallThroughAfterTheResetTimeout) {
  FailTimes(3);
  kit.RunFor(absl::Seconds(15));
  EXPECT_EQ(breaker.state(), State::kHalfOpen);
  Promise<int> answer;
  Future<int> answered = answer.future();
  Future<int> probe = breaker.Call([&] { return answered; });
  EXPECT_EQ(StatusOf(Succeed()).code(), absl::StatusCode::kUnavailable);
  answer.Complete(2);
  EXPECT_EQ(Await(probe, absl::ZeroDuration()).value(), 2);
  EXPECT_EQ(breaker.state(), State::kClosed);
  EXPECT_EQ(StatusOf(Succeed()), absl::OkStatus());
}

TEST_F(CircuitBreakerTest, OpensAgainWhenTheProbeFails) {
  FailTimes(3);
  kit.RunFor(absl::Seconds(15));
  FailTimes(1);
  EXPECT_EQ(breaker.state(), State::kOpen);
  kit.RunFor(absl::Seconds(15));
  EXPECT_EQ(breaker.state(), State::kHalfOpen);
}

TEST_F(CircuitBreakerTest, ACallThatTakesTooLongFails) {
  Promise<int> answer;
  Future<int> answered = answer.future();
  Future<int> slow = breaker.Call([&] { return answered; });
  kit.RunFor(absl::Seconds(10));
  EXPECT_EQ(StatusOf(slow),
            absl::DeadlineExceededError("circuit breaker db: the call took longer than 10s"));
  answer.Complete(1);  // too late, and harmless
  FailTimes(2);
  EXPECT_EQ(breaker.state(), State::kOpen);
}

TEST_F(CircuitBreakerTest, AResultOfAnEarlierPeriodChangesNothing) {
  Promise<int> answer;
  Future<int> answered = answer.future();
  Future<int> old = breaker.Call([&] { return answered; });
  FailTimes(3);
  kit.RunFor(absl::Seconds(1));
  answer.Complete(1);
  EXPECT_EQ(Await(old, absl::ZeroDuration()).value(), 1);
  EXPECT_EQ(breaker.state(), State::kOpen);
}

TEST_F(CircuitBreakerTest, TheCallersOwnFaultsDoNotCount) {
  for (int i = 0; i < 10; ++i) Fail(absl::NotFoundError("no such row"));
  EXPECT_EQ(breaker.state(), State::kClosed);
  EXPECT_TRUE(CountsAsFailure(absl::InternalError("")));
  EXPECT_TRUE(CountsAsFailure(absl::CancelledError("")));
  EXPECT_FALSE(CountsAsFailure(absl::OkStatus()));
  EXPECT_FALSE(CountsAsFailure(absl::InvalidArgumentError("")));
}

TEST_F(CircuitBreakerTest, WhatThrowsIsAFailure) {
  for (int i = 0; i < 3; ++i) {
    Future<int> failed = breaker.Call([]() -> Future<int> { throw std::runtime_error("boom"); });
    EXPECT_FALSE(StatusOf(failed).ok());
  }
  EXPECT_EQ(breaker.state(), State::kOpen);
}

TEST_F(CircuitBreakerTest, CallNowTakesStatusOrResults) {
  EXPECT_EQ(breaker.CallNow([] { return absl::StatusOr<std::string>("x"); }).value(), "x");
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(breaker.CallNow([] { return absl::InternalError("no"); }), absl::InternalError("no"));
  }
  EXPECT_EQ(breaker.CallNow([] { return absl::OkStatus(); }).code(),
            absl::StatusCode::kUnavailable);
}

TEST_F(CircuitBreakerTest, TellsItsListeners) {
  std::vector<std::pair<State, State>> changes;
  std::vector<CircuitBreakerCall> calls;
  breaker.OnStateChange([&](State from, State to) { changes.emplace_back(from, to); });
  breaker.OnCall([&](CircuitBreakerCall call, absl::Duration) { calls.push_back(call); });
  FailTimes(3);
  Succeed();  // refused
  kit.RunFor(absl::Seconds(15));
  Succeed();
  EXPECT_EQ(changes, (std::vector<std::pair<State, State>>{{State::kClosed, State::kOpen},
                                                           {State::kOpen, State::kHalfOpen},
                                                           {State::kHalfOpen, State::kClosed}}));
  using enum CircuitBreakerCall;
  EXPECT_EQ(calls,
            (std::vector<CircuitBreakerCall>{kFailure, kFailure, kFailure, kRejected, kSuccess}));
}

struct BackoffBreakerTest : CircuitBreakerTest {
  BackoffBreakerTest()
      : CircuitBreakerTest(
            {.max_failures = 1,
             .reset_timeout = absl::Seconds(1),
             .max_reset_timeout = absl::Seconds(5),
             .exponential_backoff_factor = 2,
             .is_failure = [](const absl::Status& status) { return !status.ok(); }}) {}
  void ExpectOpenFor(absl::Duration time) {
    EXPECT_EQ(breaker.state(), State::kOpen);
    kit.RunFor(time - absl::Milliseconds(1));
    EXPECT_EQ(breaker.state(), State::kOpen);
    kit.RunFor(absl::Milliseconds(1));
    EXPECT_EQ(breaker.state(), State::kHalfOpen);
  }
};

TEST_F(BackoffBreakerTest, StaysOpenLongerEachTimeAProbeFailsUpToItsBound) {
  for (int seconds : {1, 2, 4, 5, 5}) {
    Fail(absl::NotFoundError("counts here"));
    ExpectOpenFor(absl::Seconds(seconds));
  }
  Succeed();
  EXPECT_EQ(breaker.state(), State::kClosed);
  Fail();
  ExpectOpenFor(absl::Seconds(1));  // begins anew
}

TEST(CircuitBreakerLifeTest, MayOutliveItsSystem) {
  std::optional<CircuitBreaker> breaker;
  std::optional<Future<int>> pending;
  Promise<int> answer;
  Future<int> answered = answer.future();
  {
    SimulatedKit kit;
    breaker.emplace(kit.system(), "db", CircuitBreakerSettings{.max_failures = 2});
    pending = breaker->Call([&] { return answered; });
  }
  EXPECT_EQ(Await(*pending, absl::ZeroDuration()).status().code(), absl::StatusCode::kCancelled);
  answer.Complete(1);
  Future<int> later = breaker->Call([] { return Future<int>::Ready(1); });
  EXPECT_FALSE(Await(later, absl::ZeroDuration()).ok());
  EXPECT_EQ(breaker->state(), State::kOpen);
}

TEST(CircuitBreakerThreadsTest, CountsEachCallOnceAndLetsOneProbeThrough) {
  ActorTestKit kit;
  CircuitBreaker breaker(kit.system(), "db",
                         {.max_failures = 50, .reset_timeout = absl::Milliseconds(1)});
  std::atomic<int> probes = 0;
  std::atomic<int> probes_max = 0;
  std::atomic<bool> healthy = false;
  breaker.OnStateChange([&](State, State to) {
    if (to == State::kHalfOpen) healthy = true;
  });
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 2000; ++i) {
        breaker
            .CallNow([&]() -> absl::Status {
              if (breaker.state() == State::kHalfOpen) {
                const int now = ++probes;
                if (now > probes_max) probes_max = now;
                --probes;
              }
              return healthy ? absl::OkStatus() : absl::InternalError("down");
            })
            .IgnoreError();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_LE(probes_max, 1);
}

TEST(CircuitBreakerDeathTest, RefusesSettingsThatMakeNoSense) {
  SimulatedKit kit;
  EXPECT_DEATH(CircuitBreaker(kit.system(), "x", {.max_failures = 0}), "max_failures");
  EXPECT_DEATH(CircuitBreaker(kit.system(), "x", {.random_factor = 2}), "random_factor");
}

}  // namespace
}  // namespace sampo
