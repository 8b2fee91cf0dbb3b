// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// RunList: a first-in first-out list of Runnables, linked through Runnable::run_next.
//
// Why: run queues allocate nothing, and a whole queue moves to another worker by copying three
// words. Threads: none of its own; it belongs to whoever holds the lock beside it.
// Lifetime: does not own the Runnables; must be empty or abandoned when it dies.
//
//   RunList list;
//   list.PushBack(runnable);
//   Runnable* oldest = list.PopFront();   // null when empty
#ifndef SAMPO_ACTOR_DISPATCH_RUN_LIST_H_
#define SAMPO_ACTOR_DISPATCH_RUN_LIST_H_

#include <cstdint>

#include "sampo/actor/dispatch/runnable.h"

namespace sampo {

class RunList {
 public:
  bool empty() const { return head_ == nullptr; }
  int64_t size() const { return size_; }

  void PushBack(Runnable* runnable) {
    runnable->run_next = nullptr;
    if (head_ == nullptr) {
      head_ = runnable;
    } else {
      tail_->run_next = runnable;
    }
    tail_ = runnable;
    ++size_;
  }

  Runnable* PopFront() {
    Runnable* front = head_;
    if (front == nullptr) return nullptr;
    head_ = front->run_next;
    --size_;
    return front;
  }

  // Moves all of `other` behind what is here; O(1).
  void Append(RunList& other) {
    if (other.empty()) return;
    if (head_ == nullptr) {
      head_ = other.head_;
    } else {
      tail_->run_next = other.head_;
    }
    tail_ = other.tail_;
    size_ += other.size_;
    other = RunList();
  }

  // Takes the `count` oldest, or all if there are fewer. Walks them, so callers bound `count`.
  RunList TakeFront(int64_t count) {
    RunList taken;
    if (count >= size_) {
      taken.Append(*this);
      return taken;
    }
    if (count <= 0) return taken;
    Runnable* last = head_;
    for (int64_t i = 1; i < count; ++i) last = last->run_next;
    taken.head_ = head_;
    taken.tail_ = last;
    taken.size_ = count;
    head_ = last->run_next;
    last->run_next = nullptr;
    size_ -= count;
    return taken;
  }

 private:
  Runnable* head_ = nullptr;
  Runnable* tail_ = nullptr;  // meaningful only while head_ is not null
  int64_t size_ = 0;
};

}  // namespace sampo

#endif  // SAMPO_ACTOR_DISPATCH_RUN_LIST_H_
