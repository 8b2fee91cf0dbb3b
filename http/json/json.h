// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// JSON for routes and clients: nlohmann::json, and types with to_json and from_json, as bodies.
//
// With it, Complete(value) answers application/json and EntityAs<T> reads it. A body that is no
// JSON, or not a T, is answered 400 with the place of the error. Bounds: the body's size
// (RoutingSettings), and kJsonDepthMax arrays and objects in each other. A tree of small values
// takes up to 16 times the size of its text.
// This header parses nlohmann/json.hpp: include it where JSON is used, not in every route.
// Threads: pure functions.
//
//   NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Increment, by)
//   Post(EntityAs<Increment>([=](Increment m) { ... }))
//   Complete(nlohmann::json{{"count", 7}})
#ifndef SAMPO_HTTP_JSON_JSON_H_
#define SAMPO_HTTP_JSON_JSON_H_

#include <concepts>
#include <exception>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"
#include "nlohmann/json.hpp"
#include "sampo/http/routing/complete.h"
#include "sampo/http/routing/entity_directives.h"

namespace sampo::http {

inline constexpr int kJsonDepthMax = 200;

// INVALID_ARGUMENT with the position of the error.
absl::StatusOr<nlohmann::json> ParseJson(std::string_view text);
// In one line. Bytes that are no UTF-8 become U+FFFD.
std::string JsonText(const nlohmann::json& value);
Entity JsonEntity(const nlohmann::json& value);

namespace internal {
// Of what from_json threw.
absl::Status StatusOfJsonException(const std::exception& exception);
}  // namespace internal

template <class T>
concept FromJsonType = std::same_as<T, nlohmann::json> ||
    (nlohmann::detail::has_from_json<nlohmann::json, T>::value&& std::default_initializable<T>);
template <class T>
concept ToJsonType =
    std::same_as<T, nlohmann::json> || nlohmann::detail::has_to_json<nlohmann::json, T>::value;

// The T of a JSON text: INVALID_ARGUMENT where it is none.
template <FromJsonType T>
absl::StatusOr<T> ParseJsonAs(std::string_view text) {
  absl::StatusOr<nlohmann::json> json = ParseJson(text);
  if constexpr (std::same_as<T, nlohmann::json>) {
    return json;
  } else {
    if (!json.ok()) return json.status();
    try {
      return json->get<T>();
    } catch (const std::exception& exception) {  // also what T's own from_json throws
      return internal::StatusOfJsonException(exception);
    }
  }
}

template <ToJsonType T>
struct Marshaller<T> {
  static Entity ToEntity(const T& value) { return JsonEntity(value); }
};
template <FromJsonType T>
struct Unmarshaller<T> {
  static constexpr std::string_view kMediaType = "application/json";
  static constexpr bool kNeedsContent = true;
  static absl::StatusOr<T> FromEntity(const Entity& entity) {
    return ParseJsonAs<T>(entity.bytes().view());
  }
};

}  // namespace sampo::http

#endif  // SAMPO_HTTP_JSON_JSON_H_
