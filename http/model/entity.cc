// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/http/model/entity.h"

#include <algorithm>
#include <iterator>

#include "absl/status/status.h"
#include "sampo/actor/base/check.h"
#include "sampo/actor/base/status_macros.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/http/model/headers.h"

namespace sampo::http {
namespace {

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
std::string ToLower(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), Lower);
  return lower;
}

std::string_view TrimFront(std::string_view text) {
  return text.substr(std::min(text.find_first_not_of(" \t"), text.size()));
}
std::string_view Trim(std::string_view text) {
  text = TrimFront(text);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

absl::Status BadType(std::string_view what) {
  return absl::InvalidArgumentError(
      StrCat("content type: ", what, "; it is type/subtype, and then ;name=value"));
}

// The length of the quoted string that `text` begins with; 0: it doesn't end, or holds a control
// character.
size_t QuotedLength(std::string_view text) {
  for (size_t at = 1; at < text.size(); ++at) {
    if (text[at] == '"') return IsFieldValue(text.substr(0, at)) ? at + 1 : 0;
    if (text[at] == '\\') ++at;
  }
  return 0;
}

// A parameter's value without its quotes.
std::string Unquote(std::string_view value) {
  if (value.empty() || value.front() != '"') return std::string(value);
  std::string plain;
  for (size_t at = 1; at + 1 < value.size(); ++at) {
    if (value[at] == '\\') ++at;
    plain.push_back(value[at]);
  }
  return plain;
}

struct Parameter {
  std::string_view name;
  std::string_view value;  // as it came: a token, or in quotes
};

// Takes ";name=value" from the front of `rest`; a parameter without a name: ";" alone, which RFC
// 9110 allows.
absl::StatusOr<Parameter> TakeParameter(std::string_view& rest) {
  if (rest.front() != ';') return BadType("something else than ; behind a value");
  rest = TrimFront(rest.substr(1));
  if (rest.empty() || rest.front() == ';') return Parameter{};
  const size_t equals = rest.find('=');
  if (equals == std::string_view::npos) return BadType("a parameter without =");
  Parameter parameter{.name = rest.substr(0, equals), .value = {}};
  if (!IsFieldName(parameter.name)) return BadType("a parameter's name that is no token");
  rest.remove_prefix(equals + 1);
  const bool is_quoted = !rest.empty() && rest.front() == '"';
  const size_t length =
      is_quoted ? QuotedLength(rest) : std::min(rest.find_first_of("; \t"), rest.size());
  parameter.value = rest.substr(0, length);
  if (length == 0 || (!is_quoted && !IsFieldName(parameter.value))) {
    return BadType(StrCat("no value of parameter ", parameter.name));
  }
  rest = TrimFront(rest.substr(length));
  return parameter;
}

struct Ending {
  std::string_view ending;
  std::string_view type;
};
// Sorted by ending. Text is UTF-8 with us.
constexpr Ending kEndings[] = {
    {"css", "text/css; charset=utf-8"},
    {"csv", "text/csv; charset=utf-8"},
    {"gif", "image/gif"},
    {"gz", "application/gzip"},
    {"htm", "text/html; charset=utf-8"},
    {"html", "text/html; charset=utf-8"},
    {"ico", "image/x-icon"},
    {"jpeg", "image/jpeg"},
    {"jpg", "image/jpeg"},
    {"js", "text/javascript; charset=utf-8"},
    {"json", "application/json"},
    {"md", "text/markdown; charset=utf-8"},
    {"mjs", "text/javascript; charset=utf-8"},
    {"pdf", "application/pdf"},
    {"png", "image/png"},
    {"svg", "image/svg+xml"},
    {"txt", "text/plain; charset=utf-8"},
    {"wasm", "application/wasm"},
    {"webp", "image/webp"},
    {"woff2", "font/woff2"},
    {"xml", "application/xml"},
    {"zip", "application/zip"},
};

}  // namespace

absl::StatusOr<ContentType> ContentType::Parse(std::string_view text) {
  std::string_view rest = Trim(text);
  const std::string_view media = rest.substr(0, rest.find_first_of("; \t"));
  const size_t slash = media.find('/');
  if (slash == std::string_view::npos || !IsFieldName(media.substr(0, slash)) ||
      !IsFieldName(media.substr(slash + 1))) {
    return BadType("no type/subtype at the beginning");
  }
  std::string normal = ToLower(media);
  rest = TrimFront(rest.substr(media.size()));
  while (!rest.empty()) {
    SAMPO_ASSIGN_OR_RETURN(const Parameter parameter, TakeParameter(rest));
    if (parameter.name.empty()) continue;
    normal.append(StrCat("; ", ToLower(parameter.name), "=", parameter.value));
  }
  return ContentType(std::move(normal), media.size());
}

ContentType ContentType::Json() { return ContentType("application/json", 16); }
ContentType ContentType::TextUtf8() { return ContentType("text/plain; charset=utf-8", 10); }
ContentType ContentType::HtmlUtf8() { return ContentType("text/html; charset=utf-8", 9); }
ContentType ContentType::OctetStream() { return ContentType("application/octet-stream", 24); }
ContentType ContentType::Form() { return ContentType("application/x-www-form-urlencoded", 33); }
ContentType ContentType::EventStream() { return ContentType("text/event-stream", 17); }
ContentType ContentType::Protobuf() { return ContentType("application/x-protobuf", 22); }

ContentType ContentType::OfFileName(std::string_view name) {
  const size_t dot = name.rfind('.');
  if (dot == std::string_view::npos) return OctetStream();
  const std::string ending = ToLower(name.substr(dot + 1));
  const auto* found = std::lower_bound(
      std::begin(kEndings), std::end(kEndings), ending,
      [](const Ending& row, const std::string& wanted) { return row.ending < wanted; });
  if (found == std::end(kEndings) || found->ending != ending) return OctetStream();
  return ContentType(std::string(found->type), std::min(found->type.find(';'), found->type.size()));
}

std::string ContentType::charset() const {
  std::string_view rest = std::string_view(text_).substr(media_size_);
  while (!rest.empty()) {
    // What Parse made, it can take apart again.
    const absl::StatusOr<Parameter> parameter = TakeParameter(rest);
    if (!parameter.ok()) return {};
    if (parameter->name == "charset") return ToLower(Unquote(parameter->value));
  }
  return {};
}

Entity Entity::Strict(ContentType type, Bytes bytes) {
  Entity entity;
  entity.type_ = std::move(type);
  entity.bytes_ = std::move(bytes);
  return entity;
}

Entity Entity::Text(std::string_view text) { return Strict(ContentType::TextUtf8(), Bytes(text)); }

Entity Entity::OfStream(ContentType type, std::shared_ptr<internal::EntityStream> stream,
                        std::optional<uint64_t> length) {
  SAMPO_CHECK(stream != nullptr, "Entity::OfStream without a stream");
  Entity entity;
  entity.type_ = std::move(type);
  entity.stream_ = std::move(stream);
  entity.stream_length_ = length;
  return entity;
}

const Bytes& Entity::bytes() const {
  SAMPO_CHECK(IsStrict(), "Entity::bytes of a streamed entity: ToStrict or DataBytes reads it");
  return bytes_;
}

std::optional<uint64_t> Entity::length() const {
  return IsStrict() ? std::optional<uint64_t>(bytes_.size()) : stream_length_;
}

}  // namespace sampo::http
