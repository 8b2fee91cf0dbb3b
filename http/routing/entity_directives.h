// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// EntityAs<T>, FormField: the request's body as a value, for a function.
//
// T: std::string and Bytes (any content type), Query (a form), Entity (in memory); JSON and types
// with from_json by http/json/json.h, protobuf messages by http/json/protobuf_json.h; another type
// by a specialisation of Unmarshaller. A body that is streamed is read into memory first, within
// the limits of the settings: 413, 408. A content type that T does not take is answered 415; an
// empty body that T needs, and one that T cannot be read from, 400. A request without a
// Content-Type is taken for what T wants.
// Threads: as Route; where the body is streamed the function runs on a dispatcher.
//
//   Post(EntityAs<Increment>([=](Increment m) { counter.Tell(m); return Complete("counted"); }))
#ifndef SAMPO_HTTP_ROUTING_ENTITY_DIRECTIVES_H_
#define SAMPO_HTTP_ROUTING_ENTITY_DIRECTIVES_H_

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include "absl/status/statusor.h"
#include "sampo/actor/base/unique_function.h"
#include "sampo/http/routing/complete.h"
#include "sampo/http/routing/route.h"
#include "sampo/http/routing/value_directives.h"

namespace sampo::http {

// How a body becomes a T:
//   static constexpr std::string_view kMediaType = "application/json";  // empty: any
//   static constexpr bool kNeedsContent = true;                         // an empty body is refused
//   static absl::StatusOr<T> FromEntity(const Entity& strict);          // not OK: 400 with its
//   text
template <class T>
struct Unmarshaller {
  static constexpr bool kMissing = true;
};

namespace internal {

// The request's body in memory, for `next`; or why not.
RouteAnswer WithBody(const RequestContext& context, std::string_view media_type, bool needs_content,
                     UniqueFunction<RouteAnswer(const Entity&)> next);
Rejection TooLong(const RequestContext& context, uint64_t bytes);
// For MapError behind a limit of the body's stream: RESOURCE_EXHAUSTED is marked as that limit's.
absl::Status BodyError(const absl::Status& status, const BodyLimit& limit);
RouteAnswer MalformedBody(const absl::Status& status);
// What a body that was taken cancels of the answer's rejections.
RouteAnswer CancelBodyRejections(RouteAnswer answer);

}  // namespace internal

template <class T, class F>
Route EntityAs(F inner) {
  using U = Unmarshaller<T>;
  static_assert(
      !requires { U::kMissing; },
      "Sampo: no Unmarshaller for this type: include sampo/http/json/json.h for JSON, "
      "sampo/http/json/protobuf_json.h for protobuf messages, or specialise it.");
  return Route(
      [inner = std::make_shared<const F>(std::move(inner))](const RequestContext& context) {
        return internal::WithBody(context, U::kMediaType, U::kNeedsContent,
                                  [inner, context](const Entity& entity) {
                                    absl::StatusOr<T> value = U::FromEntity(entity);
                                    if (!value.ok()) return internal::MalformedBody(value.status());
                                    return internal::CancelBodyRejections(
                                        internal::AnswerOf((*inner)(*std::move(value)), context));
                                  });
      });
}

template <>
struct Unmarshaller<std::string> {
  static constexpr std::string_view kMediaType = "";
  static constexpr bool kNeedsContent = false;
  static absl::StatusOr<std::string> FromEntity(const Entity& entity) {
    return entity.bytes().ToString();
  }
};
template <>
struct Unmarshaller<Bytes> {
  static constexpr std::string_view kMediaType = "";
  static constexpr bool kNeedsContent = false;
  static absl::StatusOr<Bytes> FromEntity(const Entity& entity) { return entity.bytes(); }
};
template <>
struct Unmarshaller<Entity> {
  static constexpr std::string_view kMediaType = "";
  static constexpr bool kNeedsContent = false;
  static absl::StatusOr<Entity> FromEntity(const Entity& entity) { return entity; }
};
template <>
struct Unmarshaller<Query> {
  static constexpr std::string_view kMediaType = "application/x-www-form-urlencoded";
  static constexpr bool kNeedsContent = false;
  static absl::StatusOr<Query> FromEntity(const Entity& entity) {
    return Query::Parse(entity.bytes().view());
  }
};

namespace internal {

template <class Tuple, size_t... I>
Route MakeFormFields(Tuple all, std::index_sequence<I...>) {
  auto params = std::make_tuple(std::get<I>(std::move(all))...);
  auto inner = std::get<sizeof...(I)>(std::move(all));
  auto shared = std::make_shared<const std::pair<decltype(params), decltype(inner)>>(
      std::move(params), std::move(inner));
  return Route([shared](const RequestContext& context) {
    return WithBody(
        context, Unmarshaller<Query>::kMediaType, false, [shared, context](const Entity& entity) {
          absl::StatusOr<Query> form = Query::Parse(entity.bytes().view());
          if (!form.ok()) return MalformedBody(form.status());
          return CancelBodyRejections(RunWithValues(ValueReader(*form, context), shared->first,
                                                    shared->second, std::index_sequence<I...>()));
        });
  });
}

}  // namespace internal

// Fields of a form in the body (application/x-www-form-urlencoded), as Parameters takes them.
template <class... A>
Route FormFields(A... params_and_inner) {
  return internal::MakeFormFields(std::make_tuple(std::move(params_and_inner)...),
                                  std::make_index_sequence<sizeof...(A) - 1>());
}
template <class T, class F>
Route FormField(std::string name, F inner) {
  return FormFields(Param<T>(std::move(name)), std::move(inner));
}
template <ParamSpec P, class F>
Route FormField(P param, F inner) {
  return FormFields(std::move(param), std::move(inner));
}

// Whether the body is empty; others reject without a reason.
Route RequestEntityEmpty(Route inner);
Route RequestEntityPresent(Route inner);

}  // namespace sampo::http

#endif  // SAMPO_HTTP_ROUTING_ENTITY_DIRECTIVES_H_
