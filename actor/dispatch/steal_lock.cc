// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/dispatch/steal_lock.h"

#include <linux/membarrier.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sampo/actor/base/check.h"
#include "sampo/actor/dispatch/spin_lock.h"

namespace sampo {
namespace {

// The owner is inside for a few nanoseconds unless it lost its core there; then spinning on would
// only keep the core from it. Chosen, not measured.
constexpr int kSpinsBeforeYield = 1000;

bool Register() {
  long commands = syscall(SYS_membarrier, MEMBARRIER_CMD_QUERY, 0, 0);
  if (commands < 0 || (commands & MEMBARRIER_CMD_PRIVATE_EXPEDITED) == 0) return false;
  return syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0) == 0;
}

// A full fence in every thread of this process that is running now. Those that are not running
// have had one when they left their core.
void FenceEverywhere() {
  long result = syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0);
  SAMPO_CHECK(result == 0, "membarrier failed although it was registered");
}

}  // namespace

bool StealLock::CanBeBiased() {
  static const bool registered = kThreadSanitizer || Register();
  return registered;
}

void StealLock::LockAsOwnerSlowly() {
  // Release: partner is the thief's acquire load in LockAsThief. Nothing was touched inside, but
  // the thief must stop waiting before this thread waits for the thief.
  owner_inside_.store(false, std::memory_order_release);
  mutex_.lock();
}

void StealLock::LockAsThief() {
  mutex_.lock();
  if (!biased_) return;  // locked_ is true for ever: the owner is, or will be, at the mutex
  locked_.store(true);
  if constexpr (!kThreadSanitizer) FenceEverywhere();
  // Sequentially consistent under ThreadSanitizer's variant; as an acquire its partner is the
  // owner's release store of false.
  for (int spins = 0; owner_inside_.load(); ++spins) {
    if (spins < kSpinsBeforeYield) {
      CpuRelax();
    } else {
      sched_yield();
    }
  }
}

void StealLock::UnlockAsThief() {
  // Release: partner is the owner's acquire load in EnterAsOwner.
  if (biased_) locked_.store(false, std::memory_order_release);
  mutex_.unlock();
}

}  // namespace sampo
