// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/base/log_queue.h"

#include <algorithm>
#include <condition_variable>
#include <cstdio>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace sampo::detail {

struct LogQueue::State {
  LogQueueOptions options;
  std::shared_ptr<LogSink> sink;
  std::thread thread;  // Touched by the queue's owner only.

  std::mutex mutex;                  // Guards all below.
  std::condition_variable work;      // Something for the thread to do.
  std::condition_variable progress;  // The thread did something.
  std::vector<LogEvent> waiting;     // At most options.capacity.
  uint64_t accepted = 0;             // Events pushed and not dropped.
  uint64_t handled = 0;              // Those of them that the thread is done with.
  uint64_t flush_requests = 0;       // Calls of Flush...
  uint64_t flushes = 0;              // ...and the last one that has been served.
  uint64_t drops_to_log = 0;
  LogStats stats;
  bool stopping = false;   // End when nothing waits.
  bool abandoned = false;  // End after the event at hand.
  bool finished = false;   // The thread is about to return.

  void Run();
  // Writes one event outside the lock; false if the thread must end now.
  bool WriteOne(std::unique_lock<std::mutex>& lock, const LogEvent& event);
  LogEvent DropNotice(uint64_t drops) const;

  // The thread's own: of the last write and the last flush. Apart, for a sink may refuse one of
  // them.
  bool write_ok = true;
  bool flush_ok = true;
};

void LogQueue::State::Run() {
  std::unique_lock<std::mutex> lock(mutex);
  std::vector<LogEvent> batch;
  while (true) {
    work.wait(lock, [&] { return !waiting.empty() || stopping || flush_requests > flushes; });
    batch.clear();
    batch.swap(waiting);
    const uint64_t flush_goal = flush_requests;
    const uint64_t drops = std::exchange(drops_to_log, 0);
    for (const LogEvent& event : batch) {
      const bool go_on = WriteOne(lock, event);
      ++handled;
      if (!go_on) break;
    }
    if (drops > 0 && !abandoned) WriteOne(lock, DropNotice(drops));
    if (!abandoned) {
      lock.unlock();
      const absl::Status flushed = sink->Flush();
      ReportSinkFailure(flushed, flush_ok);
      flush_ok = flushed.ok();
      lock.lock();
    }
    flushes = flush_goal;
    if (abandoned || (stopping && waiting.empty() && drops_to_log == 0)) break;
    progress.notify_all();
  }
  finished = true;
  progress.notify_all();
}

bool LogQueue::State::WriteOne(std::unique_lock<std::mutex>& lock, const LogEvent& event) {
  if (abandoned) return false;
  lock.unlock();
  const absl::Status written = sink->Write(event);
  ReportSinkFailure(written, write_ok);
  write_ok = written.ok();
  lock.lock();
  // What was given up was counted as dropped by Shutdown.
  if (abandoned) return false;
  ++(written.ok() ? stats.written : stats.failed);
  return true;
}

LogEvent LogQueue::State::DropNotice(uint64_t drops) const {
  LogEvent event;
  event.level = LogLevel::kWarning;
  event.logger = "sampo.log";
  event.system = options.system;
  event.message = StrCat("dropped ", drops, " events because ", options.capacity,
                         " were waiting; raise log.queue_capacity or log less");
  event.time = options.clock->WallTime();
  return event;
}

LogQueue::LogQueue(LogQueueOptions options, std::shared_ptr<LogSink> sink)
    : state_(std::make_shared<State>()) {
  state_->options = std::move(options);
  state_->sink = std::move(sink);
  // The thread shares the state, so that it may be left behind (see Shutdown).
  state_->thread = std::thread([state = state_] { state->Run(); });
}

LogQueue::~LogQueue() {
  // The owner calls Shutdown with a timeout it has chosen; here nobody could take the status.
  (void)Shutdown(absl::ZeroDuration());
}

void LogQueue::Push(LogEvent event) {
  {
    std::lock_guard<std::mutex> lock(state_->mutex);
    if (state_->stopping || state_->waiting.size() >= state_->options.capacity) {
      ++state_->stats.dropped;
      if (!state_->stopping) ++state_->drops_to_log;
      return;
    }
    state_->waiting.push_back(std::move(event));
    ++state_->accepted;
  }
  state_->work.notify_one();
}

absl::Status LogQueue::Flush(absl::Duration timeout) {
  State& s = *state_;
  std::unique_lock<std::mutex> lock(s.mutex);
  if (s.finished || s.abandoned) return absl::OkStatus();
  const uint64_t ticket = ++s.flush_requests;
  s.work.notify_one();
  const bool done = s.progress.wait_for(lock, absl::ToChronoNanoseconds(ClampWait(timeout)),
                                        [&] { return s.flushes >= ticket || s.finished; });
  if (done) return absl::OkStatus();
  return absl::DeadlineExceededError(StrCat("log: ", s.accepted - s.handled,
                                            " events not written within ",
                                            absl::FormatDuration(timeout), "; the sink is slow"));
}

absl::Status LogQueue::Shutdown(absl::Duration timeout) {
  State& s = *state_;
  std::unique_lock<std::mutex> lock(s.mutex);
  if (std::exchange(s.stopping, true)) return absl::OkStatus();
  s.work.notify_one();
  s.progress.wait_for(lock, absl::ToChronoNanoseconds(ClampWait(timeout)),
                      [&] { return s.finished; });
  if (s.finished) {
    lock.unlock();
    s.thread.join();
    return absl::OkStatus();
  }
  s.abandoned = true;
  const uint64_t left = s.accepted - s.handled;
  s.stats.dropped += left;
  s.thread.detach();
  return absl::DeadlineExceededError(StrCat("log: gave up ", left, " events after ",
                                            absl::FormatDuration(timeout),
                                            "; the sink is slow or hangs"));
}

LogStats LogQueue::Stats() const {
  std::lock_guard<std::mutex> lock(state_->mutex);
  return state_->stats;
}

void ReportSinkFailure(const absl::Status& status, bool was_ok) {
  if (status.ok() || !was_ok) return;
  std::fprintf(stderr, "sampo.log: cannot write: %s\n", status.ToString().c_str());
}

absl::Duration ClampWait(absl::Duration timeout) {
  return std::clamp(timeout, absl::ZeroDuration(), absl::Hours(24));
}

}  // namespace sampo::detail
