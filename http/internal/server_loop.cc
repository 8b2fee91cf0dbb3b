// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/http/internal/server_loop.h"

#include <algorithm>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstring>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "sampo/actor/future.h"

namespace sampo::http::internal {
namespace {

namespace asio = boost::asio;

// How often a clock that is not the machine's is looked at.
constexpr std::chrono::milliseconds kVirtualClockPeriod{2};
// A sleep is no longer than this, whatever the deadlines say.
constexpr int64_t kSleepNanosMax = int64_t{3600} * 1'000'000'000;

thread_local const IoLoop* current_loop = nullptr;

absl::Status RefuseToWait() {
  return absl::FailedPreconditionError(
      "Await in a handler of the HTTP server: it would hold all connections of its I/O thread; "
      "return the future instead");
}

}  // namespace

struct IoLoop::Parts {
  Parts() : work(context.get_executor()), timer(context) {}
  asio::io_context context{1};
  asio::executor_work_guard<asio::io_context::executor_type> work;
  asio::steady_timer timer;
};

IoLoop::IoLoop(const Clock& clock, uint64_t seed)
    : clock_(clock),
      clock_is_real_(&clock == &Clock::Real()),
      random_(seed),
      parts_(std::make_unique<Parts>()) {}

IoLoop::~IoLoop() = default;

void IoLoop::Post(UniqueFunction<void()> work) {
  if (has_ended_.load(std::memory_order_acquire)) return;  // partner: Run
  asio::post(parts_->context, [work = std::move(work)]() mutable { work(); });
}

void IoLoop::Run() {
  current_loop = this;
  const AwaitHook before = std::exchange(await_hook, AwaitHook{.refuse = &RefuseToWait});
  parts_->context.run();
  // What is left may hold whoever holds this loop: it must not stay.
  has_ended_.store(true, std::memory_order_release);
  if (!is_abandoned_.load(std::memory_order_acquire)) {  // partner: Abandon
    parts_->context.restart();
    while (parts_->context.poll() > 0) {
    }
  }
  await_hook = before;
  current_loop = nullptr;
}

void IoLoop::RunReady() {
  const IoLoop* before = std::exchange(current_loop, this);
  parts_->context.poll();
  current_loop = before;
}

void IoLoop::Stop() { parts_->context.stop(); }

void IoLoop::Abandon() {
  static std::mutex mutex;
  // Until the process ends: its thread may wake up. One for each handler that does not return.
  static std::vector<std::shared_ptr<IoLoop>>& left_behind =
      *new std::vector<std::shared_ptr<IoLoop>>();
  {
    std::lock_guard guard(mutex);
    left_behind.push_back(shared_from_this());
  }
  is_abandoned_.store(true, std::memory_order_release);
  Stop();
}

bool IoLoop::IsOnThread() const { return current_loop == this; }

asio::io_context& IoLoop::context() { return parts_->context; }

std::string_view IoLoop::HttpDate(int64_t now_nanos) {
  const int64_t second = now_nanos / 1'000'000'000;
  if (second != date_second_) {
    date_second_ = second;
    const std::string text =
        absl::FormatTime("%a, %d %b %Y %H:%M:%S GMT", clock_.WallTime(), absl::UTCTimeZone());
    date_size_ = std::min(text.size(), sizeof(date_));
    std::memcpy(date_, text.data(), date_size_);
  }
  return {date_, date_size_};
}

void IoLoop::SetBy(Deadline* deadline, int64_t nanos) {
  if (nanos == kNeverNanos) return;
  if (deadline->is_set_) {
    if (deadline->place_->first <= nanos) return;
    deadlines_.erase(deadline->place_);
  }
  deadline->place_ = deadlines_.emplace(nanos, deadline);
  deadline->is_set_ = true;
  Sleep();
}

void IoLoop::Forget(Deadline* deadline) {
  if (std::exchange(deadline->is_set_, false)) deadlines_.erase(deadline->place_);
}

// Sees to it that RunDue is called when the first deadline has come.
void IoLoop::Sleep() {
  if (deadlines_.empty() || sleeps_until_nanos_ <= deadlines_.begin()->first) return;
  sleeps_until_nanos_ = deadlines_.begin()->first;
  if (clock_is_real_) {
    const int64_t left = std::clamp<int64_t>(sleeps_until_nanos_ - NowNanos(), 0, kSleepNanosMax);
    parts_->timer.expires_after(std::chrono::nanoseconds(left));
  } else {
    parts_->timer.expires_after(kVirtualClockPeriod);
  }
  parts_->timer.async_wait([this](const boost::system::error_code& error) {
    if (!error) RunDue();  // an error: it was set anew
  });
}

void IoLoop::RunDue() {
  sleeps_until_nanos_ = kNeverNanos;
  const int64_t now = NowNanos();
  while (!deadlines_.empty() && deadlines_.begin()->first <= now) {
    Deadline* due = deadlines_.begin()->second;
    Forget(due);
    due->OnDeadline();
  }
  Sleep();
}

}  // namespace sampo::http::internal
