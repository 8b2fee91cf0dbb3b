// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Parameter, HeaderValue, Cookie and their likes: values of a request, typed, for a function.
//
// Each takes a Param<T> (value_spec.h), or a T and a name: required then. Several at once: the
// plural forms, with the function last.
// Threads: as Route.
//
//   Parameter<int64_t>("page", [=](int64_t page) { return Complete(Page(page)); })
//   Parameters(Param<int64_t>("limit").Between(1, 1000).Default(50),
//              Param<std::string>("after").Optional(),
//              [=](int64_t limit, std::optional<std::string> after) { ... })
#ifndef SAMPO_HTTP_ROUTING_VALUE_DIRECTIVES_H_
#define SAMPO_HTTP_ROUTING_VALUE_DIRECTIVES_H_

#include <cstddef>
#include <optional>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

#include "sampo/http/routing/complete.h"
#include "sampo/http/routing/route.h"
#include "sampo/http/routing/value_spec.h"

namespace sampo::http {

namespace internal {

// Where values are looked up: a request's query, its headers, its cookies.
class ValueReader {
 public:
  ValueReader(ValuePlace place, const RequestContext& context) : place_(place), context_(context) {}
  ValueReader(const Query& form, const RequestContext& context)
      : place_(ValuePlace::kFormField), context_(context), form_(&form) {}

  ValuePlace place() const { return place_; }
  const RequestContext& context() const { return context_; }
  // Not OK with why: the query is not well formed.
  std::optional<Rejection> Check() const;
  std::optional<std::string_view> Get(std::string_view name) const;

 private:
  ValuePlace place_;
  const RequestContext& context_;
  const Query* form_ = nullptr;
};

template <class F, class... P, size_t... I>
RouteAnswer RunWithValues(const ValueReader& reader, const std::tuple<P...>& params, const F& inner,
                          std::index_sequence<I...>) {
  if (std::optional<Rejection> wrong = reader.Check()) return *std::move(wrong);
  std::tuple<std::variant<typename P::Value, Rejection>...> values(
      std::get<I>(params).Read(reader.place(), reader.Get(std::get<I>(params).name()))...);
  Rejection* rejection = nullptr;
  ((rejection == nullptr ? void(rejection = std::get_if<1>(&std::get<I>(values))) : void()), ...);
  if (rejection != nullptr) return std::move(*rejection);
  return AnswerOf(inner(std::get<0>(std::move(std::get<I>(values)))...), reader.context());
}

template <class F, class... P>
Route MakeValues(ValuePlace place, std::tuple<P...> params, F inner) {
  static_assert((ParamSpec<P> && ...), "Sampo: not a Param; see value_spec.h.");
  return Route(
      [place, params = std::move(params), inner = std::move(inner)](const RequestContext& context) {
        return RunWithValues(ValueReader(place, context), params, inner,
                             std::index_sequence_for<P...>());
      });
}

// Of arguments whose last one is the function.
template <class Tuple, size_t... I>
Route MakeValuesOf(ValuePlace place, Tuple all, std::index_sequence<I...>) {
  return MakeValues(place, std::make_tuple(std::get<I>(std::move(all))...),
                    std::get<sizeof...(I)>(std::move(all)));
}
template <class... A>
Route MakeValuesOf(ValuePlace place, A... arguments) {
  static_assert(sizeof...(A) >= 2, "Sampo: some Params, and a function of their values.");
  return MakeValuesOf(place, std::make_tuple(std::move(arguments)...),
                      std::make_index_sequence<sizeof...(A) - 1>());
}

}  // namespace internal

// Of the query. Where a name is there twice the first counts.
template <class T, class F>
Route Parameter(std::string name, F inner) {
  return internal::MakeValuesOf(internal::ValuePlace::kParameter, Param<T>(std::move(name)),
                                std::move(inner));
}
template <ParamSpec P, class F>
Route Parameter(P param, F inner) {
  return internal::MakeValuesOf(internal::ValuePlace::kParameter, std::move(param),
                                std::move(inner));
}
template <class... A>
Route Parameters(A... params_and_inner) {
  return internal::MakeValuesOf(internal::ValuePlace::kParameter, std::move(params_and_inner)...);
}

// Of the header fields; names without case. Where one is there twice the first counts.
template <class T, class F>
Route HeaderValue(std::string name, F inner) {
  return internal::MakeValuesOf(internal::ValuePlace::kHeader, Param<T>(std::move(name)),
                                std::move(inner));
}
template <ParamSpec P, class F>
Route HeaderValue(P param, F inner) {
  return internal::MakeValuesOf(internal::ValuePlace::kHeader, std::move(param), std::move(inner));
}
template <class... A>
Route HeaderValues(A... params_and_inner) {
  return internal::MakeValuesOf(internal::ValuePlace::kHeader, std::move(params_and_inner)...);
}

// Of the Cookie fields; names with case.
template <class T, class F>
Route Cookie(std::string name, F inner) {
  return internal::MakeValuesOf(internal::ValuePlace::kCookie, Param<T>(std::move(name)),
                                std::move(inner));
}
template <ParamSpec P, class F>
Route Cookie(P param, F inner) {
  return internal::MakeValuesOf(internal::ValuePlace::kCookie, std::move(param), std::move(inner));
}
template <class F>
Route OptionalCookie(std::string name, F inner) {
  return Cookie(Param<std::string>(std::move(name)).Optional(), std::move(inner));
}

}  // namespace sampo::http

#endif  // SAMPO_HTTP_ROUTING_VALUE_DIRECTIVES_H_
