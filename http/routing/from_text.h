// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// FromText<T>: how texts of parameters, headers, cookies and form fields become values, and the
// words that say which texts are taken.
//
// There are integers (decimal, with a sign), double (no inf, no nan), bool (true, false, 1, 0) and
// std::string. Specialise it for a type of your own:
//
//   template <> struct sampo::http::FromText<Date> {
//     static std::optional<Date> Parse(std::string_view text);
//     static std::string Allowed() { return "a date yyyy-mm-dd"; }
//   };
#ifndef SAMPO_HTTP_ROUTING_FROM_TEXT_H_
#define SAMPO_HTTP_ROUTING_FROM_TEXT_H_

#include <concepts>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace sampo::http {

template <class T>
struct FromText;

namespace internal {

std::optional<int64_t> ParseSigned(std::string_view text, int64_t min, int64_t max);
std::optional<uint64_t> ParseUnsigned(std::string_view text, uint64_t max);
std::string AllowedIntegers(int64_t min, int64_t max);
std::string AllowedUnsigned(uint64_t max);

}  // namespace internal

template <>
struct FromText<std::string> {
  static std::optional<std::string> Parse(std::string_view text) { return std::string(text); }
  static std::string Allowed() { return "a text"; }
};
template <>
struct FromText<bool> {
  static std::optional<bool> Parse(std::string_view text);
  static std::string Allowed() { return "true or false"; }
};
template <>
struct FromText<double> {
  static std::optional<double> Parse(std::string_view text);
  static std::string Allowed() { return "a number"; }
};
template <std::signed_integral T>
struct FromText<T> {
  using Limits = std::numeric_limits<T>;
  static std::optional<T> Parse(std::string_view text) {
    const std::optional<int64_t> value = internal::ParseSigned(text, Limits::min(), Limits::max());
    return value ? std::optional<T>(static_cast<T>(*value)) : std::nullopt;
  }
  static std::string Allowed() { return internal::AllowedIntegers(Limits::min(), Limits::max()); }
};
template <std::unsigned_integral T>
requires(!std::same_as<T, bool>) struct FromText<T> {
  static std::optional<T> Parse(std::string_view text) {
    const auto value = internal::ParseUnsigned(text, std::numeric_limits<T>::max());
    return value ? std::optional<T>(static_cast<T>(*value)) : std::nullopt;
  }
  static std::string Allowed() { return internal::AllowedUnsigned(std::numeric_limits<T>::max()); }
};

}  // namespace sampo::http

#endif  // SAMPO_HTTP_ROUTING_FROM_TEXT_H_
