// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/samples/flightboard/end_signals.h"

#include <array>
#include <atomic>
#include <cerrno>
#include <utility>

namespace flightboard {
namespace {

constexpr std::array<int, 2> kSignals = {SIGINT, SIGTERM};

std::atomic<int> received = 0;
static_assert(std::atomic<int>::is_always_lock_free, "written by a signal handler");

// What the library's hooks registered; written before the handler below is in place.
struct sigaction hooks_action;

void OnSignal(int signal) {
  const int saved = errno;
  int none = 0;
  received.compare_exchange_strong(none, signal);
  hooks_action.sa_handler(signal);
  errno = saved;
}

}  // namespace

SignalsHeld::SignalsHeld() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : kSignals) sigaddset(&signals, signal);
  pthread_sigmask(SIG_BLOCK, &signals, &before_);
}

void SignalsHeld::Release() {
  if (std::exchange(held_, false)) pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

absl::StatusOr<EndSignals> EndSignals::Install(sampo::CoordinatedShutdown& shutdown) {
  absl::StatusOr<sampo::ShutdownSignalHooks> hooks = sampo::InstallSignalHooks(shutdown);
  if (!hooks.ok()) return hooks.status();
  received.store(0);
  // Both signals have the same handler. The hooks' end puts back what was before them, and so takes
  // this one away, too.
  sigaction(kSignals[0], nullptr, &hooks_action);
  struct sigaction action = hooks_action;
  action.sa_handler = &OnSignal;
  for (const int signal : kSignals) sigaction(signal, &action, nullptr);
  return EndSignals(*std::move(hooks));
}

int EndSignals::Received() { return received.load(); }

}  // namespace flightboard
