// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/receptionist.h"

#include <algorithm>
#include <string>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

#include "gtest/gtest.h"
#include "sampo/actor/actor.h"
#include "sampo/actor/test_util.h"

namespace sampo {
namespace {

struct Job {
  int number = 0;
};
struct Stop {};
struct Command : std::variant<Job, Stop> {
  using variant::variant;
};
using Listed = std::vector<std::string>;

const ServiceKey<Command> kWorkers("workers");

Behavior<Command> Worker() {
  return Receive<Command>(
      On{[](const Job&) { return Same(); }, [](const Stop&) { return Stopped(); }});
}

template <class M>
Listed PathsOf(const Listing<M>& listing) {
  Listed paths;
  for (const ActorRef<M>& each : listing.instances) {
    const std::string path = each.path();
    paths.push_back(path.substr(0, path.rfind('#')));
  }
  return paths;
}

struct ReceptionistTest : testing::Test {
  explicit ReceptionistTest(uint64_t seed = TestSeed()) : kit(seed) {}

  Listed Find() {
    Future<Listing<Command>> listing = receptionist.Find(kWorkers);
    return PathsOf(Await(listing, absl::Seconds(5)).value());
  }
  Listed Next(TestProbe<Listing<Command>>& probe) { return PathsOf(probe.ExpectMessage()); }

