// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// WorkerQueues: what one worker thread has to run: a next slot and a first-in first-out queue.
//
// Why a next slot: the receiver of the message that was just written runs at once on the same core,
// while the message is in its cache; a request and its reply never leave the core.
// Policy: the first Runnable woken in a turn goes to the next slot, later ones to the queue. (Go
// and Tokio let the newest kick out the older one. CPU time a message, savina on one thread, best
// of ten, 2026-11: thread_ring_100 8.7 ns here against 8.1 there, big 24.4 against 25.2,
// fork_join_create_actor 135 against 137: no difference worth giving up the order of waking for.)
// Fairness: the slot wins at most kNextWinsMax times in a row while the queue has something; then
// what is in it goes behind the queue, so that chains of wake-ups get equal shares.
// Threads: Push, PushBack, Append, Pop and GiveHalf belong to the owning thread; Steal* to all
// others; the counts are readable by all and are estimates there.
// Cost: plain loads and stores for the owner, see steal_lock.h.
#ifndef SAMPO_ACTOR_DISPATCH_WORKER_QUEUES_H_
#define SAMPO_ACTOR_DISPATCH_WORKER_QUEUES_H_

#include <atomic>
#include <cstdint>

#include "sampo/actor/dispatch/run_list.h"
#include "sampo/actor/dispatch/runnable.h"
#include "sampo/actor/dispatch/steal_lock.h"

namespace sampo {

// Two lines apart: the adjacent-line prefetcher of x86 pulls lines in pairs.
inline constexpr size_t kFalseSharingBytes = 128;

class alignas(kFalseSharingBytes) WorkerQueues {
 public:
  // Turns that the next slot may win in a row; chosen as long as the injection queue's interval,
  // so that neither kind of neighbour waits for more than 64 turns.
  static constexpr int kNextWinsMax = 64;

  WorkerQueues() = default;
  explicit WorkerQueues(bool biased) : lock_(biased) {}

  // Owner. Puts a Runnable that this thread's current turn has woken.
  void Push(Runnable* runnable) {
    if (lock_.EnterAsOwner()) [[likely]] {
      PushInside(runnable);
      lock_.LeaveAsOwner();
    } else {
      PushSlowly(runnable);
    }
  }

  // Owner. Puts a Runnable whose turn ended with more to do: it goes behind all others.
  void PushBack(Runnable* runnable) {
    lock_.AsOwner([&] {
      list_.PushBack(runnable);
      PublishSize();
    });
  }

  // Owner. Puts a batch from elsewhere behind all others.
  void Append(RunList& batch) {
    lock_.AsOwner([&] {
      list_.Append(batch);
      PublishSize();
    });
  }

  // Owner. The Runnable to run now, or null.
  Runnable* Pop() {
    if (!lock_.EnterAsOwner()) [[unlikely]]
      return PopSlowly();
    Runnable* popped = PopInside();
    lock_.LeaveAsOwner();
    return popped;
  }

  // Owner. The older half of the queue, at most `count_max`, to be given to others.
  RunList GiveHalf(int64_t count_max) {
    RunList given;
    lock_.AsOwner([&] {
      int64_t half = list_.size() / 2;
      given = list_.TakeFront(half < count_max ? half : count_max);
      PublishSize();
    });
    return given;
  }

  // Thief. Half of the queue, rounded up, the oldest first and at most `count_max`; the next slot
  // only if the queue is empty.
  RunList StealHalf(int64_t count_max) {
    RunList stolen;
    lock_.AsThief([&] {
      int64_t half = (list_.size() + 1) / 2;
      stolen = list_.TakeFront(half < count_max ? half : count_max);
      if (stolen.empty()) TakeNext(stolen);
      PublishSize();
    });
    return stolen;
  }

  // Thief. Everything, the next slot first: its owner is stuck in a turn.
  RunList StealAll() {
    RunList stolen;
    lock_.AsThief([&] {
      TakeNext(stolen);
      stolen.Append(list_);
      PublishSize();
    });
    return stolen;
  }

  // Any thread. How many wait here, about.
  int64_t waiting() const {
    return queued_.load(std::memory_order_relaxed) +
           (next_.load(std::memory_order_relaxed) != nullptr ? 1 : 0);
  }

 private:
  void PushInside(Runnable* runnable) {
    // Relaxed, here and below: next_ and queued_ are written only inside lock_, which orders them;
    // the readers outside it want an estimate.
    if (next_.load(std::memory_order_relaxed) == nullptr) {
      next_.store(runnable, std::memory_order_relaxed);
    } else {
      list_.PushBack(runnable);
      PublishSize();
    }
  }
  // Apart, so that the common way of a Tell needs no stack frame.
  [[gnu::noinline, gnu::cold]] void PushSlowly(Runnable* runnable) {
    lock_.AsOwnerSlowly([&] { PushInside(runnable); });
  }
  [[gnu::noinline, gnu::cold]] Runnable* PopSlowly() {
    Runnable* popped = nullptr;
    lock_.AsOwnerSlowly([&] { popped = PopInside(); });
    return popped;
  }
  Runnable* PopInside() {
    Runnable* next = next_.load(std::memory_order_relaxed);
    if (next != nullptr) {
      next_.store(nullptr, std::memory_order_relaxed);
      if (next_wins_ < kNextWinsMax || list_.empty()) {
        ++next_wins_;
        return next;
      }
      // Behind the others: were it left in the slot, its chain of wake-ups would have 64 turns for
      // each single one of all the other chains.
      list_.PushBack(next);
    }
    next_wins_ = 0;
    Runnable* front = list_.PopFront();
    if (front != nullptr) PublishSize();
    return front;
  }
  void TakeNext(RunList& into) {
    Runnable* next = next_.load(std::memory_order_relaxed);
    if (next == nullptr) return;
    next_.store(nullptr, std::memory_order_relaxed);
    into.PushBack(next);
  }
  void PublishSize() { queued_.store(list_.size(), std::memory_order_relaxed); }

  StealLock lock_;
  std::atomic<Runnable*> next_{nullptr};
  int next_wins_ = 0;  // turns the next slot has won in a row
  RunList list_;
  std::atomic<int64_t> queued_{0};  // list_.size() for readers without the lock
};

}  // namespace sampo

#endif  // SAMPO_ACTOR_DISPATCH_WORKER_QUEUES_H_
