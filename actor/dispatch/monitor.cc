// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/dispatch/monitor.h"

#include <algorithm>

#include "sampo/actor/base/clock.h"
#include "sampo/actor/dispatch/thread_name.h"
#include "sampo/actor/dispatch/worker.h"
#include "sampo/actor/dispatch/worker_pool.h"

namespace sampo {

Monitor::Monitor(WorkerPool* pool)
    : pool_(pool),
      slice_nanos_(absl::ToInt64Nanoseconds(pool->settings().time_slice)),
      blocked_nanos_(absl::ToInt64Nanoseconds(pool->settings().blocked_after)) {}

void Monitor::Start() {
  thread_ = std::thread([this] {
    NameThisThread(pool_->settings().name + "-mon");
    Main();
  });
}

void Monitor::Stop() {
  stop_.store(true, std::memory_order_release);  // partner: the loads in Main
  parking_spot_.Unpark();
  if (thread_.joinable()) thread_.join();
}

void Monitor::Nudge() { parking_spot_.Unpark(); }

void Monitor::Main() {
  // Now, so that a tick allocates nothing as long as there are no spares.
  sightings_.reserve(pool_->regular_count());
  blocked_.reserve(pool_->regular_count());
  while (!stop_.load(std::memory_order_acquire)) {  // partner: Stop
    if (NothingToWatch()) {
      parking_spot_.Park();
      idle_ticks_ = 0;
    } else {
      parking_spot_.ParkFor(quiet_ ? kQuietTickNanos : kTickNanos);
    }
    if (stop_.load(std::memory_order_acquire)) return;  // partner: Stop
    Tick(Clock::Real().NowNanos());
  }
}

// True: this thread must sleep until it is nudged.
bool Monitor::NothingToWatch() {
  idle_ticks_ = pool_->IsAsleep() ? idle_ticks_ + 1 : 0;
  return idle_ticks_ > kIdleTicksBeforePark && pool_->PrepareToParkMonitor();
}

void Monitor::Tick(int64_t now_nanos) {
  Tally tally;
  blocked_.clear();
  int count = pool_->worker_count();
  if (static_cast<int>(sightings_.size()) < count) sightings_.resize(count);
  for (int i = 0; i < count; ++i) {
    Worker& worker = pool_->worker(i);
    if (worker.ended()) continue;
    ++tally.alive;
    Move(worker, Look(worker, now_nanos, tally));
  }
  pool_->WakeForInjected();
  AdjustSpares(tally);
}

StealAmount Monitor::Look(Worker& worker, int64_t now_nanos, Tally& tally) {
  Sighting& last = sightings_[worker.index()];
  const Runnable* running = worker.running();
  int64_t turns = worker.turns() - last.turns;
  int64_t elapsed = now_nanos - last.seen_nanos;
  last.turns += turns;
  last.seen_nanos = now_nanos;
  if (running == nullptr || turns != 0) {
    last.turn_since_nanos = now_nanos;
    last.cpu_nanos = -1;
    last.blocked = false;
    worker.SetBusySince(0);
    // A worker without a turn is about to take from its queues by itself.
    if (running == nullptr) return StealAmount::kNone;
    return DecideSteal({worker.queues().waiting(), turns, elapsed}, kWakeWaitNanos);
  }
  int64_t age = now_nanos - last.turn_since_nanos;
  worker.SetBusySince(last.turn_since_nanos);
  if (age >= slice_nanos_) worker.EndSlice();
  if (IsBlocked(worker, last, age)) {
    ++tally.blocked;
    if (worker.index() < pool_->regular_count()) ++tally.regular_blocked;
    blocked_.push_back(running);
  }
  return DecideSteal({worker.queues().waiting(), 0, age}, kWakeWaitNanos);
}

// Whether a turn that was first seen so long ago holds its worker up: it sleeps, or it has used all
// that time itself. A thread that is ready to run may just have lost its core to another process,
// and that is no reason for a spare, which would wait for the same core.
bool Monitor::IsBlocked(const Worker& worker, Sighting& last, int64_t age_nanos) const {
  if (last.blocked) return true;
  if (last.cpu_nanos < 0) last.cpu_nanos = worker.meter().CpuNanos();
  if (age_nanos < blocked_nanos_) return false;
  last.blocked =
      !worker.meter().IsReady() || worker.meter().CpuNanos() - last.cpu_nanos >= blocked_nanos_;
  return last.blocked;
}

void Monitor::Move(Worker& worker, StealAmount amount) {
  if (amount == StealAmount::kNone) return;
  // Half is moved for the sake of those who have nothing to do.
  if (amount == StealAmount::kHalf && pool_->sleeper_count() == 0) return;
  pool_->BeginMove();
  RunList moved = amount == StealAmount::kAll ? worker.queues().StealAll()
                                              : worker.queues().StealHalf(kStealCountMax);
  pool_->EndMove(moved);
}

void Monitor::AdjustSpares(const Tally& tally) {
  pool_->JoinEndedSpares();
  int64_t waiting = pool_->injected_size();
  bool all_blocked = tally.alive > 0 && tally.blocked == tally.alive;
  // Sleepers need no watching: whoever gives them work wakes them.
  quiet_ =
      waiting == 0 && tally.blocked > 0 && tally.blocked + pool_->sleeper_count() == tally.alive;
  if (all_blocked && waiting > 0) {
    // Twice as many each time: one by one would take 64 times blocked_after to come to the bound.
    int64_t wanted = std::min<int64_t>(waiting, std::max(1, pool_->spare_count()));
    int added = pool_->AddSpares(static_cast<int>(wanted));
    bool news = added > 0 || !starving_;
    starving_ = true;
    if (news && pool_->settings().on_starvation) pool_->settings().on_starvation(blocked_);
  } else {
    starving_ = false;
  }
  free_ticks_ = tally.regular_blocked == 0 ? free_ticks_ + 1 : 0;
  if (pool_->spare_count() > 0 && free_ticks_ > kFreeTicksBeforeRetire) {
    pool_->RetireSpares(pool_->spare_count());
  }
}

}  // namespace sampo
