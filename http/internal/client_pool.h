// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// ClientPool: the connections to one scheme, host and port, and the requests that want one.
//
// Requests wait in the order in which they came; a connection that is idle takes the next one, a
// new connection is made while there are fewer than connections_max. When one can't be made, all
// requests that wait are charged an attempt, once for each round, and no other one is tried until
// the pause (backoff) is over.
// What may be sent again, and what not:
//
// | what happened | again? |
// | --- | --- |
// | no connection | yes, after the pool's pause |
// | no byte was sent | yes |
// | bytes were sent, no response: GET, HEAD, PUT, DELETE, OPTIONS | yes, see below |
// | bytes were sent, no response: POST, PATCH | never |
// | the stream of the request's body was run | never |
// | a response that is none, a certificate that is not trusted | never |
// | 429 or 503 with Retry-After up to retry_after_max, before the deadline: GET and so on | then |
//
// At once where a used connection was closed before the response began, else after a pause.
//
// Threads: the loop's. Lifetime: within its client.
#ifndef SAMPO_HTTP_INTERNAL_CLIENT_POOL_H_
#define SAMPO_HTTP_INTERNAL_CLIENT_POOL_H_

#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "sampo/actor/base/random.h"
#include "sampo/http/internal/client_connection.h"

namespace sampo::http::internal {

// What a pool wants from its client.
class ClientPoolOwner {
 public:
  virtual ~ClientPoolOwner() = default;
  virtual absl::StatusOr<boost::asio::ssl::context*> Tls() = 0;
  // Something has ended: the pool may be in use no more.
  virtual void OnPoolChanged() = 0;
};

class ClientPool final : public ClientConnectionOwner {
 public:
  ClientPool(ClientShared& shared, ClientTarget target, ClientPoolOwner& owner, uint64_t seed);
  ~ClientPool() override;

  void Submit(std::shared_ptr<ClientExchange> exchange);
  // Ends all of it with `why`.
  void Close(const absl::Status& why);
  // No request waits or is on its way, no stream of a body.
  bool IsQuiet() const;
  // And no connection is kept, and no pause is to be observed.
  bool IsUnused() const { return connections_.empty() && open_.empty() && !is_pausing_; }

 private:
  using ExchangePtr = std::shared_ptr<ClientExchange>;

  // ClientConnectionOwner.
  void OnConnected(ClientConnection& connection) override;
  void OnConnectFailed(ClientConnection& connection, const absl::Status& why,
                       bool is_final) override;
  bool OnResponse(const ExchangePtr& exchange, HttpResponse& response) override;
  void OnAttemptFailed(ClientConnection& connection, const ExchangePtr& exchange,
                       ClientFailure failure) override;
  void OnIdle(ClientConnection& connection) override;
  void OnClosed(ClientConnection& connection) override;

  void Dispatch();
  std::shared_ptr<ClientConnection> TakeIdle();
  bool OpenConnection();
  void Remove(const ClientConnection& connection);
  void ChargeAll(const absl::Status& why, bool is_final);
  void PauseConnecting();
  // After `pause` it waits for a connection again.
  void Pause(const ExchangePtr& exchange, absl::Duration pause);
  bool MayBeSentAgain(const ClientExchange& exchange) const;
  std::optional<absl::Duration> RetryAfter(const ClientExchange& exchange,
                                           const HttpResponse& response) const;
  void OnDeadline(const ExchangePtr& exchange);
  void Finish(const ExchangePtr& exchange, absl::StatusOr<HttpResponse> result);
  absl::Status AfterAttempts(const ClientExchange& exchange, const absl::Status& why) const;

  ClientShared& shared_;
  const ClientTarget target_;
  ClientPoolOwner& owner_;
  Random random_;
  std::vector<ExchangePtr> open_;                               // at most open_requests_max
  std::deque<ExchangePtr> waiting_;                             // a part of those
  std::vector<std::shared_ptr<ClientConnection>> connections_;  // at most connections_max
  std::vector<std::shared_ptr<ClientConnection>> idle_;         // a part of those
  int connecting_ = 0;
  // Since one could be made.
  int64_t connects_failed_ = 0;
  int64_t round_ = 0;
  bool is_pausing_ = false;
  boost::asio::steady_timer pause_;
  const std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  // for what pause_ calls
};

}  // namespace sampo::http::internal

#endif  // SAMPO_HTTP_INTERNAL_CLIENT_POOL_H_
