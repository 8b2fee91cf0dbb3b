// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Directives that look at the request as a whole or change its answer: Extract, OnSuccess,
// MapResponse, RespondWithHeader, HandleRejections, HandleExceptions, WithRequestTimeout,
// WithSizeLimit, Log, cookies of the answer.
//
// Threads: as Route. What a function is given lives until it returns, unless it is a value.
//
//   Route api = HandleExceptions(MyErrors, WithRequestTimeout(absl::Seconds(5), routes));
#ifndef SAMPO_HTTP_ROUTING_BASIC_DIRECTIVES_H_
#define SAMPO_HTTP_ROUTING_BASIC_DIRECTIVES_H_

#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "sampo/http/routing/complete.h"
#include "sampo/http/routing/error_response.h"
#include "sampo/http/routing/route.h"

namespace sampo::http {

// --- Something of the request, or of elsewhere, for a function ---

// inner(extract(context)).
template <class E, class F>
Route Extract(E extract, F inner) {
  return Route(
      [extract = std::move(extract), inner = std::move(inner)](const RequestContext& context) {
        return internal::AnswerOf(inner(extract(context)), context);
      });
}
template <class F>
Route ExtractRequest(F inner) {
  return Extract([](const RequestContext& c) -> const HttpRequest& { return c.request(); },
                 std::move(inner));
}
template <class F>
Route ExtractUri(F inner) {
  return Extract([](const RequestContext& c) -> const Uri& { return c.request().uri; },
                 std::move(inner));
}
template <class F>
Route ExtractMethod(F inner) {
  return Extract([](const RequestContext& c) { return c.request().method; }, std::move(inner));
}
// Raw.
template <class F>
Route ExtractUnmatchedPath(F inner) {
  return Extract([](const RequestContext& c) { return std::string(c.unmatched_path()); },
                 std::move(inner));
}
// "127.0.0.1:4711"; empty where there is no connection. Behind a proxy it is the proxy.
template <class F>
Route ExtractPeer(F inner) {
  return Extract([](const RequestContext& c) { return c.request().peer; }, std::move(inner));
}
template <class F>
Route ExtractRequestId(F inner) {
  return Extract([](const RequestContext& c) { return c.request().request_id; }, std::move(inner));
}
// Without the port, lower case: of an absolute target, else of the Host field; empty: none.
std::string HostOf(const HttpRequest& request);
template <class F>
Route ExtractHost(F inner) {
  return Extract([](const RequestContext& c) { return HostOf(c.request()); }, std::move(inner));
}
// Others reject without a reason.
Route Host(std::string host, Route inner);

// inner(StatusOr<T>), or inner(Status), of the future that make() returns for each request.
template <class M, class F>
Route OnComplete(M make, F inner) {
  auto shared = std::make_shared<const F>(std::move(inner));
  return Route([make = std::move(make), shared](const RequestContext& context) {
    auto future = make();
    using T = typename decltype(future)::Value;
    if (future.IsComplete()) {
      return internal::AnswerOf((*shared)(sampo::internal::FutureAccess::Take(std::move(future))),
                                context);
    }
    Promise<FutureResult<T>> promise;
    Future<FutureResult<T>> result = promise.future();
    std::move(future).OnComplete([promise = std::move(promise)](FutureResult<T> r) mutable {
      promise.Complete(absl::StatusOr<FutureResult<T>>(absl::in_place, std::move(r)));
    });
    return RouteAnswer(std::move(result).FlatMap([shared, context](FutureResult<T> r) {
      return internal::AnswerOf((*shared)(std::move(r)), context).future();
    }));
  });
}
// inner(T) of the future's value; a failure is answered by its status.
template <class M, class F>
Route OnSuccess(M make, F inner) {
  auto shared = std::make_shared<const F>(std::move(inner));
  return Route([make = std::move(make), shared](const RequestContext& context) {
    return RouteAnswer(make().FlatMap([shared, context](auto&&... value) {
      return internal::AnswerOf((*shared)(std::forward<decltype(value)>(value)...), context)
          .future();
    }));
  });
}

// --- The request changed, or checked, for the inner route ---

// A changed path is matched from its beginning.
Route MapRequest(std::function<HttpRequest(HttpRequest)> map, Route inner);
// The bound of bodies that are read as a whole, for the inner routes; a body that says that it is
// longer is answered 413 at once. Of alternatives with limits of their own the largest comes first:
// a streamed body is read once, and one that was too long for one is so for those that follow.
Route WithSizeLimit(uint64_t content_bytes_max, Route inner);
// Rejects with kValidation, 400 with `message`, where `check` is false.
Route Validate(std::function<bool(const RequestContext&)> check, std::string message, Route inner);

// --- The answer changed ---

Route MapResponse(std::function<HttpResponse(HttpResponse)> map, Route inner);
Route MapRejections(std::function<Rejections(Rejections)> map, Route inner);
// Takes these kinds out of what the inner route and its alternatives have rejected with.
Route CancelRejections(std::initializer_list<RejectionKind> kinds, Route inner);
// Added to those that the answer has. Precondition: name and value are well formed.
Route RespondWithHeader(std::string name, std::string value, Route inner);
Route RespondWithHeaders(Headers headers, Route inner);
// Only where the answer has none of that name.
Route RespondWithDefaultHeader(std::string name, std::string value, Route inner);

// A cookie of an answer (RFC 6265 section 4.1).
struct SetCookieOptions {
  std::string name;
  std::string value;
  std::string path = "/";
  std::string domain = {};                     // empty: the host alone
  std::optional<absl::Duration> max_age = {};  // empty: as long as the browser runs
  bool secure = false;
  bool http_only = true;
  std::string same_site = "Lax";  // Strict, Lax, None; empty: not said
};
// INVALID_ARGUMENT where a part has characters that may not be there.
absl::StatusOr<std::string> SetCookieText(const SetCookieOptions& cookie);
// A cookie that is not well formed is answered 500.
Route SetCookie(SetCookieOptions cookie, Route inner);
// Path and domain as they were set.
Route DeleteCookie(std::string name, Route inner, std::string path = "/", std::string domain = {});

// --- Rejections and failures ---

// An answer to what the inner route rejected with; nothing: it goes on as it is.
using RejectionHandler =
    std::function<std::optional<HttpResponse>(const Rejections&, const RequestContext&)>;
Route HandleRejections(RejectionHandler handler, Route inner);
// With the default table: other alternatives are not tried any more.
Route HandleRejections(Route inner);

struct RouteFailure {
  absl::Status status;
  // What a function threw on the way to its first future; null: a future failed.
  std::exception_ptr exception;
};
// An answer to a failed future or an exception of the inner route; nothing: it goes on as it is.
using ExceptionHandler =
    std::function<std::optional<HttpResponse>(const RouteFailure&, const RequestContext&)>;
Route HandleExceptions(ExceptionHandler handler, Route inner);

// 503, and the connection closes, where the answer is not there in time; what comes later is
// dropped. An answer whose body is
// still being sent is there.
Route WithRequestTimeout(absl::Duration timeout, Route inner);

// One line in the log sampo.http.routing: method, path, answer (or the failure, or exception, that
// goes on from here), time, request id. Without the query, which may hold secrets.
Route LogRequestResult(std::string label, Route inner);

}  // namespace sampo::http

#endif  // SAMPO_HTTP_ROUTING_BASIC_DIRECTIVES_H_
