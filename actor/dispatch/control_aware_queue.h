// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#ifndef SAMPO_ACTOR_DISPATCH_CONTROL_AWARE_QUEUE_H_
#define SAMPO_ACTOR_DISPATCH_CONTROL_AWARE_QUEUE_H_

// ControlAwareQueue: an unbounded mailbox in which control messages overtake the others.
//
// Why it exists: "pause" must reach an actor that has a million items before it. Inside a class the
// order is FIFO. What a control message is, is asked of a function, once per message, on the
// sender's thread. The library's own messages are not control messages in this sense: they stay in
// order with the user's other messages.
//
// Threads: as MessageQueue says; `is_control` is called from many threads at the same time and
// must be pure. One that throws counts as false. Lifetime: retires what it still holds.
//
//   ControlAwareQueue queue([](uint16_t index, const Envelope&) { return index == kPauseIndex; });

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>

#include "sampo/actor/dispatch/envelope.h"
#include "sampo/actor/dispatch/envelope_ring.h"
#include "sampo/actor/dispatch/message_queue.h"

namespace sampo {

// True for a message that goes before the others; `index` is its place in the protocol.
using ControlPredicate = std::function<bool(uint16_t index, const Envelope& envelope)>;

class ControlAwareQueue final : public MessageQueue {
 public:
  // Precondition: `is_control` is not empty.
  explicit ControlAwareQueue(ControlPredicate is_control);

  Dropped Enqueue(Envelope* envelope) override;
  void EnqueueControl(Envelope* envelope) override;
  Envelope* Dequeue() override;
  int64_t Size() const override;

 private:
  bool IsControl(const Envelope& envelope) const noexcept;
  void Push(internal::EnvelopeRing& ring, Envelope* envelope);

  const ControlPredicate is_control_;
  std::atomic<int64_t> size_{0};

  std::mutex mutex_;
  internal::EnvelopeRing control_;  // guarded by mutex_, as below
  internal::EnvelopeRing ordinary_;
};

}  // namespace sampo

#endif  // SAMPO_ACTOR_DISPATCH_CONTROL_AWARE_QUEUE_H_
