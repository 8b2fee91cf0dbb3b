// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/stream/io/framing.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "sampo/actor/base/check.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/stream/io/internal/framers.h"

namespace sampo::stream {
namespace internal {
namespace {

constexpr size_t kNotFound = std::string_view::npos;

absl::Status Truncated(size_t bytes) {
  return absl::DataLossError(
      StrCat("framing: the stream ended within a frame, of which ", bytes, " bytes had come"));
}

int64_t ReadLength(std::string_view field, ByteOrder order) {
  uint64_t value = 0;
  for (size_t i = 0; i < field.size(); ++i) {
    const size_t at = order == ByteOrder::kBigEndian ? i : field.size() - 1 - i;
    value = value << 8 | static_cast<unsigned char>(field[at]);
  }
  return static_cast<int64_t>(value);
}

}  // namespace

size_t DelimiterFramer::FindEnd() const {
  const std::string_view rest = input_.rest();
  const size_t overlap = std::min(delimiter_.size() - 1, input_.carry().size());
  if (overlap > 0) {
    std::string seam = input_.carry().substr(input_.carry().size() - overlap);
    seam.append(rest.substr(0, delimiter_.size() - 1));
    const size_t found = seam.find(delimiter_);
    if (found != kNotFound) return found + delimiter_.size() - overlap;
  }
  if (delimiter_.size() == 1) {
    const void* found = std::memchr(rest.data(), delimiter_[0], rest.size());
    if (found == nullptr) return kNotFound;
    return static_cast<size_t>(static_cast<const char*>(found) - rest.data()) + 1;
  }
  const size_t found = rest.find(delimiter_);
  return found == kNotFound ? kNotFound : found + delimiter_.size();
}

ChunkerStep DelimiterFramer::TooLong() {
  return Fail(absl::ResourceExhaustedError(
      StrCat("framing: a frame of ", input_.size(), " bytes or less; it may have ", max_)));
}

ChunkerStep DelimiterFramer::Next() {
  const size_t end = input_.rest().empty() ? kNotFound : FindEnd();
  if (end != kNotFound) {
    if (input_.carry().size() + end - delimiter_.size() > max_) return TooLong();
    return ChunkerStep::Piece(input_.Take(end, delimiter_.size()));
  }
  // The delimiter may have begun.
  if (input_.size() > max_ + delimiter_.size() - 1) return TooLong();
  if (!finished_) {
    input_.KeepRest();
    return ChunkerStep::NeedMore();
  }
  if (input_.size() == 0) return ChunkerStep::NeedMore();
  if (truncation_ == Truncation::kRefused) return Fail(Truncated(input_.size()));
  if (input_.size() > max_) return TooLong();
  return ChunkerStep::Piece(input_.Take(input_.rest().size()));
}

bool LengthFieldFramer::ReadHeader(std::string_view header) {
  const int64_t length = ReadLength(header.substr(field_.offset), field_.order);
  int64_t bytes = length + static_cast<int64_t>(header_bytes());
  if (field_.frame_bytes) bytes = field_.frame_bytes(header.substr(0, field_.offset), length);
  if (bytes < static_cast<int64_t>(header_bytes())) {
    (void)Fail(absl::InvalidArgumentError(StrCat(
        "framing: a frame of ", bytes, " bytes is shorter than its header of ", header_bytes())));
    return false;
  }
  if (static_cast<uint64_t>(bytes) > field_.frame_bytes_max) {
    (void)Fail(absl::ResourceExhaustedError(
        StrCat("framing: a frame of ", bytes, " bytes; it may have ", field_.frame_bytes_max)));
    return false;
  }
  frame_bytes_ = static_cast<size_t>(bytes);
  return true;
}

ChunkerStep LengthFieldFramer::Next() {
  if (frame_bytes_ == 0 && input_.size() >= header_bytes()) {
    if (!input_.carry().empty() && input_.carry().size() < header_bytes()) {
      input_.Keep(header_bytes() - input_.carry().size());
    }
    const std::string_view header = input_.carry().empty() ? input_.rest() : input_.carry();
    if (!ReadHeader(header.substr(0, header_bytes()))) return ChunkerStep::Failed();
  }
  if (frame_bytes_ > 0 && input_.size() >= frame_bytes_) {
    const size_t bytes = std::exchange(frame_bytes_, 0);
    return ChunkerStep::Piece(input_.Take(bytes - input_.carry().size()));
  }
  if (finished_) {
    if (input_.size() > 0) return Fail(Truncated(input_.size()));
  } else {
    input_.KeepRest();
  }
  return ChunkerStep::NeedMore();
}

}  // namespace internal

Flow<Bytes, Bytes> Framing::Delimiter(std::string delimiter, size_t frame_bytes_max,
                                      Truncation truncation, SourceLocation where) {
  SAMPO_CHECK(!delimiter.empty(), "Framing::Delimiter with an empty delimiter");
  return internal::ChunkerFlow("delimiterFraming", where, [delimiter, frame_bytes_max, truncation] {
    return internal::DelimiterFramer(delimiter, frame_bytes_max, truncation);
  });
}

Flow<Bytes, Bytes> Framing::ByLengthField(LengthField field, SourceLocation where) {
  SAMPO_CHECK(field.bytes >= 1 && field.bytes <= 4, "a length field has 1 to 4 bytes");
  return internal::ChunkerFlow("lengthFieldFraming", where,
                               [field] { return internal::LengthFieldFramer(field); });
}

Flow<Bytes, Bytes> Framing::SimpleFramingEncoder(size_t message_bytes_max, SourceLocation where) {
  const size_t max = std::min<size_t>(message_bytes_max, UINT32_MAX);
  auto encode = [max](const Bytes& message) {
    const size_t size = message.size();
    if (size > max) {
      throw absl::BadStatusOrAccess(absl::ResourceExhaustedError(
          StrCat("framing: a message of ", size, " bytes; it may have ", max)));
    }
    BytesBuilder frame(4 + size);
    for (int i = 0; i < 4; ++i) frame.data()[i] = static_cast<char>(size >> (8 * (3 - i)) & 0xff);
    if (size > 0) std::memcpy(frame.data() + 4, message.data(), size);
    return std::move(frame).Finish(4 + size);
  };
  return Flow<Bytes>().Map(encode, where);
}

Flow<Bytes, Bytes> Framing::SimpleFramingDecoder(size_t message_bytes_max, SourceLocation where) {
  LengthField field;
  field.frame_bytes_max = message_bytes_max + 4;
  field.order = ByteOrder::kBigEndian;
  return ByLengthField(std::move(field), where).Map([](const Bytes& frame) {
    return frame.Drop(4);
  });
}

BidiFlow<Bytes, Bytes, Bytes, Bytes> Framing::SimpleFramingProtocol(size_t message_bytes_max,
                                                                    SourceLocation where) {
  return BidiFlow<Bytes, Bytes, Bytes, Bytes>::FromFlows(
      SimpleFramingEncoder(message_bytes_max, where),
      SimpleFramingDecoder(message_bytes_max, where));
}

}  // namespace sampo::stream
