// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/actor_system.h"

#include <utility>

#include "sampo/actor/base/check.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/actor/detail/ask_future.h"
#include "sampo/actor/instrumentation.h"
#include "sampo/actor/internal/actor_cell.h"
#include "sampo/actor/internal/actor_children.h"
#include "sampo/actor/internal/spawn.h"
#include "sampo/actor/internal/system_core.h"
#include "sampo/actor/internal/tracing.h"
#include "sampo/actor/internal/turn.h"

namespace sampo {

using internal::SystemCore;

const std::string& ActorSystemBase::name() const { return core_->name; }
const SystemSettings& ActorSystemBase::settings() const { return core_->settings; }
const Clock& ActorSystemBase::clock() const { return core_->runtime.timers->clock(); }
EventStream& ActorSystemBase::event_stream() const { return core_->event_stream; }
LoggerRegistry& ActorSystemBase::loggers() const { return *core_->loggers; }
MetricsRegistry& ActorSystemBase::metrics() const { return core_->metrics; }
TimerService& ActorSystemBase::timers() const { return *core_->runtime.timers; }
internal::RootCell* ActorSystemBase::root() const { return core_->root; }
internal::ActorCell* ActorSystemBase::user_guardian() const { return core_->user_guardian; }
RefTarget* ActorSystemBase::guardian_target() const { return core_->user_guardian; }

void ActorSystemBase::Terminate() {
  // acquire: pairs with the store in CoordinatedShutdown::Of.
  internal::ShutdownDriver* driver = core_->shutdown.load(std::memory_order_acquire);
  if (driver != nullptr) return driver->Begin();
  core_->TerminateActors();
}

Future<void> ActorSystemBase::WhenTerminated() const { return *core_->when_terminated; }

absl::Status ActorSystemBase::AwaitTermination(absl::Duration timeout) const {
  absl::Status status = Await(*core_->when_terminated, timeout);
  if (status.code() != absl::StatusCode::kDeadlineExceeded) return status;
  std::string waits_for;
  for (const std::string& actor : internal::DescribeLiving(*core_, 10)) {
    waits_for += StrCat(waits_for.empty() ? "" : ", ", actor);
  }
  return absl::DeadlineExceededError(StrCat("system ", core_->name, " has not terminated within ",
                                            absl::FormatDuration(timeout), "; it waits for ",
                                            waits_for));
}

uint64_t ActorSystemBase::dead_letter_count() const {
  return core_->root->dead_letters.load(std::memory_order_relaxed);
}

void ActorSystemBase::OnRootEnded() { core_->terminated.Complete(); }

uint64_t ActorSystemBase::NextRandom() {
  std::lock_guard guard(core_->mutex);
  return core_->random.Next();
}

internal::ExtensionBase* ActorSystemBase::Extension(
    std::type_index key, internal::ExtensionBase* (*make)(ActorSystemBase&)) {
  // An entry without an object: it is being made, by a thread that holds extension_mutex.
  bool begun = false;
  auto find = [&]() -> internal::ExtensionBase* {
    std::lock_guard guard(core_->mutex);
    auto found = core_->extensions.find(key);
    begun = found != core_->extensions.end();
    return begun ? found->second.get() : nullptr;
  };
  if (internal::ExtensionBase* there = find()) return there;
  std::lock_guard making(core_->extension_mutex);
  if (internal::ExtensionBase* there = find()) return there;
  SAMPO_CHECK(!begun, "an extension asked for itself while it was being made");
  {
    std::lock_guard guard(core_->mutex);
    core_->extensions.try_emplace(key);
  }
  internal::ExtensionBase* made = make(*this);
  std::lock_guard guard(core_->mutex);
  core_->extensions[key].reset(made);
  core_->extension_order.push_back(made);
  return made;
}

Dispatcher* ActorSystemBase::DispatcherFor(const Props& props, Dispatcher* parent) {
  ActorRuntime& runtime = core_->runtime;
  switch (props.dispatcher()) {
    case DispatcherKind::kSameAsParent:
      return parent;
    case DispatcherKind::kInternal:
      return runtime.internal_dispatcher.get();
    case DispatcherKind::kBlocking:
      return runtime.blocking_dispatcher.get();
    case DispatcherKind::kPinned: {
      if (!runtime.make_pinned) break;
      std::lock_guard guard(core_->mutex);
      core_->pinned.push_back(runtime.make_pinned());
      return core_->pinned.back().get();
    }
    case DispatcherKind::kDefault:
      break;
  }
  return runtime.dispatcher.get();
}

absl::StatusOr<RefTarget*> ActorSystemBase::SpawnTopLevel(internal::BodyFactory factory,
                                                          internal::Word behavior,
                                                          std::string_view name, const Props& props,
                                                          bool below_system) {
  internal::ActorCell* parent = below_system ? core_->system_guardian : core_->user_guardian;
  return internal::SpawnChild(parent, core_->handle, factory, behavior, name, props);
}

RefTarget* ActorSystemBase::SpawnTopLevelOrEnded(internal::BodyFactory factory,
                                                 internal::Word behavior, std::string_view name,
                                                 const Props& props) {
  absl::StatusOr<RefTarget*> target = SpawnTopLevel(factory, behavior, name, props, false);
  if (target.ok()) return *target;
  core_->loggers->Get("sampo.actor")
      .WithContext({core_->name, "/user", {}})
      .Error(target.status().ToString());
  return internal::EndedTarget(core_->handle, name.empty() ? "anonymous" : name);
}

void ActorSystemBase::LinkAsk(internal::AskFutureBase* ask) {
  std::lock_guard guard(core_->mutex);
  ask->linked_ = true;
  ask->next_ = core_->asks;
  if (core_->asks != nullptr) core_->asks->previous_ = ask;
  core_->asks = ask;
}

void ActorSystemBase::UnlinkAsk(internal::AskFutureBase* ask) {
  std::lock_guard guard(core_->mutex);
  if (!std::exchange(ask->linked_, false)) return;
  (ask->previous_ == nullptr ? core_->asks : ask->previous_->next_) = ask->next_;
  if (ask->next_ != nullptr) ask->next_->previous_ = ask->previous_;
}

namespace {

std::string TypeNameOf(const Envelope* envelope) { return std::string(envelope->type->name); }

}  // namespace

void ActorSystemBase::PublishDeadLetter(RefTarget* target, Envelope* envelope, const char* reason) {
  DeadLetter event{TypeNameOf(envelope), internal::TargetPath(target), reason};
  if (Instrumentation* instrumentation = core_->settings.instrumentation.get()) {
    instrumentation->OnDeadLetter({*envelope->type, event.recipient, reason});
  }
  if (!core_->terminating.load(std::memory_order_relaxed)) {
    core_->dead_letter_log->Note("dead letter", event.message_type, event.recipient, reason);
  }
  core_->event_stream.Publish(event);
}

void ActorSystemBase::PublishDropped(RefTarget* target, Envelope* envelope, const char* reason) {
  Dropped event{TypeNameOf(envelope), internal::TargetPath(target), reason};
  if (Instrumentation* instrumentation = core_->settings.instrumentation.get()) {
    instrumentation->OnDropped({*envelope->type, event.recipient, reason});
  }
  core_->dead_letter_log->Note("dropped", event.message_type, event.recipient, reason);
  core_->event_stream.Publish(event);
}

void ActorSystemBase::PublishUnhandled(RefTarget* target, Envelope* envelope) {
  UnhandledMessage event{TypeNameOf(envelope), internal::TargetPath(target)};
  constexpr std::string_view kReason = "the behavior did not handle it";
  if (Instrumentation* instrumentation = core_->settings.instrumentation.get()) {
    instrumentation->OnUnhandled({*envelope->type, event.recipient, kReason});
  }
  core_->dead_letter_log->Note("unhandled", event.message_type, event.recipient, kReason);
  core_->event_stream.Publish(event);
}

void ActorSystemBase::NoteFailure(internal::ContextBase& context, const Failure& failure,
                                  const char* decision) {
  context.Log().Error("failed with ", failure.status.ToString(), ": ", decision);
  if (context.has(internal::kObserved)) {
    internal::ObserveFailure(context, failure.status, decision);
  }
}

namespace internal {

void PublishDeadLetter(RefTarget* target, Envelope* envelope, const char* reason) {
  // The library's own (a Terminated, a tick) are nobody's loss; an adapted message sees to itself.
  const bool counts = envelope->index < kInternalIndexMin && !envelope->type->suppress_dead_letter;
  if (counts && (target->flags.load(std::memory_order_relaxed) & kLocalActor) != 0) {
    auto* root = static_cast<RootCell*>(ActorCell::FromTarget(target)->Root());
    root->dead_letters.fetch_add(1, std::memory_order_relaxed);
    if (ActorSystemBase* system = root->Enter()) {
      system->PublishDeadLetter(target, envelope, reason);
      root->Leave();
    }
  }
  DropCause cause{target, reason, absl::StatusCode::kCancelled};
  DropScope scope(&cause);
  if (!(envelope->flags & kKept)) DestroyPayload(envelope);
}

void PublishDropped(RefTarget* target, Envelope* envelope, const char* reason) {
  auto* root = static_cast<RootCell*>(ActorCell::FromTarget(target)->Root());
  if (ActorSystemBase* system = root->Enter()) {
    system->PublishDropped(target, envelope, reason);
    root->Leave();
  }
  DropCause cause{target, reason, absl::StatusCode::kResourceExhausted};
  DropScope scope(&cause);
  RetireEnvelope(envelope);
}

RefTarget* EndedTarget(ActorSystemBase& system, std::string_view name) {
  ActorCell* cell =
      ActorCell::New(system.user_guardian(), system.user_guardian()->dispatcher, name, kTerminated);
  cell->CloseSystem();
  cell->Unref();  // the count of the living actor, which it never was
  return cell;
}

RefTarget* CellTarget(const ContextBase& context) { return context.cell(); }

void SetCurrentEnvelope(Envelope* envelope) { current_turn.envelope = envelope; }

}  // namespace internal
}  // namespace sampo
