// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// AuthenticateBasic, AuthenticateBearer, Authorize, Cors: who asks, and what they may.
//
// An authenticator is asked for each request that brings credentials, and gives the user, or
// nothing: `std::optional<User>`, or a Future of one. No credentials, and wrong ones, are answered
// 401 with a challenge; a user who may not, 403. Compare secrets with SecureEquals (field_text.h).
// Credentials are as secret as the connection: Basic and Bearer without TLS can be read on the way.
// Threads: as Route.
//
//   AuthenticateBearer("shop", [](const std::string& token) { return UserOfToken(token); },
//                      [](const User& user) { return Authorize(user.is_admin, AdminRoutes()); })
#ifndef SAMPO_HTTP_ROUTING_SECURITY_DIRECTIVES_H_
#define SAMPO_HTTP_ROUTING_SECURITY_DIRECTIVES_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "sampo/http/routing/complete.h"
#include "sampo/http/routing/field_text.h"
#include "sampo/http/routing/route.h"

namespace sampo::http {

struct BasicCredentials {
  std::string user;
  std::string password;
};
// Of an Authorization field; nothing where it is another scheme or not well formed.
std::optional<BasicCredentials> ParseBasicCredentials(std::string_view field);
std::optional<std::string> ParseBearerToken(std::string_view field);

namespace internal {

// `challenge`: for WWW-Authenticate. `is_missing`: no credentials came; else they were wrong.
Rejection Unauthenticated(std::string challenge, bool is_missing);
// "Basic realm=..., charset=...".
std::string BasicChallenge(std::string_view realm);
std::string BearerChallenge(std::string_view realm);
RouteAnswer CancelAuthentication(RouteAnswer answer);

template <class Parse, class A, class F>
Route Authenticate(std::string challenge, Parse parse, A authenticator, F inner) {
  auto shared = std::make_shared<const F>(std::move(inner));
  return Route([challenge = std::move(challenge), parse, authenticator = std::move(authenticator),
                shared](const RequestContext& context) -> RouteAnswer {
    const auto credentials = parse(context.request().headers.Get("Authorization").value_or(""));
    if (!credentials) return Unauthenticated(challenge, true);
    auto user = authenticator(*credentials);
    const auto enter = [shared, context, challenge](auto found) -> RouteAnswer {
      if (!found) return Unauthenticated(challenge, false);
      return CancelAuthentication(AnswerOf((*shared)(*std::move(found)), context));
    };
    if constexpr (sampo::internal::IsFuture<decltype(user)>::value) {
      return std::move(user).FlatMap(
          [enter](auto found) { return enter(std::move(found)).future(); });
    } else {
      return enter(std::move(user));
    }
  });
}

}  // namespace internal

// inner(User) of authenticator(const BasicCredentials&).
template <class A, class F>
Route AuthenticateBasic(std::string_view realm, A authenticator, F inner) {
  return internal::Authenticate(internal::BasicChallenge(realm), &ParseBasicCredentials,
                                std::move(authenticator), std::move(inner));
}
// inner(User) of authenticator(const std::string& token): OAuth2 and the like (RFC 6750).
template <class A, class F>
Route AuthenticateBearer(std::string_view realm, A authenticator, F inner) {
  return internal::Authenticate(internal::BearerChallenge(realm), &ParseBearerToken,
                                std::move(authenticator), std::move(inner));
}

// 403 where `check` says no.
Route Authorize(bool may, Route inner);
Route Authorize(std::function<bool(const RequestContext&)> check, Route inner);
Route Authorize(std::function<Future<bool>(const RequestContext&)> check, Route inner);

// Who may use the routes from a page of another origin (the Fetch standard's CORS protocol).
struct CorsSettings {
  // "https://example.org"; empty: any.
  std::vector<std::string> allowed_origins = {};
  std::vector<Method> allowed_methods = {Method::kGet, Method::kPost, Method::kHead,
                                         Method::kOptions};
  // Of requests; empty: those that are asked for.
  std::vector<std::string> allowed_headers = {};
  // Of answers, beside those that every page may read.
  std::vector<std::string> exposed_headers = {};
  // Whether cookies and Authorization go along. Not with any origin: then every page of the web
  // could act in its visitor's name. Pekko's default is the contrary.
  bool allow_credentials = false;
  absl::Duration max_age = absl::Minutes(30);
};
// Answers preflight requests and adds the fields to the answers to others, also where inner routes
// rejected, failed or threw: that is answered here, by the default table, so that the page can read
// it (HandleExceptions and HandleRejections of your own belong inside). An origin that is not
// allowed is answered 403. Requests without an Origin pass; where origins are listed all that is
// answered here or inside says "Vary: Origin".
// Browsers say Origin with the POST, PUT and DELETE of the server's own pages, too: where origins
// are listed and such pages are served, list their origin as well.
// Precondition: not allow_credentials with any origin.
Route Cors(CorsSettings settings, Route inner);

}  // namespace sampo::http

#endif  // SAMPO_HTTP_ROUTING_SECURITY_DIRECTIVES_H_
