// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/http/internal/server_connection.h"

#include <algorithm>
#include <utility>

#include "sampo/actor/base/str_cat.h"
#include "sampo/actor/base/unique_function.h"
#include "sampo/actor/future.h"
#include "sampo/stream/errors.h"

namespace sampo::http::internal {
namespace {

// A read takes at least so much room: in a head, and in a body. Chosen, not measured: one system
// call for each of the latter costs less than the copy.
constexpr size_t kReadBytesMin = 512;
constexpr size_t kBodyReadBytesMin = 32 * 1024;

constexpr size_t kRequestIdBytesMax = 64;

constexpr InboundTexts kRequestTexts = {
    .stage = "httpRequestBody",
    .waits_for = "a request's body",
    .read_twice =
        "http: the body of a request can be read once, and was read before; keep the "
        "entity of ToStrict to read it again"};

bool IsRequestId(std::string_view id) {
  return !id.empty() && id.size() <= kRequestIdBytesMax &&
         std::all_of(id.begin(), id.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '-' || c == '_' || c == '.' || c == ':';
         });
}

}  // namespace

Connection::Connection(ServerLoop& home, uint64_t id, std::unique_ptr<Transport> transport)
    : home_(home),
      loop_(*home.loop()),
      id_(id),
      transport_(std::move(transport)),
      parser_(home.settings().limits) {}

Connection::~Connection() { loop_.Forget(this); }

void Connection::Start() {
  now_nanos_ = last_activity_nanos_ = loop_.NowNanos();
  // It was accepted just before the server stopped listening.
  if (home_.shared().draining.load(std::memory_order_relaxed)) return Close(true);
  if (transport_->Handshake(shared_from_this())) {
    state_ = State::kHandshake;
    phase_nanos_ = now_nanos_;
    loop_.SetBy(this, DueNanos());
  } else {
    Run();
  }
}

void Connection::OnHandshake(bool ok) {
  if (state_ != State::kHandshake) return;
  if (!ok) return Close(true);
  now_nanos_ = last_activity_nanos_ = loop_.NowNanos();
  state_ = State::kHead;
  Run();
}

void Connection::Drain() {
  if (state_ == State::kHandshake) return Close(true);
  now_nanos_ = loop_.NowNanos();
  Run();
}

void Connection::Abort() {
  if (state_ != State::kClosed) Close(true);
}

void Connection::OnRead(bool ok, size_t bytes) {
  reading_ = false;
  if (state_ == State::kClosed) return input_.Commit(0);
  input_.Commit(ok ? bytes : 0);
  now_nanos_ = loop_.NowNanos();
  if (!ok) return Close(state_ != State::kLinger);
  if (bytes == 0) {
    input_ended_ = true;
  } else {
    last_activity_nanos_ = now_nanos_;
    home_.CountReceived(bytes);
  }
  if (state_ != State::kLinger) return Run();
  // What comes now is counted and dropped.
  linger_bytes_ += bytes;
  input_.Consume(input_.size());
  if (input_ended_ || linger_bytes_ > settings().linger_bytes_max) return Close(false);
  wants_read_ = true;
  ReadMore();
}

void Connection::Run() {
  if (running_ || state_ == State::kClosed) return;
  const std::shared_ptr<Connection> self = shared_from_this();  // Close lets go of this one
  running_ = true;
  for (;;) {
    wants_read_ = false;
    waits_for_room_ = false;
    while (Step()) {
      // The system did not wait for a handler: nothing of it may be used any more. running_ stays.
      if (home_.shared().abandoned.load(std::memory_order_acquire)) return;
    }
    Flush();
    if (state_ == State::kClosed || !waits_for_room_ ||
        UnwrittenBytes() >= settings().write_buffer_bytes) {
      break;
    }
  }
  running_ = false;
  if (state_ == State::kClosed) return;
  ReadMore();
  loop_.SetBy(this, DueNanos());
}

// False: nothing more can be done before something comes or goes.
bool Connection::Step() {
  if (close_when_flushed_) return false;
  switch (state_) {
    case State::kHead:
      return StepHead();
    case State::kBody:
      return StepBody();
    case State::kBusy:
      return StepBusy();
    case State::kHandshake:
    case State::kLinger:
    case State::kClosed:
      return false;
  }
  return false;
}

