// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// StealPolicy: when is it worth taking Runnables away from the worker that has them?
//
// Why: each cache line of a Runnable, its mailbox and its messages that changes core costs about
// 130 ns here, and a wake-up 50-107 us. A worker that will soon come to what it has is faster
// alone. So a thief looks at a worker twice, estimates how long its queue will take, and takes half
// only if that is long and the turns are worth moving. From a turn that does not end it takes
// everything.
// Threads: pure functions.
#ifndef SAMPO_ACTOR_DISPATCH_STEAL_POLICY_H_
#define SAMPO_ACTOR_DISPATCH_STEAL_POLICY_H_

#include <cstdint>

namespace sampo {

// What waits less than this is left alone: it is about one wake-up (50-107 us here).
inline constexpr int64_t kStealWaitNanos = 50'000;

// Sleepers are woken for what would wait longer than this: two to four wake-ups, since what the
// sleeper takes over waits for one, and waking it costs the waker a system call of some
// microseconds.
inline constexpr int64_t kWakeWaitNanos = 200'000;

// Turns shorter than this are cheaper to run where they are than to move: four lines (Runnable and
// mailbox, its last and first node, the actor's state) at 130 ns a line.
inline constexpr int64_t kTurnWorthMovingNanos = 500;

// ... unless they would wait as long as this. Chosen, not measured: two time slices.
inline constexpr int64_t kLongWaitNanos = 10'000'000;

// A turn that has not ended for this long is taken for blocked, and everything behind it is moved.
// One tick of the monitor. A handler that merely computes loses only locality by the mistake.
inline constexpr int64_t kStuckTurnNanos = 1'000'000;

// Bounds the walk along the victim's list, during which the victim may have to wait: 256 nodes
// at one cache miss each are some 25 us. Chosen, not measured.
inline constexpr int64_t kStealCountMax = 256;

// What a thief saw of a worker between two looks.
struct StealView {
  int64_t waiting = 0;        // Runnables waiting now
  int64_t turns = 0;          // turns begun since the first look
  int64_t elapsed_nanos = 0;  // time since the first look
};

enum class StealAmount { kNone, kHalf, kAll };

// What to take. `wait_nanos_max`: kStealWaitNanos for a thief that is awake, kWakeWaitNanos where
// somebody must be woken for it.
constexpr StealAmount DecideSteal(const StealView& view, int64_t wait_nanos_max) {
  if (view.waiting <= 0 || view.elapsed_nanos < kStealWaitNanos) return StealAmount::kNone;
  if (view.turns <= 0) {
    return view.elapsed_nanos >= kStuckTurnNanos ? StealAmount::kAll : StealAmount::kHalf;
  }
  int64_t turn_nanos = view.elapsed_nanos / view.turns;
  int64_t wait_nanos = turn_nanos * view.waiting;
  if (wait_nanos >= kLongWaitNanos) return StealAmount::kHalf;
  if (wait_nanos < wait_nanos_max || turn_nanos < kTurnWorthMovingNanos) {
    return StealAmount::kNone;
  }
  return StealAmount::kHalf;
}

}  // namespace sampo

#endif  // SAMPO_ACTOR_DISPATCH_STEAL_POLICY_H_
