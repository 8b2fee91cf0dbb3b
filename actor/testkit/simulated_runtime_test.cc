// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/testkit/simulated_runtime.h"

#include <set>
#include <string>
#include <thread>
#include <vector>

#include "gtest/gtest.h"
#include "sampo/actor/actor.h"
#include "sampo/actor/testkit/for_each_seed.h"

namespace sampo {
namespace {

struct Value {
  int64_t count;
};
struct Add {
  static constexpr std::string_view kMessageName = "Add";
  int64_t by = 1;
};
struct GetValue {
  static constexpr std::string_view kMessageName = "GetValue";
  ReplyTo<Value> reply_to;
};
struct Later {
  static constexpr std::string_view kMessageName = "Later";
  absl::Duration after;
};
struct Command : std::variant<Add, GetValue, Later> {
  using variant::variant;
};

Behavior<Command> Counter() {
  return Setup<Command>([](ActorContext<Command>& context) {
    return Receive<Command>(
        On{[&context, count = int64_t{0}](auto&& m) mutable -> Behavior<Command> {
          using M = std::remove_cvref_t<decltype(m)>;
          if constexpr (std::is_same_v<M, Add>) {
            count += m.by;
          } else if constexpr (std::is_same_v<M, GetValue>) {
            m.reply_to.Tell({count});
          } else {
            context.Timers().StartSingleTimer("later", Add{100}, m.after);
          }
          return Same();
        }});
  });
}

Behavior<Command> Guardian() { return Counter(); }

// A collector that notes the order in which numbers come.
struct Number {
  int value;
};
Behavior<Number> Collector(std::vector<int>* out) {
  return Receive<Number>([out](const Number& m) {
    out->push_back(m.value);
    return Same();
  });
}
Behavior<Number> Forwarder(ActorRef<Number> to) {
  return Receive<Number>([to](const Number& m) {
    to.Tell(m);
    return Same();
  });
}

std::vector<int> OrderUnder(SimulationOptions options) {
  std::vector<int> order;
  SimulatedRuntime simulation(options);
  ActorSystem<Number> system(Collector(&order), "order", simulation.Settings(),
                             simulation.Runtime());
  for (int i = 0; i < 4; ++i) {
    ActorRef<Number> forwarder = system.SpawnAnonymous(Forwarder(system));
    forwarder.Tell({i});
    forwarder.Tell({i + 10});
  }
  EXPECT_TRUE(simulation.RunUntilIdle().ok());
  return order;
}

TEST(SimulatedRuntimeTest, AwaitDrivesTheSimulation) {
  SimulatedRuntime simulation(TestSeed());
  ActorSystem<Command> system(Guardian(), "sim", simulation.Settings(), simulation.Runtime());
  for (int i = 0; i < 1000; ++i) system.Tell(Add{});
  Future<Value> value = Ask<Value>(system.guardian(), absl::Seconds(3),
                                   [](auto reply_to) { return GetValue{std::move(reply_to)}; });
  absl::StatusOr<Value> got = Await(value, absl::Seconds(3));
  ASSERT_TRUE(got.ok()) << got.status();
  EXPECT_EQ(got->count, 1000);
  EXPECT_EQ(simulation.NowNanos(), 0);
}

TEST(SimulatedRuntimeTest, TimeLeapsToTimers) {
  SimulatedRuntime simulation(TestSeed());
  ActorSystem<Command> system(Guardian(), "sim", simulation.Settings(), simulation.Runtime());
  system.Tell(Later{absl::Hours(10)});
  ASSERT_TRUE(simulation.RunUntilIdle().ok());
  EXPECT_EQ(simulation.NowNanos(), 0);
  ASSERT_TRUE(simulation.Run().ok());
  EXPECT_EQ(simulation.NowNanos(), absl::ToInt64Nanoseconds(absl::Hours(10)));
  ASSERT_TRUE(simulation.RunFor(absl::Hours(1)).ok());
  EXPECT_EQ(simulation.NowNanos(), absl::ToInt64Nanoseconds(absl::Hours(11)));
  auto ask = Ask<Value>(system.guardian(), absl::Seconds(3),
                        [](auto reply_to) { return GetValue{std::move(reply_to)}; });
  EXPECT_EQ(Await(ask, absl::Seconds(1))->count, 100);
}

TEST(SimulatedRuntimeTest, AnAskThatNobodyAnswersTimesOutInVirtualTime) {
  SimulatedRuntime simulation(TestSeed());
  ActorSystem<ActorRef<Value>> system(
      Receive<ActorRef<Value>>([](const ActorRef<Value>&) { return Same(); }), "sim",
      simulation.Settings(), simulation.Runtime());
  auto ask = Ask<Value>(system.guardian(), absl::Hours(3),
                        [](auto reply_to) { return ActorRef<Value>(std::move(reply_to)); });
  EXPECT_EQ(Await(ask, absl::Hours(4)).status().code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_EQ(simulation.NowNanos(), absl::ToInt64Nanoseconds(absl::Hours(3)));
}

TEST(SimulatedRuntimeTest, AwaitInsideAnActorIsRefused) {
  SimulatedRuntime simulation(TestSeed());
  absl::Status waited;
  ActorSystem<int> system(Receive<int>([&](const int&) {
                            waited = Await(Future<void>::Ready(), absl::Seconds(1));
                            return Same();
                          }),
                          "sim", simulation.Settings(), simulation.Runtime());
  system.Tell(1);
  ASSERT_TRUE(simulation.RunUntilIdle().ok());
  EXPECT_EQ(waited.code(), absl::StatusCode::kFailedPrecondition) << waited;
}

TEST(SimulatedRuntimeTest, TheSeedDecidesTheOrder) {
  for (SchedulePolicyKind policy : {SchedulePolicyKind::kUniform, SchedulePolicyKind::kPct}) {
    std::set<std::vector<int>> orders;
    for (uint64_t seed = 1; seed <= 50; ++seed) {
      const SimulationOptions options{.seed = seed, .policy = policy, .steps_expected = 20};
      std::vector<int> order = OrderUnder(options);
      EXPECT_EQ(order.size(), 8u);
      EXPECT_EQ(order, OrderUnder(options));
      orders.insert(order);
    }
    EXPECT_GT(orders.size(), 20u);
  }
}

TEST(SimulatedRuntimeTest, FifoIsAlwaysTheSame) {
  std::set<std::vector<int>> orders;
  for (uint64_t seed = 1; seed <= 5; ++seed) {
    orders.insert(OrderUnder({.seed = seed, .policy = SchedulePolicyKind::kFifo}));
  }
  EXPECT_EQ(orders.size(), 1u);
}

TEST(SimulatedRuntimeTest, AnEndlessSimulationEndsWithAStatus) {
  SimulatedRuntime simulation(SimulationOptions{.seed = 1, .steps_max = 1000});
  ActorSystem<int> system(sampo::Setup<int>([](ActorContext<int>& context) {
                            context.Timers().StartTimerWithFixedDelay("tick", 1, absl::Seconds(1));
                            return Receive<int>([](const int&) { return Same(); });
                          }),
                          "sim", simulation.Settings(), simulation.Runtime());
  absl::Status ran = simulation.Run();
  EXPECT_EQ(ran.code(), absl::StatusCode::kResourceExhausted) << ran;
  EXPECT_TRUE(simulation.RunFor(absl::Seconds(10)).ok());
}

TEST(SimulatedRuntimeTest, PctDoesNotStarve) {
  SimulatedRuntime simulation(
      SimulationOptions{.seed = 1, .policy = SchedulePolicyKind::kPct, .steps_max = 100'000});
  bool done = false;
  ActorSystem<int> system(sampo::Setup<int>([](ActorContext<int>& context) {
                            return Receive<int>([&context](const int& m) {
                              context.Self().Tell(m);
                              return Same();
                            });
                          }),
                          "sim", simulation.Settings(), simulation.Runtime());
  system.Tell(1);
  for (int i = 0; i < 10; ++i) {
    system
        .SpawnAnonymous(Receive<int>([&done](const int&) {
          done = true;
          return Same();
        }))
        .Tell(1);
    EXPECT_TRUE(simulation.RunUntil([&] { return done; }).ok());
    done = false;
  }
  system.SpawnAnonymous(Behavior<int>(Stopped()));
  system.Terminate();
}

TEST(SimulatedRuntimeTest, SystemsOfOneSimulationTalk) {
  SimulatedRuntime simulation(TestSeed());
  std::vector<int> order;
  ActorSystem<Number> first(Collector(&order), "first", simulation.Settings(),
                            simulation.Runtime());
  {
    ActorSystem<Number> second(Forwarder(first), "second", simulation.Settings(),
                               simulation.Runtime());
    second.Tell(Number{7});
    ASSERT_TRUE(simulation.RunUntilIdle().ok());
  }
  EXPECT_EQ(order, std::vector<int>{7});
  first.Tell(Number{8});
  ASSERT_TRUE(simulation.RunUntilIdle().ok());
  EXPECT_EQ(order, (std::vector<int>{7, 8}));
}

void Chatter(SimulatedRuntime& simulation) {
  ActorSystem<Command> system(Guardian(), "sim", simulation.Settings(), simulation.Runtime());
  for (int i = 0; i < 20; ++i) system.SpawnAnonymous(Counter()).Tell(Add{i});
  system.Tell(Later{absl::Milliseconds(5)});
  EXPECT_TRUE(simulation.Run().ok());
}

TEST(SimulatedRuntimeTest, RunTwiceAgrees) {
  ForEachSeed(20, [](uint64_t seed) {
    ReplayReport report = RunTwice(seed, &Chatter);
    EXPECT_TRUE(report.equal) << report.text;
    EXPECT_GT(report.steps, 40);
  });
  EXPECT_NE(RunTwice(1, &Chatter).hash, RunTwice(2, &Chatter).hash);
}

TEST(SimulatedRuntimeTest, RunTwiceNamesTheFirstLeak) {
  int run = 0;  // what should have come from the seed
  ReplayReport report = RunTwice(TestSeed(), [&](SimulatedRuntime& simulation) {
    ActorSystem<Command> system(Guardian(), "sim", simulation.Settings(), simulation.Runtime());
    system.Tell(Add{});
    if (run++ == 0) {
      system.Tell(Add{});
    } else {
      system.Tell(Later{absl::Seconds(1)});
    }
    EXPECT_TRUE(simulation.RunUntilIdle().ok());
  });
  EXPECT_FALSE(report.equal);
  EXPECT_GT(report.first_difference, 0);
  EXPECT_NE(report.text.find("Later[2]"), std::string::npos) << report.text;
  EXPECT_NE(report.text.find("Add[0]"), std::string::npos) << report.text;
}

TEST(SimulatedRuntimeDeathTest, AnotherThreadAborts) {
  EXPECT_DEATH(
      {
        SimulatedRuntime simulation(1);
        ActorSystem<Command> system(Guardian(), "sim", simulation.Settings(), simulation.Runtime());
        Await(system.WhenTerminated(), absl::ZeroDuration()).IgnoreError();
        std::thread([&] { system.Tell(Add{}); }).join();
      },
      "used from a second thread");
}

}  // namespace
}  // namespace sampo
