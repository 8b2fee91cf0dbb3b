// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Management: the HTTP server that an operator asks about a running system.
//
//   GET /health/live    GET /health/ready    GET /metrics
//   GET /actors         GET /streams         GET /loggers    PUT /loggers
//
// management/README.md has what each route takes and answers.
//
// Why: a system that is stuck can't say so by its own means. This server has its own threads, sends
// no message and waits for no dispatcher, so it answers also while every worker of the system is
// blocked in a handler.
//
// Threads: all methods from any thread. Lifetime: it serves until Stop, the destructor, the
// phase "before-actor-system-terminate" of CoordinatedShutdown or the end of the system, whichever
// comes first; the system may end before the handle does.
//
//   absl::StatusOr<Management> management = Management::Start(system, {.port = 8558});
//   if (!management.ok()) return management.status();
//   std::printf("%s\n", management->url().c_str());
#ifndef SAMPO_MANAGEMENT_MANAGEMENT_H_
#define SAMPO_MANAGEMENT_MANAGEMENT_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "sampo/actor/actor_system.h"

namespace sampo {

namespace internal {
class ManagementServer;
}

// Threads of one server. Chosen, not measured: a scraper, a probe and some people.
inline constexpr int kManagementThreadsMax = 64;

struct ManagementSettings {
  // A numeric address of this machine, or "localhost". One that others can reach needs a token.
  std::string host = "127.0.0.1";
  // 0: any free one; port() says which.
  int port = 8558;
  // A file that holds the token, of which the white space around is not part; empty: no token. With
  // one, every route but /health/... wants "Authorization: Bearer <token>". Read once, by Start.
  std::string token_file = {};
  // True: PUT /loggers is refused. As Pekko's read-only.
  bool read_only = true;
  // Connections that are served at the same time.
  int threads = 8;
  // How long a health check may take. Pekko's check-timeout.
  absl::Duration check_timeout = absl::Seconds(1);
};

class [[nodiscard]] Management {
 public:
  // Binds, and serves from then on.
  // INVALID_ARGUMENT: a setting is wrong, or `host` is reachable by others and there is no token;
  // UNAVAILABLE: the port is taken, or the token can't be read; FAILED_PRECONDITION: the system is
  // shutting down.
  static absl::StatusOr<Management> Start(ActorSystemBase& system,
                                          const ManagementSettings& settings = {});

  Management(Management&&) noexcept;
  Management& operator=(Management&&) noexcept;
  // Stops it.
  ~Management();

  // The port it is bound to.
  int port() const;
  // "http://127.0.0.1:8558".
  std::string url() const;

  // Ends it: no new connection, answers that are on their way have half a second, then all
  // connections are closed. Returns when its threads have ended, which takes a health check's
  // timeout longer at most. Later calls change nothing.
  void Stop();

 private:
  explicit Management(std::shared_ptr<internal::ManagementServer> server);

  std::shared_ptr<internal::ManagementServer> server_;
};

}  // namespace sampo

#endif  // SAMPO_MANAGEMENT_MANAGEMENT_H_
