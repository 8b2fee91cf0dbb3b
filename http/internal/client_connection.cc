// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/http/internal/client_connection.h"

#include <algorithm>
#include <boost/asio/write.hpp>
#include <chrono>
#include <utility>

#include "absl/status/statusor.h"
#include "sampo/actor/base/check.h"
#include "sampo/actor/base/str_cat.h"

namespace sampo::http::internal {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using stream::BytesBuilder;

// Bytes of a streamed request that wait for the socket.
constexpr size_t kUploadBufferBytes = 64 * 1024;
// 1xx responses before the real one.
constexpr int kInformationalMax = 8;
// After a write has failed: how long a response is waited for that the server may have sent before
// it closed (RFC 9112 section 9.6 asks for that).
constexpr absl::Duration kLastWordsTimeout = absl::Seconds(1);

constexpr InboundTexts kResponseTexts = {
    .stage = "httpResponseBody",
    .waits_for = "a response's body",
    .read_twice =
        "http client: the body of a response can be read once, and was read before; keep "
        "the entity of ToStrict to read it again"};
constexpr OutboundTexts kRequestTexts = {.stage = "httpRequestBody",
                                         .body = "the body of a request",
                                         .waits_for = "a server that takes its request"};

absl::Status Error(std::string_view name, std::string_view what) {
  return absl::UnavailableError(StrCat("http client: ", name, ": ", what));
}

// With the name of the server before it.
absl::Status Named(std::string_view name, const absl::Status& status) {
  return absl::Status(status.code(),
                      ToAbsl(StrCat("http client: ", name, ": ", ToStd(status.message()))));
}

std::string Hex(size_t number) {
  std::string digits;
  do {
    digits.insert(digits.begin(), "0123456789abcdef"[number & 15]);
    number >>= 4;
  } while (number != 0);
  return digits;
}

}  // namespace

ClientConnection::ClientConnection(ClientShared& shared, const ClientTarget& target,
                                   ClientConnectionOwner& owner, asio::ssl::context* tls)
    : shared_(shared),
      target_(target),
      owner_(&owner),
      tls_context_(tls),
      resolver_(shared.context),
      socket_(shared.context),
      timer_(shared.context) {}

ClientConnection::~ClientConnection() {
  // The loop has ended with an operation of this one on its way.
  if (download_ != nullptr) download_->Finish(absl::CancelledError("http client: it has ended"));
}

// Calls use(stream) with the plain or the TLS stream.
template <class F>
void ClientConnection::WithStream(F use) {
  if (tls_) {
    use(*tls_);
  } else {
    use(socket_);
  }
}

// --- the request ---

void ClientConnection::Start(std::shared_ptr<ClientExchange> exchange) {
  SAMPO_CHECK(state_ == State::kIdle);
  state_ = State::kBusy;
  ++number_;
  exchange_ = std::move(exchange);
  exchange_->connection = weak_from_this();
  ++exchange_->attempts;
  mode_ = Mode::kHead;
  informational_ = 0;
  collected_.clear();
  upload_ended_ = true;
  demand_ = is_subscribed_ = write_failed_ = false;
  const ResponseLimits limits{.head_bytes_max = shared_.settings.head_bytes_max,
                              .header_count_max = shared_.settings.header_count_max};
  parser_.emplace(limits, exchange_->request.method == Method::kHead);
  const Entity& entity = exchange_->request.entity;
  out_.push_back(exchange_->head);
  if (entity.IsStrict()) {
    if (!entity.IsEmpty()) out_.push_back(entity.bytes());
  } else {
    upload_ended_ = false;
    upload_left_ = entity.length();
    exchange_->is_body_taken = true;
    StartUpload(entity);
  }
  WriteMore();
  Read();
  ArmIdle();
}

void ClientConnection::StartUpload(const Entity& entity) {
  const BodyAddress address = AddressOfThis();
  absl::StatusOr<std::shared_ptr<OutboundBody>> upload =
      OutboundBody::Start(shared_.system, entity, address, kRequestTexts, kUploadBufferBytes);
  if (upload.ok()) {
    upload_ = *std::move(upload);
    return;
  }
  // Later: who called Start is not ready for the end of the exchange.
  address.post([self = shared_from_this(), number = number_, failure = upload.status()] {
    self->OnOutboundEnd(number, failure);
  });
}

