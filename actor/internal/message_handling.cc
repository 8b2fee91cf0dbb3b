// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Steps 7 and 8 of the road of a message: the one place where exceptions of user code are caught,
// and where a handler's result becomes the actor's next behavior.
#include <utility>

#include "sampo/actor/actor_system.h"
#include "sampo/actor/base/check.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/actor/dispatch/planted_bug.h"
#include "sampo/actor/internal/actor_cell.h"
#include "sampo/actor/internal/behavior_words.h"
#include "sampo/actor/internal/extras.h"
#include "sampo/actor/internal/simulation_hook.h"
#include "sampo/actor/internal/tasks.h"
#include "sampo/actor/internal/tracing.h"
#include "sampo/actor/internal/turn.h"

namespace sampo::internal {

thread_local constinit SimulationHook* simulation_hook __attribute__((tls_model("initial-exec"))) =
    nullptr;

namespace {

// Tells a simulation what comes next; off unless the actor was spawned in one.
void ObserveMessage(ContextBase& context, const Envelope& envelope) {
  if (simulation_hook != nullptr) simulation_hook->OnMessage(context, envelope);
}

// While a restart waits, messages are set aside up to the supervisor's bound, then dropped.
void SetAside(ContextBase& context, Envelope& envelope) {
  PendingRestart& restart = *context.extras().restart;
  if (IsPlanted(PlantedBug::kRestartLosesMessage) && !restart.stash.empty()) {
    return DestroyPayload(&envelope);
  }
  if (restart.stash.size() < restart.stash_capacity) {
    KeepEnvelope(&envelope);
    restart.stash.push_back(&envelope);
    return;
  }
  constexpr char kReason[] = "stash of a restart is full";
  context.System().PublishDropped(context.cell(), &envelope, kReason);
  DropCause cause{context.cell(), kReason, absl::StatusCode::kResourceExhausted};
  DropScope scope(&cause);
  DestroyPayload(&envelope);
}

void HandleProduced(ContextBase& context, Envelope* message) {
  if (message == nullptr) return;
  HandleEnvelope(context, *message);
  FreeEnvelope(message);
}

Envelope* ProduceDeferred(ContextBase& context, Envelope& envelope) {
  if ((envelope.flags & kEmbedded) == 0) return envelope.As<DeferredMessage>().produce(context);
  auto* node = static_cast<DeferredNode*>(static_cast<EmbeddedEnvelope*>(&envelope));
  return node->produce(node, context);
}

// The message of the protocol that an internal one stands for; null: none (any more). Throws what
// mappers and the copying of timers' messages throw.
Envelope* Produce(ContextBase& context, Envelope& envelope) {
  switch (envelope.index) {
    case kDeferredIndex:
      return ProduceDeferred(context, envelope);
    case kTimerIndex:
      return context.extras().timers->TakeTick(envelope.As<uint64_t>());
    case kReceiveTimeoutIndex:
      return TakeReceiveTimeout(context, envelope.As<uint32_t>());
    default:
      return nullptr;
  }
}

void HandleInternal(ContextBase& context, Envelope& envelope) {
  if (context.has(kObserved)) ObserveMessage(context, envelope);
  if (context.has(kRestarting)) return SetAside(context, envelope);
  if (envelope.index == kTerminatedIndex) {
    OnTerminated(context, envelope.As<TerminatedMessage>());
  } else {
    Envelope* message = nullptr;
    try {
      message = Produce(context, envelope);
    } catch (...) {
      HandleFailure(context, FailureOfCurrentException(), /*starting=*/false);
    }
    HandleProduced(context, message);
  }
  DestroyPayload(&envelope);
}

// The behavior is replaced by a node that is not started yet, or is a constant.
void ReplaceBehavior(ContextBase& context, Word next) {
  Word started = 0;
  try {
    started = StartWord(context, next);
  } catch (...) {
    HandleFailure(context, FailureOfCurrentException(), /*starting=*/false);
    return;
  }
  if (NodeOf(started) == nullptr && started != kIgnore && started != kEmpty) {
    return Become(context, started, nullptr);
  }
  Word old = context.behavior();
  context.set_behavior(started);
  RetireBehavior(context, old);
  if (std::optional<absl::Status> status = TakeTurnFailure(context)) {  // in a Setup, just now
    HandleFailure(context, {*std::move(status), nullptr, false}, /*starting=*/true);
  }
}

}  // namespace

Word DispatchWord(Word behavior, ContextBase& context, Envelope& envelope) {
  if (BehaviorNode* node = NodeOf(behavior)) [[likely]]
    return node->NodeReceive(context, envelope);
  return behavior == kEmpty ? kUnhandled : kSame;
}

Word StartWord(ContextBase& context, Word word) {
  for (;;) {
    BehaviorNode* node = NodeOf(word);
    if (node == nullptr || !node->node_needs_start()) return word;
    WordHolder holder(word);
    word = node->NodeStart(context);
    if (word != kSame) continue;
    if (!node->node_needs_start()) return holder.Release();
    return MakeFailWord(absl::FailedPreconditionError(StrCat(
        "actor ", context.path(), ": Setup returned Same(), which is no behavior to start with")));
  }
}

absl::Status TakeFailStatus(Word fail) {
  absl::Status status = std::move(reinterpret_cast<FailBlock*>(fail & ~kWordTagMask)->status);
  DestroyWord(fail);
  return status;
}

std::optional<absl::Status> TakeTurnFailure(ContextBase& context) {
  if (!context.has(kTurnFailed)) return std::nullopt;
  context.clear(kTurnFailed);
  return std::exchange(context.extras().turn_failure, std::nullopt);
}

namespace {

void HandleNow(ContextBase& context, Envelope& envelope) {
  if (envelope.index >= kInternalIndexMin) [[unlikely]]
    return HandleInternal(context, envelope);
  if (context.attention() != 0) [[unlikely]] {
    if (context.has(kObserved)) ObserveMessage(context, envelope);
    if (context.has(kRestarting)) return SetAside(context, envelope);
    NoteMessage(context);
  }
  Word next;
  try {
    next = DispatchWord(context.behavior(), context, envelope);
  } catch (...) {
    FailMessage(context, envelope);
    return;
  }
  FinishMessage(context, envelope, next);
}

}  // namespace

void HandleEnvelope(ContextBase& context, Envelope& envelope) {
  current_turn.envelope = &envelope;
  if (context.has(kObserved) && context.traced()) [[unlikely]] {
    TracedMessage traced(context, envelope);
    return HandleNow(context, envelope);
  }
  HandleNow(context, envelope);
}

void FinishMessage(ContextBase& context, Envelope& envelope, Word next) {
  if (next != kSame || context.has(kTurnFailed)) Become(context, next, &envelope);
  if (!(envelope.flags & (kNoDestroy | kKept))) DestroyPayload(&envelope);
}

void FailMessage(ContextBase& context, Envelope& envelope) {
  if (!(envelope.flags & kKept)) DestroyPayload(&envelope);
  HandleFailure(context, FailureOfCurrentException(), /*starting=*/false);
}

void Become(ContextBase& context, Word next, Envelope* envelope) {
  if (context.has(kObserved) && simulation_hook != nullptr) [[unlikely]] {
    simulation_hook->OnResult(context, next);
  }
  if (std::optional<absl::Status> status = TakeTurnFailure(context)) {
    DestroyWord(next);
    return HandleFailure(context, {*std::move(status), nullptr, false}, /*starting=*/false);
  }
  if (NodeOf(next) != nullptr) return ReplaceBehavior(context, next);
  switch (next & kWordTagMask) {
    case kFailTag:
      return HandleFailure(context, {TakeFailStatus(next), nullptr, false}, /*starting=*/false);
    case kStopTag:
      context.extras().stop_hook =
          std::move(reinterpret_cast<StopBlock*>(next & ~kWordTagMask)->hook);
      DestroyWord(next);
      return BeginStop(context);
    default:
      break;
  }
  if (next == kStopped) return BeginStop(context);
  if (next == kIgnore || next == kEmpty) return ReplaceBehavior(context, next);
  if (next == kUnhandled && envelope != nullptr) {
    context.System().PublishUnhandled(context.cell(), envelope);
  }
}

void DeliverSignal(ContextBase& context, SignalRef signal) {
  Word next = kUnhandled;
  try {
    if (BehaviorNode* node = NodeOf(context.behavior())) next = node->NodeSignal(context, signal);
  } catch (...) {
    return HandleFailure(context, FailureOfCurrentException(), /*starting=*/false);
  }
  if (next != kUnhandled) {
    if (next != kSame || context.has(kTurnFailed)) Become(context, next, nullptr);
    return;
  }
  if (signal.kind == SignalKind::kTerminated || signal.kind == SignalKind::kChildFailed) {
    const auto* terminated = static_cast<const Terminated*>(signal.signal);
    Failure pact{
        absl::AbortedError(StrCat("death pact: actor ", context.path(),
                                  " did not handle Terminated of ", terminated->ref.path())),
        nullptr, false};
    HandleFailure(context, pact, /*starting=*/false);
  } else if (signal.kind == SignalKind::kMessageAdaptionFailure) {
    HandleFailure(context, static_cast<const MessageAdaptionFailure*>(signal.signal)->failure,
                  /*starting=*/false);
  }
}

}  // namespace sampo::internal
