// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/testkit/manual_time.h"

#include <algorithm>

#include "sampo/actor/base/clock.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/actor/dispatch/manual_timer_service.h"
#include "sampo/actor/testkit/internal/quiet_dispatcher.h"

namespace sampo {
namespace {

// How long actors may take to come to rest. Chosen, not measured: far more than a handler of a test
// needs on a busy machine.
constexpr absl::Duration kSettleTimeout = absl::Seconds(10);

}  // namespace

ManualTime::ManualTime(int threads) : threads_(threads) {}
ManualTime::~ManualTime() = default;

ActorRuntime ManualTime::Runtime() {
  auto dispatcher = std::make_shared<internal::QuietDispatcher>(threads_);
  auto timers = std::make_shared<ManualTimerService>(now_nanos_);
  parts_.push_back({dispatcher, timers});
  ActorRuntime runtime;
  runtime.dispatcher = dispatcher;
  runtime.internal_dispatcher = dispatcher;
  runtime.blocking_dispatcher = dispatcher;
  runtime.make_pinned = [dispatcher]() -> std::shared_ptr<Dispatcher> { return dispatcher; };
  runtime.timers = timers;
  return runtime;
}

absl::Status ManualTime::Settle() {
  // Those whose system is gone.
  std::erase_if(parts_, [](const Part& part) { return part.timers.use_count() == 1; });
  const int64_t deadline =
      DeadlineNanos(Clock::Real().NowNanos(), internal::DilatedTimeout(kSettleTimeout));
  // One system may wake another one: all must be quiet in one go.
  for (size_t quiet = 0, i = 0; quiet < parts_.size(); i = (i + 1) % parts_.size()) {
    const bool was_quiet = parts_[i].dispatcher->AwaitQuiet(absl::ZeroDuration());
    quiet = was_quiet ? quiet + 1 : 0;
    const absl::Duration left = absl::Nanoseconds(deadline - Clock::Real().NowNanos());
    if (was_quiet) continue;
    if (left <= absl::ZeroDuration() || !parts_[i].dispatcher->AwaitQuiet(left)) {
      return absl::DeadlineExceededError(StrCat("ManualTime: actors still have work after ",
                                                absl::FormatDuration(kSettleTimeout),
                                                ": one blocks, or tells itself for ever"));
    }
  }
  return absl::OkStatus();
}

void ManualTime::TimePasses(absl::Duration duration, Where where) {
  const int64_t until = DeadlineNanos(now_nanos_, duration);
  for (;;) {
    absl::Status settled = Settle();
    if (!settled.ok()) return internal::FailAt(where, settled.ToString());
    const int64_t next = NextDeadlineNanos();
    if (next == kNeverNanos || next > until) break;
    AdvanceTo(next);
  }
  AdvanceTo(until);
}

int64_t ManualTime::NextDeadlineNanos() const {
  int64_t next = kNeverNanos;
  for (const Part& part : parts_) next = std::min(next, part.timers->NextDeadlineNanos());
  return next;
}

void ManualTime::AdvanceTo(int64_t nanos) {
  now_nanos_ = std::max(now_nanos_, nanos);
  for (const Part& part : parts_) part.timers->AdvanceTo(now_nanos_);
}

}  // namespace sampo
