// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Entity: a message's body and what it is made of: all there (strict), or a stream of bytes with or
// without a length known before.
//
// This header knows nothing of streams, so that routes which answer with values compile fast:
// entity_stream.h makes streamed entities and reads them. A streamed entity can be read once. Who
// receives one must read it or discard it (DiscardBytes): an unread one holds its connection back.
// Threads: a value; copies share the bytes or the stream.
//
//   Entity hello = Entity::Text("Hello");
//   Entity json = Entity::Strict(ContentType::Json(), Bytes(R"({"id":7})"));
#ifndef SAMPO_HTTP_MODEL_ENTITY_H_
#define SAMPO_HTTP_MODEL_ENTITY_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"
#include "sampo/stream/io/bytes.h"

namespace sampo::http {

using stream::Bytes;

// "application/json; charset=utf-8", taken apart.
class ContentType {
 public:
  ContentType() = default;  // none: the field is not sent
  // INVALID_ARGUMENT where it is no type/subtype.
  static absl::StatusOr<ContentType> Parse(std::string_view text);
  static ContentType Json();         // application/json
  static ContentType TextUtf8();     // text/plain; charset=utf-8
  static ContentType HtmlUtf8();     // text/html; charset=utf-8
  static ContentType OctetStream();  // application/octet-stream
  static ContentType Form();         // application/x-www-form-urlencoded
  static ContentType EventStream();  // text/event-stream
  static ContentType Protobuf();     // application/x-protobuf
  // By the ending of a file's name; OctetStream where it is not known.
  static ContentType OfFileName(std::string_view name);

  bool empty() const { return text_.empty(); }
  // "application/json", lower case.
  std::string_view media_type() const { return std::string_view(text_).substr(0, media_size_); }
  // Lower case; empty: not said.
  std::string charset() const;
  const std::string& ToString() const { return text_; }
  bool operator==(const ContentType&) const = default;

 private:
  ContentType(std::string text, size_t media_size)
      : text_(std::move(text)), media_size_(media_size) {}
  std::string text_;
  size_t media_size_ = 0;
};

namespace internal {
class EntityStream;  // in entity_stream.h: holds a stream::Source<Bytes>
}

class Entity {
 public:
  Entity() = default;  // empty, strict
  static Entity Strict(ContentType type, Bytes bytes);
  static Entity Text(std::string_view text);  // text/plain; charset=utf-8
  // entity_stream.h's StreamedEntity calls it.
  static Entity OfStream(ContentType type, std::shared_ptr<internal::EntityStream> stream,
                         std::optional<uint64_t> length);

  bool IsStrict() const { return stream_ == nullptr; }
  // Precondition: IsStrict().
  const Bytes& bytes() const;
  // Of strict entities, and of streams that said theirs.
  std::optional<uint64_t> length() const;
  bool IsEmpty() const { return IsStrict() && bytes_.empty(); }
  const ContentType& content_type() const { return type_; }
  void set_content_type(ContentType type) { type_ = std::move(type); }
  const std::shared_ptr<internal::EntityStream>& stream() const { return stream_; }

 private:
  ContentType type_;
  Bytes bytes_;
  std::shared_ptr<internal::EntityStream> stream_;
  std::optional<uint64_t> stream_length_;
};

}  // namespace sampo::http

#endif  // SAMPO_HTTP_MODEL_ENTITY_H_
