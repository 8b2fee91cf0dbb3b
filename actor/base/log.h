// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#ifndef SAMPO_ACTOR_BASE_LOG_H_
#define SAMPO_ACTOR_BASE_LOG_H_

// The log front: what actors and modules write to.
//
// Why it exists: a log call that is switched off must cost next to nothing, and every line must
// say which system and which actor it is about. A Logger is a cheap handle: the level of its name
// (shared by all handles of that name, changeable while the program runs) and a context (system,
// actor path, fields). Formatting, queueing and files are behind LoggerRegistry and LogSink; this
// header sees none of them.
//
// Threads: a Logger may be copied and used from any thread. Lifetime: handles may outlive their
// registry; what they log then is dropped. Cost when off: one relaxed atomic load. The arguments
// of a call are evaluated by C++ even when it is off: ask Enabled first if they are expensive.
//
//   Logger log = registry.Get("sampo.cart").WithContext({.system = "shop", .path = path});
//   log.Info("added ", count, " of ", item);

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sampo/actor/base/str_cat.h"

namespace sampo {

enum class LogLevel : uint8_t { kTrace, kDebug, kInfo, kWarning, kError, kOff };

// "trace", "debug", "info", "warning", "error" or "off".
[[nodiscard]] std::string_view LogLevelName(LogLevel level);

// The level of that name, in any case; also "warn". Nothing if there is none.
[[nodiscard]] std::optional<LogLevel> ParseLogLevel(std::string_view name);

// One key and value of the mapped diagnostic context (MDC in Pekko).
struct LogField {
  std::string key;
  std::string value;

  friend bool operator==(const LogField&, const LogField&) = default;
};

// What each line of a logger carries besides its message.
struct LogContext {
  std::string system;  // Name of the actor system.
  std::string path;    // Path of the actor, such as "/user/cart-7".
  std::vector<LogField> fields = {};
};

namespace detail {

// Where enabled calls go. Implemented by LoggerRegistry.
class LogBackend {
 public:
  virtual ~LogBackend() = default;
  virtual void Submit(LogLevel level, std::string_view logger, const LogContext& context,
                      std::string message) = 0;
};

// What all handles of one logger name share.
struct LogCore {
  std::string name;
  // Written by the registry, read by every log call. Relaxed on both sides: a level change needs
  // to arrive soon, not in any order with other memory.
  std::atomic<LogLevel> level{LogLevel::kOff};
  // The registry keeps the backend; a handle that outlives it finds nothing here.
  std::weak_ptr<LogBackend> backend;
};

}  // namespace detail

class Logger {
 public:
  // A logger that is always off.
  Logger();

  // True if an event of this level would be written. kOff is never enabled.
  [[nodiscard]] bool Enabled(LogLevel level) const {
    return level >= core_->level.load(std::memory_order_relaxed) && level != LogLevel::kOff;
  }

  template <typename... Args>
  void Log(LogLevel level, const Args&... args) const {
    if (Enabled(level)) [[unlikely]] {
      Write(level, StrCat(args...));
    }
  }

  template <typename... Args>
  void Trace(const Args&... args) const {
    Log(LogLevel::kTrace, args...);
  }
  template <typename... Args>
  void Debug(const Args&... args) const {
    Log(LogLevel::kDebug, args...);
  }
  template <typename... Args>
  void Info(const Args&... args) const {
    Log(LogLevel::kInfo, args...);
  }
  template <typename... Args>
  void Warning(const Args&... args) const {
    Log(LogLevel::kWarning, args...);
  }
  template <typename... Args>
  void Error(const Args&... args) const {
    Log(LogLevel::kError, args...);
  }

  // The same logger with another context. One allocation; for each actor, not for each call.
  [[nodiscard]] Logger WithContext(LogContext context) const;

  // The same logger and context with more fields; a field replaces one of the same key.
  [[nodiscard]] Logger WithFields(std::vector<LogField> fields) const;

  [[nodiscard]] std::string_view Name() const { return core_->name; }
  [[nodiscard]] const LogContext& Context() const { return *context_; }

 private:
  friend class LoggerRegistry;

  Logger(std::shared_ptr<const detail::LogCore> core, std::shared_ptr<const LogContext> context);

  // Hands an enabled event to the backend.
  void Write(LogLevel level, std::string message) const;

  std::shared_ptr<const detail::LogCore> core_;  // Never null.
  std::shared_ptr<const LogContext> context_;    // Never null.
};

}  // namespace sampo

#endif  // SAMPO_ACTOR_BASE_LOG_H_
