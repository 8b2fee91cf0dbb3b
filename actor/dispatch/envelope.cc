// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/dispatch/envelope.h"

namespace sampo {
namespace {

// A kept envelope is not in a queue's books any more: the mailbox marks that by linking it to
// itself.
bool QueueIsDone(const Envelope* envelope) {
  return envelope->next.load(std::memory_order_relaxed) == envelope;
}

}  // namespace

namespace internal {

void FreeUnusualEnvelope(Envelope* envelope) {
  if (envelope->flags & kKept) {
    envelope->next.store(envelope, std::memory_order_relaxed);
    return;
  }
  if (envelope->flags & kEmbedded) {
    auto* embedded = static_cast<EmbeddedEnvelope*>(envelope);
    embedded->retire(embedded);
    return;
  }
  size_t bytes = Envelope::PayloadOffset(envelope->type->alignment) + envelope->type->size;
  bytes = (bytes + 15) / 16 * 16;
  if (envelope->flags & kHasTrace) bytes += kTraceBytes;
  FreeBlock(envelope, bytes);
}

}  // namespace internal

void ReleaseKept(Envelope* envelope) {
  DestroyPayload(envelope);
  const bool queue_is_done = QueueIsDone(envelope);
  envelope->flags &= static_cast<uint16_t>(~kKept);
  if (queue_is_done) FreeEnvelope(envelope);
}

}  // namespace sampo
