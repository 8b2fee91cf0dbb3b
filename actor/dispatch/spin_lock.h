// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// SpinLock: for critical sections of a few plain instructions that many threads share.
//
// Why: a push from outside must cost one atomic operation, and must never sleep in a std::mutex
// because a worker was taking a batch in that nanosecond (waking up costs 50 us here).
// Threads: any. Hold it for tens of nanoseconds, never across a system call or user code. After
// a short spin it yields, so a holder that lost its core gets it back.
//
//   std::lock_guard<SpinLock> hold(lock);
#ifndef SAMPO_ACTOR_DISPATCH_SPIN_LOCK_H_
#define SAMPO_ACTOR_DISPATCH_SPIN_LOCK_H_

#include <sched.h>

#include <atomic>

namespace sampo {

// Tells the core that this is a spin loop (x86 pause: about 40 cycles on Zen 4).
inline void CpuRelax() {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield" ::: "memory");
#endif
}

class SpinLock {
 public:
  SpinLock() = default;
  SpinLock(const SpinLock&) = delete;
  SpinLock& operator=(const SpinLock&) = delete;

  // The standard library's names, so that std::lock_guard takes it.
  bool try_lock() {
    // Acquire: partner is the release store in unlock.
    return !held_.exchange(true, std::memory_order_acquire);
  }
  void lock() {
    if (!try_lock()) [[unlikely]]
      LockSlowly();
  }
  void unlock() { held_.store(false, std::memory_order_release); }  // partner: try_lock

 private:
  // About 2 us of looking on before the core is given up. Chosen, not measured.
  static constexpr int kSpinsBeforeYield = 128;

  void LockSlowly() {
    for (int spins = 0;; ++spins) {
      // Relaxed: only a hint that try_lock may succeed; try_lock brings the order.
      if (!held_.load(std::memory_order_relaxed) && try_lock()) return;
      if (spins < kSpinsBeforeYield) {
        CpuRelax();
      } else {
        sched_yield();
      }
    }
  }

  std::atomic<bool> held_{false};
};

}  // namespace sampo

#endif  // SAMPO_ACTOR_DISPATCH_SPIN_LOCK_H_
