// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/base/log_settings.h"

#include <fstream>
#include <sstream>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"

namespace sampo {
namespace {

absl::StatusOr<LogSettings> Load(std::string_view toml) {
  absl::StatusOr<Config> config = Config::FromToml(toml);
  if (!config.ok()) return config.status();
  absl::StatusOr<LogSettings> settings = LogSettings::FromConfig(*config);
  if (settings.ok()) {
    EXPECT_TRUE(config->CheckAllRead().ok()) << config->CheckAllRead();
  }
  return settings;
}

std::string ReadAll(const std::string& path) {
  std::stringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

TEST(LogSettingsTest, HasDefaults) {
  absl::StatusOr<LogSettings> s = Load("");
  ASSERT_TRUE(s.ok()) << s.status();
  EXPECT_EQ(s->level, LogLevel::kInfo);
  EXPECT_EQ(s->format, LogFormat::kText);
  EXPECT_TRUE(s->levels.empty());
}

TEST(LogSettingsTest, ReadsAllKeys) {
  absl::StatusOr<LogSettings> s = Load(R"(
[log]
level = "warning"
format = "json"
async = false
queue_capacity = 10
shutdown_timeout = "1s"
file = "x.log"
file_bytes_max = "1MiB"
files_max = 2
[log.levels]
"sampo.remote" = "debug"
"sampo" = "trace"
)");
  ASSERT_TRUE(s.ok()) << s.status();
  EXPECT_EQ(s->level, LogLevel::kWarning);
  EXPECT_EQ(s->format, LogFormat::kJson);
  EXPECT_FALSE(s->async);
  EXPECT_EQ(s->queue_capacity, 10);
  EXPECT_EQ(s->shutdown_timeout, absl::Seconds(1));
  EXPECT_EQ(s->file, "x.log");
  EXPECT_EQ(s->file_bytes_max, 1 << 20);
  EXPECT_EQ(s->files_max, 2);
  ASSERT_EQ(s->levels.size(), 2u);
  EXPECT_EQ(s->levels[1].first, "sampo.remote");
  EXPECT_EQ(s->levels[1].second, LogLevel::kDebug);
}

TEST(LogSettingsTest, NamesWhatIsWrongInBothSections) {
  EXPECT_EQ(
      Load("[log]\nqueue_capacity = 0\n[log.levels]\n\"a.b\" = \"loud\"\n").status().message(),
      "sampo.toml:4: log.levels.a.b: found \"loud\", want one of \"trace\", \"debug\", "
      "\"info\", \"warning\", \"error\", \"off\"\n"
      "sampo.toml:2: log.queue_capacity: found 0, want an integer from 1 to 1000000");
}

TEST(StartLogTest, WritesLinesOfTheChosenFormatAndLevelsToTheFile) {
  LogSettings s;
  s.file = testing::TempDir() + "/log_settings_test/start.log";
  s.format = LogFormat::kJson;
  s.levels = {{"a", LogLevel::kDebug}};
  auto registry = StartLog(s, "shop");
  ASSERT_TRUE(registry.ok()) << registry.status();
  (*registry)->Get("a").Debug("yes");
  (*registry)->Get("b").Debug("no");
  ASSERT_TRUE((*registry)->Shutdown(absl::InfiniteDuration()).ok());
  const std::string text = ReadAll(s.file);
  EXPECT_NE(text.find("\"system\":\"shop\",\"path\":\"\",\"logger\":\"a\",\"message\":\"yes\""),
            std::string::npos)
      << text;
  EXPECT_EQ(text.find("no"), std::string::npos) << text;
  EXPECT_EQ(text.back(), '\n');
}

TEST(StartLogTest, SaysWhyTheFileCannotBeOpened) {
  LogSettings s;
  s.file = "/proc/nonexistent/x.log";
  auto registry = StartLog(s, "shop");
  EXPECT_EQ(registry.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_NE(registry.status().message().find("/proc/nonexistent/x.log"), std::string::npos)
      << registry.status();
}

}  // namespace
}  // namespace sampo
