// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Route: what becomes of a request: an answer, or rejections, now or later. Concat, Seal.
//
// A Route is a value that all threads share: what it holds is never changed. It is made of
//   - a directive around another route:  Get(Path("ping", Complete("pong")))
//   - what Complete returns,
//   - a function without arguments, called for each request, that returns any of these, or
//   - a function of `const RequestContext&` that returns any of these, or a RouteAnswer.
// Where an answer takes work, write the function: `Get(Complete(Ask(...)))` would ask once, while
// routes are made; `Get([=] { return Complete(Ask(...)); })` asks for each request. A route of one
// future refuses its second request with 500, so that a test finds it.
//
// Answers that are there cost no future: RouteAnswer holds them, or a Future of them.
// Threads: values; functions are called by many threads at once. Exceptions of functions are
// caught where Seal or HandleExceptions stands.
//
//   Route routes = Concat(Get(Path("ping", Complete("pong"))),
//                         Post(Path(Lit{"counters"} / Segment, [=](std::string id) { ... })));
//   HttpHandler handler = Seal(routes, system);
#ifndef SAMPO_HTTP_ROUTING_ROUTE_H_
#define SAMPO_HTTP_ROUTING_ROUTE_H_

#include <concepts>
#include <memory>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "sampo/actor/base/unique_function.h"
#include "sampo/actor/future.h"
#include "sampo/http/model/message.h"
#include "sampo/http/routing/rejection.h"
#include "sampo/http/routing/request_context.h"

namespace sampo::http {

class Completion;  // what Complete returns

class RouteResult {
 public:
  RouteResult(HttpResponse response) : result_(std::move(response)) {}    // NOLINT: implicit
  RouteResult(Rejections rejections) : result_(std::move(rejections)) {}  // NOLINT: implicit
  RouteResult(Rejection rejection)                                        // NOLINT: implicit
      : result_(Rejections(std::move(rejection))) {}

  bool IsComplete() const { return result_.index() == 0; }
  // Precondition: IsComplete(), and the contrary.
  HttpResponse& response() { return std::get<HttpResponse>(result_); }
  Rejections& rejections() { return std::get<Rejections>(result_); }

 private:
  std::variant<HttpResponse, Rejections> result_;
};

class [[nodiscard]] RouteAnswer {
 public:
  RouteAnswer(RouteResult result) : answer_(std::move(result)) {}  // NOLINT: implicit
  RouteAnswer(HttpResponse response) : answer_(RouteResult(std::move(response))) {}    // NOLINT
  RouteAnswer(Rejections rejections) : answer_(RouteResult(std::move(rejections))) {}  // NOLINT
  RouteAnswer(Rejection rejection) : answer_(RouteResult(std::move(rejection))) {}     // NOLINT
  // Taken out at once where it is complete.
  RouteAnswer(Future<RouteResult> later);  // NOLINT: implicit
  // What the sealed route answers by its status, 500 most often.
  static RouteAnswer Failed(absl::Status status);

  bool IsReady() const { return answer_.index() == 0; }
  // Precondition: IsReady().
  RouteResult& result() { return std::get<RouteResult>(answer_); }
  Future<RouteResult> future() &&;

  using Next = UniqueFunction<RouteAnswer(RouteResult)>;
  // `next` of the result, now or when it comes. A failure passes by it.
  RouteAnswer Then(Next next) &&;

 private:
  std::variant<RouteResult, Future<RouteResult>> answer_;
};

class Route;

namespace internal {

template <class F>
concept TakesContext = std::invocable<const F&, const RequestContext&>;
template <class F>
concept TakesNothing = std::invocable<const F&>;
template <class F>
concept RouteFunction = !std::derived_from<F, Route> && !std::derived_from<F, Completion> &&
                        (TakesContext<F> || TakesNothing<F>);

class RouteNode {
 public:
  virtual ~RouteNode() = default;
  virtual RouteAnswer Run(const RequestContext& context) const = 0;
};

// In complete.cc: the answer of a Completion for this request.
RouteAnswer AnswerOfCompletion(Completion&& completion, const RequestContext& context);
std::shared_ptr<const RouteNode> NodeOfCompletion(Completion&& completion);

// Calls what stands in a directive, and what that returns, until there is an answer.
template <class R>
RouteAnswer AnswerOf(R&& result, const RequestContext& context);
template <class F>
RouteAnswer CallRoute(const F& function, const RequestContext& context);

}  // namespace internal

class Route {
 public:
  template <class F>
  requires internal::RouteFunction<F> Route(F function);  // NOLINT: implicit on purpose
  template <std::same_as<Completion> C>
  Route(C completion)  // NOLINT: implicit on purpose
      : node_(internal::NodeOfCompletion(std::move(completion))) {}
  explicit Route(std::shared_ptr<const internal::RouteNode> node) : node_(std::move(node)) {}

  RouteAnswer operator()(const RequestContext& context) const { return node_->Run(context); }

 private:
  std::shared_ptr<const internal::RouteNode> node_;
};

// Tries one after the other until one does not reject.
Route ConcatAll(std::vector<Route> alternatives);
template <class... R>
Route Concat(R&&... alternatives) {
  std::vector<Route> all;
  all.reserve(sizeof...(R));
  (all.push_back(Route(std::forward<R>(alternatives))), ...);
  return ConcatAll(std::move(all));
}
inline Route operator|(Route first, Route second) {
  return Concat(std::move(first), std::move(second));
}

// Always rejects: with no reason (as a path that does not match), or with one.
Route Reject();
Route Reject(Rejection rejection);
// Fails as a failed future would: answered by StatusCodeOf, 500 without the text.
Route FailWith(absl::Status status);

// The handler for a server: rejections become answers by the default table, and so do failures and
// exceptions of functions, whose text is logged (sampo.http.routing) but not sent.
// Lifetime: the handler must not be called after the system's end.
HttpHandler Seal(Route route, ActorSystemBase& system, RoutingSettings settings = {});

namespace internal {

template <class F>
class FunctionNode final : public RouteNode {
 public:
  explicit FunctionNode(F function) : function_(std::move(function)) {}
  RouteAnswer Run(const RequestContext& context) const override {
    return CallRoute(function_, context);
  }

 private:
  const F function_;
};

template <class R>
RouteAnswer AnswerOf(R&& result, const RequestContext& context) {
  using T = std::remove_cvref_t<R>;
  static_assert(!std::is_void_v<T>, "Sampo: a route's function returns what Complete returns.");
  if constexpr (std::is_same_v<T, Completion>) {
    return AnswerOfCompletion(T(std::forward<R>(result)), context);
  } else if constexpr (std::is_convertible_v<R&&, RouteAnswer>) {
    return std::forward<R>(result);
  } else {
    return CallRoute(result, context);
  }
}

template <class F>
RouteAnswer CallRoute(const F& function, const RequestContext& context) {
  if constexpr (TakesContext<F>) {
    return AnswerOf(function(context), context);
  } else {
    static_assert(TakesNothing<F>,
                  "Sampo: not a route: neither what Complete or a directive returns nor a function "
                  "of nothing or of const RequestContext& (not mutable: requests share it).");
    return AnswerOf(function(), context);
  }
}

}  // namespace internal

template <class F>
requires internal::RouteFunction<F> Route::Route(F function)
    : node_(std::make_shared<const internal::FunctionNode<F>>(std::move(function))) {}

}  // namespace sampo::http

#endif  // SAMPO_HTTP_ROUTING_ROUTE_H_
