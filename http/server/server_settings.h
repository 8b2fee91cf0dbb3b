// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// ServerSettings: where an HTTP server listens, what it bears, and when it loses patience.
//
// Every limit on what a client may send or cost has a name here and a stated answer, because a
// server that faces strangers is as good as its smallest unlimited thing. Defaults are Pekko's
// where it has one.
// Threads: a value.
//
//   ServerSettings settings{.port = 0, .threads = 2};
//   settings.limits.content_length_max = 64 << 20;
#ifndef SAMPO_HTTP_SERVER_SERVER_SETTINGS_H_
#define SAMPO_HTTP_SERVER_SERVER_SETTINGS_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "sampo/http/model/uri.h"
#include "sampo/http/server/access_log.h"

namespace sampo::http {

// What one request may be made of. A request beyond is answered with the number in brackets, and
// its connection is closed.
struct RequestLimits {
  // Bytes of the request's target; at most kUriMax [414]. Pekko: 2048.
  size_t uri_bytes_max = kUriMax;
  // Fields, and bytes of a name and of a value [431].
  int header_count_max = 64;
  size_t header_name_bytes_max = 64;
  size_t header_value_bytes_max = 8192;
  // The whole head, from the method to the empty line [431]. Chosen, not measured.
  size_t head_bytes_max = 64 * 1024;
  // Bytes of a body, chunked ones too [413].
  uint64_t content_length_max = 8 << 20;
  // Bytes of one chunk [413], and of its extension, which nobody reads [400].
  uint64_t chunk_bytes_max = 1 << 20;
  size_t chunk_extension_bytes_max = 256;
};

// A certificate and its key, as PEM files. Read by Bind, and again by each ReloadTls. A key that is
// encrypted is an error: there is nobody to ask for its password.
struct TlsSettings {
  std::string certificate_chain_file;  // the server's first, then those that lead to the root
  std::string private_key_file;
};

struct ServerSettings {
  // A numeric address of this machine, or "localhost" (127.0.0.1). 0.0.0.0: all of them.
  std::string host = "127.0.0.1";
  // 0: any free one; HttpServer::port says which.
  uint16_t port = 8080;
  // I/O threads. A connection stays on one, and its handlers run there.
  int threads = 1;
  // Connections that wait in the kernel to be accepted. Pekko: 100.
  int backlog = 1024;
  // Open connections. Where one more waits the longest idle one is closed for it; where none is
  // idle the one whose handshake, head or strict body takes longest, at least 1 s; else it waits in
  // the backlog. The process needs a descriptor for each (RLIMIT_NOFILE).
  int connections_max = 1024;

  RequestLimits limits = {};
  // A body of a stated length up to this many bytes is read whole before the handler is called, and
  // is strict. A longer one, a chunked one that has not come whole with its head, and one behind
  // "Expect: 100-continue" are streams.
  uint64_t strict_body_bytes_max = 64 * 1024;
  // Bytes of an answer that wait for the socket before its stream is held back.
  size_t write_buffer_bytes = 64 * 1024;

  // From a request's first byte to the end of its head; of a TLS handshake, too [408].
  absl::Duration header_timeout = absl::Seconds(10);
  // From the head of a request to the end of its strict body [408].
  absl::Duration body_timeout = absl::Seconds(20);
  // From the call of the handler, or the end of a streamed body, to the head of the answer [503].
  absl::Duration request_timeout = absl::Seconds(20);
  // Without a byte in either direction: between requests, while a body or an answer is streamed,
  // and while a request's body is held unread; the connection is closed [408 or 503 where there is
  // no answer yet]. A stream of events that is silent for longer needs a heartbeat. There is no
  // rate that a streamed body must have: routes bound its time (RoutingSettings::content_timeout).
  absl::Duration idle_timeout = absl::Seconds(60);
  // A client that takes no byte of what is there for it; the connection is closed.
  absl::Duration write_timeout = absl::Seconds(30);
  // How long, and for how many bytes, a connection that we close is read on, so that the client
  // gets the last answer before the system resets the connection.
  absl::Duration linger_timeout = absl::Seconds(1);
  size_t linger_bytes_max = 1 << 20;

  // In a coordinated shutdown: how long requests in flight may go on. Shorter than the phase's 5 s,
  // so that the phase sees the end.
  absl::Duration shutdown_deadline = absl::Seconds(4);
  // False: the program calls Terminate itself. The system's end closes everything anyway.
  bool in_coordinated_shutdown = true;

  // The value of the field "Server"; empty: not sent.
  std::string server_name = "sampo-http";
  // Called once for each answer; not set: the logger "sampo.http.access", at debug.
  AccessLog access_log = nullptr;
  std::optional<TlsSettings> tls = std::nullopt;

  // INVALID_ARGUMENT names the first setting that can't be, its value, and what is allowed.
  absl::Status Validate() const;
};

}  // namespace sampo::http

#endif  // SAMPO_HTTP_SERVER_SERVER_SETTINGS_H_
