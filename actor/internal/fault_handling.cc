// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// What happens when a handler, a signal handler or a start fails: the supervisors around the
// behavior are asked, innermost first; where none decides, the actor stops.
#include <new>
#include <utility>

#include "absl/status/statusor.h"
#include "sampo/actor/actor_system.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/actor/internal/actor_cell.h"
#include "sampo/actor/internal/actor_children.h"
#include "sampo/actor/internal/behavior_words.h"
#include "sampo/actor/internal/extras.h"
#include "sampo/actor/internal/restart.h"
#include "sampo/actor/internal/simulation_hook.h"
#include "sampo/actor/internal/tasks.h"

namespace sampo::internal {

Failure FailureOfCurrentException() {
  std::exception_ptr exception = std::current_exception();
  try {
    throw;
  } catch (const absl::BadStatusOrAccess& e) {
    return {e.status(), exception, false};
  } catch (const std::bad_alloc& e) {
    return {absl::ResourceExhaustedError(StrCat("std::bad_alloc: ", e.what())), exception, true};
  } catch (const std::exception& e) {
    return {absl::UnknownError(e.what()), exception, false};
  } catch (...) {
    return {absl::UnknownError("an exception that is no std::exception"), exception, false};
  }
}

void HandleFailure(ContextBase& context, const Failure& failure, bool starting) {
  if (context.has(kObserved) && simulation_hook != nullptr) {
    simulation_hook->OnFailure(context, failure);
  }
  TakeTurnFailure(context);  // one failure of a turn is enough
  if (context.has(kStopping)) {
    context.Log().Error("failed while stopping: ", failure.status.ToString());
    return;
  }
  Word next = 0;
  bool decided = false;
  try {
    BehaviorNode* node = NodeOf(context.behavior());
    decided = node != nullptr && node->NodeHandleFailure(context, failure, starting, &next);
  } catch (...) {  // of a factory that was called for the restart, or a PreRestart handler
    return HandleFailure(context, FailureOfCurrentException(), /*starting=*/true);
  }
  if (decided) {
    if ((next & kWordTagMask) ==
        kFailTag) {  // the new start returned Fail, and nobody inside took it
      return HandleFailure(context, {TakeFailStatus(next), nullptr, false}, /*starting=*/true);
    }
    if (next != kSame) Become(context, next, nullptr);
    return;
  }
  context.System().NoteFailure(context, failure, "stopped");
  context.extras().last_failure = failure;
  BeginStop(context);
}

// --- restarts ---

void PrepareRestart(ContextBase& context, BehaviorNode* old, bool stop_children) {
  if (old != nullptr) {
    PreRestart signal;
    try {
      DestroyWord(old->NodeSignal(context, {SignalKind::kPreRestart, &signal}));
    } catch (...) {  // the restart goes on: what it is for is to get away from broken state
      context.Log().Error("PreRestart handler failed with ",
                          FailureOfCurrentException().status.ToString());
    }
    TakeTurnFailure(context);
  }
  CancelAllKeyedTimers(context);
  context.CancelReceiveTimeout();
  DestroyTasks(context);
  for (StashBase* stash : context.extras().unstashing) stash->CancelUnstash();
  context.extras().unstashing.clear();
  context.clear(kUnstashing);
  if (!stop_children) return;
  ActorChildren& children = ActorChildren::Of(context.cell());
  for (ActorCell* child : children.Share()) {
    RequestStop(child);
    child->Unref();
  }
}

bool RestartMustWait(ContextBase& context, const RestartWait& wait) {
  bool for_children = wait.for_children && !ActorChildren::Of(context.cell()).EmptyOrNotify();
  if (!for_children && wait.backoff_nanos < 0) return false;
  Extras& extras = context.extras();
  auto pending = std::make_unique<PendingRestart>();
  if (extras.restart != nullptr) pending->stash.swap(extras.restart->stash);
  pending->token = wait.token;
  pending->stash_capacity = wait.stash_capacity;
  pending->waits_for_children = for_children;
  pending->waits_for_backoff = wait.backoff_nanos >= 0;
  extras.restart = std::move(pending);
  context.set(kRestarting);
  if (wait.backoff_nanos >= 0) {
    ArmTimer(context, &extras.restart->backoff, context.NowNanos() + wait.backoff_nanos);
  }
  return true;
}

void TryFinishRestart(ContextBase& context) {
  Extras& extras = context.extras();
  if (extras.restart == nullptr || extras.restart->waits_for_children ||
      extras.restart->waits_for_backoff) {
    return;
  }
  context.clear(kRestarting);
  context.set(kReplaying);
  Word next = kSame;
  BehaviorNode* node = NodeOf(context.behavior());
  try {
    if (node != nullptr) node->NodeFinishRestart(context, extras.restart->token, &next);
  } catch (...) {
    return HandleFailure(context, FailureOfCurrentException(), /*starting=*/true);
  }
  if ((next & kWordTagMask) == kFailTag) {
    HandleFailure(context, {TakeFailStatus(next), nullptr, false}, /*starting=*/true);
  } else if (next != kSame) {
    Become(context, next, nullptr);
  }
}

void OnBackoffOver(ActorTimerNode*, ContextBase& context) {
  Extras& extras = context.extras();
  if (extras.restart == nullptr) return;
  extras.restart->waits_for_backoff = false;
  TryFinishRestart(context);
}

}  // namespace sampo::internal
