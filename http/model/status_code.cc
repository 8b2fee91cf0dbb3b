// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/http/model/status_code.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace sampo::http {
namespace {

// Sorted by number. Beside ours those of RFC 9110 that a proxy or another server may answer.
constexpr std::pair<int, std::string_view> kReasons[] = {
    {100, "Continue"},
    {101, "Switching Protocols"},
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {203, "Non-Authoritative Information"},
    {204, "No Content"},
    {205, "Reset Content"},
    {206, "Partial Content"},
    {300, "Multiple Choices"},
    {301, "Moved Permanently"},
    {302, "Found"},
    {303, "See Other"},
    {304, "Not Modified"},
    {307, "Temporary Redirect"},
    {308, "Permanent Redirect"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {402, "Payment Required"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {407, "Proxy Authentication Required"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {410, "Gone"},
    {411, "Length Required"},
    {412, "Precondition Failed"},
    {413, "Content Too Large"},
    {414, "URI Too Long"},
    {415, "Unsupported Media Type"},
    {416, "Range Not Satisfiable"},
    {417, "Expectation Failed"},
    {421, "Misdirected Request"},
    {422, "Unprocessable Content"},
    {426, "Upgrade Required"},
    {428, "Precondition Required"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {499, "Client Closed Request"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
    {505, "HTTP Version Not Supported"},
    {507, "Insufficient Storage"},
};

std::string_view ClassOf(int number) {
  switch (number / 100) {
    case 1:
      return "Informational";
    case 2:
      return "Success";
    case 3:
      return "Redirection";
    case 4:
      return "Client Error";
    default:
      return "Server Error";
  }
}

}  // namespace

std::string_view Reason(StatusCode code) {
  const int number = ToNumber(code);
  const auto* found = std::lower_bound(
      std::begin(kReasons), std::end(kReasons), number,
      [](const std::pair<int, std::string_view>& row, int wanted) { return row.first < wanted; });
  if (found != std::end(kReasons) && found->first == number) return found->second;
  return ClassOf(number);
}

StatusCode StatusCodeOf(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kOk:
      return StatusCode::kOk;
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kOutOfRange:
      return StatusCode::kBadRequest;
    case absl::StatusCode::kUnauthenticated:
      return StatusCode::kUnauthorized;
    case absl::StatusCode::kPermissionDenied:
      return StatusCode::kForbidden;
    case absl::StatusCode::kNotFound:
      return StatusCode::kNotFound;
    case absl::StatusCode::kAlreadyExists:
    case absl::StatusCode::kAborted:
    case absl::StatusCode::kFailedPrecondition:
      return StatusCode::kConflict;
    case absl::StatusCode::kResourceExhausted:
      return StatusCode::kTooManyRequests;
    case absl::StatusCode::kCancelled:
      return StatusCode::kClientClosedRequest;
    case absl::StatusCode::kUnimplemented:
      return StatusCode::kNotImplemented;
    case absl::StatusCode::kUnavailable:
      return StatusCode::kServiceUnavailable;
    case absl::StatusCode::kDeadlineExceeded:
      return StatusCode::kGatewayTimeout;
    default:
      return StatusCode::kInternalServerError;
  }
}

absl::StatusCode AbslCodeOf(StatusCode code) {
  switch (code) {
    case StatusCode::kUnauthorized:
      return absl::StatusCode::kUnauthenticated;
    case StatusCode::kForbidden:
      return absl::StatusCode::kPermissionDenied;
    case StatusCode::kNotFound:
    case StatusCode::kGone:
      return absl::StatusCode::kNotFound;
    case StatusCode::kConflict:
    case StatusCode::kPreconditionFailed:
      return absl::StatusCode::kFailedPrecondition;
    case StatusCode::kContentTooLarge:
    case StatusCode::kTooManyRequests:
    case StatusCode::kRequestHeaderFieldsTooLarge:
    case StatusCode::kInsufficientStorage:
      return absl::StatusCode::kResourceExhausted;
    case StatusCode::kClientClosedRequest:
      return absl::StatusCode::kCancelled;
    case StatusCode::kNotImplemented:
    case StatusCode::kHttpVersionNotSupported:
      return absl::StatusCode::kUnimplemented;
    case StatusCode::kBadGateway:
    case StatusCode::kServiceUnavailable:
      return absl::StatusCode::kUnavailable;
    case StatusCode::kRequestTimeout:
    case StatusCode::kGatewayTimeout:
      return absl::StatusCode::kDeadlineExceeded;
    default:
      break;
  }
  const int number = ToNumber(code);
  if (number < 400) return absl::StatusCode::kOk;
  return number < 500 ? absl::StatusCode::kInvalidArgument : absl::StatusCode::kUnknown;
}

}  // namespace sampo::http