void ClientConnection::OnOutboundPiece(uint64_t exchange, Bytes piece) {
  if (exchange != number_ || state_ != State::kBusy || upload_ended_) return;
  if (upload_left_) {
    if (piece.size() > *upload_left_) {
      return Fail(absl::InvalidArgumentError("the request's body is longer than its length"), true);
    }
    *upload_left_ -= piece.size();
    lent_out_ += piece.size();
    out_.push_back(std::move(piece));
  } else {
    lent_out_ += piece.size();
    out_.push_back(Bytes(StrCat(Hex(piece.size()), "\r\n")));
    out_.push_back(std::move(piece));
    out_.push_back(Bytes::OfStatic("\r\n"));
  }
  WriteMore();
}

void ClientConnection::OnOutboundEnd(uint64_t exchange, const absl::Status& end) {
  if (exchange != number_ || state_ != State::kBusy || upload_ended_) return;
  if (!end.ok()) {
    return Fail(absl::Status(end.code(), ToAbsl(StrCat("the stream of the request's body failed: ",
                                                       ToStd(end.message())))),
                true);
  }
  if (upload_left_.value_or(0) > 0) {
    return Fail(absl::InvalidArgumentError("the request's body is shorter than its length"), true);
  }
  upload_ended_ = true;
  if (!upload_left_) out_.push_back(Bytes::OfStatic("0\r\n\r\n"));
  WriteMore();
}

void ClientConnection::WriteMore() {
  if (!writing_.empty() || out_.empty() || write_failed_) return;
  writing_.swap(out_);
  lent_writing_ = std::exchange(lent_out_, 0);
  std::vector<asio::const_buffer> buffers;
  buffers.reserve(writing_.size());
  for (const Bytes& piece : writing_) buffers.emplace_back(piece.data(), piece.size());
  WithStream([&](auto& stream) {
    asio::async_write(stream, buffers,
                      [self = shared_from_this()](const error_code& error, size_t bytes) {
                        self->OnWritten(error, bytes);
                      });
  });
}

void ClientConnection::OnWritten(const ErrorCode& error, size_t bytes) {
  writing_.clear();
  if (state_ != State::kBusy || exchange_ == nullptr) return;
  exchange_->bytes_sent = exchange_->bytes_sent || bytes > 0;
  if (error) {
    write_failed_ = true;
    if (!exchange_->bytes_sent) return Fail(Error(Name(), StrCat("write: ", error.message())));
    if (mode_ == Mode::kStream) return;  // the response is there; its reader decides
    return Arm(kLastWordsTimeout,
               [this, what = error.message()] { Fail(Error(Name(), StrCat("write: ", what))); });
  }
  if (upload_ != nullptr && lent_writing_ > 0) upload_->Written(std::exchange(lent_writing_, 0));
  if (is_reading_) ArmIdle();
  WriteMore();
}

bool ClientConnection::IsRequestWritten() const {
  return upload_ended_ && writing_.empty() && out_.empty() && !write_failed_;
}

// --- the response ---

void ClientConnection::Read() {
  if (is_reading_) return;
  is_reading_ = true;
  block_.emplace(shared_.settings.read_bytes_max);
  WithStream([this](auto& stream) {
    stream.async_read_some(asio::mutable_buffer(block_->data(), block_->capacity()),
                           [self = shared_from_this()](const error_code& error, size_t bytes) {
                             self->OnRead(error, bytes);
                           });
  });
}

void ClientConnection::OnRead(const ErrorCode& error, size_t bytes) {
  is_reading_ = false;
  if (state_ == State::kClosed) return;
  if (state_ == State::kIdle) {
    // The server closed it, or says what nobody asked for.
    ClientConnectionOwner* owner = owner_;
    const auto self = shared_from_this();
    Dispose();
    return owner->OnClosed(*this);
  }
  if (!error) {
    parser_->Feed(std::move(*block_).Finish(bytes));
    ArmIdle();
    return Drive();
  }
  is_truncated_ = error == asio::ssl::error::stream_truncated;
  if (error != asio::error::eof && !is_truncated_) {
    return Fail(Error(Name(), StrCat("read: ", error.message())));
  }
  parser_->FeedEnd();
  Drive();
}

void ClientConnection::Drive() {
  while (state_ == State::kBusy) {
    if (mode_ == Mode::kStream && !demand_) {
      if (is_subscribed_) Disarm();  // the peer waits for our reader
      return;
    }
    switch (parser_->Next()) {
      case ResponseParser::Event::kNeedMore:
        if (mode_ == Mode::kProbe) {
          if (!BeginStream()) return;
          break;
        }
        Read();
        return ArmIdle();
      case ResponseParser::Event::kHead:
        if (!OnHead()) return;
        break;
      case ResponseParser::Event::kBody:
        OnBody(parser_->TakeBody());
        break;
      case ResponseParser::Event::kEnd:
        return OnEnd();
      case ResponseParser::Event::kFailed:
        // Before the response began nothing is wrong with it: the server may have closed a used
        // connection.
        return Fail(Named(Name(), parser_->failure()), parser_->HasBegun());
    }
  }
}

