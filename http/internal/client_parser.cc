// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/http/internal/client_parser.h"

#include <boost/beast/http/basic_parser.hpp>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "sampo/actor/base/check.h"
#include "sampo/actor/base/str_cat.h"

namespace sampo::http::internal {
namespace {

namespace beast = boost::beast;
using boost::system::error_code;
using stream::Bytes;

// The line before a chunk with its extension, and the trailer behind the last one, have to end
// within this. Chosen, not measured: nobody reads either.
constexpr size_t kChunkLineBytesMax = 16 * 1024;

// What a last chunk has at least: "0" and two line ends. Beast 1.74 asserts so much where it has
// seen a part of the last chunk before (found by //http/internal:server_fuzz).
constexpr size_t kLastChunkBytesMin = 5;

std::string_view ViewOf(beast::string_view text) { return {text.data(), text.size()}; }

bool Is(const error_code& code, beast::http::error what) {
  return code == beast::http::make_error_code(what);
}

// One response, read by Beast, judged here.
class OneResponse final : public beast::http::basic_parser<false> {
 public:
  OneResponse(const ResponseLimits& limits, bool is_head) : limits_(limits) {
    header_limit(static_cast<uint32_t>(limits.head_bytes_max));
    // Who reads the body bounds it. (boost::none would refuse each body that has a length.)
    body_limit(std::numeric_limits<uint64_t>::max());
    skip(is_head);
  }

  bool TakeHeadIsNew() { return std::exchange(head_is_new_, false); }
  std::string_view TakeBody() { return std::exchange(body_, {}); }
  ResponseHead& head() { return head_; }
  // Whether the line of a chunk, or what follows the last chunk, is next.
  bool IsAtChunkLine() { return is_header_done() && chunked() && chunk_left_ == 0; }
  const absl::Status& refusal() const { return refusal_; }

 private:
  void Refuse(absl::Status why, error_code& error) {
    if (refusal_.ok()) refusal_ = std::move(why);
    error = beast::http::make_error_code(beast::http::error::bad_field);
  }

  void on_request_impl(beast::http::verb, beast::string_view, beast::string_view, int,
                       error_code&) override {}

  void on_response_impl(int code, beast::string_view, int, error_code& error) override {
    if (code < 100 || code > 599) {
      return Refuse(absl::DataLossError(StrCat("its status is ", code)), error);
    }
    head_.status = static_cast<StatusCode>(code);
  }

  void on_field_impl(beast::http::field field, beast::string_view name, beast::string_view value,
                     error_code& error) override {
    if (is_head_done_) return;  // trailers: nobody asked for them
    if (head_.headers.size() >= static_cast<size_t>(limits_.header_count_max)) {
      return Refuse(
          absl::ResourceExhaustedError(
              StrCat("it has more than ", limits_.header_count_max, " fields (header_count_max)")),
          error);
    }
    if (!IsFieldName(ViewOf(name)) || !IsFieldValue(ViewOf(value))) {
      return Refuse(absl::DataLossError("a field has a character that may not be there"), error);
    }
    if (field == beast::http::field::content_length && ++lengths_ > 1) {
      return Refuse(absl::DataLossError("it has two Content-Length fields"), error);
    }
    if (field == beast::http::field::transfer_encoding &&
        (++encodings_ > 1 || !EqualsIgnoreCase(ViewOf(value), "chunked"))) {
      return Refuse(absl::DataLossError("its Transfer-Encoding is not \"chunked\" alone"), error);
    }
    head_.headers.AddUnchecked(std::string(ViewOf(name)), std::string(ViewOf(value)));
  }

  void on_header_impl(error_code& error) override {
    is_head_done_ = true;
    if (lengths_ > 0 && encodings_ > 0) {
      return Refuse(absl::DataLossError("it has Content-Length beside Transfer-Encoding"), error);
    }
    head_.keep_alive = keep_alive();
    head_.ends_with_connection = need_eof();
    if (is_done()) {
      head_.length = 0;
    } else if (const auto length = content_length()) {
      head_.length = *length;
    }
    head_is_new_ = true;
  }

  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
  size_t on_body_impl(beast::string_view body, error_code&) override {
    body_ = ViewOf(body);
    return body.size();
  }
  void on_chunk_header_impl(std::uint64_t size, beast::string_view, error_code&) override {
    chunk_left_ = size;
  }
  size_t on_chunk_body_impl(std::uint64_t, beast::string_view body, error_code&) override {
    chunk_left_ -= body.size();
    body_ = ViewOf(body);
    return body.size();
  }
  void on_finish_impl(error_code&) override {}

