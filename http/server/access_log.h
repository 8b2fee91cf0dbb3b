// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// The access log: one entry for each answer, also for those that no handler saw (a request that
// could not be parsed has no method).
//
// Request ids: the X-Request-Id that came, where it is 1 to 64 letters, digits, '-', '_', '.' and
// ':'; otherwise 13 characters out of the system's chance. Handlers find it in
// HttpRequest::request_id; an id that came goes back with the answer.
// Threads: the function is called on the server's I/O threads, from several at once, and must not
// block. What it throws is logged and goes no further. Lifetime: the entry is the call's.
//
//   settings.access_log = [](const AccessLogEntry& entry) { Append(FormatAccess(entry)); };
#ifndef SAMPO_HTTP_SERVER_ACCESS_LOG_H_
#define SAMPO_HTTP_SERVER_ACCESS_LOG_H_

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "absl/time/time.h"

namespace sampo::http {

struct AccessLogEntry {
  absl::Time time = {};              // of the end of the answer
  std::string_view request_id = {};  // empty: the request was not understood so far
  std::string_view peer = {};        // "127.0.0.1:4711"
  std::string_view method = {};      // empty: not understood
  std::string_view target = {};      // as it came
  int status = 0;
  uint64_t request_bytes = 0;    // of the body, as far as it was read
  uint64_t response_bytes = 0;   // of the body
  absl::Duration duration = {};  // from the end of the request's head
  bool cut = false;              // the answer's stream failed, or the client went away
};

using AccessLog = std::function<void(const AccessLogEntry&)>;

// One line without its end: `127.0.0.1:4711 "GET /a?b" 200 in=0 out=13 us=182 id=k3...`. Quotes,
// backslashes and bytes that are not printable are written as \xNN, so that no request makes two
// lines.
std::string FormatAccess(const AccessLogEntry& entry);

}  // namespace sampo::http

#endif  // SAMPO_HTTP_SERVER_ACCESS_LOG_H_
