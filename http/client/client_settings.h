// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// ClientSettings: how an HTTP client waits, tries again, and what it takes from a server.
//
// Every queue, wait and size of the client has its bound here. Defaults are Pekko's where it has
// one; the others are chosen, not measured.
// Threads: a value.
//
//   ClientSettings settings{.request_timeout = absl::Seconds(5)};
//   settings.ca_file = "testdata/ca.pem";
#ifndef SAMPO_HTTP_CLIENT_CLIENT_SETTINGS_H_
#define SAMPO_HTTP_CLIENT_CLIENT_SETTINGS_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "sampo/actor/base/backoff.h"

namespace sampo::http {

struct ClientSettings {
  // --- The pool: connections to one scheme, host and port ---
  // Open connections of a pool. Pekko: 4.
  int connections_max = 4;
  // Requests of a pool whose response is not there yet, those that wait for a connection included;
  // one more is refused with RESOURCE_EXHAUSTED. Pekko: 32.
  int open_requests_max = 32;
  // Pools that are in use at once; one more is refused with RESOURCE_EXHAUSTED. A pool without
  // connections and requests is forgotten.
  int pools_max = 256;
  // How long a connection without a request is kept.
  absl::Duration keep_alive_timeout = absl::Seconds(30);

  // --- Time ---
  // To resolve the name, connect, and shake hands for TLS. Pekko: 10 s. Names are resolved one
  // after the other, by one thread: a resolver that does not answer for one makes all others wait.
  absl::Duration connect_timeout = absl::Seconds(10);
  // From Send to the response, all attempts and pauses included, and a strict body too. A streamed
  // body may take longer.
  absl::Duration request_timeout = absl::Seconds(20);
  // Without a byte while we wait for the peer. A body that nobody reads on does not count: then the
  // peer waits for us. Pekko: 60 s.
  absl::Duration idle_timeout = absl::Seconds(60);
  // How long the body of a response of Send may stay unread before its connection is closed; what
  // reads it must have been run by then. Pekko: 1 s.
  absl::Duration subscription_timeout = absl::Seconds(1);

  // --- Attempts ---
  // In all, the first one included. 1: never again.
  int attempts_max = 4;
  // The pause before another attempt, and before another connection when one could not be made.
  BackoffOptions backoff = {
      .min = absl::Milliseconds(100), .max = absl::Seconds(5), .random_factor = 0.2};
  // The longest Retry-After of a 429 or 503 that is waited for; with a longer one, or one that ends
  // behind request_timeout, the response is handed out as it is.
  absl::Duration retry_after_max = absl::Seconds(10);

  // --- What a response may be made of ---
  // The status line and the fields. Beyond: RESOURCE_EXHAUSTED.
  size_t head_bytes_max = 64 * 1024;
  int header_count_max = 100;
  // A body of a stated length up to this many bytes is read whole before the response is handed
  // out, and is strict. A longer one, and a chunked one that has not come whole with its head, are
  // streams.
  uint64_t small_body_bytes_max = 64 * 1024;
  // What SendStrict, Get and the like keep in memory. Beyond: RESOURCE_EXHAUSTED.
  uint64_t strict_body_bytes_max = 8 << 20;
  size_t read_bytes_max = 32 * 1024;
  // Asks for gzip, and decodes it. A body that grows beyond strict_body_bytes_max fails as above.
  bool decode_gzip = true;

  // The value of User-Agent; empty: not sent.
  std::string user_agent = "sampo-http";
  // Certificates that are trusted, as a PEM file; empty: those of the machine.
  std::string ca_file = {};
  // False: the program calls Shutdown itself. The system's end closes everything anyway.
  bool in_coordinated_shutdown = true;

  // INVALID_ARGUMENT names the first setting that can't be, its value, and what is allowed.
  absl::Status Validate() const;
};

}  // namespace sampo::http

#endif  // SAMPO_HTTP_CLIENT_CLIENT_SETTINGS_H_
