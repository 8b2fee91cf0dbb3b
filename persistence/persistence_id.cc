// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/persistence/persistence_id.h"

#include "sampo/actor/base/str_cat.h"
#include "sampo/actor/base/utf8.h"

namespace sampo::persistence {
namespace {

constexpr char kSeparator = '|';

const char* ProblemOf(std::string_view text) {
  if (text.empty()) return "it is empty";
  if (text.size() > kPersistenceIdBytesMax) return "it has more than 512 bytes";
  if (text.find('\0') != std::string_view::npos) return "it has a NUL";
  if (FirstInvalidUtf8(text).has_value()) return "it is no UTF-8";
  return nullptr;
}

}  // namespace

PersistenceId PersistenceId::Of(std::string_view entity_type, std::string_view entity_id) {
  std::string text = StrCat(entity_type, "|", entity_id);
  const char* problem = ProblemOf(text);
  if (entity_type.find(kSeparator) != std::string_view::npos) problem = "its type has a '|'";
  if (entity_type.empty()) problem = "its type is empty";
  if (entity_id.empty()) problem = "its entity id is empty";
  return PersistenceId(std::move(text), problem);
}

PersistenceId PersistenceId::OfUniqueId(std::string_view text) {
  return PersistenceId(std::string(text), ProblemOf(text));
}

std::string_view PersistenceId::entity_type() const {
  const size_t at = text_.find(kSeparator);
  return at == std::string::npos ? std::string_view() : std::string_view(text_).substr(0, at);
}

std::string_view PersistenceId::entity_id() const {
  const size_t at = text_.find(kSeparator);
  return at == std::string::npos ? text_ : std::string_view(text_).substr(at + 1);
}

absl::Status PersistenceId::status() const {
  if (problem_ == nullptr) return absl::OkStatus();
  return absl::InvalidArgumentError(
      StrCat("persistence id \"", std::string_view(text_).substr(0, kPersistenceIdBytesMax),
             "\": ", problem_, "; give PersistenceId::Of(\"Type\", \"id\")"));
}

}  // namespace sampo::persistence
