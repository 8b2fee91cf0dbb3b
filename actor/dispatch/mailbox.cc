// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/dispatch/mailbox.h"

#include "sampo/actor/base/check.h"

namespace sampo {

bool Mailbox::EnqueueSystem(SystemMessage* message) {
  SystemMessage* before = system_head.load(std::memory_order_acquire);
  do {
    if (before == Closed()) return false;
    message->next = IsMarker(before) ? nullptr : before;
    // acq_rel: publishes the message to TakeSystem; acquires what the owner wrote before Park.
  } while (!system_head.compare_exchange_weak(before, message, std::memory_order_acq_rel));
  if (before == Parked()) {
    Schedule();
  } else if (before == nullptr) {
    Wake();  // where it was a list already, its first pusher wakes
  }
  return true;
}

void Mailbox::Wake() {
  uintptr_t before = head.load(std::memory_order_relaxed);
  uintptr_t after;
  do {
    after = before & kIdleBit ? before & ~kHeadBits : before | kLookBit;
    // acq_rel: publishes what the caller put elsewhere; acquires the owner's last turn.
  } while (!head.compare_exchange_weak(before, after, std::memory_order_acq_rel));
  if (before & kIdleBit) Schedule();
}

bool Mailbox::Park() {
  SystemMessage* expected = nullptr;
  // acq_rel: release this turn's writes to whoever schedules the next one.
  return system_head.compare_exchange_strong(expected, Parked(), std::memory_order_acq_rel);
}

namespace {

SystemMessage* Reverse(SystemMessage* list) {
  SystemMessage* reversed = nullptr;
  while (list != nullptr) {
    SystemMessage* next = list->next;
    list->next = reversed;
    reversed = list;
    list = next;
  }
  return reversed;
}

}  // namespace

SystemMessage* Mailbox::TakeSystem() {
  SystemMessage* list = system_head.exchange(nullptr, std::memory_order_acq_rel);
  SAMPO_CHECK(list != Closed(), "a turn of a closed mailbox");
  return IsMarker(list) ? nullptr : Reverse(list);
}

SystemMessage* Mailbox::CloseSystem() {
  SystemMessage* list = system_head.exchange(Closed(), std::memory_order_acq_rel);
  return IsMarker(list) ? nullptr : Reverse(list);
}

void Mailbox::FreeTail() {
  if (tail != &stub) FreeEnvelope(static_cast<Envelope*>(tail));
}

int64_t Mailbox::Depth() const {
  if (queue != nullptr) return queue->Size();
  auto depth = static_cast<int32_t>(pushed.load(std::memory_order_relaxed) -
                                    processed.load(std::memory_order_relaxed));
  return depth < 0 ? 0 : depth;
}

void Mailbox::DrainTerminated() {
  for (;;) {
    while (Envelope* envelope = Front()) {
      Pop(envelope);
      ops->dead_letter(this, envelope);
    }
    while (Envelope* envelope = queue == nullptr ? nullptr : queue->Dequeue()) {
      ops->dead_letter(this, envelope);
      FreeEnvelope(envelope);
    }
    if (BecomeIdle()) return;
  }
}

}  // namespace sampo
