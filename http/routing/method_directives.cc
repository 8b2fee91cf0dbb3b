// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/http/routing/method_directives.h"

#include <utility>

namespace sampo::http {
namespace {

Rejections OtherMethod(Method method, const RequestContext& context) {
  Rejections rejections = Rejections::OfMethod(method);
  if (method == Method::kGet && context.settings().head_as_get) {
    rejections.Append(Rejections::OfMethod(Method::kHead));
  }
  return rejections;
}

// The method fits, so that it is not the reason any more, whatever inner routes say.
RouteAnswer CancelMethods(RouteResult result) {
  if (!result.IsComplete()) result.rejections().Cancel({RejectionKind::kMethod});
  return result;
}

}  // namespace

Route OfMethod(Method method, Route inner) {
  return Route([method, inner = std::move(inner)](const RequestContext& context) {
    if (!context.IsMethod(method)) return RouteAnswer(OtherMethod(method, context));
    RouteAnswer answer = inner(context);
    if (answer.IsReady() && answer.result().IsComplete()) return answer;
    return std::move(answer).Then(
        [](RouteResult result) { return CancelMethods(std::move(result)); });
  });
}

Route Get(Route inner) { return OfMethod(Method::kGet, std::move(inner)); }
Route Head(Route inner) { return OfMethod(Method::kHead, std::move(inner)); }
Route Post(Route inner) { return OfMethod(Method::kPost, std::move(inner)); }
Route Put(Route inner) { return OfMethod(Method::kPut, std::move(inner)); }
Route Delete(Route inner) { return OfMethod(Method::kDelete, std::move(inner)); }
Route Patch(Route inner) { return OfMethod(Method::kPatch, std::move(inner)); }
Route Options(Route inner) { return OfMethod(Method::kOptions, std::move(inner)); }

}  // namespace sampo::http
