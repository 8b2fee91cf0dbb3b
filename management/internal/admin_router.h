// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// AdminRouter: from a request to the function that answers it, or to an error that says what to do.
//
// | what                                | answer                                  |
// | a path that is none                 | 404, and the paths there are            |
// | another method than the path has    | 405 with Allow; HEAD is GET             |
// | no token, or another one            | 401, whatever the path; not for /health |
// | a parameter that is wrong           | 400 naming it, its value, the remedy    |
//
// Threads: Handle from any, once the routes are added.
#ifndef SAMPO_MANAGEMENT_INTERNAL_ADMIN_ROUTER_H_
#define SAMPO_MANAGEMENT_INTERNAL_ADMIN_ROUTER_H_

#include <cstddef>
#include <functional>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sampo/management/internal/http_server.h"

namespace sampo::internal {

// {"error": .., "parameter": .., "value": .., "remedy": ..}; what is empty is left out.
struct AdminError {
  std::string error;
  std::string parameter = {};
  std::string value = {};
  std::string remedy = {};
};
AdminResponse ErrorResponse(int status, const AdminError& error);

// Reads the parameters of a request. The first problem stays.
class ParameterReader {
 public:
  // One that is not in `known` is a problem.
  ParameterReader(const AdminRequest& request, std::initializer_list<std::string_view> known);

  // `otherwise`: what it is where it is not given.
  std::string Text(const std::string& name, std::string_view otherwise);
  int64_t Number(const std::string& name, int64_t otherwise, int64_t min, int64_t max);
  bool Has(const std::string& name) const { return request_.parameters.contains(name); }
  // For what only the route can tell.
  void Refuse(const std::string& name, std::string_view error, std::string remedy);

  // 400, where there is a problem.
  const std::optional<AdminResponse>& problem() const { return problem_; }

 private:
  const AdminRequest& request_;
  std::optional<AdminResponse> problem_;
};

class AdminRouter {
 public:
  using Route = std::function<AdminResponse(const AdminRequest&)>;

  // `token` empty: none is wanted.
  explicit AdminRouter(std::string token) : token_(std::move(token)) {}

  // `open`: needs no token.
  void Add(std::string_view method, std::string_view path, Route route, bool open = false);
  AdminResponse Handle(const AdminRequest& request) const;

 private:
  struct Path {
    std::map<std::string, Route, std::less<>> methods;
    bool open = false;
  };

  bool IsAuthorized(const AdminRequest& request) const;
  AdminResponse NoSuchPath(const AdminRequest& request) const;

  const std::string token_;
  std::map<std::string, Path, std::less<>> paths_;
};

}  // namespace sampo::internal

#endif  // SAMPO_MANAGEMENT_INTERNAL_ADMIN_ROUTER_H_
