// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/http/internal/server_shared.h"

#include <optional>
#include <string>
#include <utility>

#include "sampo/actor/base/str_cat.h"
#include "sampo/http/internal/server_connection.h"
#include "sampo/http/internal/server_transport.h"

namespace sampo::http::internal {
namespace {

constexpr size_t kCodes = 600;
// Of those that a drain waited for, so many are named.
constexpr size_t kDescribedMax = 5;
// An honest client's handshake, head or small body is there in this time; chosen, not measured.
constexpr int64_t kUnfinishedNanosMin = 1'000'000'000;

}  // namespace

ServerLoop::ServerLoop(std::shared_ptr<const ServerShared> shared, std::shared_ptr<IoLoop> loop,
                       UniqueFunction<void()> on_closed)
    : shared_(std::move(shared)),
      loop_(std::move(loop)),
      on_closed_(std::move(on_closed)),
      by_code_(kCodes),
      has_code_(kCodes) {
  MetricsRegistry& metrics = *shared_->metrics;
  open_ = metrics.GetGauge(
      {.name = "sampo_http_server_connections", .help = "Connections that are open now."});
  accepted_ = metrics.GetCounter(
      {.name = "sampo_http_server_connections_total", .help = "Connections that were accepted."});
  received_ = metrics.GetCounter({.name = "sampo_http_server_received_bytes_total",
                                  .help = "Bytes that were read from clients."});
  sent_ = metrics.GetCounter({.name = "sampo_http_server_sent_bytes_total",
                              .help = "Bytes that were written to clients."});
  request_us_ = metrics.GetHistogram(
      {.name = "sampo_http_server_request_us",
       .help = "Microseconds from the end of a request's head to the end of its answer."});
}

ServerLoop::~ServerLoop() = default;

void ServerLoop::Add(std::unique_ptr<Transport> transport) {
  const uint64_t id = ++last_id_;
  accepted_.Add();
  open_.Add(1);
  auto connection = std::make_shared<Connection>(*this, id, std::move(transport));
  connections_.emplace(id, connection);
  connection->Start();
}

void ServerLoop::Remove(uint64_t id) {
  if (connections_.erase(id) == 0) return;
  open_.Add(-1);
  if (on_closed_) on_closed_();
}

bool ServerLoop::CloseLongestIdle() {
  std::shared_ptr<Connection> longest;
  for (const auto& [id, connection] : connections_) {
    if (!connection->IsIdle()) continue;
    if (longest == nullptr || connection->IdleSince() < longest->IdleSince()) longest = connection;
  }
  if (longest == nullptr) return false;
  shared_->log.Debug("a client waits: closed, ", longest->Describe());
  longest->EndIdle();
  return true;
}

bool ServerLoop::CloseLongestUnfinished() {
  std::shared_ptr<Connection> longest;
  int64_t since = loop_->NowNanos() - kUnfinishedNanosMin;
  for (const auto& [id, connection] : connections_) {
    const std::optional<int64_t> began = connection->UnfinishedSince();
    if (!began || *began > since) continue;
    since = *began;
    longest = connection;
  }
  if (longest == nullptr) return false;
  shared_->log.Debug("a client waits: closed, ", longest->Describe());
  longest->Abort();
  return true;
}

void ServerLoop::Drain() {
  // A copy: connections leave the map meanwhile.
  const auto all = connections_;
  for (const auto& [id, connection] : all) connection->Drain();
}

void ServerLoop::AbortAll() {
  const auto all = connections_;
  for (const auto& [id, connection] : all) connection->Abort();
}

std::vector<std::string> ServerLoop::Describe() const {
  std::vector<std::string> lines;
  for (const auto& [id, connection] : connections_) {
    if (lines.size() == kDescribedMax) break;
    lines.push_back(connection->Describe());
  }
  return lines;
}

void ServerLoop::CountAnswer(int code, int64_t nanos) {
  const auto at = static_cast<size_t>(code);
  if (at >= kCodes) return;
  if (!has_code_[at]) {
    has_code_[at] = true;
    by_code_[at] =
        shared_->metrics->GetCounter({.name = "sampo_http_server_requests_total",
                                      .help = "Requests that were answered, by status code.",
                                      .labels = {{"code", std::to_string(code)}}});
  }
  by_code_[at].Add();
  request_us_.Record(static_cast<uint64_t>(nanos < 0 ? 0 : nanos / 1000));
}

std::string ServerLoop::NewRequestId() {
  static constexpr char kDigits[] = "0123456789abcdefghjkmnpqrstvwxyz";
  std::string id(13, '0');  // 64 bits; fits into a string without memory of its own
  uint64_t bits = loop_->random().Next();
  for (char& digit : id) {
    digit = kDigits[bits & 31];
    bits >>= 5;
  }
  return id;
}

}  // namespace sampo::http::internal
