// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/dispatch/work_stealing_dispatcher.h"

#include <utility>

#include "sampo/actor/base/check.h"
#include "sampo/actor/dispatch/worker_pool.h"

namespace sampo {

WorkStealingDispatcher::WorkStealingDispatcher(DispatcherSettings settings)
    : Dispatcher(settings.name), pool_(std::make_unique<WorkerPool>(this, std::move(settings))) {
  pool_->Start();
}

WorkStealingDispatcher::~WorkStealingDispatcher() {
  int stuck = Shutdown(absl::ZeroDuration());
  SAMPO_CHECK(stuck == 0, "a dispatcher was destroyed while user code runs on it");
}

void WorkStealingDispatcher::ExecuteFromOutside(Runnable* runnable) {
  pool_->PushFromOutside(runnable);
}

int WorkStealingDispatcher::Shutdown(absl::Duration timeout) {
  SAMPO_CHECK(current_worker.dispatcher != this, "Shutdown from one of the dispatcher's workers");
  std::lock_guard<std::mutex> hold(shutdown_mutex_);
  if (!stuck_.has_value()) stuck_ = pool_->Shutdown(timeout);
  return *stuck_;
}

std::vector<WorkerSnapshot> WorkStealingDispatcher::Describe() const {
  std::vector<WorkerSnapshot> snapshots;
  int count = pool_->worker_count();
  for (int i = 0; i < count; ++i) {
    const Worker& worker = pool_->worker(i);
    if (worker.ended()) continue;
    snapshots.push_back(
        {worker.running(), worker.busy_since_nanos(), worker.queues().waiting(), worker.index()});
  }
  return snapshots;
}

int WorkStealingDispatcher::spare_count() const {
  return static_cast<int>(Describe().size()) - pool_->regular_count();
}

}  // namespace sampo
