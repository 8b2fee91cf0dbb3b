// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#ifndef SAMPO_ACTOR_SERIALIZATION_CODEC_CONTEXT_H_
#define SAMPO_ACTOR_SERIALIZATION_CODEC_CONTEXT_H_

// CodecContext: what a codec may ask of its surroundings while it encodes or decodes one message.
//
// Why it exists: a message may hold refs, which mean something only to an actor system that knows
// its own address and its peers. The codec asks for a path and gets a string; who answers is
// bound later (//remote binds it; without it a message with refs is refused, not silently cut).
// Fields may be added; a codec that does not use them need not change.
//
// Threads: one at a time. Lifetime: as long as one call, or reused for one call after the other.
//
//   CodecContext context{.refs = &resolver};
//   absl::Status status = codec.Encode(&message, context, payload);

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace sampo {

struct MessageType;
struct RefTarget;

// Bytes of a ref's path, as sent or accepted. Chosen, not measured: a path has a few dozen.
inline constexpr size_t kRefPathBytesMax = 4096;

// What an ActorRef<M> consists of: its target, and the place of M in the target's protocol.
struct RefParts {
  RefTarget* target = nullptr;  // null: the ref that ignores all messages
  uint32_t index = 0;
};

// Translates between refs and paths that another node understands. `protocol` is the type record
// of the M in ActorRef<M>: it says what may be told to the ref.
class RefResolver {
 public:
  virtual ~RefResolver() = default;
  // The full path of `ref`, whose target is not null.
  virtual absl::StatusOr<std::string> ToPath(RefParts ref, const MessageType& protocol) = 0;
  // The ref of a path. The caller owns one count of the target.
  virtual absl::StatusOr<RefParts> FromPath(std::string_view path, const MessageType& protocol) = 0;
};

struct CodecContext {
  // Null: a message with refs cannot be coded.
  RefResolver* refs = nullptr;
  // Decoded envelopes get room for a trace context.
  bool traced = false;
  // The obligations to answer that went into the bytes: filled by PathOfReply (reply_codec.h).
  struct WrittenReply {
    const void* reply_to = nullptr;
    void (*pass_on)(const void* reply_to) = nullptr;
  };
  std::vector<WrittenReply> written_replies = {};
  // The first failure of an encoding, which returns nothing itself; see Fail.
  absl::Status failure = absl::OkStatus();

  // For ToProto: the path to put into the message, "" for an ignoring ref. Where there is none, the
  // whole encoding fails with the reason.
  std::string PathOf(RefParts ref, const MessageType& protocol);

  // For FromProto: the ref of such a path, with one count owned by the caller. FAILED_PRECONDITION
  // without a resolver, INVALID_ARGUMENT for a path longer than kRefPathBytesMax.
  absl::StatusOr<RefParts> RefOf(std::string_view path, const MessageType& protocol);

  // For ToProto: makes the encoding fail. The first failure is kept.
  void Fail(absl::Status status) {
    if (failure.ok()) failure = std::move(status);
  }
  // For whoever sends the bytes, once they are on their way and before the message is destroyed:
  // the one who gets them has to answer now. Without it the message's end tells the askers that
  // their request was dropped, as it must if the bytes never leave.
  void PassObligations();
  // For codecs: the failure, which is cleared.
  absl::Status TakeFailure() { return std::exchange(failure, absl::OkStatus()); }
};

}  // namespace sampo

#endif  // SAMPO_ACTOR_SERIALIZATION_CODEC_CONTEXT_H_
