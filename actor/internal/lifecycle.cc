// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// The beginning and the end of an actor.
#include "sampo/actor/internal/lifecycle.h"

#include <optional>
#include <utility>

#include "sampo/actor/actor_system.h"
#include "sampo/actor/base/check.h"
#include "sampo/actor/internal/actor_cell.h"
#include "sampo/actor/internal/actor_children.h"
#include "sampo/actor/internal/behavior_words.h"
#include "sampo/actor/internal/extras.h"
#include "sampo/actor/internal/root_cell.h"
#include "sampo/actor/internal/tasks.h"
#include "sampo/actor/internal/tracing.h"

namespace sampo::internal {
namespace {

struct ChildrenGoneMessage : SystemMessage {
  explicit ChildrenGoneMessage(ActorCell* parent) : SystemMessage(&Handle, &Discard), cell(parent) {
    cell->Ref();
  }
  ~ChildrenGoneMessage() { cell->Unref(); }
  static void* operator new(size_t bytes) { return AllocateBlock(bytes); }
  static void operator delete(void* block, size_t bytes) { FreeBlock(block, bytes); }
  static void Handle(SystemMessage* message, RefTarget* target) {
    delete static_cast<ChildrenGoneMessage*>(message);
    ContextBase& context = *ActorCell::FromTarget(target)->body;
    Extras* extras = context.extras_or_null();
    if (extras == nullptr || extras->restart == nullptr) return;  // a stop sees for itself
    extras->restart->waits_for_children = false;
    TryFinishRestart(context);
  }
  static void Discard(SystemMessage* message, RefTarget*) {
    delete static_cast<ChildrenGoneMessage*>(message);
  }
  ActorCell* const cell;
};

struct StopMessage : SystemMessage {
  StopMessage() : SystemMessage(&Handle, &Discard) {}
  static void* operator new(size_t bytes) { return AllocateBlock(bytes); }
  static void operator delete(void* block, size_t bytes) { FreeBlock(block, bytes); }
  static void Handle(SystemMessage* message, RefTarget* target) {
    delete static_cast<StopMessage*>(message);
    BeginStop(*ActorCell::FromTarget(target)->body);
  }
  static void Discard(SystemMessage* message, RefTarget*) {
    delete static_cast<StopMessage*>(message);
  }
};

// Everything that was set aside for the behavior and will never reach it.
void DropKept(ContextBase& context, Extras& extras) {
  extras.unstashing.clear();
  if (extras.restart == nullptr) return;
  DisarmTimer(context, &extras.restart->backoff);
  for (Envelope* envelope : extras.restart->stash) {
    PublishDeadLetter(context.cell(), envelope, "the actor stopped");
    ReleaseKept(envelope);
  }
  extras.restart.reset();
}

void ReleaseBody(ActorCell* cell) {
  ContextBase& context = *cell->body;
  DestroyTasks(context);
  UniqueFunction<void()> hook;
  if (Extras* extras = context.extras_or_null()) hook = std::move(extras->stop_hook);
  PostStop signal;
  DeliverSignal(context, {SignalKind::kPostStop, &signal});
  if (hook) {
    try {
      hook();
    } catch (...) {
      HandleFailure(context, FailureOfCurrentException(), /*starting=*/false);
    }
  }
  if (Extras* extras = context.extras_or_null()) DropKept(context, *extras);
  DestroyWord(context.behavior());
  context.set_behavior(kIgnore);
  CloseAsks(context);
  CloseAdapters(context);
  CancelAllKeyedTimers(context);
  context.CancelReceiveTimeout();
  EndTimers(context);
  UnwatchAll(context);
}

void DrainToDeadLetters(ActorCell* cell) {
  if (cell->queue != nullptr) {
    while (Envelope* envelope = cell->queue->Dequeue()) {
      DropEnvelope(cell, envelope, "the actor stopped");
    }
  }
  while (Envelope* envelope = cell->Front()) {
    cell->Pop(envelope);
    PublishDeadLetter(cell, envelope, "the actor stopped");
  }
}

void DiscardSystemMessages(ActorCell* cell) {
  for (SystemMessage* message = cell->CloseSystem(); message != nullptr;) {
    SystemMessage* next = message->next;
    message->discard(message, cell);
    message = next;
  }
}

void LeaveParent(ActorCell* cell) {
  if (cell->parent == nullptr) return;
  if (!ActorChildren::Of(cell->parent).Remove(cell)) return;
  auto* message = new ChildrenGoneMessage(cell->parent);
  if (!cell->parent->EnqueueSystem(message)) delete message;
}

}  // namespace

void StartActor(ContextBase& context) {
  context.clear(kStarting);
  if (context.has(kObserved)) ObserveStart(context);
  Word next = kSame;
  try {
    Word behavior = context.behavior();
    BehaviorNode* node = NodeOf(behavior);
    if (node == nullptr) {
      context.set_behavior(kIgnore);
      next = behavior;
    } else if (node->node_needs_start()) {
      next = StartInPlace(context, node);
    }
  } catch (...) {
    return HandleFailure(context, FailureOfCurrentException(), /*starting=*/true);
  }
  std::optional<absl::Status> failed = TakeTurnFailure(context);
  if (failed.has_value()) {
    DestroyWord(next);
  } else if ((next & kWordTagMask) == kFailTag) {
    failed = TakeFailStatus(next);
  }
  if (failed.has_value()) {
    HandleFailure(context, {*std::move(failed), nullptr, false}, /*starting=*/true);
  } else if (next != kSame) {
    Become(context, next, nullptr);
  }
}

void BeginStop(ContextBase& context) {
  if (context.has(kStopping)) return;
  context.set(kStopping);
  context.clear(kStarting);
  ActorChildren* children = context.cell()->children.load(std::memory_order_acquire);
  if (children == nullptr) {
    // Nobody but the turn itself adds children, except to the user guardian, which has the object.
    return;
  }
  children->Close();
  for (ActorCell* child : children->Share()) {
    RequestStop(child);
    child->Unref();
  }
}

bool ReadyToEnd(ContextBase& context) {
  ActorChildren* children = context.cell()->children.load(std::memory_order_acquire);
  return children == nullptr || children->EmptyOrNotify();
}

void EndActor(ActorCell* cell) {
  ReleaseBody(cell);
  if (cell->body->has(kObserved)) ObserveStop(*cell->body);
  // release: whoever gets the right to schedule from now on drains instead; see Mailbox::Schedule.
  cell->flags.fetch_or(kTerminated, std::memory_order_release);
  DrainToDeadLetters(cell);
  ContextBase* body = cell->body;
  LeaveParent(cell);  // before the notices: who gets one may take the name again
  NotifyWatchers(*body);
  DiscardSystemMessages(cell);
  RootCell* root = cell->parent == nullptr ? static_cast<RootCell*>(cell) : nullptr;
  ActorSystemBase& system = body->System();
  cell->body = nullptr;
  current_turn = {};
  delete body;
  cell->DrainTerminated();
  if (root != nullptr) system.OnRootEnded();
  cell->Unref();  // the living actor's count
}

void RequestStop(ActorCell* cell) {
  auto* message = new StopMessage;
  if (!cell->EnqueueSystem(message)) delete message;
}

void DropEnvelope(RefTarget* target, Envelope* envelope, const char* reason) {
  PublishDeadLetter(target, envelope, reason);
  FreeEnvelope(envelope);
}

}  // namespace sampo::internal
