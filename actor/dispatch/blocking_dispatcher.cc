// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/dispatch/blocking_dispatcher.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <thread>
#include <utility>

#include "sampo/actor/base/block_pool.h"
#include "sampo/actor/base/check.h"
#include "sampo/actor/base/clock.h"
#include "sampo/actor/dispatch/run_list.h"
#include "sampo/actor/dispatch/thread_name.h"

namespace sampo {
namespace {

// What Shutdown grants a running turn when its timeout is over, as in worker_pool.cc.
constexpr std::chrono::milliseconds kEndGrace{20};

// Longest wait handed to a condition variable, so that adding it to "now" cannot overflow.
constexpr absl::Duration kWaitMax = absl::Hours(24 * 365);

// No monitor watches these threads: a turn ends by its count of messages alone.
constexpr std::atomic<bool> kSliceNeverOver{false};

std::chrono::nanoseconds WaitTime(absl::Duration duration) {
  return absl::ToChronoNanoseconds(std::clamp(duration, absl::ZeroDuration(), kWaitMax));
}

// Which dispatcher this thread belongs to, for catching a Shutdown that would wait for itself.
thread_local const Dispatcher* thread_owner = nullptr;

}  // namespace

class BlockingDispatcher::Pool {
 public:
  Pool(Dispatcher* dispatcher, BlockingDispatcherSettings settings)
      : dispatcher_(dispatcher),
        settings_(std::move(settings)),
        slots_(std::max(1, settings_.threads_max)) {}

  void Push(Runnable* runnable);
  int Shutdown(absl::Duration timeout);
  std::vector<WorkerSnapshot> Describe() const;
  int thread_count() const { return thread_count_.load(std::memory_order_relaxed); }  // an estimate

 private:
  struct Slot {
    // Relaxed everywhere: Describe wants estimates.
    std::atomic<const Runnable*> running{nullptr};
    std::atomic<int64_t> busy_since_nanos{0};
    std::atomic<bool> alive{false};
    // Guarded by mutex_:
    std::thread thread;
    bool has_thread = false;  // started and not joined
    bool ended = false;
  };

  void StartThread();
  void Main(Slot& slot);
  bool AwaitWork(std::unique_lock<std::mutex>& hold);
  void RunOne(Slot& slot, std::unique_lock<std::mutex>& hold);
  bool AllEnded(bool late) const;

  Dispatcher* const dispatcher_;
  const BlockingDispatcherSettings settings_;
  std::vector<Slot> slots_;
  std::atomic<int> thread_count_{0};
  std::atomic<int64_t> waiting_{0};  // queue_.size() for readers without the mutex

