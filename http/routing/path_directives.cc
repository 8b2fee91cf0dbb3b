// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/http/routing/path_directives.h"

#include <string>
#include <string_view>

#include "sampo/actor/base/str_cat.h"
#include "sampo/http/routing/complete.h"

namespace sampo::http {
namespace {

Route WhereRestIs(std::string_view rest, std::string_view or_rest, Route inner) {
  return Route([rest, or_rest, inner = std::move(inner)](const RequestContext& context) {
    const std::string_view left = context.unmatched_path();
    if (left != rest && left != or_rest) return RouteAnswer(Rejections());
    return inner(context.WithUnmatchedPath(0));
  });
}

RouteAnswer RedirectToPath(const std::string& path, StatusCode code,
                           const RequestContext& context) {
  if (path.starts_with("//")) return Rejections();
  const std::string& query = context.request().uri.raw_query();
  return internal::AnswerOf(Redirect(query.empty() ? path : StrCat(path, "?", query), code),
                            context);
}

}  // namespace

Route PathEnd(Route inner) { return WhereRestIs("", "", std::move(inner)); }
Route PathSingleSlash(Route inner) { return WhereRestIs("/", "/", std::move(inner)); }
Route PathEndOrSingleSlash(Route inner) { return WhereRestIs("", "/", std::move(inner)); }

Route IgnoreTrailingSlash(Route inner) {
  return Route([inner = std::move(inner)](const RequestContext& context) {
    return inner(context.WithoutTrailingSlash());
  });
}

Route RedirectToTrailingSlashIfMissing(Route inner, StatusCode code) {
  return Route([inner = std::move(inner), code](const RequestContext& context) {
    const std::string& path = context.request().uri.path();
    if (path.ends_with('/')) return inner(context);
    return RedirectToPath(path + "/", code, context);
  });
}

Route RedirectToNoTrailingSlashIfPresent(Route inner, StatusCode code) {
  return Route([inner = std::move(inner), code](const RequestContext& context) {
    const std::string& path = context.request().uri.path();
    if (path.size() < 2 || !path.ends_with('/')) return inner(context);
    return RedirectToPath(path.substr(0, path.size() - 1), code, context);
  });
}

}  // namespace sampo::http
