// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/detail/context_base.h"

#include <pthread.h>

#include <utility>

#include "sampo/actor/actor_system.h"
#include "sampo/actor/base/check.h"
#include "sampo/actor/base/logger_registry.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/actor/internal/actor_cell.h"
#include "sampo/actor/internal/actor_children.h"
#include "sampo/actor/internal/actor_walk.h"
#include "sampo/actor/internal/behavior_words.h"
#include "sampo/actor/internal/extras.h"
#include "sampo/actor/internal/simulation_hook.h"
#include "sampo/actor/internal/spawn.h"
#include "sampo/actor/internal/tasks.h"
#include "sampo/actor/internal/tracing.h"

namespace sampo::internal {

ContextBase::~ContextBase() {
  DestroyWord(behavior_);
  delete extras_;
}

Extras& ContextBase::extras() {
  if (extras_ == nullptr) extras_ = new Extras;
  return *extras_;
}

std::string ContextBase::path() const { return cell_->Path(); }

int64_t ContextBase::NowNanos() const { return system_->timers().NowNanos(); }

bool ContextBase::traced() const {
  return (cell_->flags.load(std::memory_order_relaxed) & kTraced) != 0;
}

Envelope* ContextBase::current_envelope() const {
  return current_turn.context == this ? current_turn.envelope : nullptr;
}

void ContextBase::CheckThread(const char* call) const {
  if (current_turn.context == this) [[likely]]
    return;
  char name[32] = "?";
  pthread_getname_np(pthread_self(), name, sizeof(name));
  std::string holder = current_turn.context == nullptr ? "no actor" : current_turn.context->path();
  const std::vector<RunningTurn> turns = RunningTurns(system_->core());
  const RunningTurn* turn = FindTurn(turns, cell_);
  std::string owner =
      turn == nullptr ? "does not run now" : StrCat("runs on thread \"", turn->thread, "\" now");
  CheckFailed(__FILE__, __LINE__, call,
              StrCat("ActorContext of ", path(), " used from thread \"", name, "\", which runs ",
                     holder, "; a context belongs to its actor's own turn, and that actor ", owner,
                     ": Tell the actor instead"));
}

void ContextBase::FailTurn(absl::Status status) {
  Extras& parts = extras();
  if (!parts.turn_failure.has_value()) parts.turn_failure = std::move(status);
  set(kTurnFailed);
}

Logger& ContextBase::Log() {
  Extras& parts = extras();
  if (parts.logger == nullptr) {
    std::string_view name = "sampo.user";
    if (!parts.logger_name.empty()) name = parts.logger_name;
    parts.logger = std::make_unique<Logger>(
        system_->loggers().Get(name).WithContext({system_->name(), path(), parts.mdc}));
  }
  return *parts.logger;
}

void ContextBase::SetMdc(std::string_view key, std::string_view value) {
  Log();
  Extras& parts = extras();
  *parts.logger = parts.logger->WithFields({{std::string(key), std::string(value)}});
}

void ContextBase::Stop(const AnyActorRef& child) {
  CheckThread("Stop");
  RefTarget* target = RefAccess::Target(child);
  bool local =
      target != nullptr && (target->flags.load(std::memory_order_relaxed) & kLocalActor) != 0;
  if (!local || ActorCell::FromTarget(target)->parent != cell_) {
    return FailTurn(absl::InvalidArgumentError(
        StrCat("actor ", path(), ": Stop(", child.path(),
               "): not a child of it; an actor stops itself with Stopped(), others by a message")));
  }
  NoteEffect(*this, {.kind = EffectKind::kStopped, .target = target});
  RequestStop(ActorCell::FromTarget(target));
}

std::vector<AnyActorRef> ContextBase::Children() const {
  CheckThread("Children");
  std::vector<AnyActorRef> refs;
  if (cell_->children.load(std::memory_order_acquire) == nullptr) return refs;
  for (ActorCell* child : ActorChildren::Of(cell_).Share()) {
    refs.push_back(RefAccess::AdoptAny(child));
  }
  return refs;
}

AnyActorRef ContextBase::Child(std::string_view name) const {
  CheckThread("Child");
  if (cell_->children.load(std::memory_order_acquire) == nullptr) return {};
  return RefAccess::AdoptAny(ActorChildren::Of(cell_).ShareByName(name));
}

absl::StatusOr<RefTarget*> ContextBase::SpawnErased(BodyFactory factory, Word behavior,
                                                    std::string_view name, const Props& props) {
  CheckThread("Spawn");
  if (has(kStopping)) {  // in PostStop: nobody would ever stop the child
    DestroyWord(behavior);
    return absl::UnavailableError(StrCat(
        "spawn of ", path(), "/", name.empty() ? "(anonymous)" : name, ": the parent is stopping"));
  }
  absl::StatusOr<RefTarget*> child = SpawnChild(cell_, *system_, factory, behavior, name, props);
  if (child.ok()) NoteEffect(*this, {.kind = EffectKind::kSpawned, .target = *child});
  return child;
}

void ContextBase::EnqueueSelf(Envelope* envelope) {
  StampEnqueued(cell_, envelope);
  if (cell_->queue == nullptr) return cell_->Enqueue(envelope);
  cell_->queue->EnqueueControl(envelope);
  cell_->Wake();
}

void ContextBase::EnqueueDeferred(RefTarget* target,
                                  UniqueFunction<Envelope*(ContextBase&)> produce) {
  const uint32_t flags = target->flags.load(std::memory_order_relaxed);
  if ((flags & kLocalActor) == 0) [[unlikely]] {
    auto* traced = static_cast<TracedTarget*>(target);
    TraceScope scope(traced->ids);
    return EnqueueDeferred(traced->cell, std::move(produce));
  }
  ActorCell* cell = ActorCell::FromTarget(target);
  Envelope* envelope = MakeEnvelope<DeferredMessage>((flags & kTraced) != 0, kDeferredIndex,
                                                     DeferredMessage{std::move(produce)});
  StampEnqueued(cell, envelope);
  if (cell->queue == nullptr) return cell->Enqueue(envelope);
  if (cell->terminated()) return DropEnvelope(cell, envelope, "the actor has stopped");
  cell->queue->EnqueueControl(envelope);
  cell->Wake();
}

Word ContextBase::DelegateErased(Word behavior, Envelope* message) {
  CheckThread("Delegate");
  struct Turn {
    Envelope* message;
    Envelope* outer = current_turn.envelope;
    ~Turn() {
      if ((message->flags & kKept) == 0) DestroyPayload(message);
      FreeEnvelope(message);
      current_turn.envelope = outer;
    }
  } turn{message};
  WordHolder started(StartWord(*this, behavior));
  if (NodeOf(started.get()) == nullptr && started.get() != kIgnore && started.get() != kEmpty) {
    return started.Release();
  }
  current_turn.envelope = message;
  Word next = DispatchWord(started.get(), *this, *message);
  if (next == kUnhandled) System().PublishUnhandled(cell_, message);
  // Its state is adopted; that of a coroutine handler now, its result when it is there.
  if (next == kSame || next == kUnhandled || next == kSuspended) return started.Release();
  RetireBehavior(*this, started.Release());
  return next;
}

void ContextBase::SetReceiveTimeoutErased(absl::Duration after, UniqueFunction<Envelope*()> make) {
  CheckThread("SetReceiveTimeout");
  NoteEffect(*this,
             {.kind = EffectKind::kReceiveTimeoutSet, .nanos = absl::ToInt64Nanoseconds(after)});
  Extras& parts = extras();
  if (parts.receive_timeout == nullptr) parts.receive_timeout = std::make_unique<ReceiveTimeout>();
  ReceiveTimeout& timeout = *parts.receive_timeout;
  timeout.after_nanos = absl::ToInt64Nanoseconds(after);
  timeout.make = std::move(make);
  ++timeout.generation;
  set(kReceiveTimeout);
  ArmTimer(*this, &timeout.timer, DeadlineNanos(NowNanos(), after));
}

void ContextBase::CancelReceiveTimeout() {
  if (extras_ == nullptr || extras_->receive_timeout == nullptr) return;
  NoteEffect(*this, {.kind = EffectKind::kReceiveTimeoutCancelled});
  ReceiveTimeout& timeout = *extras_->receive_timeout;
  ++timeout.generation;  // one that is in the mailbox already is swallowed
  timeout.make = {};
  DisarmTimer(*this, &timeout.timer);
  clear(kReceiveTimeout);
}

void OnReceiveTimeout(ActorTimerNode*, ContextBase& context) {
  ReceiveTimeout& timeout = *context.extras().receive_timeout;
  context.EnqueueSelf(
      MakeEnvelope<uint32_t>(context.traced(), kReceiveTimeoutIndex, timeout.generation));
}

Envelope* TakeReceiveTimeout(ContextBase& context, uint32_t generation) {
  Extras* extras = context.extras_or_null();
  if (extras == nullptr || extras->receive_timeout == nullptr) return nullptr;
  ReceiveTimeout& timeout = *extras->receive_timeout;
  if (timeout.generation != generation || !timeout.make) return nullptr;
  return timeout.make();
}

void NoteMessage(ContextBase& context) {
  if (!context.has(kReceiveTimeout)) return;
  ReceiveTimeout& timeout = *context.extras().receive_timeout;
  ++timeout.generation;
  ArmTimer(context, &timeout.timer,
           DeadlineNanos(context.NowNanos(), absl::Nanoseconds(timeout.after_nanos)));
}

}  // namespace sampo::internal
