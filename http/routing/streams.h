// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Streams in routes: Complete(source of bytes), and the request's body as a source.
//
// This header parses the streams' headers: include it where they are used, not in every route.
// Threads: as Route. A body must be read or discarded: one that is not holds its connection back.
//
//   Get(Path("big", [=] { return Complete(StreamedEntity(ContentType::TextUtf8(), lines)); }))
//   Post(ExtractDataBytes([=](stream::Source<Bytes> body) { ... }))
#ifndef SAMPO_HTTP_ROUTING_STREAMS_H_
#define SAMPO_HTTP_ROUTING_STREAMS_H_

#include <type_traits>
#include <utility>

#include "sampo/http/model/entity_stream.h"
#include "sampo/http/routing/complete.h"
#include "sampo/http/routing/route.h"
#include "sampo/stream/source.h"

namespace sampo::http {

namespace internal {
// The body, which fails with RESOURCE_EXHAUSTED beyond the context's content_bytes_max.
stream::Source<Bytes> BoundedBytes(const RequestContext& context);
}  // namespace internal

// inner(Source<Bytes>) of the request's body. Beyond the size limit (RoutingSettings,
// WithSizeLimit) it fails with RESOURCE_EXHAUSTED, which is answered 413 where the route passes it
// on; a body that says that it is longer is answered so at once by WithSizeLimit.
template <class F>
Route ExtractDataBytes(F inner) {
  return Route([inner = std::move(inner)](const RequestContext& context) {
    return internal::AnswerOf(inner(internal::BoundedBytes(context)), context);
  });
}

// Complete(source) of bytes: application/octet-stream, chunked. For another type:
// Complete(StreamedEntity(type, source)).
template <class Mat>
struct Marshaller<stream::Source<Bytes, Mat>> {
  static Entity ToEntity(stream::Source<Bytes, Mat> bytes) {
    if constexpr (std::is_same_v<Mat, stream::NotUsed>) {
      return StreamedEntity(ContentType::OctetStream(), std::move(bytes));
    } else {
      return StreamedEntity(ContentType::OctetStream(),
                            bytes.MapMaterializedValue([](auto&&) { return stream::NotUsed(); }));
    }
  }
};

}  // namespace sampo::http

#endif  // SAMPO_HTTP_ROUTING_STREAMS_H_
