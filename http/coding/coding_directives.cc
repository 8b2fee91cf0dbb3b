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
  if (response.status == StatusCode::kPartialContent ||
      response.status == StatusCode::kNotModified || response.headers.Has("Content-Encoding") ||
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

// The answer that says so has no type: what the client knows tells which of the two it has.
void MarkNotModified(const Headers& request, HttpResponse& response) {
  response.headers.AddUnchecked("Vary", "Accept-Encoding");
  const std::string weak = "W/" + std::string(response.headers.Get("ETag").value_or(""));
  for (std::string_view known : request.GetAll("If-None-Match")) {
    if (known.find(weak) != std::string_view::npos) return WeakenEtag(response.headers);
  }
}

HttpResponse Encoded(HttpResponse response) {
  const Entity& entity = response.entity;
  ContentType type = entity.content_type();
  if (entity.IsStrict() && entity.bytes().size() <= kGzipInPlaceMax) {
    absl::StatusOr<std::string> gzip = GzipText(entity.bytes().view());
    if (!gzip.ok()) return response;  // it can be read as it is
    response.entity = Entity::Strict(std::move(type), Bytes(*gzip));
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

Entity DecodedStream(const Entity& body, const internal::BodyLimit& limit) {
  constexpr uint64_t kMax = std::numeric_limits<int64_t>::max();
  const auto max = static_cast<int64_t>(std::min(limit.bytes_max, kMax));
  auto plain =
      DataBytes(body)
          .Via(stream::Compression::GzipDecompress())
          .MapError([](const absl::Status& status) {
            return status.code() == absl::StatusCode::kDataLoss
                       ? absl::InvalidArgumentError(status.message())
                       : status;
          })
          .LimitWeighted(max, [](const Bytes& bytes) { return static_cast<int64_t>(bytes.size()); })
          .MapError(
              [limit](const absl::Status& status) { return internal::BodyError(status, limit); });
  return StreamedEntity(body.content_type(), std::move(plain));
}

// Of two alternatives that decode the first one's limit holds for both.
RouteAnswer DecodeStreamed(const Route& inner, const RequestContext& context) {
  const HttpRequest& request = context.request();
  Entity plain =
      context.EntityMadeOnce([&] { return DecodedStream(request.entity, context.body_limit()); });
  return inner(context.WithRequest(Decoded(request, std::move(plain))));
}

RouteAnswer DecodeStrict(const Route& inner, const RequestContext& context) {
  const HttpRequest& request = context.request();
  const uint64_t bytes_max = std::min<uint64_t>(context.content_bytes_max(), kGunzipInPlaceMax);
  absl::StatusOr<std::string> text = GunzipText(request.entity.bytes().view(), bytes_max);
  if (text.ok()) {
    return inner(context.WithRequest(
        Decoded(request, Entity::Strict(request.entity.content_type(), Bytes(*text)))));
  }
  if (absl::IsDataLoss(text.status())) return Damaged(text.status());
  if (!absl::IsResourceExhausted(text.status())) return RouteAnswer::Failed(text.status());
  // The thread that we are on has other connections, too.
  if (context.content_bytes_max() > bytes_max) return DecodeStreamed(inner, context);
  return internal::TooLong(context, 0);
}

}  // namespace

Route EncodeResponse(Route inner) {
  return Route([inner = std::move(inner)](const RequestContext& context) {
    return inner(context).Then([context](RouteResult result) {
      if (!result.IsComplete()) return RouteAnswer(std::move(result));
      HttpResponse& response = result.response();
      const Headers& headers = context.request().headers;
      if (response.status == StatusCode::kNotModified) MarkNotModified(headers, response);
      if (!MayEncode(response)) return RouteAnswer(std::move(result));
      response.headers.AddUnchecked("Vary", "Accept-Encoding");
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
