// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/http/routing/from_text.h"

#include <charconv>
#include <cmath>

#include "sampo/actor/base/str_cat.h"

namespace sampo::http {
namespace {

template <class N>
std::optional<N> ParseNumber(std::string_view text) {
  // A plus sign is taken, too: "+5" arrives as " 5" where a client did not encode it, and is not.
  if (text.size() > 1 && text[0] == '+' && text[1] != '-') text.remove_prefix(1);
  N value{};
  const char* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, value);
  if (text.empty() || error != std::errc() || stopped != end) return std::nullopt;
  return value;
}

}  // namespace

namespace internal {

std::optional<int64_t> ParseSigned(std::string_view text, int64_t min, int64_t max) {
  const std::optional<int64_t> value = ParseNumber<int64_t>(text);
  return value && min <= *value && *value <= max ? value : std::nullopt;
}

std::optional<uint64_t> ParseUnsigned(std::string_view text, uint64_t max) {
  const std::optional<uint64_t> value = ParseNumber<uint64_t>(text);
  return value && *value <= max ? value : std::nullopt;
}

std::string AllowedIntegers(int64_t min, int64_t max) {
  return StrCat("an integer from ", min, " to ", max);
}
std::string AllowedUnsigned(uint64_t max) { return StrCat("an integer from 0 to ", max); }

}  // namespace internal

std::optional<bool> FromText<bool>::Parse(std::string_view text) {
  if (text == "true" || text == "1") return true;
  if (text == "false" || text == "0") return false;
  return std::nullopt;
}

std::optional<double> FromText<double>::Parse(std::string_view text) {
  const std::optional<double> value = ParseNumber<double>(text);
  return value && std::isfinite(*value) ? value : std::nullopt;
}

}  // namespace sampo::http
