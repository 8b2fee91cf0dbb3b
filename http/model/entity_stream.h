// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Entities that are streams: made of a Source<Bytes>, read as one.
//
// Back-pressure reaches the socket in both directions. DataBytes of a received entity can be run
// once: a second run fails with FAILED_PRECONDITION; cancelling it before its end closes the
// connection (the rest of the body can't be told from the next message).
// Threads: values and functions for any thread.
//
//   Entity feed = StreamedEntity(ContentType::TextUtf8(), lines);          // chunked
//   DataBytes(request.entity).RunWith(FileIo::ToPath(path), system);
#ifndef SAMPO_HTTP_MODEL_ENTITY_STREAM_H_
#define SAMPO_HTTP_MODEL_ENTITY_STREAM_H_

#include <cstdint>
#include <optional>
#include <utility>

#include "absl/time/time.h"
#include "sampo/actor/actor_system.h"
#include "sampo/actor/future.h"
#include "sampo/http/model/entity.h"
#include "sampo/stream/source.h"

namespace sampo::http {

namespace internal {
class EntityStream {
 public:
  explicit EntityStream(stream::Source<Bytes> source) : source_(std::move(source)) {}
  const stream::Source<Bytes>& source() const { return source_; }

 private:
  const stream::Source<Bytes> source_;
};
}  // namespace internal

// With a `length` it is sent with Content-Length, and a stream of another length fails the
// connection; without one it is chunked.
Entity StreamedEntity(ContentType type, stream::Source<Bytes> source,
                      std::optional<uint64_t> length = std::nullopt);
// The body as a stream, strict ones too.
stream::Source<Bytes> DataBytes(const Entity& entity);
// All of it in memory. RESOURCE_EXHAUSTED when it is longer than `size_max` bytes (the rest is
// cancelled), DEADLINE_EXCEEDED when it takes longer than `timeout`.
Future<Entity> ToStrict(const Entity& entity, ActorSystemBase& system, uint64_t size_max,
                        absl::Duration timeout);
// Reads a streamed body to its end and drops it, so that its connection can go on; the count of
// bytes. At once for strict ones.
Future<uint64_t> DiscardBytes(const Entity& entity, ActorSystemBase& system);

}  // namespace sampo::http

#endif  // SAMPO_HTTP_MODEL_ENTITY_STREAM_H_
