// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// The half of Connection that answers.
#include <algorithm>
#include <utility>

#include "sampo/actor/base/str_cat.h"
#include "sampo/http/internal/server_connection.h"
#include "sampo/stream/errors.h"

namespace sampo::http::internal {
namespace {

constexpr OutboundTexts kAnswerTexts = {.stage = "httpAnswer",
                                        .body = "the body of an answer",
                                        .waits_for = "a client that reads its answer"};

// What of a failure a client may know: its own mistakes, not our troubles.
HttpResponse AnswerOf(const absl::Status& failure) {
  const StatusCode code = StatusCodeOf(failure);
  return PlainAnswer(code, ToNumber(code) < 500 ? ToStd(failure.message()) : std::string_view());
}

absl::Status CheckAnswer(const HttpResponse& response) {
  // A client waits behind 1xx for another answer, and would take the next request's for it.
  if (const int code = ToNumber(response.status); code < 200 || code > 999) {
    return absl::InvalidArgumentError(
        StrCat("http: the answer's status is ", code, "; allowed: 200 to 999"));
  }
  return CheckFields(response.headers);
}

}  // namespace

void Connection::OnResult(absl::StatusOr<HttpResponse> result) {
  if (!exchange_.handler_runs) return;  // it was too late
  exchange_.handler_runs = false;
  if (result.ok()) return Answer(*std::move(result));
  HttpResponse answer = AnswerOf(result.status());
  if (ToNumber(answer.status) >= 500) {
    home_.shared().log.Warning(NameOfRequest(), " failed: ", result.status().ToString());
  }
  Answer(std::move(answer));
}

void Connection::Refuse(StatusCode code, std::string_view reason) {
  home_.shared().log.Debug(NameOfRequest(), ": refused with ", ToNumber(code), ": ", reason);
  exchange_.handler_runs = false;
  exchange_.keep_alive = false;
  exchange_.body_left = true;
  FailBody(absl::CancelledError(
      StrCat("http: the request was answered ", ToNumber(code), ": ", reason)));
  state_ = State::kBusy;
  must_linger_ = true;
  Answer(PlainAnswer(code, reason));
}

void Connection::Answer(HttpResponse response) {
  const absl::Status sound = CheckAnswer(response);
  if (!sound.ok()) {
    home_.shared().log.Error(NameOfRequest(), ": ", sound.ToString());
    response = PlainAnswer(StatusCode::kInternalServerError, "");
  }
  exchange_.status = ToNumber(response.status);
  if (response.entity.IsStrict()) {
    AnswerStrict(response);
  } else {
    AnswerStreamed(response);
  }
}

void Connection::AnswerStrict(const HttpResponse& response) {
  const Bytes& bytes = response.entity.bytes();
  const bool has_body = MayHaveBody(response.status);
  exchange_.framing = has_body ? BodyFraming::kLength : BodyFraming::kNone;
  AppendHeadOf(response, bytes.size());
  if (has_body && exchange_.method != Method::kHead) {
    out_.Append(bytes);
    exchange_.answer_bytes = bytes.size();
  }
  FinishAnswer();
}

void Connection::AnswerStreamed(const HttpResponse& response) {
  const std::optional<uint64_t> length = response.entity.length();
  if (!MayHaveBody(response.status)) {
    exchange_.framing = BodyFraming::kNone;
  } else if (length) {
    exchange_.framing = BodyFraming::kLength;
  } else if (!exchange_.is_http_1_0) {
    exchange_.framing = BodyFraming::kChunked;
  } else {
    exchange_.framing = BodyFraming::kUntilClose;
    exchange_.keep_alive = false;
  }
  if (exchange_.framing == BodyFraming::kNone || exchange_.method == Method::kHead) {
    AppendHeadOf(response, length.value_or(0));
    return FinishAnswer();  // the stream is never run
  }
  // Before the head, which can't be taken back. What the stream gives comes later.
  absl::StatusOr<std::shared_ptr<OutboundBody>> answer =
      OutboundBody::Start(*home_.shared().system, response.entity, AddressOfThis(), kAnswerTexts,
                          settings().write_buffer_bytes);
  if (!answer.ok()) {
    home_.shared().log.Error(
        NameOfRequest(), ": the stream of its answer can't be run: ", answer.status().ToString());
    exchange_.status = ToNumber(StatusCode::kInternalServerError);
    return AnswerStrict(PlainAnswer(StatusCode::kInternalServerError, ""));
  }
  // It may be made of the body, which then comes when the client is told to send it.
  const bool is_wanted = exchange_.body != nullptr && !exchange_.body->IsDropped();
  if (exchange_.owes_continue && is_wanted) SayContinue();
  AppendHeadOf(response, length.value_or(0));
  exchange_.answer_left = length.value_or(0);
  exchange_.answer = *std::move(answer);
}

void Connection::SayContinue() {
  exchange_.owes_continue = false;
  out_.Append("HTTP/1.1 100 Continue\r\n\r\n");
}

void Connection::AppendHeadOf(const HttpResponse& response, uint64_t length) {
  // A client that waits for 100 may send its body now, or not: nobody can tell.
  if (response.close || exchange_.owes_continue ||
      (exchange_.body != nullptr && exchange_.body->IsDropped()) ||
      home_.shared().draining.load(std::memory_order_relaxed)) {
    exchange_.keep_alive = false;
  }
  exchange_.is_answered = true;
  last_activity_nanos_ = now_nanos_;
  AppendHead(response,
             {.framing = exchange_.framing,
              .length = length,
              .keep_alive = exchange_.keep_alive,
              .is_http_1_0 = exchange_.is_http_1_0,
              .date = loop_.HttpDate(now_nanos_),
              .server_name = settings().server_name,
              .request_id = exchange_.id_came ? exchange_.request_id : std::string_view()},
             out_.text());
  out_.Appended();
}

void Connection::OnOutboundPiece(uint64_t exchange, Bytes piece) {
  if (exchange != number_ || exchange_.answer == nullptr || state_ == State::kClosed) return;
  now_nanos_ = last_activity_nanos_ = loop_.NowNanos();
  exchange_.lent_bytes += piece.size();
  exchange_.answer_bytes += piece.size();
  if (exchange_.framing == BodyFraming::kChunked) {
    AppendChunkLine(piece.size(), out_.text());
    out_.Appended();
    out_.Append(piece);
    out_.Append(kChunkEnd);
    return Run();
  }
  if (exchange_.framing == BodyFraming::kLength) {
    if (piece.size() > exchange_.answer_left) {
      home_.shared().log.Error(NameOfRequest(),
                               ": the stream of its answer is longer than the "
                               "length it was given; the connection is closed");
      return Close(true);
    }
    exchange_.answer_left -= piece.size();
  }
  out_.Append(piece);
  Run();
}

void Connection::OnOutboundEnd(uint64_t exchange, const absl::Status& end) {
  if (exchange != number_ || exchange_.answer == nullptr || state_ == State::kClosed) return;
  now_nanos_ = loop_.NowNanos();
  const bool is_short =
      exchange_.framing == BodyFraming::kLength && exchange_.answer_left > 0 && end.ok();
  if (!end.ok() || is_short) {
    home_.shared().log.Warning(
        NameOfRequest(), ": the stream of its answer ",
        is_short ? std::string("is shorter than the length it was given") : end.ToString(),
        "; the connection is closed");
    exchange_.answer = nullptr;
    return Close(true);  // the one way to say that a body is not whole
  }
  exchange_.answer = nullptr;
  if (exchange_.framing == BodyFraming::kChunked) out_.Append(kLastChunk);
  FinishAnswer();
  Run();
}

void Connection::FinishAnswer() {
  exchange_.is_done = true;
  Record(false);
  // A body that is not read to its end holds the connection until somebody has. One that the client
  // was not told to send may never come.
  if (exchange_.body != nullptr && !exchange_.owes_continue) return;
  EndExchange();
}

void Connection::EndExchange() {
  if (exchange_.keep_alive) return NextExchange();
  if (exchange_.body != nullptr) must_linger_ = true;
  CloseWhenFlushed();
}

void Connection::Record(bool cut) {
  const int64_t now = loop_.NowNanos();
  home_.CountAnswer(exchange_.status, now - exchange_.started_nanos);
  if (settings().access_log != nullptr || home_.shared().access_log.Enabled(LogLevel::kDebug)) {
    WriteAccessLog(cut, now);
  }
}

void Connection::WriteAccessLog(bool cut, int64_t now) {
  const RequestHead& head = parser_.head();
  AccessLogEntry entry;
  entry.time = loop_.clock().WallTime();
  entry.request_id = exchange_.request_id;
  entry.peer = transport_->peer();
  if (exchange_.has_method) entry.method = ToString(exchange_.method);
  if (exchange_.has_method) entry.target = head.target;
  entry.status = exchange_.status;
  entry.request_bytes = parser_.body_bytes();
  entry.response_bytes = exchange_.answer_bytes;
  entry.duration = absl::Nanoseconds(now - exchange_.started_nanos);
  entry.cut = cut;
  if (settings().access_log == nullptr) {
    return home_.shared().access_log.Debug(FormatAccess(entry));
  }
  try {
    settings().access_log(entry);
  } catch (...) {
    home_.shared().log.Error("the access log's function threw ",
                             stream::StatusOfCurrentException().ToString());
  }
}

// --- writing ---

void Connection::Flush() {
  if (is_writing_ || state_ == State::kClosed) return;
  while (!out_.empty()) {
    std::string_view pieces[OutQueue::kGatherMax];
    const size_t count = out_.Gather(pieces);
    size_t offered = 0;
    for (size_t at = 0; at < count; ++at) offered += pieces[at].size();
    const size_t written = transport_->TryWrite(pieces, count);
    home_.CountSent(written);
    out_.Consume(written);
    if (written < offered) break;
  }
  if (out_.empty()) return AfterFlush();
  out_.Swap(writing_);
  is_writing_ = true;
  last_write_nanos_ = now_nanos_;
  StartWrite();
}

void Connection::StartWrite() {
  std::string_view pieces[OutQueue::kGatherMax];
  const size_t count = writing_.Gather(pieces);
  transport_->Write(pieces, count, shared_from_this());
}

void Connection::OnWritten(bool ok, size_t bytes) {
  if (state_ == State::kClosed) return;
  if (!ok) return Close(true);
  now_nanos_ = last_activity_nanos_ = last_write_nanos_ = loop_.NowNanos();
  home_.CountSent(bytes);
  writing_.Consume(bytes);
  if (!writing_.empty()) return StartWrite();
  is_writing_ = false;
  Run();
}

void Connection::AfterFlush() {
  if (exchange_.answer != nullptr && exchange_.lent_bytes > 0) {
    exchange_.answer->Written(std::exchange(exchange_.lent_bytes, 0));
  }
  if (close_when_flushed_ && state_ != State::kLinger) Linger();
}

void Connection::CloseWhenFlushed() {
  close_when_flushed_ = true;
  if (!input_.empty() || exchange_.body_left) must_linger_ = true;
}

// Closing with unread bytes resets the connection, and the client may never see its answer. So our
// direction ends first, and theirs is read on for a while.
void Connection::Linger() {
  if (input_ended_ || !must_linger_) return Close(false);
  transport_->EndWriting(shared_from_this());
  state_ = State::kLinger;
  phase_nanos_ = now_nanos_;
  input_.Consume(input_.size());
  wants_read_ = true;
}

void Connection::Close(bool abort) {
  if (state_ == State::kClosed) return;
  const std::shared_ptr<Connection> self = shared_from_this();
  const bool cut = (state_ == State::kBody || state_ == State::kBusy) && !exchange_.is_done;
  state_ = State::kClosed;
  if (exchange_.answer != nullptr) exchange_.answer->Cancel();
  exchange_.answer = nullptr;
  FailBody(absl::CancelledError("http: the connection ended before the request's body did"));
  if (cut) {
    if (!exchange_.is_answered) exchange_.status = ToNumber(StatusCode::kClientClosedRequest);
    Record(true);
  }
  ++number_;  // what its handler still gives is for nobody
  loop_.Forget(this);
  if (!abort && transport_->is_tls()) transport_->EndWriting(self);
  transport_->Close(abort);
  home_.Remove(id_);
}

// --- what it is about, for logs ---

std::string Connection::NameOfRequest() const {
  if (!exchange_.has_method) return StrCat("a request from ", transport_->peer());
  return StrCat(ToString(exchange_.method), " ", parser_.head().target, " from ",
                transport_->peer());
}

std::string Connection::Describe() const {
  const absl::Duration since = absl::Nanoseconds(loop_.NowNanos() - phase_nanos_);
  const auto with = [&](std::string_view what) {
    return StrCat(NameOfRequest(), ": ", what, ", for ", absl::FormatDuration(since));
  };
  switch (state_) {
    case State::kHandshake:
      return StrCat("TLS with ", transport_->peer());
    case State::kHead:
      return StrCat(IsIdle() ? "nothing" : "the head of a request", " from ", transport_->peer());
    case State::kBody:
      return with("its body");
    case State::kBusy:
      return with(exchange_.handler_runs ? "its handler" : "its streams");
    case State::kLinger:
    case State::kClosed:
      return StrCat("the end of ", transport_->peer());
  }
  return "";
}

}  // namespace sampo::http::internal
