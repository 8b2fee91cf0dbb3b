// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// AdminHttpServer: HTTP/1.1 for a few clients, on threads of its own.
//
// Why: cpp-httplib reads requests and writes answers; this adds what a server needs that must not
// be stopped by its clients: the accept loop, the threads, and the bounds.
//
// | bound                    | value  | what happens there                                        |
// | connections in service   | threads | the next ones wait; who is idle is closed for them       |
// | connections that wait    | 64     | the next one is answered 503 and closed                   |
// | silence between requests | 5 s    | closed                                                    |
// | a request, from its first byte | 5 s | closed                                                 |
// | an answer                | 10 s   | closed                                                    |
// | bytes of a request's head | 32 KiB | closed (8 KiB of one line: 400 or 414)                   |
// | requests of a connection | 1,000  | closed after the last one                                 |
//
// Bodies are not read: where a request has one, the connection is closed after the answer.
// Threads: Start and Stop from any; the handler runs on the server's, several at a time. Lifetime:
// the destructor stops it.
#ifndef SAMPO_MANAGEMENT_INTERNAL_HTTP_SERVER_H_
#define SAMPO_MANAGEMENT_INTERNAL_HTTP_SERVER_H_

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "sampo/actor/base/metrics.h"

namespace sampo::internal {

// All chosen, not measured.
inline constexpr size_t kAdminConnectionsWaitingMax = 64;
inline constexpr size_t kAdminRequestHeadBytesMax = 32 * 1024;
inline constexpr int kAdminRequestsPerConnectionMax = 1'000;

struct AdminRequest {
  std::string method;                                  // "GET"
  std::string path;                                    // decoded
  std::multimap<std::string, std::string> parameters;  // of the query, decoded
  std::vector<std::string> authorization;              // the values of that header
};

struct AdminResponse {
  int status = 200;
  std::string content_type = "application/json";
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers = {};
};

struct AdminHttpOptions {
  std::string host = "127.0.0.1";  // numeric
  int port = 0;
  int threads = 8;
  absl::Duration idle_timeout = absl::Seconds(5);
  absl::Duration request_timeout = absl::Seconds(5);
  absl::Duration answer_timeout = absl::Seconds(10);
  // What Stop leaves to answers that are on their way.
  absl::Duration drain_timeout = absl::Milliseconds(500);
  // Where it counts: sampo_management_requests_total and more. Lives longer than the server.
  MetricsRegistry* metrics = nullptr;
};

class AdminHttpServer {
 public:
  using Handler = std::function<AdminResponse(const AdminRequest&)>;

  // INVALID_ARGUMENT: `host` is no address of this machine. UNAVAILABLE: the port can't be bound.
  static absl::StatusOr<std::unique_ptr<AdminHttpServer>> Start(const AdminHttpOptions& options,
                                                                Handler handler);
  ~AdminHttpServer();
  AdminHttpServer(const AdminHttpServer&) = delete;
  AdminHttpServer& operator=(const AdminHttpServer&) = delete;

  int port() const;
  // As Management::Stop.
  void Stop();

 private:
  struct Impl;
  explicit AdminHttpServer(std::unique_ptr<Impl> impl);

  const std::unique_ptr<Impl> impl_;
};

}  // namespace sampo::internal

#endif  // SAMPO_MANAGEMENT_INTERNAL_HTTP_SERVER_H_
