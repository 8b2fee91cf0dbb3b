// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Connection: one client's requests and their answers, one after the other, on an I/O thread.
//
// The road of a request without streams: OnRead -> parser -> Dispatch (the handler) -> OnResult ->
// Answer -> Flush, all in one call where the handler's future is complete. Requests that came
// together are taken one by one, and their answers leave in one write: the next request is not
// looked at before the answer is there, so order needs no queue, and what a client may pile up is
// one buffer here and one in the kernel.
//
// | state | waits for | for at most | then |
// | --- | --- | --- | --- |
// | kHandshake | TLS | header_timeout | closed |
// | kHead, nothing came yet | a request | idle_timeout | closed |
// | kHead, some came | the rest of the head | header_timeout | 408 |
// | kBody | a strict body | body_timeout | 408 |
// | kBusy, no answer yet | the handler, from the end of the body | request_timeout | 503 |
// | kBusy, no answer yet, a body comes | a byte of it | idle_timeout | 408, or 503 if unread |
// | kBusy, answering, or a body is left | streams, or the body's reader | idle_timeout | closed |
// | any, with bytes to write | a client that reads | write_timeout | closed |
// | kLinger | the client's end | linger_timeout | closed |
//
// Threads: its loop's. Lifetime: in its ServerLoop until it is closed; operations hold it longer.
#ifndef SAMPO_HTTP_INTERNAL_SERVER_CONNECTION_H_
#define SAMPO_HTTP_INTERNAL_SERVER_CONNECTION_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "sampo/http/internal/body_bridge.h"
#include "sampo/http/internal/server_input.h"
#include "sampo/http/internal/server_loop.h"
#include "sampo/http/internal/server_parser.h"
#include "sampo/http/internal/server_response.h"
#include "sampo/http/internal/server_shared.h"
#include "sampo/http/internal/server_transport.h"
#include "sampo/http/model/message.h"

namespace sampo::http::internal {

class Connection final : public TransportOwner,
                         public BodyOwner,
                         public Deadline,
                         public std::enable_shared_from_this<Connection> {
 public:
  Connection(ServerLoop& home, uint64_t id, std::unique_ptr<Transport> transport);
  ~Connection() override;

  void Start();
  // The server shuts down: ends now where nothing is going on, else with the answer.
  void Drain();
  // Ends now.
  void Abort();
  // Whether nothing is going on: no request has begun, and the last answer is written.
  bool IsIdle() const;
  int64_t IdleSince() const { return last_activity_nanos_; }
  // Since when it is in its TLS handshake, the head or the strict body of a request: nothing is
  // handled yet.
  std::optional<int64_t> UnfinishedSince() const;
  // Precondition: IsIdle. Another client needs the place.
  void EndIdle() { Close(false); }
  // "GET /slow from 127.0.0.1:4711: its handler, for 3.2s"
  std::string Describe() const;

 private:
  enum class State : uint8_t { kHandshake, kHead, kBody, kBusy, kLinger, kClosed };

  // One request and its answer.
  struct Exchange {
    int64_t started_nanos = 0;  // its head was complete
    Method method = Method::kGet;
    bool has_method = false;
    bool is_http_1_0 = false;
    bool keep_alive = false;
    bool id_came = false;  // from the client
    std::string request_id = {};

    // Its body, where that is a stream:
    std::shared_ptr<InboundBody> body = nullptr;  // null: strict, or over
    bool body_wanted = false;                     // a piece was asked for
    bool body_came = false;                       // all of it
    bool body_left = false;                       // nobody reads the rest of it
    bool owes_continue = false;                   // the client waits for 100
    Bytes body_ahead = {};                        // a piece that nobody has asked for yet

    // Its answer:
    bool handler_runs = false;
    bool is_answered = false;  // the head is written
    bool is_done = false;      // all of it
    int status = 0;
    BodyFraming framing = BodyFraming::kNone;
    std::shared_ptr<OutboundBody> answer = nullptr;  // the stream of its body
    uint64_t answer_left = 0;                        // of a stated length
    uint64_t answer_bytes = 0;
    size_t lent_bytes = 0;  // of pieces whose room the stream waits for
  };

  // --- server_connection.cc: what comes ---
  void OnHandshake(bool ok) override;
  void OnRead(bool ok, size_t bytes) override;
  void OnInboundDemand(uint64_t exchange) override;
  void OnInboundDropped(uint64_t exchange) override;
  void OnDeadline() override;
  // Goes on as far as that is possible without waiting.
  void Run();
  bool Step();
  bool StepHead();
  bool StepBody();
  bool StepBusy();
  void DropEmptyLines();
  void BeginExchange();
  void TakeRequestId();
  void NextExchange();
  bool WaitsForWholeBody();
  void DispatchStreamed();
  void Dispatch(Entity entity);
  Future<HttpResponse> CallHandler(HttpRequest request);
  ContentType TypeOfBody();
  void FailBody(const absl::Status& why);
  void BodyBroke(StatusCode code, const std::string& reason);
  void ReadMore();
  int64_t DueNanos() const;
  void OnDue();
  // A stream that is not at its end, and that the client was told to send.
  bool BodyIsComing() const;

  // --- server_answer.cc: what goes ---
  void OnOutboundPiece(uint64_t exchange, Bytes piece) override;
  void OnOutboundEnd(uint64_t exchange, const absl::Status& end) override;
  void OnWritten(bool ok, size_t bytes) override;
  void OnResult(absl::StatusOr<HttpResponse> result);
  void Answer(HttpResponse response);
  void AnswerStrict(const HttpResponse& response);
  void AnswerStreamed(const HttpResponse& response);
  void SayContinue();
  void AppendHeadOf(const HttpResponse& response, uint64_t length);
  // An answer of our own in place of the handler's; the connection ends with it.
  void Refuse(StatusCode code, std::string_view reason);
  void FinishAnswer();
  void EndExchange();
  void Record(bool cut);
  void WriteAccessLog(bool cut, int64_t now);
  std::string NameOfRequest() const;
  void Flush();
  void StartWrite();
  void AfterFlush();
  size_t UnwrittenBytes() const { return out_.bytes() + writing_.bytes(); }
  void CloseWhenFlushed();
  void Linger();
  void Close(bool abort);

  const ServerSettings& settings() const { return home_.settings(); }
  BodyAddress AddressOfThis();

  ServerLoop& home_;
  IoLoop& loop_;
  const uint64_t id_;
  const std::unique_ptr<Transport> transport_;
  State state_ = State::kHead;
  int64_t now_nanos_ = 0;            // when this call began
  int64_t phase_nanos_ = 0;          // when the state began; of kHead: its first byte came
  int64_t last_activity_nanos_ = 0;  // a byte was read or written
  int64_t last_write_nanos_ = 0;     // a byte was written, or the wait for that began

  RequestParser parser_;
  InputBuffer input_;
  std::string collected_;  // of a body that may become strict
  uint64_t number_ = 0;    // of the exchange
  Exchange exchange_;
  OutQueue out_;      // next
  OutQueue writing_;  // on its way
  uint64_t linger_bytes_ = 0;
  bool running_ = false;
  bool head_began_ = false;  // a byte of the next request has come
  bool reading_ = false;
  bool wants_read_ = false;
  bool input_ended_ = false;
  bool is_writing_ = false;
  bool waits_for_room_ = false;  // the next request does, until answers are written
  bool close_when_flushed_ = false;
  bool must_linger_ = false;  // something of the client's may be unread
};

}  // namespace sampo::http::internal

#endif  // SAMPO_HTTP_INTERNAL_SERVER_CONNECTION_H_
