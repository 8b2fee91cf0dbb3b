// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Mailbox: the queues of one actor and the protocol by which it is scheduled exactly once.
//
// Two queues. User messages: Vyukov's intrusive MPSC list; the low bit of `head` says "empty and
// not scheduled", so that the one exchange of a push also tells the sender whether it has to
// schedule the actor (as in Pony's messageq.c). System messages: a stack, taken whole and reversed,
// always handled before the next user message.
//
// | head                  | meaning                                                            |
// | last node             | scheduled or running; the owner will look again                    |
// | last node, kIdleBit   | empty and idle; whoever clears the bit must schedule the actor     |
// | last node, kLookBit   | as the first, and something came by another way (a system message, |
// |                       | a special queue): the owner cannot go idle without seeing the bit  |
// After the exchange that sets kIdleBit the owner touches nothing of the mailbox: it may be gone.
//
// | system_head           | meaning                                                            |
// | null, list            | pushers add, then Wake                                             |
// | kParked               | the owner waits for a system message with user messages queued     |
// |                       | (a suspended coroutine): whoever replaces it must schedule         |
// | kClosed               | the actor is gone: the pusher discards its message                 |
//
// Threads: Enqueue, EnqueueSystem from any; the rest by the thread that runs the turn.
// Source: D. Vyukov, "Intrusive MPSC node-based queue", 1024cores.net.
#ifndef SAMPO_ACTOR_DISPATCH_MAILBOX_H_
#define SAMPO_ACTOR_DISPATCH_MAILBOX_H_

#include <atomic>
#include <cstdint>

#include "sampo/actor/dispatch/dispatcher.h"
#include "sampo/actor/dispatch/envelope.h"
#include "sampo/actor/dispatch/message_queue.h"
#include "sampo/actor/dispatch/planted_bug.h"
#include "sampo/actor/dispatch/ref_target.h"
#include "sampo/actor/dispatch/runnable.h"

namespace sampo {

// A message of the library to a cell; intrusive. `handle` runs on the actor's turn and owns it;
// `discard` runs on the pusher's thread, or at the actor's end, when the actor is gone.
struct SystemMessage {
  using Function = void (*)(SystemMessage*, RefTarget* cell);
  SystemMessage(Function handle_function, Function discard_function)
      : handle(handle_function), discard(discard_function) {}
  SystemMessage* next = nullptr;
  const Function handle;
  const Function discard;
};

struct alignas(64) Mailbox : RefTarget, Runnable {
  static constexpr uintptr_t kIdleBit = 1;
  static constexpr uintptr_t kLookBit = 2;
  static constexpr uintptr_t kHeadBits = 3;

  Mailbox(const RefTargetOps* operations, uint32_t initial_flags, RunFunction run_function,
          Dispatcher* where)
      : RefTarget(operations, initial_flags),
        Runnable(run_function),
        head(reinterpret_cast<uintptr_t>(&stub) | kIdleBit),
        dispatcher(where) {}

  static SystemMessage* Parked() { return reinterpret_cast<SystemMessage*>(uintptr_t{1}); }
  static SystemMessage* Closed() { return reinterpret_cast<SystemMessage*>(uintptr_t{2}); }
  static bool IsMarker(SystemMessage* m) { return reinterpret_cast<uintptr_t>(m) <= 2; }

