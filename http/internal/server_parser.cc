// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/http/internal/server_parser.h"

#include <algorithm>
#include <boost/beast/http/basic_parser.hpp>
#include <limits>
#include <optional>
#include <utility>

#include "absl/status/statusor.h"
#include "sampo/actor/base/check.h"
#include "sampo/actor/base/str_cat.h"

namespace sampo::http::internal {
namespace {

namespace beast = boost::beast;
using boost::system::error_code;

// What the last chunk has at least: "0" and two line ends. Beast 1.74 asserts so much where it has
// seen a part of it before (found by server_fuzz).
constexpr size_t kChunkLineBytesMin = 5;
// A chunk's line with its extension, or the trailer behind the last chunk, that does not end within
// this is refused: neither is worth more. Chosen, not measured.
constexpr size_t kChunkLineBytesMax = 16 * 1024;
// Of Content-Length: below 2^63, so that sums do not overflow.
constexpr size_t kLengthDigitsMax = 18;

std::string_view ViewOf(beast::string_view text) { return {text.data(), text.size()}; }

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool HasControl(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\t') || byte == 0x7f;
  });
}

// What may be in a Host field: names, addresses, a port.
bool IsHost(std::string_view host) {
  return std::all_of(host.begin(), host.end(), [](char c) {
    return IsDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           std::string_view("-._~!$&'()*+;=%:[]").find(c) != std::string_view::npos;
  });
}

// "GET /x HTTP/2.0": a version that is well formed, and not ours.
bool HasOtherVersion(std::string_view input) {
  const std::string_view line = input.substr(0, input.find('\r'));
  const size_t at = line.rfind(" HTTP/");
  if (at == std::string_view::npos || line.size() != at + 9) return false;
  const std::string_view version = line.substr(at + 6);
  return IsDigit(version[0]) && version[1] == '.' && IsDigit(version[2]) && version != "1.0" &&
         version != "1.1";
}

// What is wrong with the bytes at which Beast gave up.
Refusal RefusalOf(const error_code& code, std::string_view rest, bool in_first_line) {
  using beast::http::error;
  const auto is = [&code](enum beast::http::error what) {
    return code == beast::http::make_error_code(what);
  };
  if (is(error::header_limit)) {
    if (in_first_line) return {StatusCode::kUriTooLong, "the first line is too long"};
    return {StatusCode::kRequestHeaderFieldsTooLarge, "the head is too long"};
  }
  if (in_first_line && HasOtherVersion(rest)) {
    return {StatusCode::kHttpVersionNotSupported, "only HTTP/1.0 and HTTP/1.1 are spoken here"};
  }
  if (is(error::bad_content_length)) {
    return {StatusCode::kBadRequest, "Content-Length is no plain number, or not the only length"};
  }
  if (is(error::bad_transfer_encoding)) {
    return {StatusCode::kBadRequest, "Transfer-Encoding is not the only length"};
  }
  return {StatusCode::kBadRequest, code.message()};
}

// One request, read by Beast, judged here.
class OneRequest final : public beast::http::basic_parser<true> {
 public:
  OneRequest(const RequestLimits& limits, RequestHead& head, std::optional<Refusal>& refusal)
      : limits_(limits), head_(head), refusal_(refusal) {
    header_limit(static_cast<uint32_t>(limits.head_bytes_max));
    // Ours are in on_header_impl and on_chunk_header_impl. (None would refuse every length.)
    body_limit(std::numeric_limits<uint64_t>::max());
  }

  bool TakeHeadIsNew() { return std::exchange(head_is_new_, false); }
  std::string_view TakePiece() { return std::exchange(piece_, {}); }
  bool has_first_line() const { return has_first_line_; }
  // Whether a chunk's line, or what follows the last chunk, is next.
  bool IsAtChunkLine() { return is_header_done() && chunked() && chunk_left_ == 0; }
  uint64_t body_bytes() const { return body_bytes_; }

 private:
  void Refuse(StatusCode code, std::string reason, error_code& error) {
    if (!refusal_) refusal_ = Refusal{code, std::move(reason)};
    error = beast::http::make_error_code(beast::http::error::bad_field);
  }

  void on_request_impl(beast::http::verb, beast::string_view method, beast::string_view target,
                       int version, error_code& error) override {
    has_first_line_ = true;
    head_.is_http_1_0 = version == 10;
    if (target.size() > limits_.uri_bytes_max) {
      return Refuse(StatusCode::kUriTooLong,
                    StrCat("the target has more than ", limits_.uri_bytes_max, " bytes"), error);
    }
    head_.target.assign(target.data(), target.size());
    const std::optional<Method> known = ParseMethod(ViewOf(method));
    if (!known) return Refuse(StatusCode::kNotImplemented, "the method is not known here", error);
    head_.method = *known;
    head_.has_method = true;
    absl::StatusOr<Uri> uri = Uri::Parse(ViewOf(target));
    if (!uri.ok()) {
      return Refuse(StatusCode::kBadRequest, std::string(ToStd(uri.status().message())), error);
    }
    head_.uri = *std::move(uri);
    if (head_.uri.path() == "*" && head_.method != Method::kOptions) {
      return Refuse(StatusCode::kBadRequest, "the target * belongs to OPTIONS", error);
    }
  }

