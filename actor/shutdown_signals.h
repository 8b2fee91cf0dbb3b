// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// ShutdownSignalHooks: SIGTERM and SIGINT run the coordinated shutdown of a system.
//
// Why an own object: signals belong to the process, not to a system, so a process has one owner of
// them at a time, and main decides who that is. While it lives, the signals' former handlers are
// out of use; its destructor puts them back. The handler itself only writes one byte into a pipe
// (two file descriptors, kept until the process ends); a thread of this object does the rest.
// A second signal while the shutdown runs ends the process at once with 128 + signal, as a shell
// shows a killed process: the user at the keyboard has the last word.
// Threads: install and destroy from any, but not from a callback of the shutdown's future.
// Lifetime: to be destroyed before the system; declare it after the system.
//
//   ActorSystem<Command> system(Guardian(), "shop");
//   CoordinatedShutdown& shutdown = CoordinatedShutdown::Of(system);
//   absl::StatusOr<ShutdownSignalHooks> hooks = InstallSignalHooks(shutdown);
//   system.AwaitTermination(absl::InfiniteDuration()).IgnoreError();
//   return shutdown.ExitCode();
#ifndef SAMPO_ACTOR_SHUTDOWN_SIGNALS_H_
#define SAMPO_ACTOR_SHUTDOWN_SIGNALS_H_

#include <csignal>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "sampo/actor/coordinated_shutdown.h"

namespace sampo {

struct ShutdownSignalOptions {
  std::vector<int> signals = {SIGTERM, SIGINT};
  // Whether a second signal ends the process at once.
  bool exit_on_second = true;
};

class ShutdownSignalHooks {
 public:
  ShutdownSignalHooks(ShutdownSignalHooks&&) noexcept;
  ShutdownSignalHooks& operator=(ShutdownSignalHooks&&) noexcept;
  // Puts the former handlers back and ends the thread.
  ~ShutdownSignalHooks();

 private:
  friend absl::StatusOr<ShutdownSignalHooks> InstallSignalHooks(CoordinatedShutdown& shutdown,
                                                                ShutdownSignalOptions options);
  class Owner;
  explicit ShutdownSignalHooks(std::unique_ptr<Owner> owner);
  std::unique_ptr<Owner> owner_;
};

// From now on a signal runs `shutdown` with ShutdownReason::ProcessSignal. FAILED_PRECONDITION:
// there are hooks already. INVALID_ARGUMENT: a signal that can't be caught. RESOURCE_EXHAUSTED: no
// file descriptors left.
absl::StatusOr<ShutdownSignalHooks> InstallSignalHooks(CoordinatedShutdown& shutdown,
                                                       ShutdownSignalOptions options = {});

}  // namespace sampo

#endif  // SAMPO_ACTOR_SHUTDOWN_SIGNALS_H_
