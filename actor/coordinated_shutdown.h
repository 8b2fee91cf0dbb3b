// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// CoordinatedShutdown: the orderly end of a system, in phases: unbind, drain, leave the cluster,
// stop the actors. One for each system, made with its first use.
//
// Guarantees: phases run strictly one after another (shutdown_phases.h has their order); the tasks
// of one phase run at the same time, each on a thread of the blocking dispatcher, so that a task
// may block; a task that hangs delays the shutdown by no more than its phase's timeout, and is
// named in the log, in Problems() and in the status; a shutdown runs once, and whoever runs it
// again gets the same future. The last phase terminates the actor system. Where it is used,
// Terminate, the destructor of the system and the end of the guardian run it first; the destructor
// gives it half of SystemSettings::shutdown_timeout, then stops the actors. For SIGTERM see
// shutdown_signals.h. Threads: all methods from any thread. Times are those of the system's
// TimerService, so that it runs in a simulation too. Lifetime: until the system ends; futures and
// task handles may outlive it.
//
//   CoordinatedShutdown& shutdown = CoordinatedShutdown::Of(system);
//   shutdown.AddTask(kPhaseServiceUnbind, "stop listening", [&] { return server.Unbind(); })
//       .IgnoreError();
//   absl::Status done = Await(shutdown.Run(ShutdownReason::Unknown()), absl::Minutes(1));
//   return shutdown.ExitCode();
#ifndef SAMPO_ACTOR_COORDINATED_SHUTDOWN_H_
#define SAMPO_ACTOR_COORDINATED_SHUTDOWN_H_

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "sampo/actor/actor_system.h"
#include "sampo/actor/base/unique_function.h"
#include "sampo/actor/future.h"
#include "sampo/actor/shutdown_phases.h"

namespace sampo {

namespace internal {
class ShutdownState;
struct ShutdownTaskState;

// Completes when `actor` has ended; `stop` asks it to.
Future<void> AwaitEndOf(ActorSystemBase& system, AnyActorRef actor, UniqueFunction<void()> stop);
}  // namespace internal

// A task that was added; dropping it changes nothing.
class ShutdownTask {
 public:
  // True: it was taken out and will never run. False: it runs, has run, or was cancelled before.
  bool Cancel();

 private:
  friend class CoordinatedShutdown;
  ShutdownTask(std::weak_ptr<internal::ShutdownState> owner,
               std::weak_ptr<internal::ShutdownTaskState> task)
      : owner_(std::move(owner)), task_(std::move(task)) {}
  std::weak_ptr<internal::ShutdownState> owner_;
  std::weak_ptr<internal::ShutdownTaskState> task_;
};

class CoordinatedShutdown final : public internal::ExtensionBase {
 public:
  static CoordinatedShutdown& Of(ActorSystemBase& system);
  ~CoordinatedShutdown() override;

  // Replaces all settings. INVALID_ARGUMENT as SortShutdownPhases, or where a phase with tasks
  // would be gone. FAILED_PRECONDITION: it has run or runs.
  absl::Status Configure(CoordinatedShutdownSettings settings);
  // Adds a phase, on which those in `before` depend from now on. Errors as Configure.
  absl::Status AddPhase(ShutdownPhase phase, const std::vector<std::string>& before = {});
  // In the order in which they run.
  std::vector<ShutdownPhase> Phases() const;

  // `run` is called when the phase has come; the phase waits for its future. What `run` throws is
  // the task's failure.
  // NOT_FOUND: no such phase. INVALID_ARGUMENT: no name. FAILED_PRECONDITION: the phase has begun
  // or is over, so that the task would never run. RESOURCE_EXHAUSTED: kShutdownTasksMax.
  absl::StatusOr<ShutdownTask> AddTask(std::string_view phase, std::string_view name,
                                       UniqueFunction<Future<void>()> run);
  // A task that tells `actor` to stop and waits for its end.
  template <class P, class M>
  absl::StatusOr<ShutdownTask> AddActorTerminationTask(std::string_view phase,
                                                       std::string_view name, ActorRef<P> actor,
                                                       M stop) {
    return AddTask(phase, name, [this, actor = std::move(actor), stop = std::move(stop)]() mutable {
      return internal::AwaitEndOf(system_, actor, [actor, stop = std::move(stop)]() mutable {
        actor.Tell(std::move(stop));
      });
    });
  }

  // Runs all phases, or those from `first` on. Completes after the last one: with OK also where
  // phases that recover had problems; with the status of the phase that did not recover, after
  // which no other is run; with CANCELLED where the system ended first. The reason of the first
  // call counts. An unknown `first` is an INVALID_ARGUMENT, and nothing is run.
  Future<void> Run(ShutdownReason reason, std::string_view first = {});

  // Why it runs or ran; nothing before.
  std::optional<ShutdownReason> reason() const;
  // For main to return: the settings' code for the reason, or the reason's; 1 where that is 0 but a
  // phase did not recover; 0 before the shutdown.
  int ExitCode() const;
  // "phase service-stop, 2 s of 5 s; waits for: drain, flush", or what else is the case.
  std::string Describe() const;
  // One line for each task that failed or was late, in the order in which that was found.
  std::vector<std::string> Problems() const;
  // What all phases with tasks may take together.
  absl::Duration TotalTimeout() const;

 private:
  explicit CoordinatedShutdown(ActorSystemBase& system);

  ActorSystemBase& system_;
  const std::shared_ptr<internal::ShutdownState> state_;
};

}  // namespace sampo

#endif  // SAMPO_ACTOR_COORDINATED_SHUTDOWN_H_