// False: that was all.
bool ClientConnection::OnHead() {
  const ResponseHead& head = parser_->head();
  if (ToNumber(head.status) < 200) return OnInformational();
  if (!head.length) {
    mode_ = Mode::kProbe;
  } else if (*head.length <= shared_.settings.small_body_bytes_max) {
    mode_ = Mode::kCollect;
    collected_.reserve(*head.length);
  } else {
    return BeginStream();
  }
  return true;
}

bool ClientConnection::OnInformational() {
  if (parser_->head().status == static_cast<StatusCode>(101) ||
      ++informational_ > kInformationalMax) {
    Fail(Named(Name(), absl::DataLossError(StrCat("a response ", ToNumber(parser_->head().status),
                                                  " that nobody asked for"))),
         true);
    return false;
  }
  SAMPO_CHECK(parser_->Next() == ResponseParser::Event::kEnd);
  Bytes rest = parser_->TakeRest();
  const ResponseLimits limits{.head_bytes_max = shared_.settings.head_bytes_max,
                              .header_count_max = shared_.settings.header_count_max};
  parser_.emplace(limits, exchange_->request.method == Method::kHead);
  if (!rest.empty()) parser_->Feed(std::move(rest));
  return true;
}

void ClientConnection::OnBody(Bytes piece) {
  switch (mode_) {
    case Mode::kCollect:
      collected_.append(piece.view());
      return;
    case Mode::kProbe:
      return pieces_.push_back(std::move(piece));
    default:
      demand_ = false;
      download_->Deliver(std::move(piece));
  }
}

// Hands out the response with a stream. False: nobody wants it.
bool ClientConnection::BeginStream() {
  mode_ = Mode::kStream;
  InboundBody::Made made =
      InboundBody::Make(AddressOfThis(), kResponseTexts, ResponseType(), parser_->head().length);
  download_ = std::move(made.body);
  HttpResponse response = MakeResponse(std::move(made.entity));
  if (!owner_->OnResponse(exchange_, response)) {
    ClientConnectionOwner* owner = owner_;
    const auto self = shared_from_this();
    Dispose();
    owner->OnClosed(*this);
    return false;
  }
  if (state_ != State::kBusy) return false;
  // Who reads at once stops waiting after request_timeout, too.
  const absl::Duration patience =
      exchange_->is_read_at_once ? exchange_->timeout : shared_.settings.subscription_timeout;
  Arm(patience, [this, patience] {
    Fail(Named(Name(),
               absl::FailedPreconditionError(StrCat(
                   "the body of the response was not read within ", absl::FormatDuration(patience),
                   " (subscription_timeout), so its connection was closed; read each body "
                   "(DataBytes, ToStrict), or DiscardBytes it"))));
  });
  return true;
}

void ClientConnection::OnInboundSubscribed(uint64_t exchange) {
  if (exchange != number_ || state_ != State::kBusy || is_subscribed_) return;
  is_subscribed_ = true;
  Disarm();
}

void ClientConnection::OnInboundDemand(uint64_t exchange) {
  if (exchange != number_ || state_ != State::kBusy || download_ == nullptr) return;
  if (!pieces_.empty()) {
    Bytes piece = std::move(pieces_.front());
    pieces_.pop_front();
    return download_->Deliver(std::move(piece));
  }
  demand_ = true;
  Drive();
}

void ClientConnection::OnInboundDropped(uint64_t exchange) {
  if (exchange != number_ || state_ != State::kBusy || download_ == nullptr) return;
  // The rest of the body can't be told from the next response.
  Fail(absl::CancelledError("http client: the body of the response was cancelled"));
}

void ClientConnection::OnEnd() {
  const auto self = shared_from_this();
  ClientConnectionOwner* owner = owner_;
  if (is_truncated_ && parser_->head().ends_with_connection) {
    return Fail(Named(Name(), absl::DataLossError("TLS was cut off before the body's end")), true);
  }
  const bool reusable =
      parser_->head().keep_alive && parser_->TakeRest().empty() && IsRequestWritten();
  const auto exchange = std::move(exchange_);
  exchange_ = nullptr;
  if (mode_ == Mode::kStream) {
    download_->Finish(absl::OkStatus());
  } else {
    for (const Bytes& piece : pieces_) collected_.append(piece.view());
    pieces_.clear();
    HttpResponse response = MakeResponse(Entity::Strict(ResponseType(), Bytes(collected_)));
    (void)owner->OnResponse(exchange, response);  // it is read to its end, wanted or not
  }
  if (state_ == State::kClosed) return;  // a callback of the response ended it all
  if (!reusable) {
    Dispose();
    return owner->OnClosed(*this);
  }
  download_ = nullptr;
  upload_ = nullptr;
  collected_ = std::string();
  BecomeIdle();
  owner->OnIdle(*this);
}

