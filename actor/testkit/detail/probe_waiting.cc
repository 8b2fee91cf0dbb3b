// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/testkit/detail/probe_waiting.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>

#include "gtest/gtest.h"
#include "sampo/actor/base/clock.h"
#include "sampo/actor/future.h"
#include "sampo/actor/internal/actor_cell.h"

namespace sampo::internal {
namespace {

// How often AwaitAssert looks where no message comes. Chosen, not measured.
constexpr std::chrono::milliseconds kPollInterval(10);

bool Simulated() { return await_hook.drive != nullptr; }

// `done` may take what it finds: it is not asked again once it was true.
bool Drive(const std::function<bool()>& done, absl::Duration timeout) {
  bool came = false;
  const std::function<bool()> look = [&] { return came = came || done(); };
  await_hook.drive(
      await_hook.driver,
      [](const void* state) { return (*static_cast<const std::function<bool()>*>(state))(); },
      &look, timeout);
  return came;
}

std::chrono::nanoseconds Chrono(absl::Duration duration) {
  // A day is for ever here, and far from what overflows inside of the standard library.
  return absl::ToChronoNanoseconds(std::min(duration, absl::Hours(24)));
}

}  // namespace

bool ProbeStateBase::WaitUntil(const std::function<bool()>& done, absl::Duration timeout) {
  if (Simulated()) {
    return Drive(
        [&] {
          std::lock_guard guard(mutex);
          return done();
        },
        timeout);
  }
  std::unique_lock lock(mutex);
  return changed_.wait_for(lock, Chrono(DilatedTimeout(timeout)), done);
}

void ProbeStateBase::AddTerminated(const AnyActorRef& ref) {
  std::lock_guard guard(mutex);
  terminated_.push_back(ref);
  Changed();
}

bool ProbeStateBase::TakeTerminated(const AnyActorRef& ref) {
  auto found = std::find(terminated_.begin(), terminated_.end(), ref);
  if (found == terminated_.end()) return false;
  terminated_.erase(found);
  return true;
}

int64_t ProbeNowNanos(const ActorSystemBase& system) {
  return Simulated() ? system.clock().NowNanos() : Clock::Real().NowNanos();
}

absl::Duration DilatedTimeout(absl::Duration timeout) {
  static const double factor = [] {
    const char* text = std::getenv("SAMPO_TEST_TIMEFACTOR");
    const double value = text == nullptr ? 1 : std::strtod(text, nullptr);
    return value > 0 ? value : 1;
  }();
  return timeout * factor;
}

void WatchFromProbe(RefTarget* probe, const AnyActorRef& ref) {
  ContextBase::EnqueueDeferred(probe, [ref](ContextBase& context) -> Envelope* {
    context.Watch(ref);
    return nullptr;
  });
}

void StopProbe(RefTarget* probe) { RequestStop(ActorCell::FromTarget(probe)); }

std::string AwaitEmpty(ProbeStateBase& state, const std::function<std::string()>& check,
                       absl::Duration timeout) {
  std::string last;
  auto done = [&] {
    last = check();
    return last.empty();
  };
  if (Simulated()) {
    Drive(done, timeout);
    return last;
  }
  const int64_t deadline = DeadlineNanos(Clock::Real().NowNanos(), DilatedTimeout(timeout));
  while (!done() && Clock::Real().NowNanos() < deadline) {
    // `check` is the user's and may use the probe: asked without the lock.
    state.WaitUntil([] { return false; }, absl::FromChrono(kPollInterval));
  }
  return last;
}

void FailAt(const TestLocation& where, const std::string& text) {
  ADD_FAILURE_AT(where.file_name(), static_cast<int>(where.line())) << text;
}

}  // namespace sampo::internal
