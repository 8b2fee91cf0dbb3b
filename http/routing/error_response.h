// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// ErrorResponse: the one form that errors have on the wire, and the default answers to rejections.
//
//   {"error":{"code":400,"reason":"Bad Request","kind":"malformed-parameter",
//             "message":"query parameter limit is \"x\"; allowed: an integer from 1 to 1000",
//             "place":"query parameter limit","value":"x","remedy":"an integer from 1 to 1000",
//             "request_id":"7f3a"}}
// code, reason and message are always there; the others where they are known.
// Threads: pure functions.
#ifndef SAMPO_HTTP_ROUTING_ERROR_RESPONSE_H_
#define SAMPO_HTTP_ROUTING_ERROR_RESPONSE_H_

#include <functional>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "sampo/http/model/message.h"
#include "sampo/http/routing/rejection.h"
#include "sampo/http/routing/request_context.h"

namespace sampo::http {

struct ErrorBody {
  StatusCode code = StatusCode::kInternalServerError;
  std::string kind = {};  // of a rejection, or "status"
  std::string message = {};
  std::string place = {};
  std::string value = {};
  std::string remedy = {};
  std::string request_id = {};
};
HttpResponse ErrorResponse(const ErrorBody& body);

// By StatusCodeOf(status). The text of one that becomes 500 or more is logged and not sent, unless
// the setting show_internal_errors says so; the answer names the request's id, which the log has,
// too. A route that wants to say more makes its answer itself (ErrorResponse). RESOURCE_EXHAUSTED
// of a body that was too long is 413.
HttpResponse StatusResponse(const absl::Status& status, const RequestContext& context);

// The default: the most important rejection by its table, 404 where there is none, 405 with all
// methods in Allow.
HttpResponse RejectionResponse(const Rejections& rejections, const RequestContext& context);

}  // namespace sampo::http

#endif  // SAMPO_HTTP_ROUTING_ERROR_RESPONSE_H_
