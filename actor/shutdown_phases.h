// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// The phases of a coordinated shutdown, why one runs, and the settings of both.
//
// A phase runs after all phases it depends on. The twelve of Pekko are there already:
//
//   before-service-unbind  service-unbind  service-requests-done  service-stop
//   before-cluster-shutdown  cluster-sharding-shutdown-region  cluster-leave  cluster-exiting
//   cluster-exiting-done  cluster-shutdown  before-actor-system-terminate  actor-system-terminate
//
// Threads: values and pure functions. Source of names and times: Pekko's reference.conf.
//
//   [actor.coordinated_shutdown.phases.drain]     # a phase of the user's
//   depends_on = ["service-unbind"]
//   timeout = "30s"
#ifndef SAMPO_ACTOR_SHUTDOWN_PHASES_H_
#define SAMPO_ACTOR_SHUTDOWN_PHASES_H_

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace sampo {

class Config;

inline constexpr std::string_view kPhaseBeforeServiceUnbind = "before-service-unbind";
inline constexpr std::string_view kPhaseServiceUnbind = "service-unbind";
inline constexpr std::string_view kPhaseServiceRequestsDone = "service-requests-done";
inline constexpr std::string_view kPhaseServiceStop = "service-stop";
inline constexpr std::string_view kPhaseBeforeClusterShutdown = "before-cluster-shutdown";
inline constexpr std::string_view kPhaseClusterShardingShutdownRegion =
    "cluster-sharding-shutdown-region";
inline constexpr std::string_view kPhaseClusterLeave = "cluster-leave";
inline constexpr std::string_view kPhaseClusterExiting = "cluster-exiting";
inline constexpr std::string_view kPhaseClusterExitingDone = "cluster-exiting-done";
inline constexpr std::string_view kPhaseClusterShutdown = "cluster-shutdown";
inline constexpr std::string_view kPhaseBeforeActorSystemTerminate =
    "before-actor-system-terminate";
inline constexpr std::string_view kPhaseActorSystemTerminate = "actor-system-terminate";

// Phases of one system. Chosen, not measured: they are written by people.
inline constexpr size_t kShutdownPhasesMax = 200;

// Tasks of one system that have not run. Chosen, not measured: one for each connection of a busy
// server fits, a leak of tasks does not.
inline constexpr size_t kShutdownTasksMax = 100'000;

// Pekko's default-phase-timeout.
inline constexpr absl::Duration kDefaultPhaseTimeout = absl::Seconds(5);

struct ShutdownPhase {
  std::string name;
  // Names of the phases that are over before this one begins.
  std::vector<std::string> depends_on = {};
  // What its tasks may take together; then the shutdown goes on without waiting for them.
  absl::Duration timeout = kDefaultPhaseTimeout;
  // False: a task that fails or is late ends the whole shutdown with a status.
  bool recover = true;
  // False: its tasks are not run.
  bool enabled = true;
};

// The twelve, each depending on the one before it.
std::vector<ShutdownPhase> DefaultShutdownPhases();

// The order in which the phases run: every phase after those it depends on; of several that could
// be next, those that are not among the twelve come first, else as listed.
// INVALID_ARGUMENT: a name is empty or there twice, depends on a phase that is not there, or some
// depend on each other in a circle, which is named; more than kShutdownPhasesMax.
absl::StatusOr<std::vector<ShutdownPhase>> SortShutdownPhases(std::vector<ShutdownPhase> phases);

// Why a system shuts down, and what the process tells the outside by its exit code.
struct ShutdownReason {
  std::string name;
  int exit_code = 0;

  static ShutdownReason Unknown() { return {"unknown"}; }
  // ActorSystem::Terminate, its destructor, or the end of the guardian.
  static ShutdownReason ActorSystemTerminate() { return {"actor-system-terminate"}; }
  // SIGTERM and the like; an orderly end is a success.
  static ShutdownReason ProcessSignal() { return {"process-signal"}; }
  static ShutdownReason ClusterLeaving() { return {"cluster-leaving"}; }
  // The two below: Pekko's reason-overrides.
  static ShutdownReason ClusterDowning() { return {"cluster-downing", -1}; }
  static ShutdownReason ClusterJoinUnsuccessful() { return {"cluster-join-unsuccessful", -1}; }
  static ShutdownReason IncompatibleConfiguration() { return {"incompatible-configuration"}; }

  friend bool operator==(const ShutdownReason&, const ShutdownReason&) = default;
};

struct CoordinatedShutdownSettings {
  // Whether the last phase terminates the actor system.
  bool terminate_actor_system = true;
  // Whether Terminate and the end of the guardian run the shutdown first.
  bool run_by_terminate = true;
  // Exit codes by reason, in place of the reasons' own.
  std::map<std::string, int> exit_codes;
  std::vector<ShutdownPhase> phases = DefaultShutdownPhases();

  // Section [actor.coordinated_shutdown]: a phase that is named there is changed, or added where it
  // is new. INVALID_ARGUMENT with every error, those of SortShutdownPhases too.
  static absl::StatusOr<CoordinatedShutdownSettings> FromConfig(const Config& config);
};

}  // namespace sampo

#endif  // SAMPO_ACTOR_SHUTDOWN_PHASES_H_
