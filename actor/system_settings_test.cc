// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/system_settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

#include "sampo/actor/base/config.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/actor/shutdown_phases.h"

namespace sampo {
namespace {

using ::testing::HasSubstr;

absl::StatusOr<SystemSettings> Read(std::string_view toml) {
  absl::StatusOr<Config> config = Config::FromToml(toml);
  if (!config.ok()) return config.status();
  return SystemSettings::FromConfig(*config);
}

std::string ErrorOf(std::string_view line) {
  absl::Status status = Read(StrCat("[actor]\n", line, "\n")).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << line;
  return std::string(ToStd(status.message()));
}

TEST(SystemSettingsTest, AnEmptyConfigurationGivesTheDefaults) {
  absl::StatusOr<SystemSettings> settings = Read("");
  ASSERT_TRUE(settings.ok()) << settings.status();
  EXPECT_EQ(settings->ToToml(), SystemSettings().ToToml());
  EXPECT_EQ(settings->seed, std::nullopt);
}

TEST(SystemSettingsTest, ReadsEveryKey) {
  absl::StatusOr<SystemSettings> s = Read(R"(
    [actor]
    threads = 3
    throughput = 7
    time_slice = "2ms"
    spin_before_park = "0s"
    spare_threads_max = 5
    blocked_after = "1s"
    internal_threads = 2
    blocking_threads_max = 9
    shutdown_timeout = "1m"
    log_dead_letters = 0
    log_dead_letters_suspend = "inf"
    seed = 42
    log_level = "debug"
    log_format = "json"
  )");
  ASSERT_TRUE(s.ok()) << s.status();
  EXPECT_EQ(s->threads, 3);
  EXPECT_EQ(s->throughput, 7);
  EXPECT_EQ(s->time_slice, absl::Milliseconds(2));
  EXPECT_EQ(s->spin_before_park, absl::ZeroDuration());
  EXPECT_EQ(s->spare_threads_max, 5);
  EXPECT_EQ(s->blocked_after, absl::Seconds(1));
  EXPECT_EQ(s->internal_threads, 2);
  EXPECT_EQ(s->blocking_threads_max, 9);
  EXPECT_EQ(s->shutdown_timeout, absl::Minutes(1));
  EXPECT_EQ(s->log_dead_letters, 0);
  EXPECT_EQ(s->log_dead_letters_suspend, absl::InfiniteDuration());
  EXPECT_EQ(s->seed, 42u);
  EXPECT_EQ(s->log_level, "debug");
  EXPECT_EQ(s->log_format, "json");
}

TEST(SystemSettingsTest, WhatItWritesItReads) {
  SystemSettings settings;
  settings.threads = 12;
  settings.time_slice = absl::Microseconds(1500);
  settings.log_dead_letters_suspend = absl::InfiniteDuration();
  settings.seed = 7;
  settings.log_format = "json";
  absl::StatusOr<SystemSettings> again = Read(settings.ToToml());
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->ToToml(), settings.ToToml());
  EXPECT_NE(again->ToToml(), SystemSettings().ToToml());
}

TEST(SystemSettingsTest, EveryKeyHasBounds) {
  struct {
    const char* key;
    const char* too_small;
    const char* too_large;
    const char* want;
  } const cases[] = {
      {"threads", "-1", "1025", "an integer from 0 to 1024"},
      {"throughput", "0", "1000001", "an integer from 1 to 1000000"},
      {"time_slice", "\"99us\"", "\"61s\"", "from 100us to 1m"},
      {"spin_before_park", "\"-1us\"", "\"101ms\"", "from 0 to 100ms"},
      {"spare_threads_max", "-1", "10001", "an integer from 0 to 10000"},
      {"blocked_after", "\"999us\"", "\"61m\"", "from 1ms to 1h"},
      {"internal_threads", "0", "65", "an integer from 1 to 64"},
      {"blocking_threads_max", "0", "10001", "an integer from 1 to 10000"},
      {"shutdown_timeout", "\"-1s\"", "\"25h\"", "from 0 to 24h"},
      {"log_dead_letters", "-1", "1000001", "an integer from 0 to 1000000"},
      {"log_dead_letters_suspend", "\"-1s\"", "\"-1h\"", "at least 0"},
      {"seed", "-1", "\"x\"", "an integer"},
      {"log_level", "\"loud\"", "\"\"", R"("trace", "debug", "info", "warning", "error", "off")"},
      {"log_format", "\"xml\"", "\"\"", R"("text", "json")"},
  };
  for (const auto& c : cases) {
    for (const char* value : {c.too_small, c.too_large}) {
      const std::string error = ErrorOf(StrCat(c.key, " = ", value));
      EXPECT_THAT(error, HasSubstr(StrCat("sampo.toml:2: actor.", c.key, ": found ")));
      EXPECT_THAT(error, HasSubstr(c.want));
    }
  }
}

TEST(SystemSettingsTest, UnknownKeysAreErrorsWithASuggestion) {
  EXPECT_THAT(ErrorOf("thread = 4"), HasSubstr("threads"));
  EXPECT_THAT(ErrorOf("throughput = \"fast\""),
              HasSubstr("sampo.toml:2: actor.throughput: found \"fast\", want an integer"));
}

TEST(SystemSettingsTest, AllErrorsAreReportedTogether) {
  const std::string error = ErrorOf("threads = -1\nthroughput = 0");
  EXPECT_THAT(error, HasSubstr("actor.threads"));
  EXPECT_THAT(error, HasSubstr("actor.throughput"));
}

// --- docs/configuration.md ---

std::string ReadDocument() {
  std::ifstream file("docs/configuration.md");
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

// The TOML blocks of the document.
std::vector<std::string> Blocks(const std::string& document) {
  std::vector<std::string> blocks;
  const std::string begin = "```toml\n";
  for (size_t at = document.find(begin); at != std::string::npos; at = document.find(begin, at)) {
    at += begin.size();
    blocks.push_back(document.substr(at, document.find("```", at) - at));
  }
  return blocks;
}

TEST(ConfigurationDocumentTest, ShowsTheDefaultsOfTheActorSection) {
  const std::vector<std::string> blocks = Blocks(ReadDocument());
  ASSERT_GE(blocks.size(), 1u) << "docs/configuration.md is not there";
  EXPECT_EQ(blocks[0], SystemSettings().ToToml())
      << "docs/configuration.md must show what SystemSettings::ToToml writes";
  absl::StatusOr<SystemSettings> settings = Read(blocks[0]);
  ASSERT_TRUE(settings.ok()) << settings.status();
  EXPECT_EQ(settings->ToToml(), SystemSettings().ToToml());
}

TEST(ConfigurationDocumentTest, ShowsTheDefaultsOfTheCoordinatedShutdown) {
  const std::vector<std::string> blocks = Blocks(ReadDocument());
  ASSERT_GE(blocks.size(), 2u);
  absl::StatusOr<Config> config = Config::FromToml(blocks[1]);
  ASSERT_TRUE(config.ok()) << config.status();
  absl::StatusOr<CoordinatedShutdownSettings> read =
      CoordinatedShutdownSettings::FromConfig(*config);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_TRUE(config->CheckAllRead().ok()) << config->CheckAllRead();
  const CoordinatedShutdownSettings defaults;
  EXPECT_EQ(read->terminate_actor_system, defaults.terminate_actor_system);
  EXPECT_EQ(read->run_by_terminate, defaults.run_by_terminate);
  ASSERT_EQ(read->phases.size(), defaults.phases.size());
  for (size_t i = 0; i < read->phases.size(); ++i) {
    const std::string& name = defaults.phases[i].name;
    EXPECT_EQ(read->phases[i].name, name);
    EXPECT_EQ(read->phases[i].timeout, defaults.phases[i].timeout) << name;
    EXPECT_EQ(read->phases[i].depends_on, defaults.phases[i].depends_on) << name;
    EXPECT_TRUE(config->HasSection(StrCat("actor.coordinated_shutdown.phases.", name))) << name;
  }
}

}  // namespace
}  // namespace sampo
