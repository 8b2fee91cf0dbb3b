// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// JSON of protobuf messages (protobuf's own mapping) for routes: with it Complete(message) answers
// application/json and EntityAs<Message> reads it. Fields that the message does not know are
// refused, with 400 and their names.
//
// This header sees no protobuf: the program includes its own .pb.h.
// Threads: pure functions.
//
//   Post(EntityAs<shop::v1::Order>([](shop::v1::Order order) { return Complete(order); }))
#ifndef SAMPO_HTTP_JSON_PROTOBUF_JSON_H_
#define SAMPO_HTTP_JSON_PROTOBUF_JSON_H_

#include <concepts>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "sampo/http/routing/complete.h"
#include "sampo/http/routing/entity_directives.h"

namespace google::protobuf {
class Message;
}  // namespace google::protobuf

namespace sampo::http {

// INVALID_ARGUMENT with protobuf's words and place.
absl::Status ParseProtobufJson(std::string_view json, google::protobuf::Message& message);
// An Any whose type is not linked in gives INTERNAL.
absl::StatusOr<Entity> ProtobufJsonEntity(const google::protobuf::Message& message);

template <class T>
concept ProtobufMessage = std::derived_from<T, google::protobuf::Message>;

template <ProtobufMessage T>
struct Marshaller<T> {
  static absl::StatusOr<Entity> ToEntity(const T& message) { return ProtobufJsonEntity(message); }
};
template <ProtobufMessage T>
struct Unmarshaller<T> {
  static constexpr std::string_view kMediaType = "application/json";
  static constexpr bool kNeedsContent = true;
  static absl::StatusOr<T> FromEntity(const Entity& entity) {
    T message;
    absl::Status parsed = ParseProtobufJson(entity.bytes().view(), message);
    if (!parsed.ok()) return parsed;
    return message;
  }
};

}  // namespace sampo::http

#endif  // SAMPO_HTTP_JSON_PROTOBUF_JSON_H_