  void on_field_impl(beast::http::field field, beast::string_view name, beast::string_view value,
                     error_code& error) override {
    if (is_head_done_) return;  // trailers: nobody asked for them
    if (IsFolded(name, value)) {
      return Refuse(StatusCode::kBadRequest, "a header field goes over two lines", error);
    }
    if (name.size() > limits_.header_name_bytes_max ||
        value.size() > limits_.header_value_bytes_max ||
        head_.headers.size() >= static_cast<size_t>(limits_.header_count_max)) {
      return Refuse(StatusCode::kRequestHeaderFieldsTooLarge,
                    StrCat("at most ", limits_.header_count_max, " header fields, names of ",
                           limits_.header_name_bytes_max, " and values of ",
                           limits_.header_value_bytes_max, " bytes"),
                    error);
    }
    Judge(field, ViewOf(value), error);
    if (!error) head_.headers.AddUnchecked(std::string(ViewOf(name)), std::string(ViewOf(value)));
  }

  // A value that went over several lines was put together elsewhere, or stands behind a line's end.
  static bool IsFolded(beast::string_view name, beast::string_view value) {
    const char* behind = name.data() + name.size();
    if (value.data() < behind || value.data() > behind + 64 * 1024) return true;
    return std::find(behind, value.data(), '\n') != value.data();
  }

  void Judge(beast::http::field name, std::string_view value, error_code& error) {
    using beast::http::field;
    switch (name) {
      case field::host:
        if (++hosts_ > 1) return Refuse(StatusCode::kBadRequest, "two Host fields", error);
        if (!IsHost(value)) return Refuse(StatusCode::kBadRequest, "Host is no host", error);
        return;
      case field::content_length:
        if (++lengths_ > 1) return Refuse(StatusCode::kBadRequest, "two lengths", error);
        return JudgeLength(value, error);
      case field::transfer_encoding:
        if (++encodings_ > 1 || !EqualsIgnoreCase(value, "chunked") || head_.is_http_1_0) {
          return Refuse(StatusCode::kBadRequest,
                        "Transfer-Encoding may be \"chunked\", once, in HTTP/1.1", error);
        }
        head_.is_chunked = true;
        return;
      case field::expect:
        if (!EqualsIgnoreCase(value, "100-continue")) {
          return Refuse(StatusCode::kExpectationFailed, "only 100-continue can be expected", error);
        }
        head_.expects_continue = !head_.is_http_1_0;
        return;
      default:
        return;
    }
  }
  void JudgeLength(std::string_view value, error_code& error) {
    if (value.empty() || value.size() > kLengthDigitsMax ||
        !std::all_of(value.begin(), value.end(), IsDigit)) {
      return Refuse(
          value.size() > kLengthDigitsMax ? StatusCode::kContentTooLarge : StatusCode::kBadRequest,
          "Content-Length is no plain number", error);
    }
    for (const char c : value) {
      head_.content_length = head_.content_length * 10 + static_cast<uint64_t>(c - '0');
    }
  }

  void on_header_impl(error_code& error) override {
    is_head_done_ = true;
    if (lengths_ > 0 && encodings_ > 0) {
      return Refuse(StatusCode::kBadRequest, "Content-Length beside Transfer-Encoding", error);
    }
    if (hosts_ == 0 && !head_.is_http_1_0) {
      return Refuse(StatusCode::kBadRequest, "HTTP/1.1 without Host", error);
    }
    if (head_.content_length > limits_.content_length_max) return RefuseBody(error);
    head_.keep_alive = keep_alive();
    head_is_new_ = true;
  }
  void RefuseBody(error_code& error) {
    Refuse(StatusCode::kContentTooLarge,
           StrCat("at most ", limits_.content_length_max, " bytes of body"), error);
  }

  void on_chunk_header_impl(uint64_t size, beast::string_view extension,
                            error_code& error) override {
    if (extension.size() > limits_.chunk_extension_bytes_max || HasControl(ViewOf(extension))) {
      return Refuse(StatusCode::kBadRequest, "a chunk's extension is too long, or no text", error);
    }
    if (size > limits_.chunk_bytes_max) {
      return Refuse(StatusCode::kContentTooLarge,
                    StrCat("at most ", limits_.chunk_bytes_max, " bytes in a chunk"), error);
    }
    chunk_left_ = size;
    announced_bytes_ += size;  // no overflow: each is below 2^48, and they are read in between
    if (announced_bytes_ > limits_.content_length_max) RefuseBody(error);
  }
  size_t on_body_impl(beast::string_view body, error_code&) override {
    piece_ = ViewOf(body);
    body_bytes_ += body.size();
    return body.size();
  }
  size_t on_chunk_body_impl(uint64_t, beast::string_view body, error_code& error) override {
    chunk_left_ -= body.size();
    return on_body_impl(body, error);
  }
  void on_response_impl(int, beast::string_view, int, error_code&) override {}
  void on_body_init_impl(const boost::optional<uint64_t>&, error_code&) override {}
  void on_finish_impl(error_code&) override {}

