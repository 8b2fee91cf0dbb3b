// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// ActorTimers: the deadlines of one actor, and its keyed timers.
//
// Deadlines stand in kLanes lists, each in order; a new one is appended to the first list whose
// last deadline is not later, so that asks with equal timeouts cost O(1) each. Only the earliest
// deadline is known to the TimerService.
// Threads: the actor's turn; the service's thread only pushes the wake-up message.
#ifndef SAMPO_ACTOR_INTERNAL_ACTOR_TIMERS_H_
#define SAMPO_ACTOR_INTERNAL_ACTOR_TIMERS_H_

#include <memory>
#include <string>
#include <vector>

#include "sampo/actor/detail/timer_node.h"
#include "sampo/actor/detail/timers_base.h"
#include "sampo/actor/dispatch/timer_service.h"
#include "sampo/actor/internal/actor_cell.h"

namespace sampo::internal {

class ActorTimers {
 public:
  ActorTimers(ContextBase& context, TimerService& service);
  ActorTimers(const ActorTimers&) = delete;
  ~ActorTimers();

  void Arm(ActorTimerNode* node, int64_t deadline_nanos);
  void Disarm(ActorTimerNode* node);
  // Calls what is due and asks the service for the next time.
  void RunDue();

  // Keyed timers; see TimerScheduler.
  void StartKeyed(const TimerKey& key, KeyedTimerSettings settings,
                  UniqueFunction<Envelope*()> make);
  void CancelKeyed(const TimerKey& key);
  bool IsActive(const TimerKey& key) const;
  void CancelAllKeyed();
  // The message of a tick, or null where its timer was cancelled or started anew since.
  Envelope* TakeTick(uint64_t generation);

 private:
  static constexpr int kLanes = 4;  // chosen, not measured: few actors use more than four timeouts

  struct Lane {
    ActorTimerNode* first = nullptr;
    ActorTimerNode* last = nullptr;
  };
  struct Keyed;
  struct Wakeup;

  void Link(ActorTimerNode* node);
  ActorTimerNode* Earliest() const;
  void RequestWakeup();
  void EraseKeyed(size_t index);
  size_t FindKeyed(const TimerKey& key) const;
  static void OnKeyedDue(ActorTimerNode* node, ContextBase& context);

  ContextBase& context_;
  TimerService& service_;
  Lane lanes_[kLanes];
  Wakeup* wakeup_;
  std::vector<std::unique_ptr<Keyed>> keyed_;
  uint64_t last_generation_ = 0;
};

// The actor ends: nothing of it is armed any more, and nothing will be.
void EndTimers(ContextBase& context);

}  // namespace sampo::internal

#endif  // SAMPO_ACTOR_INTERNAL_ACTOR_TIMERS_H_
