// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// HttpServer: serves HTTP/1.1 (and 1.0) with a function from requests to answers.
//
// The server has I/O threads of its own; handlers run there, so they must not block: what takes
// time goes behind a Future (an ask of an actor, a stream). What a handler throws is answered 500,
// a failed future by StatusCodeOf. Small bodies come and go whole; large ones and those of unknown
// length are streams with back-pressure to the socket (entity_stream.h). A request's body that is
// a stream holds its connection until it is read; cancelling or dropping it closes the connection
// behind the answer.
//
// README.md has the road of a request, the limits and their answers, and the guarantees.
// Threads: all methods from any. Lifetime: a handle; the server serves until Terminate, the
// coordinated shutdown of its system (ServerSettings::in_coordinated_shutdown), or the system's
// end. What handlers refer to must live until then.
//
//   absl::StatusOr<HttpServer> server = HttpServer::Bind(system, {.port = 8080}, handler);
//   if (!server.ok()) return server.status();
//   std::printf("http://127.0.0.1:%d\n", server->port());
#ifndef SAMPO_HTTP_SERVER_HTTP_SERVER_H_
#define SAMPO_HTTP_SERVER_HTTP_SERVER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "sampo/actor/actor_system.h"
#include "sampo/actor/future.h"
#include "sampo/http/model/message.h"
#include "sampo/http/server/server_settings.h"

namespace sampo::http {

namespace internal {
class ServerCore;
}

class HttpServer {
 public:
  // Listens when it returns. INVALID_ARGUMENT: a setting, the host, or a certificate; UNAVAILABLE:
  // the port is taken; FAILED_PRECONDITION: the system is shutting down.
  static absl::StatusOr<HttpServer> Bind(ActorSystemBase& system, ServerSettings settings,
                                         HttpHandler handler);

  // Of this machine, as bound.
  uint16_t port() const;
  // "http://127.0.0.1:8080", or https.
  std::string url() const;
  int open_connections() const;

  // Ends the server gracefully:
  //   1. it stops listening, and closes connections on which nothing is going on;
  //   2. requests in flight go on; their answers say "Connection: close";
  //   3. a request that comes on a connection that is still open, or of which only a part has come,
  //      is answered 503;
  //   4. after `deadline` what is left is closed.
  // OK when all had ended before; DEADLINE_EXCEEDED with what it waited for (the first few), at the
  // latest a second after `deadline`. Only the first call counts; all get the same future.
  Future<void> Terminate(absl::Duration deadline) const;
  Future<void> WhenTerminated() const;

  // New connections get the certificate that the files hold now (or, the other one, that of other
  // files); those that are open keep theirs. INVALID_ARGUMENT: a file is none, and the certificate
  // before stays; FAILED_PRECONDITION: the server was bound without TLS.
  absl::Status ReloadTls() const;
  absl::Status ReloadTls(TlsSettings settings) const;

 private:
  explicit HttpServer(std::shared_ptr<internal::ServerCore> core) : core_(std::move(core)) {}
  std::shared_ptr<internal::ServerCore> core_;
};

}  // namespace sampo::http

#endif  // SAMPO_HTTP_SERVER_HTTP_SERVER_H_
