// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/http/model/entity_stream.h"

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/stream/stream.h"

namespace sampo::http {
namespace {

using stream::Sink;
using stream::Source;

absl::Status TooLong(uint64_t size_max) {
  return absl::ResourceExhaustedError(StrCat(
      "http: the entity is longer than the ", size_max,
      " bytes that are kept in memory; read it as a stream (DataBytes), or raise the bound"));
}

}  // namespace

Entity StreamedEntity(ContentType type, Source<Bytes> source, std::optional<uint64_t> length) {
  return Entity::OfStream(std::move(type),
                          std::make_shared<internal::EntityStream>(std::move(source)), length);
}

Source<Bytes> DataBytes(const Entity& entity) {
  if (!entity.IsStrict()) return entity.stream()->source();
  if (entity.IsEmpty()) return Source<Bytes>::Empty();
  return Source<Bytes>::Single(entity.bytes());
}

Future<Entity> ToStrict(const Entity& entity, ActorSystemBase& system, uint64_t size_max,
                        absl::Duration timeout) {
  if (entity.length().value_or(0) > size_max) {
    // Its connection must not wait for a reader that never comes.
    if (!entity.IsStrict()) DataBytes(entity).RunWith(Sink<Bytes>::Cancelled(), system);
    return Future<Entity>::Failed(TooLong(size_max));
  }
  if (entity.IsStrict()) return Future<Entity>::Ready(entity);
  auto all = std::make_shared<std::string>();
  Source<Bytes> source = DataBytes(entity);
  if (timeout < absl::InfiniteDuration()) source = source.CompletionTimeout(timeout);
  return source
      .TryMap([all, size_max](const Bytes& piece) -> absl::StatusOr<size_t> {
        if (piece.size() > size_max - all->size()) return TooLong(size_max);
        all->append(piece.view());
        return piece.size();
      })
      .RunWith(Sink<size_t>::Count(), system)
      .Map([all, type = entity.content_type()](int64_t) {
        return Entity::Strict(type, Bytes(*all));
      });
}

Future<uint64_t> DiscardBytes(const Entity& entity, ActorSystemBase& system) {
  if (entity.IsStrict()) return Future<uint64_t>::Ready(entity.bytes().size());
  return DataBytes(entity).RunWith(
      Sink<Bytes>::Fold(uint64_t{0},
                        [](uint64_t sum, const Bytes& piece) { return sum + piece.size(); }),
      system);
}

}  // namespace sampo::http
