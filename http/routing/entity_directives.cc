// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/http/routing/entity_directives.h"

#include <optional>
#include <variant>

#include "absl/status/status.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/http/routing/field_text.h"

namespace sampo::http {
namespace {

using BodyOrRejection = std::variant<Entity, Rejection>;

std::optional<Rejection> RefuseHead(const RequestContext& context, std::string_view media_type,
                                    bool needs_content) {
  const Entity& entity = context.request().entity;
  if (entity.length().value_or(0) > context.content_bytes_max()) {
    return internal::TooLong(context, *entity.length());
  }
  if (needs_content && entity.IsEmpty()) {
    return Rejection{.kind = RejectionKind::kContentExpected,
                     .place = "body",
                     .allowed = StrCat("a body of ", media_type)};
  }
  const ContentType& type = entity.content_type();
  if (media_type.empty() || type.empty() || entity.IsEmpty() || type.media_type() == media_type) {
    return std::nullopt;
  }
  return Rejection{.kind = RejectionKind::kUnsupportedContentType,
                   .place = "header Content-Type",
                   .value = Shortened(type.ToString()),
                   .allowed = std::string(media_type)};
}

// What a body that could not be read is answered; another failure stays one.
absl::StatusOr<BodyOrRejection> RejectionOfRead(const absl::Status& status,
                                                const RequestContext& context) {
  switch (status.code()) {
    case absl::StatusCode::kResourceExhausted:
      return internal::TooLong(context, 0);
    case absl::StatusCode::kDeadlineExceeded:
      return Rejection{.kind = RejectionKind::kRequestTimeout,
                       .place = "body",
                       .allowed = StrCat("all of it within ",
                                         absl::FormatDuration(context.settings().content_timeout))};
    default:
      return status;
  }
}

}  // namespace

namespace internal {

Rejection TooLong(const RequestContext& context, uint64_t bytes) {
  return {.kind = RejectionKind::kContentTooLarge,
          .place = "body",
          .value = bytes == 0 ? "" : StrCat(bytes, " bytes"),
          .allowed = StrCat("at most ", context.content_bytes_max(), " bytes")};
}

absl::Status BodyError(const absl::Status& status, const BodyLimit& limit) {
  if (status.code() != absl::StatusCode::kResourceExhausted) return status;
  limit.is_exceeded->store(true);
  return absl::ResourceExhaustedError(StrCat("the body has more than ", limit.bytes_max, " bytes"));
}

RouteAnswer WithBody(const RequestContext& context, std::string_view media_type, bool needs_content,
                     UniqueFunction<RouteAnswer(const Entity&)> next) {
  if (auto refused = RefuseHead(context, media_type, needs_content)) return *std::move(refused);
  const Entity& entity = context.request().entity;
  if (entity.IsStrict()) return next(entity);
  return context.StrictEntity()
      .Map([](Entity body) { return BodyOrRejection(std::move(body)); })
      .Recover([context](const absl::Status& status) { return RejectionOfRead(status, context); })
      .FlatMap([next = std::move(next)](BodyOrRejection body) mutable {
        if (Rejection* rejection = std::get_if<Rejection>(&body)) {
          return RouteAnswer(std::move(*rejection)).future();
        }
        return next(std::get<Entity>(body)).future();
      });
}

RouteAnswer MalformedBody(const absl::Status& status) {
  return Rejection{.kind = RejectionKind::kMalformedContent,
                   .place = "body",
                   .allowed = std::string(ToStd(status.message()))};
}

RouteAnswer CancelBodyRejections(RouteAnswer answer) {
  if (answer.IsReady() && answer.result().IsComplete()) return answer;
  return std::move(answer).Then([](RouteResult result) {
    if (!result.IsComplete()) {
      result.rejections().Cancel(
          {RejectionKind::kContentExpected, RejectionKind::kUnsupportedContentType});
    }
    return RouteAnswer(std::move(result));
  });
}

}  // namespace internal

Route RequestEntityEmpty(Route inner) {
  return Route([inner = std::move(inner)](const RequestContext& context) {
    return context.request().entity.IsEmpty() ? inner(context) : RouteAnswer(Rejections());
  });
}

Route RequestEntityPresent(Route inner) {
  return Route([inner = std::move(inner)](const RequestContext& context) {
    return context.request().entity.IsEmpty() ? RouteAnswer(Rejections()) : inner(context);
  });
}

}  // namespace sampo::http
