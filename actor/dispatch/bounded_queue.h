// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#ifndef SAMPO_ACTOR_DISPATCH_BOUNDED_QUEUE_H_
#define SAMPO_ACTOR_DISPATCH_BOUNDED_QUEUE_H_

// BoundedQueue: a FIFO mailbox that holds at most `capacity` user messages.
//
// Why it exists: an actor that is slower than its senders must lose messages rather than memory.
// The library's own messages are outside the bound and keep their place in the order.
//
// Threads: as MessageQueue says. A mutex that is held for some ten nanoseconds. Lifetime: retires
// what it still holds. Memory: 16 bytes for each message that ever waited at one time.
//
//   BoundedQueue queue({.capacity = 1000, .on_full = OverflowPolicy::kDropOldest});

#include <atomic>
#include <cstdint>
#include <mutex>

#include "sampo/actor/dispatch/envelope_ring.h"
#include "sampo/actor/dispatch/message_queue.h"
#include "sampo/actor/dispatch/overflow_policy.h"

namespace sampo {

struct BoundedQueueOptions {
  // User messages that may wait; at least 1. 1000 is Pekko's default.
  int64_t capacity = 1000;
  OverflowPolicy on_full = OverflowPolicy::kDropNewest;
};

class BoundedQueue final : public MessageQueue {
 public:
  // Precondition: options.capacity >= 1.
  explicit BoundedQueue(BoundedQueueOptions options);

  Dropped Enqueue(Envelope* envelope) override;
  void EnqueueControl(Envelope* envelope) override;
  Envelope* Dequeue() override;
  int64_t Size() const override;

 private:
  const BoundedQueueOptions options_;
  const char* const full_reason_;
  std::atomic<int64_t> size_{0};

  std::mutex mutex_;
  uint64_t next_sequence_ = 0;   // guarded by mutex_, as all below
  internal::EnvelopeRing user_;  // at most capacity
  internal::EnvelopeRing control_;
};

}  // namespace sampo

#endif  // SAMPO_ACTOR_DISPATCH_BOUNDED_QUEUE_H_
