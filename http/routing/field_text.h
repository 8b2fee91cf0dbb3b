// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Small functions over the texts of fields: blanks, case, quotes, JSON strings, dates, cookies.
//
// Why: directives and error bodies share them, and a fuzzer reaches them all.
// Threads: pure functions. Lifetime: a view that is returned points into its argument.
//
//   std::optional<std::string_view> id = CookieValue("a=1; id=7", "id");  // "7"
#ifndef SAMPO_HTTP_ROUTING_FIELD_TEXT_H_
#define SAMPO_HTTP_ROUTING_FIELD_TEXT_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "absl/time/time.h"

namespace sampo::http {

// Without the spaces and tabs around it.
std::string_view TrimBlanks(std::string_view text);
std::string AsciiLower(std::string_view text);

// A JSON string with its quotes. Bytes that are no UTF-8 become U+FFFD.
std::string JsonQuote(std::string_view text);
// At most `bytes_max` bytes of `text`, and "..." where there were more: for messages that quote
// what came from outside.
std::string Shortened(std::string_view text, size_t bytes_max = 64);

// "Sun, 06 Nov 1994 08:49:37 GMT": whole seconds, rounded down.
std::string HttpDate(absl::Time time);
// That form and the two old ones of RFC 9110 section 5.6.7. Nothing where it is none of them.
std::optional<absl::Time> ParseHttpDate(std::string_view text);

// The value of the cookie `name` in a Cookie field: "a=1; b=2". Quotes around it are taken off.
// At most kCookiesMax of them are looked at.
std::optional<std::string_view> CookieValue(std::string_view field, std::string_view name);
inline constexpr int kCookiesMax = 200;

// Takes the same time whatever differs, so that a secret cannot be guessed byte by byte. The time
// depends on the length of `given`.
bool SecureEquals(std::string_view given, std::string_view secret);

}  // namespace sampo::http

#endif  // SAMPO_HTTP_ROUTING_FIELD_TEXT_H_
