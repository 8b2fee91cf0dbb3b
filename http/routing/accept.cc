// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/http/routing/accept.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "sampo/http/routing/field_text.h"

namespace sampo::http {
namespace {

// "0.8" -> 800. Nothing where it is no qvalue: 0 or 1, and at most three digits behind a point.
std::optional<int> ParseQ(std::string_view text) {
  if (text.empty() || text.size() > 5 || (text[0] != '0' && text[0] != '1')) return std::nullopt;
  int permille = (text[0] - '0') * 1000;
  if (text.size() == 1) return permille;
  if (text[1] != '.') return std::nullopt;
  int unit = 100;
  for (char c : text.substr(2)) {
    if (c < '0' || c > '9') return std::nullopt;
    permille += (c - '0') * unit;
    unit /= 10;
  }
  if (permille > 1000) return std::nullopt;
  return permille;
}

std::optional<WeightedToken> ParsePart(std::string_view part) {
  const size_t end = part.find(';');
  WeightedToken parsed{.token = AsciiLower(TrimBlanks(part.substr(0, end)))};
  if (parsed.token.empty()) return std::nullopt;
  while (!part.empty()) {
    const size_t begin = part.find(';');
    if (begin == std::string_view::npos) break;
    part.remove_prefix(begin + 1);
    const std::string_view parameter = TrimBlanks(part.substr(0, part.find(';')));
    if (parameter.size() < 2 || (parameter[0] != 'q' && parameter[0] != 'Q')) continue;
    if (parameter[1] != '=') continue;
    const std::optional<int> q = ParseQ(parameter.substr(2));
    if (!q) return std::nullopt;
    parsed.permille = *q;
  }
  return parsed;
}

std::vector<WeightedToken> AllOf(const Headers& headers, std::string_view name) {
  std::vector<WeightedToken> all;
  for (std::string_view field : headers.GetAll(name)) {
    for (WeightedToken& token : ParseWeighted(field)) {
      if (all.size() < kAcceptPartsMax) all.push_back(std::move(token));
    }
  }
  return all;
}

// How exactly `range` names `media_type`: 3 in full, 2 by "text/*", 1 by "*/*", 0 not.
int Specificity(std::string_view range, std::string_view media_type) {
  if (range == media_type) return 3;
  if (range == "*/*" || range == "*") return 1;
  if (range.size() < 2 || !range.ends_with("/*")) return 0;
  range.remove_suffix(1);
  return media_type.starts_with(range) ? 2 : 0;
}

}  // namespace

std::vector<WeightedToken> ParseWeighted(std::string_view field) {
  std::vector<WeightedToken> tokens;
  while (!field.empty() && tokens.size() < kAcceptPartsMax) {
    const size_t end = std::min(field.find(','), field.size());
    if (std::optional<WeightedToken> token = ParsePart(field.substr(0, end))) {
      tokens.push_back(*std::move(token));
    }
    field.remove_prefix(std::min(end + 1, field.size()));
  }
  return tokens;
}

int WeightOfType(const Headers& headers, std::string_view media_type) {
  const std::optional<std::string_view> only = headers.Get("Accept");
  if (!only || *only == "*/*") return 1000;
  const std::vector<WeightedToken> ranges = AllOf(headers, "Accept");
  if (ranges.empty()) return 1000;
  int best = 0;
  int weight = 0;
  for (const WeightedToken& range : ranges) {
    const int specificity = Specificity(range.token, media_type);
    if (specificity > best) {
      best = specificity;
      weight = range.permille;
    }
  }
  return weight;
}

std::optional<int> NamedWeightOfCoding(const Headers& headers, std::string_view coding) {
  for (const WeightedToken& token : AllOf(headers, "Accept-Encoding")) {
    if (token.token == coding || (coding == "gzip" && token.token == "x-gzip")) {
      return token.permille;
    }
  }
  return std::nullopt;
}

int WeightOfCoding(const Headers& headers, std::string_view coding) {
  if (auto named = NamedWeightOfCoding(headers, coding)) return *named;
  if (auto any = NamedWeightOfCoding(headers, "*")) return *any;
  return coding == "identity" ? 1000 : 0;
}

}  // namespace sampo::http
