// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/persistence/recovery_permits.h"

#include <deque>
#include <mutex>
#include <vector>

#include "sampo/actor/base/check.h"

namespace sampo::persistence {

struct RecoveryPermit::State {
  std::mutex mutex;
  int max;                                      // guarded by mutex
  int in_use = 0;                               // guarded by mutex
  std::deque<Promise<RecoveryPermit>> waiting;  // guarded by mutex

  explicit State(int permits) : max(permits) {}

  // Takes as many as there is room for; they are completed without the lock, for their callbacks
  // may give the permit back at once.
  std::vector<Promise<RecoveryPermit>> TakeNext() {  // holding mutex
    std::vector<Promise<RecoveryPermit>> next;
    while (in_use < max && !waiting.empty()) {
      ++in_use;
      next.push_back(std::move(waiting.front()));
      waiting.pop_front();
    }
    return next;
  }
};

RecoveryPermit::~RecoveryPermit() {
  if (state_ == nullptr) return;
  std::vector<Promise<RecoveryPermit>> next;
  {
    const std::lock_guard lock(state_->mutex);
    --state_->in_use;
    next = state_->TakeNext();
  }
  for (Promise<RecoveryPermit>& promise : next) promise.Complete(RecoveryPermit(state_));
}

RecoveryPermits::RecoveryPermits(int permits)
    : state_(std::make_shared<RecoveryPermit::State>(permits)) {}

void RecoveryPermits::SetMax(int permits) {
  SAMPO_CHECK(permits >= 1, "RecoveryPermits: at least one");
  std::vector<Promise<RecoveryPermit>> next;
  {
    const std::lock_guard lock(state_->mutex);
    state_->max = permits;
    next = state_->TakeNext();
  }
  for (Promise<RecoveryPermit>& promise : next) promise.Complete(RecoveryPermit(state_));
}

Future<RecoveryPermit> RecoveryPermits::Acquire() {
  Promise<RecoveryPermit> promise;
  Future<RecoveryPermit> future = promise.future();
  std::vector<Promise<RecoveryPermit>> next;
  {
    const std::lock_guard lock(state_->mutex);
    state_->waiting.push_back(std::move(promise));
    next = state_->TakeNext();
  }
  for (Promise<RecoveryPermit>& each : next) each.Complete(RecoveryPermit(state_));
  return future;
}

int RecoveryPermits::in_use() const {
  const std::lock_guard lock(state_->mutex);
  return state_->in_use;
}

}  // namespace sampo::persistence
