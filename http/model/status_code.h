// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// StatusCode: the numbers of HTTP's answers, and what an absl::Status becomes on the wire.
//
// Any number from 100 to 599 is a StatusCode; the named ones are those the house uses.
// Threads: values and pure functions.
//
//   response.status = StatusCodeOf(absl::NotFoundError("no such airport"));  // 404
#ifndef SAMPO_HTTP_MODEL_STATUS_CODE_H_
#define SAMPO_HTTP_MODEL_STATUS_CODE_H_

#include <cstdint>
#include <string_view>

#include "absl/status/status.h"

namespace sampo::http {

enum class StatusCode : uint16_t {
  kContinue = 100,
  kOk = 200,
  kCreated = 201,
  kAccepted = 202,
  kNoContent = 204,
  kPartialContent = 206,
  kMovedPermanently = 301,
  kFound = 302,
  kSeeOther = 303,
  kNotModified = 304,
  kTemporaryRedirect = 307,
  kPermanentRedirect = 308,
  kBadRequest = 400,
  kUnauthorized = 401,
  kForbidden = 403,
  kNotFound = 404,
  kMethodNotAllowed = 405,
  kNotAcceptable = 406,
  kRequestTimeout = 408,
  kConflict = 409,
  kGone = 410,
  kLengthRequired = 411,
  kPreconditionFailed = 412,
  kContentTooLarge = 413,
  kUriTooLong = 414,
  kUnsupportedMediaType = 415,
  kRangeNotSatisfiable = 416,
  kExpectationFailed = 417,
  kUnprocessableContent = 422,
  kTooManyRequests = 429,
  kRequestHeaderFieldsTooLarge = 431,
  kClientClosedRequest = 499,
  kInternalServerError = 500,
  kNotImplemented = 501,
  kBadGateway = 502,
  kServiceUnavailable = 503,
  kGatewayTimeout = 504,
  kHttpVersionNotSupported = 505,
  kInsufficientStorage = 507,
};

inline int ToNumber(StatusCode code) { return static_cast<int>(code); }
// "Not Found"; for a number without a name its class: "Client Error".
std::string_view Reason(StatusCode code);
inline bool IsSuccess(StatusCode code) { return ToNumber(code) / 100 == 2; }

// The one table from Status to HTTP (http/README.md prints it): OK 200, INVALID_ARGUMENT and
// OUT_OF_RANGE 400, UNAUTHENTICATED 401, PERMISSION_DENIED 403, NOT_FOUND 404, ALREADY_EXISTS and
// ABORTED and FAILED_PRECONDITION 409, RESOURCE_EXHAUSTED 429, CANCELLED 499, UNIMPLEMENTED 501,
// UNAVAILABLE 503, DEADLINE_EXCEEDED 504, all others 500.
StatusCode StatusCodeOf(const absl::Status& status);
// The way back, for clients: OK for 2xx and 3xx; the message is given by the caller.
absl::StatusCode AbslCodeOf(StatusCode code);

}  // namespace sampo::http

#endif  // SAMPO_HTTP_MODEL_STATUS_CODE_H_
