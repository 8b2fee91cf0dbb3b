// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/dispatch/worker_pool.h"

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

#include "sampo/actor/base/check.h"
#include "sampo/actor/base/clock.h"
#include "sampo/actor/dispatch/dispatcher.h"
#include "sampo/actor/dispatch/monitor.h"
#include "sampo/actor/dispatch/thread_name.h"

namespace sampo {
namespace {

// What Shutdown grants a turn that is running when its timeout is over, before it calls the thread
// stuck: a few time slices. Chosen, not measured.
constexpr std::chrono::milliseconds kEndGrace{20};

// Longest wait handed to a condition variable; a year, so that adding it to "now" cannot overflow.
constexpr absl::Duration kWaitMax = absl::Hours(24 * 365);

int RegularCount(int threads) {
  if (threads > 0) return threads;
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

}  // namespace

WorkerPool::WorkerPool(Dispatcher* dispatcher, DispatcherSettings settings)
    : dispatcher_(dispatcher),
      settings_(std::move(settings)),
      regular_count_(RegularCount(settings_.threads)),
      throughput_(std::max(1, settings_.throughput)),
      spin_nanos_(std::max(int64_t{0}, absl::ToInt64Nanoseconds(settings_.spin_before_park))),
      monitor_(std::make_unique<Monitor>(this)) {
  int slots = regular_count_ + std::max(0, settings_.spare_threads_max);
  for (int i = 0; i < slots; ++i) workers_.push_back(std::make_unique<Worker>(this, i));
  has_thread_.resize(slots);
  parked_.reserve(slots);  // PrepareToPark must not allocate under lock_
}

WorkerPool::~WorkerPool() = default;

void WorkerPool::PushFromOutside(Runnable* runnable) {
  Worker* sleeper = nullptr;
  {
    std::lock_guard<SpinLock> hold(lock_);
    if (closed_) return;
    injected_.PushBack(runnable);
    PublishSizes();
    sleeper = SleeperForInjected();
  }
  if (sleeper != nullptr) sleeper->Unpark();
}

RunList WorkerPool::TakeInjected() {
  RunList share;
  Worker* sleeper = nullptr;
  {
    std::lock_guard<SpinLock> hold(lock_);
    share = TakeShare();
    sleeper = SleeperForInjected();
  }
  if (sleeper != nullptr) sleeper->Unpark();
  return share;
}

// Requires lock_.
RunList WorkerPool::TakeShare() {
  int64_t share = (injected_.size() + alive_ - 1) / std::max(1, alive_);
  RunList taken = injected_.TakeFront(std::min(share, kInjectedBatchMax));
  PublishSizes();
  return taken;
}

// Requires lock_. The worker to unpark once the lock is free, or null.
Worker* WorkerPool::SleeperForInjected() {
  if (injected_.empty() || searching_ + waking_ > 0 || parked_.empty()) return nullptr;
  return TakeSleeper();
}

// Requires lock_ and a sleeper.
Worker* WorkerPool::TakeSleeper() {
  Worker* sleeper = parked_.back();
  parked_.pop_back();
  PublishSizes();
  ++waking_;  // so that pushes during its wake-up do not wake the others too
  return sleeper;
}

// Requires lock_. Relaxed: estimates for whoever looks without the lock.
void WorkerPool::PublishSizes() {
  injected_size_.store(injected_.size(), std::memory_order_relaxed);
  sleeper_count_.store(static_cast<int>(parked_.size()), std::memory_order_relaxed);
}

void WorkerPool::Inject(RunList& batch) {
  Worker* sleeper = nullptr;
  {
    std::lock_guard<SpinLock> hold(lock_);
    injected_.Append(batch);
    PublishSizes();
    sleeper = SleeperForInjected();
  }
  if (sleeper != nullptr) sleeper->Unpark();
}

bool WorkerPool::BeginSearch() {
  std::lock_guard<SpinLock> hold(lock_);
  // Half of the workers search at most, as in Go: more find nothing more, and cost their cores.
  // Those that are waking up do not count: until they are awake nobody else would look.
  if (searching_ > 0 && 2 * (searching_ + 1) > alive_) return false;
  ++searching_;
  return true;
}

void WorkerPool::EndSearch() {
  Worker* sleeper = nullptr;
  {
    std::lock_guard<SpinLock> hold(lock_);
    --searching_;
    // Pushes during the search woke nobody, because of it.
    sleeper = SleeperForInjected();
  }
  if (sleeper != nullptr) sleeper->Unpark();
}

RunList WorkerPool::PrepareToPark(Worker* worker, bool was_searching) {
  RunList share;
  Worker* sleeper = nullptr;
  bool entered = false;
  {
    std::lock_guard<SpinLock> hold(lock_);
    if (was_searching) --searching_;
    if (!worker->KeepsRunning()) {
      ++waking_;  // as if it had been woken
      sleeper = worker;
    } else if (!injected_.empty()) {
      share = TakeShare();
      sleeper = SleeperForInjected();
    } else {
      parked_.push_back(worker);
      PublishSizes();
      entered = true;
    }
  }
  if (sleeper != nullptr) sleeper->Unpark();
  if (entered) AnnounceIfQuiescent();
  return share;
}

void WorkerPool::AfterPark() {
  bool nudge = false;
  {
    std::lock_guard<SpinLock> hold(lock_);
    --waking_;
    ++searching_;
    nudge = std::exchange(monitor_parked_, false);
  }
  if (nudge) monitor_->Nudge();
}

void WorkerPool::WorkerLeaves(Worker* worker, RunList& rest) {
  Worker* sleeper = nullptr;
  {
    std::lock_guard<SpinLock> hold(lock_);
    injected_.Append(rest);
    PublishSizes();
    --alive_;
    sleeper = SleeperForInjected();
  }
  if (sleeper != nullptr) sleeper->Unpark();
  std::lock_guard<std::mutex> hold(shutdown_mutex_);
  worker->SetEnded();
  shutdown_condition_.notify_all();
}

// Requires lock_.
bool WorkerPool::Quiescent() const {
  return injected_.empty() && !moving_ && static_cast<int>(parked_.size()) == alive_;
}

void WorkerPool::AnnounceIfQuiescent() {
  if (!draining()) return;
  {
    std::lock_guard<SpinLock> hold(lock_);
    if (!Quiescent()) return;
  }
  std::lock_guard<std::mutex> hold(shutdown_mutex_);
  shutdown_condition_.notify_all();
}

bool WorkerPool::IsAsleep() {
  std::lock_guard<SpinLock> hold(lock_);
  return Quiescent();
}

void WorkerPool::BeginMove() {
  std::lock_guard<SpinLock> hold(lock_);
  moving_ = true;
}

void WorkerPool::EndMove(RunList& moved) {
  {
    std::lock_guard<SpinLock> hold(lock_);
    injected_.Append(moved);
    PublishSizes();
    moving_ = false;
  }
  AnnounceIfQuiescent();
}

void WorkerPool::WakeForInjected() {
  Worker* sleeper = nullptr;
  {
    std::lock_guard<SpinLock> hold(lock_);
    sleeper = SleeperForInjected();
  }
  if (sleeper != nullptr) sleeper->Unpark();
}

bool WorkerPool::PrepareToParkMonitor() {
  std::lock_guard<SpinLock> hold(lock_);
  monitor_parked_ = Quiescent() && spare_count_ == 0;
  return monitor_parked_;
}

int WorkerPool::AddSpares(int count) {
  int added = 0;
  int slots = static_cast<int>(workers_.size());
  for (int i = regular_count_; i < slots && added < count; ++i) {
    if (has_thread_[i]) continue;
    workers_[i]->Reset();
    StartThread(*workers_[i]);
    ++spare_count_;
    ++added;
  }
  return added;
}

void WorkerPool::RetireSpares(int count) {
  int slots = static_cast<int>(workers_.size());
  for (int i = slots - 1; i >= regular_count_ && count > 0; --i) {
    Worker* spare = workers_[i].get();
    if (!has_thread_[i] || !spare->KeepsRunning()) continue;
    --count;
    spare->Retire();
    bool was_parked = false;
    {
      std::lock_guard<SpinLock> hold(lock_);
      auto place = std::find(parked_.begin(), parked_.end(), spare);
      was_parked = place != parked_.end();
      if (was_parked) {
        parked_.erase(place);
        PublishSizes();
        ++waking_;
      }
    }
    if (was_parked) spare->Unpark();
  }
}

void WorkerPool::JoinEndedSpares() {
  int slots = static_cast<int>(workers_.size());
  for (int i = regular_count_; i < slots && spare_count_ > 0; ++i) {
    if (!has_thread_[i] || !workers_[i]->ended()) continue;
    workers_[i]->thread().join();
    has_thread_[i] = false;
    --spare_count_;
  }
}

void WorkerPool::Start() {
  for (int i = 0; i < regular_count_; ++i) StartThread(*workers_[i]);
  monitor_->Start();
}

void WorkerPool::StartThread(Worker& worker) {
  {
    std::lock_guard<SpinLock> hold(lock_);
    ++alive_;
  }
  int index = worker.index();
  has_thread_[index] = true;
  worker.thread() = std::thread([this, &worker] {
    NameThisThread(settings_.name, worker.index());
    worker.Main();
  });
  // Release: partner is the acquire load in worker_count.
  if (index >= worker_count()) started_count_.store(index + 1, std::memory_order_release);
}

int WorkerPool::Shutdown(absl::Duration timeout) {
  // Relaxed: a hint; the wait below asks under lock_.
  draining_.store(true, std::memory_order_relaxed);
  timeout = std::clamp(timeout, absl::ZeroDuration(), kWaitMax);
  {
    std::unique_lock<std::mutex> hold(shutdown_mutex_);
    shutdown_condition_.wait_for(hold, absl::ToChronoNanoseconds(timeout),
                                 [this] { return IsAsleep(); });
  }
  monitor_->Stop();  // first, so that nobody starts or joins threads from here on
  Stop();
  return AwaitEnds();
}

void WorkerPool::Stop() {
  std::vector<Worker*> sleepers;
  {
    std::lock_guard<SpinLock> hold(lock_);
    closed_ = true;
    // Release: partner is the acquire load in stopping.
    stopping_.store(true, std::memory_order_release);
    waking_ += static_cast<int>(parked_.size());
    sleepers.swap(parked_);
    PublishSizes();
  }
  for (Worker* sleeper : sleepers) sleeper->Unpark();
  for (auto& worker : workers_) worker->EndSlice();
}

// Joins the threads that end, detaches the others and returns their number.
int WorkerPool::AwaitEnds() {
  auto deadline = std::chrono::steady_clock::now() + kEndGrace;
  auto all_settled = [&] {
    bool late = std::chrono::steady_clock::now() >= deadline;
    for (size_t i = 0; i < workers_.size(); ++i) {
      if (!has_thread_[i] || workers_[i]->ended()) continue;
      // A thread that runs no user code ends soon, so it is waited for however slow the machine.
      if (!late || workers_[i]->running() == nullptr) return false;
    }
    return true;
  };
  {
    std::unique_lock<std::mutex> hold(shutdown_mutex_);
    while (!all_settled()) shutdown_condition_.wait_for(hold, std::chrono::milliseconds(1));
  }
  int stuck = 0;
  for (size_t i = 0; i < workers_.size(); ++i) {
    if (!has_thread_[i]) continue;
    if (workers_[i]->ended()) {
      workers_[i]->thread().join();
    } else {
      workers_[i]->thread().detach();
      ++stuck;
    }
    has_thread_[i] = false;
  }
  return stuck;
}

}  // namespace sampo
