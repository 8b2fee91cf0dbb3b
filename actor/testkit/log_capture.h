// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// LogCapture: what a system logs, for a test to look at.
//
// Give its sink to the system's settings; nothing is written to stderr then.
// Threads: events come from any thread; the methods are the test's. In a simulation waiting runs
// it. Lifetime: shared with the system through the sink.
//
//   LogCapture log;
//   ActorTestKit kit({.settings = log.Settings()});
//   log.Expect({.level = LogLevel::kError, .message_contains = "boom"},
//              [&] { actor.Tell(Boom{}); });
#ifndef SAMPO_ACTOR_TESTKIT_LOG_CAPTURE_H_
#define SAMPO_ACTOR_TESTKIT_LOG_CAPTURE_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "sampo/actor/base/log_sink.h"
#include "sampo/actor/system_settings.h"
#include "sampo/actor/testkit/test_location.h"

namespace sampo {

// Which events count; what is left out matches all.
struct LogPattern {
  std::optional<LogLevel> level = {};
  std::string message_contains = {};
  std::string logger_prefix = {};
  std::string path_contains = {};

  bool Matches(const LogEvent& event) const;
  std::string ToString() const;
};

class LogCapture {
 public:
  using Where = TestLocation;
  // As in Pekko's LoggingTestKit.
  static constexpr absl::Duration kTimeout = absl::Seconds(3);

  LogCapture() : sink_(std::make_shared<CaptureLogSink>()) {}

  std::shared_ptr<LogSink> sink() const { return sink_; }
  // `settings` with this sink, and every level on.
  SystemSettings Settings(SystemSettings settings = {}) const;

  std::vector<LogEvent> Events() const { return sink_->Events(); }
  size_t Count(const LogPattern& pattern) const;

  // Runs `block`; `occurrences` events that match must come, no more and no less by then.
  void Expect(const LogPattern& pattern, const std::function<void()>& block, size_t occurrences = 1,
              absl::Duration timeout = kTimeout, Where where = Where::current());
  // Waits until an event has come that matches, also one from before.
  void Await(const LogPattern& pattern, absl::Duration timeout = kTimeout,
             Where where = Where::current());

 private:
  bool WaitFor(const LogPattern& pattern, size_t count, absl::Duration timeout) const;
  std::string Describe() const;

  const std::shared_ptr<CaptureLogSink> sink_;
};

}  // namespace sampo

#endif  // SAMPO_ACTOR_TESTKIT_LOG_CAPTURE_H_
