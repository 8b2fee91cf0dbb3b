// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/http/routing/security_directives.h"

#include "absl/strings/escaping.h"
#include "sampo/actor/base/check.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/actor/future.h"
#include "sampo/http/routing/error_response.h"

namespace sampo::http {
namespace {

// What follows "Basic " or its like, whose case does not matter.
std::optional<std::string_view> AfterScheme(std::string_view field, std::string_view scheme) {
  field = TrimBlanks(field);
  if (field.size() <= scheme.size() || field[scheme.size()] != ' ' ||
      !EqualsIgnoreCase(field.substr(0, scheme.size()), scheme)) {
    return std::nullopt;
  }
  return TrimBlanks(field.substr(scheme.size()));
}

// A quoted-string; what may not be in one is left out.
std::string Quoted(std::string_view text) {
  std::string quoted = "\"";
  for (char c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) continue;
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted += '"';
}

RouteAnswer Forbidden() {
  return Rejection{.kind = RejectionKind::kAuthorizationFailed,
                   .place = "authorization",
                   .allowed = "requests of users who may do that"};
}

std::string Joined(const std::vector<std::string>& texts) {
  std::string all;
  for (const std::string& text : texts) all += StrCat(all.empty() ? "" : ", ", text);
  return all;
}

// What Cors knows before requests.
struct CorsTexts {
  CorsSettings settings;
  std::string methods;
  std::string headers;
  std::string exposed;

