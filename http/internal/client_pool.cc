// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/http/internal/client_pool.h"

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <limits>
#include <string>
#include <utility>

#include "absl/strings/numbers.h"
#include "sampo/actor/base/backoff.h"
#include "sampo/actor/base/clock.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/http/model/method.h"
#include "sampo/http/model/status_code.h"

namespace sampo::http::internal {
namespace {

using boost::system::error_code;

template <class T>
void Erase(T& from, const void* what) {
  std::erase_if(from, [what](const auto& one) { return one.get() == what; });
}

}  // namespace

ClientPool::ClientPool(ClientShared& shared, ClientTarget target, ClientPoolOwner& owner,
                       uint64_t seed)
    : shared_(shared),
      target_(std::move(target)),
      owner_(owner),
      random_(seed),
      pause_(shared.context) {}

ClientPool::~ClientPool() { Close(absl::CancelledError("http client: it has ended")); }

void ClientPool::Submit(ExchangePtr exchange) {
  if (open_.size() >= static_cast<size_t>(shared_.settings.open_requests_max)) {
    (void)exchange->promise.Complete(absl::ResourceExhaustedError(
        StrCat("http client: pool ", target_.name, " has ", open_.size(),
               " open requests (open_requests_max); wait for some of them, or raise the bound")));
    return;
  }
  open_.push_back(exchange);
  if (exchange->timeout < absl::InfiniteDuration()) {
    exchange->deadline.emplace(shared_.context);
    exchange->deadline->expires_after(absl::ToChronoNanoseconds(exchange->timeout));
    // The timer is cancelled with the request, and requests end before the pool.
    exchange->deadline->async_wait([this, exchange](const error_code& error) {
      if (!error && !exchange->is_done) OnDeadline(exchange);
    });
  }
  waiting_.push_back(std::move(exchange));
  Dispatch();
}

void ClientPool::Close(const absl::Status& why) {
  pause_.cancel();
  waiting_.clear();
  for (const auto& connection : std::exchange(connections_, {})) connection->Close(why);
  idle_.clear();
  connecting_ = 0;
  while (!open_.empty()) Finish(ExchangePtr(open_.back()), why);
}

bool ClientPool::IsQuiet() const { return open_.empty() && idle_.size() == connections_.size(); }

// Gives requests to connections, and makes those that are missing.
void ClientPool::Dispatch() {
  while (!waiting_.empty()) {
    if (std::shared_ptr<ClientConnection> connection = TakeIdle()) {
      ExchangePtr next = std::move(waiting_.front());
      waiting_.pop_front();
      connection->Start(std::move(next));
      continue;
    }
    // A server that could not be reached is tried by one connection at a time.
    const size_t wanted = connects_failed_ > 0 ? 1 : waiting_.size();
    if (is_pausing_ || static_cast<size_t>(connecting_) >= wanted ||
        connections_.size() >= static_cast<size_t>(shared_.settings.connections_max)) {
      return;
    }
    if (!OpenConnection()) return;
  }
}

// The one that was used last, so that the others may grow old.
std::shared_ptr<ClientConnection> ClientPool::TakeIdle() {
  while (!idle_.empty()) {
    std::shared_ptr<ClientConnection> connection = std::move(idle_.back());
    idle_.pop_back();
    if (!connection->IsStale()) return connection;
    Erase(connections_, connection.get());
    connection->Close(absl::OkStatus());
  }
  return nullptr;
}

bool ClientPool::OpenConnection() {
  boost::asio::ssl::context* tls = nullptr;
  if (target_.scheme == "https") {
    absl::StatusOr<boost::asio::ssl::context*> context = owner_.Tls();
    if (!context.ok()) {
      ChargeAll(context.status(), true);
      return false;
    }
    tls = *context;
  }
  auto connection = std::make_shared<ClientConnection>(shared_, target_, *this, tls);
  connections_.push_back(connection);
  ++connecting_;
  connection->Connect();
  return true;
}

void ClientPool::Remove(const ClientConnection& connection) {
  Erase(idle_, &connection);
  Erase(connections_, &connection);
}

void ClientPool::OnConnected(ClientConnection& connection) {
  --connecting_;
  connects_failed_ = 0;
  OnIdle(connection);
}

void ClientPool::OnConnectFailed(ClientConnection& connection, const absl::Status& why,
                                 bool is_final) {
  --connecting_;
  Remove(connection);
  ++connects_failed_;
  ChargeAll(why, is_final);
  if (!is_pausing_) PauseConnecting();
  owner_.OnPoolChanged();
}

// All requests that wait have waited for the connection that could not be made.
void ClientPool::ChargeAll(const absl::Status& why, bool is_final) {
  std::vector<ExchangePtr> lost;
  for (const ExchangePtr& exchange : waiting_) {
    if (exchange->charged_round != round_) ++exchange->attempts;
    exchange->charged_round = round_;
    if (exchange->attempts >= shared_.settings.attempts_max || is_final) lost.push_back(exchange);
  }
  for (const ExchangePtr& exchange : lost) {
    Erase(waiting_, exchange.get());
    Finish(exchange, AfterAttempts(*exchange, why));
  }
}

void ClientPool::PauseConnecting() {
  is_pausing_ = true;
  pause_.expires_after(absl::ToChronoNanoseconds(
      BackoffDelay(shared_.settings.backoff, connects_failed_ - 1, random_.Fraction())));
  pause_.async_wait([this, alive = std::weak_ptr(alive_)](const error_code& error) {
    if (error || alive.expired()) return;
    is_pausing_ = false;
    ++round_;
    Dispatch();
    owner_.OnPoolChanged();
  });
}

bool ClientPool::OnResponse(const ExchangePtr& exchange, HttpResponse& response) {
  if (const std::optional<absl::Duration> pause = RetryAfter(*exchange, response)) {
    Pause(exchange, *pause);
    return false;
  }
  Finish(exchange, std::move(response));
  return true;
}

// How long the server wants us to wait before we ask again; nothing: we do not.
std::optional<absl::Duration> ClientPool::RetryAfter(const ClientExchange& exchange,
                                                     const HttpResponse& response) const {
  if (response.status != StatusCode::kServiceUnavailable &&
      response.status != StatusCode::kTooManyRequests) {
    return std::nullopt;
  }
  const std::optional<std::string_view> text = response.headers.Get("Retry-After");
  if (!text || !MayBeSentAgain(exchange)) return std::nullopt;
  uint64_t seconds = 0;
  absl::Time when;
  std::string error;
  absl::Duration pause = absl::InfiniteDuration();
  if (absl::SimpleAtoi(ToAbsl(*text), &seconds)) {
    // Above that a duration overflows, and would be a short one.
    if (seconds <= std::numeric_limits<int32_t>::max()) {
      pause = absl::Seconds(static_cast<int64_t>(seconds));
    }
  } else if (absl::ParseTime("%a, %d %b %Y %H:%M:%S GMT", ToAbsl(*text), &when, &error)) {
    pause = std::max(when - shared_.system.clock().WallTime(), absl::ZeroDuration());
  }
  if (pause > shared_.settings.retry_after_max) return std::nullopt;
  // Nothing would be left to answer with.
  if (exchange.deadline) {
    const auto left = exchange.deadline->expiry() - std::chrono::steady_clock::now();
    if (pause >= absl::FromChrono(left)) return std::nullopt;
  }
  return pause;
}

bool ClientPool::MayBeSentAgain(const ClientExchange& exchange) const {
  return exchange.attempts < shared_.settings.attempts_max && !exchange.is_body_taken &&
         (!exchange.bytes_sent || IsIdempotent(exchange.request.method));
}

void ClientPool::OnAttemptFailed(ClientConnection& connection, const ExchangePtr& exchange,
                                 ClientFailure failure) {
  if (exchange->is_done) return;
  if (failure.is_final || !MayBeSentAgain(*exchange)) {
    return Finish(exchange, AfterAttempts(*exchange, failure.status));
  }
  if (connection.was_used() && !failure.response_has_begun) {
    exchange->connection.reset();
    return waiting_.push_front(exchange);  // OnClosed, which follows, dispatches
  }
  Pause(exchange,
        BackoffDelay(shared_.settings.backoff, exchange->attempts - 1, random_.Fraction()));
}

void ClientPool::Pause(const ExchangePtr& exchange, absl::Duration pause) {
  exchange->connection.reset();
  exchange->pause.emplace(shared_.context);
  exchange->pause->expires_after(absl::ToChronoNanoseconds(pause));
  exchange->pause->async_wait([this, exchange](const error_code& error) {
    if (error || exchange->is_done) return;
    exchange->pause.reset();
    waiting_.push_back(exchange);
    Dispatch();
  });
}

void ClientPool::OnIdle(ClientConnection& connection) {
  idle_.push_back(connection.shared_from_this());
  Dispatch();
  owner_.OnPoolChanged();
}

void ClientPool::OnClosed(ClientConnection& connection) {
  Remove(connection);
  Dispatch();
  owner_.OnPoolChanged();
}

void ClientPool::OnDeadline(const ExchangePtr& exchange) {
  const std::shared_ptr<ClientConnection> connection = exchange->connection.lock();
  const std::string_view what = connection != nullptr ? "waiting for the response"
                                : exchange->pause     ? "pausing before another attempt"
                                                      : "waiting for a connection";
  Erase(waiting_, exchange.get());
  absl::Status why = absl::DeadlineExceededError(
      StrCat("http client: ", target_.name, ": no response to ", ToString(exchange->request.method),
             " ", exchange->request.uri.path(), " within ", absl::FormatDuration(exchange->timeout),
             " (request_timeout); attempt ", exchange->attempts, ", ", what));
  if (connection != nullptr) {
    // What may still come on it belongs to nobody.
    Remove(*connection);
    connection->Close(why);
  }
  Finish(exchange, std::move(why));
  Dispatch();
  owner_.OnPoolChanged();
}

void ClientPool::Finish(const ExchangePtr& exchange, absl::StatusOr<HttpResponse> result) {
  exchange->is_done = true;
  if (exchange->deadline) exchange->deadline->cancel();
  if (exchange->pause) exchange->pause->cancel();
  Erase(open_, exchange.get());
  (void)exchange->promise.Complete(std::move(result));  // only we complete it
}

absl::Status ClientPool::AfterAttempts(const ClientExchange& exchange,
                                       const absl::Status& why) const {
  if (exchange.attempts <= 1) return why;
  return absl::Status(why.code(), ToAbsl(StrCat(ToStd(why.message()), " (after ", exchange.attempts,
                                                " attempts)")));
}

}  // namespace sampo::http::internal
