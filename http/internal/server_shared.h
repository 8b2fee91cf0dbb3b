// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// ServerShared and ServerLoop: what all connections of a server have in common, and what those of
// one I/O thread have.
//
// Metrics (management shows them): sampo_http_server_requests_total by code, ..._connections (open
// now), ..._connections_total, ..._request_us (from the end of the head to the end of the answer),
// ..._received_bytes_total and ..._sent_bytes_total (on the sockets, without TLS).
// Threads: ServerShared is constant but for its atomic; a ServerLoop belongs to its loop's thread.
#ifndef SAMPO_HTTP_INTERNAL_SERVER_SHARED_H_
#define SAMPO_HTTP_INTERNAL_SERVER_SHARED_H_

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <string_view>
#include <vector>

#include "sampo/actor/base/log.h"
#include "sampo/actor/base/metrics.h"
#include "sampo/actor/base/unique_function.h"
#include "sampo/http/internal/server_loop.h"
#include "sampo/http/model/message.h"
#include "sampo/http/server/server_settings.h"

namespace sampo {
class ActorSystemBase;
}

namespace sampo::http::internal {

class Connection;

struct ServerShared {
  ServerSettings settings;
  HttpHandler handler;
  // Runs the streams of answers. Null in a test whose handler gives strict answers only.
  ActorSystemBase* system = nullptr;
  MetricsRegistry* metrics = nullptr;
  Logger log = {};
  Logger access_log = {};  // where the settings have no function
  // New requests are refused; connections end with their answers.
  std::atomic<bool> draining{false};
  // The system ended while a handler held an I/O thread. Partner: the thread, behind the handler.
  std::atomic<bool> abandoned{false};
};

class ServerLoop {
 public:
  // `on_closed` is called for each connection that has ended.
  ServerLoop(std::shared_ptr<const ServerShared> shared, std::shared_ptr<IoLoop> loop,
             UniqueFunction<void()> on_closed);
  ~ServerLoop();

  const ServerShared& shared() const { return *shared_; }
  const ServerSettings& settings() const { return shared_->settings; }
  const std::shared_ptr<IoLoop>& loop() const { return loop_; }

  void Add(std::unique_ptr<class Transport> transport);
  // A connection has ended. It lives as long as its caller holds it.
  void Remove(uint64_t id);
  // False: none is idle.
  bool CloseLongestIdle();
  // Of those whose handshake, head or strict body has taken a second. False: there is none.
  bool CloseLongestUnfinished();
  // See HttpServer::Terminate.
  void Drain();
  // Closes all that are left.
  void AbortAll();
  // What the connections that are left do, the first few of them.
  std::vector<std::string> Describe() const;
  size_t size() const { return connections_.size(); }

  // An answer has ended.
  void CountAnswer(int code, int64_t nanos);
  void CountReceived(size_t bytes) { received_.Add(bytes); }
  void CountSent(size_t bytes) { sent_.Add(bytes); }
  // 13 characters.
  std::string NewRequestId();

 private:
  const std::shared_ptr<const ServerShared> shared_;
  const std::shared_ptr<IoLoop> loop_;
  UniqueFunction<void()> on_closed_;
  std::map<uint64_t, std::shared_ptr<Connection>> connections_;  // bounded by connections_max
  uint64_t last_id_ = 0;
  std::vector<Counter> by_code_;  // [code]; made with the first of its code
  std::vector<bool> has_code_;
  Gauge open_;
  Counter accepted_;
  Counter received_;
  Counter sent_;
  Histogram request_us_;
};

}  // namespace sampo::http::internal

#endif  // SAMPO_HTTP_INTERNAL_SERVER_SHARED_H_
