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
#include "sampo/actor/internal/behavior_words.h"
#include "sampo/actor/internal/extras.h"
#include "sampo/actor/internal/spawn.h"
#include "sampo/actor/internal/tasks.h"

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
  if (current_turn.context == this) [[likely]] return;
  char name[32] = "?";
  pthread_getname_np(pthread_self(), name, sizeof(name));
  std::string holder = current_turn.context == nullptr ? "no actor" : current_turn.context->path();
  CheckFailed(__FILE__, __LINE__, call,
              StrCat("ActorContext of ", path(), " used from thread \"", name, "\", which runs ",
                     holder, "; a context belongs to its actor's own turn (a thread of dispatcher \"",
                     cell_->dispatcher->name(), "\"): Tell the actor instead"));
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
  bool local = target != nullptr &&
               (target->flags.load(std::memory_order_relaxed) & kLocalActor) != 0;
  if (!local || ActorCell::FromTarget(target)->parent != cell_) {
    return FailTurn(absl::InvalidArgumentError(
        StrCat("actor ", path(), ": Stop(", child.path(),
               "): not a child of it; an actor stops itself with Stopped(), others by a message")));
  }
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
  return SpawnChild(cell_, *system_, factory, behavior, name, props);
}

void ContextBase::EnqueueSelf(Envelope* envelope) {
  if (cell_->queue == nullptr) return cell_->Enqueue(envelope);
  cell_->queue->EnqueueControl(envelope);
  cell_->Wake();
}

void ContextBase::EnqueueDeferred(RefTarget* target,
                                  UniqueFunction<Envelope*(ContextBase&)> produce) {
  ActorCell* cell = ActorCell::FromTarget(target);
  Envelope* envelope =
      MakeEnvelope<DeferredMessage>(false, kDeferredIndex, DeferredMessage{std::move(produce)});
  if (cell->queue == nullptr) return cell->Enqueue(envelope);
  if (cell->terminated()) return DropEnvelope(cell, envelope, "the actor has stopped");
  cell->queue->EnqueueControl(envelope);
  cell->Wake();
}

Word ContextBase::DelegateErased(Word behavior, Envelope* message) {
  CheckThread("Delegate");
  Word started = StartWord(*this, behavior);
  if (NodeOf(started) == nullptr && started != kIgnore && started != kEmpty) {
    RetireEnvelope(message);
    return started;
  }
  Word next = DispatchWord(started, *this, *message);
  RetireEnvelope(message);
  if (next == kSame || next == kUnhandled) return started;  // its result is adopted
  DestroyWord(started);
  return next;
}

void ContextBase::SetReceiveTimeoutErased(absl::Duration after,
                                          UniqueFunction<Envelope*()> make) {
  CheckThread("SetReceiveTimeout");
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
