// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/samples/flightboard/end_signals.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <string_view>
#include <utility>

namespace flightboard {
namespace {

constexpr std::array<int, 2> kSignals = {SIGINT, SIGTERM};
constexpr std::string_view kLate =
    "flightboard: the shutdown takes too long and is left where it is; what was acknowledged is on "
    "the disk\n";

std::atomic<int> received = 0;
static_assert(std::atomic<int>::is_always_lock_free, "written by a signal handler");

// What the library's hooks registered; written before the handler below is in place.
struct sigaction hooks_action;

void OnSignal(int signal) {
  const int saved = errno;
  int none = 0;
  if (received.compare_exchange_strong(none, signal)) alarm(kEndSeconds);
  hooks_action.sa_handler(signal);
  errno = saved;
}

void OnDeadline(int) {
  // Nobody is left to tell where standard error fails.
  [[maybe_unused]] const ssize_t written = write(STDERR_FILENO, kLate.data(), kLate.size());
  _exit(kKilledBySignal + received.load());
}

sigset_t TakenSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : kSignals) sigaddset(&signals, signal);
  sigaddset(&signals, SIGALRM);
  return signals;
}

}  // namespace

SignalThread::SignalThread() {
  const sigset_t signals = TakenSignals();
  pthread_sigmask(SIG_BLOCK, &signals, &before_);
}

SignalThread::~SignalThread() {
  if (thread_.joinable()) {
    eventfd_write(stop_fd_, 1);
    thread_.join();
    close(stop_fd_);
  }
  pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

absl::Status SignalThread::TakeSignals() {
  stop_fd_ = eventfd(0, EFD_CLOEXEC);
  if (stop_fd_ < 0) return absl::ResourceExhaustedError("signals: no file descriptor is left");
  thread_ = std::thread([stop_fd = stop_fd_] {
    const sigset_t signals = TakenSignals();
    pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
    pollfd stop{.fd = stop_fd, .events = POLLIN, .revents = 0};
    while (poll(&stop, 1, -1) < 0 && errno == EINTR) {
    }
  });
  return absl::OkStatus();
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
  struct sigaction deadline = {};
  deadline.sa_handler = &OnDeadline;
  sigemptyset(&deadline.sa_mask);
  sigaction(SIGALRM, &deadline, nullptr);
  return EndSignals(*std::move(hooks));
}

int EndSignals::Received() { return received.load(); }

}  // namespace flightboard
