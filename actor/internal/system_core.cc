// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// The start and the end of an actor system.
#include "sampo/actor/internal/system_core.h"

#include <utility>

#include "sampo/actor/base/check.h"
#include "sampo/actor/base/log_settings.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/actor/behaviors.h"
#include "sampo/actor/detail/ask_future.h"
#include "sampo/actor/dispatch/blocking_dispatcher.h"
#include "sampo/actor/dispatch/pinned_dispatcher.h"
#include "sampo/actor/dispatch/timer_wheel.h"
#include "sampo/actor/dispatch/work_stealing_dispatcher.h"
#include "sampo/actor/internal/actor_children.h"
#include "sampo/actor/internal/spawn.h"
#include "sampo/actor/receive.h"

namespace sampo::internal {
namespace {

struct RootMessage {};

// "/": waits for the user guardian, stops the system guardian, and ends.
Behavior<RootMessage> RootBehavior(SystemCore* core) {
  return Setup<RootMessage>([core](ActorContext<RootMessage>& context) {
    context.Watch(RefAccess::ShareAny(core->user_guardian));
    context.Watch(RefAccess::ShareAny(core->system_guardian));
    return Receive<RootMessage>(
        On{[](const RootMessage&) { return Same(); }},
        OnSignal{[core](const Terminated& ended) -> Behavior<RootMessage> {
          if (RefAccess::Target(ended.ref) == core->system_guardian) return Stopped();
          core->terminating.store(true);
          RequestStop(core->system_guardian);
          return Same();
        }});
  });
}

Behavior<RootMessage> SystemGuardian() {
  return Receive<RootMessage>(On{[](const RootMessage&) { return Same(); }});
}

void MakeLog(SystemCore* core) {
  LogSettings log;
  if (auto level = ParseLogLevel(core->settings.log_level)) log.level = *level;
  if (core->settings.log_format == "json") log.format = LogFormat::kJson;
  absl::StatusOr<std::unique_ptr<LoggerRegistry>> registry = StartLog(log, core->name);
  SAMPO_CHECK(registry.ok(), registry.status().ToString());
  core->loggers = *std::move(registry);
}

void MakeDispatchers(SystemCore* core) {
  ActorRuntime real = ActorRuntime::Threads(core->settings);
  ActorRuntime& runtime = core->runtime;
  if (runtime.dispatcher == nullptr) runtime = std::move(real);
}

RootCell* MakeRoot(SystemCore* core) {
  auto* root = new RootCell(&core->handle, core->runtime.internal_dispatcher.get(),
                            core->random.Next());
  if (core->settings.instrumentation != nullptr) {
    root->flags.fetch_or(kTraced, std::memory_order_relaxed);
  }
  root->body = NewTypedContext<RootMessage>(root, &core->handle,
                                            BehaviorAccess::Release(RootBehavior(core)));
  root->body->set(kStarting);
  root->head.store(reinterpret_cast<uintptr_t>(&root->stub), std::memory_order_relaxed);
  return root;
}

ActorCell* MakeGuardian(SystemCore* core, std::string_view name, BodyFactory body, Word behavior,
                        DispatcherKind kind) {
  absl::StatusOr<RefTarget*> cell =
      SpawnChild(core->root, core->handle, body, behavior, name, Props().OnDispatcher(kind));
  SAMPO_CHECK(cell.ok(), cell.status().ToString());
  return ActorCell::FromTarget(*cell);
}

void Describe(ActorCell* cell, size_t limit, std::vector<std::string>* out) {
  ActorChildren* children = cell->children.load(std::memory_order_acquire);
  if (children == nullptr) return;
  for (ActorCell* child : children->Share()) {
    Describe(child, limit, out);
    if (out->size() < limit) {
      out->push_back(StrCat(child->Path(), " (", child->Depth(), " messages waiting)"));
    }
    child->Unref();
  }
}

// Ends the threads. False: some still run user code, and everything they may touch must stay.
bool EndThreads(SystemCore* core, int64_t deadline_nanos) {
  const Clock& clock = Clock::Real();
  auto left = [&] {
    int64_t nanos = deadline_nanos - clock.NowNanos();
    return absl::Nanoseconds(nanos < 0 ? 0 : nanos);
  };
  int stuck = 0;
  ActorRuntime& runtime = core->runtime;
  if (runtime.dispatcher != nullptr) stuck += runtime.dispatcher->Shutdown(left());
  if (runtime.blocking_dispatcher != runtime.dispatcher) {
    stuck += runtime.blocking_dispatcher->Shutdown(left());
  }
  if (runtime.internal_dispatcher != runtime.dispatcher) {
    stuck += runtime.internal_dispatcher->Shutdown(left());
  }
  for (const std::shared_ptr<Dispatcher>& pinned : core->pinned) stuck += pinned->Shutdown(left());
  runtime.timers->Shutdown();
  if (stuck > 0) {
    core->loggers->Get("sampo.actor").Error("shutdown left ", stuck, " thread(s) behind");
  }
  return stuck == 0;
}

void CancelAsks(SystemCore* core) {
  for (;;) {
    AskFutureBase* ask = nullptr;
    {
      std::lock_guard guard(core->mutex);
      ask = core->asks;
    }
    if (ask == nullptr) return;
    core->handle.UnlinkAsk(ask);
    ask->OnSystemEnd();
  }
}

}  // namespace

std::vector<std::string> DescribeLiving(const SystemCore& core, size_t limit) {
  std::vector<std::string> all;
  Describe(core.root, limit, &all);
  return all;
}

SystemCore* StartSystem(std::string_view name, SystemSettings settings, ActorRuntime runtime,
                        BodyFactory body, Word guardian) {
  absl::Status check = CheckActorName(name);
  SAMPO_CHECK(check.ok(), StrCat("ActorSystem \"", name, "\": ", ToStd(check.message())));
  auto* core = new SystemCore;
  core->name = std::string(name);
  core->settings = std::move(settings);
  core->runtime = std::move(runtime);
  core->random = Random(core->settings.seed.has_value() ? *core->settings.seed : EntropySeed());
  core->when_terminated = std::make_unique<Future<void>>(core->terminated.future());
  MakeLog(core);
  MakeDispatchers(core);
  core->dead_letter_log = std::make_unique<DeadLetterLog>(
      core->loggers->Get("sampo.actor.dead_letters").WithContext({core->name, "/", {}}),
      core->runtime.timers->clock(), core->settings.log_dead_letters,
      core->settings.log_dead_letters_suspend);
  core->root = MakeRoot(core);
  core->system_guardian = MakeGuardian(core, "system", &NewTypedContext<RootMessage>,
                                       BehaviorAccess::Release(SystemGuardian()),
                                       DispatcherKind::kInternal);
  // The guardians' children are spawned from any thread: the object must be there before that.
  ActorChildren::Of(core->system_guardian);
  core->user_guardian = MakeGuardian(core, "user", body, guardian, DispatcherKind::kDefault);
  ActorChildren::Of(core->user_guardian);
  core->root->Schedule();
  return core;
}

void EndSystem(SystemCore* core) {
  core->handle.Terminate();
  const int64_t deadline = DeadlineNanos(Clock::Real().NowNanos(), core->settings.shutdown_timeout);
  absl::Status ended = core->handle.AwaitTermination(core->settings.shutdown_timeout);
  if (!ended.ok()) core->loggers->Get("sampo.actor").Error(ended.ToString());
  const bool threads_ended = EndThreads(core, deadline);
  core->root->Close();
  CancelAsks(core);
  while (!core->extension_order.empty()) {
    // Newest first: a later one may use an earlier one.
    ExtensionBase* last = core->extension_order.back();
    core->extension_order.pop_back();
    for (auto& [key, extension] : core->extensions) {
      if (extension.get() == last) extension.reset();
    }
  }
  core->loggers->Shutdown(absl::Seconds(1)).IgnoreError();
  // What still runs may use any part: left behind on purpose, and said above.
  if (!ended.ok() || !threads_ended) return;
  core->user_guardian->Unref();
  core->system_guardian->Unref();
  core->root->Unref();
  delete core;
}

}  // namespace sampo::internal
