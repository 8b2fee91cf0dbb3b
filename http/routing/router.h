// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Router: a table of patterns and handlers, for programs with a handful of routes.
//
// Sugar over Concat, Path and the methods: shorter for ten routes, but what the braces take is a
// text that is found by its name, and there is no nesting for authentication or timeouts. Patterns:
// literal segments, {name} for one segment, {name...} at the end for the rest. The first that
// matches counts.
// Threads: as Route.
//
//   Route routes = Router()
//       .Get("/counters/{id}", [=](const PathValues& path) { return Complete(path["id"]); })
//       .Post("/counters", Handler);
#ifndef SAMPO_HTTP_ROUTING_ROUTER_H_
#define SAMPO_HTTP_ROUTING_ROUTER_H_

#include <functional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "sampo/http/routing/complete.h"
#include "sampo/http/routing/method_directives.h"
#include "sampo/http/routing/route.h"

namespace sampo::http {

// What a pattern's braces took, decoded.
class PathValues {
 public:
  // Empty where the pattern has no such name.
  std::string_view operator[](std::string_view name) const;
  void Add(std::string name, std::string value) {
    values_.emplace_back(std::move(name), std::move(value));
  }

 private:
  std::vector<std::pair<std::string, std::string>> values_;
};

class Router {
 public:
  // `handler`: a route, or a function of `const PathValues&` that returns one.
  template <class F>
  Router On(Method method, std::string_view pattern, F handler) && {
    if constexpr (std::is_invocable_v<const F&, const PathValues&>) {
      Add(method, pattern,
          [handler = std::move(handler)](const PathValues& values, const RequestContext& context) {
            return internal::AnswerOf(handler(values), context);
          });
    } else {
      Add(method, pattern,
          [route = Route(std::move(handler))](const PathValues&, const RequestContext& context) {
            return route(context);
          });
    }
    return std::move(*this);
  }
  template <class F>
  Router Get(std::string_view pattern, F handler) && {
    return std::move(*this).On(Method::kGet, pattern, std::move(handler));
  }
  template <class F>
  Router Post(std::string_view pattern, F handler) && {
    return std::move(*this).On(Method::kPost, pattern, std::move(handler));
  }
  template <class F>
  Router Put(std::string_view pattern, F handler) && {
    return std::move(*this).On(Method::kPut, pattern, std::move(handler));
  }
  template <class F>
  Router Delete(std::string_view pattern, F handler) && {
    return std::move(*this).On(Method::kDelete, pattern, std::move(handler));
  }

  operator Route() const { return ConcatAll(routes_); }  // NOLINT: implicit on purpose

 private:
  using Handler = std::function<RouteAnswer(const PathValues&, const RequestContext&)>;
  void Add(Method method, std::string_view pattern, Handler handler);

  std::vector<Route> routes_;
};

}  // namespace sampo::http

#endif  // SAMPO_HTTP_ROUTING_ROUTER_H_
