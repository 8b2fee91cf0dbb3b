// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/stream/io/json_framing.h"

#include <array>
#include <utility>

#include "absl/status/status.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/stream/io/internal/framers.h"

namespace sampo::stream {
namespace internal {
namespace {

// What matters within an object and outside of strings.
enum class Sign : uint8_t { kOther, kOpen, kClose, kQuote };
constexpr std::array<Sign, 256> kSigns = [] {
  std::array<Sign, 256> signs{};
  signs['{'] = Sign::kOpen;
  signs['}'] = Sign::kClose;
  signs['"'] = Sign::kQuote;
  return signs;
}();

constexpr std::string_view kMayStandBetween = " \t\n\r,[]";

// Behind the quote that ends the string `at` is in, or `end` where none does.
const char* SkipString(const char* at, const char* end, bool* in_string, bool* escaped) {
  for (; at != end; ++at) {
    if (*escaped) {
      *escaped = false;
    } else if (*at == '\\') {
      *escaped = true;
    } else if (*at == '"') {
      *in_string = false;
      return at + 1;
    }
  }
  return at;
}

}  // namespace

bool JsonFramer::SkipToObject() {
  const std::string_view rest = input_.rest();
  size_t skipped = 0;
  while (skipped < rest.size() && kMayStandBetween.find(rest[skipped]) != std::string_view::npos) {
    ++skipped;
  }
  input_.Skip(skipped);
  position_ += static_cast<int64_t>(skipped);
  if (skipped == rest.size()) return true;
  if (rest[skipped] != '{') return false;
  depth_ = 1;
  scanned_ = 1;
  return true;
}

bool JsonFramer::ScanObject() {
  const std::string_view rest = input_.rest();
  const char* at = rest.data() + scanned_;
  const char* const end = rest.data() + rest.size();
  while (at != end) {
    if (in_string_) {
      at = SkipString(at, end, &in_string_, &escaped_);
      continue;
    }
    const Sign sign = kSigns[static_cast<unsigned char>(*at++)];
    if (sign == Sign::kOther) continue;
    if (sign == Sign::kQuote) {
      in_string_ = true;
    } else if (sign == Sign::kOpen) {
      ++depth_;
    } else if (--depth_ == 0) {
      break;
    }
  }
  scanned_ = static_cast<size_t>(at - rest.data());
  return depth_ == 0;
}

ChunkerStep JsonFramer::Next() {
  if (depth_ == 0 && !SkipToObject()) {
    const int byte = static_cast<unsigned char>(input_.rest()[0]);
    return Fail(absl::InvalidArgumentError(StrCat("JSON framing: byte ", byte, " at position ",
                                                  position_, " does not begin an object")));
  }
  if (depth_ == 0) return ChunkerStep::NeedMore();
  const bool complete = ScanObject();
  if (input_.carry().size() + scanned_ > max_) {
    return Fail(absl::ResourceExhaustedError(StrCat("JSON framing: the object at position ",
                                                    position_, " has more than ", max_, " bytes")));
  }
  if (complete) {
    Bytes object = input_.Take(std::exchange(scanned_, 0));
    position_ += static_cast<int64_t>(object.size());
    (void)
        SkipToObject();  // so that IsDrained sees whether anything follows; Next says what is wrong
    return ChunkerStep::Piece(std::move(object));
  }
  if (finished_) {
    return Fail(absl::DataLossError(
        StrCat("JSON framing: the stream ended within the object at position ", position_)));
  }
  input_.KeepRest();
  scanned_ = 0;
  return ChunkerStep::NeedMore();
}

}  // namespace internal

Flow<Bytes, Bytes> JsonFraming::ObjectScanner(size_t object_bytes_max, SourceLocation where) {
  return internal::ChunkerFlow(
      "jsonFraming", where, [object_bytes_max] { return internal::JsonFramer(object_bytes_max); });
}

}  // namespace sampo::stream
