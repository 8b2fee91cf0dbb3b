// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// WithRequestTimeout: an answer and the system's time, whichever comes first.
#include <memory>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "sampo/actor/actor_system.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/actor/scheduler.h"
#include "sampo/http/routing/basic_directives.h"

namespace sampo::http {

Route WithRequestTimeout(absl::Duration timeout, Route inner) {
  return Route([timeout, inner = std::move(inner)](const RequestContext& context) {
    RouteAnswer answer = inner(context);
    if (answer.IsReady()) return answer;
    auto promise = std::make_shared<Promise<RouteResult>>();
    Future<RouteResult> first = promise->future();
    Cancellable timer =
        Scheduler::Get(context.system()).ScheduleOnce(timeout, [promise, context, timeout] {
          HttpResponse late =
              ErrorResponse({.code = StatusCode::kServiceUnavailable,
                             .kind = "request-timeout",
                             .message = StrCat("no answer within ", absl::FormatDuration(timeout)),
                             .remedy = "try again later",
                             .request_id = context.request().request_id});
          // As the server's own: who still holds the body may never read it, and a request behind
          // it would wait for that.
          late.close = true;
          promise->Complete(RouteResult(std::move(late)));
        });
    std::move(answer).future().OnComplete(
        [promise, timer = std::move(timer)](absl::StatusOr<RouteResult> result) mutable {
          timer.Cancel();
          promise->Complete(std::move(result));
        });
    return RouteAnswer(std::move(first));
  });
}

}  // namespace sampo::http