  std::mutex mutex_;
  std::condition_variable work_;
  std::condition_variable settled_;  // for Shutdown
  // Guarded by mutex_:
  RunList queue_;
  int64_t idle_ = 0;
  int busy_ = 0;
  bool closed_ = false;
};

void BlockingDispatcher::Pool::Push(Runnable* runnable) {
  std::lock_guard<std::mutex> hold(mutex_);
  if (closed_) return;
  queue_.PushBack(runnable);
  waiting_.store(queue_.size(), std::memory_order_relaxed);
  if (queue_.size() <= idle_) {
    work_.notify_one();
  } else if (thread_count() < static_cast<int>(slots_.size())) {
    StartThread();
  }
}

// Requires mutex_ and a free slot.
void BlockingDispatcher::Pool::StartThread() {
  auto slot = std::find_if(slots_.begin(), slots_.end(),
                           [](const Slot& s) { return !s.has_thread || s.ended; });
  // A thread marks its end as the last thing under mutex_, so this does not wait for long.
  if (slot->has_thread) slot->thread.join();
  slot->has_thread = true;
  slot->ended = false;
  slot->alive.store(true, std::memory_order_relaxed);
  thread_count_.fetch_add(1, std::memory_order_relaxed);
  slot->thread = std::thread([this, slot] {
    NameThisThread(settings_.name, static_cast<int>(slot - slots_.begin()));
    Main(*slot);
  });
}

void BlockingDispatcher::Pool::Main(Slot& slot) {
  thread_owner = dispatcher_;
  std::unique_lock<std::mutex> hold(mutex_);
  while (AwaitWork(hold)) RunOne(slot, hold);
  slot.alive.store(false, std::memory_order_relaxed);
  slot.ended = true;
  thread_count_.fetch_sub(1, std::memory_order_relaxed);
  settled_.notify_all();
}

// False: the thread must end.
bool BlockingDispatcher::Pool::AwaitWork(std::unique_lock<std::mutex>& hold) {
  bool timed_out = false;
  while (!closed_ && queue_.empty()) {
    if (timed_out) return false;
    ++idle_;
    if (settings_.idle_timeout > kWaitMax) {
      work_.wait(hold);
    } else {
      timed_out = work_.wait_for(hold, WaitTime(settings_.idle_timeout)) == std::cv_status::timeout;
    }
    --idle_;
  }
  return !closed_;
}

void BlockingDispatcher::Pool::RunOne(Slot& slot, std::unique_lock<std::mutex>& hold) {
  Runnable* runnable = queue_.PopFront();
  waiting_.store(queue_.size(), std::memory_order_relaxed);
  ++busy_;
  hold.unlock();
  slot.busy_since_nanos.store(Clock::Real().NowNanos(), std::memory_order_relaxed);
  slot.running.store(runnable, std::memory_order_relaxed);
  Turn turn{dispatcher_, std::max(1, settings_.throughput), &kSliceNeverOver};
  bool more = runnable->run(runnable, turn);
  slot.running.store(nullptr, std::memory_order_relaxed);
  slot.busy_since_nanos.store(0, std::memory_order_relaxed);
  FlushRemoteFrees();  // this thread may sleep next
  hold.lock();
  --busy_;
  if (more) queue_.PushBack(runnable);
  waiting_.store(queue_.size(), std::memory_order_relaxed);
  if (busy_ == 0 && queue_.empty()) settled_.notify_all();
}

// Requires mutex_. With `late`, a thread in user code counts as settled too.
bool BlockingDispatcher::Pool::AllEnded(bool late) const {
  return std::all_of(slots_.begin(), slots_.end(), [late](const Slot& slot) {
    return !slot.has_thread || slot.ended ||
           (late && slot.running.load(std::memory_order_relaxed) != nullptr);
  });
}

int BlockingDispatcher::Pool::Shutdown(absl::Duration timeout) {
  std::unique_lock<std::mutex> hold(mutex_);
  settled_.wait_for(hold, WaitTime(timeout), [this] { return busy_ == 0 && queue_.empty(); });
  closed_ = true;
  work_.notify_all();
  auto deadline = std::chrono::steady_clock::now() + kEndGrace;
  while (!AllEnded(std::chrono::steady_clock::now() >= deadline)) {
    settled_.wait_for(hold, std::chrono::milliseconds(1));
  }
  int stuck = 0;
  for (Slot& slot : slots_) {
    if (!slot.has_thread) continue;
    if (slot.ended) {
      slot.thread.join();
    } else {
      slot.thread.detach();
      ++stuck;
    }
    slot.has_thread = false;
  }
  return stuck;
}

std::vector<WorkerSnapshot> BlockingDispatcher::Pool::Describe() const {
  std::vector<WorkerSnapshot> snapshots;
  for (const Slot& slot : slots_) {
    if (!slot.alive.load(std::memory_order_relaxed)) continue;
    snapshots.push_back({slot.running.load(std::memory_order_relaxed),
                         slot.busy_since_nanos.load(std::memory_order_relaxed), 0,
                         static_cast<int>(&slot - slots_.data())});
  }
  // The queue is shared; it is shown at the first thread.
  if (!snapshots.empty()) snapshots[0].queued = waiting_.load(std::memory_order_relaxed);
  return snapshots;
}

BlockingDispatcher::BlockingDispatcher(BlockingDispatcherSettings settings)
    : Dispatcher(settings.name), pool_(std::make_unique<Pool>(this, std::move(settings))) {}

BlockingDispatcher::~BlockingDispatcher() {
  int stuck = Shutdown(absl::ZeroDuration());
  SAMPO_CHECK(stuck == 0, "a dispatcher was destroyed while user code runs on it");
}

void BlockingDispatcher::ExecuteFromOutside(Runnable* runnable) { pool_->Push(runnable); }

int BlockingDispatcher::Shutdown(absl::Duration timeout) {
  SAMPO_CHECK(thread_owner != this, "Shutdown from one of the dispatcher's threads");
  std::lock_guard<std::mutex> hold(shutdown_mutex_);
  if (!stuck_.has_value()) stuck_ = pool_->Shutdown(timeout);
  return *stuck_;
}

std::vector<WorkerSnapshot> BlockingDispatcher::Describe() const { return pool_->Describe(); }

int BlockingDispatcher::thread_count() const { return pool_->thread_count(); }

}  // namespace sampo
