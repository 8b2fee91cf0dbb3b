// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// StealLock: a lock that costs its owner two plain stores and a plain load, and a thief a system
// call.
//
// Why: a worker takes and puts a Runnable for every few messages, a thief comes at most every few
// tens of microseconds. An ordinary lock or a compare-exchange deque would charge the owner 2-5 ns
// for each atomic operation (docs: shared/notes/machines.md), a third of a whole message.
// How: Dekker's protocol in which the thief pays for both fences (Dice, Huang, Yang: Asymmetric
// Dekker Synchronization, 2001), by membarrier(2), which puts a full fence into every running
// thread of the process (344 ns here; the owner is interrupted once).
//
//   owner                              thief
//   owner_inside_ = true               lock mutex_
//   (compiler barrier)                 locked_ = true
//   locked_ ? slow path : operate      membarrier; wait until owner_inside_ is false; operate
//   owner_inside_ = false              locked_ = false; unlock mutex_
//
// Where membarrier is missing the lock is unbiased: locked_ stays true for ever and the owner
// always takes the slow path, the mutex. Under ThreadSanitizer, which does not know membarrier, the
// same code runs with sequentially consistent atomics.
// Threads: exactly one owner at a time; any number of thieves.
//
//   lock.AsOwner([&] { queue.PushBack(runnable); });
//   lock.AsThief([&] { stolen = queue.TakeFront(n); });
#ifndef SAMPO_ACTOR_DISPATCH_STEAL_LOCK_H_
#define SAMPO_ACTOR_DISPATCH_STEAL_LOCK_H_

#include <atomic>
#include <mutex>

namespace sampo {

#if defined(__SANITIZE_THREAD__)
inline constexpr bool kThreadSanitizer = true;
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
inline constexpr bool kThreadSanitizer = true;
#else
inline constexpr bool kThreadSanitizer = false;
#endif
#else
inline constexpr bool kThreadSanitizer = false;
#endif

class StealLock {
 public:
  // True where owners can go without fences. The first call registers the process.
  static bool CanBeBiased();

  explicit StealLock(bool biased = CanBeBiased()) : locked_(!biased), biased_(biased) {}
  StealLock(const StealLock&) = delete;
  StealLock& operator=(const StealLock&) = delete;

  // Runs `operation` with every thief kept out. It must be short and call no user code.
  template <class Operation>
  void AsOwner(Operation operation) {
    if (EnterAsOwner()) [[likely]] {
      operation();
      LeaveAsOwner();
    } else {
      AsOwnerSlowly(operation);
    }
  }
  // The parts of AsOwner, for who wants them in places of their own: true: inside, until
  // LeaveAsOwner; false: a thief is, so AsOwnerSlowly.
  bool EnterAsOwner();
  void LeaveAsOwner() {
    // Release: partner is the thief's acquire load in LockAsThief.
    owner_inside_.store(false, std::memory_order_release);
  }
  template <class Operation>
  void AsOwnerSlowly(Operation operation) {
    LockAsOwnerSlowly();
    operation();
    mutex_.unlock();
  }

  // Runs `operation` with the owner and other thieves kept out.
  template <class Operation>
  void AsThief(Operation operation) {
    LockAsThief();
    operation();
    UnlockAsThief();
  }

 private:
  void LockAsOwnerSlowly();
  void LockAsThief();
  void UnlockAsThief();

  std::atomic<bool> owner_inside_{false};
  std::atomic<bool> locked_;
  const bool biased_;
  std::mutex mutex_;  // held by a thief for the whole of its stay
};

inline bool StealLock::EnterAsOwner() {
  if constexpr (kThreadSanitizer) {
    owner_inside_.store(true);
    return !locked_.load();
  } else {
    // Relaxed with a compiler barrier: the fence between the store and the load is the thief's
    // membarrier, which this thread executes wherever it happens to be.
    owner_inside_.store(true, std::memory_order_relaxed);
    std::atomic_signal_fence(std::memory_order_seq_cst);
    // Acquire: partner is the release store in UnlockAsThief.
    return !locked_.load(std::memory_order_acquire);
  }
}

}  // namespace sampo

#endif  // SAMPO_ACTOR_DISPATCH_STEAL_LOCK_H_
