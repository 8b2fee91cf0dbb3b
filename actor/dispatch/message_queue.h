// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// MessageQueue: what stands behind a mailbox that is not the default one (bounded, priority, stable
// priority, control-aware). The default, unbounded queue is inside the Mailbox itself.
//
// Threads: Enqueue from any thread, Dequeue by the thread that runs the actor.
// Ownership: Enqueue takes the envelope, or gives back the one that lost its place.
#ifndef SAMPO_ACTOR_DISPATCH_MESSAGE_QUEUE_H_
#define SAMPO_ACTOR_DISPATCH_MESSAGE_QUEUE_H_

#include <cstdint>

#include "sampo/actor/dispatch/envelope.h"

namespace sampo {

class MessageQueue {
 public:
  // What did not fit: the caller publishes it as dropped, with `reason`.
  struct Dropped {
    Envelope* envelope = nullptr;  // null: all is queued
    const char* reason = "";       // static text, such as "mailbox full (1000): newest dropped"
  };

  virtual ~MessageQueue() = default;
  // Never blocks for longer than another enqueue or dequeue takes.
  virtual Dropped Enqueue(Envelope* envelope) = 0;
  // As Enqueue, for the library's own messages (Terminated, replies, timers): never refused, never
  // evicted, outside the bound; in order with user messages where the kind of queue has an order.
  virtual void EnqueueControl(Envelope* envelope) = 0;
  // The next message, or null. The caller owns it.
  virtual Envelope* Dequeue() = 0;
  // Messages waiting, about; from any thread.
  virtual int64_t Size() const = 0;
};

}  // namespace sampo

#endif  // SAMPO_ACTOR_DISPATCH_MESSAGE_QUEUE_H_
