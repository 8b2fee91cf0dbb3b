// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// How the events and states of testing_cart.h are stored: in version 2, and what version 1 wrote is
// still read. What an adapter may store in their place, too.
// Threads: pure functions. Lifetime: no state.
#ifndef SAMPO_PERSISTENCE_TESTING_CART_CODEC_H_
#define SAMPO_PERSISTENCE_TESTING_CART_CODEC_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "sampo/actor/serialization/codec_context.h"
#include "sampo/actor/serialization/proto_codec.h"
#include "sampo/persistence/testing_cart.h"
#include "sampo/persistence/testing_cart.pb.h"

namespace sampo::persistence::testing {

// What an adapter stores in the place of an Event.
struct StoredItemNames {
  std::vector<std::string> skus;
};

}  // namespace sampo::persistence::testing

namespace sampo {

template <>
struct ProtoCodec<persistence::testing::Event> {
  using Proto = persistence::testing::proto::Event;
  static constexpr uint32_t kVersion = 2;
  static void ToProto(const persistence::testing::ItemAdded& m, CodecContext& context, Proto* out);
  static void ToProto(const persistence::testing::CheckedOut& m, CodecContext& context, Proto* out);
  static absl::StatusOr<persistence::testing::Event> FromProto(const Proto& proto,
                                                               CodecContext& context);
  static absl::Status Upcast(uint32_t from_version, Proto& proto);
};

template <>
struct ProtoCodec<persistence::testing::State> {
  using Proto = persistence::testing::proto::State;
  static void ToProto(const persistence::testing::State& m, CodecContext& context, Proto* out);
  static absl::StatusOr<persistence::testing::State> FromProto(const Proto& proto,
                                                               CodecContext& context);
};

template <>
struct ProtoCodec<persistence::testing::StoredItemNames> {
  using Proto = persistence::testing::proto::StoredItems;
  static void ToProto(const persistence::testing::StoredItemNames& m, CodecContext& context,
                      Proto* out);
  static absl::StatusOr<persistence::testing::StoredItemNames> FromProto(const Proto& proto,
                                                                         CodecContext& context);
};

}  // namespace sampo

#endif  // SAMPO_PERSISTENCE_TESTING_CART_CODEC_H_
