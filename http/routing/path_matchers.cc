// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/http/routing/path_matchers.h"

#include <charconv>

#include "absl/status/statusor.h"
#include "sampo/http/model/uri.h"

namespace sampo::http {

bool PathCursor::TakeSlash() {
  if (!rest_.starts_with('/')) return false;
  rest_.remove_prefix(1);
  return true;
}

std::optional<std::string> PathCursor::TakeSegment() {
  const std::string_view raw = RawSegment();
  if (raw.empty()) return std::nullopt;
  std::optional<std::string> text;
  if (raw.find('%') == std::string_view::npos) {
    text = std::string(raw);
  } else if (absl::StatusOr<std::string> decoded = PercentDecode(raw); decoded.ok()) {
    text = *std::move(decoded);
  }
  if (text) Advance(raw.size());
  return text;
}

bool PathCursor::TakeLiteral(std::string_view text) {
  const std::string_view raw = RawSegment();
  if (raw.find('%') == std::string_view::npos) {
    if (raw != text) return false;
  } else if (absl::StatusOr<std::string> decoded = PercentDecode(raw);
             !decoded.ok() || *decoded != text) {
    return false;
  }
  Advance(raw.size());
  return true;
}

bool Lit::Match(PathCursor& cursor, Values&) const {
  std::string_view left = text;
  for (;;) {
    const size_t slash = left.find('/');
    if (!cursor.TakeLiteral(left.substr(0, slash))) return false;
    if (slash == std::string_view::npos) return true;
    left.remove_prefix(slash + 1);
    if (!cursor.TakeSlash()) return false;
  }
}

bool SegmentMatcher::Match(PathCursor& cursor, Values& values) const {
  std::optional<std::string> text = cursor.TakeSegment();
  if (!text) return false;
  std::get<0>(values) = *std::move(text);
  return true;
}

bool IntNumberMatcher::Match(PathCursor& cursor, Values& values) const {
  const std::string_view raw = cursor.RawSegment();
  if (raw.empty() || raw.front() == '-') return false;
  const char* end = raw.data() + raw.size();
  const auto [stopped, error] = std::from_chars(raw.data(), end, std::get<0>(values));
  if (error != std::errc() || stopped != end) return false;
  cursor.Advance(raw.size());
  return true;
}

bool SegmentsMatcher::Match(PathCursor& cursor, Values& values) const {
  std::vector<std::string>& segments = std::get<0>(values);
  do {
    absl::StatusOr<std::string> segment = PercentDecode(cursor.RawSegment());
    if (!segment.ok()) return false;
    segments.push_back(*std::move(segment));
    cursor.Advance(cursor.RawSegment().size());
  } while (cursor.TakeSlash());
  return true;
}

bool RemainingMatcher::Match(PathCursor& cursor, Values& values) const {
  absl::StatusOr<std::string> rest = PercentDecode(cursor.rest());
  if (!rest.ok()) return false;
  std::get<0>(values) = *std::move(rest);
  cursor.Advance(cursor.rest().size());
  return true;
}

}  // namespace sampo::http
