// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Path, PathPrefix, PathEnd ...: routes by the request's path. And slashes at its end.
//
// Path matches all that is left of the path, PathPrefix its beginning; both take the slash before
// it. The inner route is a route, where the matcher extracts nothing, or a function of what it
// extracts that returns one. A path that does not match is rejected without a reason: 404.
// Threads: as Route.
//
//   PathPrefix("api" / Segment, [](std::string version) {
//     return Concat(Path("ping", Complete("pong")), PathEnd(Complete(version)));
//   })
#ifndef SAMPO_HTTP_ROUTING_PATH_DIRECTIVES_H_
#define SAMPO_HTTP_ROUTING_PATH_DIRECTIVES_H_

#include <tuple>
#include <type_traits>
#include <utility>

#include "sampo/http/routing/path_matchers.h"
#include "sampo/http/routing/route.h"

namespace sampo::http {

namespace internal {

enum class PathKind : uint8_t { kWhole, kPrefix, kPrefixTest };

// The inner route's answer for the rest of the path.
template <class M, class F>
RouteAnswer RunPath(PathKind kind, const M& matcher, const F& inner,
                    const RequestContext& context) {
  PathCursor cursor(context.unmatched_path());
  typename M::Values values;
  if (!cursor.TakeSlash() || !matcher.Match(cursor, values)) return Rejections();
  if (kind == PathKind::kWhole && !cursor.rest().empty()) return Rejections();
  const RequestContext inside =
      kind == PathKind::kPrefixTest ? context : context.WithUnmatchedPath(cursor.rest().size());
  if constexpr (std::tuple_size_v<typename M::Values> == 0) {
    return inner(inside);
  } else {
    return std::apply(
        [&](auto&&... extracted) {
          return AnswerOf(inner(std::forward<decltype(extracted)>(extracted)...), inside);
        },
        std::move(values));
  }
}

template <class M, class F>
Route MakePath(PathKind kind, M matcher, F inner) {
  if constexpr (std::tuple_size_v<typename M::Values> == 0) {
    return Route([kind, matcher = std::move(matcher),
                  inner = Route(std::move(inner))](const RequestContext& context) {
      return RunPath(kind, matcher, inner, context);
    });
  } else {
    return Route([kind, matcher = std::move(matcher),
                  inner = std::move(inner)](const RequestContext& context) {
      return RunPath(kind, matcher, inner, context);
    });
  }
}

}  // namespace internal

template <internal::MatcherOrText M, class F>
Route Path(M matcher, F inner) {
  return internal::MakePath(internal::PathKind::kWhole, internal::MatcherOf(std::move(matcher)),
                            std::move(inner));
}
template <internal::MatcherOrText M, class F>
Route PathPrefix(M matcher, F inner) {
  return internal::MakePath(internal::PathKind::kPrefix, internal::MatcherOf(std::move(matcher)),
                            std::move(inner));
}
// PathPrefix that leaves the path as it is for the inner route.
template <internal::MatcherOrText M, class F>
Route PathPrefixTest(M matcher, F inner) {
  return internal::MakePath(internal::PathKind::kPrefixTest,
                            internal::MatcherOf(std::move(matcher)), std::move(inner));
}

// Where nothing is left of the path: inside of a PathPrefix.
Route PathEnd(Route inner);
// Where one slash is left, as in "/" itself.
Route PathSingleSlash(Route inner);
Route PathEndOrSingleSlash(Route inner);

// The inner routes see no slash at the path's end, as if it had not been sent.
Route IgnoreTrailingSlash(Route inner);
// Redirects "/a" to "/a/", or "/a/" to "/a"; other paths and "/" go to the inner route. The query
// goes along. A path that begins with two slashes is rejected, as browsers take it for a host.
Route RedirectToTrailingSlashIfMissing(Route inner,
                                       StatusCode code = StatusCode::kMovedPermanently);
Route RedirectToNoTrailingSlashIfPresent(Route inner,
                                         StatusCode code = StatusCode::kMovedPermanently);

}  // namespace sampo::http

#endif  // SAMPO_HTTP_ROUTING_PATH_DIRECTIVES_H_
