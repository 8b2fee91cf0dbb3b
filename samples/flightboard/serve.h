// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// What the program offers on ports: the board over HTTP, and management with readiness checks.
//
// BoardServer binds before the input is read, so that a port that is taken is known at once and not
// after an hour of reading; until Open every request is answered 503.
// Threads: all functions from any. Lifetime: handles; both servers end with the coordinated
// shutdown of the system.
//
//   absl::StatusOr<BoardServer> server = BoardServer::Bind(system, 8080, store, names);
//   ...                       // read the input
//   server->Open();
//   std::cerr << server->url() << "\n";
#ifndef SAMPO_SAMPLES_FLIGHTBOARD_SERVE_H_
#define SAMPO_SAMPLES_FLIGHTBOARD_SERVE_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "sampo/actor/actor_system.h"
#include "sampo/http/server/http_server.h"
#include "sampo/management/management.h"
#include "sampo/samples/flightboard/airport_names.h"
#include "sampo/samples/flightboard/flight_store.h"
#include "sampo/samples/flightboard/options.h"

namespace flightboard {

class BoardServer {
 public:
  // On 127.0.0.1. Errors: those of HttpServer::Bind, with the option that helps.
  static absl::StatusOr<BoardServer> Bind(sampo::ActorSystemBase& system, Port port,
                                          const FlightStore& store,
                                          std::shared_ptr<const AirportNames> names);

  // Requests are answered from now on.
  void Open() { open_->store(true); }
  // "http://127.0.0.1:8080".
  std::string url() const { return server_.url(); }

 private:
  BoardServer(sampo::http::HttpServer server, std::shared_ptr<std::atomic<bool>> open)
      : server_(std::move(server)), open_(std::move(open)) {}

  sampo::http::HttpServer server_;
  std::shared_ptr<std::atomic<bool>> open_;
};

// What /health/ready says of the input.
class IngestHealth {
 public:
  void Set(absl::Status status) {
    std::lock_guard hold(mutex_);
    status_ = std::move(status);
  }
  absl::Status Get() const {
    std::lock_guard hold(mutex_);
    return status_;
  }

 private:
  mutable std::mutex mutex_;
  absl::Status status_ = absl::UnavailableError("the input has not been read yet");
};

// On 127.0.0.1, with the readiness checks "journal" (it answers a read) and "ingest".
// Precondition: options.management_port has a value.
absl::StatusOr<sampo::Management> StartManagement(sampo::ActorSystemBase& system,
                                                  const Options& options,
                                                  std::shared_ptr<const IngestHealth> ingest);

}  // namespace flightboard

#endif  // SAMPO_SAMPLES_FLIGHTBOARD_SERVE_H_
