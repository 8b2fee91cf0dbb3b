// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/base/log.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "gtest/gtest.h"
#include "sampo/actor/base/log_sink.h"
#include "sampo/actor/base/logger_registry.h"

namespace sampo {
namespace {

class LogTest : public testing::Test {
 protected:
  std::shared_ptr<CaptureLogSink> sink_ = std::make_shared<CaptureLogSink>();
  LoggerRegistry registry_{{.system = "shop", .level = LogLevel::kInfo, .async = false}, sink_};
};

// Counts how often it is turned into text.
struct Counting {
  int& times;
  std::string ToString() const {
    ++times;
    return "text";
  }
};

TEST(LogLevelTest, NamesGoBothWays) {
  for (LogLevel level : {LogLevel::kTrace, LogLevel::kDebug, LogLevel::kInfo, LogLevel::kWarning,
                         LogLevel::kError, LogLevel::kOff}) {
    EXPECT_EQ(ParseLogLevel(LogLevelName(level)), level);
  }
  EXPECT_EQ(ParseLogLevel("WARN"), LogLevel::kWarning);
  EXPECT_EQ(ParseLogLevel("verbose"), std::nullopt);
}

TEST(LoggerTest, IsOffUntilItComesFromARegistry) {
  Logger log;
  EXPECT_FALSE(log.Enabled(LogLevel::kError));
  log.Error("nobody hears");
  EXPECT_EQ(log.Name(), "");
}

TEST_F(LogTest, WritesMessagesOfItsLevelAndAbove) {
  Logger log = registry_.Get("a");
  log.Trace("t");
  log.Debug("d");
  log.Info("i");
  log.Warning("w");
  log.Error("e");
  ASSERT_EQ(sink_->Events().size(), 3u);
  EXPECT_EQ(sink_->Events()[0].level, LogLevel::kInfo);
  EXPECT_EQ(sink_->Events()[1].message, "w");
  EXPECT_EQ(sink_->Events()[2].level, LogLevel::kError);
}

TEST_F(LogTest, NeverEnablesTheLevelOff) {
  Logger log = registry_.Get("a");
  log.Log(LogLevel::kOff, "x");
  EXPECT_FALSE(log.Enabled(LogLevel::kOff));
  EXPECT_TRUE(sink_->Events().empty());
}

TEST_F(LogTest, FormatsOnlyWhenEnabled) {
  int times = 0;
  Logger log = registry_.Get("a");
  log.Debug("x", Counting{times});
  EXPECT_EQ(times, 0);
  log.Info("x", Counting{times});
  EXPECT_EQ(times, 1);
}

TEST_F(LogTest, JoinsArgumentsOfManyTypes) {
  std::string_view view = "view";
  registry_.Get("a").Info(view, " ", 1, " ", 2.5, " ", true, " ", absl::NotFoundError("n"));
  EXPECT_EQ(sink_->Events().at(0).message, "view 1 2.5 true NOT_FOUND: n");
}

TEST_F(LogTest, CarriesSystemAndPathOnEveryLine) {
  Logger system_log = registry_.Get("sampo.main");
  Logger actor_log = system_log.WithContext({.system = "shop", .path = "/user/cart"});
  system_log.Info("x");
  actor_log.Info("y");
  const std::vector<LogEvent> events = sink_->Events();
  EXPECT_EQ(events.at(0).system, "shop");
  EXPECT_EQ(events.at(0).path, "");
  EXPECT_EQ(events.at(1).path, "/user/cart");
  EXPECT_EQ(events.at(1).logger, "sampo.main");
}

TEST_F(LogTest, AddsAndReplacesFieldsInACopy) {
  Logger plain = registry_.Get("a").WithContext({.system = "s", .path = "/p"});
  Logger log = plain.WithFields({{"k", "1"}, {"j", "2"}}).WithFields({{"k", "3"}});
  log.Info("x");
  plain.Info("y");
  EXPECT_EQ(sink_->Events().at(0).fields, (std::vector<LogField>{{"k", "3"}, {"j", "2"}}));
  EXPECT_EQ(sink_->Events().at(0).path, "/p");
  EXPECT_TRUE(sink_->Events().at(1).fields.empty());
}

TEST(LoggerTest, IsSilentOnceItsRegistryIsGone) {
  auto sink = std::make_shared<CaptureLogSink>();
  Logger log;
  {
    LoggerRegistry registry({.async = false}, sink);
    log = registry.Get("a");
    log.Info("heard");
  }
  log.Info("not heard");
  EXPECT_EQ(sink->Events().size(), 1u);
}

}  // namespace
}  // namespace sampo
