// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/http/sse/server_sent_event.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <utility>

#include "sampo/actor/base/str_cat.h"

namespace sampo::http {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

void AppendField(std::string& text, std::string_view name, std::string_view value) {
  text += name;
  text += ':';
  // A space after the colon is not part of the value, so one that is needs another.
  if (value.starts_with(' ')) text += ' ';
  for (char c : value) {
    if (c != '\n' && c != '\r') text += c;
  }
  text += '\n';
}

void AppendData(std::string& text, std::string_view data) {
  for (;;) {
    const size_t end = data.find_first_of("\r\n");
    AppendField(text, "data", data.substr(0, end));
    if (end == std::string_view::npos) return;
    data.remove_prefix(data.substr(end, 2) == "\r\n" ? end + 2 : end + 1);
  }
}

}  // namespace

std::string RenderEvent(const ServerSentEvent& event) {
  std::string text;
  if (!event.event.empty()) AppendField(text, "event", event.event);
  if (event.id) AppendField(text, "id", *event.id);
  if (event.retry) {
    AppendField(text, "retry",
                StrCat(std::max<int64_t>(0, absl::ToInt64Milliseconds(*event.retry))));
  }
  if (!event.data.empty() || !text.empty()) AppendData(text, event.data);
  if (text.empty()) text = ":\n";
  return text += '\n';
}

absl::Status EventParser::Feed(std::string_view bytes) {
  while (failure_.ok() && !bytes.empty()) {
    if (std::exchange(after_cr_, false) && bytes.front() == '\n') {
      bytes.remove_prefix(1);
      continue;
    }
    const size_t end = bytes.find_first_of("\r\n");
    const std::string_view piece = bytes.substr(0, end);
    if (line_.size() + piece.size() > options_.line_bytes_max) {
      failure_ = absl::ResourceExhaustedError(
          StrCat("a line of the event stream has more than ", options_.line_bytes_max, " bytes"));
      break;
    }
    line_ += piece;
    if (end == std::string_view::npos) break;
    after_cr_ = bytes[end] == '\r';
    bytes.remove_prefix(end + 1);
    std::string_view line = line_;
    if (std::exchange(at_start_, false) && line.starts_with(kByteOrderMark)) {
      line.remove_prefix(kByteOrderMark.size());
    }
    failure_ = TakeLine(line);
    line_.clear();
  }
  return failure_;
}

std::optional<ServerSentEvent> EventParser::Next() {
  if (events_.empty()) return std::nullopt;
  ServerSentEvent event = std::move(events_.front());
  events_.pop_front();
  return event;
}

absl::Status EventParser::TakeLine(std::string_view line) {
  if (line.empty()) {
    Dispatch();
    return absl::OkStatus();
  }
  if (line[0] == ':') return absl::OkStatus();  // a comment is no part of an event
  event_bytes_ += line.size();
  if (event_bytes_ > options_.event_bytes_max) {
    return absl::ResourceExhaustedError(
        StrCat("an event of the stream has more than ", options_.event_bytes_max, " bytes"));
  }
  const size_t colon = line.find(':');
  const std::string_view field = line.substr(0, colon);
  std::string_view value = colon == std::string_view::npos ? "" : line.substr(colon + 1);
  if (value.starts_with(' ')) value.remove_prefix(1);
  if (field == "data") {
    if (std::exchange(has_data_, true)) event_.data += '\n';
    event_.data += value;
  } else if (field == "event") {
    event_.event = std::string(value);
  } else if (field == "id" && value.find('\0') == std::string_view::npos) {
    event_.id = last_event_id_ = std::string(value);
  } else if (field == "retry") {
    uint32_t millis = 0;
    const char* last = value.data() + value.size();
    const auto [stopped, error] = std::from_chars(value.data(), last, millis);
    if (!value.empty() && error == std::errc() && stopped == last) {
      event_.retry = absl::Milliseconds(millis);
    }
  }
  return absl::OkStatus();
}

void EventParser::Dispatch() {
  ServerSentEvent event = std::exchange(event_, {});
  event_bytes_ = 0;
  // Without data there is no event: a comment, or an id alone, which is kept.
  if (std::exchange(has_data_, false)) events_.push_back(std::move(event));
}

}  // namespace sampo::http
