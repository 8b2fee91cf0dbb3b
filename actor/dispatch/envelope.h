// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Envelope: one message on its way, in one block of the pool.
//
// Layout of the block (bytes):
//   0  next        link of the queue that holds it
//   8  type        static record of the payload's type
//  16  index       which alternative of the receiver's protocol; see kInternalIndexMin
//  18  flags       bits 0-3: EnvelopeFlag; bits 4-15: BlockCode of the block, 0: it is larger than
//                  the pool's largest block or embedded in another object
//  20  (unused)
//  24  payload     (32 where the type's alignment is 16)
//      trace       TraceContext bytes behind the payload, where kHasTrace is set
// Threads: owned by one thread at a time; `next` hands it over inside a mailbox.
#ifndef SAMPO_ACTOR_DISPATCH_ENVELOPE_H_
#define SAMPO_ACTOR_DISPATCH_ENVELOPE_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

#include "sampo/actor/base/block_pool.h"
#include "sampo/actor/dispatch/message_type.h"

namespace sampo {

// The part of an envelope that a queue needs; also the empty first node of each mailbox.
struct MessageNode {
  std::atomic<MessageNode*> next{nullptr};
};

enum EnvelopeFlag : uint16_t {
  kNoDestroy = 1,  // nothing to destroy: a trivial type, or the payload is gone already
  kHasTrace = 2,   // 32 bytes of trace context behind the payload
  kEmbedded = 4,   // part of another object; FreeEnvelope calls EmbeddedEnvelope::retire
  kKept = 8,       // a stash or a suspended task holds it; see KeepEnvelope
};
inline constexpr int kFlagBits = 4;

// Indexes from here on are the library's own messages (Terminated, adapted, timers...), handled by
// the cell before any behavior sees them. So a protocol has at most this many alternatives.
inline constexpr uint16_t kInternalIndexMin = 0xFF00;

struct Envelope : MessageNode {
  const MessageType* type = nullptr;
  uint16_t index = 0;
  uint16_t flags = 0;

  void* payload() { return reinterpret_cast<char*>(this) + PayloadOffset(type->alignment); }
  template <class T>
  T& As() {
    return *std::launder(
        reinterpret_cast<T*>(reinterpret_cast<char*>(this) + PayloadOffset(alignof(T))));
  }
  static constexpr size_t PayloadOffset(size_t alignment) { return alignment <= 8 ? 24 : 32; }
};
static_assert(sizeof(Envelope) == 24);

// An envelope inside a longer-lived object (an ask): told when the mailbox is done with the node.
struct EmbeddedEnvelope : Envelope {
  void (*retire)(EmbeddedEnvelope*) = nullptr;
};

inline constexpr size_t kTraceBytes = 32;

namespace internal {

template <class T>
constexpr size_t EnvelopeBytes() {
  static_assert(alignof(T) <= 16, "Sampo: a message's alignment is at most 16 bytes.");
  return (Envelope::PayloadOffset(alignof(T)) + sizeof(T) + 15) / 16 * 16;
}

// Flags of a new envelope in a block of `bytes`.
constexpr uint16_t NewFlags(size_t bytes, bool trivial) {
  return static_cast<uint16_t>(BlockCode(bytes) << kFlagBits | (trivial ? kNoDestroy : 0));
}

}  // namespace internal

namespace internal {

// A block of `bytes` plus room for the trace context, which is copied from the current message.
// Defined beside the instrumentation.
void* AllocateTracedBlock(size_t bytes);

}  // namespace internal

// A new envelope that holds T{args...}; with room for the trace context where `traced`. Inline,
// lest a small message be written to the stack only to be read from there.
template <class T, class... Args>
[[gnu::always_inline]] inline Envelope* MakeEnvelope(bool traced, uint16_t index, Args&&... args) {
  constexpr size_t kBytes = internal::EnvelopeBytes<T>();
  constexpr bool kTrivial = std::is_trivially_destructible_v<T>;
  constexpr uint16_t kFlags = internal::NewFlags(kBytes, kTrivial);
  constexpr uint16_t kTracedFlags = internal::NewFlags(kBytes + kTraceBytes, kTrivial) | kHasTrace;
  void* block = traced ? internal::AllocateTracedBlock(kBytes) : AllocateBlock(kBytes);
  auto* envelope = ::new (block) Envelope;
  envelope->type = &kMessageType<T>;
  envelope->index = index;
  envelope->flags = traced ? kTracedFlags : kFlags;
  void* payload = static_cast<char*>(block) + Envelope::PayloadOffset(alignof(T));
  if constexpr (std::is_constructible_v<T, Args...>) {
    ::new (payload) T(std::forward<Args>(args)...);
  } else {
    ::new (payload) T{std::forward<Args>(args)...};
  }
  return envelope;
}

// Destroys the payload unless there is nothing to destroy. The node stays usable by its queue.
inline void DestroyPayload(Envelope* envelope) {
  if (envelope->flags & kNoDestroy) return;
  envelope->flags |= kNoDestroy;
  envelope->type->destroy(envelope->payload());
}

namespace internal {
// The rare cases of FreeEnvelope: embedded, kept, larger than the pool's blocks.
void FreeUnusualEnvelope(Envelope* envelope);
}  // namespace internal

// Gives the block back. Precondition: the payload needs no destruction any more.
inline void FreeEnvelope(Envelope* envelope) {
  const uint16_t flags = envelope->flags;
  const auto code = static_cast<uint16_t>(flags >> kFlagBits);
  if ((flags & (kEmbedded | kKept)) != 0 || code == 0) [[unlikely]] {
    internal::FreeUnusualEnvelope(envelope);
  } else {
    FreeCodedBlock(envelope, code);
  }
}

// A handled envelope's block still serves its mailbox as the queue's tail. Who wants to keep the
// message beyond its handler (a stash, a suspended task) marks it kept; the mailbox, when it is
// done with the block, only notes so (links it to itself), and ReleaseKept frees it. All on one
// turn.
inline void KeepEnvelope(Envelope* envelope) { envelope->flags |= kKept; }
// The keeper is done: destroys the payload; frees the block, or leaves that to the mailbox.
void ReleaseKept(Envelope* envelope);

// Destroys payload and block: for a message that reaches nobody.
inline void RetireEnvelope(Envelope* envelope) {
  DestroyPayload(envelope);
  FreeEnvelope(envelope);
}

}  // namespace sampo

#endif  // SAMPO_ACTOR_DISPATCH_ENVELOPE_H_