bool Connection::StepHead() {
  if (UnwrittenBytes() >= settings().write_buffer_bytes) {
    waits_for_room_ = true;
    return false;
  }
  if (!head_began_) DropEmptyLines();
  if (!head_began_ && (input_.empty() || input_.view() == "\r")) {
    if (input_ended_ || home_.shared().draining.load(std::memory_order_relaxed)) {
      CloseWhenFlushed();
    } else {
      wants_read_ = true;
    }
    return false;
  }
  if (!std::exchange(head_began_, true)) phase_nanos_ = now_nanos_;
  const RequestParser::Step step = parser_.Next(input_.view());
  input_.Consume(step.consumed);
  if (step.kind == RequestParser::Kind::kHead) {
    BeginExchange();
    return true;
  }
  const bool is_draining = home_.shared().draining.load(std::memory_order_relaxed);
  if (step.kind == RequestParser::Kind::kNeedMore && !input_ended_ && !is_draining) {
    wants_read_ = true;
    return false;
  }
  exchange_ = Exchange{.started_nanos = now_nanos_};
  exchange_.has_method = parser_.head().has_method;
  // Where none was understood the parser still has that of the request before.
  exchange_.method = exchange_.has_method ? parser_.head().method : Method::kGet;
  if (step.kind == RequestParser::Kind::kNeedMore && is_draining) {
    Refuse(StatusCode::kServiceUnavailable, "the server shuts down");
  } else if (step.kind == RequestParser::Kind::kNeedMore) {
    Refuse(StatusCode::kBadRequest, "the request ends within its head");
  } else {
    Refuse(parser_.refusal().code, parser_.refusal().reason);
  }
  return false;
}

// Some clients send a line end behind a body; it begins no request (RFC 9112, 2.2).
void Connection::DropEmptyLines() {
  while (input_.view().starts_with("\r\n")) input_.Consume(2);
}

void Connection::BeginExchange() {
  const RequestHead& head = parser_.head();
  exchange_ = Exchange{.started_nanos = now_nanos_,
                       .method = head.method,
                       .has_method = true,
                       .is_http_1_0 = head.is_http_1_0,
                       .keep_alive = head.keep_alive};
  TakeRequestId();
  collected_.clear();
  state_ = State::kBody;
  phase_nanos_ = now_nanos_;
  // Partner: HttpServer::Terminate, which then looks at each connection on this thread.
  if (home_.shared().draining.load(std::memory_order_relaxed)) {
    Refuse(StatusCode::kServiceUnavailable, "the server shuts down");
  }
}

void Connection::TakeRequestId() {
  const std::optional<std::string_view> came = parser_.head().headers.Get("x-request-id");
  exchange_.id_came = came.has_value() && IsRequestId(*came);
  exchange_.request_id = exchange_.id_came ? std::string(*came) : home_.NewRequestId();
}

void Connection::NextExchange() {
  ++number_;
  parser_.Reset();
  state_ = State::kHead;
  head_began_ = false;
  if (!reading_) input_.Trim();
  if (collected_.capacity() > InputBuffer::kKeptBytes) collected_ = std::string();
}

// --- bodies ---

bool Connection::WaitsForWholeBody() {
  const RequestHead& head = parser_.head();
  return !head.is_chunked && !head.expects_continue &&
         head.content_length <= settings().strict_body_bytes_max;
}

bool Connection::StepBody() {
  const RequestParser::Step step = parser_.Next(input_.view());
  collected_.append(step.piece);
  input_.Consume(step.consumed);
  switch (step.kind) {
    case RequestParser::Kind::kEnd:
      Dispatch(collected_.empty() ? Entity() : Entity::Strict(TypeOfBody(), Bytes(collected_)));
      return true;
    case RequestParser::Kind::kFailed:
      Refuse(parser_.refusal().code, parser_.refusal().reason);
      return false;
    case RequestParser::Kind::kPiece:
      if (collected_.size() <= settings().strict_body_bytes_max) return true;
      DispatchStreamed();
      return true;
    case RequestParser::Kind::kHead:
    case RequestParser::Kind::kNeedMore:
      // A body that was begun waits for more, or will never be whole.
      if (WaitsForWholeBody()) {
        if (input_ended_) {
          CloseWhenFlushed();
        } else {
          wants_read_ = true;
        }
        return false;
      }
      DispatchStreamed();
      return true;
  }
  return false;
}

ContentType Connection::TypeOfBody() {
  const std::optional<std::string_view> text = parser_.head().headers.Get("content-type");
  // One that is no type is among the headers for who wants to judge it.
  return text ? ContentType::Parse(*text).value_or(ContentType()) : ContentType();
}

BodyAddress Connection::AddressOfThis() {
  return {
      .post = [loop = home_.loop()](UniqueFunction<void()> work) { loop->Post(std::move(work)); },
      .owner = weak_from_this(),
      .exchange = number_};
}

