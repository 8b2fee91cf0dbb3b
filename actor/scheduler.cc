// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/scheduler.h"

#include <atomic>
#include <exception>
#include <mutex>
#include <vector>

#include "sampo/actor/base/block_pool.h"
#include "sampo/actor/base/clock.h"
#include "sampo/actor/base/logger_registry.h"
#include "sampo/actor/dispatch/dispatcher.h"
#include "sampo/actor/dispatch/runnable.h"
#include "sampo/actor/dispatch/timer_service.h"
#include "sampo/actor/internal/actor_cell.h"

namespace sampo::internal {

// One call: first an entry of the timers, then a unit of work for the dispatcher.
//
// | count held by | from         | until                                        |
// | the list      | Schedule     | Run, a Cancel in time, or Close              |
// | the handle    | Schedule     | ~Cancellable                                 |
// | the dispatcher| Fire         | Run                                          |
struct DelayedCall : TimerEntry, Runnable {
  explicit DelayedCall(std::shared_ptr<DelayedCalls> in, DelayedCalls::Call function);
  static void* operator new(size_t bytes) { return AllocateBlock(bytes); }
  static void operator delete(void* block, size_t bytes) { FreeBlock(block, bytes); }

  std::atomic<int> references{2};
  std::atomic<bool> claimed{false};  // by whoever calls, or destroys, the function
  DelayedCalls::Call call;
  const std::shared_ptr<DelayedCalls> calls;
  DelayedCall* list_previous = nullptr;  // guarded by the list's mutex, as below
  DelayedCall* list_next = nullptr;
  bool linked = false;
};

struct DelayedCalls::State {
  mutable std::mutex mutex;
  // Guarded by mutex:
  bool closed = false;
  int64_t closed_nanos = 0;
  DelayedCall* first = nullptr;
};

std::shared_ptr<DelayedCalls::State> DelayedCalls::MakeState() { return std::make_shared<State>(); }

void UnrefDelayedCall(DelayedCall* call) {
  // acq_rel: whoever deletes sees what the other holders wrote.
  if (call->references.fetch_sub(1, std::memory_order_acq_rel) == 1) delete call;
}

struct DelayedCallAccess {
  static bool Claim(DelayedCall* call) {
    // acq_rel: the winner sees the function as the scheduling thread wrote it.
    return !call->claimed.exchange(true, std::memory_order_acq_rel);
  }
  static void Link(DelayedCalls::State& state, DelayedCall* call) {
    call->linked = true;
    call->list_next = state.first;
    if (state.first != nullptr) state.first->list_previous = call;
    state.first = call;
  }
  // True: it was in the list, whose count is the caller's now.
  static bool Unlink(DelayedCalls::State& state, DelayedCall* call) {
    if (!std::exchange(call->linked, false)) return false;
    (call->list_previous == nullptr ? state.first : call->list_previous->list_next) =
        call->list_next;
    if (call->list_next != nullptr) call->list_next->list_previous = call->list_previous;
    return true;
  }
  static void UnlinkAndUnref(DelayedCall* call) {
    bool owned = false;
    {
      std::lock_guard guard(call->calls->state_->mutex);
      owned = Unlink(*call->calls->state_, call);
    }
    if (owned) UnrefDelayedCall(call);
  }

  // On the timers' thread, which has better things to do than to run the function.
  static void Fire(TimerEntry* entry) {
    auto* call = static_cast<DelayedCall*>(entry);
    ActorSystemBase& system = *call->calls->system_;   // its timers fire, so it is there
    if (system.WhenTerminated().IsComplete()) return;  // the dispatchers end; Close tells the call
    call->references.fetch_add(1, std::memory_order_relaxed);  // the dispatcher's
    system.DispatcherFor(Props(), nullptr)->Execute(call);
  }
  static bool Run(Runnable* runnable, Turn&) {
    auto* call = static_cast<DelayedCall*>(runnable);
    const bool mine = Claim(call);
    UnlinkAndUnref(call);
    if (mine) {
      TurnScope no_actor(nullptr);  // what the last turn on this thread left behind
      Invoke(call, absl::OkStatus());
    }
    UnrefDelayedCall(call);
    return false;
  }
  static void Invoke(DelayedCall* call, absl::Status status) {
    DelayedCalls::Call function = std::move(call->call);
    const bool system_is_there = status.ok();
    try {
      function(std::move(status));
    } catch (...) {
      if (!system_is_there) return;  // nobody is left to be told
      call->calls->system_->loggers()
          .Get("sampo.actor.scheduler")
          .Error("a scheduled function failed with ",
                 FailureOfCurrentException().status.ToString());
    }
  }
};

DelayedCall::DelayedCall(std::shared_ptr<DelayedCalls> in, DelayedCalls::Call function)
    : TimerEntry(&DelayedCallAccess::Fire),
      Runnable(&DelayedCallAccess::Run),
      call(std::move(function)),
      calls(std::move(in)) {}

DelayedCall* DelayedCalls::Schedule(const std::shared_ptr<DelayedCalls>& calls,
                                    absl::Duration delay, Call call) {
  auto* made = new DelayedCall(calls, std::move(call));
  {
    // Held while the timers get the entry, so that Close finds it there or refuses it here.
    std::lock_guard guard(calls->state_->mutex);
    if (!calls->state_->closed) {
      DelayedCallAccess::Link(*calls->state_, made);
      TimerService& timers = calls->system_->timers();
      timers.Schedule(made, DeadlineNanos(timers.NowNanos(), delay));
      return made;
    }
  }
  DelayedCallAccess::Invoke(made, absl::CancelledError("the actor system has ended"));
  delete made;
  return nullptr;
}

bool DelayedCalls::Cancel(DelayedCall* call) {
  if (!DelayedCallAccess::Claim(call)) return false;
  State& state = *call->calls->state_;
  bool owned = false;
  {
    std::lock_guard guard(state.mutex);
    // Not in the timers any more: Run finds it claimed and lets go of the list's count.
    if (!state.closed && call->calls->system_->timers().Cancel(call)) {
      owned = DelayedCallAccess::Unlink(state, call);
    }
  }
  call->call = {};
  if (owned) UnrefDelayedCall(call);
  return true;
}

int64_t DelayedCalls::NowNanos() const {
  std::lock_guard guard(state_->mutex);
  return state_->closed ? state_->closed_nanos : system_->timers().NowNanos();
}

void DelayedCalls::Close() {
  std::vector<DelayedCall*> pending;
  {
    std::lock_guard guard(state_->mutex);
    if (state_->closed) return;
    state_->closed = true;
    state_->closed_nanos = system_->timers().NowNanos();
    while (DelayedCall* call = state_->first) {
      system_->timers().Cancel(call);
      DelayedCallAccess::Unlink(*state_, call);
      pending.push_back(call);
    }
  }
  for (DelayedCall* call : pending) {
    if (DelayedCallAccess::Claim(call)) {
      DelayedCallAccess::Invoke(call, absl::CancelledError("the actor system has ended"));
    }
    UnrefDelayedCall(call);
  }
}

}  // namespace sampo::internal
