// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/dispatch/thread_meter.h"

#include <atomic>
#include <latch>
#include <thread>

#include "gtest/gtest.h"

namespace sampo {
namespace {

TEST(ThreadMeterTest, AThreadThatComputesIsReadyAndUsesTime) {
  ThreadMeter meter;
  std::latch attached(1);
  std::atomic<bool> stop{false};
  std::thread thread([&] {
    meter.AttachToThisThread();
    attached.count_down();
    while (!stop.load()) {
    }
  });
  attached.wait();
  const int64_t before = meter.CpuNanos();
  do {
    EXPECT_TRUE(meter.IsReady());
  } while (meter.CpuNanos() < before + 1'000'000);
  stop.store(true);
  thread.join();
}

TEST(ThreadMeterTest, AThreadThatWaitsIsNotReadyAndUsesNoTime) {
  ThreadMeter meter;
  std::latch attached(1);
  std::latch release(1);
  std::thread thread([&] {
    meter.AttachToThisThread();
    attached.count_down();
    release.wait();
  });
  attached.wait();
  while (meter.IsReady()) std::this_thread::yield();
  const int64_t before = meter.CpuNanos();
  for (int i = 0; i < 100; ++i) EXPECT_FALSE(meter.IsReady());
  EXPECT_EQ(meter.CpuNanos(), before);
  release.count_down();
  thread.join();
}

TEST(ThreadMeterTest, OneThatHasEndedOrNeverBeganIsNotReady) {
  ThreadMeter meter;
  EXPECT_FALSE(meter.IsReady());
  EXPECT_EQ(meter.CpuNanos(), 0);
  std::thread([&] { meter.AttachToThisThread(); }).join();
  EXPECT_FALSE(meter.IsReady());
}

}  // namespace
}  // namespace sampo
