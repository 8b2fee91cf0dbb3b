// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/routers.h"

#include <atomic>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

#include "gtest/gtest.h"
#include "sampo/actor/actor.h"
#include "sampo/actor/actor_ref_resolver.h"
#include "sampo/actor/event_stream.h"
#include "sampo/actor/scheduler.h"
#include "sampo/actor/test_util.h"

namespace sampo {
namespace {

struct Job {
  int number = 0;
  std::unique_ptr<int> owned;  // jobs are move-only
};
struct Reload {};
struct WhoAreYou {
  ReplyTo<std::string> reply_to;
};
struct Stop {};
struct Command : std::variant<Job, Reload, WhoAreYou, Stop> {
  using variant::variant;
};
// What a worker did.
struct Did {
  std::string worker;
  std::string what;
};

Behavior<Command> Worker(ActorRef<Did> log) {
  return sampo::Setup<Command>([log](ActorContext<Command>& context) {
    const std::string path = context.path();
    const std::string name = path.substr(path.rfind('/') + 1);
    return Receive<Command>(On{[log, name](const Job& m) {
                                 log.Tell({name, "job " + std::to_string(m.number)});
                                 return Same();
                               },
                               [log, name](const Reload&) {
                                 log.Tell({name, "reload"});
                                 return Same();
                               },
                               [name](WhoAreYou&& m) {
                                 m.reply_to.Tell(name);
                                 return Same();
                               },
                               [](const Stop&) { return Stopped(); }});
  });
}

const ServiceKey<Command> kWorkers("workers");

struct RoutersTest : testing::Test {
  PoolRouterOptions<Command> Options(int size) {
    return {.size = size, .routee = [log = log.ref()] { return Worker(log); }};
  }
  std::map<std::string, int> CountJobs(int jobs) {
    std::map<std::string, int> count;
    for (const Did& each : log.ReceiveMessages(static_cast<size_t>(jobs))) ++count[each.worker];
    return count;
  }
  SimulatedKit kit;
  TestProbe<Did> log = kit.Probe<Did>();
};

TEST_F(RoutersTest, PoolTakesTurnsByDefault) {
  ActorRef<Command> pool = kit.Spawn(PoolRouter<Command>(Options(3)), "pool");
  for (int i = 0; i < 9; ++i) pool.Tell(Job{i, std::make_unique<int>(i)});
  EXPECT_EQ(CountJobs(9),
            (std::map<std::string, int>{{"routee-1", 3}, {"routee-2", 3}, {"routee-3", 3}}));
}

TEST_F(RoutersTest, PoolSendsWhatIsBroadcastToAll) {
  PoolRouterOptions<Command> options = Options(3);
  options.broadcast = Broadcast<Command>::Of<Reload>();
  ActorRef<Command> pool = kit.Spawn(PoolRouter<Command>(std::move(options)), "pool");
  pool.Tell(Reload{});
  EXPECT_EQ(CountJobs(3).size(), 3u);
  log.ExpectNoMessage();
}

TEST_F(RoutersTest, PoolGoesOnWithoutARouteeThatEndsAndEndsWithTheLast) {
  ActorRef<Command> pool = kit.Spawn(PoolRouter<Command>(Options(2)), "pool");
  pool.Tell(Stop{});
  kit.Run();
  for (int i = 0; i < 4; ++i) pool.Tell(Job{i, nullptr});
  EXPECT_EQ(CountJobs(4), (std::map<std::string, int>{{"routee-2", 4}}));
  pool.Tell(Stop{});
  log.ExpectTerminated(pool);
}

TEST_F(RoutersTest, PoolWithSupervisedRouteesKeepsThem) {
  struct Boom {};
  auto behavior = [] {
    return Behavior<Boom>(Supervise(Receive<Boom>([](const Boom&) -> Behavior<Boom> {
                            return Fail(absl::InternalError("boom"));
                          })).OnFailure(SupervisorStrategy::Restart()));
  };
  ActorRef<Boom> pool = kit.Spawn(PoolRouter<Boom>({.size = 2, .routee = behavior}), "pool");
  for (int i = 0; i < 10; ++i) pool.Tell(Boom{});
  kit.Run();
  EXPECT_EQ(kit.system().dead_letter_count(), 0u);
}

TEST_F(RoutersTest, PoolKeepsAKeyWithItsRoutee) {
  PoolRouterOptions<Command> options = Options(4);
  options.routing = Routing<Command>::ConsistentHashing(
      On{[](const Job& m) { return m.number % 5; }, [](const auto&) { return 0; }});
  ActorRef<Command> pool = kit.Spawn(PoolRouter<Command>(std::move(options)), "pool");
  for (int i = 0; i < 50; ++i) pool.Tell(Job{i, nullptr});
  std::map<int, std::string> owner;
  for (const Did& each : log.ReceiveMessages(50)) {
    const int key = std::stoi(each.what.substr(4)) % 5;
    auto [place, added] = owner.try_emplace(key, each.worker);
    EXPECT_EQ(place->second, each.worker);
  }
  EXPECT_EQ(owner.size(), 5u);
}

TEST_F(RoutersTest, PoolPrefersTheSmallestMailbox) {
  PoolRouterOptions<Command> options = Options(3);
  options.routing = Routing<Command>::SmallestMailbox();
  ActorRef<Command> pool = kit.Spawn(PoolRouter<Command>(std::move(options)), "pool");
  kit.Run();
  // Two routees are given work behind the router's back.
  std::vector<ActorRef<Command>> routees;
  for (const char* name : {"routee-1", "routee-3"}) {
    routees.push_back(
        *ActorRefResolver::Get(kit.system()).Resolve<Command>(std::string("/user/pool/") + name));
  }
  for (const auto& routee : routees) {
    for (int i = 0; i < 20; ++i) routee.Tell(Job{100 + i, nullptr});
  }
  pool.Tell(Job{1, nullptr});
  for (const Did& each : log.ReceiveMessages(41)) {
    if (each.what == "job 1") {
      EXPECT_EQ(each.worker, "routee-2");
    }
  }
}

TEST_F(RoutersTest, PoolOfNothingDoesNotStart) {
  TestProbe<Did> watcher = kit.Probe<Did>();
  watcher.ExpectTerminated(kit.Spawn(PoolRouter<Command>(Options(0)), "zero"));
  watcher.ExpectTerminated(kit.Spawn(PoolRouter<Command>({.size = 1, .routee = nullptr}), "none"));
}

TEST_F(RoutersTest, APoolIsRestartedWithNewRoutees) {
  ActorRef<Command> pool = kit.Spawn(
      Behavior<Command>(
          Supervise(PoolRouter<Command>(Options(2))).OnFailure(SupervisorStrategy::Restart())),
      "pool");
  pool.Tell(Job{1, nullptr});
  EXPECT_EQ(CountJobs(1).size(), 1u);
}

TEST_F(RoutersTest, GroupStashesUntilItsFirstListing) {
  Receptionist::Get(kit.system()).Register(kWorkers, kit.Spawn(Worker(log.ref()), "a"));
  kit.Run();
  ActorRef<Command> group = kit.Spawn(GroupRouter<Command>({.key = kWorkers}), "group");
  for (int i = 0; i < 5; ++i) group.Tell(Job{i, std::make_unique<int>(i)});
  std::vector<std::string> what;
  for (const Did& each : log.ReceiveMessages(5)) what.push_back(each.what);
  EXPECT_EQ(what, (std::vector<std::string>{"job 0", "job 1", "job 2", "job 3", "job 4"}));
}

TEST_F(RoutersTest, GroupDropsWithAnEmptyListing) {
  TestProbe<Dropped> dropped = kit.Probe<Dropped>();
  kit.system().event_stream().Subscribe(dropped.ref());
  ActorRef<Command> group = kit.Spawn(GroupRouter<Command>({.key = kWorkers}), "group");
  Future<std::string> nobody = Ask<std::string>(
      group, absl::Seconds(3), [](auto reply_to) { return WhoAreYou{std::move(reply_to)}; });
  const Dropped event = dropped.ExpectMessage();
  EXPECT_EQ(event.recipient, group.path());
  EXPECT_NE(event.message_type.find("WhoAreYou"), std::string::npos);
  EXPECT_EQ(event.reason, "a group router has no routees");
  EXPECT_EQ(Await(nobody, absl::Seconds(1)).status().code(), absl::StatusCode::kCancelled);
}

TEST_F(RoutersTest, GroupFollowsItsMembers) {
  ActorRef<Command> group = kit.Spawn(
      GroupRouter<Command>({.key = kWorkers, .routing = Routing<Command>::RoundRobin()}), "group");
  ActorRef<Command> a = kit.Spawn(Worker(log.ref()), "a");
  ActorRef<Command> b = kit.Spawn(Worker(log.ref()), "b");
  for (const auto& each : {a, b}) Receptionist::Get(kit.system()).Register(kWorkers, each);
  kit.Run();
  for (int i = 0; i < 4; ++i) group.Tell(Job{i, nullptr});
  EXPECT_EQ(CountJobs(4), (std::map<std::string, int>{{"a", 2}, {"b", 2}}));
  a.Tell(Stop{});
  kit.Run();
  for (int i = 0; i < 4; ++i) group.Tell(Job{i, nullptr});
  EXPECT_EQ(CountJobs(4), (std::map<std::string, int>{{"b", 4}}));
  Receptionist::Get(kit.system()).Deregister(kWorkers, b);
  kit.Run();
  group.Tell(Job{9, nullptr});
  log.ExpectNoMessage();
}

TEST_F(RoutersTest, GroupsStashIsBounded) {
  TestProbe<Dropped> dropped = kit.Probe<Dropped>();
  kit.system().event_stream().Subscribe(dropped.ref());
  Receptionist::Get(kit.system()).Register(kWorkers, kit.Spawn(Worker(log.ref()), "a"));
  kit.Run();
  // The receptionist is given so much to do that the listing comes late.
  for (int i = 0; i < 200; ++i) (void)Receptionist::Get(kit.system()).Find(kWorkers);
  ActorRef<Command> group =
      kit.Spawn(GroupRouter<Command>({.key = kWorkers, .stash_capacity = 2}), "group");
  for (int i = 0; i < 3; ++i) group.Tell(Job{i, nullptr});
  EXPECT_EQ(log.ExpectMessage().what, "job 0");
  EXPECT_EQ(log.ExpectMessage().what, "job 1");
  EXPECT_NE(dropped.ExpectMessage().reason.find("stash"), std::string::npos);
}

TEST_F(RoutersTest, GroupSurvivesItsRestart) {
  ActorRef<Command> worker = kit.Spawn(Worker(log.ref()), "a");
  Receptionist::Get(kit.system()).Register(kWorkers, worker);
  // A key function that throws fails the router's turn.
  auto routing = Routing<Command>::ConsistentHashing(On{[](const Job& m) -> int {
                                                          if (m.number == 13)
                                                            throw std::runtime_error("unlucky");
                                                          return m.number;
                                                        },
                                                        [](const auto&) { return 0; }});
  ActorRef<Command> group = kit.Spawn(
      Behavior<Command>(
          Supervise(GroupRouter<Command>({.key = kWorkers, .routing = std::move(routing)}))
              .OnFailure(SupervisorStrategy::Restart())),
      "group");
  kit.Run();  // what waits in the stash is lost with a restart
  for (int i : {1, 13, 2}) group.Tell(Job{i, nullptr});
  EXPECT_EQ(log.ExpectMessage().what, "job 1");
  EXPECT_EQ(log.ExpectMessage().what, "job 2");
}

// Routers, receptionist, death and time in one run: nothing in it may depend on addresses.
void RunBusyGroup(SimulatedRuntime& simulation) {
  ActorTestKit kit({.settings = simulation.Settings(), .runtime = simulation.Runtime()});
  Random& random = simulation.random();
  ActorRef<Command> group = kit.Spawn(GroupRouter<Command>({.key = kWorkers}), "group");
  for (int i = 0; i < 40; ++i) {
    if (random.Below(2) == 0) {
      ActorRef<Command> worker = kit.Spawn(Worker(ActorRef<Did>::Ignore()));
      Receptionist::Get(kit.system()).Register(kWorkers, worker);
    }
    Scheduler::Get(kit.system()).ScheduleOnce(absl::Milliseconds(random.Below(20)), [group] {
      group.Tell(Stop{});
    });
    group.Tell(Job{i, nullptr});
    EXPECT_EQ(simulation.RunFor(absl::Milliseconds(random.Below(3))), absl::OkStatus());
  }
}

TEST(RoutersReplayTest, OneSeedIsOneRun) {
  ForEachSeed(10, [](uint64_t seed) {
    const ReplayReport report = RunTwice(seed, &RunBusyGroup);
    EXPECT_TRUE(report.equal) << report.text;
  });
}

TEST(RoutersThreadsTest, APoolHandlesEachMessageOnce) {
  ActorTestKit kit;
  std::atomic<int> handled = 0;
  std::vector<Routing<Command>> routings = {
      Routing<Command>::RoundRobin(), Routing<Command>::Random(),
      Routing<Command>::SmallestMailbox(),
      Routing<Command>::ConsistentHashing(
          On{[](const Job& m) { return m.number; }, [](const auto&) { return 0; }})};
  for (const Routing<Command>& routing : routings) {
    handled = 0;
    auto worker = [&handled] {
      return Receive<Command>(On{[&handled](const Job&) {
                                   ++handled;
                                   return Same();
                                 },
                                 [](const auto&) { return Same(); }});
    };
    ActorRef<Command> pool =
        kit.Spawn(PoolRouter<Command>({.size = 4, .routee = worker, .routing = routing}));
    std::vector<std::thread> threads;
    for (int t = 0; t < 3; ++t) {
      threads.emplace_back([&] {
        for (int i = 0; i < 1000; ++i) pool.Tell(Job{i, std::make_unique<int>(i)});
      });
    }
    for (std::thread& thread : threads) thread.join();
    TestProbe<Did> probe = kit.CreateTestProbe<Did>();
    probe.AwaitAssert([&] { return handled == 3000; }, absl::Seconds(20));
  }
}

}  // namespace
}  // namespace sampo
