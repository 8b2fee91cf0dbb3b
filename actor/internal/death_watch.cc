// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/internal/death_watch.h"

#include <utility>

#include "sampo/actor/base/str_cat.h"
#include "sampo/actor/dispatch/planted_bug.h"
#include "sampo/actor/internal/extras.h"
#include "sampo/actor/internal/simulation_hook.h"

namespace sampo::internal {

namespace {
void Release(const DeathWatch::Watcher& watcher) {
  watcher.watcher->Unref();
  watcher.as->Unref();
}
}  // namespace

DeathWatch::~DeathWatch() {
  for (const Watched& entry : watched_) {
    if (entry.message != nullptr) RetireEnvelope(entry.message);
    entry.target->Unref();
  }
  for (const Watcher& each : watchers_) Release(each);
}

const DeathWatch::Watched* DeathWatch::Find(RefTarget* target) const {
  auto found = watched_at_.find(target);
  return found == watched_at_.end() ? nullptr : &*found->second;
}

void DeathWatch::Add(RefTarget* target, Envelope* message) {
  target->Ref();
  watched_.push_back({target, message});
  watched_at_[target] = std::prev(watched_.end());
}

std::optional<DeathWatch::Watched> DeathWatch::Take(RefTarget* target) {
  auto found = watched_at_.find(target);
  if (found == watched_at_.end()) return std::nullopt;
  Watched entry = *found->second;
  watched_.erase(found->second);
  watched_at_.erase(found);
  return entry;
}

void DeathWatch::AddWatcher(Watcher watcher) {
  auto [place, added] = watcher_at_.try_emplace({watcher.watcher, watcher.as});
  if (!added) return Release(watcher);
  watchers_.push_back(watcher);
  place->second = std::prev(watchers_.end());
}

void DeathWatch::RemoveWatcher(const Watcher& watcher) {
  auto found = watcher_at_.find({watcher.watcher, watcher.as});
  if (found == watcher_at_.end()) return;
  Release(*found->second);
  watchers_.erase(found->second);
  watcher_at_.erase(found);
}

std::list<DeathWatch::Watcher> DeathWatch::TakeWatchers() {
  watcher_at_.clear();
  return std::exchange(watchers_, {});
}

namespace {

DeathWatch& WatchOf(ContextBase& context) {
  Extras& extras = context.extras();
  if (extras.watch == nullptr) extras.watch = std::make_unique<DeathWatch>();
  return *extras.watch;
}

struct PooledMessage : SystemMessage {
  using SystemMessage::SystemMessage;
  static void* operator new(size_t bytes) { return AllocateBlock(bytes); }
  static void operator delete(void* block, size_t bytes) { FreeBlock(block, bytes); }
};

// To the watcher: `target` is gone. Holds counts of both, which it takes over.
struct DeathNotice : PooledMessage {
  DeathNotice(RefTarget* to, RefTarget* gone)
      : PooledMessage(&Handle, &Discard), watcher(to), target(gone) {}
  ~DeathNotice() {
    target->Unref();
    watcher->Unref();
  }
  static void Handle(SystemMessage* message, RefTarget* cell) {
    std::unique_ptr<DeathNotice> notice(static_cast<DeathNotice*>(message));
    ContextBase& context = *ActorCell::FromTarget(cell)->body;
    Extras* extras = context.extras_or_null();
    if (extras == nullptr || extras->watch == nullptr) return;
    if (extras->watch->Find(notice->target) == nullptr) return;  // unwatched meanwhile
    notice->target->Ref();
    context.EnqueueSelf(MakeEnvelope<TerminatedMessage>(
        context.traced(), kTerminatedIndex,
        TerminatedMessage{RefAccess::AdoptAny(notice->target), std::move(notice->failure)}));
  }
  static void Discard(SystemMessage* message, RefTarget*) {
    delete static_cast<DeathNotice*>(message);
  }

  RefTarget* const watcher;
  RefTarget* const target;
  std::optional<Failure> failure;
};

// Takes over the counts of `watcher`.
void SendDeathNotice(const DeathWatch::Watcher& watcher, std::optional<Failure> failure) {
  auto* notice = new DeathNotice(watcher.watcher, watcher.as);
  notice->failure = std::move(failure);
  if (!ActorCell::FromTarget(watcher.watcher)->EnqueueSystem(notice)) delete notice;
}

// To the target: `watcher` begins or ends to watch.
struct WatchRequest : PooledMessage {
  WatchRequest(RefTarget* from, RefTarget* target, bool begins)
      : PooledMessage(&Handle, &Discard), watcher{from, target}, begin(begins) {
    from->Ref();
    target->Ref();
  }
  static void Handle(SystemMessage* message, RefTarget* cell) {
    std::unique_ptr<WatchRequest> request(static_cast<WatchRequest*>(message));
    DeathWatch& watch = WatchOf(*ActorCell::FromTarget(cell)->body);
    if (request->begin) return watch.AddWatcher(request->watcher);
    watch.RemoveWatcher(request->watcher);
    Release(request->watcher);
  }
  static void Discard(SystemMessage* message, RefTarget*) {
    std::unique_ptr<WatchRequest> request(static_cast<WatchRequest*>(message));
    if (request->begin) {
      SendDeathNotice(request->watcher, std::nullopt);
    } else {
      Release(request->watcher);
    }
  }

