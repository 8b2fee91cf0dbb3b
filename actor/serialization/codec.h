// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#ifndef SAMPO_ACTOR_SERIALIZATION_CODEC_H_
#define SAMPO_ACTOR_SERIALIZATION_CODEC_H_

// Codec: turns messages of one type into bytes and back, for code that does not know the type.
//
// Why it exists: an association, a journal and a replicator see a type record and a pointer. The
// manifest names the schema on the wire and on disk, for ever; a C++ type name never does.
//
// Threads: a codec is immutable; Encode and Decode from any thread. Lifetime: codecs made by
// CodecOf<T>() are never destroyed.
// Hostile bytes give a Status. Exceptions of the user's functions become a Status here.
//
//   std::string payload;
//   SAMPO_RETURN_IF_ERROR(codec.Encode(envelope.payload(), context, payload));
//   absl::StatusOr<EnvelopePtr> copy = codec.Decode(payload, codec.version(), context);

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "sampo/actor/dispatch/envelope.h"
#include "sampo/actor/serialization/codec_context.h"

namespace sampo {

// Bytes of one payload, sent or accepted: 64 MiB. Chosen, not measured: protobuf itself ends at
// 2 GiB, and one message of that size would stop all others of its association.
inline constexpr size_t kPayloadBytesMax = size_t{64} << 20;

// Owns an envelope that nobody has been told yet.
struct EnvelopeRetirer {
  void operator()(Envelope* envelope) const { RetireEnvelope(envelope); }
};
using EnvelopePtr = std::unique_ptr<Envelope, EnvelopeRetirer>;

class Codec {
 public:
  virtual ~Codec() = default;
  Codec(const Codec&) = delete;
  Codec& operator=(const Codec&) = delete;

  // The name of the schema: "cart.v1.Command".
  const std::string& manifest() const { return manifest_; }
  // Names under which older programs wrote the same schema; still read.
  const std::vector<std::string>& old_manifests() const { return old_manifests_; }
  // What Encode writes; from 1.
  uint32_t version() const { return version_; }
  // The newest version that Decode reads; at least version().
  uint32_t forward_version() const { return forward_version_; }
  // The type that Encode takes.
  const MessageType& type() const { return type_; }

  // Appends the bytes of `message`, which is of type(). RESOURCE_EXHAUSTED above kPayloadBytesMax;
  // else what the context or the user's function says. On failure `payload` is as before.
  [[nodiscard]] absl::Status Encode(const void* message, CodecContext& context,
                                    std::string& payload) const;

  // A message in a new envelope. For a protocol (`struct Command : std::variant<...>`) it holds the
  // alternative, and `index` is its place in the protocol; else `index` is 0.
  // DATA_LOSS: the bytes are no such message. UNIMPLEMENTED: they come from a newer program.
  [[nodiscard]] absl::StatusOr<EnvelopePtr> Decode(std::string_view payload, uint32_t version,
                                                   CodecContext& context) const;

  // OK where Decode may read so many bytes of that version; the Status it returns else.
  [[nodiscard]] absl::Status CheckReadable(size_t bytes, uint32_t version) const;

 protected:
  struct Names {
    std::string manifest;
    std::vector<std::string> old_manifests;
    uint32_t version = 1;
    uint32_t forward_version = 1;
  };
  Codec(const MessageType& type, Names names);
  // "cart.v1.Command: an exception: what()", for the exception that is being handled.
  absl::Status StatusOfException() const;

 private:
  virtual absl::Status DoEncode(const void* message, CodecContext& context,
                                std::string& payload) const = 0;
  virtual absl::StatusOr<EnvelopePtr> DoDecode(std::string_view payload, uint32_t version,
                                               CodecContext& context) const = 0;

  const MessageType& type_;
  const std::string manifest_;
  const std::vector<std::string> old_manifests_;
  const uint32_t version_;
  const uint32_t forward_version_;
};

}  // namespace sampo

#endif  // SAMPO_ACTOR_SERIALIZATION_CODEC_H_