void Connection::DispatchStreamed() {
  const RequestHead& head = parser_.head();
  std::optional<uint64_t> length;
  if (!head.is_chunked) length = head.content_length;
  InboundBody::Made made = InboundBody::Make(AddressOfThis(), kRequestTexts, TypeOfBody(), length);
  exchange_.body = std::move(made.body);
  exchange_.body_ahead = Bytes(collected_);
  exchange_.owes_continue = head.expects_continue && collected_.empty();
  Dispatch(std::move(made.entity));
}

bool Connection::StepBusy() {
  if (exchange_.body == nullptr) return false;
  if (exchange_.body_wanted && !exchange_.body_ahead.empty()) {
    exchange_.body_wanted = false;
    exchange_.body->Deliver(std::exchange(exchange_.body_ahead, Bytes()));
    return true;
  }
  if (!exchange_.body_ahead.empty()) return false;
  if (exchange_.body_came) {
    exchange_.body->Finish(absl::OkStatus());
    exchange_.body = nullptr;
    if (exchange_.is_done) EndExchange();
    return true;
  }
  // One piece is taken ahead of its demand, but the socket is not read for it.
  const RequestParser::Step step = parser_.Next(input_.view());
  if (step.kind == RequestParser::Kind::kPiece) exchange_.body_ahead = Bytes(step.piece);
  input_.Consume(step.consumed);
  switch (step.kind) {
    case RequestParser::Kind::kEnd:
      exchange_.body_came = true;
      phase_nanos_ = now_nanos_;
      return true;
    case RequestParser::Kind::kFailed:
      BodyBroke(parser_.refusal().code, parser_.refusal().reason);
      return false;
    case RequestParser::Kind::kPiece:
      return true;
    case RequestParser::Kind::kHead:
    case RequestParser::Kind::kNeedMore:
      if (input_ended_) {
        BodyBroke(StatusCode::kBadRequest, "the connection ended before the body did");
      } else {
        wants_read_ = exchange_.body_wanted;
      }
      return false;
  }
  return false;
}

void Connection::OnInboundDemand(uint64_t exchange) {
  if (exchange != number_ || exchange_.body == nullptr || state_ != State::kBusy) return;
  now_nanos_ = loop_.NowNanos();
  exchange_.body_wanted = true;
  if (std::exchange(exchange_.owes_continue, false)) {
    if (!exchange_.is_answered) SayContinue();
    last_activity_nanos_ = now_nanos_;
  }
  Run();
}

void Connection::OnInboundDropped(uint64_t exchange) {
  if (exchange != number_ || exchange_.body == nullptr || state_ != State::kBusy) return;
  now_nanos_ = loop_.NowNanos();
  exchange_.body = nullptr;
  exchange_.body_ahead = Bytes();
  exchange_.body_left = true;
  exchange_.keep_alive = false;
  phase_nanos_ = now_nanos_;
  // Not before the answer: the handler may have seen enough to give it.
  if (exchange_.is_done) CloseWhenFlushed();
  Run();
}

// The rest of a streamed body will never come, or must not.
void Connection::BodyBroke(StatusCode code, const std::string& reason) {
  if (!exchange_.is_answered) return Refuse(code, reason);
  FailBody(absl::CancelledError(StrCat("http: the body of a request broke off: ", reason)));
  exchange_.keep_alive = false;
  exchange_.body_left = true;
  if (exchange_.is_done) CloseWhenFlushed();
}

void Connection::FailBody(const absl::Status& why) {
  if (exchange_.body == nullptr) return;
  exchange_.body->Finish(why);
  exchange_.body = nullptr;
  exchange_.body_ahead = Bytes();
}

// --- the handler ---

void Connection::Dispatch(Entity entity) {
  RequestHead& head = parser_.head();
  state_ = State::kBusy;
  phase_nanos_ = now_nanos_;
  exchange_.handler_runs = true;
  const ServerShared& shared = home_.shared();
  Future<HttpResponse> future = CallHandler({.method = head.method,
                                             .uri = std::move(head.uri),
                                             .headers = std::move(head.headers),
                                             .entity = std::move(entity),
                                             .is_http_1_0 = head.is_http_1_0,
                                             .is_tls = transport_->is_tls(),
                                             .peer = transport_->peer(),
                                             .request_id = exchange_.request_id});
  // See Run.
  if (shared.abandoned.load(std::memory_order_acquire)) return;
  if (future.IsComplete()) return OnResult(sampo::internal::FutureAccess::Take(std::move(future)));
  std::move(future).OnComplete([loop = home_.loop(), weak = weak_from_this(),
                                number = number_](absl::StatusOr<HttpResponse> result) {
    loop->Post([weak, number, result = std::move(result)]() mutable {
      const std::shared_ptr<Connection> self = weak.lock();
      if (self == nullptr || self->number_ != number) return;
      self->now_nanos_ = self->loop_.NowNanos();
      self->OnResult(std::move(result));
      self->Run();
    });
  });
}

