// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// ActorTestKit: a system for a test: real threads by default, or any runtime.
//
// The end of the kit ends its system, which must be done in time: what does not stop within
// `shutdown_timeout` (10 s, as in Pekko) is a failure of the test that names it.
// Threads: the test's. Lifetime: probes and refs may be used until the kit ends.
//
//   ActorTestKit kit;
//   ActorRef<Command> cart = kit.Spawn(Cart(), "cart");
//   TestProbe<Total> probe = kit.CreateTestProbe<Total>();
//   cart.Tell(GetTotal{probe.ref()});
//   probe.ExpectMessage(Total{3});
#ifndef SAMPO_ACTOR_TESTKIT_ACTOR_TEST_KIT_H_
#define SAMPO_ACTOR_TESTKIT_ACTOR_TEST_KIT_H_

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/time/time.h"
#include "sampo/actor/actor_runtime.h"
#include "sampo/actor/actor_system.h"
#include "sampo/actor/testkit/test_location.h"
#include "sampo/actor/testkit/test_probe.h"

namespace sampo {

struct ActorTestKitOptions {
  std::string name = "test";
  SystemSettings settings = {};
  // Left empty: real threads. ManualTime::Runtime, SimulatedRuntime::Runtime.
  ActorRuntime runtime = {};
  absl::Duration shutdown_timeout = absl::Seconds(10);
};

class ActorTestKit {
 public:
  using Where = TestLocation;

  // Two worker threads, unless the options' settings say otherwise.
  ActorTestKit();
  explicit ActorTestKit(ActorTestKitOptions options);
  ~ActorTestKit();
  ActorTestKit(const ActorTestKit&) = delete;
  ActorTestKit& operator=(const ActorTestKit&) = delete;

  ActorSystemBase& system() const;

  // An actor below /user; a spawn that is refused is a failure of the test.
  template <class C>
  ActorRef<C> Spawn(Behavior<C> behavior, std::string_view name = {}, const Props& props = {},
                    Where where = Where::current()) {
    absl::StatusOr<ActorRef<C>> ref = system().TrySpawn(std::move(behavior), name, props);
    if (!ref.ok()) internal::FailAt(where, ref.status().ToString());
    return ref.ok() ? *std::move(ref) : ActorRef<C>();
  }
  template <class M>
  TestProbe<M> CreateTestProbe(std::string_view name = {}) {
    return TestProbe<M>(system(), name);
  }
  // Stops an actor that this kit spawned, and waits until it has ended.
  void Stop(const AnyActorRef& ref, absl::Duration timeout = absl::Seconds(10),
            Where where = Where::current());
  // Ends the system now; a failure of the test where it does not within the timeout.
  void Shutdown(Where where = Where::current());

 private:
  struct Nothing {};  // the guardian's protocol
  const absl::Duration shutdown_timeout_;
  bool is_shut_down_ = false;
  std::unique_ptr<ActorSystem<Nothing>> system_;
};

}  // namespace sampo

#endif  // SAMPO_ACTOR_TESTKIT_ACTOR_TEST_KIT_H_
