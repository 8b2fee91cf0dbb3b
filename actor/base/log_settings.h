// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#ifndef SAMPO_ACTOR_BASE_LOG_SETTINGS_H_
#define SAMPO_ACTOR_BASE_LOG_SETTINGS_H_

// The `[log]` section, and the road from it to a running log.
//
// Why it exists: every program starts its log the same way, by configuration alone.
//
//   [log]
//   level = "info"                      # trace, debug, info, warning, error, off
//   format = "json"                     # or "text"
//   file = "/var/log/shop.log"          # "" is stderr
//   [log.levels]
//   "sampo.remote" = "debug"            # with all below it
//
// Threads: free functions and values. Lifetime: the registry is the caller's.
//
//   SAMPO_ASSIGN_OR_RETURN(LogSettings settings, LogSettings::FromConfig(config));
//   SAMPO_ASSIGN_OR_RETURN(auto registry, StartLog(settings, "shop"));
//   Logger log = registry->Get("shop.main");

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "sampo/actor/base/config.h"
#include "sampo/actor/base/log.h"
#include "sampo/actor/base/log_sink.h"
#include "sampo/actor/base/logger_registry.h"

namespace sampo {

struct LogSettings {
  // log.level: of all loggers without a level of their own. Pekko's default.
  LogLevel level = LogLevel::kInfo;
  // log.levels: by logger name; holds for all names below too. Sorted by name.
  std::vector<std::pair<std::string, LogLevel>> levels;
  // log.format: one line of text, or one JSON object a line.
  LogFormat format = LogFormat::kText;
  // log.async: whether a thread of the log writes, instead of the caller.
  bool async = true;
  // log.queue_capacity: events that may wait for that thread; the newest beyond it are dropped
  // and counted. Chosen, not measured: some megabytes.
  int64_t queue_capacity = 8192;
  // log.shutdown_timeout: how long the end of the program waits for the disk. Chosen, not
  // measured.
  absl::Duration shutdown_timeout = absl::Seconds(5);
  // log.file: "" writes to stderr.
  std::string file;
  // log.file_bytes_max: a file of this size is renamed to <name>.1<ext> and a new one begun.
  // Chosen, not measured.
  int64_t file_bytes_max = int64_t{100} << 20;
  // log.files_max: renamed files that are kept.
  int64_t files_max = 5;

  // INVALID_ARGUMENT with every error of the sections `log` and `log.levels`.
  [[nodiscard]] static absl::StatusOr<LogSettings> FromConfig(const Config& config);
};

// A registry that writes as the settings say. UNAVAILABLE if the file cannot be opened.
[[nodiscard]] absl::StatusOr<std::unique_ptr<LoggerRegistry>> StartLog(const LogSettings& settings,
                                                                       std::string system);

}  // namespace sampo

#endif  // SAMPO_ACTOR_BASE_LOG_SETTINGS_H_
