// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// ServerSentEvent: one event of a text/event-stream (the HTML standard, section 9.2), as text and
// back.
//
// Parser: takes the bytes of a stream, cut anywhere, and gives events. A line longer than
// `line_bytes_max` and an event longer than `event_bytes_max` fail with RESOURCE_EXHAUSTED
// (Pekko's bounds). What the stream ends within is dropped, as the standard says.
// Threads: values; a parser belongs to one.
//
//   RenderEvent({.data = "two\nlines", .event = "news"})  // "event:news\ndata:two\ndata:lines\n\n"
#ifndef SAMPO_HTTP_SSE_SERVER_SENT_EVENT_H_
#define SAMPO_HTTP_SSE_SERVER_SENT_EVENT_H_

#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace sampo::http {

struct ServerSentEvent {
  std::string data = {};   // may have line breaks
  std::string event = {};  // its type; empty: "message"
  // What a client that comes back sends as Last-Event-ID. Nothing: as before.
  std::optional<std::string> id = {};
  // How long a client waits before it comes back.
  std::optional<absl::Duration> retry = {};

  // A line that clients ignore: it keeps connections open.
  static ServerSentEvent Heartbeat() { return {}; }
  bool operator==(const ServerSentEvent&) const = default;
};

// An event without any part is a comment, ":\n\n". Line breaks in `event` and `id` are left out:
// they would begin another field.
std::string RenderEvent(const ServerSentEvent& event);

struct EventParserOptions {
  size_t line_bytes_max = 4096;
  size_t event_bytes_max = 8192;
};

class EventParser {
 public:
  explicit EventParser(EventParserOptions options = {}) : options_(options) {}

  // Not OK: it has failed, and takes no more.
  absl::Status Feed(std::string_view bytes);
  // The next event that is whole.
  std::optional<ServerSentEvent> Next();
  // The last id that came: what to send as Last-Event-ID.
  const std::string& last_event_id() const { return last_event_id_; }

 private:
  absl::Status TakeLine(std::string_view line);
  void Dispatch();

  EventParserOptions options_;
  absl::Status failure_;
  std::string line_;       // what has come of the line that is not whole
  bool after_cr_ = false;  // a line feed now belongs to the line break before it
  bool at_start_ = true;   // a byte order mark may come
  bool has_data_ = false;
  size_t event_bytes_ = 0;
  ServerSentEvent event_;
  std::string last_event_id_;
  std::deque<ServerSentEvent> events_;  // bounded by the bytes that were fed
};

}  // namespace sampo::http

#endif  // SAMPO_HTTP_SSE_SERVER_SENT_EVENT_H_