void ClientConnection::BecomeIdle() {
  state_ = State::kIdle;
  Arm(shared_.settings.keep_alive_timeout, [this] {
    ClientConnectionOwner* owner = owner_;
    const auto self = shared_from_this();
    Dispose();
    owner->OnClosed(*this);
  });
  Read();  // sees the server close it
}

HttpResponse ClientConnection::MakeResponse(Entity entity) {
  ResponseHead& head = parser_->head();
  return {.status = head.status,
          .headers = head.headers,
          .entity = std::move(entity),
          .close = !head.keep_alive};
}

// A type that is none stays in the headers, where it can be looked at.
ContentType ClientConnection::ResponseType() {
  const std::optional<std::string_view> text = parser_->head().headers.Get("Content-Type");
  if (!text) return {};
  absl::StatusOr<ContentType> type = ContentType::Parse(*text);
  return type.ok() ? *std::move(type) : ContentType();
}

BodyAddress ClientConnection::AddressOfThis() {
  return {.post =
              [loop = shared_.loop](UniqueFunction<void()> work) {
                (void)loop->Post([work = std::move(work)](asio::io_context&) mutable { work(); });
              },
          .owner = weak_from_this(),
          .exchange = number_};
}

// --- ends ---

// The attempt has failed; the connection is of no use any more.
void ClientConnection::Fail(absl::Status why, bool is_final) {
  const auto self = shared_from_this();
  ClientConnectionOwner* owner = owner_;
  const auto exchange = std::move(exchange_);
  exchange_ = nullptr;
  const bool is_handed_out = mode_ == Mode::kStream;
  if (exchange != nullptr) {
    // A write on its way may have brought bytes to the server.
    exchange->bytes_sent = exchange->bytes_sent || !writing_.empty();
  }
  if (download_ != nullptr) download_->Finish(why);
  const bool has_begun = parser_ && parser_->HasBegun();
  Dispose();
  if (exchange != nullptr && !is_handed_out) {
    owner->OnAttemptFailed(
        *this, exchange,
        {.status = std::move(why), .is_final = is_final, .response_has_begun = has_begun});
  }
  owner->OnClosed(*this);
}

void ClientConnection::Close(const absl::Status& why) {
  if (state_ == State::kClosed) return;
  if (download_ != nullptr) download_->Finish(why);
  Dispose();
}

// Frees the socket; operations on their way fail, and find it closed.
void ClientConnection::Dispose() {
  state_ = State::kClosed;
  owner_ = nullptr;
  exchange_ = nullptr;
  if (upload_ != nullptr) upload_->Cancel();
  if (download_ != nullptr) download_->Finish(absl::CancelledError("http client: closed"));
  upload_ = nullptr;
  download_ = nullptr;
  out_.clear();
  pieces_.clear();
  Disarm();
  resolver_.cancel();
  error_code ignored;  // there is nobody left to tell
  socket_.close(ignored);
}

void ClientConnection::Arm(absl::Duration after, UniqueFunction<void()> due) {
  Disarm();
  if (after == absl::InfiniteDuration()) return;
  timer_due_ = std::move(due);
  timer_.expires_after(absl::ToChronoNanoseconds(after));
  timer_.async_wait([self = shared_from_this(), round = timer_round_](const error_code& error) {
    if (error || round != self->timer_round_ || self->state_ == State::kClosed) return;
    UniqueFunction<void()> now_due = std::move(self->timer_due_);
    now_due();
  });
}

void ClientConnection::ArmIdle() {
  if (state_ != State::kBusy || write_failed_) return;
  const absl::Duration idle = shared_.settings.idle_timeout;
  Arm(idle, [this, idle] {
    Fail(absl::DeadlineExceededError(StrCat("http client: ", Name(), ": nothing came and nothing ",
                                            "was taken for ", absl::FormatDuration(idle),
                                            " (idle_timeout)")));
  });
}

void ClientConnection::Disarm() {
  ++timer_round_;
  timer_.cancel();
}

}  // namespace sampo::http::internal
