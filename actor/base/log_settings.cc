// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/base/log_settings.h"

#include <cstddef>
#include <string_view>

#include "sampo/actor/base/spdlog_sink.h"
#include "sampo/actor/base/status_macros.h"

namespace sampo {
namespace {

std::vector<std::pair<std::string_view, LogLevel>> AllLevels() {
  std::vector<std::pair<std::string_view, LogLevel>> all;
  for (LogLevel level : {LogLevel::kTrace, LogLevel::kDebug, LogLevel::kInfo, LogLevel::kWarning,
                         LogLevel::kError, LogLevel::kOff}) {
    all.emplace_back(LogLevelName(level), level);
  }
  return all;
}

using NamedLevels = std::vector<std::pair<std::string, LogLevel>>;

absl::StatusOr<NamedLevels> ReadLevels(const Config& config) {
  NamedLevels levels;
  ConfigReader read(config, "log.levels");
  for (const std::string& name : read.KeysBelow()) {
    levels.emplace_back(name, read.Enum<LogLevel>(name, LogLevel::kInfo, AllLevels()));
  }
  return read.Finish(std::move(levels));
}

}  // namespace

absl::StatusOr<LogSettings> LogSettings::FromConfig(const Config& config) {
  LogSettings s;
  ConfigReader read(config, "log");
  s.level = read.Enum<LogLevel>("level", s.level, AllLevels());
  s.levels = read.Take<NamedLevels>(ReadLevels(config), {});
  s.format = read.Enum<LogFormat>("format", s.format,
                                  {{"text", LogFormat::kText}, {"json", LogFormat::kJson}});
  s.async = read.Bool("async", s.async);
  s.queue_capacity = read.Int("queue_capacity", s.queue_capacity, {.min = 1, .max = 1'000'000});
  s.shutdown_timeout = read.Duration("shutdown_timeout", s.shutdown_timeout,
                                     {.min = absl::ZeroDuration(), .max = absl::Minutes(10)});
  s.file = read.String("file", s.file);
  s.file_bytes_max =
      read.Bytes("file_bytes_max", s.file_bytes_max, {.min = 1 << 10, .max = int64_t{1} << 40});
  s.files_max = read.Int("files_max", s.files_max, {.min = 0, .max = 1000});
  return read.Finish(std::move(s));
}

absl::StatusOr<std::unique_ptr<LoggerRegistry>> StartLog(const LogSettings& settings,
                                                         std::string system) {
  SAMPO_ASSIGN_OR_RETURN(std::shared_ptr<LogSink> sink,
                         MakeSpdlogSink({.format = settings.format,
                                         .file = settings.file,
                                         .file_bytes_max = settings.file_bytes_max,
                                         .files_max = settings.files_max}));
  auto registry = std::make_unique<LoggerRegistry>(
      LogOptions{.system = std::move(system),
                 .level = settings.level,
                 .async = settings.async,
                 .queue_capacity = static_cast<size_t>(settings.queue_capacity),
                 .shutdown_timeout = settings.shutdown_timeout},
      std::move(sink));
  for (const auto& [name, level] : settings.levels) {
    SAMPO_RETURN_IF_ERROR(registry->SetLevel(name, level));
  }
  return registry;
}

}  // namespace sampo
