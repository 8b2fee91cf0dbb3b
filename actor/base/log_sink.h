// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#ifndef SAMPO_ACTOR_BASE_LOG_SINK_H_
#define SAMPO_ACTOR_BASE_LOG_SINK_H_

// Where log events end: the event, the interface of a sink, the two output formats, and a sink
// for tests.
//
// Why it exists: the log front and the libraries that write files must not know each other. A
// program may bring a sink of its own (SPI); ours over spdlog is in spdlog_sink.h.
//
// Threads: a LoggerRegistry calls Write and Flush of its sink from one thread at a time.
// CaptureLogSink may be read from any thread. Lifetime: shared between registry and program.
//
//   auto sink = std::make_shared<CaptureLogSink>();
//   LoggerRegistry registry({.async = false}, sink);
//   registry.Get("a").Info("hello");
//   EXPECT_EQ(sink->Events()[0].message, "hello");

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "sampo/actor/base/log.h"

namespace sampo {

// The events a CaptureLogSink keeps; later ones are counted only. Chosen, not measured.
inline constexpr size_t kCapturedEventsMax = 100'000;

struct LogEvent {
  LogLevel level = LogLevel::kInfo;
  std::string logger;  // Dotted name, such as "sampo.remote.association".
  std::string system;
  std::string path;
  std::string message;
  std::vector<LogField> fields;
  absl::Time time;
};

class LogSink {
 public:
  virtual ~LogSink() = default;

  // Writes one event. May block on the disk: it runs on the log's own thread. An error means the
  // event is lost; the registry counts it.
  [[nodiscard]] virtual absl::Status Write(const LogEvent& event) = 0;

  // Makes what was written visible outside the process.
  [[nodiscard]] virtual absl::Status Flush() = 0;
};

enum class LogFormat : uint8_t { kText, kJson };

// One line without its newline. Control characters of all parts are escaped, so that an event is
// one line and cannot pretend to be two. Times are UTC with microseconds.
//
//   2026-01-02T03:04:05.000006Z WARNING [shop] [/user/cart-7] sampo.cart: text {key=value}
//   {"time":"2026-01-02T03:04:05.000006Z","level":"warning","system":"shop",
//    "path":"/user/cart-7","logger":"sampo.cart","message":"text","fields":{"key":"value"}}
//
// (The second is one line too.) An empty system or path is "-" in text and "" in JSON; bytes that
// are not UTF-8 become U+FFFD in JSON and stay as they are in text.
[[nodiscard]] std::string FormatLogText(const LogEvent& event);
[[nodiscard]] std::string FormatLogJson(const LogEvent& event);
[[nodiscard]] std::string FormatLog(const LogEvent& event, LogFormat format);

// Keeps events for a test to look at.
class CaptureLogSink final : public LogSink {
 public:
  absl::Status Write(const LogEvent& event) override;
  absl::Status Flush() override;

  // A copy of what was captured so far, oldest first.
  [[nodiscard]] std::vector<LogEvent> Events() const;

  // How many captured events `matches` accepts.
  [[nodiscard]] size_t Count(const std::function<bool(const LogEvent&)>& matches) const;

  // Waits until an event that `matches` accepts has been captured, and returns the first one;
  // nothing if there is none within `timeout` of real time.
  [[nodiscard]] std::optional<LogEvent> Await(const std::function<bool(const LogEvent&)>& matches,
                                              absl::Duration timeout) const;

  void Clear();

 private:
  mutable std::mutex mutex_;
  mutable std::condition_variable captured_;
  std::vector<LogEvent> events_;  // Guarded by mutex_; at most kCapturedEventsMax.
};

}  // namespace sampo

#endif  // SAMPO_ACTOR_BASE_LOG_SINK_H_
