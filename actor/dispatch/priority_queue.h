// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#ifndef SAMPO_ACTOR_DISPATCH_PRIORITY_QUEUE_H_
#define SAMPO_ACTOR_DISPATCH_PRIORITY_QUEUE_H_

// PriorityQueue: a mailbox that hands out the message with the lowest number first.
//
// Why it exists: some messages of an actor are worth more than others. The number comes from a
// function that is asked once per message, on the sender's thread. The library's own messages
// have none: they go before all others, FIFO among themselves, so that a flood cannot starve them.
//
// Order among equal numbers: FIFO where `stable`; else unspecified, but the same in each run with
// the same arrivals.
//
// Threads: as MessageQueue says; `priority` is called from many threads at the same time and must
// be pure. One that throws counts as 0. Lifetime: retires what it still holds.
// Cost: O(log n) under the lock. Memory: 24 bytes for each message that ever waited at one time.
//
//   PriorityQueue queue({.priority = [](uint16_t index, const Envelope&) { return int{index}; },
//                        .stable = true});

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <vector>

#include "sampo/actor/dispatch/envelope.h"
#include "sampo/actor/dispatch/envelope_ring.h"
#include "sampo/actor/dispatch/message_queue.h"
#include "sampo/actor/dispatch/overflow_policy.h"

namespace sampo {

// Lower is sooner, as in Pekko; `index` is the message's place in the protocol.
using MessagePriority = std::function<int(uint16_t index, const Envelope& envelope)>;

struct PriorityQueueOptions {
  MessagePriority priority;
  bool stable = false;
  // User messages that may wait; 0: any number.
  int64_t capacity = 0;
  // kDropNewest or kFail: a heap does not know which message is the oldest.
  OverflowPolicy on_full = OverflowPolicy::kDropNewest;
};

class PriorityQueue final : public MessageQueue {
 public:
  // Preconditions: a priority function, a capacity that is not negative, no kDropOldest.
  explicit PriorityQueue(PriorityQueueOptions options);
  ~PriorityQueue() override;

  Dropped Enqueue(Envelope* envelope) override;
  void EnqueueControl(Envelope* envelope) override;
  Envelope* Dequeue() override;
  int64_t Size() const override;

 private:
  struct Entry {
    int priority;
    uint64_t sequence;  // all 0 where not stable
    Envelope* envelope;
  };
  // For the heap algorithms, which put the greatest first: true where `a` goes after `b`.
  static bool GoesAfter(const Entry& a, const Entry& b);
  int PriorityOf(const Envelope& envelope) const noexcept;

  const PriorityQueueOptions options_;
  const char* const full_reason_;
  std::atomic<int64_t> size_{0};

  std::mutex mutex_;
  uint64_t next_sequence_ = 0;  // guarded by mutex_, as all below
  std::vector<Entry> heap_;     // by GoesAfter; at most capacity
  internal::EnvelopeRing control_;
};

}  // namespace sampo

#endif  // SAMPO_ACTOR_DISPATCH_PRIORITY_QUEUE_H_
