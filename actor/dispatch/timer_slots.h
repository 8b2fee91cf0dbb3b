// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// TimerSlots: the hierarchical timing wheel as a plain data structure, without thread, lock or
// clock.
//
// Why: every ask and every receive timeout schedules an entry and nearly always cancels it, so both
// must be O(1) and allocate nothing; and the logic must be testable without time.
// Shape: time is counted in ticks from the start. Level L has 64 slots of 64^L ticks each. An entry
// for tick T lies on the level of the highest base-64 digit in which T differs from the current
// tick, in the slot of that digit (Varghese and Lauck: Hashed and Hierarchical Timing Wheels,
// 1987). Eight levels are 48 bits of ticks, all that 64 bits of nanoseconds hold for ticks of 2^16
// ns or more, so there is no overflow list. A bit mask for each level tells the occupied slots, so
// empty time costs nothing. When time enters a slot of a higher level its entries move down.
// Order: Due entries come out by (deadline, sequence) within a tick, and by ticks.
// Threads: none of its own; belongs to whoever holds the lock beside it.
#ifndef SAMPO_ACTOR_DISPATCH_TIMER_SLOTS_H_
#define SAMPO_ACTOR_DISPATCH_TIMER_SLOTS_H_

#include <array>
#include <cstdint>
#include <vector>

#include "sampo/actor/dispatch/timer_service.h"

namespace sampo {

class TimerSlots {
 public:
  static constexpr int64_t kTickNanosMin = int64_t{1} << 16;

  TimerSlots(int64_t start_nanos, int64_t tick_nanos);
  TimerSlots(const TimerSlots&) = delete;
  TimerSlots& operator=(const TimerSlots&) = delete;

  // Precondition: not in here now. Sets deadline and sequence. An entry whose deadline has passed
  // is due at the tick after the current one.
  void Insert(TimerEntry* entry, int64_t deadline_nanos);
  // True: it was in here, due or not, and is no more.
  bool Remove(TimerEntry* entry);

  // Moves the time on and makes what is due poppable. Stops after moving about `moves_max` entries
  // between slots, so that the lock can be given up in between; false: call again.
  bool Advance(int64_t now_nanos, int moves_max);
  // The next due entry, which is in here no more; null if there is none.
  TimerEntry* PopDue();

  // Until when Advance need not be called; kNeverNanos if nothing will ever be due.
  int64_t NextWakeNanos() const;
  int64_t size() const { return size_; }

 private:
  static constexpr int kDigitBits = 6;
  static constexpr int kSlotCount = 1 << kDigitBits;
  static constexpr int kLevelCount = 8;

  // The head of a circular list of entries.
  struct Head : TimerEntry {
    Head() : TimerEntry(nullptr) { previous = next = this; }
    bool empty() const { return next == this; }
  };
  struct Event {
    int level = -1;  // -1: none
    int slot = 0;
    int64_t tick = 0;
  };

  static void Link(Head& head, TimerEntry* entry);
  static void Splice(Head& to, Head& from);
  static void Unlink(TimerEntry* entry);
  void ClearBitIfEmpty(const TimerEntry* head);
  void Place(TimerEntry* entry, int64_t tick);
  int64_t TickAtOrAfter(int64_t deadline_nanos) const;
  int64_t TickAtOrBefore(int64_t now_nanos) const;
  Event NextEvent() const;
  void Enter(const Event& event);
  int PlaceFalling(int moves_max);
  void SortArrived();

  const int64_t start_nanos_;
  const int64_t tick_nanos_;
  int64_t current_tick_ = 0;  // all entries of ticks up to this are in falling_, arrived_ or due_
  int64_t size_ = 0;
  uint64_t next_sequence_ = 0;
  std::array<std::array<Head, kSlotCount>, kLevelCount> slots_;
  std::array<uint64_t, kLevelCount> occupied_{};  // bit s: slot s is not empty
  Head never_;                                    // deadline kNeverNanos: only waits for Remove
  Head falling_;  // entries of a slot that was entered, on their way down
  Head arrived_;  // entries of the current tick, unsorted, until falling_ is empty
  Head due_;      // sorted, to be popped
  std::vector<TimerEntry*> sorting_;  // scratch of SortArrived
};

}  // namespace sampo

#endif  // SAMPO_ACTOR_DISPATCH_TIMER_SLOTS_H_
