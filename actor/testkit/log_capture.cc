// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/testkit/log_capture.h"

#include <tuple>

#include "sampo/actor/base/clock.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/actor/future.h"
#include "sampo/actor/testkit/detail/probe_waiting.h"

namespace sampo {
namespace {

// Events that a failure shows. Chosen, not measured: what fits on a screen.
constexpr size_t kEventsShown = 20;

bool Contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

bool LogPattern::Matches(const LogEvent& event) const {
  return (!level.has_value() || event.level == *level) &&
         Contains(event.message, message_contains) && Contains(event.path, path_contains) &&
         event.logger.compare(0, logger_prefix.size(), logger_prefix) == 0;
}

std::string LogPattern::ToString() const {
  std::string text = level.has_value() ? std::string(LogLevelName(*level)) : "any level";
  if (!message_contains.empty()) text += StrCat(", message with \"", message_contains, "\"");
  if (!logger_prefix.empty()) text += StrCat(", logger ", logger_prefix, "*");
  if (!path_contains.empty()) text += StrCat(", path with \"", path_contains, "\"");
  return text;
}

SystemSettings LogCapture::Settings(SystemSettings settings) const {
  settings.log_sink = sink_;
  settings.log_level = "trace";
  return settings;
}

size_t LogCapture::Count(const LogPattern& pattern) const {
  return sink_->Count([&](const LogEvent& event) { return pattern.Matches(event); });
}

bool LogCapture::WaitFor(const LogPattern& pattern, size_t count, absl::Duration timeout) const {
  if (await_hook.drive == nullptr) {
    const int64_t deadline =
        DeadlineNanos(Clock::Real().NowNanos(), internal::DilatedTimeout(timeout));
    while (Count(pattern) < count && Clock::Real().NowNanos() < deadline) {
      // Only a pause: the sink can wait for one event, not for several.
      std::ignore = sink_->Await([](const LogEvent&) { return false; }, absl::Milliseconds(5));
    }
    return Count(pattern) >= count;
  }
  std::function<bool()> done = [&] { return Count(pattern) >= count; };
  await_hook.drive(
      await_hook.driver,
      [](const void* state) { return (*static_cast<const std::function<bool()>*>(state))(); },
      &done, timeout);
  return done();
}

void LogCapture::Expect(const LogPattern& pattern, const std::function<void()>& block,
                        size_t occurrences, absl::Duration timeout, Where where) {
  const size_t before = Count(pattern);
  block();
  WaitFor(pattern, before + occurrences, timeout);
  const size_t came = Count(pattern) - before;
  if (came == occurrences) return;
  internal::FailAt(where, StrCat("LogCapture: ", came, " instead of ", occurrences, " events of ",
                                 pattern.ToString(), "\n", Describe()));
}

void LogCapture::Await(const LogPattern& pattern, absl::Duration timeout, Where where) {
  if (WaitFor(pattern, 1, timeout)) return;
  internal::FailAt(where, StrCat("LogCapture: no event of ", pattern.ToString(), " within ",
                                 absl::FormatDuration(timeout), "\n", Describe()));
}

std::string LogCapture::Describe() const {
  const std::vector<LogEvent> events = sink_->Events();
  const size_t first = events.size() > kEventsShown ? events.size() - kEventsShown : 0;
  std::string text = StrCat("captured ", events.size(), " events, the last of them:\n");
  for (size_t i = first; i < events.size(); ++i) text += StrCat(FormatLogText(events[i]), "\n");
  return text;
}

}  // namespace sampo
