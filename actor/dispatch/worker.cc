// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/dispatch/worker.h"

#include <utility>

#include "sampo/actor/base/block_pool.h"
#include "sampo/actor/base/clock.h"
#include "sampo/actor/dispatch/dispatcher.h"
#include "sampo/actor/dispatch/spin_lock.h"
#include "sampo/actor/dispatch/steal_policy.h"
#include "sampo/actor/dispatch/worker_pool.h"

namespace sampo {
namespace {

// Pauses between two looks at the injection queue, about 0.5 us: each look takes the line away from
// whoever is pushing (130 ns for each of the two). Chosen, not measured.
constexpr int kPausesBetweenLooks = 32;

}  // namespace

void Worker::Main() {
  meter_.AttachToThisThread();
  sightings_.reserve(pool_->regular_count());  // now, so that a search allocates nothing
  current_worker = {pool_->dispatcher(), &queues_};
  Turn turn{pool_->dispatcher(), pool_->throughput(), &slice_over_};
  while (Runnable* runnable = Next()) {
    running_.store(runnable, std::memory_order_relaxed);
    turn.messages_max = pool_->throughput();
    if (runnable->run(runnable, turn)) queues_.PushBack(runnable);
  }
  running_.store(nullptr, std::memory_order_relaxed);
  current_worker = {};
  Leave();
}

inline Runnable* Worker::Next() {
  // Not an atomic addition: this thread is the only writer.
  int64_t turns = turns_.load(std::memory_order_relaxed) + 1;
  turns_.store(turns, std::memory_order_relaxed);
  bool look = static_cast<uint64_t>(turns) % kTurnsBetweenLooks == 0 ||
              slice_over_.load(std::memory_order_relaxed);
  if (look && !LooksAround()) [[unlikely]]
    return nullptr;
  Runnable* own = queues_.Pop();
  return own != nullptr ? own : FindWork();
}

// What is not looked at every turn. False: the thread must end.
bool Worker::LooksAround() {
  slice_over_.store(false, std::memory_order_relaxed);
  if (!KeepsRunning()) return false;
  if (pool_->injected_size() > 0) TakeInjected();
  ShareIfOthersSleep();
  return true;
}

// A long queue and workers that sleep: half goes where the one that wakes up will look. The monitor
// would see to it too, but only after a tick, when a burst of half a millisecond is over.
void Worker::ShareIfOthersSleep() {
  int64_t waiting = queues_.waiting();
  if (waiting < kQueueWorthSharing || pool_->sleeper_count() == 0) {
    own_.nanos = 0;
    return;
  }
  Sighting now{turns(), Clock::Real().NowNanos()};
  Sighting last = std::exchange(own_, now);
  if (last.nanos == 0) return;
  StealView view{waiting, now.turns - last.turns, now.nanos - last.nanos};
  if (DecideSteal(view, kWakeWaitNanos) != StealAmount::kHalf) return;
  RunList half = queues_.GiveHalf(kStealCountMax);
  pool_->Inject(half);
}

bool Worker::KeepsRunning() const {
  // Acquire: partner is the release store in Retire.
  return !pool_->stopping() && !retire_.load(std::memory_order_acquire);
}

bool Worker::TakeInjected() {
  RunList batch = pool_->TakeInjected();
  if (batch.empty()) return false;
  queues_.Append(batch);
  return true;
}

// The own queues are empty. Null: the thread must end.
Runnable* Worker::FindWork() {
  running_.store(nullptr, std::memory_order_relaxed);
  Runnable* found = SearchOrPark();
  // The monitor, which may have slept meanwhile, must not take the coming turn for the one that it
  // saw before the search.
  turns_.store(turns() + 1, std::memory_order_relaxed);
  return found;
}

Runnable* Worker::SearchOrPark() {
  if (pool_->injected_size() > 0 && KeepsRunning() && TakeInjected()) return queues_.Pop();
  bool searching = pool_->BeginSearch();
  while (KeepsRunning()) {
    if (searching) {
      Runnable* found = Search(pool_->spin_nanos());
      if (found != nullptr) {
        pool_->EndSearch();
        return found;
      }
      if (!KeepsRunning()) break;
    }
    RestBlockPool();  // blocks of other threads must not sleep with this one
    RunList batch = pool_->PrepareToPark(this, searching);
    if (!batch.empty()) {
      queues_.Append(batch);
      return queues_.Pop();
    }
    parking_spot_.Park();
    pool_->AfterPark();
    searching = true;  // AfterPark has counted it
  }
  if (searching) pool_->EndSearch();
  return nullptr;
}

// Looks for work in other places until `spin_nanos` are over; at least once.
Runnable* Worker::Search(int64_t spin_nanos) {
  const Clock& clock = Clock::Real();
  int64_t start = clock.NowNanos();
  ForgetSightings(start);
  for (int64_t now = start;;) {
    if (pool_->injected_size() > 0 && TakeInjected()) return queues_.Pop();
    if (TrySteal(now)) return queues_.Pop();
    if (!KeepsRunning() || pool_->draining()) return nullptr;
    for (int i = 0; i < kPausesBetweenLooks; ++i) CpuRelax();
    now = clock.NowNanos();
    if (now - start >= spin_nanos) return nullptr;
  }
}

void Worker::ForgetSightings(int64_t now_nanos) {
  sightings_.resize(pool_->worker_count());
  for (int i = 0; i < static_cast<int>(sightings_.size()); ++i) {
    sightings_[i] = {pool_->worker(i).turns(), now_nanos};
  }
}

bool Worker::TrySteal(int64_t now_nanos) {
  int count = static_cast<int>(sightings_.size());
  for (int step = 1; step < count; ++step) {
    int victim_index = (index_ + step) % count;  // everybody starts elsewhere
    if (victim_index == index_) continue;
    Sighting& sighting = sightings_[victim_index];
    // Looked at no more often than a decision can change: each look costs the victim a line.
    if (now_nanos - sighting.nanos < kStealWaitNanos) continue;
    Worker& victim = pool_->worker(victim_index);
    int64_t turns = victim.turns();
    StealView view{victim.queues().waiting(), turns - sighting.turns, now_nanos - sighting.nanos};
    StealAmount amount = DecideSteal(view, kStealWaitNanos);
    if (turns != sighting.turns) sighting = {turns, now_nanos};
    if (amount == StealAmount::kNone) continue;
    RunList stolen = amount == StealAmount::kAll ? victim.queues().StealAll()
                                                 : victim.queues().StealHalf(kStealCountMax);
    if (stolen.empty()) continue;
    queues_.Append(stolen);
    return true;
  }
  return false;
}

// The thread's last acts. Nobody but this thread pushes to its queues, so they stay empty.
void Worker::Leave() {
  RunList rest = queues_.StealAll();
  pool_->WorkerLeaves(this, rest);
}

void Worker::Reset() {
  thread_ = std::thread();
  retire_.store(false, std::memory_order_relaxed);  // the thread's start brings the order
  slice_over_.store(false, std::memory_order_relaxed);
  ended_.store(false, std::memory_order_relaxed);
  SetBusySince(0);
}

}  // namespace sampo
