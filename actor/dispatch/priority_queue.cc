// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/dispatch/priority_queue.h"

#include <algorithm>
#include <utility>

#include "sampo/actor/base/check.h"

namespace sampo {

// In all of this file: size_ is relaxed, because it is read as "about" and orders nothing; it is
// written under mutex_, so that no update is lost.

PriorityQueue::PriorityQueue(PriorityQueueOptions options)
    : options_(std::move(options)), full_reason_(FullReason(options_.capacity, options_.on_full)) {
  SAMPO_CHECK(options_.priority != nullptr, "a priority mailbox needs a priority function");
  SAMPO_CHECK(options_.capacity >= 0, "a priority mailbox's capacity is negative");
  SAMPO_CHECK(options_.on_full != OverflowPolicy::kDropOldest,
              "a priority mailbox cannot drop the oldest message");
}

PriorityQueue::~PriorityQueue() {
  for (const Entry& entry : heap_) RetireEnvelope(entry.envelope);
}

MessageQueue::Dropped PriorityQueue::Enqueue(Envelope* envelope) {
  // Asked before the lock: the user's function may take its time, or tell this very actor.
  const int priority = PriorityOf(*envelope);
  std::lock_guard<std::mutex> hold(mutex_);
  if (options_.capacity > 0 && heap_.size() >= static_cast<size_t>(options_.capacity)) {
    return {envelope, full_reason_};
  }
  heap_.push_back({priority, options_.stable ? next_sequence_++ : 0, envelope});
  std::push_heap(heap_.begin(), heap_.end(), GoesAfter);
  size_.store(static_cast<int64_t>(heap_.size() + control_.size()), std::memory_order_relaxed);
  return {};
}

void PriorityQueue::EnqueueControl(Envelope* envelope) {
  std::lock_guard<std::mutex> hold(mutex_);
  control_.Push(envelope, 0);  // never merged with others, so the arrival number is not needed
  size_.store(static_cast<int64_t>(heap_.size() + control_.size()), std::memory_order_relaxed);
}

Envelope* PriorityQueue::Dequeue() {
  std::lock_guard<std::mutex> hold(mutex_);
  Envelope* envelope = nullptr;
  if (!control_.empty()) {
    envelope = control_.Pop();
  } else if (!heap_.empty()) {
    std::pop_heap(heap_.begin(), heap_.end(), GoesAfter);
    envelope = heap_.back().envelope;
    heap_.pop_back();
  }
  size_.store(static_cast<int64_t>(heap_.size() + control_.size()), std::memory_order_relaxed);
  return envelope;
}

int64_t PriorityQueue::Size() const { return size_.load(std::memory_order_relaxed); }

bool PriorityQueue::GoesAfter(const Entry& a, const Entry& b) {
  return a.priority != b.priority ? a.priority > b.priority : a.sequence > b.sequence;
}

int PriorityQueue::PriorityOf(const Envelope& envelope) const noexcept {
  try {
    return options_.priority(envelope.index, envelope);
  } catch (...) {
    return 0;  // The sender is not to blame, and the message is not lost.
  }
}

}  // namespace sampo
