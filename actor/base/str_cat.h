// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#ifndef SAMPO_ACTOR_BASE_STR_CAT_H_
#define SAMPO_ACTOR_BASE_STR_CAT_H_

// StrCat: absl::StrCat that also takes std::string_view, bool words and statuses.
//
// Why it exists: our signatures use std::string_view, while Debian's Abseil has a string_view of
// its own that absl::StrCat insists on. Crossing that border in one place keeps `.data(), .size()`
// out of every error message of the house.
//
// Threads: pure functions. Lifetime: ToAbsl and ToStd borrow, as any string_view does.
//
//   std::string_view key = "throughput";
//   std::string text = StrCat("actor.", key, ": found ", 7, ", strict: ", true);

#include <concepts>
#include <string>
#include <string_view>
#include <type_traits>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace sampo {

// Our view as Abseil's, without a copy.
inline absl::string_view ToAbsl(std::string_view text) {
  return absl::string_view(text.data(), text.size());
}

// Abseil's view as ours, without a copy.
inline std::string_view ToStd(absl::string_view text) {
  return std::string_view(text.data(), text.size());
}

namespace detail {

// What StrCat hands to Abseil for one argument. A reference is passed through, so that Abseil's
// own number and hex arguments keep working.
template <typename T>
decltype(auto) StrCatPiece(const T& value) {
  if constexpr (std::is_same_v<T, std::string_view>) {
    return absl::string_view(value.data(), value.size());
  } else if constexpr (std::is_same_v<T, bool>) {
    // Abseil prints 1 and 0; a reader of a log line wants the word.
    return value ? absl::string_view("true") : absl::string_view("false");
  } else if constexpr (requires {
                         { value.ToString() } -> std::convertible_to<std::string>;
                       }) {
    // absl::Status and our own value types (paths, addresses) print themselves.
    return std::string(value.ToString());
  } else {
    return (value);
  }
}

}  // namespace detail

// The text of all arguments, joined. One allocation for the result; none for numbers and views.
template <typename... Args>
[[nodiscard]] std::string StrCat(const Args&... args) {
  return absl::StrCat(detail::StrCatPiece(args)...);
}

// Appends the text of all arguments to `to`, which none of them may alias.
template <typename... Args>
void StrAppend(std::string& to, const Args&... args) {
  absl::StrAppend(&to, detail::StrCatPiece(args)...);
}

}  // namespace sampo

#endif  // SAMPO_ACTOR_BASE_STR_CAT_H_