Future<HttpResponse> Connection::CallHandler(HttpRequest request) {
  try {
    return home_.shared().handler(std::move(request));
  } catch (...) {
    const absl::Status thrown = stream::StatusOfCurrentException();
    // See Run.
    if (home_.shared().abandoned.load(std::memory_order_acquire)) {
      return Future<HttpResponse>::Failed(thrown);
    }
    home_.shared().log.Error(NameOfRequest(), ": its handler threw ", thrown.ToString());
  }
  return Future<HttpResponse>::Ready(PlainAnswer(StatusCode::kInternalServerError, ""));
}

// --- time ---

void Connection::ReadMore() {
  if (!wants_read_ || reading_ || input_ended_) return;
  reading_ = true;
  const bool in_body = state_ == State::kBody || state_ == State::kBusy;
  const auto [into, bytes] = input_.Prepare(in_body ? kBodyReadBytesMin : kReadBytesMin);
  transport_->Read(into, bytes, shared_from_this());
}

int64_t Connection::DueNanos() const {
  const ServerSettings& given = settings();
  int64_t due = kNeverNanos;
  if (is_writing_) due = DeadlineNanos(last_write_nanos_, given.write_timeout);
  switch (state_) {
    case State::kHandshake:
      return DeadlineNanos(phase_nanos_, given.header_timeout);
    case State::kHead:
      return std::min(due, !head_began_ ? DeadlineNanos(last_activity_nanos_, given.idle_timeout)
                                        : DeadlineNanos(phase_nanos_, given.header_timeout));
    case State::kBody:
      return std::min(due, DeadlineNanos(phase_nanos_, given.body_timeout));
    case State::kBusy:
      return std::min(due, exchange_.is_answered || BodyIsComing()
                               ? DeadlineNanos(last_activity_nanos_, given.idle_timeout)
                               : DeadlineNanos(phase_nanos_, given.request_timeout));
    case State::kLinger:
      return DeadlineNanos(phase_nanos_, given.linger_timeout);
    case State::kClosed:
      return kNeverNanos;
  }
  return due;
}

void Connection::OnDeadline() {
  const std::shared_ptr<Connection> self = shared_from_this();
  now_nanos_ = loop_.NowNanos();
  if (now_nanos_ >= DueNanos()) {
    OnDue();
  } else {
    loop_.SetBy(this, DueNanos());
  }
}

void Connection::OnDue() {
  if (is_writing_ && now_nanos_ >= DeadlineNanos(last_write_nanos_, settings().write_timeout)) {
    home_.shared().log.Debug(transport_->peer(), ": closed, it takes no bytes");
    return Close(true);
  }
  if (close_when_flushed_) return Close(state_ != State::kLinger);
  switch (state_) {
    case State::kHead:
      if (!head_began_) return Close(false);
      exchange_ = Exchange{.started_nanos = phase_nanos_};
      Refuse(StatusCode::kRequestTimeout, "the head did not come in time");
      break;
    case State::kBody:
      Refuse(StatusCode::kRequestTimeout, "the body did not come in time");
      break;
    case State::kBusy:
      if (exchange_.is_answered) return Close(true);
      if (BodyIsComing() && exchange_.body_wanted) {
        Refuse(StatusCode::kRequestTimeout, "the body did not come in time");
        break;
      }
      home_.shared().log.Warning(NameOfRequest(), ": no answer in time; it was answered 503");
      Refuse(StatusCode::kServiceUnavailable, "the answer did not come in time");
      break;
    case State::kHandshake:
    case State::kLinger:
    case State::kClosed:
      return Close(true);
  }
  Run();
}

bool Connection::BodyIsComing() const {
  return exchange_.body != nullptr && !exchange_.body_came && !exchange_.owes_continue;
}

bool Connection::IsIdle() const {
  const bool nothing_came = input_.empty() || input_.view() == "\r";  // half of an empty line
  return state_ == State::kHead && !head_began_ && nothing_came && UnwrittenBytes() == 0;
}

std::optional<int64_t> Connection::UnfinishedSince() const {
  const bool is_unfinished = state_ == State::kHandshake || state_ == State::kBody ||
                             (state_ == State::kHead && head_began_);
  return is_unfinished ? std::optional(phase_nanos_) : std::nullopt;
}

}  // namespace sampo::http::internal
