// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/dispatch/timer_slots.h"

#include <algorithm>
#include <bit>

#include "sampo/actor/base/check.h"

namespace sampo {
namespace {

// The scratch of a tick that once held a million entries is not kept. Chosen, not measured.
constexpr size_t kScratchKept = 4096;

bool Before(const TimerEntry* a, const TimerEntry* b) {
  if (a->deadline_nanos != b->deadline_nanos) return a->deadline_nanos < b->deadline_nanos;
  return a->sequence < b->sequence;
}

}  // namespace

TimerSlots::TimerSlots(int64_t start_nanos, int64_t tick_nanos)
    : start_nanos_(start_nanos), tick_nanos_(tick_nanos) {
  SAMPO_CHECK(tick_nanos >= kTickNanosMin, "ticks must fit the wheel's levels");
}

void TimerSlots::Insert(TimerEntry* entry, int64_t deadline_nanos) {
  SAMPO_CHECK(entry->next == nullptr, "a timer entry was scheduled twice");
  entry->deadline_nanos = deadline_nanos;
  entry->sequence = next_sequence_++;
  ++size_;
  if (deadline_nanos == kNeverNanos) {
    Link(never_, entry);
  } else {
    Place(entry, std::max(TickAtOrAfter(deadline_nanos), current_tick_ + 1));
  }
}

bool TimerSlots::Remove(TimerEntry* entry) {
  if (entry->next == nullptr) return false;
  const TimerEntry* head = entry->next;
  bool last = entry->previous == head;  // only a head can be on both sides
  Unlink(entry);
  if (last) ClearBitIfEmpty(head);
  --size_;
  return true;
}

bool TimerSlots::Advance(int64_t now_nanos, int moves_max) {
  int64_t target = TickAtOrBefore(now_nanos);
  for (;;) {
    moves_max -= PlaceFalling(moves_max);
    if (!falling_.empty()) return false;
    SortArrived();
    Event event = NextEvent();
    if (event.level < 0 || event.tick > target) break;
    Enter(event);
  }
  // No slot begins between the current tick and the target, so all entries lie right for both.
  current_tick_ = std::max(current_tick_, target);
  return true;
}

TimerEntry* TimerSlots::PopDue() {
  if (due_.empty()) return nullptr;
  TimerEntry* entry = due_.next;
  Unlink(entry);
  --size_;
  return entry;
}

int64_t TimerSlots::NextWakeNanos() const {
  if (!due_.empty() || !falling_.empty() || !arrived_.empty()) return start_nanos_;
  Event event = NextEvent();
  if (event.level < 0) return kNeverNanos;
  // Saturates: the last tick of the largest deadlines may lie behind the end of time.
  int64_t ticks_max = (kNeverNanos - std::max(int64_t{0}, start_nanos_)) / tick_nanos_;
  return event.tick >= ticks_max ? kNeverNanos : start_nanos_ + event.tick * tick_nanos_;
}

// The first slot that time will enter. The lowest occupied level has it: all its slots lie
// within the current slot of the level above.
TimerSlots::Event TimerSlots::NextEvent() const {
  for (int level = 0; level < kLevelCount; ++level) {
    if (occupied_[level] == 0) continue;
    int slot = std::countr_zero(occupied_[level]);
    int shift = level * kDigitBits;
    int64_t above = (current_tick_ >> (shift + kDigitBits)) << (shift + kDigitBits);
    return {level, slot, above | (int64_t{slot} << shift)};
  }
  return {};
}

void TimerSlots::Enter(const Event& event) {
  current_tick_ = event.tick;
  Head& slot = slots_[event.level][event.slot];
  occupied_[event.level] &= ~(uint64_t{1} << event.slot);
  Splice(event.level == 0 ? arrived_ : falling_, slot);
}

// Moves entries of the slot that was entered to where they belong now. Returns how many.
int TimerSlots::PlaceFalling(int moves_max) {
  int moves = 0;
  for (; moves < moves_max && !falling_.empty(); ++moves) {
    TimerEntry* entry = falling_.next;
    Unlink(entry);
    int64_t tick = TickAtOrAfter(entry->deadline_nanos);
    if (tick <= current_tick_) {
      Link(arrived_, entry);
    } else {
      Place(entry, tick);
    }
  }
  return moves;
}

// Moves the entries of the current tick to due_, in order.
void TimerSlots::SortArrived() {
  if (arrived_.empty()) return;
  bool sorted = true;
  for (TimerEntry* entry = arrived_.next; entry->next != &arrived_ && sorted; entry = entry->next) {
    sorted = Before(entry, entry->next);
  }
  if (!sorted) {
    while (!arrived_.empty()) {
      sorting_.push_back(arrived_.next);
      Unlink(arrived_.next);
    }
    std::sort(sorting_.begin(), sorting_.end(), Before);
    for (TimerEntry* entry : sorting_) Link(arrived_, entry);
    sorting_.clear();
    if (sorting_.capacity() > kScratchKept) sorting_.shrink_to_fit();
  }
  Splice(due_, arrived_);
}

// Requires tick > current_tick_.
void TimerSlots::Place(TimerEntry* entry, int64_t tick) {
  uint64_t differing = static_cast<uint64_t>(tick ^ current_tick_);
  int level = (std::bit_width(differing) - 1) / kDigitBits;
  int slot = static_cast<int>((tick >> (level * kDigitBits)) & (kSlotCount - 1));
  Link(slots_[level][slot], entry);
  occupied_[level] |= uint64_t{1} << slot;
}

// The first tick that is not before the deadline: an entry is never early.
int64_t TimerSlots::TickAtOrAfter(int64_t deadline_nanos) const {
  if (deadline_nanos <= start_nanos_) return 0;
  // Unsigned: the distance from a negative start may exceed int64.
  uint64_t distance = static_cast<uint64_t>(deadline_nanos) - static_cast<uint64_t>(start_nanos_);
  uint64_t tick = static_cast<uint64_t>(tick_nanos_);
  return static_cast<int64_t>(distance / tick + (distance % tick != 0 ? 1 : 0));
}

int64_t TimerSlots::TickAtOrBefore(int64_t now_nanos) const {
  if (now_nanos <= start_nanos_) return 0;
  uint64_t distance = static_cast<uint64_t>(now_nanos) - static_cast<uint64_t>(start_nanos_);
  return static_cast<int64_t>(distance / static_cast<uint64_t>(tick_nanos_));
}

void TimerSlots::Link(Head& head, TimerEntry* entry) {
  entry->previous = head.previous;
  entry->next = &head;
  head.previous->next = entry;
  head.previous = entry;
}

// Appends all of `from` to `to`.
void TimerSlots::Splice(Head& to, Head& from) {
  if (from.empty()) return;
  from.next->previous = to.previous;
  to.previous->next = from.next;
  from.previous->next = &to;
  to.previous = from.previous;
  from.previous = from.next = &from;
}

void TimerSlots::Unlink(TimerEntry* entry) {
  entry->previous->next = entry->next;
  entry->next->previous = entry->previous;
  entry->previous = entry->next = nullptr;
}

// Where the list that became empty is a slot's, its bit goes: a cancelled entry wakes nobody.
void TimerSlots::ClearBitIfEmpty(const TimerEntry* head) {
  auto address = reinterpret_cast<uintptr_t>(head);
  auto base = reinterpret_cast<uintptr_t>(&slots_[0][0]);
  if (address < base || address >= base + sizeof(slots_)) return;
  size_t index = (address - base) / sizeof(Head);
  occupied_[index / kSlotCount] &= ~(uint64_t{1} << (index % kSlotCount));
}

}  // namespace sampo
