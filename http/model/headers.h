// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Headers: the fields of a message in the order they came; names compare without case.
//
// A field that was sent twice is there twice: Get gives the first, GetAll all. Names and values are
// checked where they are added by us: a line break or another control character in one is a bug of
// the caller that would split the message (response splitting), so Add refuses it by Status.
// Threads: a value.
//
//   Headers headers;
//   headers.Set("Content-Language", "fi");
//   std::optional<std::string_view> host = headers.Get("host");
#ifndef SAMPO_HTTP_MODEL_HEADERS_H_
#define SAMPO_HTTP_MODEL_HEADERS_H_

#include <cstddef>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"

namespace sampo::http {

struct Header {
  std::string name;
  std::string value;
  bool operator==(const Header&) const = default;
};

// Whether `name` may be a field's name (a token of RFC 9110) and `value` its value (no control
// characters but tab).
bool IsFieldName(std::string_view name);
bool IsFieldValue(std::string_view value);
// Compares ASCII without case.
bool EqualsIgnoreCase(std::string_view a, std::string_view b);

class Headers {
 public:
  Headers() = default;
  // No check, so that a value that came from outside costs one message and not the program: a
  // server answers 500 where a field is not well formed, a client fails the request.
  Headers(std::initializer_list<Header> headers);

  // The first of that name. The view lives until the headers change.
  std::optional<std::string_view> Get(std::string_view name) const;
  std::vector<std::string_view> GetAll(std::string_view name) const;
  bool Has(std::string_view name) const { return Get(name).has_value(); }
  // Whether a field that is a list of tokens ("Connection: close, upgrade") names `token`, in any
  // of its lines, without case.
  bool HasToken(std::string_view name, std::string_view token) const;

  // INVALID_ARGUMENT names the field where name or value is not well formed; nothing is added then.
  absl::Status Add(std::string_view name, std::string_view value);
  // Replaces all of that name by one.
  absl::Status Set(std::string_view name, std::string_view value);
  // For parsers and for names that the program's text holds: no check.
  void AddUnchecked(std::string name, std::string value);
  // Returns how many went.
  size_t Remove(std::string_view name);

  size_t size() const { return fields_.size(); }
  bool empty() const { return fields_.empty(); }
  auto begin() const { return fields_.begin(); }
  auto end() const { return fields_.end(); }
  bool operator==(const Headers&) const = default;

 private:
  std::vector<Header> fields_;
};

}  // namespace sampo::http

#endif  // SAMPO_HTTP_MODEL_HEADERS_H_
