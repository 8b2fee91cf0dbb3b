// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// EndSignals: Ctrl-C and SIGTERM run the coordinated shutdown, and the program learns which of them
// it was, for its exit code: 128 + the signal, as shells show it.
//
// The library's hooks do the work (sampo/actor/shutdown_signals.h); this stands in front of them
// and notes the signal. A signal that comes before Install waits for it, as SignalThread was there.
// Whatever hangs then, kEndSeconds after the signal the process ends with that exit code: what is
// acknowledged is on the disk, so the end needs nobody's help.
// Why a thread for them: no other thread's call is interrupted, and a handler runs at once also
// under ThreadSanitizer, which runs it only at a call of the thread that it knows.
// Threads: those of main. Lifetime: EndSignals as the hooks: declare it after the system. The
// deadline holds until the process ends.
//
//   SignalThread thread;
//   ActorSystem<Command> system(...);
//   absl::StatusOr<EndSignals> signals = EndSignals::Install(CoordinatedShutdown::Of(system));
//   absl::Status takes = thread.TakeSignals();
//   ...
//   if (EndSignals::Received() != 0) return 128 + EndSignals::Received();
#ifndef SAMPO_SAMPLES_FLIGHTBOARD_END_SIGNALS_H_
#define SAMPO_SAMPLES_FLIGHTBOARD_END_SIGNALS_H_

#include <csignal>
#include <thread>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "sampo/actor/coordinated_shutdown.h"
#include "sampo/actor/shutdown_signals.h"

namespace flightboard {

// The program promises to end within 5 seconds of a signal.
inline constexpr unsigned kEndSeconds = 4;
inline constexpr int kKilledBySignal = 128;  // is added to the signal, as shells do

// SIGINT, SIGTERM and the alarm of the deadline wait until TakeSignals or the destructor. Threads
// that are started meanwhile do not take them at all.
class SignalThread {
 public:
  SignalThread();
  // Ends the thread, and lets the calling thread take signals again.
  ~SignalThread();
  SignalThread(const SignalThread&) = delete;
  SignalThread& operator=(const SignalThread&) = delete;

  // From now on a thread of its own takes them. RESOURCE_EXHAUSTED: no file descriptor is left.
  absl::Status TakeSignals();

 private:
  sigset_t before_;
  int stop_fd_ = -1;
  std::thread thread_;
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
