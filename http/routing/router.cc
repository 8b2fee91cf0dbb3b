// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/http/routing/router.h"

#include <algorithm>
#include <optional>

#include "sampo/actor/base/check.h"
#include "sampo/http/model/uri.h"
#include "sampo/http/routing/path_matchers.h"

namespace sampo::http {
namespace {

struct PatternPart {
  enum class Kind : uint8_t { kLiteral, kSegment, kRest } kind;
  std::string text;  // the literal, or the name
};

std::vector<PatternPart> ParsePattern(std::string_view pattern) {
  SAMPO_CHECK(pattern.starts_with('/'), "Router: a pattern begins with a slash");
  std::vector<PatternPart> parts;
  for (pattern.remove_prefix(1);;) {
    const size_t end = pattern.find('/');
    std::string_view part = pattern.substr(0, end);
    if (part.starts_with('{') && part.ends_with('}')) {
      part = part.substr(1, part.size() - 2);
      const bool is_rest = part.ends_with("...");
      SAMPO_CHECK(!is_rest || end == std::string_view::npos, "Router: {name...} is the last part");
      if (is_rest) part.remove_suffix(3);
      parts.push_back(
          {is_rest ? PatternPart::Kind::kRest : PatternPart::Kind::kSegment, std::string(part)});
    } else {
      parts.push_back({PatternPart::Kind::kLiteral, std::string(part)});
    }
    if (end == std::string_view::npos) return parts;
    pattern.remove_prefix(end + 1);
  }
}

bool MatchPart(const PatternPart& part, PathCursor& cursor, PathValues& values) {
  if (part.kind == PatternPart::Kind::kLiteral) return cursor.TakeLiteral(part.text);
  if (part.kind == PatternPart::Kind::kSegment) {
    std::optional<std::string> segment = cursor.TakeSegment();
    if (segment) values.Add(part.text, *std::move(segment));
    return segment.has_value();
  }
  RemainingMatcher::Values rest;
  if (!Remaining.Match(cursor, rest)) return false;
  values.Add(part.text, std::get<0>(std::move(rest)));
  return true;
}

}  // namespace

std::string_view PathValues::operator[](std::string_view name) const {
  for (const auto& [key, value] : values_) {
    if (key == name) return value;
  }
  return {};
}

void Router::Add(Method method, std::string_view pattern, Handler handler) {
  // The path first: a method is only to blame where the path fits.
  routes_.push_back(Route([method, parts = ParsePattern(pattern),
                           handler = std::move(handler)](const RequestContext& context) {
    PathCursor cursor(context.unmatched_path());
    PathValues values;
    for (const PatternPart& part : parts) {
      if (!cursor.TakeSlash() || !MatchPart(part, cursor, values)) return RouteAnswer(Rejections());
    }
    if (!cursor.rest().empty()) return RouteAnswer(Rejections());
    return OfMethod(method,
                    Route([&](const RequestContext& c) { return handler(values, c); }))(context);
  }));
}

}  // namespace sampo::http
