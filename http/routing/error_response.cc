// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/http/routing/error_response.h"

#include <string_view>
#include <utility>

#include "sampo/actor/base/log.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/http/routing/field_text.h"

namespace sampo::http {
namespace {

void AppendMember(std::string& json, std::string_view name, std::string_view value) {
  if (value.empty()) return;
  json += StrCat(",\"", name, "\":", JsonQuote(value));
}

// The header of the answer that a rejection's `header_value` belongs to.
std::string_view HeaderOf(RejectionKind kind) {
  switch (kind) {
    case RejectionKind::kAuthenticationFailed:
      return "WWW-Authenticate";
    case RejectionKind::kRangeNotSatisfiable:
      return "Content-Range";
    case RejectionKind::kUnsupportedContentEncoding:
      return "Accept-Encoding";
    default:
      return "";
  }
}

std::string MessageOf(const Rejection& rejection) {
  std::string message = rejection.place;
  if (!rejection.value.empty()) message += StrCat(" is \"", rejection.value, "\"");
  switch (rejection.kind) {
    case RejectionKind::kMalformedCookie:
    case RejectionKind::kMalformedFormField:
    case RejectionKind::kMalformedHeader:
    case RejectionKind::kMalformedParameter:
      if (rejection.value.empty()) message += " is empty";
      break;
    case RejectionKind::kMissingCookie:
    case RejectionKind::kMissingFormField:
    case RejectionKind::kMissingHeader:
    case RejectionKind::kMissingParameter:
      message += " is missing";
      break;
    default:
      break;
  }
  if (!rejection.allowed.empty()) message += StrCat("; allowed: ", rejection.allowed);
  return message;
}

HttpResponse MethodResponse(const Rejections& rejections, const RequestContext& context) {
  std::string allowed;
  for (Method method : rejections.methods()) {
    if (!allowed.empty()) allowed += ", ";
    allowed += http::ToString(method);
  }
  const HttpRequest& request = context.request();
  HttpResponse response =
      ErrorResponse({.code = StatusCode::kMethodNotAllowed,
                     .kind = std::string(ToString(RejectionKind::kMethod)),
                     .message = StrCat("method of ", Shortened(request.uri.path()), " is ",
                                       http::ToString(request.method), "; allowed: ", allowed),
                     .place = "method",
                     .value = std::string(http::ToString(request.method)),
                     .remedy = allowed,
                     .request_id = request.request_id});
  response.headers.AddUnchecked("Allow", std::move(allowed));
  return response;
}

}  // namespace

HttpResponse ErrorResponse(const ErrorBody& body) {
  std::string json = StrCat("{\"error\":{\"code\":", ToNumber(body.code),
                            ",\"reason\":", JsonQuote(Reason(body.code)));
  AppendMember(json, "kind", body.kind);
  json += StrCat(",\"message\":", JsonQuote(body.message.empty() ? Reason(body.code)
                                                                 : std::string_view(body.message)));
  AppendMember(json, "place", body.place);
  AppendMember(json, "value", body.value);
  AppendMember(json, "remedy", body.remedy);
  AppendMember(json, "request_id", body.request_id);
  json += "}}\n";
  return {.status = body.code,
          .headers = {},
          .entity = Entity::Strict(ContentType::Json(), Bytes(json))};
}

HttpResponse StatusResponse(const absl::Status& status, const RequestContext& context) {
  const StatusCode code = StatusCodeOf(status);
  const HttpRequest& request = context.request();
  ErrorBody body{.code = code, .kind = "status", .request_id = request.request_id};
  if (status.code() == absl::StatusCode::kResourceExhausted && context.is_body_too_long()) {
    body.code = StatusCode::kContentTooLarge;
    body.kind = std::string(ToString(RejectionKind::kContentTooLarge));
    body.message = std::string(ToStd(status.message()));
    body.place = "body";
    HttpResponse response = ErrorResponse(body);
    response.close = true;
    return response;
  }
  if (ToNumber(code) >= 500) {
    context.log().Log(
        code == StatusCode::kInternalServerError ? LogLevel::kError : LogLevel::kWarning,
        "request ", request.request_id, ": ", http::ToString(request.method), " ",
        Shortened(request.uri.path(), 200), " failed: ", status);
    if (!context.settings().show_internal_errors) {
      body.message = "the server failed on this request; its log has the reason under request_id";
      return ErrorResponse(body);
    }
  }
  body.message = std::string(ToStd(status.message()));
  return ErrorResponse(body);
}

HttpResponse RejectionResponse(const Rejections& rejections, const RequestContext& context) {
  const HttpRequest& request = context.request();
  if (rejections.empty()) {
    return ErrorResponse({.code = StatusCode::kNotFound,
                          .kind = "not-found",
                          .message = StrCat("nothing is at ", Shortened(request.uri.path(), 200)),
                          .place = "path",
                          .value = Shortened(request.uri.path(), 200),
                          .request_id = request.request_id});
  }
  const Rejection* rejection = rejections.MostImportant();
  if (rejection == nullptr) return MethodResponse(rejections, context);
  const bool is_custom = rejection->kind == RejectionKind::kCustom;
  HttpResponse response =
      ErrorResponse({.code = is_custom ? rejection->status : StatusCodeOf(rejection->kind),
                     .kind = std::string(ToString(rejection->kind)),
                     .message = MessageOf(*rejection),
                     .place = rejection->place,
                     .value = rejection->value,
                     .remedy = rejection->allowed,
                     .request_id = request.request_id});
  // One for each challenge: a client picks the scheme that it knows.
  const std::string_view header = HeaderOf(rejection->kind);
  for (const Rejection& other : rejections.list()) {
    if (header.empty() || other.kind != rejection->kind || other.header_value.empty()) continue;
    if (!response.headers.Add(header, other.header_value).ok()) {
      context.log().Error("rejection of ", other.place, ": not sent, no value of ", header, ": ",
                          Shortened(other.header_value));
    }
  }
  // What follows of a body that is too long is not worth reading.
  if (rejection->kind == RejectionKind::kContentTooLarge) response.close = true;
  return response;
}

}  // namespace sampo::http
