// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/shutdown_phases.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "sampo/actor/base/config.h"
#include "sampo/actor/base/status_macros.h"
#include "sampo/actor/base/str_cat.h"

namespace sampo {
namespace {

constexpr absl::Duration kLongPhaseTimeout = absl::Seconds(10);  // Pekko's, for three phases

absl::Duration DefaultTimeoutOf(std::string_view phase) {
  bool is_long = phase == kPhaseClusterShardingShutdownRegion || phase == kPhaseClusterExiting ||
                 phase == kPhaseActorSystemTerminate;
  return is_long ? kLongPhaseTimeout : kDefaultPhaseTimeout;
}

int FindPhase(const std::vector<ShutdownPhase>& phases, std::string_view name) {
  auto found = std::find_if(phases.begin(), phases.end(),
                            [name](const ShutdownPhase& phase) { return phase.name == name; });
  return found == phases.end() ? -1 : static_cast<int>(found - phases.begin());
}

absl::Status CheckNames(const std::vector<ShutdownPhase>& phases) {
  if (phases.size() > kShutdownPhasesMax) {
    return absl::InvalidArgumentError(
        StrCat("coordinated shutdown: ", phases.size(), " phases, at most ", kShutdownPhasesMax));
  }
  for (size_t i = 0; i < phases.size(); ++i) {
    if (phases[i].name.empty()) {
      return absl::InvalidArgumentError("coordinated shutdown: a phase without a name");
    }
    if (FindPhase(phases, phases[i].name) != static_cast<int>(i)) {
      return absl::InvalidArgumentError(
          StrCat("coordinated shutdown: phase ", phases[i].name, " is there twice"));
    }
    for (const std::string& before : phases[i].depends_on) {
      if (FindPhase(phases, before) >= 0) continue;
      return absl::InvalidArgumentError(StrCat("coordinated shutdown: phase ", phases[i].name,
                                               " depends on ", before, ", which is no phase"));
    }
  }
  return absl::OkStatus();
}

// The first phase that has to run before `phase` and is among `waiting`; -1: there is none.
int WaitsFor(const std::vector<ShutdownPhase>& waiting, const ShutdownPhase& phase) {
  for (const std::string& before : phase.depends_on) {
    if (int found = FindPhase(waiting, before); found >= 0) return found;
  }
  return -1;
}

// Precondition: each phase of `waiting` depends on another of them. Walks until a name comes again.
std::string CircleAmong(const std::vector<ShutdownPhase>& waiting) {
  std::vector<int> path{0};
  for (;;) {
    int next = WaitsFor(waiting, waiting[path.back()]);
    auto seen = std::find(path.begin(), path.end(), next);
    if (seen == path.end()) {
      path.push_back(next);
      continue;
    }
    std::string circle;
    for (auto at = seen; at != path.end(); ++at) StrAppend(circle, waiting[*at].name, " -> ");
    return StrCat(circle, waiting[next].name);
  }
}

bool IsDefaultPhase(const std::string& name) {
  static const std::vector<ShutdownPhase>& defaults =
      *new std::vector<ShutdownPhase>(DefaultShutdownPhases());
  return FindPhase(defaults, name) >= 0;
}

// The phase to run next; -1: none can.
int NextPhase(const std::vector<ShutdownPhase>& waiting) {
  int next = -1;
  for (size_t i = 0; i < waiting.size(); ++i) {
    if (WaitsFor(waiting, waiting[i]) >= 0) continue;
    // A user's phase that nothing depends on would come after the end of the system otherwise.
    if (!IsDefaultPhase(waiting[i].name)) return static_cast<int>(i);
    if (next < 0) next = static_cast<int>(i);
  }
  return next;
}

}  // namespace

std::vector<ShutdownPhase> DefaultShutdownPhases() {
  std::vector<ShutdownPhase> phases;
  for (std::string_view name :
       {kPhaseBeforeServiceUnbind, kPhaseServiceUnbind, kPhaseServiceRequestsDone,
        kPhaseServiceStop, kPhaseBeforeClusterShutdown, kPhaseClusterShardingShutdownRegion,
        kPhaseClusterLeave, kPhaseClusterExiting, kPhaseClusterExitingDone, kPhaseClusterShutdown,
        kPhaseBeforeActorSystemTerminate, kPhaseActorSystemTerminate}) {
    ShutdownPhase phase{.name = std::string(name), .timeout = DefaultTimeoutOf(name)};
    if (!phases.empty()) phase.depends_on.push_back(phases.back().name);
    phases.push_back(std::move(phase));
  }
  return phases;
}

absl::StatusOr<std::vector<ShutdownPhase>> SortShutdownPhases(std::vector<ShutdownPhase> phases) {
  SAMPO_RETURN_IF_ERROR(CheckNames(phases));
  std::vector<ShutdownPhase> sorted;
  while (!phases.empty()) {
    const int next = NextPhase(phases);
    if (next < 0) {
      return absl::InvalidArgumentError(StrCat(
          "coordinated shutdown: phases depend on each other in a circle: ", CircleAmong(phases)));
    }
    sorted.push_back(std::move(phases[next]));
    phases.erase(phases.begin() + next);
  }
  return sorted;
}

namespace {

constexpr std::string_view kSection = "actor.coordinated_shutdown";

absl::StatusOr<ShutdownPhase> ReadPhase(const Config& config, ShutdownPhase phase) {
  ConfigReader read(config, StrCat(kSection, ".phases.", phase.name));
  phase.depends_on = read.Strings("depends_on", std::move(phase.depends_on));
  phase.timeout = read.Duration("timeout", phase.timeout,
                                {.min = absl::Milliseconds(1), .max = absl::Hours(24)});
  phase.recover = read.Bool("recover", phase.recover);
  phase.enabled = read.Bool("enabled", phase.enabled);
  return read.Finish(std::move(phase));
}

absl::StatusOr<std::vector<ShutdownPhase>> ReadPhases(const Config& config,
                                                      std::vector<ShutdownPhase> phases,
                                                      absl::Duration new_timeout) {
  ConfigReader read(config, StrCat(kSection, ".phases"));
  for (const std::string& name : read.ChildSections()) {
    int place = FindPhase(phases, name);
    if (place < 0) {
      place = static_cast<int>(phases.size());
      phases.push_back({.name = name, .timeout = new_timeout});
    }
    phases[place] = read.Take(ReadPhase(config, phases[place]), phases[place]);
  }
  return read.Finish(std::move(phases));
}

absl::StatusOr<std::map<std::string, int>> ReadExitCodes(const Config& config) {
  std::map<std::string, int> codes;
  ConfigReader read(config, StrCat(kSection, ".exit_codes"));
  for (const std::string& reason : read.KeysBelow()) {
    codes[reason] = static_cast<int>(read.Int(reason, 0, {.min = -1, .max = 255}));
  }
  return read.Finish(std::move(codes));
}

}  // namespace

absl::StatusOr<CoordinatedShutdownSettings> CoordinatedShutdownSettings::FromConfig(
    const Config& config) {
  CoordinatedShutdownSettings s;
  ConfigReader read(config, kSection);
  s.terminate_actor_system = read.Bool("terminate_actor_system", s.terminate_actor_system);
  s.run_by_terminate = read.Bool("run_by_terminate", s.run_by_terminate);
  absl::Duration timeout = read.Duration("default_phase_timeout", kDefaultPhaseTimeout,
                                         {.min = absl::Milliseconds(1), .max = absl::Hours(24)});
  for (ShutdownPhase& phase : s.phases) {
    if (phase.timeout == kDefaultPhaseTimeout) phase.timeout = timeout;
  }
  s.exit_codes = read.Take<std::map<std::string, int>>(ReadExitCodes(config), {});
  s.phases = read.Take(ReadPhases(config, s.phases, timeout), s.phases);
  SAMPO_RETURN_IF_ERROR(read.Finish());
  // A circle is found when the program starts, not when it ends.
  SAMPO_RETURN_IF_ERROR(SortShutdownPhases(s.phases).status());
  return s;
}

}  // namespace sampo
