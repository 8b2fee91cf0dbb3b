// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// ManualTime: actors on real threads whose time stands still until the test moves it.
//
// Why: the behaviour of timers is tested without waiting for them, and without a race between the
// test's clock and theirs. Different from Pekko, TimePasses waits before and after each timer until
// no actor has anything to do, so that a periodic timer ticks exactly as often as it should.
// Timeouts of probes stay the machine's: a probe waits for threads, not for time.
// Limit: "nothing to do" counts actors alone. What another thread (a database, a stream's file)
// will tell them later is not waited for. Threads: the test's; not from inside of an actor.
// Lifetime: longer than the kits on its runtime.
//
//   ManualTime time;
//   ActorTestKit kit({.runtime = time.Runtime()});
//   TestProbe<Tick> probe = kit.CreateTestProbe<Tick>();
//   kit.Spawn(Ticker(probe.ref(), absl::Seconds(10)));
//   time.ExpectNoMessageFor(absl::Seconds(9), probe);
//   time.TimePasses(absl::Seconds(1));
//   probe.ExpectMessage(Tick{});
#ifndef SAMPO_ACTOR_TESTKIT_MANUAL_TIME_H_
#define SAMPO_ACTOR_TESTKIT_MANUAL_TIME_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "sampo/actor/actor_runtime.h"
#include "sampo/actor/testkit/test_location.h"
#include "sampo/actor/testkit/test_probe.h"

namespace sampo {

class ManualTimerService;

namespace internal {
class QuietDispatcher;
}

class ManualTime {
 public:
  using Where = TestLocation;

  // `threads` that all actors on its runtimes share, whatever dispatcher they ask for.
  explicit ManualTime(int threads = 2);
  ~ManualTime();
  ManualTime(const ManualTime&) = delete;
  ManualTime& operator=(const ManualTime&) = delete;

  // For one system each.
  ActorRuntime Runtime();

  // Moves the time, timer by timer. A failure of the test where the actors do not come to rest.
  void TimePasses(absl::Duration duration, Where where = Where::current());
  // The same, and none of the probes gets a message by that.
  template <class... M>
  void ExpectNoMessageFor(absl::Duration duration, TestProbe<M>&... probes) {
    TimePasses(duration);
    (probes.ExpectNoMessage(absl::ZeroDuration()), ...);
  }
  // Waits until no actor has anything to do. DEADLINE_EXCEEDED: one still has, after 10 s.
  [[nodiscard]] absl::Status Settle();
  int64_t NowNanos() const { return now_nanos_; }

 private:
  struct Part {
    std::shared_ptr<internal::QuietDispatcher> dispatcher;
    std::shared_ptr<ManualTimerService> timers;
  };
  int64_t NextDeadlineNanos() const;
  void AdvanceTo(int64_t nanos);

  const int threads_;
  int64_t now_nanos_ = 0;
  std::vector<Part> parts_;  // one for each runtime
};

}  // namespace sampo

#endif  // SAMPO_ACTOR_TESTKIT_MANUAL_TIME_H_