  const ResponseLimits limits_;
  ResponseHead head_;
  absl::Status refusal_;
  std::string_view body_;
  uint64_t chunk_left_ = 0;  // of the chunk that is read
  int lengths_ = 0;
  int encodings_ = 0;
  bool head_is_new_ = false;
  bool is_head_done_ = false;
};

}  // namespace

class ResponseParser::Impl {
 public:
  Impl(const ResponseLimits& limits, bool is_head) : limits_(limits), response_(limits, is_head) {}

  void Feed(Bytes bytes) {
    has_begun_ = has_begun_ || !bytes.empty();
    input_ = Bytes::Concat(input_, bytes);
  }
  void FeedEnd() { has_ended_ = true; }

  Event Next() {
    if (!failure_.ok()) return Event::kFailed;
    while (!response_.is_done()) {
      if (input_.size() == refused_size_ || IsPartOfLastChunk()) {
        return has_ended_ ? AtEnd() : Event::kNeedMore;
      }
      if (const std::optional<Event> event = Put()) return *event;
    }
    return Event::kEnd;
  }

  ResponseHead& head() { return response_.head(); }
  Bytes TakeBody() { return std::exchange(body_, Bytes()); }
  const absl::Status& failure() const { return failure_; }
  bool has_begun() const { return has_begun_; }
  Bytes TakeRest() { return std::exchange(input_, Bytes()); }

 private:
  // Shows Beast what is there once. Nothing: go on.
  std::optional<Event> Put() {
    error_code error;
    const size_t used =
        response_.put(boost::asio::const_buffer(input_.data(), input_.size()), error);
    const std::string_view body = response_.TakeBody();
    if (!body.empty()) {
      body_ = input_.Slice(static_cast<size_t>(body.data() - input_.data()), body.size());
    }
    input_ = input_.Drop(used);
    if (Is(error, beast::http::error::need_more)) {
      if (input_.size() > LineBytesMax()) return Fail(TooLong());
      refused_size_ = input_.size();
      return std::nullopt;
    }
    refused_size_ = 0;
    if (error) return Fail(StatusOf(error));
    if (response_.TakeHeadIsNew()) return Event::kHead;
    if (!body_.empty()) return Event::kBody;
    return std::nullopt;
  }

  // Too little to show Beast, though it may be all there is for now.
  bool IsPartOfLastChunk() {
    return input_.size() < kLastChunkBytesMin && response_.IsAtChunkLine() &&
           (input_.view()[0] == '0' || input_.view()[0] == '\r');
  }

  Event AtEnd() {
    if (!has_begun_) {
      return Fail(absl::UnavailableError("the connection ended before the response began"));
    }
    if (!response_.is_header_done()) {
      return Fail(absl::DataLossError("the connection ended in the head of the response"));
    }
    error_code error;
    response_.put_eof(error);
    if (error) return Fail(absl::DataLossError("the connection ended in the body of the response"));
    return Event::kEnd;
  }

  size_t LineBytesMax() const {
    return response_.is_header_done() ? kChunkLineBytesMax : limits_.head_bytes_max;
  }
  absl::Status TooLong() const {
    if (response_.is_header_done()) {
      return absl::ResourceExhaustedError(
          StrCat("the line of a chunk has more than ", kChunkLineBytesMax, " bytes"));
    }
    return absl::ResourceExhaustedError(
        StrCat("its head has more than ", limits_.head_bytes_max, " bytes (head_bytes_max)"));
  }
  absl::Status StatusOf(const error_code& error) const {
    if (!response_.refusal().ok()) return response_.refusal();
    if (Is(error, beast::http::error::header_limit)) return TooLong();
    return absl::DataLossError(error.message());
  }
  Event Fail(absl::Status why) {
    SAMPO_DCHECK(!why.ok());
    failure_ = std::move(why);
    return Event::kFailed;
  }

  const ResponseLimits limits_;
  OneResponse response_;
  Bytes input_;  // what Beast has not used yet
  Bytes body_;
  absl::Status failure_;
  size_t refused_size_ = 0;  // of the input which Beast can't use before more comes
  bool has_begun_ = false;
  bool has_ended_ = false;
};

ResponseParser::ResponseParser(const ResponseLimits& limits, bool is_head)
    : impl_(std::make_unique<Impl>(limits, is_head)) {}
ResponseParser::~ResponseParser() = default;

void ResponseParser::Feed(Bytes bytes) { impl_->Feed(std::move(bytes)); }
void ResponseParser::FeedEnd() { impl_->FeedEnd(); }
ResponseParser::Event ResponseParser::Next() { return impl_->Next(); }
ResponseHead& ResponseParser::head() { return impl_->head(); }
Bytes ResponseParser::TakeBody() { return impl_->TakeBody(); }
const absl::Status& ResponseParser::failure() const { return impl_->failure(); }
bool ResponseParser::HasBegun() const { return impl_->has_begun(); }
Bytes ResponseParser::TakeRest() { return impl_->TakeRest(); }

}  // namespace sampo::http::internal