  bool AllowsAny() const { return settings.allowed_origins.empty(); }
  bool Allows(std::string_view origin) const {
    if (AllowsAny()) return true;
    for (const std::string& allowed : settings.allowed_origins) {
      if (allowed == origin) return true;
    }
    return false;
  }
  bool AllowsMethod(std::string_view method) const {
    for (Method allowed : settings.allowed_methods) {
      if (http::ToString(allowed) == method) return true;
    }
    return false;
  }
  void AddOrigin(std::string_view origin, HttpResponse& response) const {
    response.headers.AddUnchecked("Access-Control-Allow-Origin",
                                  AllowsAny() ? "*" : std::string(origin));
    if (settings.allow_credentials) {
      response.headers.AddUnchecked("Access-Control-Allow-Credentials", "true");
    }
  }
  // A cache must not give one origin what another one got, nor what nobody asked for by an origin.
  void AddVary(HttpResponse& response) const {
    if (!AllowsAny()) response.headers.AddUnchecked("Vary", "Origin");
  }
};

HttpResponse Preflight(const CorsTexts& cors, std::string_view origin, std::string_view method,
                       const RequestContext& context) {
  if (!cors.AllowsMethod(method)) {
    return RejectionResponse(Rejections({.kind = RejectionKind::kForbiddenOrigin,
                                         .place = "header Access-Control-Request-Method",
                                         .value = Shortened(method),
                                         .allowed = cors.methods}),
                             context);
  }
  HttpResponse response{.status = StatusCode::kNoContent};
  cors.AddOrigin(origin, response);
  response.headers.AddUnchecked("Access-Control-Allow-Methods", cors.methods);
  const std::string headers =
      cors.settings.allowed_headers.empty()
          ? std::string(
                context.request().headers.Get("Access-Control-Request-Headers").value_or(""))
          : cors.headers;
  if (!headers.empty() && IsFieldValue(headers)) {
    response.headers.AddUnchecked("Access-Control-Allow-Headers", headers);
  }
  response.headers.AddUnchecked("Access-Control-Max-Age",
                                StrCat(absl::ToInt64Seconds(cors.settings.max_age)));
  return response;
}

// The inner route's answer; failures, exceptions and rejections are answered by the default table.
RouteAnswer CompleteAnswer(const Route& inner, const RequestContext& context) {
  RouteAnswer answer = [&] {
    try {
      return inner(context);
    } catch (...) {
      return RouteAnswer::Failed(sampo::internal::StatusOfUserException("a route"));
    }
  }();
  if (!answer.IsReady()) {
    answer = std::move(answer).future().Recover(
        [context](const absl::Status& status) -> absl::StatusOr<RouteResult> {
          return RouteResult(StatusResponse(status, context));
        });
  }
  return std::move(answer).Then([context](RouteResult result) -> RouteAnswer {
    if (result.IsComplete()) return result;
    return RejectionResponse(result.rejections(), context);
  });
}

RouteAnswer AnswerWithCors(const std::shared_ptr<const CorsTexts>& cors, const Route& inner,
                           const RequestContext& context) {
  const HttpRequest& request = context.request();
  const std::optional<std::string_view> origin = request.headers.Get("Origin");
  if (!origin) return inner(context);
  if (!cors->Allows(*origin)) {
    return RejectionResponse(Rejections({.kind = RejectionKind::kForbiddenOrigin,
                                         .place = "header Origin",
                                         .value = Shortened(*origin)}),
                             context);
  }
  const auto method = request.headers.Get("Access-Control-Request-Method");
  if (request.method == Method::kOptions && method) {
    return Preflight(*cors, *origin, *method, context);
  }
  return CompleteAnswer(inner, context).Then([cors, context](RouteResult result) {
    HttpResponse& response = result.response();
    cors->AddOrigin(context.request().headers.Get("Origin").value_or(""), response);
    if (!cors->exposed.empty()) {
      response.headers.AddUnchecked("Access-Control-Expose-Headers", cors->exposed);
    }
    return RouteAnswer(std::move(result));
  });
}

}  // namespace

std::optional<BasicCredentials> ParseBasicCredentials(std::string_view field) {
  const std::optional<std::string_view> encoded = AfterScheme(field, "Basic");
  std::string decoded;
  if (!encoded || !absl::Base64Unescape(ToAbsl(*encoded), &decoded)) return std::nullopt;
  const size_t colon = decoded.find(':');
  if (colon == std::string::npos) return std::nullopt;
  return BasicCredentials{decoded.substr(0, colon), decoded.substr(colon + 1)};
}

std::optional<std::string> ParseBearerToken(std::string_view field) {
  const std::optional<std::string_view> token = AfterScheme(field, "Bearer");
  if (!token || token->empty() || token->find(' ') != std::string_view::npos) return std::nullopt;
  return std::string(*token);
}

namespace internal {

Rejection Unauthenticated(std::string challenge, bool is_missing) {
  return {.kind = RejectionKind::kAuthenticationFailed,
          .place = "header Authorization",
          .allowed = is_missing ? "credentials of the scheme that WWW-Authenticate names"
                                : "other credentials: these are not known",
          .header_value = std::move(challenge)};
}

std::string BasicChallenge(std::string_view realm) {
  return StrCat("Basic realm=", Quoted(realm), ", charset=\"UTF-8\"");
}
std::string BearerChallenge(std::string_view realm) {
  return StrCat("Bearer realm=", Quoted(realm));
}

RouteAnswer CancelAuthentication(RouteAnswer answer) {
  if (answer.IsReady() && answer.result().IsComplete()) return answer;
  return std::move(answer).Then([](RouteResult result) {
    if (!result.IsComplete()) {
      result.rejections().Cancel({RejectionKind::kAuthenticationFailed});
    }
    return RouteAnswer(std::move(result));
  });
}

}  // namespace internal

Route Authorize(bool may, Route inner) {
  return Authorize([may](const RequestContext&) { return may; }, std::move(inner));
}

Route Authorize(std::function<bool(const RequestContext&)> check, Route inner) {
  return Route([check = std::move(check), inner = std::move(inner)](const RequestContext& context) {
    return check(context) ? inner(context) : Forbidden();
  });
}

Route Authorize(std::function<Future<bool>(const RequestContext&)> check, Route inner) {
  return Route([check = std::move(check), inner = std::move(inner)](const RequestContext& context) {
    return RouteAnswer(check(context).FlatMap(
        [inner, context](bool may) { return (may ? inner(context) : Forbidden()).future(); }));
  });
}

Route Cors(CorsSettings settings, Route inner) {
  SAMPO_CHECK(!settings.allow_credentials || !settings.allowed_origins.empty(),
              "Cors: credentials of any origin: name the origins");
  auto cors = std::make_shared<CorsTexts>();
  for (Method method : settings.allowed_methods) {
    cors->methods += StrCat(cors->methods.empty() ? "" : ", ", http::ToString(method));
  }
  cors->headers = Joined(settings.allowed_headers);
  cors->exposed = Joined(settings.exposed_headers);
  cors->settings = std::move(settings);
  return Route([cors = std::shared_ptr<const CorsTexts>(std::move(cors)),
                inner = std::move(inner)](const RequestContext& context) -> RouteAnswer {
    return AnswerWithCors(cors, inner, context).Then([cors](RouteResult result) {
      if (result.IsComplete()) cors->AddVary(result.response());
      return RouteAnswer(std::move(result));
    });
  });
}

}  // namespace sampo::http
