// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Steps 7 and 8 of the road of a message: the one place where exceptions of user code are caught,
// and where a handler's result becomes the actor's next behavior.
#include <utility>

#include "sampo/actor/base/str_cat.h"
#include "sampo/actor/actor_system.h"
#include "sampo/actor/base/check.h"
#include "sampo/actor/internal/actor_cell.h"
#include "sampo/actor/internal/behavior_words.h"
#include "sampo/actor/internal/extras.h"
#include "sampo/actor/internal/tasks.h"

namespace sampo::internal {
namespace {

// While a restart waits, messages are set aside up to the supervisor's bound, then dropped.
void SetAside(ContextBase& context, Envelope& envelope) {
  PendingRestart& restart = *context.extras().restart;
  if (restart.stash.size() < restart.stash_capacity) {
    KeepEnvelope(&envelope);
    restart.stash.push_back(&envelope);
    return;
  }
  context.System().PublishDropped(context.cell(), &envelope, "stash of a restart is full");
  DestroyPayload(&envelope);
}

void HandleProduced(ContextBase& context, Envelope* message) {
  if (message == nullptr) return;
  HandleEnvelope(context, *message);
  FreeEnvelope(message);
}

void HandleDeferred(ContextBase& context, Envelope& envelope) {
  Envelope* message = nullptr;
  try {
    if (envelope.flags & kEmbedded) {
      auto* node = static_cast<DeferredNode*>(static_cast<EmbeddedEnvelope*>(&envelope));
      message = node->produce(node, context);
    } else {
      message = envelope.As<DeferredMessage>().produce(context);
    }
  } catch (...) {
    HandleFailure(context, FailureOfCurrentException(), /*starting=*/false);
    return;
  }
  HandleProduced(context, message);
}

void HandleInternal(ContextBase& context, Envelope& envelope) {
  if (context.has(kRestarting)) return SetAside(context, envelope);
  switch (envelope.index) {
    case kTerminatedIndex:
      OnTerminated(context, envelope.As<TerminatedMessage>());
      break;
    case kDeferredIndex:
      HandleDeferred(context, envelope);
      break;
    case kTimerIndex:
      HandleProduced(context, context.extras().timers->TakeTick(envelope.As<uint64_t>()));
      break;
    case kReceiveTimeoutIndex:
      HandleProduced(context, TakeReceiveTimeout(context, envelope.As<uint32_t>()));
      break;
    default:
      PublishDeadLetter(context.cell(), &envelope, "not a message for an actor");
      return;
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
    if (started == kSame || started == kUnhandled) {
      started = MakeFailWord(absl::FailedPreconditionError(
          StrCat("actor ", context.path(), ": Setup returned Same() or Unhandled()")));
    }
    return Become(context, started, nullptr);
  }
  Word old = context.behavior();
  context.set_behavior(started);
  RetireBehavior(context, old);
}

}  // namespace

Word DispatchWord(Word behavior, ContextBase& context, Envelope& envelope) {
  if (BehaviorNode* node = NodeOf(behavior)) [[likely]] return node->Receive(context, envelope);
  return behavior == kEmpty ? kUnhandled : kSame;
}

Word StartWord(ContextBase& context, Word word) {
  for (;;) {
    BehaviorNode* node = NodeOf(word);
    if (node == nullptr || !node->needs_start()) return word;
    WordHolder holder(word);
    word = node->Start(context);
    if (word == kSame) return holder.Release();
  }
}

void HandleEnvelope(ContextBase& context, Envelope& envelope) {
  current_turn.envelope = &envelope;
  if (envelope.index >= kInternalIndexMin) [[unlikely]] return HandleInternal(context, envelope);
  if (context.attention() != 0) [[unlikely]] {
    if (context.has(kRestarting)) return SetAside(context, envelope);
    NoteMessage(context);
  }
  Word next;
  try {
    next = DispatchWord(context.behavior(), context, envelope);
  } catch (...) {
    if (!(envelope.flags & kKept)) DestroyPayload(&envelope);
    HandleFailure(context, FailureOfCurrentException(), /*starting=*/false);
    return;
  }
  if (next != kSame || context.has(kTurnFailed)) [[unlikely]] Become(context, next, &envelope);
  if (!(envelope.flags & (kNoDestroy | kKept))) DestroyPayload(&envelope);
}

void Become(ContextBase& context, Word next, Envelope* envelope) {
  if (context.has(kTurnFailed)) {
    DestroyWord(next);
    context.clear(kTurnFailed);
    Failure failure{*std::exchange(context.extras().turn_failure, std::nullopt), nullptr, false};
    return HandleFailure(context, failure, /*starting=*/false);
  }
  if (NodeOf(next) != nullptr) return ReplaceBehavior(context, next);
  switch (next & kWordTagMask) {
    case kFailTag: {
      Failure failure{reinterpret_cast<FailBlock*>(next & ~kWordTagMask)->status, nullptr, false};
      DestroyWord(next);
      return HandleFailure(context, failure, /*starting=*/false);
    }
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
    if (BehaviorNode* node = NodeOf(context.behavior())) next = node->Signal(context, signal);
  } catch (...) {
    return HandleFailure(context, FailureOfCurrentException(), /*starting=*/false);
  }
  if (next != kUnhandled) {
    if (next != kSame || context.has(kTurnFailed)) Become(context, next, nullptr);
    return;
  }
  if (signal.kind == SignalKind::kTerminated || signal.kind == SignalKind::kChildFailed) {
    const auto* terminated = static_cast<const Terminated*>(signal.signal);
    Failure pact{absl::AbortedError(StrCat("death pact: actor ", context.path(),
                                                 " did not handle Terminated of ",
                                                 terminated->ref.path())),
                 nullptr, false};
    HandleFailure(context, pact, /*starting=*/false);
  } else if (signal.kind == SignalKind::kMessageAdaptionFailure) {
    HandleFailure(context, static_cast<const MessageAdaptionFailure*>(signal.signal)->failure,
                  /*starting=*/false);
  }
}

}  // namespace sampo::internal
