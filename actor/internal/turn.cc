// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/internal/turn.h"

#include "sampo/actor/dispatch/planted_bug.h"
#include "sampo/actor/internal/extras.h"
#include "sampo/actor/internal/lifecycle.h"

namespace sampo::internal {
namespace {

// Handles an envelope that was kept; the handler may keep it again.
void HandleKept(ContextBase& context, Envelope* envelope) {
  const bool queue_is_done = envelope->next.load(std::memory_order_relaxed) == envelope;
  envelope->flags &= static_cast<uint16_t>(~kKept);
  HandleEnvelope(context, *envelope);
  if (queue_is_done) FreeEnvelope(envelope);
}

Attended ParkOrLook(ActorCell* cell) {
  return cell->Park() ? Attended::kTurnOver : Attended::kLookAgain;
}

Attended HandleReplayed(ContextBase& context) {
  Extras& extras = context.extras();
  if (extras.restart == nullptr || extras.restart->stash.empty()) {
    extras.restart.reset();
    context.clear(kReplaying);
    return Attended::kLookAgain;
  }
  Envelope* envelope = extras.restart->stash.front();
  extras.restart->stash.pop_front();
  HandleKept(context, envelope);
  return Attended::kMessageHandled;
}

Attended HandleUnstashed(ContextBase& context) {
  Extras& extras = context.extras();
  if (extras.unstashing.empty()) {
    context.clear(kUnstashing);
    return Attended::kLookAgain;
  }
  Envelope* envelope = extras.unstashing.front()->NextUnstashed();
  if (envelope == nullptr) {
    extras.unstashing.erase(extras.unstashing.begin());
    return Attended::kLookAgain;
  }
  HandleKept(context, envelope);
  return Attended::kMessageHandled;
}

}  // namespace

Attended AttendBeforeMessage(ActorCell* cell) {
  ContextBase& context = *cell->body;
  if (context.has(kStopping)) {
    if (!ReadyToEnd(context)) return ParkOrLook(cell);
    EndActor(cell);
    return Attended::kTurnOver;
  }
  if (context.has(kStarting)) {
    StartActor(context);
    return Attended::kLookAgain;
  }
  if (context.has(kTaskSuspended) && !context.has(kInterleaving)) return ParkOrLook(cell);
  if (context.has(kRestarting)) return Attended::kGoOn;
  if (context.has(kReplaying)) return HandleReplayed(context);
  if (context.has(kUnstashing)) {
    const bool reorder = IsPlanted(PlantedBug::kStashReordered) && cell->Front() != nullptr;
    if (!reorder) return HandleUnstashed(context);
  }
  return Attended::kGoOn;
}

void RunSystemMessages(ActorCell* cell) {
  for (SystemMessage* message = cell->TakeSystem(); message != nullptr;) {
    SystemMessage* next = message->next;
    message->handle(message, cell);
    message = next;
  }
}

}  // namespace sampo::internal
