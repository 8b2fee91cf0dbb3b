// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#ifndef SAMPO_ACTOR_BASE_UTF8_H_
#define SAMPO_ACTOR_BASE_UTF8_H_

// Finds bytes that are not UTF-8.
//
// Why it exists: JSON must be UTF-8 while log messages are what users write, and toml11 3.7 reads
// past its buffer on strings that are not UTF-8, so both are checked first.
//
// Threads: pure functions. Lifetime: nothing is kept.
//
//   size_t length = Utf8Length(text);                      // 1 to 4, 0 if it is no character
//   std::optional<size_t> bad = FirstInvalidUtf8(text);    // its position

#include <cstddef>
#include <optional>
#include <string_view>

namespace sampo {

// The bytes of the character at the start of `text`; 0 if it is empty or not well formed there
// (Unicode standard, table 3-7: no overlong forms, no surrogates, nothing above U+10FFFF).
[[nodiscard]] constexpr size_t Utf8Length(std::string_view text) {
  const auto byte = [&](size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u;
  };
  const auto within = [&](size_t i, unsigned low, unsigned high) {
    return byte(i) >= low && byte(i) <= high;
  };
  const auto tail = [&](size_t i) { return within(i, 0x80, 0xBF); };
  const unsigned first = byte(0);
  if (text.empty()) return 0;
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return tail(1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    // E0 is overlong below A0; ED is a surrogate above 9F.
    const bool second = within(1, first == 0xE0 ? 0xA0 : 0x80, first == 0xED ? 0x9F : 0xBF);
    return second && tail(2) ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    // F0 is overlong below 90; F4 passes U+10FFFF above 8F.
    const bool second = within(1, first == 0xF0 ? 0x90 : 0x80, first == 0xF4 ? 0x8F : 0xBF);
    return second && tail(2) && tail(3) ? 4 : 0;
  }
  return 0;
}

// The position of the first byte that does not belong to a character; nothing if all do.
[[nodiscard]] constexpr std::optional<size_t> FirstInvalidUtf8(std::string_view text) {
  for (size_t at = 0; at < text.size();) {
    const size_t length = Utf8Length(text.substr(at));
    if (length == 0) return at;
    at += length;
  }
  return std::nullopt;
}

}  // namespace sampo

#endif  // SAMPO_ACTOR_BASE_UTF8_H_