  SimulatedKit kit;
  Receptionist& receptionist = Receptionist::Get(kit.system());
};

TEST_F(ReceptionistTest, FindsWhoIsRegisteredInTheOrderOfPaths) {
  EXPECT_EQ(Find(), Listed{});
  for (const char* name : {"c", "a", "b"}) {
    receptionist.Register(kWorkers, kit.Spawn(Worker(), name));
  }
  EXPECT_EQ(Find(), (Listed{"/user/a", "/user/b", "/user/c"}));
}

TEST_F(ReceptionistTest, RegisteringTwiceIsOnce) {
  ActorRef<Command> worker = kit.Spawn(Worker(), "a");
  receptionist.Register(kWorkers, worker);
  receptionist.Register(kWorkers, worker);
  EXPECT_EQ(Find(), Listed{"/user/a"});
  receptionist.Deregister(kWorkers, worker);
  EXPECT_EQ(Find(), Listed{});
}

TEST_F(ReceptionistTest, AcknowledgesWhenItIsInEffect) {
  ActorRef<Command> worker = kit.Spawn(Worker(), "a");
  TestProbe<Registered<Command>> registered = kit.Probe<Registered<Command>>();
  TestProbe<Deregistered<Command>> deregistered = kit.Probe<Deregistered<Command>>();
  receptionist.Register(kWorkers, worker, registered.ref());
  Registered<Command> ack = registered.ExpectMessage();
  EXPECT_EQ(ack.service, worker);
  EXPECT_EQ(ack.key, kWorkers);
  EXPECT_EQ(Find(), Listed{"/user/a"});
  receptionist.Deregister(kWorkers, worker, deregistered.ref());
  EXPECT_EQ(deregistered.ExpectMessage().service, worker);
  EXPECT_EQ(Find(), Listed{});
  receptionist.Deregister(kWorkers, worker, deregistered.ref());  // again: fine
  deregistered.ExpectMessage();
}

TEST_F(ReceptionistTest, KeysDifferByNameAndByProtocol) {
  receptionist.Register(kWorkers, kit.Spawn(Worker(), "a"));
  receptionist.Register(ServiceKey<Job>("workers"), ActorRef<Job>(kit.Spawn(Worker(), "b")));
  receptionist.Register(ServiceKey<Command>("others"), kit.Spawn(Worker(), "c"));
  EXPECT_EQ(Find(), Listed{"/user/a"});
  Future<Listing<Job>> jobs = receptionist.Find(ServiceKey<Job>("workers"));
  EXPECT_EQ(PathsOf(Await(jobs, absl::Seconds(1)).value()), Listed{"/user/b"});
}

TEST_F(ReceptionistTest, ASubscriberGetsTheListingNowAndAfterEachChange) {
  ActorRef<Command> a = kit.Spawn(Worker(), "a");
  receptionist.Register(kWorkers, a);
  TestProbe<Listing<Command>> probe = kit.Probe<Listing<Command>>();
  receptionist.Subscribe(kWorkers, probe.ref());
  EXPECT_EQ(Next(probe), Listed{"/user/a"});
  receptionist.Register(kWorkers, kit.Spawn(Worker(), "b"));
  EXPECT_EQ(Next(probe), (Listed{"/user/a", "/user/b"}));
  receptionist.Register(kWorkers, a);  // no change
  receptionist.Deregister(kWorkers, a);
  EXPECT_EQ(Next(probe), Listed{"/user/b"});
  probe.ExpectNoMessage();
}

TEST_F(ReceptionistTest, SubscribingAgainTellsTheListingAgainButChangesOnce) {
  TestProbe<Listing<Command>> probe = kit.Probe<Listing<Command>>();
  receptionist.Subscribe(kWorkers, probe.ref());
  receptionist.Subscribe(kWorkers, probe.ref());
  EXPECT_EQ(Next(probe), Listed{});
  EXPECT_EQ(Next(probe), Listed{});
  receptionist.Register(kWorkers, kit.Spawn(Worker(), "a"));
  EXPECT_EQ(Next(probe), Listed{"/user/a"});
  probe.ExpectNoMessage();
}

TEST_F(ReceptionistTest, UnsubscribeEndsIt) {
  TestProbe<Listing<Command>> probe = kit.Probe<Listing<Command>>();
  receptionist.Subscribe(kWorkers, probe.ref());
  Next(probe);
  receptionist.Unsubscribe(kWorkers, probe.ref());
  receptionist.Register(kWorkers, kit.Spawn(Worker(), "a"));
  probe.ExpectNoMessage();
}

TEST_F(ReceptionistTest, AnActorThatEndsLeavesAllItsKeys) {
  ActorRef<Command> worker = kit.Spawn(Worker(), "a");
  const ServiceKey<Command> others("others");
  receptionist.Register(kWorkers, worker);
  receptionist.Register(others, worker);
  TestProbe<Listing<Command>> first = kit.Probe<Listing<Command>>();
  TestProbe<Listing<Command>> second = kit.Probe<Listing<Command>>();
  receptionist.Subscribe(kWorkers, first.ref());
  receptionist.Subscribe(others, second.ref());
  Next(first);
  Next(second);
  worker.Tell(Stop{});
  EXPECT_EQ(Next(first), Listed{});
  EXPECT_EQ(Next(second), Listed{});
}

TEST_F(ReceptionistTest, AnActorThatHasEndedBeforeIsListedForNoLongerThanItTakes) {
  ActorRef<Command> worker = kit.Spawn(Worker(), "a");
  kit.kit().Stop(worker);
  receptionist.Register(kWorkers, worker);
  kit.Run();
  EXPECT_EQ(Find(), Listed{});
}

TEST_F(ReceptionistTest, AfterDeregisterTheEndOfTheActorChangesNothing) {
  ActorRef<Command> worker = kit.Spawn(Worker(), "a");
  receptionist.Register(kWorkers, worker);
  receptionist.Deregister(kWorkers, worker);
  kit.kit().Stop(worker);
  ActorRef<Command> next = kit.Spawn(Worker(), "a");
  receptionist.Register(kWorkers, next);
  kit.Run();
  EXPECT_EQ(Find(), Listed{"/user/a"});
}

// Tells a probe what its adapter brings.
struct Seen {
  Listing<Command> listing;
};
Behavior<Seen> Follower(ActorRef<Listing<Command>> to) {
  return sampo::Setup<Seen>([to](ActorContext<Seen>& context) {
    Receptionist::Get(context.System())
        .Subscribe(kWorkers, context.MessageAdapter<Listing<Command>>([](Listing<Command> listing) {
          return Seen{std::move(listing)};
        }));
    return Receive<Seen>([to](const Seen& m) -> Behavior<Seen> {
      to.Tell(m.listing);
      if (m.listing.instances.size() == 2) return Stopped();
      return Same();
    });
  });
}

TEST_F(ReceptionistTest, AMessageAdapterIsASubscriberAsLongAsItsActorLives) {
  TestProbe<Listing<Command>> probe = kit.Probe<Listing<Command>>();
  ActorRef<Seen> follower = kit.Spawn(Follower(probe.ref()), "follower");
  EXPECT_EQ(Next(probe), Listed{});
  receptionist.Register(kWorkers, kit.Spawn(Worker(), "a"));
  EXPECT_EQ(Next(probe), Listed{"/user/a"});
  receptionist.Register(kWorkers, kit.Spawn(Worker(), "b"));
  EXPECT_EQ(Next(probe), (Listed{"/user/a", "/user/b"}));
  probe.ExpectTerminated(follower);
  kit.Run();
  const uint64_t dead = kit.system().dead_letter_count();
  receptionist.Register(kWorkers, kit.Spawn(Worker(), "c"));
  kit.Run();
  EXPECT_EQ(kit.system().dead_letter_count(), dead);
  probe.ExpectNoMessage();
}

TEST(ReceptionistPropertyTest, SubscribersEndWithWhatIsTrue) {
  ForEachSeed(50, [](uint64_t seed) {
    SimulatedKit kit(seed);
    Receptionist& receptionist = Receptionist::Get(kit.system());
    Random& random = kit.simulation().random();
    TestProbe<Listing<Command>> probe = kit.Probe<Listing<Command>>();
    receptionist.Subscribe(kWorkers, probe.ref());
    std::vector<ActorRef<Command>> alive;
    Listed wanted;
    for (int i = 0; i < 30; ++i) {
      const std::string name = "w" + std::to_string(random.Below(10));
      const uint64_t dice = random.Below(4);
      if (dice < 2) {
        absl::StatusOr<ActorRef<Command>> worker = kit.system().TrySpawn(Worker(), name);
        if (!worker.ok()) continue;  // the name is taken
        receptionist.Register(kWorkers, *worker);
        alive.push_back(*worker);
      } else if (!alive.empty()) {
        const auto victim = alive.begin() + static_cast<std::ptrdiff_t>(random.Below(alive.size()));
        if (dice == 2) victim->Tell(Stop{});
        if (dice == 3) receptionist.Deregister(kWorkers, *victim);
        alive.erase(victim);
      }
      if (random.Below(3) == 0) kit.Run();
    }
    kit.Run();
    std::vector<std::string> paths;
    for (const auto& each : alive) paths.push_back(each.path().substr(0, each.path().rfind('#')));
    std::sort(paths.begin(), paths.end());
    Listed last;
    while (probe.HasMessages()) last = PathsOf(probe.ExpectMessage());
    EXPECT_EQ(last, paths) << "seed " << seed;
  });
}

TEST(ReceptionistThreadsTest, ManyComeAndGoAtOnce) {
  ActorTestKit kit;
  Receptionist& receptionist = Receptionist::Get(kit.system());
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 50; ++i) {
        ActorRef<Command> worker = kit.system().SpawnAnonymous(Worker());
        receptionist.Register(kWorkers, worker);
        if (i % 2 == 0) worker.Tell(Stop{});
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  TestProbe<Listing<Command>> probe = kit.CreateTestProbe<Listing<Command>>();
  receptionist.Subscribe(kWorkers, probe.ref());
  probe.Fish(absl::Seconds(10), [](const Listing<Command>& listing) {
    return listing.instances.size() == 100 ? FishingOutcome::kComplete
                                           : FishingOutcome::kContinueAndIgnore;
  });
}

}  // namespace
}  // namespace sampo
