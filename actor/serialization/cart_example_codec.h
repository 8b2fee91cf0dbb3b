// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#ifndef SAMPO_ACTOR_SERIALIZATION_CART_EXAMPLE_CODEC_H_
#define SAMPO_ACTOR_SERIALIZATION_CART_EXAMPLE_CODEC_H_

// The codecs of the example in README.md: a protocol with a second version, and an answer.
//
// Why it exists: shows what a user writes, and is what the tests of this package encode.
// Threads: pure functions. Lifetime: no state.
//
//   SAMPO_RETURN_IF_ERROR(registry.Register<cart::Command>());

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "sampo/actor/serialization/cart_example.h"
#include "sampo/actor/serialization/codec_context.h"
#include "sampo/actor/serialization/proto/cart_example.pb.h"
#include "sampo/actor/serialization/proto_codec.h"

namespace sampo {

template <>
struct ProtoCodec<cart::Command> {
  using Proto = cart::v1::Command;
  static constexpr uint32_t kVersion = 2;
  static void ToProto(const cart::AddItem& m, CodecContext& context, Proto* out);
  static void ToProto(const cart::Checkout& m, CodecContext& context, Proto* out);
  static absl::StatusOr<cart::Command> FromProto(const Proto& proto, CodecContext& context);
  static absl::Status Upcast(uint32_t from_version, Proto& proto);
};

template <>
struct ProtoCodec<cart::Receipt> {
  using Proto = cart::v1::Receipt;
  static void ToProto(const cart::Receipt& m, CodecContext& context, Proto* out);
  static absl::StatusOr<cart::Receipt> FromProto(const Proto& proto, CodecContext& context);
};

}  // namespace sampo

#endif  // SAMPO_ACTOR_SERIALIZATION_CART_EXAMPLE_CODEC_H_
