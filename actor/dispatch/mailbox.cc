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
  if (before & kIdleBit) {
    ScheduledWithoutMessage();
    Schedule();
  }
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

void Mailbox::QueueStub() {
  stub.next.store(nullptr, std::memory_order_relaxed);
  // Orders as in Enqueue. The caller has the right to run, so there is no idle bit; what a look bit
  // stood for the caller is about to see.
  uintptr_t before = head.exchange(reinterpret_cast<uintptr_t>(&stub), std::memory_order_acq_rel);
  reinterpret_cast<MessageNode*>(before & ~kHeadBits)->next.store(&stub, std::memory_order_release);
}

void Mailbox::DrainTerminated() {
  bool stub_queued = false;
  for (;;) {
    while (Envelope* envelope = Front()) {
      Pop(envelope);
      if (tail == &stub) {
        stub_queued = false;
      } else {
        ops->dead_letter(this, envelope);
      }
    }
    while (Envelope* envelope = queue == nullptr ? nullptr : queue->Dequeue()) {
      ops->dead_letter(this, envelope);
      FreeEnvelope(envelope);
    }
    // A tail that is a part of an ask would stay for ever: the ask holds a count of this header.
    const bool embedded = tail != &stub && (static_cast<Envelope*>(tail)->flags & kEmbedded) != 0;
    if (embedded && !stub_queued) {
      QueueStub();
      stub_queued = true;
    } else if (BecomeIdle()) {
      return;
    }
  }
}

}  // namespace sampo
