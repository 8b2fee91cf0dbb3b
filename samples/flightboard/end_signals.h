// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// EndSignals: Ctrl-C and SIGTERM run the coordinated shutdown, and the program learns which of them
// it was, for its exit code: 128 + the signal, as shells show it.
//
// The library's hooks do the work (sampo/actor/shutdown_signals.h); this stands in front of them
// and notes the signal. A signal that comes before Install waits for it, as SignalsHeld was there.
// Threads: those of main. Lifetime: as the hooks: declare it after the system.
//
//   SignalsHeld held;
//   ActorSystem<Command> system(...);
//   absl::StatusOr<EndSignals> signals = EndSignals::Install(CoordinatedShutdown::Of(system));
//   held.Release();
//   ...
//   if (EndSignals::Received() != 0) return 128 + EndSignals::Received();
#ifndef SAMPO_SAMPLES_FLIGHTBOARD_END_SIGNALS_H_
#define SAMPO_SAMPLES_FLIGHTBOARD_END_SIGNALS_H_

#include <csignal>

#include "absl/status/statusor.h"
#include "sampo/actor/coordinated_shutdown.h"
#include "sampo/actor/shutdown_signals.h"

namespace flightboard {

// SIGINT and SIGTERM wait until Release or the destructor. Threads that are started meanwhile do
// not take signals at all, which leaves them to the main thread.
class SignalsHeld {
 public:
  SignalsHeld();
  ~SignalsHeld() { Release(); }
  SignalsHeld(const SignalsHeld&) = delete;
  SignalsHeld& operator=(const SignalsHeld&) = delete;

  void Release();

 private:
  bool held_ = true;
  sigset_t before_;
};

class EndSignals {
 public:
  // Errors: those of InstallSignalHooks.
  static absl::StatusOr<EndSignals> Install(sampo::CoordinatedShutdown& shutdown);

  // The first signal since Install; 0: none.
  static int Received();

 private:
  explicit EndSignals(sampo::ShutdownSignalHooks hooks) : hooks_(std::move(hooks)) {}

  sampo::ShutdownSignalHooks hooks_;
};

}  // namespace flightboard

#endif  // SAMPO_SAMPLES_FLIGHTBOARD_END_SIGNALS_H_
