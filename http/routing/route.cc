// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/http/routing/route.h"

#include <cstddef>
#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace sampo::http {
namespace {

using Alternatives = std::shared_ptr<const std::vector<Route>>;

// Tries the alternatives from `next` on; `before` is what the ones before have said.
RouteAnswer TryFrom(const Alternatives& all, size_t next, Rejections before,
                    const RequestContext& context) {
  for (; next < all->size(); ++next) {
    RouteAnswer answer = (*all)[next](context);
    if (!answer.IsReady()) {
      return std::move(answer).Then(
          [all, next, before = std::move(before), context](RouteResult result) mutable {
            if (result.IsComplete()) return RouteAnswer(std::move(result));
            before.Append(std::move(result.rejections()));
            return TryFrom(all, next + 1, std::move(before), context);
          });
    }
    if (answer.result().IsComplete()) return answer;
    before.Append(std::move(answer.result().rejections()));
  }
  return before;
}

class ConcatNode final : public internal::RouteNode {
 public:
  explicit ConcatNode(std::vector<Route> all)
      : all_(std::make_shared<const std::vector<Route>>(std::move(all))) {}
  RouteAnswer Run(const RequestContext& context) const override {
    return TryFrom(all_, 0, Rejections(), context);
  }

 private:
  const Alternatives all_;
};

}  // namespace

RouteAnswer::RouteAnswer(Future<RouteResult> later) : answer_(std::move(later)) {
  auto& future = std::get<Future<RouteResult>>(answer_);
  if (!future.IsComplete()) return;
  absl::StatusOr<RouteResult> result = sampo::internal::FutureAccess::Take(future);
  if (result.ok()) answer_ = *std::move(result);
}

RouteAnswer RouteAnswer::Failed(absl::Status status) {
  return Future<RouteResult>::Failed(std::move(status));
}

Future<RouteResult> RouteAnswer::future() && {
  if (IsReady()) return Future<RouteResult>::Ready(std::move(result()));
  return std::move(std::get<Future<RouteResult>>(answer_));
}

RouteAnswer RouteAnswer::Then(Next next) && {
  if (IsReady()) return next(std::move(result()));
  return std::move(*this).future().FlatMap([next = std::move(next)](RouteResult result) mutable {
    return next(std::move(result)).future();
  });
}

Route ConcatAll(std::vector<Route> alternatives) {
  return Route(std::make_shared<const ConcatNode>(std::move(alternatives)));
}

Route Reject() {
  return Route([](const RequestContext&) { return RouteAnswer(Rejections()); });
}

Route Reject(Rejection rejection) {
  return Route([rejection = std::move(rejection)](const RequestContext&) {
    return RouteAnswer(Rejections(rejection));
  });
}

Route FailWith(absl::Status status) {
  return Route(
      [status = std::move(status)](const RequestContext&) { return RouteAnswer::Failed(status); });
}

}  // namespace sampo::http
