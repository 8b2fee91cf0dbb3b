// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/http/routing/value_directives.h"

#include "sampo/http/routing/field_text.h"

namespace sampo::http::internal {
namespace {

struct PlaceRow {
  std::string_view words;
  RejectionKind missing;
  RejectionKind malformed;
};

// In the order of ValuePlace.
constexpr PlaceRow kPlaces[] = {
    {"query parameter ", RejectionKind::kMissingParameter, RejectionKind::kMalformedParameter},
    {"form field ", RejectionKind::kMissingFormField, RejectionKind::kMalformedFormField},
    {"header ", RejectionKind::kMissingHeader, RejectionKind::kMalformedHeader},
    {"cookie ", RejectionKind::kMissingCookie, RejectionKind::kMalformedCookie},
};
const PlaceRow& RowOf(ValuePlace place) { return kPlaces[static_cast<int>(place)]; }

}  // namespace

Rejection MissingValue(ValuePlace place, std::string_view name, std::string allowed) {
  return {.kind = RowOf(place).missing,
          .place = StrCat(RowOf(place).words, name),
          .allowed = std::move(allowed)};
}

Rejection MalformedValue(ValuePlace place, std::string_view name, std::string_view value,
                         std::string allowed) {
  return {.kind = RowOf(place).malformed,
          .place = StrCat(RowOf(place).words, name),
          .value = Shortened(value),
          .allowed = std::move(allowed)};
}

std::string AllowedTexts(const std::vector<std::string>& texts) {
  std::string all = "one of ";
  for (size_t i = 0; i < texts.size(); ++i) all += StrCat(i == 0 ? "" : ", ", texts[i]);
  return all;
}

std::optional<Rejection> ValueReader::Check() const {
  if (place_ != ValuePlace::kParameter || context_.query().ok()) return std::nullopt;
  return Rejection{.kind = RejectionKind::kMalformedParameter,
                   .place = "query",
                   .value = Shortened(context_.request().uri.raw_query()),
                   .allowed = std::string(ToStd(context_.query().status().message()))};
}

std::optional<std::string_view> ValueReader::Get(std::string_view name) const {
  switch (place_) {
    case ValuePlace::kParameter:
      return context_.query()->Get(name);
    case ValuePlace::kFormField:
      return form_->Get(name);
    case ValuePlace::kHeader:
      return context_.request().headers.Get(name);
    case ValuePlace::kCookie:
      for (std::string_view field : context_.request().headers.GetAll("Cookie")) {
        if (auto value = CookieValue(field, name)) return value;
      }
      return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace sampo::http::internal
