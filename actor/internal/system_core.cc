// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// The start and the end of an actor system.
#include "sampo/actor/internal/system_core.h"

#include <pthread.h>

#include <algorithm>
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
#include "sampo/actor/internal/actor_walk.h"
#include "sampo/actor/internal/spawn.h"
#include "sampo/actor/internal/tracing.h"
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
          core->NoteEndStep();
          core->handle.Terminate();  // where the guardian has ended by itself
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
  if (core->settings.log_sink != nullptr) {
    core->loggers = std::make_unique<LoggerRegistry>(
        LogOptions{.system = core->name, .level = log.level, .async = false},
        core->settings.log_sink);
    return;
  }
  if (core->settings.log_format == "json") log.format = LogFormat::kJson;
  absl::StatusOr<std::unique_ptr<LoggerRegistry>> registry = StartLog(log, core->name);
  SAMPO_CHECK(registry.ok(), registry.status().ToString());
  core->loggers = *std::move(registry);
}

void MakeDispatchers(SystemCore* core) {
  ActorRuntime& runtime = core->runtime;
  if (runtime.dispatcher != nullptr) return;
  ActorRuntime real =
      ActorRuntime::Threads(core->settings, [core](const std::vector<const Runnable*>& running) {
        std::string names;
        for (const std::string& name : NamesOfRunning(*core, running)) {
          StrAppend(names, names.empty() ? "" : ", ", name);
        }
        core->loggers->Get("sampo.actor.starvation")
            .Warning(
                "all threads of a dispatcher are blocked while other actors wait; give actors "
                "that block Props().Blocking(); blocked: ",
                names);
      });
  runtime = std::move(real);
}

RootCell* MakeRoot(SystemCore* core) {
  auto* root =
      new RootCell(&core->handle, core->runtime.internal_dispatcher.get(), core->random.Next());
  if (core->settings.instrumentation != nullptr) {
    root->flags.fetch_or(kTraced, std::memory_order_relaxed);
    root->observation =
        std::make_unique<Observation>(core->settings.instrumentation, core->runtime.timers);
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

// How telling an actor is for the question why a system does not end.
int RankOf(const ActorSnapshot& actor) {
  if (actor.busy > absl::ZeroDuration()) return 0;
  if (actor.state == ActorState::kStopping) return 2;  // waits for its children
  return 1;
}

absl::Status RefuseAwaitInTurn() {
  ContextBase* context = current_turn.context;
  if (context == nullptr) return absl::OkStatus();
  char thread[32] = "?";
  pthread_getname_np(pthread_self(), thread, sizeof(thread));
  return absl::FailedPreconditionError(
      StrCat("Await in the turn of actor ", context->path(), " would stop thread \"", thread,
             "\" for all actors; use ActorContext::Ask, PipeToSelf, or co_await in a coroutine "
             "handler"));
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

// Waits until all actors have ended. A coordinated shutdown gets half of the time.
absl::Status AwaitEnd(SystemCore* core) {
  const absl::Duration timeout = core->settings.shutdown_timeout;
  // acquire: pairs with the store in CoordinatedShutdown::Of.
  ShutdownDriver* driver = core->shutdown.load(std::memory_order_acquire);
  if (driver == nullptr) return core->handle.AwaitTermination(timeout);
  absl::Status ended = core->handle.AwaitTermination(timeout / 2);
  if (!ended.ok()) {
    if (!core->terminating.load()) {
      core->loggers->Get("sampo.actor")
          .Warning(
              "the coordinated shutdown has not come to the actors within half of "
              "shutdown_timeout, which stop now: ",
              driver->Describe());
    }
    core->TerminateActors();
    ended = core->handle.AwaitTermination(timeout / 2);
  }
  // Its last callbacks. Its own status is in its log; where it is late, its end says CANCELLED.
  if (ended.ok()) Await(driver->Done(), timeout / 2).IgnoreError();
  return ended;
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

void SystemCore::TerminateActors() {
  if (terminating.exchange(true)) return;
  RequestStop(user_guardian);
  NoteEndStep();
}

void SystemCore::NoteEndStep() {
  // acq_rel: of the two steps one is the second, and sees what the first did.
  if (end_steps.fetch_add(1, std::memory_order_acq_rel) == 1) RequestStop(system_guardian);
}

std::vector<std::string> DescribeLiving(SystemCore& core, size_t limit) {
  ActorPage page = DescribeActors(core, {.limit = kActorPageMax});
  std::stable_sort(page.actors.begin(), page.actors.end(),
                   [](const ActorSnapshot& a, const ActorSnapshot& b) {
                     return std::pair(RankOf(a), b.busy) < std::pair(RankOf(b), a.busy);
                   });
  std::vector<std::string> lines;
  for (const ActorSnapshot& actor : page.actors) {
    if (lines.size() == limit) {
      lines.push_back(StrCat(page.actors.size() - limit, page.more ? " or more" : "", " others"));
      break;
    }
    lines.push_back(actor.ToString());
  }
  return lines;
}

SystemCore* StartSystem(std::string_view name, SystemSettings settings, ActorRuntime runtime,
                        BodyFactory body, Word guardian) {
  absl::Status check = CheckActorName(name);
  SAMPO_CHECK(check.ok(), StrCat("ActorSystem \"", name, "\": ", ToStd(check.message())));
  SetAwaitGuard(&RefuseAwaitInTurn);
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
  if (core->settings.instrumentation != nullptr) {
    core->settings.instrumentation->OnSystemStart(core->handle);
  }
  core->system_guardian =
      MakeGuardian(core, "system", &NewTypedContext<RootMessage>,
                   BehaviorAccess::Release(SystemGuardian()), DispatcherKind::kInternal);
  // The guardians' children are spawned from any thread: the object must be there before that.
  ActorChildren::Of(core->system_guardian);
  core->user_guardian = MakeGuardian(core, "user", body, guardian, DispatcherKind::kDefault);
  ActorChildren::Of(core->user_guardian);
  core->root->Schedule();
  return core;
}

void EndSystem(SystemCore* core) {
  // An actor of another system may own this one. (Of this one: the dispatcher's Shutdown aborts.)
  TurnScope no_actor(nullptr);
  core->handle.Terminate();
  const int64_t deadline = DeadlineNanos(Clock::Real().NowNanos(), core->settings.shutdown_timeout);
  absl::Status ended = AwaitEnd(core);
  if (!ended.ok()) core->loggers->Get("sampo.actor").Error(ended.ToString());
  const bool threads_ended = EndThreads(core, deadline);
  DropScheduledTells(*core);
  core->root->Close();
  CancelAsks(core);
  if (!threads_ended) {
    // What still runs may use any part: left behind on purpose, and said above.
    core->loggers->Shutdown(absl::Seconds(1)).IgnoreError();
    return;
  }
  core->shutdown.store(nullptr, std::memory_order_relaxed);
  while (!core->extension_order.empty()) {
    // Newest first: a later one may use an earlier one.
    ExtensionBase* last = core->extension_order.back();
    core->extension_order.pop_back();
    for (auto& [key, extension] : core->extensions) {
      if (extension.get() == last) extension.reset();
    }
  }
  core->loggers->Shutdown(absl::Seconds(1)).IgnoreError();
  if (!ended.ok()) return;  // the headers of actors that never ended point at the parts
  core->user_guardian->Unref();
  core->system_guardian->Unref();
  core->root->Unref();
  delete core;
}

}  // namespace sampo::internal
