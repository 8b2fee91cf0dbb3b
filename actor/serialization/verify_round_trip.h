// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#ifndef SAMPO_ACTOR_SERIALIZATION_VERIFY_ROUND_TRIP_H_
#define SAMPO_ACTOR_SERIALIZATION_VERIFY_ROUND_TRIP_H_

// VerifyRoundTrip: does a message survive being sent to another node?
//
// Why it exists: a field that ToProto forgot is found by a test in a second, and by a user in
// months. Pekko calls it serialization verification.
//
// Threads: any. Lifetime: nothing is kept.
//
//   EXPECT_EQ(VerifyRoundTrip(cart::Command(AddItem{"mill", 1})), absl::OkStatus());

#include <concepts>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "sampo/actor/base/status_macros.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/actor/detail/protocol.h"
#include "sampo/actor/serialization/codec_context.h"
#include "sampo/actor/serialization/proto_codec.h"
#include "sampo/actor/serialization/serialization_registry.h"

namespace sampo {

namespace internal {

template <class... A>
consteval bool AllComparable(TypeList<A...>) {
  return (std::equality_comparable<A> && ...);
}

}  // namespace internal

// OK if `message` equals what is decoded from its bytes (where T, or all of its alternatives, have
// ==), and if that is encoded to the same bytes again. INTERNAL with the reason if not; else the
// failure of the codec.
template <class T>
requires HasCodec<T>
[[nodiscard]] absl::Status VerifyRoundTrip(const T& message, CodecContext& context) {
  std::string first;
  SAMPO_RETURN_IF_ERROR(SerializationRegistry::Serialize(message, context, first));
  absl::StatusOr<T> copy = SerializationRegistry::DeserializeAs<T>(first, context);
  if (!copy.ok()) return copy.status();
  if constexpr (internal::AllComparable(internal::Alternatives<T>{})) {
    if (!(*copy == message)) {
      return absl::InternalError(StrCat("round trip: a ", CodecOf<T>().manifest(),
                                        " came back different; does ToProto forget a field?"));
    }
  }
  std::string second;
  SAMPO_RETURN_IF_ERROR(SerializationRegistry::Serialize(*copy, context, second));
  if (first != second) {
    return absl::InternalError(StrCat("round trip: a ", CodecOf<T>().manifest(), " has ",
                                      first.size(), " bytes, its copy ", second.size(),
                                      ", and they differ"));
  }
  return absl::OkStatus();
}

template <class T>
requires HasCodec<T>
[[nodiscard]] absl::Status VerifyRoundTrip(const T& message) {
  CodecContext context;
  return VerifyRoundTrip(message, context);
}

}  // namespace sampo

#endif  // SAMPO_ACTOR_SERIALIZATION_VERIFY_ROUND_TRIP_H_
