// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// JsonText: JSON that is built up and written out.
//
// Why: nlohmann-json costs six seconds of compiling wherever it is included; this is included
// instead, and one file pays.
//
// Members keep the order in which they were set. Bytes that are no UTF-8 are replaced.
// Threads: a value. A moved-from one may only be destroyed.
//
//   JsonText json = JsonText::Object();
//   json.Set("name", "shop").Set("actors", 3);
//   std::string text = json.ToString();
#ifndef SAMPO_MANAGEMENT_INTERNAL_JSON_TEXT_H_
#define SAMPO_MANAGEMENT_INTERNAL_JSON_TEXT_H_

#include <concepts>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>

namespace sampo::internal {

class JsonText {
 public:
  static JsonText Object();
  static JsonText Array();
  JsonText(std::string_view text);  // NOLINT: a value is written as itself, here and below
  JsonText(const std::string& text) : JsonText(std::string_view(text)) {}  // NOLINT
  JsonText(const char* text) : JsonText(std::string_view(text)) {}         // NOLINT
  JsonText(double number);                                                 // NOLINT
  template <std::integral T>
  JsonText(T value)  // NOLINT
      : JsonText(Held<T>{static_cast<decltype(Held<T>::value)>(value)}) {}
  JsonText(JsonText&&) noexcept;
  ~JsonText();

  // Of an object.
  JsonText& Set(std::string_view name, JsonText value);
  // Of an array.
  JsonText& Add(JsonText value);
  bool IsEmpty() const;

  // On several lines, the last of which ends.
  std::string ToString() const;

 private:
  struct Impl;
  struct Flag {
    bool value;
  };
  struct Whole {
    int64_t value;
  };
  template <class T>
  using Held = std::conditional_t<std::is_same_v<T, bool>, Flag, Whole>;
  explicit JsonText(std::unique_ptr<Impl> impl);
  explicit JsonText(Flag flag);
  explicit JsonText(Whole whole);

  std::unique_ptr<Impl> impl_;
};

}  // namespace sampo::internal

#endif  // SAMPO_MANAGEMENT_INTERNAL_JSON_TEXT_H_
