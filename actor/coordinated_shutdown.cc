// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/coordinated_shutdown.h"

#include <typeindex>
#include <utility>

#include "sampo/actor/behaviors.h"
#include "sampo/actor/internal/shutdown_state.h"
#include "sampo/actor/internal/system_core.h"
#include "sampo/actor/receive.h"

namespace sampo {

bool ShutdownTask::Cancel() {
  std::shared_ptr<internal::ShutdownState> owner = owner_.lock();
  std::shared_ptr<internal::ShutdownTaskState> task = task_.lock();
  return owner != nullptr && task != nullptr && owner->Cancel(*task);
}

CoordinatedShutdown& CoordinatedShutdown::Of(ActorSystemBase& system) {
  auto* shutdown = static_cast<CoordinatedShutdown*>(system.Extension(
      typeid(CoordinatedShutdown),
      [](ActorSystemBase& of) -> internal::ExtensionBase* { return new CoordinatedShutdown(of); }));
  // Here and not in the constructor: of two that are made at the same time one is thrown away.
  // release: pairs with the acquire in Terminate.
  system.core().shutdown.store(shutdown->state_.get(), std::memory_order_release);
  return *shutdown;
}

CoordinatedShutdown::CoordinatedShutdown(ActorSystemBase& system)
    : system_(system), state_(std::make_shared<internal::ShutdownState>(system.core())) {}

CoordinatedShutdown::~CoordinatedShutdown() { state_->OnSystemEnd(); }

absl::Status CoordinatedShutdown::Configure(CoordinatedShutdownSettings settings) {
  return state_->Configure(std::move(settings));
}

absl::Status CoordinatedShutdown::AddPhase(ShutdownPhase phase,
                                           const std::vector<std::string>& before) {
  return state_->AddPhase(std::move(phase), before);
}

std::vector<ShutdownPhase> CoordinatedShutdown::Phases() const { return state_->Phases(); }

absl::StatusOr<ShutdownTask> CoordinatedShutdown::AddTask(std::string_view phase,
                                                          std::string_view name,
                                                          UniqueFunction<Future<void>()> run) {
  absl::StatusOr<std::shared_ptr<internal::ShutdownTaskState>> task =
      state_->AddTask(phase, name, std::move(run));
  if (!task.ok()) return task.status();
  return ShutdownTask(state_, *std::move(task));
}

Future<void> CoordinatedShutdown::Run(ShutdownReason reason, std::string_view first) {
  return state_->Run(std::move(reason), first);
}

std::optional<ShutdownReason> CoordinatedShutdown::reason() const { return state_->reason(); }
int CoordinatedShutdown::ExitCode() const { return state_->ExitCode(); }
std::string CoordinatedShutdown::Describe() const { return state_->Describe(); }
std::vector<std::string> CoordinatedShutdown::Problems() const { return state_->Problems(); }
absl::Duration CoordinatedShutdown::TotalTimeout() const { return state_->TotalTimeout(); }

namespace internal {
namespace {

struct EndWatcherMessage {};

}  // namespace

Future<void> AwaitEndOf(ActorSystemBase& system, AnyActorRef actor, UniqueFunction<void()> stop) {
  if (actor.is_ignore()) return Future<void>::Ready();
  auto promise = std::make_shared<Promise<void>>();
  Future<void> ended = promise->future();
  absl::StatusOr<ActorRef<EndWatcherMessage>> watcher = system.SpawnSystemActor(
      Setup<EndWatcherMessage>([promise, actor, stop = std::move(stop)](
                                   ActorContext<EndWatcherMessage>& context) mutable {
        context.Watch(actor);
        stop();
        return Receive<EndWatcherMessage>(
            On{[](const EndWatcherMessage&) { return Same(); }},
            OnSignal{[promise](const Terminated&) -> Behavior<EndWatcherMessage> {
              promise->Complete();
              return Stopped();
            }});
      }),
      /*name=*/{});
  if (!watcher.ok()) return Future<void>::Failed(watcher.status());
  return ended;
}

}  // namespace internal
}  // namespace sampo
