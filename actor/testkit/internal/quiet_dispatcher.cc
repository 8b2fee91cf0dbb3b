// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/testkit/internal/quiet_dispatcher.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "sampo/actor/base/check.h"

namespace sampo::internal {
namespace {

// As the default dispatcher of production (DispatcherSettings::throughput).
constexpr int kThroughput = 64;

std::chrono::nanoseconds Chrono(absl::Duration duration) {
  return absl::ToChronoNanoseconds(std::min(duration, absl::Hours(24)));
}

}  // namespace

QuietDispatcher::QuietDispatcher(int threads)
    : Dispatcher("quiet"), pool_(std::make_shared<Pool>()) {
  pool_->living = threads;
  for (int i = 0; i < threads; ++i) {
    threads_.emplace_back([pool = pool_, this] { ThreadMain(pool, this); });
  }
}

QuietDispatcher::~QuietDispatcher() {
  SAMPO_CHECK(Shutdown(absl::ZeroDuration()) == 0, "user code still runs on a QuietDispatcher");
}

void QuietDispatcher::ThreadMain(const std::shared_ptr<Pool>& pool, Dispatcher* self) {
  const std::atomic<bool> slice_over{false};
  std::unique_lock lock(pool->mutex);
  for (;;) {
    pool->work.wait(lock, [&] { return pool->stopping || !pool->queue.empty(); });
    if (pool->stopping) break;
    Runnable* runnable = pool->queue.front();
    pool->queue.pop_front();
    lock.unlock();
    Turn turn{self, kThroughput, &slice_over};
    const bool more = runnable->run(runnable, turn);
    lock.lock();
    if (more) {
      pool->queue.push_back(runnable);
    } else if (--pool->active == 0) {
      pool->quiet.notify_all();
    }
  }
  --pool->living;
  pool->quiet.notify_all();
}

void QuietDispatcher::ExecuteFromOutside(Runnable* runnable) {
  std::lock_guard guard(pool_->mutex);
  if (pool_->stopping) return;
  pool_->queue.push_back(runnable);
  ++pool_->active;
  pool_->work.notify_one();
}

bool QuietDispatcher::AwaitQuiet(absl::Duration timeout) {
  std::unique_lock lock(pool_->mutex);
  return pool_->quiet.wait_for(lock, Chrono(timeout), [&] { return pool_->active == 0; });
}

int QuietDispatcher::Shutdown(absl::Duration timeout) {
  if (threads_.empty()) return stuck_;
  const auto deadline = std::chrono::steady_clock::now() + Chrono(timeout);
  {
    std::unique_lock lock(pool_->mutex);
    pool_->quiet.wait_until(lock, deadline, [&] { return pool_->active == 0; });
    pool_->stopping = true;
    pool_->work.notify_all();
    pool_->quiet.wait_until(lock, deadline, [&] { return pool_->living == 0; });
    // Threads between two turns need no time worth a deadline; those inside of one may never end.
    if (pool_->active == 0) pool_->quiet.wait(lock, [&] { return pool_->living == 0; });
    stuck_ = pool_->living;
  }
  for (std::thread& thread : std::exchange(threads_, {})) {
    if (stuck_ == 0) {
      thread.join();
    } else {
      thread.detach();
    }
  }
  return stuck_;
}

std::vector<WorkerSnapshot> QuietDispatcher::Describe() const {
  std::lock_guard guard(pool_->mutex);
  return {{.queued = static_cast<int64_t>(pool_->queue.size())}};
}

}  // namespace sampo::internal
