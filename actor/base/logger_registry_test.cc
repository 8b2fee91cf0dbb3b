// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/base/logger_registry.h"

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"

namespace sampo {
namespace {

using Infos = std::vector<LoggerInfo>;

class LoggerRegistryTest : public testing::Test {
 protected:
  std::shared_ptr<CaptureLogSink> sink_ = std::make_shared<CaptureLogSink>();
  LoggerRegistry registry_{{.system = "shop", .level = LogLevel::kWarning, .async = false}, sink_};
};

TEST_F(LoggerRegistryTest, LevelsHoldForAllNamesBelow) {
  Logger root = registry_.Get("");
  Logger remote = registry_.Get("sampo.remote");
  Logger deep = registry_.Get("sampo.remote.association");
  Logger sibling = registry_.Get("sampo.remoteness");
  ASSERT_TRUE(registry_.SetLevel("sampo.remote", LogLevel::kDebug).ok());
  EXPECT_FALSE(root.Enabled(LogLevel::kInfo));
  EXPECT_TRUE(remote.Enabled(LogLevel::kDebug));
  EXPECT_TRUE(deep.Enabled(LogLevel::kDebug));
  EXPECT_FALSE(sibling.Enabled(LogLevel::kDebug));
}

TEST_F(LoggerRegistryTest, TheLongestPrefixWins) {
  ASSERT_TRUE(registry_.SetLevel("a.b", LogLevel::kTrace).ok());
  ASSERT_TRUE(registry_.SetLevel("a", LogLevel::kError).ok());
  EXPECT_EQ(registry_.Level("a.x"), LogLevel::kError);
  EXPECT_EQ(registry_.Level("a.b.c"), LogLevel::kTrace);
  EXPECT_EQ(registry_.Level("z"), LogLevel::kWarning);
}

TEST_F(LoggerRegistryTest, LevelsApplyToLoggersMadeLater) {
  ASSERT_TRUE(registry_.SetLevel("a", LogLevel::kTrace).ok());
  EXPECT_TRUE(registry_.Get("a.b").Enabled(LogLevel::kTrace));
}

TEST_F(LoggerRegistryTest, ClearedLevelsAreInheritedAgain) {
  Logger log = registry_.Get("a.b");
  ASSERT_TRUE(registry_.SetLevel("a.b", LogLevel::kTrace).ok());
  ASSERT_TRUE(registry_.SetLevel("", LogLevel::kError).ok());
  registry_.ClearLevel("a.b");
  EXPECT_FALSE(log.Enabled(LogLevel::kWarning));
  registry_.ClearLevel("");
  EXPECT_TRUE(log.Enabled(LogLevel::kWarning));
  registry_.ClearLevel("never.set");
}

TEST_F(LoggerRegistryTest, ListsRootLoggersAndConfiguredNamesInOrder) {
  (void)registry_.Get("b.c");
  ASSERT_TRUE(registry_.SetLevel("b", LogLevel::kDebug).ok());
  EXPECT_EQ(registry_.List(), (Infos{{"", LogLevel::kWarning, LogLevel::kWarning},
                                     {"b", LogLevel::kDebug, LogLevel::kDebug},
                                     {"b.c", LogLevel::kDebug, std::nullopt}}));
}

TEST_F(LoggerRegistryTest, BoundsTheNumberOfLoggers) {
  for (size_t i = 0; i < kLoggersMax; ++i) (void)registry_.Get("n" + std::to_string(i));
  EXPECT_EQ(registry_.Get("one.more").Name(), "sampo.log.other");
  EXPECT_EQ(registry_.Get("two.more").Name(), "sampo.log.other");
  EXPECT_EQ(registry_.Get("n0").Name(), "n0");
}

TEST_F(LoggerRegistryTest, BoundsTheNumberOfLevels) {
  for (size_t i = 1; i < kLogLevelsMax; ++i) {
    ASSERT_TRUE(registry_.SetLevel("n" + std::to_string(i), LogLevel::kInfo).ok());
  }
  EXPECT_EQ(registry_.SetLevel("more", LogLevel::kInfo),
            absl::ResourceExhaustedError(
                "log: cannot set a level for \"more\": 1000 names have one; clear some first"));
  EXPECT_TRUE(registry_.SetLevel("n1", LogLevel::kDebug).ok());
}

TEST_F(LoggerRegistryTest, CutsLongMessagesAndSaysSo) {
  registry_.Get("a").Error(std::string(kLogMessageBytesMax + 10, 'x'));
  const std::string message = sink_->Events().at(0).message;
  EXPECT_EQ(message.substr(kLogMessageBytesMax), "... (10 more bytes)");
}

TEST_F(LoggerRegistryTest, DropsEventsAfterShutdown) {
  Logger log = registry_.Get("a");
  ASSERT_TRUE(registry_.Shutdown(absl::ZeroDuration()).ok());
  log.Error("late");
  EXPECT_TRUE(sink_->Events().empty());
  EXPECT_EQ(registry_.Stats(), (LogStats{.written = 0, .dropped = 1, .failed = 0}));
}

TEST(LoggerRegistryAsyncTest, WritesFromItsOwnThread) {
  auto sink = std::make_shared<CaptureLogSink>();
  LoggerRegistry registry({.system = "shop"}, sink);
  registry.Get("a").Info("hello");
  ASSERT_TRUE(registry.Flush(absl::InfiniteDuration()).ok());
  EXPECT_EQ(sink->Events().at(0).message, "hello");
  EXPECT_EQ(registry.Stats().written, 1u);
}

TEST(LoggerRegistryAsyncTest, WritesWhatWaitsWhenItIsDestroyed) {
  auto sink = std::make_shared<CaptureLogSink>();
  {
    LoggerRegistry registry({.system = "shop", .shutdown_timeout = absl::Minutes(1)}, sink);
    for (int i = 0; i < 100; ++i) registry.Get("a").Info(i);
  }
  EXPECT_EQ(sink->Events().size(), 100u);
}

TEST(LoggerRegistryAsyncTest, LevelsMayChangeWhileOthersLog) {
  auto sink = std::make_shared<CaptureLogSink>();
  LoggerRegistry registry({.system = "shop", .queue_capacity = 100}, sink);
  std::atomic<bool> stop{false};
  std::thread writer([&] {
    Logger log = registry.Get("a.b");
    while (!stop.load()) log.Debug("x");
  });
  for (int i = 0; i < 200; ++i) {
    ASSERT_TRUE(registry.SetLevel("a", i % 2 ? LogLevel::kDebug : LogLevel::kOff).ok());
    (void)registry.Get("c" + std::to_string(i));
    (void)registry.List();
  }
  stop.store(true);
  writer.join();
  EXPECT_EQ(registry.Level("a.b"), LogLevel::kDebug);
}

}  // namespace
}  // namespace sampo
