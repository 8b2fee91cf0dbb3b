// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/dispatch/bounded_queue.h"

#include "sampo/actor/base/check.h"

namespace sampo {

// In all of this file: size_ is relaxed, because it is read as "about" and orders nothing; it is
// written under mutex_, so that no update is lost.

BoundedQueue::BoundedQueue(BoundedQueueOptions options)
    : options_(options), full_reason_(FullReason(options.capacity, options.on_full)) {
  SAMPO_CHECK(options.capacity >= 1, "a bounded mailbox needs a capacity of at least 1");
}

MessageQueue::Dropped BoundedQueue::Enqueue(Envelope* envelope) {
  std::lock_guard<std::mutex> hold(mutex_);
  if (user_.size() < static_cast<size_t>(options_.capacity)) {
    user_.Push(envelope, next_sequence_++);
    size_.store(static_cast<int64_t>(user_.size() + control_.size()), std::memory_order_relaxed);
    return {};
  }
  if (options_.on_full != OverflowPolicy::kDropOldest) return {envelope, full_reason_};
  Envelope* oldest = user_.Pop();
  user_.Push(envelope, next_sequence_++);
  return {oldest, full_reason_};
}

void BoundedQueue::EnqueueControl(Envelope* envelope) {
  std::lock_guard<std::mutex> hold(mutex_);
  control_.Push(envelope, next_sequence_++);
  size_.store(static_cast<int64_t>(user_.size() + control_.size()), std::memory_order_relaxed);
}

Envelope* BoundedQueue::Dequeue() {
  std::lock_guard<std::mutex> hold(mutex_);
  Envelope* envelope = internal::PopOldest(user_, control_);
  size_.store(static_cast<int64_t>(user_.size() + control_.size()), std::memory_order_relaxed);
  return envelope;
}

int64_t BoundedQueue::Size() const { return size_.load(std::memory_order_relaxed); }

}  // namespace sampo
