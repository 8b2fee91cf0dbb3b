// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// ClientConnection: one connection of a client: made, used for one request after another, closed.
//
// | state | what waits | ends by |
// | --- | --- | --- |
// | connecting | name, connect, TLS handshake | connect_timeout |
// | idle | a read, which sees the server close | keep_alive_timeout |
// | busy | the write of the request and the read of its response, at once | idle_timeout |
// | streaming | a read only while the stream of the body wants a piece | subscription_timeout |
//
// A response that comes before the request is written to its end is taken; the connection is closed
// then. Threads: the loop's. Lifetime: shared with its operations on their way; the pool, its
// owner, closes it before it ends itself.
#ifndef SAMPO_HTTP_INTERNAL_CLIENT_CONNECTION_H_
#define SAMPO_HTTP_INTERNAL_CLIENT_CONNECTION_H_

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "sampo/actor/actor_system.h"
#include "sampo/actor/base/unique_function.h"
#include "sampo/actor/future.h"
#include "sampo/http/client/client_settings.h"
#include "sampo/http/internal/body_bridge.h"
#include "sampo/http/internal/client_loop.h"
#include "sampo/http/internal/client_parser.h"
#include "sampo/http/model/message.h"
#include "sampo/stream/io/bytes.h"

namespace sampo::http::internal {

class ClientConnection;

// Where the connections of one pool go.
struct ClientTarget {
  std::string scheme;
  std::string host;
  uint16_t port = 0;
  std::string name;  // "https://example.org:8443", for texts
};

// One request on its way, with all its attempts.
struct ClientExchange {
  HttpRequest request;
  Bytes head;  // the first line and the fields, as they are sent
  Promise<HttpResponse> promise;
  absl::Duration timeout;
  bool is_read_at_once = false;  // see ClientCore::Send
  int attempts = 0;
  int64_t charged_round = -1;  // of failed connects, see ClientPool
  bool is_done = false;
  bool bytes_sent = false;     // in any attempt
  bool is_body_taken = false;  // its stream was run, which it can be once
  std::optional<boost::asio::steady_timer> deadline;
  std::optional<boost::asio::steady_timer> pause;  // set: it waits for its next attempt
  std::weak_ptr<ClientConnection> connection;
};

// Why an attempt gave no response.
struct ClientFailure {
  absl::Status status;
  bool is_final = false;  // another attempt would not help
  bool response_has_begun =
      false;  // else, on a used connection: the server may just have closed it
};

// What a connection tells its pool.
class ClientConnectionOwner {
 public:
  virtual ~ClientConnectionOwner() = default;
  virtual void OnConnected(ClientConnection& connection) = 0;
  // It is closed. `is_final`: another attempt would not help.
  virtual void OnConnectFailed(ClientConnection& connection, const absl::Status& why,
                               bool is_final) = 0;
  // Whole, or with a stream. False: nobody wants it, the request will be sent again.
  virtual bool OnResponse(const std::shared_ptr<ClientExchange>& exchange,
                          HttpResponse& response) = 0;
  virtual void OnAttemptFailed(ClientConnection& connection,
                               const std::shared_ptr<ClientExchange>& exchange,
                               ClientFailure failure) = 0;
  // The next request may come.
  virtual void OnIdle(ClientConnection& connection) = 0;
  virtual void OnClosed(ClientConnection& connection) = 0;
};

// What all connections of a client share.
struct ClientShared {
  ActorSystemBase& system;
  const ClientSettings settings;
  std::shared_ptr<ClientLoop> loop;
  boost::asio::io_context& context;
};

class ClientConnection final : public BodyOwner,
                               public std::enable_shared_from_this<ClientConnection> {
 public:
  // `tls` null: plain.
  ClientConnection(ClientShared& shared, const ClientTarget& target, ClientConnectionOwner& owner,
                   boost::asio::ssl::context* tls);
  ~ClientConnection() override;

  void Connect();
  // Precondition: idle.
  void Start(std::shared_ptr<ClientExchange> exchange);
  // Whether the server has closed it, or said something that nobody asked for, without us having
  // seen it yet.
  bool IsStale();
  // At once; the owner hears nothing more. A stream of a body fails with `why`.
  void Close(const absl::Status& why);
  bool was_used() const { return number_ > 1; }
  bool is_idle() const { return state_ == State::kIdle; }

 private:
  using ErrorCode = boost::system::error_code;
  enum class State : uint8_t { kConnecting, kIdle, kBusy, kClosed };
  // What becomes of the response's body.
  enum class Mode : uint8_t { kHead, kCollect, kProbe, kStream };

  // BodyOwner.
  void OnInboundSubscribed(uint64_t exchange) override;
  void OnInboundDemand(uint64_t exchange) override;
  void OnInboundDropped(uint64_t exchange) override;
  void OnOutboundPiece(uint64_t exchange, Bytes piece) override;
  void OnOutboundEnd(uint64_t exchange, const absl::Status& end) override;

  // --- connect: client_connection_open.cc ---
  void ConnectTo(const std::vector<boost::asio::ip::tcp::endpoint>& endpoints);
  void OnConnected();
  void Handshake();
  absl::Status PrepareTls();
  void FailConnect(absl::Status why, bool is_final = false);

  // --- write ---
  void StartUpload(const Entity& entity);
  void WriteMore();
  void OnWritten(const ErrorCode& error, size_t bytes);
  bool IsRequestWritten() const;

  // --- read ---
  void Read();
  void OnRead(const ErrorCode& error, size_t bytes);
  void Drive();
  bool OnHead();
  bool OnInformational();
  void OnBody(Bytes piece);
  bool BeginStream();
  void OnEnd();
  void BecomeIdle();
  HttpResponse MakeResponse(Entity entity);
  ContentType ResponseType();
  BodyAddress AddressOfThis();

  void Fail(absl::Status why, bool is_final = false);
  void Dispose();
  void Arm(absl::Duration after, UniqueFunction<void()> due);
  void ArmIdle();
  void Disarm();
  template <class F>
  void WithStream(F use);
  std::string Name() const { return target_.name; }

  ClientShared& shared_;
  const ClientTarget& target_;
  ClientConnectionOwner* owner_;
  boost::asio::ssl::context* const tls_context_;
  boost::asio::ip::tcp::resolver resolver_;
  boost::asio::ip::tcp::socket socket_;
  std::optional<boost::asio::ssl::stream<boost::asio::ip::tcp::socket&>> tls_;
  boost::asio::steady_timer timer_;
  uint64_t timer_round_ = 0;
  UniqueFunction<void()> timer_due_;
  State state_ = State::kConnecting;

  std::shared_ptr<ClientExchange> exchange_;
  uint64_t number_ = 0;
  // The request.
  std::vector<Bytes> out_;      // bounded: the head, a body, what the upload may lend
  std::vector<Bytes> writing_;  // on their way
  size_t lent_out_ = 0;         // of the upload's bytes, in out_ and in writing_
  size_t lent_writing_ = 0;
  std::shared_ptr<OutboundBody> upload_;
  std::optional<uint64_t> upload_left_;  // of a stated length
  bool upload_ended_ = false;
  bool write_failed_ = false;
  // The response.
  std::optional<stream::BytesBuilder> block_;
  std::optional<ResponseParser> parser_;
  Mode mode_ = Mode::kHead;
  int informational_ = 0;
  std::string collected_;
  std::deque<Bytes> pieces_;  // bounded by read_bytes_max: what came with the head
  std::shared_ptr<InboundBody> download_;
  bool is_subscribed_ = false;
  bool demand_ = false;
  bool is_reading_ = false;
  bool is_truncated_ = false;  // TLS ended without saying so
};

}  // namespace sampo::http::internal

#endif  // SAMPO_HTTP_INTERNAL_CLIENT_CONNECTION_H_
