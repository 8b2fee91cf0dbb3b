// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/shutdown_signals.h"

#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <thread>
#include <utility>

#include "absl/status/status.h"
#include "sampo/actor/base/check.h"
#include "sampo/actor/base/str_cat.h"

namespace sampo {
namespace {

// What ends the thread; no signal has this number.
constexpr unsigned char kStop = 0;

// Exit code of a process that a signal has killed, as shells show it.
constexpr int kKilledBySignal = 128;

// Never closed: a handler that has begun on another thread may still write when the hooks are gone.
std::atomic<int> read_end = -1;
std::atomic<int> write_end = -1;
static_assert(std::atomic<int>::is_always_lock_free, "read by a signal handler");

std::atomic<bool> is_owned = false;

void WriteByte(unsigned char byte) {
  // A full pipe means that thousands of signals wait already: one less changes nothing.
  [[maybe_unused]] ssize_t written = write(write_end.load(std::memory_order_acquire), &byte, 1);
}

void OnSignal(int signal) {
  const int saved = errno;
  WriteByte(static_cast<unsigned char>(signal));
  errno = saved;
}

absl::Status MakePipe() {
  if (read_end.load() >= 0) {
    // What a handler wrote after the former owner's thread had ended.
    fcntl(read_end.load(), F_SETFL, O_NONBLOCK);
    unsigned char late[64];
    while (read(read_end.load(), late, sizeof(late)) > 0) {
    }
    fcntl(read_end.load(), F_SETFL, 0);
    return absl::OkStatus();
  }
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) {
    return absl::ResourceExhaustedError(StrCat("signal hooks: pipe: ", std::strerror(errno)));
  }
  fcntl(ends[1], F_SETFL, O_NONBLOCK);  // a handler must never wait
  read_end.store(ends[0]);
  write_end.store(ends[1], std::memory_order_release);  // pairs with WriteByte
  return absl::OkStatus();
}

}  // namespace

class ShutdownSignalHooks::Owner {
 public:
  Owner(CoordinatedShutdown& shutdown, bool exit_on_second)
      : shutdown_(shutdown), exit_on_second_(exit_on_second) {}

  ~Owner() {
    for (const Former& former : former_) sigaction(former.signal, &former.action, nullptr);
    if (thread_.joinable()) {
      SAMPO_CHECK(thread_.get_id() != std::this_thread::get_id(),
                  "signal hooks were destroyed by a callback of the shutdown they run");
      WriteByte(kStop);
      thread_.join();
    }
    is_owned.store(false);
  }

  absl::Status Start(const std::vector<int>& signals) {
    if (absl::Status made = MakePipe(); !made.ok()) return made;
    thread_ = std::thread([this] { Main(); });
    struct sigaction action = {};
    action.sa_handler = &OnSignal;
    action.sa_flags = SA_RESTART;
    sigemptyset(&action.sa_mask);
    for (int signal : signals) {
      Former former{signal, {}};
      if (sigaction(signal, &action, &former.action) != 0) {
        return absl::InvalidArgumentError(
            StrCat("signal hooks: signal ", signal, ": ", std::strerror(errno)));
      }
      former_.push_back(former);
    }
    return absl::OkStatus();
  }

 private:
  struct Former {
    int signal;
    struct sigaction action;
  };

  void Main() {
    pthread_setname_np(pthread_self(), "signals");
    for (int seen = 0;;) {
      unsigned char byte = kStop;
      const ssize_t count = read(read_end.load(), &byte, 1);
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0 || byte == kStop) return;
      if (++seen > 1 && exit_on_second_) _exit(kKilledBySignal + byte);
      // Its future is kept by whoever wants it; the result is in the log.
      shutdown_.Run(ShutdownReason::ProcessSignal());
    }
  }

  CoordinatedShutdown& shutdown_;
  const bool exit_on_second_;
  std::vector<Former> former_;
  std::thread thread_;
};

ShutdownSignalHooks::ShutdownSignalHooks(std::unique_ptr<Owner> owner) : owner_(std::move(owner)) {}
ShutdownSignalHooks::ShutdownSignalHooks(ShutdownSignalHooks&&) noexcept = default;
ShutdownSignalHooks& ShutdownSignalHooks::operator=(ShutdownSignalHooks&&) noexcept = default;
ShutdownSignalHooks::~ShutdownSignalHooks() = default;

absl::StatusOr<ShutdownSignalHooks> InstallSignalHooks(CoordinatedShutdown& shutdown,
                                                       ShutdownSignalOptions options) {
  if (is_owned.exchange(true)) {
    return absl::FailedPreconditionError(
        "signal hooks: this process has some already; signals have one owner at a time");
  }
  auto owner = std::make_unique<ShutdownSignalHooks::Owner>(shutdown, options.exit_on_second);
  if (absl::Status started = owner->Start(options.signals); !started.ok()) return started;
  return ShutdownSignalHooks(std::move(owner));
}

}  // namespace sampo
