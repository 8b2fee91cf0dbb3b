// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/base/log_sink.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_format.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/actor/base/utf8.h"

namespace sampo {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD in UTF-8.

std::string ShowTime(absl::Time time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E6SZ", time, absl::UTCTimeZone());
}

// Appends `text` with escapes for what would break a line or a terminal.
void AppendText(std::string& to, std::string_view text) {
  for (const char c : text) {
    if (c == '\n') {
      to += "\\n";
    } else if (c == '\t') {
      to += "\\t";
    } else if (absl::ascii_iscntrl(static_cast<unsigned char>(c))) {
      absl::StrAppendFormat(&to, "\\x%02x", static_cast<unsigned char>(c));
    } else {
      to += c;
    }
  }
}

// Appends `text` as a JSON string with its quotes (RFC 8259, section 7).
void AppendJson(std::string& to, std::string_view text) {
  to += '"';
  while (!text.empty()) {
    const size_t length = Utf8Length(text);
    const char c = text.front();
    if (length == 0) {
      to += kReplacement;
    } else if (c == '"' || c == '\\') {
      to += '\\';
      to += c;
    } else if (absl::ascii_iscntrl(static_cast<unsigned char>(c))) {
      absl::StrAppendFormat(&to, "\\u%04x", static_cast<unsigned char>(c));
    } else {
      to += text.substr(0, length);
    }
    text.remove_prefix(std::max<size_t>(1, length));
  }
  to += '"';
}

void AppendMember(std::string& to, std::string_view key, std::string_view value) {
  if (to.back() != '{') to += ',';
  AppendJson(to, key);
  to += ':';
  AppendJson(to, value);
}

}  // namespace

std::string FormatLogText(const LogEvent& event) {
  const auto or_dash = [](std::string_view text) { return text.empty() ? "-" : text; };
  std::string line = ShowTime(event.time);
  absl::StrAppendFormat(&line, " %-7s [", absl::AsciiStrToUpper(ToAbsl(LogLevelName(event.level))));
  AppendText(line, or_dash(event.system));
  line += "] [";
  AppendText(line, or_dash(event.path));
  line += "] ";
  AppendText(line, event.logger);
  line += ": ";
  AppendText(line, event.message);
  if (event.fields.empty()) return line;
  std::string_view separator = " {";
  for (const LogField& field : event.fields) {
    line += separator;
    AppendText(line, field.key);
    line += '=';
    AppendText(line, field.value);
    separator = ", ";
  }
  return line + "}";
}

std::string FormatLogJson(const LogEvent& event) {
  std::string line = "{";
  AppendMember(line, "time", ShowTime(event.time));
  AppendMember(line, "level", LogLevelName(event.level));
  AppendMember(line, "system", event.system);
  AppendMember(line, "path", event.path);
  AppendMember(line, "logger", event.logger);
  AppendMember(line, "message", event.message);
  line += ",\"fields\":{";
  for (const LogField& field : event.fields) AppendMember(line, field.key, field.value);
  return line + "}}";
}

std::string FormatLog(const LogEvent& event, LogFormat format) {
  return format == LogFormat::kJson ? FormatLogJson(event) : FormatLogText(event);
}

absl::Status CaptureLogSink::Write(const LogEvent& event) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (events_.size() >= kCapturedEventsMax) {
    return absl::ResourceExhaustedError(
        StrCat("log capture: full with ", kCapturedEventsMax, " events; call Clear"));
  }
  events_.push_back(event);
  captured_.notify_all();
  return absl::OkStatus();
}

absl::Status CaptureLogSink::Flush() { return absl::OkStatus(); }

std::vector<LogEvent> CaptureLogSink::Events() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return events_;
}

size_t CaptureLogSink::Count(const std::function<bool(const LogEvent&)>& matches) const {
  std::lock_guard<std::mutex> lock(mutex_);
  return static_cast<size_t>(std::count_if(events_.begin(), events_.end(), matches));
}

std::optional<LogEvent> CaptureLogSink::Await(const std::function<bool(const LogEvent&)>& matches,
                                              absl::Duration timeout) const {
  std::unique_lock<std::mutex> lock(mutex_);
  std::optional<LogEvent> found;
  const auto look = [&] {
    const auto at = std::find_if(events_.begin(), events_.end(), matches);
    if (at != events_.end()) found = *at;
    return found.has_value();
  };
  // At most a day, because an endless timeout would overflow the sum with the present time.
  const absl::Duration wait = std::clamp(timeout, absl::ZeroDuration(), absl::Hours(24));
  captured_.wait_for(lock, absl::ToChronoNanoseconds(wait), look);
  return found;
}

void CaptureLogSink::Clear() {
  std::lock_guard<std::mutex> lock(mutex_);
  events_.clear();
}

}  // namespace sampo
