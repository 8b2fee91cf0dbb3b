// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#ifndef SAMPO_ACTOR_SERIALIZATION_PRIMITIVES_H_
#define SAMPO_ACTOR_SERIALIZATION_PRIMITIVES_H_

// ProtoCodecs of the types that messages are made of: bool, integers, double, std::string, bytes,
// absl::Status, absl::Duration, absl::Time.
//
// Why it exists: an answer is often just a number or a Status, and a field of a message wants the
// same translation. All round trips are exact.
//
// | C++                       | manifest                                                         |
// | bool                      | google.protobuf.BoolValue                                        |
// | int32_t, int64_t          | google.protobuf.Int32Value, Int64Value                           |
// | uint32_t, uint64_t        | google.protobuf.UInt32Value, UInt64Value                         |
// | double                    | google.protobuf.DoubleValue                                      |
// | std::string (UTF-8)       | google.protobuf.StringValue                                      |
// | std::vector<uint8_t>      | google.protobuf.BytesValue                                       |
// | absl::Status              | sampo.serialization.v1.Status                                    |
// | absl::Duration            | sampo.serialization.v1.Duration                                  |
// | absl::Time                | sampo.serialization.v1.Time                                      |
//
// Threads: pure functions. Lifetime: no state.
//
//   SAMPO_RETURN_IF_ERROR(RegisterPrimitives(registry));
//   ProtoCodec<absl::Duration>::ToProto(m.timeout, context, out->mutable_timeout());  // in a field

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "google/protobuf/wrappers.pb.h"
#include "sampo/actor/serialization/codec_context.h"
#include "sampo/actor/serialization/proto/primitives.pb.h"
#include "sampo/actor/serialization/proto_codec.h"

namespace sampo {

class SerializationRegistry;

// Registers all of the table.
[[nodiscard]] absl::Status RegisterPrimitives(SerializationRegistry& registry);

namespace internal {

// A value that is the one field of one of protobuf's wrappers.
template <class T, class Wrapper>
struct WrapperCodec {
  using Proto = Wrapper;
  static void ToProto(const T& value, CodecContext&, Proto* out) { out->set_value(value); }
  static absl::StatusOr<T> FromProto(const Proto& proto, CodecContext&) { return proto.value(); }
};

}  // namespace internal

template <>
struct ProtoCodec<bool> : internal::WrapperCodec<bool, google::protobuf::BoolValue> {};
template <>
struct ProtoCodec<int32_t> : internal::WrapperCodec<int32_t, google::protobuf::Int32Value> {};
template <>
struct ProtoCodec<int64_t> : internal::WrapperCodec<int64_t, google::protobuf::Int64Value> {};
template <>
struct ProtoCodec<uint32_t> : internal::WrapperCodec<uint32_t, google::protobuf::UInt32Value> {};
template <>
struct ProtoCodec<uint64_t> : internal::WrapperCodec<uint64_t, google::protobuf::UInt64Value> {};
template <>
struct ProtoCodec<double> : internal::WrapperCodec<double, google::protobuf::DoubleValue> {};

// Text. Encoding what is not UTF-8 fails with INVALID_ARGUMENT: the receiver would refuse it.
template <>
struct ProtoCodec<std::string> {
  using Proto = google::protobuf::StringValue;
  static void ToProto(const std::string& value, CodecContext& context, Proto* out);
  static absl::StatusOr<std::string> FromProto(const Proto& proto, CodecContext& context);
};

template <>
struct ProtoCodec<std::vector<uint8_t>> {
  using Proto = google::protobuf::BytesValue;
  static void ToProto(const std::vector<uint8_t>& value, CodecContext& context, Proto* out);
  static absl::StatusOr<std::vector<uint8_t>> FromProto(const Proto& proto, CodecContext& context);
};

// As a field, the result is a StatusOr<Status>: `.ok()` says whether it could be read, `*` is it.
template <>
struct ProtoCodec<absl::Status> {
  using Proto = serialization::v1::Status;
  static void ToProto(const absl::Status& value, CodecContext& context, Proto* out);
  static absl::StatusOr<absl::Status> FromProto(const Proto& proto, CodecContext& context);
};

template <>
struct ProtoCodec<absl::Duration> {
  using Proto = serialization::v1::Duration;
  static void ToProto(const absl::Duration& value, CodecContext& context, Proto* out);
  static absl::StatusOr<absl::Duration> FromProto(const Proto& proto, CodecContext& context);
};

template <>
struct ProtoCodec<absl::Time> {
  using Proto = serialization::v1::Time;
  static void ToProto(const absl::Time& value, CodecContext& context, Proto* out);
  static absl::StatusOr<absl::Time> FromProto(const Proto& proto, CodecContext& context);
};

}  // namespace sampo

#endif  // SAMPO_ACTOR_SERIALIZATION_PRIMITIVES_H_
