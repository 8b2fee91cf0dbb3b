// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#ifndef SAMPO_ACTOR_BASE_LOGGER_REGISTRY_H_
#define SAMPO_ACTOR_BASE_LOGGER_REGISTRY_H_

// LoggerRegistry: makes loggers, holds their levels, and carries their events to one sink.
//
// Why it exists: one place per actor system where levels can be listed and changed while it runs
// (management's /loggers), and where the log ends in bounded time.
//
// Levels go by dotted prefix: a level set for "sampo.remote" also holds for
// "sampo.remote.association", unless that has one of its own; "" is the root. The longest prefix
// wins.
//
// Threads: all methods from any thread. Lifetime: loggers may outlive the registry and are silent
// then. The destructor shuts down with the timeout of its options.
//
//   LoggerRegistry registry({.system = "shop"}, sink);
//   Logger log = registry.Get("sampo.cart");
//   absl::Status status = registry.SetLevel("sampo", LogLevel::kDebug);

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "sampo/actor/base/clock.h"
#include "sampo/actor/base/log.h"
#include "sampo/actor/base/log_queue.h"
#include "sampo/actor/base/log_sink.h"

namespace sampo {

// Logger names in one registry; later names share the logger "sampo.log.other". Chosen, not
// measured: names are written by programmers, so more of them are made from data by mistake.
inline constexpr size_t kLoggersMax = 10'000;

// Levels set by name, in one registry. Chosen, not measured: they are typed by people.
inline constexpr size_t kLogLevelsMax = 1'000;

// Bytes of one message; the rest is cut and counted in the line. Chosen, not measured: a long
// stack trace fits, a payload printed by mistake does not fill the disk.
inline constexpr size_t kLogMessageBytesMax = 16 * 1024;

struct LogOptions {
  // The system of loggers that were given no context.
  std::string system = {};
  // The level of the root.
  LogLevel level = LogLevel::kInfo;
  // True: events wait in a bounded queue for a thread of their own. False: a log call returns
  // after the sink wrote it, which tests like and actors do not.
  bool async = true;
  // Events that may wait. Chosen, not measured: some megabytes.
  size_t queue_capacity = 8192;
  // How long the destructor waits for the sink. Chosen, not measured.
  absl::Duration shutdown_timeout = absl::Seconds(5);
  // Stamps the events. Must outlive the program's logging.
  const Clock* clock = &Clock::Real();
};

// A line of management's list of loggers.
struct LoggerInfo {
  std::string name;                    // "" is the root.
  LogLevel level = LogLevel::kOff;     // In effect.
  std::optional<LogLevel> configured;  // Set for this very name.

  friend bool operator==(const LoggerInfo&, const LoggerInfo&) = default;
};

class LoggerRegistry {
 public:
  LoggerRegistry(LogOptions options, std::shared_ptr<LogSink> sink);
  ~LoggerRegistry();
  LoggerRegistry(const LoggerRegistry&) = delete;
  LoggerRegistry& operator=(const LoggerRegistry&) = delete;

  // The logger of that name, made if it is new. To be kept: the look-up takes a lock.
  [[nodiscard]] Logger Get(std::string_view name);

  // Sets the level of `name` and all below it that have none of their own. RESOURCE_EXHAUSTED if
  // kLogLevelsMax names have one.
  [[nodiscard]] absl::Status SetLevel(std::string_view name, LogLevel level);

  // Makes `name` take the level of its prefix again; the root goes back to its option.
  void ClearLevel(std::string_view name);

  // The level in effect for `name`, whether such a logger exists or not.
  [[nodiscard]] LogLevel Level(std::string_view name) const;

  // The root, all loggers, and all names that have a level, sorted by name.
  [[nodiscard]] std::vector<LoggerInfo> List() const;

  // Waits until what was logged before has reached the sink. DEADLINE_EXCEEDED after `timeout`.
  [[nodiscard]] absl::Status Flush(absl::Duration timeout);

  // Flush, and ends logging; later events are dropped. DEADLINE_EXCEEDED after `timeout`, with
  // the events left counted as dropped.
  [[nodiscard]] absl::Status Shutdown(absl::Duration timeout);

  [[nodiscard]] LogStats Stats() const;

 private:
  struct Levels;
  class Backend;

  const LogOptions options_;
  const std::shared_ptr<const LogContext> context_;  // Of loggers without one of their own.
  const std::shared_ptr<Backend> backend_;
  const std::unique_ptr<Levels> levels_;
};

}  // namespace sampo

#endif  // SAMPO_ACTOR_BASE_LOGGER_REGISTRY_H_
