// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/dispatch/control_aware_queue.h"

#include <utility>

#include "sampo/actor/base/check.h"

namespace sampo {

// In all of this file: size_ is relaxed, because it is read as "about" and orders nothing; it is
// written under mutex_, so that no update is lost.

ControlAwareQueue::ControlAwareQueue(ControlPredicate is_control)
    : is_control_(std::move(is_control)) {
  SAMPO_CHECK(is_control_ != nullptr, "a control-aware mailbox needs a predicate");
}

MessageQueue::Dropped ControlAwareQueue::Enqueue(Envelope* envelope) {
  // Asked before the lock: the user's function may take its time, or tell this very actor.
  const bool control = IsControl(*envelope);
  Push(control ? control_ : ordinary_, envelope);
  return {};
}

void ControlAwareQueue::EnqueueControl(Envelope* envelope) { Push(ordinary_, envelope); }

Envelope* ControlAwareQueue::Dequeue() {
  std::lock_guard<std::mutex> hold(mutex_);
  internal::EnvelopeRing& ring = control_.empty() ? ordinary_ : control_;
  if (ring.empty()) return nullptr;
  size_.store(size_.load(std::memory_order_relaxed) - 1, std::memory_order_relaxed);
  return ring.Pop();
}

int64_t ControlAwareQueue::Size() const { return size_.load(std::memory_order_relaxed); }

bool ControlAwareQueue::IsControl(const Envelope& envelope) const noexcept {
  try {
    return is_control_(envelope.index, envelope);
  } catch (...) {
    return false;  // The sender is not to blame, and the message is not lost.
  }
}

void ControlAwareQueue::Push(internal::EnvelopeRing& ring, Envelope* envelope) {
  std::lock_guard<std::mutex> hold(mutex_);
  ring.Push(envelope, 0);  // the classes are never merged, so the arrival number is not needed
  size_.store(size_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
}

}  // namespace sampo
