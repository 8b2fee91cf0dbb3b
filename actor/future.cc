// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/future.h"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <climits>
#include <cstdio>
#include <exception>
#include <new>
#include <string>

#include "sampo/actor/base/clock.h"

namespace sampo {

thread_local constinit AwaitHook await_hook;

namespace internal {
namespace {

// How long Await looks on before it sleeps: the wake-up of a sleeper costs about 50 us here.
// Chosen, not measured.
constexpr int64_t kSpinNanos = 100'000;

// Callbacks that complete other futures, which run their callbacks inside, nest. Beyond this depth
// they are put off until the outermost is done, so that a long chain needs no deep stack: about
// 0.5 KiB a level. Chosen, not measured.
constexpr int kDepthMax = 64;

struct CallbackStack {
  int depth = 0;
  FutureStateBase* first = nullptr;  // runs that were put off, oldest first
  FutureStateBase* last = nullptr;
};
thread_local constinit CallbackStack callback_stack;

// The kernel sees the word as a plain integer.
static_assert(sizeof(std::atomic<uint32_t>) == sizeof(uint32_t));

void FutexWait(std::atomic<uint32_t>& word, uint32_t expected, int64_t nanos) {
#if defined(SAMPO_TSAN)
  // TSan keeps a signal until its thread calls something that TSan knows, which this call is not:
  // a main thread that awaits its system would never take a SIGTERM.
  constexpr int64_t kSignalsWaitNanos = 50'000'000;
  nanos = nanos == kNeverNanos ? kSignalsWaitNanos : std::min(nanos, kSignalsWaitNanos);
#endif
  timespec relative{static_cast<time_t>(nanos / 1'000'000'000),
                    static_cast<long>(nanos % 1'000'000'000)};
  // Returns early for many reasons; the caller looks again.
  syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, expected,
          nanos == kNeverNanos ? nullptr : &relative, nullptr, 0);
}

void FutexWakeAll(std::atomic<uint32_t>& word) {
  syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, INT_MAX, nullptr, nullptr, 0);
}

void Relax() {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#endif
}

}  // namespace

void FutureStateBase::Publish() {
  // acq_rel: releases the result to IsComplete and Push; acquires the nodes that Push linked.
  Node* newest = head_.exchange(CompleteMark(), std::memory_order_acq_rel);
  // acq_rel: pairs with the acquire loads in WaitUntil and with its mark for us to wake it.
  if (waiting_.exchange(kDone, std::memory_order_acq_rel) == kSomebodyWaits) {
    FutexWakeAll(waiting_);
  }
  Node* first = nullptr;
  while (newest != nullptr) {
    Node* next = newest->next;
    newest->next = first;
    first = newest;
    newest = next;
  }
  if (first != nullptr) RunCallbacks(first);
}

void FutureStateBase::Push(Node* node, bool sole_if_complete) {
  // acquire: pairs with Publish, where it finds the result there.
  Node* head = head_.load(std::memory_order_acquire);
  while (head != CompleteMark()) {
    node->next = head;
    // release: pairs with the exchange in Publish, which reads the node. acquire on failure: as
    // above.
    if (head_.compare_exchange_weak(head, node, std::memory_order_release,
                                    std::memory_order_acquire)) {
      return;
    }
  }
  RunGuarded(node, sole_if_complete);
}

void FutureStateBase::RunCallbacks(Node* first) {
  CallbackStack& stack = callback_stack;
  if (stack.depth >= kDepthMax) {
    Ref();
    deferred_nodes_ = first;
    (stack.first == nullptr ? stack.first : stack.last->next_deferred_) = this;
    stack.last = this;
    return;
  }
  ++stack.depth;
  while (first != nullptr) {
    Node* next = first->next;
    RunGuarded(first, next == nullptr && IsSole());
    first = next;
  }
  // The outermost runs what was put off. It stays at depth 1, so their callbacks nest again.
  while (stack.depth == 1 && stack.first != nullptr) {
    FutureStateBase* state = stack.first;
    stack.first = std::exchange(state->next_deferred_, nullptr);
    state->RunCallbacks(std::exchange(state->deferred_nodes_, nullptr));
    state->Unref();
  }
  --stack.depth;
}

void FutureStateBase::RunGuarded(Node* node, bool sole) {
  try {
    RunNode(node, sole);
  } catch (...) {
    // The completing thread is not the callback's author: other callbacks, and the actor whose turn
    // this may be, must not fail for it. There is no logger here: futures belong to no system.
    const std::string text = StatusOfUserException("OnComplete").ToString();
    std::fprintf(stderr, "sampo: dropped the exception of a callback: %s\n", text.c_str());
  }
}

bool FutureStateBase::WaitUntil(int64_t deadline_nanos) {
  const Clock& clock = Clock::Real();
  const int64_t spin_until = clock.NowNanos() + kSpinNanos;
  while (true) {
    if (IsComplete()) return true;
    const int64_t now = clock.NowNanos();
    if (now >= deadline_nanos) return false;
    if (now < spin_until) {
      Relax();
      continue;
    }
    uint32_t expected = kNobodyWaits;
    // acq_rel, acquire: pair with the exchange in Publish; kDone means that the result is there.
    if (waiting_.compare_exchange_strong(expected, kSomebodyWaits, std::memory_order_acq_rel,
                                         std::memory_order_acquire) ||
        expected == kSomebodyWaits) {
      FutexWait(waiting_, kSomebodyWaits,
                deadline_nanos == kNeverNanos ? kNeverNanos : deadline_nanos - now);
    }
  }
}

namespace {
std::atomic<absl::Status (*)()> await_guard = nullptr;
}  // namespace

void SetAwaitGuard(absl::Status (*guard)()) {
  await_guard.store(guard, std::memory_order_release);  // pairs with AwaitState
}

absl::Status AwaitState(FutureStateBase& state, absl::Duration timeout) {
  // Asked first, also where the result is there already: a wait that only sometimes stops the
  // dispatcher should be refused each time.
  if (await_hook.refuse != nullptr) {
    if (absl::Status refused = await_hook.refuse(); !refused.ok()) return refused;
  }
  if (auto* guard = await_guard.load(std::memory_order_acquire)) {
    if (absl::Status refused = guard(); !refused.ok()) return refused;
  }
  if (state.IsComplete()) return absl::OkStatus();
  if (await_hook.drive != nullptr) {
    await_hook.drive(
        await_hook.driver,
        [](const void* of) { return static_cast<const FutureStateBase*>(of)->IsComplete(); },
        &state, timeout);
    if (state.IsComplete()) return absl::OkStatus();
    return absl::DeadlineExceededError("Await: not complete after " +
                                       absl::FormatDuration(timeout) + " of virtual time");
  }
  const int64_t deadline = DeadlineNanos(Clock::Real().NowNanos(), timeout);
  if (state.WaitUntil(deadline)) return absl::OkStatus();
  return absl::DeadlineExceededError("Await: not complete after " + absl::FormatDuration(timeout));
}

absl::Status PromiseDropped() { return absl::CancelledError("promise dropped"); }

absl::Status StatusOfUserException(const char* where) {
  const std::string prefix = std::string("future: ") + where + " threw ";
  try {
    throw;
  } catch (const absl::BadStatusOrAccess& error) {
    return error.status();
  } catch (const std::bad_alloc& error) {
    return absl::ResourceExhaustedError(prefix + error.what());
  } catch (const std::exception& error) {
    return absl::UnknownError(prefix + error.what());
  } catch (...) {
    return absl::UnknownError(prefix + "an exception that is no std::exception");
  }
}

}  // namespace internal
}  // namespace sampo
