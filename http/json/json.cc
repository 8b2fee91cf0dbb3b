// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/http/json/json.h"

#include <optional>

#include "absl/status/status.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/http/routing/field_text.h"

namespace sampo::http {
namespace {

// The position where the text is deeper than the bound, found without building anything.
std::optional<size_t> TooDeepAt(std::string_view text) {
  int depth = 0;
  bool in_string = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      if (c == '"') in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '[' || c == '{') {
      if (++depth > kJsonDepthMax) return i;
    } else if (c == ']' || c == '}') {
      --depth;
    }
  }
  return std::nullopt;
}

// "[json.exception.parse_error.101] parse error ..." without the library's mark.
absl::Status StatusOfWhat(std::string_view what) {
  const size_t end = what.find("] ");
  if (end != std::string_view::npos) what.remove_prefix(end + 2);
  return absl::InvalidArgumentError(ToAbsl(Shortened(what, 300)));
}

}  // namespace

absl::StatusOr<nlohmann::json> ParseJson(std::string_view text) {
  if (std::optional<size_t> at = TooDeepAt(text)) {
    return absl::InvalidArgumentError(StrCat("JSON at byte ", *at, ": more than ", kJsonDepthMax,
                                             " arrays and objects in each other"));
  }
  try {
    return nlohmann::json::parse(text);
  } catch (const nlohmann::json::exception& exception) {
    return StatusOfWhat(exception.what());
  }
}

std::string JsonText(const nlohmann::json& value) {
  return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

Entity JsonEntity(const nlohmann::json& value) {
  return Entity::Strict(ContentType::Json(), Bytes(JsonText(value)));
}

namespace internal {

absl::Status StatusOfJsonException(const std::exception& exception) {
  return StatusOfWhat(exception.what());
}

}  // namespace internal

}  // namespace sampo::http
