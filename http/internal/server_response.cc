// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/http/internal/server_response.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <utility>

#include "sampo/actor/base/check.h"
#include "sampo/actor/base/str_cat.h"

namespace sampo::http::internal {
namespace {

// A queue that has grown beyond this gives its memory back when it is empty.
constexpr size_t kKeptTextBytes = 16 * 1024;
constexpr size_t kKeptSegments = 8;

void AppendNumber(uint64_t number, int base, std::string& out) {
  char digits[24];
  const auto end = std::to_chars(std::begin(digits), std::end(digits), number, base);
  out.append(digits, end.ptr);
}

void AppendField(std::string_view name, std::string_view value, std::string& out) {
  out.append(name).append(": ").append(value).append("\r\n");
}

// The connection's own fields. `has_type`: the entity says the type.
bool IsOwned(std::string_view name, bool has_type) {
  switch (name.size()) {
    case 4:
      return EqualsIgnoreCase(name, "date");
    case 6:
      return EqualsIgnoreCase(name, "server");
    case 10:
      return EqualsIgnoreCase(name, "connection") || EqualsIgnoreCase(name, "keep-alive");
    case 12:
      return has_type && EqualsIgnoreCase(name, "content-type");
    case 14:
      return EqualsIgnoreCase(name, "content-length");
    case 17:
      return EqualsIgnoreCase(name, "transfer-encoding");
    default:
      return false;
  }
}

}  // namespace

absl::Status CheckFields(const Headers& headers) {
  for (const Header& field : headers) {
    if (IsFieldName(field.name) && IsFieldValue(field.value)) continue;
    return absl::InvalidArgumentError(
        StrCat("http: an answer's field ", IsFieldName(field.name) ? field.name : "(no token)",
               " has a control character; use Headers::Add, which refuses it"));
  }
  return absl::OkStatus();
}

bool MayHaveBody(StatusCode code) {
  return ToNumber(code) >= 200 && code != StatusCode::kNoContent &&
         code != StatusCode::kNotModified;
}

void AppendHead(const HttpResponse& response, const HeadContext& context, std::string& out) {
  out.append("HTTP/1.1 ");
  AppendNumber(static_cast<uint64_t>(ToNumber(response.status)), 10, out);
  out.append(" ").append(Reason(response.status)).append("\r\n");
  if (!context.server_name.empty()) AppendField("Server", context.server_name, out);
  AppendField("Date", context.date, out);
  const ContentType& type = response.entity.content_type();
  if (!type.empty()) AppendField("Content-Type", type.ToString(), out);
  for (const Header& field : response.headers) {
    if (!IsOwned(field.name, !type.empty())) AppendField(field.name, field.value, out);
  }
  if (!context.request_id.empty()) AppendField("X-Request-Id", context.request_id, out);
  if (context.framing == BodyFraming::kLength) {
    out.append("Content-Length: ");
    AppendNumber(context.length, 10, out);
    out.append("\r\n");
  } else if (context.framing == BodyFraming::kChunked) {
    out.append("Transfer-Encoding: chunked\r\n");
  }
  if (!context.keep_alive) {
    out.append("Connection: close\r\n");
  } else if (context.is_http_1_0) {
    out.append("Connection: keep-alive\r\n");
  }
  out.append("\r\n");
}

void AppendChunkLine(size_t size, std::string& out) {
  AppendNumber(size, 16, out);
  out.append("\r\n");
}

HttpResponse PlainAnswer(StatusCode code, std::string_view text) {
  HttpResponse response{.status = code};
  std::string line = StrCat(ToNumber(code), " ", Reason(code));
  if (!text.empty()) line.append(": ").append(text);
  line.push_back('\n');
  if (MayHaveBody(code)) response.entity = Entity::Text(line);
  return response;
}

OutQueue::Segment& OutQueue::Open() {
  if (used_ == 0 || !segments_[used_ - 1].bytes.empty()) {
    if (used_ == segments_.size()) segments_.emplace_back();
    ++used_;
    counted_ = 0;
  }
  return segments_[used_ - 1];
}

std::string& OutQueue::text() { return Open().text; }

void OutQueue::Appended() {
  const size_t size = segments_[used_ - 1].text.size();
  bytes_ += size - std::exchange(counted_, size);
}

void OutQueue::Append(std::string_view more) {
  text().append(more);
  Appended();
}

void OutQueue::Append(const Bytes& bytes) {
  if (bytes.size() <= kCopyBytesMax) return Append(bytes.view());
  Open().bytes = bytes;
  bytes_ += bytes.size();
}

size_t OutQueue::Gather(std::string_view* pieces) const {
  size_t count = 0;
  size_t skip = offset_;
  for (size_t at = first_; at < used_ && count + 2 <= kGatherMax; ++at) {
    for (const std::string_view part :
         {std::string_view(segments_[at].text), segments_[at].bytes.view()}) {
      const size_t skipped = std::min(skip, part.size());
      skip -= skipped;
      if (part.size() > skipped) pieces[count++] = part.substr(skipped);
    }
  }
  return count;
}

void OutQueue::Consume(size_t bytes) {
  SAMPO_CHECK(bytes <= bytes_, "OutQueue::Consume of more than is there");
  bytes_ -= bytes;
  if (bytes_ == 0) return Clear();
  offset_ += bytes;
  while (offset_ >= segments_[first_].text.size() + segments_[first_].bytes.size()) {
    offset_ -= segments_[first_].text.size() + segments_[first_].bytes.size();
    segments_[first_].bytes = Bytes();  // it need not wait for the rest
    segments_[first_].text.clear();
    ++first_;
  }
}

void OutQueue::Clear() {
  if (segments_.size() > kKeptSegments) segments_.resize(kKeptSegments);
  for (Segment& segment : segments_) {
    segment.text.clear();
    if (segment.text.capacity() > kKeptTextBytes) segment.text.shrink_to_fit();
    segment.bytes = Bytes();
  }
  used_ = first_ = offset_ = bytes_ = counted_ = 0;
}

void OutQueue::Swap(OutQueue& other) noexcept {
  std::swap(segments_, other.segments_);
  std::swap(used_, other.used_);
  std::swap(first_, other.first_);
  std::swap(offset_, other.offset_);
  std::swap(bytes_, other.bytes_);
  std::swap(counted_, other.counted_);
}

}  // namespace sampo::http::internal
