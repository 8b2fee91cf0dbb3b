// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// How the probes of the test kits wait: on real threads for a condition variable, in a simulation
// by running it. The part of TestProbe that does not know its message.
//
// Threads: Changed and the lists from any; waiting from the test's thread.
#ifndef SAMPO_ACTOR_TESTKIT_DETAIL_PROBE_WAITING_H_
#define SAMPO_ACTOR_TESTKIT_DETAIL_PROBE_WAITING_H_

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "sampo/actor/actor_ref.h"
#include "sampo/actor/actor_system.h"
#include "sampo/actor/testkit/test_location.h"

namespace sampo::internal {

// What a probe and its actor share; outlives whichever ends first.
class ProbeStateBase {
 public:
  virtual ~ProbeStateBase() = default;

  // Waits until `done`, which is called with the lock held, or until `timeout` has passed: of
  // virtual time in a simulation, else of the machine's. True: it came.
  bool WaitUntil(const std::function<bool()>& done, absl::Duration timeout);
  // Wakes a waiting test. With the lock held.
  void Changed() { changed_.notify_all(); }

  void AddTerminated(const AnyActorRef& ref);
  // Takes `ref` from the list of those that have ended. With the lock held.
  bool TakeTerminated(const AnyActorRef& ref);

  std::mutex mutex;

 private:
  std::condition_variable changed_;
  std::vector<AnyActorRef> terminated_;  // guarded by mutex; bounded by the probe's own watches
};

// The time by which a probe counts: virtual in a simulation, else the machine's. Under ManualTime
// the machine's, too: there the test moves the virtual time itself.
int64_t ProbeNowNanos(const ActorSystemBase& system);

// Multiplies timeouts on real threads: SAMPO_TEST_TIMEFACTOR (default 1), for slow machines.
absl::Duration DilatedTimeout(absl::Duration timeout);

// Watches `ref` on the turn of the probe's actor.
void WatchFromProbe(RefTarget* probe, const AnyActorRef& ref);
void StopProbe(RefTarget* probe);

// Asks `check` again and again, at least every 10 ms on real threads, until it returns an empty
// text or `timeout` has passed. Returns its last text.
std::string AwaitEmpty(ProbeStateBase& state, const std::function<std::string()>& check,
                       absl::Duration timeout);

// A GoogleTest failure at the caller's line.
void FailAt(const TestLocation& where, const std::string& text);

}  // namespace sampo::internal

#endif  // SAMPO_ACTOR_TESTKIT_DETAIL_PROBE_WAITING_H_
