// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/testkit/test_probe.h"

#include <memory>
#include <string>

#include "gtest/gtest-spi.h"
#include "gtest/gtest.h"
#include "sampo/actor/actor.h"
#include "sampo/actor/testkit/actor_test_kit.h"
#include "sampo/actor/testkit/simulated_runtime.h"

namespace sampo {
namespace {

struct Added {
  std::string item;
  bool operator==(const Added&) const = default;
};
struct Removed {
  int count = 0;
  bool operator==(const Removed&) const = default;
};
struct Event : std::variant<Added, Removed> {
  using variant::variant;
};

// Each test runs on real threads and in a simulation.
class TestProbeTest : public testing::TestWithParam<bool> {
 protected:
  TestProbeTest() {
    if (GetParam()) {
      simulation_ = std::make_unique<SimulatedRuntime>(1);
      kit_ = std::make_unique<ActorTestKit>(ActorTestKitOptions{.settings = simulation_->Settings(),
                                                                .runtime = simulation_->Runtime()});
    } else {
      kit_ = std::make_unique<ActorTestKit>();
    }
  }
  std::unique_ptr<SimulatedRuntime> simulation_;
  std::unique_ptr<ActorTestKit> kit_;
};
INSTANTIATE_TEST_SUITE_P(Runtimes, TestProbeTest, testing::Bool(), [](const auto& info) {
  return std::string(info.param ? "Simulated" : "Threads");
});

TEST_P(TestProbeTest, ExpectsAnyEqualAndTypedMessages) {
  TestProbe<Event> probe = kit_->CreateTestProbe<Event>();
  probe.ref().Tell(Added{"mill"});
  probe.ref().Tell(Added{"lid"});
  probe.ref().Tell(Removed{3});
  probe.ref().Tell(Event(Removed{4}));
  EXPECT_EQ(std::get<Added>(probe.ExpectMessage()).item, "mill");
  probe.ExpectMessage(Added{"lid"});
  EXPECT_EQ(probe.ExpectMessageOfType<Removed>().count, 3);
  probe.ExpectMessage(Event(Removed{4}));
  EXPECT_FALSE(probe.HasMessages());
}

TEST_P(TestProbeTest, FailuresSayWhatWasExpectedAndWhatCame) {
  static TestProbe<Event>* probe;  // the macros below are not closures
  TestProbe<Event> held = kit_->CreateTestProbe<Event>("shop");
  probe = &held;
  held.ref().Tell(Removed{3});
  EXPECT_NONFATAL_FAILURE(probe->ExpectMessage(Added{"mill"}), "Added");
  held.ref().Tell(Removed{3});
  EXPECT_NONFATAL_FAILURE(probe->ExpectNoMessage(), "expected no message within 100ms, got");
  EXPECT_NONFATAL_FAILURE((void)probe->ReceiveMessages(2, absl::Milliseconds(10)),
                          "0 of 2 messages within 10ms");
}

TEST_P(TestProbeTest, AMissingMessageEndsTheTest) {
  static TestProbe<Event>* probe;
  TestProbe<Event> held = kit_->CreateTestProbe<Event>("shop");
  probe = &held;
  EXPECT_NONFATAL_FAILURE(
      {
        auto wait = [&] { return probe->ExpectMessage(); };
        probe->Within(absl::Milliseconds(20), [&] { EXPECT_ANY_THROW((void)wait()); });
      },
      "no message within");
}

TEST_P(TestProbeTest, ReceiveGivesAStatus) {
  TestProbe<Event> probe = kit_->CreateTestProbe<Event>();
  absl::StatusOr<Event> got = probe.Receive(absl::Milliseconds(1));
  EXPECT_EQ(got.status().code(), absl::StatusCode::kDeadlineExceeded);
  probe.ref().Tell(Removed{1});
  EXPECT_TRUE(probe.Receive(absl::Seconds(3)).ok());
}

TEST_P(TestProbeTest, ReceivesSeveral) {
  TestProbe<Event> probe = kit_->CreateTestProbe<Event>();
  for (int i = 0; i < 5; ++i) probe.ref().Tell(Removed{i});
  std::vector<Event> all = probe.ReceiveMessages(5);
  ASSERT_EQ(all.size(), 5u);
  EXPECT_EQ(std::get<Removed>(all[4]).count, 4);
}

TEST_P(TestProbeTest, Fishes) {
  TestProbe<Event> probe = kit_->CreateTestProbe<Event>();
  for (int i = 0; i < 5; ++i) probe.ref().Tell(Removed{i});
  probe.ref().Tell(Added{"end"});
  std::vector<Event> caught = probe.Fish(absl::Seconds(3), [](const Event& event) {
    if (std::holds_alternative<Added>(event)) return FishingOutcome::kComplete;
    return std::get<Removed>(event).count % 2 == 0 ? FishingOutcome::kContinue
                                                   : FishingOutcome::kContinueAndIgnore;
  });
  EXPECT_EQ(caught.size(), 4u);
}

TEST_P(TestProbeTest, SeesTermination) {
  TestProbe<Event> probe = kit_->CreateTestProbe<Event>();
  ActorRef<int> actor = kit_->Spawn(Receive<int>([](const int&) { return Stopped(); }), "brief");
  actor.Tell(1);
  probe.ExpectTerminated(actor);
  probe.ExpectTerminated(actor);  // also of one that is gone already
}

TEST_P(TestProbeTest, CanBeWatchedAndStopped) {
  TestProbe<Event> probe = kit_->CreateTestProbe<Event>();
  TestProbe<Event> other = kit_->CreateTestProbe<Event>();
  other.Stop();
  probe.ExpectTerminated(other.ref());
}

TEST_P(TestProbeTest, AwaitAssertAsksAgain) {
  TestProbe<Event> probe = kit_->CreateTestProbe<Event>();
  std::atomic<int> count{0};
  ActorRef<int> actor = kit_->Spawn(Receive<int>([&](const int&) {
    ++count;
    return Same();
  }));
  for (int i = 0; i < 10; ++i) actor.Tell(i);
  probe.AwaitAssert([&] { return count == 10; });
  probe.AwaitAssert(
      [&] { return count == 10 ? absl::OkStatus() : absl::UnavailableError("not yet"); });
}

TEST_P(TestProbeTest, WithinBoundsWhatIsInside) {
  TestProbe<Event> probe = kit_->CreateTestProbe<Event>();
  probe.Within(absl::Seconds(2), [&] {
    EXPECT_LE(probe.Remaining(), absl::Seconds(2));
    probe.Within(absl::Seconds(1), [&] { EXPECT_LE(probe.Remaining(), absl::Seconds(1)); });
    EXPECT_GT(probe.Remaining(), absl::Seconds(1));
  });
  EXPECT_EQ(probe.Remaining(), TestProbe<Event>::kExpectTimeout);
}

TEST_P(TestProbeTest, TakesMoveOnlyMessages) {
  TestProbe<std::unique_ptr<int>> probe = kit_->CreateTestProbe<std::unique_ptr<int>>();
  probe.ref().Tell(std::make_unique<int>(7));
  EXPECT_EQ(*probe.ExpectMessage(), 7);
}

TEST(TestProbeSimulatedTest, ExpectNoMessageTakesVirtualTime) {
  SimulatedRuntime simulation(1);
  ActorTestKit kit({.settings = simulation.Settings(), .runtime = simulation.Runtime()});
  TestProbe<Event> probe = kit.CreateTestProbe<Event>();
  probe.ExpectNoMessage(absl::Hours(5));
  EXPECT_EQ(simulation.NowNanos(), absl::ToInt64Nanoseconds(absl::Hours(5)));
}

}  // namespace
}  // namespace sampo
