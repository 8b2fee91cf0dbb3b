// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#ifndef SAMPO_ACTOR_SERIALIZATION_SERIALIZED_MESSAGE_H_
#define SAMPO_ACTOR_SERIALIZATION_SERIALIZED_MESSAGE_H_

// The frame around an encoded message: which schema, which version, how long.
//
// Why it exists: journals, snapshots and nested payloads keep messages as bytes and must find their
// codec again, years later. The format, version 1:
//
//   | field    | bytes  | value                                                                |
//   | format   | 1      | 1                                                                    |
//   | length   | varint | of the manifest, 1 to 255                                            |
//   | manifest | length | letters, digits and . _ - / $                                        |
//   | version  | varint | of the schema, from 1                                                |
//   | length   | varint | of the payload, 0 to 64 MiB                                          |
//   | payload  | length | what the codec wrote                                                 |
//
// A varint is protobuf's: seven bits a byte, lowest first, the high bit says "more". Only the
// shortest form is read, so that equal messages have equal bytes.
//
// Threads: pure functions. Lifetime: a view borrows the bytes it was read from.
// Hostile bytes: every length is checked against its bound and against what is there before
// anything is read or allocated.
//
//   std::string frame;
//   SAMPO_RETURN_IF_ERROR(AppendSerialized({.manifest = "cart.v1.Command", .payload = p}, frame));
//   absl::StatusOr<SerializedView> view = ParseSerialized(frame);

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace sampo {

inline constexpr uint8_t kSerializedFormat = 1;
// Bytes of a manifest. Chosen, not measured: protobuf names have some dozens.
inline constexpr size_t kManifestBytesMax = 255;

struct SerializedView {
  std::string_view manifest;
  uint32_t version = 1;
  std::string_view payload;

  friend bool operator==(const SerializedView&, const SerializedView&) = default;
};

// Appends the frame. INVALID_ARGUMENT for a manifest or version that the format does not allow,
// RESOURCE_EXHAUSTED for a payload above kPayloadBytesMax; `frame` is as before then.
[[nodiscard]] absl::Status AppendSerialized(const SerializedView& message, std::string& frame);

// Reads one frame from the front of `bytes` and removes it there. DATA_LOSS for what is no frame
// or is cut short, UNIMPLEMENTED for a newer format, RESOURCE_EXHAUSTED for a payload above the
// bound; `bytes` is as before then.
[[nodiscard]] absl::StatusOr<SerializedView> ReadSerialized(std::string_view& bytes);

// The same for bytes that are exactly one frame; DATA_LOSS if something follows it.
[[nodiscard]] absl::StatusOr<SerializedView> ParseSerialized(std::string_view bytes);

// OK for a name that may be a manifest; INVALID_ARGUMENT with the reason else.
[[nodiscard]] absl::Status ValidateManifest(std::string_view manifest);

}  // namespace sampo

#endif  // SAMPO_ACTOR_SERIALIZATION_SERIALIZED_MESSAGE_H_
