// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/http/coding/coding_directives.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/http/coding/gzip.h"
#include "sampo/http/model/entity_stream.h"
#include "sampo/http/routing/accept.h"
#include "sampo/http/routing/entity_directives.h"
#include "sampo/http/routing/field_text.h"
#include "sampo/stream/io/compression.h"

namespace sampo::http {
namespace {

bool Shrinks(std::string_view type) {
  if (type == "text/event-stream") return false;
  if (type.starts_with("text/") || type.ends_with("+json") || type.ends_with("+xml")) return true;
  for (std::string_view known :
       {"application/json", "application/javascript", "application/xml", "application/x-ndjson",
        "application/wasm", "application/x-www-form-urlencoded"}) {
    if (type == known) return true;
  }
  return false;
}

bool MayEncode(const HttpResponse& response) {
  const Entity& entity = response.entity;
  if (response.status == StatusCode::kPartialContent || response.headers.Has("Content-Encoding") ||
      response.headers.Has("Content-Range") || !Shrinks(entity.content_type().media_type())) {
    return false;
  }
  return entity.length().value_or(kGzipBytesMin) >= kGzipBytesMin;
}

void WeakenEtag(Headers& headers) {
  const std::string etag(headers.Get("ETag").value_or(""));
  if (!etag.starts_with('"')) return;
  headers.Remove("ETag");
  headers.AddUnchecked("ETag", "W/" + etag);
}

HttpResponse Encoded(HttpResponse response) {
  const Entity& entity = response.entity;
  ContentType type = entity.content_type();
  if (entity.IsStrict() && entity.bytes().size() <= kGzipInPlaceMax) {
    response.entity = Entity::Strict(std::move(type), Bytes(GzipText(entity.bytes().view())));
  } else {
    response.entity =
        StreamedEntity(std::move(type), DataBytes(entity).Via(stream::Compression::Gzip()));
  }
  response.headers.AddUnchecked("Content-Encoding", "gzip");
  // Parts of the plain file are not parts of this body.
  response.headers.Remove("Accept-Ranges");
  WeakenEtag(response.headers);
  return response;
}

Rejection Damaged(const absl::Status& status) {
  return {.kind = RejectionKind::kMalformedContent,
          .place = "body with Content-Encoding gzip",
          .allowed = std::string(ToStd(status.message()))};
}

// The request as the inner route sees it.
HttpRequest Decoded(const HttpRequest& request, Entity entity) {
  HttpRequest decoded = request;
  decoded.entity = std::move(entity);
  decoded.headers.Remove("Content-Encoding");
  decoded.headers.Remove("Content-Length");
  return decoded;
}

RouteAnswer DecodeStrict(const Route& inner, const RequestContext& context) {
  const HttpRequest& request = context.request();
  absl::StatusOr<std::string> text =
      GunzipText(request.entity.bytes().view(), context.content_bytes_max());
  if (!text.ok()) {
    return text.status().code() == absl::StatusCode::kResourceExhausted
               ? internal::TooLong(context, 0)
               : Damaged(text.status());
  }
  return inner(context.WithRequest(
      Decoded(request, Entity::Strict(request.entity.content_type(), Bytes(*text)))));
}

RouteAnswer DecodeStreamed(const Route& inner, const RequestContext& context) {
  constexpr uint64_t kMax = std::numeric_limits<int64_t>::max();
  const auto max = static_cast<int64_t>(std::min(context.content_bytes_max(), kMax));
  const HttpRequest& request = context.request();
  auto plain =
      DataBytes(request.entity)
          .Via(stream::Compression::GzipDecompress())
          .MapError([](const absl::Status& status) {
            return status.code() == absl::StatusCode::kDataLoss
                       ? absl::InvalidArgumentError(status.message())
                       : status;
          })
          .LimitWeighted(max, [](const Bytes& bytes) { return static_cast<int64_t>(bytes.size()); })
          .MapError([context](const absl::Status& status) {
            return internal::BodyError(status, context);
          });
  return inner(context.WithRequest(
      Decoded(request, StreamedEntity(request.entity.content_type(), std::move(plain)))));
}

}  // namespace

Route EncodeResponse(Route inner) {
  return Route([inner = std::move(inner)](const RequestContext& context) {
    return inner(context).Then([context](RouteResult result) {
      if (!result.IsComplete()) return RouteAnswer(std::move(result));
      HttpResponse& response = result.response();
      if (!MayEncode(response)) return RouteAnswer(std::move(result));
      response.headers.AddUnchecked("Vary", "Accept-Encoding");
      const Headers& headers = context.request().headers;
      // Of equal weights gzip: it is the shorter one.
      const int gzip = WeightOfCoding(headers, "gzip");
      if (gzip == 0 || gzip < NamedWeightOfCoding(headers, "identity").value_or(0)) {
        return RouteAnswer(std::move(result));
      }
      return RouteAnswer(Encoded(std::move(response)));
    });
  });
}

Route DecodeRequest(Route inner) {
  return Route([inner = std::move(inner)](const RequestContext& context) -> RouteAnswer {
    const HttpRequest& request = context.request();
    const std::string coding =
        AsciiLower(TrimBlanks(request.headers.Get("Content-Encoding").value_or("identity")));
    if (coding == "identity" || coding.empty()) return inner(context);
    if (coding != "gzip" && coding != "x-gzip") {
      return Rejection{.kind = RejectionKind::kUnsupportedContentEncoding,
                       .place = "header Content-Encoding",
                       .value = Shortened(coding),
                       .allowed = "gzip",
                       .header_value = "gzip"};
    }
    return request.entity.IsStrict() ? DecodeStrict(inner, context)
                                     : DecodeStreamed(inner, context);
  });
}

}  // namespace sampo::http
