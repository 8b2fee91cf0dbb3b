// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#ifndef SAMPO_ACTOR_BASE_SPDLOG_SINK_H_
#define SAMPO_ACTOR_BASE_SPDLOG_SINK_H_

// A LogSink that writes lines to stderr or to a rotating file, by spdlog's sinks.
//
// Why it exists: rotation and partial writes are solved there. Levels, queue and format are ours,
// so spdlog's own logger, thread pool and patterns are not used, and no other file sees spdlog.
//
// Threads: as LogSink says, one caller at a time. Lifetime: the file is open as long as the sink.
//
//   absl::StatusOr<std::shared_ptr<LogSink>> sink = MakeSpdlogSink({.file = "shop.log"});

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "sampo/actor/base/log_sink.h"

namespace sampo {

struct SpdlogSinkOptions {
  LogFormat format = LogFormat::kText;
  // "" is stderr. Folders that are missing are made.
  std::string file = {};
  // A file that would pass this size is renamed to <name>.1<ext>. Chosen, not measured.
  int64_t file_bytes_max = int64_t{100} << 20;
  // Renamed files that are kept; older ones are deleted.
  int64_t files_max = 5;
};

// UNAVAILABLE, with spdlog's reason, if the file cannot be opened.
[[nodiscard]] absl::StatusOr<std::shared_ptr<LogSink>> MakeSpdlogSink(SpdlogSinkOptions options);

}  // namespace sampo

#endif  // SAMPO_ACTOR_BASE_SPDLOG_SINK_H_