  const RequestLimits& limits_;
  RequestHead& head_;
  std::optional<Refusal>& refusal_;
  bool has_first_line_ = false;
  bool is_head_done_ = false;
  bool head_is_new_ = false;
  int hosts_ = 0;
  int lengths_ = 0;
  int encodings_ = 0;
  uint64_t announced_bytes_ = 0;  // by chunks' lines
  uint64_t chunk_left_ = 0;       // of the chunk that is read
  uint64_t body_bytes_ = 0;
  std::string_view piece_;
};

}  // namespace

class RequestParser::Impl {
 public:
  explicit Impl(const RequestLimits& limits) : limits_(limits) { Reset(); }

  void Reset() {
    head_.headers = Headers();
    head_.target.clear();  // keeps its memory
    head_.is_http_1_0 = head_.keep_alive = head_.expects_continue = false;
    head_.is_chunked = head_.has_method = false;
    head_.content_length = 0;
    head_bytes_ = 0;
    has_begun_ = false;
    refusal_.reset();
    request_.emplace(limits_, head_, refusal_);
  }

  Step Next(std::string_view input) {
    SAMPO_CHECK(!refusal_, "RequestParser::Next after a failure");
    size_t consumed = 0;
    if (!has_begun_) {
      // One empty line before a request: clients of old end a body with one (RFC 9112 section 2.2).
      if (input.substr(0, 2) == "\r\n") consumed = 2;
      if (input.size() == consumed || input == "\r") return {Kind::kNeedMore, 0};
      has_begun_ = true;
    }
    for (;;) {
      if (request_->is_done()) return {Kind::kEnd, consumed};
      const std::string_view rest = input.substr(consumed);
      if (rest.size() < kChunkLineBytesMin && request_->IsAtChunkLine() &&
          (rest.empty() || rest[0] == '0' || rest[0] == '\r')) {
        return {Kind::kNeedMore, consumed};
      }
      const bool in_head = !request_->is_header_done();
      error_code error;
      const size_t used = request_->put(boost::asio::const_buffer(rest.data(), rest.size()), error);
      consumed += used;
      if (in_head && (head_bytes_ += used) > limits_.head_bytes_max && !refusal_) {
        refusal_ = {StatusCode::kRequestHeaderFieldsTooLarge, "the head is too long"};
      }
      if (refusal_) return {Kind::kFailed, consumed};
      if (request_->TakeHeadIsNew()) return {Kind::kHead, consumed};
      if (const std::string_view piece = request_->TakePiece(); !piece.empty()) {
        return {Kind::kPiece, consumed, piece};
      }
      if (error == beast::http::error::need_more) return NeedMore(input, consumed);
      if (error) {
        refusal_ = RefusalOf(error, rest, !request_->has_first_line());
        return {Kind::kFailed, consumed};
      }
      if (consumed == input.size() && !request_->is_done()) return {Kind::kNeedMore, consumed};
    }
  }

  RequestHead& head() { return head_; }
  const Refusal& refusal() const { return *refusal_; }
  uint64_t body_bytes() const { return request_->body_bytes(); }

 private:
  // Whether what is left unused may still become something.
  Step NeedMore(std::string_view input, size_t consumed) {
    const size_t left = input.size() - consumed;
    if (!request_->is_header_done()) {
      // The target's limit, while its end has not come: "GET " and " HTTP/1.1" beside it.
      if (!request_->has_first_line() && left > limits_.uri_bytes_max + 32) {
        refusal_ = {StatusCode::kUriTooLong, "the first line is too long"};
      } else if (head_bytes_ + left > limits_.head_bytes_max) {
        refusal_ = {StatusCode::kRequestHeaderFieldsTooLarge, "the head is too long"};
      }
    } else if (left > kChunkLineBytesMax) {
      refusal_ = {StatusCode::kBadRequest, "a chunk's line, or the trailer, is too long"};
    }
    return {refusal_ ? Kind::kFailed : Kind::kNeedMore, consumed};
  }

  const RequestLimits& limits_;
  RequestHead head_;
  std::optional<Refusal> refusal_;
  std::optional<OneRequest> request_;
  size_t head_bytes_ = 0;
  bool has_begun_ = false;  // a byte of the request was seen
};

RequestParser::RequestParser(const RequestLimits& limits) : impl_(std::make_unique<Impl>(limits)) {}
RequestParser::~RequestParser() = default;
RequestParser::Step RequestParser::Next(std::string_view input) { return impl_->Next(input); }
RequestHead& RequestParser::head() { return impl_->head(); }
const RequestHead& RequestParser::head() const { return impl_->head(); }
const Refusal& RequestParser::refusal() const { return impl_->refusal(); }
uint64_t RequestParser::body_bytes() const { return impl_->body_bytes(); }
void RequestParser::Reset() { impl_->Reset(); }

}  // namespace sampo::http::internal
