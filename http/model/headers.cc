// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/http/model/headers.h"

#include <algorithm>
#include <utility>

#include "sampo/actor/base/str_cat.h"

namespace sampo::http {
namespace {

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

bool IsTokenChar(char c) {
  if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) return true;
  return c != '\0' && std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

std::string_view Trim(std::string_view text) {
  const size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

absl::Status CheckField(std::string_view name, std::string_view value) {
  if (!IsFieldName(name)) {
    return absl::InvalidArgumentError(
        StrCat("http: a header's name of ", name.size(),
               " characters is no token of RFC 9110: letters, digits and !#$%&'*+-.^_`|~ only"));
  }
  if (!IsFieldValue(value)) {
    return absl::InvalidArgumentError(
        StrCat("http: the value of header ", name,
               " has a control character: a line break there would split the message"));
  }
  return absl::OkStatus();
}

}  // namespace

bool IsFieldName(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), IsTokenChar);
}

bool IsFieldValue(std::string_view value) {
  return std::none_of(value.begin(), value.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\t') || byte == 0x7f;
  });
}

bool EqualsIgnoreCase(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(),
                                            [](char x, char y) { return Lower(x) == Lower(y); });
}

Headers::Headers(std::initializer_list<Header> headers) : fields_(headers) {}

std::optional<std::string_view> Headers::Get(std::string_view name) const {
  for (const Header& field : fields_) {
    if (EqualsIgnoreCase(field.name, name)) return field.value;
  }
  return std::nullopt;
}

std::vector<std::string_view> Headers::GetAll(std::string_view name) const {
  std::vector<std::string_view> values;
  for (const Header& field : fields_) {
    if (EqualsIgnoreCase(field.name, name)) values.push_back(field.value);
  }
  return values;
}

bool Headers::HasToken(std::string_view name, std::string_view token) const {
  for (const Header& field : fields_) {
    if (!EqualsIgnoreCase(field.name, name)) continue;
    std::string_view rest = field.value;
    for (;;) {
      const size_t comma = rest.find(',');
      if (EqualsIgnoreCase(Trim(rest.substr(0, comma)), token)) return true;
      if (comma == std::string_view::npos) break;
      rest.remove_prefix(comma + 1);
    }
  }
  return false;
}

absl::Status Headers::Add(std::string_view name, std::string_view value) {
  absl::Status well_formed = CheckField(name, value);
  if (well_formed.ok()) AddUnchecked(std::string(name), std::string(value));
  return well_formed;
}

absl::Status Headers::Set(std::string_view name, std::string_view value) {
  absl::Status well_formed = CheckField(name, value);
  if (!well_formed.ok()) return well_formed;
  Remove(name);
  AddUnchecked(std::string(name), std::string(value));
  return well_formed;
}

void Headers::AddUnchecked(std::string name, std::string value) {
  fields_.push_back({std::move(name), std::move(value)});
}

size_t Headers::Remove(std::string_view name) {
  return std::erase_if(fields_,
                       [name](const Header& field) { return EqualsIgnoreCase(field.name, name); });
}

}  // namespace sampo::http
