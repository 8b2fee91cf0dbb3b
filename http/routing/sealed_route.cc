// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/http/routing/sealed_route.h"

#include <memory>
#include <utility>

#include "absl/status/statusor.h"
#include "sampo/actor/actor_system.h"
#include "sampo/actor/base/logger_registry.h"
#include "sampo/http/routing/error_response.h"

namespace sampo::http {
namespace {

HttpResponse ResponseOf(RouteResult result, const RequestContext& context) {
  if (result.IsComplete()) return std::move(result.response());
  return RejectionResponse(result.rejections(), context);
}

RouteAnswer RunCatching(const Route& route, const RequestContext& context) {
  try {
    return route(context);
  } catch (...) {
    return RouteAnswer::Failed(sampo::internal::StatusOfUserException("a route"));
  }
}

Future<HttpResponse> Handle(const std::shared_ptr<const internal::SealedRoute>& sealed,
                            HttpRequest request) {
  const RequestContext context(sealed, std::move(request));
  RouteAnswer answer = RunCatching(sealed->route, context);
  if (answer.IsReady()) {
    return Future<HttpResponse>::Ready(ResponseOf(std::move(answer.result()), context));
  }
  Promise<HttpResponse> promise;
  Future<HttpResponse> response = promise.future();
  std::move(answer).future().OnComplete(
      [promise = std::move(promise), context](absl::StatusOr<RouteResult> result) mutable {
        promise.Complete(result.ok() ? ResponseOf(*std::move(result), context)
                                     : StatusResponse(result.status(), context));
      });
  return response;
}

}  // namespace

HttpHandler Seal(Route route, ActorSystemBase& system, RoutingSettings settings) {
  auto sealed = std::make_shared<const internal::SealedRoute>(internal::SealedRoute{
      std::move(route), system, settings, system.loggers().Get("sampo.http.routing")});
  return [sealed = std::move(sealed)](HttpRequest request) {
    return Handle(sealed, std::move(request));
  };
}

}  // namespace sampo::http