  // Queues a user message and schedules the actor if it was idle.
  void Enqueue(Envelope* envelope) {
    // acq_rel: publishes the envelope; acquires what the owner wrote before it set the idle bit.
    uintptr_t before =
        head.exchange(reinterpret_cast<uintptr_t>(envelope), std::memory_order_acq_rel);
    // release: pairs with the acquire in Front.
    reinterpret_cast<MessageNode*>(before & ~kHeadBits)
        ->next.store(envelope, std::memory_order_release);
    if (before & kIdleBit) {
      Schedule();
    } else {
      // Only what comes to a scheduled actor is counted, and two senders may count as one: about
      // right. The owner sets it right each time it finds the queue empty.
      pushed.store(pushed.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
    }
  }

  // Queues a system message. False: the actor is gone, the caller still owns `message`.
  bool EnqueueSystem(SystemMessage* message);
  // Schedules the actor if it is idle: after something was put where a turn will find it.
  void Wake();

  // The caller has cleared the idle bit (or replaced kParked): the right to schedule is its own.
  void Schedule() {
    if (flags.load(std::memory_order_relaxed) & kTerminated) [[unlikely]] {
      DrainTerminated();
    } else {
      dispatcher->Execute(this);
    }
  }

  // --- the owner's side ---

  // The oldest user message, or null where there is none or a sender has not linked it yet.
  Envelope* Front() {
    // acquire: pairs with the release of Enqueue, so that the payload is visible.
    return static_cast<Envelope*>(tail->next.load(std::memory_order_acquire));
  }
  // Takes `front` out. Its block stays as the queue's tail until the next Pop; the payload is the
  // caller's at once.
  void Pop(Envelope* front) {
    MessageNode* old = tail;
    tail = front;
    if (old != &stub) [[likely]]
      FreeEnvelope(static_cast<Envelope*>(old));
  }
  // True: the mailbox is idle now, the turn is over, nothing of it may be touched. False: there is
  // (or will soon be) something in one of the queues.
  bool BecomeIdle() {
    internal::PreemptionPoint();
    uintptr_t expected = reinterpret_cast<uintptr_t>(tail);
    if (internal::IsPlanted(internal::PlantedBug::kLostWakeup)) {
      expected |= head.load(std::memory_order_relaxed) & kLookBit;
    }
    if ((pushed.load(std::memory_order_relaxed) | processed.load(std::memory_order_relaxed)) != 0)
        [[unlikely]] {
      pushed.store(0, std::memory_order_relaxed);
      processed.store(0, std::memory_order_relaxed);
    }
    // acq_rel: release what this turn wrote to whoever schedules the next one (Enqueue, Wake);
    // where it fails, acquire what came.
    if (head.compare_exchange_strong(expected, expected | kIdleBit, std::memory_order_acq_rel))
        [[likely]] {
      return true;
    }
    ScheduledWithoutMessage();
    if (expected & kLookBit) {  // a push in between may take the bit away, and is seen itself
      head.compare_exchange_strong(expected, expected & ~kLookBit, std::memory_order_acq_rel);
    }
    return false;
  }
  // For Depth: the actor is scheduled, or goes on, for another reason than a message. That of a
  // message is not counted; here all are, so one has to be taken off. By who has the right to run.
  void ScheduledWithoutMessage() { processed.store(1, std::memory_order_relaxed); }
  // `count` more messages were handled, or are about to be, and the turn goes on or ends with more
  // to do: for Depth. Not told at each message, only where somebody may look.
  void NoteProcessed(int count) {
    processed.store(processed.load(std::memory_order_relaxed) + static_cast<uint32_t>(count),
                    std::memory_order_relaxed);
  }
  // Ends the turn until a system message comes, though user messages may be queued. False: a system
  // message is there already.
  bool Park();
  // All system messages in the order of their arrival, or null.
  SystemMessage* TakeSystem();
  // As TakeSystem; from now on EnqueueSystem refuses.
  SystemMessage* CloseSystem();
  // For a terminated actor, by who has the right to run: user messages to dead letters, then idle.
  void DrainTerminated();
  // Frees the block that the queue keeps as its tail. Only when no ref is left.
  void FreeTail();

  // Messages waiting, about; from any thread.
  int64_t Depth() const;

  // line 0: what senders touch                                     | bytes
  std::atomic<uintptr_t> head;      // | 8
  std::atomic<uint32_t> pushed{0};  // | 4
  uint32_t spawn_number = 0;        // | 4  n-th child of its parent
  Dispatcher* const dispatcher;     // | 8
  MessageQueue* queue = nullptr;    // null: the list in here          | 8  (owned)
  // line 1: what the owner touches                                 |
  MessageNode stub;                                  // | 8
  MessageNode* tail = &stub;                         // | 8
  std::atomic<SystemMessage*> system_head{nullptr};  // | 8
  std::atomic<uint32_t> processed{0};                // by who has the right to run | 4

 private:
  void QueueStub();
};

}  // namespace sampo

#endif  // SAMPO_ACTOR_DISPATCH_MAILBOX_H_
