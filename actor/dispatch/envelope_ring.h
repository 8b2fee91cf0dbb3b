// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#ifndef SAMPO_ACTOR_DISPATCH_ENVELOPE_RING_H_
#define SAMPO_ACTOR_DISPATCH_ENVELOPE_RING_H_

// EnvelopeRing: a FIFO of envelopes, each with the number of its arrival; it owns them.
//
// Why it exists: the special mailboxes hold several classes of messages and need to know which of
// two fronts came first; the number lets them merge rings into one order again. It doubles when it
// is full and never shrinks, so a mailbox in steady state takes no memory.
//
// Threads: none of its own; the queue's lock is around it. Lifetime: retires what it still holds.
//
//   ring.Push(envelope, next_sequence++);
//   if (!ring.empty() && ring.FrontSequence() < other.FrontSequence()) return ring.Pop();

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

#include "sampo/actor/base/check.h"
#include "sampo/actor/dispatch/envelope.h"

namespace sampo::internal {

class EnvelopeRing {
 public:
  EnvelopeRing() = default;
  EnvelopeRing(const EnvelopeRing&) = delete;
  EnvelopeRing& operator=(const EnvelopeRing&) = delete;
  ~EnvelopeRing() {
    while (!empty()) RetireEnvelope(Pop());
  }

  bool empty() const { return count_ == 0; }
  size_t size() const { return count_; }

  void Push(Envelope* envelope, uint64_t sequence) {
    if (count_ == places_) Grow();
    entries_[(first_ + count_) & (places_ - 1)] = {envelope, sequence};
    ++count_;
  }

  // The arrival number of the oldest. Precondition: not empty.
  uint64_t FrontSequence() const {
    SAMPO_DCHECK(count_ > 0);
    return entries_[first_].sequence;
  }

  // The oldest; the caller owns it. Precondition: not empty.
  Envelope* Pop() {
    SAMPO_DCHECK(count_ > 0);
    Envelope* envelope = entries_[first_].envelope;
    first_ = (first_ + 1) & (places_ - 1);
    --count_;
    return envelope;
  }

 private:
  struct Entry {
    Envelope* envelope;
    uint64_t sequence;
  };

  void Grow() {
    // 16 entries are four cache lines. Chosen, not measured. Always a power of two, for the mask.
    const size_t places = places_ == 0 ? 16 : places_ * 2;
    auto entries = std::make_unique<Entry[]>(places);
    for (size_t i = 0; i < count_; ++i) entries[i] = entries_[(first_ + i) & (places_ - 1)];
    entries_ = std::move(entries);
    places_ = places;
    first_ = 0;
  }

  std::unique_ptr<Entry[]> entries_;
  size_t places_ = 0;
  size_t first_ = 0;
  size_t count_ = 0;
};

// The older front of two rings, or null where both are empty.
inline Envelope* PopOldest(EnvelopeRing& a, EnvelopeRing& b) {
  if (a.empty() && b.empty()) return nullptr;
  if (a.empty()) return b.Pop();
  if (b.empty()) return a.Pop();
  return a.FrontSequence() < b.FrontSequence() ? a.Pop() : b.Pop();
}

}  // namespace sampo::internal

#endif  // SAMPO_ACTOR_DISPATCH_ENVELOPE_RING_H_