  const DeathWatch::Watcher watcher;
  const bool begin;
};

void SendWatchRequest(ContextBase& context, RefTarget* target, bool begin) {
  auto* request = new WatchRequest(context.cell(), target, begin);
  RefTarget* owner = OwnerOf(target);
  bool local = (owner->flags.load(std::memory_order_relaxed) & kLocalActor) != 0;
  if (!local || !ActorCell::FromTarget(owner)->EnqueueSystem(request)) {
    WatchRequest::Discard(request, owner);
  }
}

}  // namespace

void ContextBase::Watch(const AnyActorRef& ref) {
  CheckThread("Watch");
  RefTarget* target = RefAccess::Target(ref);
  if (target == nullptr || target == cell_) return;
  DeathWatch& watch = WatchOf(*this);
  if (const DeathWatch::Watched* there = watch.Find(target)) {
    if (there->message != nullptr) {
      FailTurn(absl::FailedPreconditionError(StrCat("actor ", path(), ": Watch(", ref.path(),
                                                    ") after WatchWith on it: Unwatch first")));
    }
    return;
  }
  NoteEffect(*this, {.kind = EffectKind::kWatched, .target = target});
  watch.Add(target, nullptr);
  SendWatchRequest(*this, target, true);
}

void ContextBase::WatchWithErased(const AnyActorRef& ref, Envelope* message) {
  CheckThread("WatchWith");
  RefTarget* target = RefAccess::Target(ref);
  if (target == nullptr || target == cell_) return RetireEnvelope(message);
  DeathWatch& watch = WatchOf(*this);
  if (watch.Find(target) != nullptr) {
    RetireEnvelope(message);
    return FailTurn(
        absl::FailedPreconditionError(StrCat("actor ", path(), ": WatchWith(", ref.path(),
                                             ") while it is watched already: Unwatch first")));
  }
  NoteEffect(*this, {.kind = EffectKind::kWatched, .target = target});
  watch.Add(target, message);
  SendWatchRequest(*this, target, true);
}

void ContextBase::Unwatch(const AnyActorRef& ref) {
  CheckThread("Unwatch");
  RefTarget* target = RefAccess::Target(ref);
  if (target == nullptr || extras_ == nullptr || extras_->watch == nullptr) return;
  std::optional<DeathWatch::Watched> entry = extras_->watch->Take(target);
  if (!entry.has_value()) return;
  NoteEffect(*this, {.kind = EffectKind::kUnwatched, .target = target});
  if (entry->message != nullptr) RetireEnvelope(entry->message);
  SendWatchRequest(*this, target, false);
  target->Unref();
}

void NotifyWatchers(ContextBase& context) {
  Extras* extras = context.extras_or_null();
  if (extras == nullptr || extras->watch == nullptr) return;
  for (const DeathWatch::Watcher& each : extras->watch->TakeWatchers()) {
    std::optional<Failure> failure;
    if (each.watcher == context.cell()->parent) failure = extras->last_failure;
    SendDeathNotice(each, std::move(failure));
  }
}

void UnwatchAll(ContextBase& context) {
  Extras* extras = context.extras_or_null();
  if (extras == nullptr || extras->watch == nullptr) return;
  for (const DeathWatch::Watched& entry : extras->watch->watched()) {
    SendWatchRequest(context, entry.target, false);
  }
}

void OnTerminated(ContextBase& context, TerminatedMessage& message) {
  Extras& extras = context.extras();
  std::optional<DeathWatch::Watched> entry;
  if (extras.watch != nullptr) entry = extras.watch->Take(RefAccess::Target(message.ref));
  // Unwatched after it was put into the mailbox.
  if (!entry.has_value() && !IsPlanted(PlantedBug::kDoubleTerminated)) return;
  if (entry.has_value()) entry->target->Unref();
  if (entry.has_value() && entry->message != nullptr) {
    HandleEnvelope(context, *entry->message);
    FreeEnvelope(entry->message);
    return;
  }
  if (message.failure.has_value()) {
    ChildFailed failed{{message.ref}, *std::move(message.failure)};
    DeliverSignal(context, {SignalKind::kChildFailed, &failed});
  } else {
    Terminated terminated{message.ref};
    DeliverSignal(context, {SignalKind::kTerminated, &terminated});
  }
}

}  // namespace sampo::internal
