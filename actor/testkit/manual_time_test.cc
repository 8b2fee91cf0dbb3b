// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/testkit/manual_time.h"

#include "gtest/gtest.h"
#include "sampo/actor/actor.h"
#include "sampo/actor/testkit/actor_test_kit.h"

namespace sampo {
namespace {

struct Tick {
  int number = 0;
  bool operator==(const Tick&) const = default;
};

Behavior<Tick> Ticker(ActorRef<Tick> to, absl::Duration interval) {
  return Setup<Tick>([to, interval](ActorContext<Tick>& context) {
    context.Timers().StartTimerWithFixedDelay("tick", Tick{}, interval);
    return Receive<Tick>([to, n = 0](const Tick&) mutable {
      to.Tell({++n});
      return Same();
    });
  });
}

TEST(ManualTimeTest, TimersWaitForTheTest) {
  ManualTime time;
  ActorTestKit kit({.runtime = time.Runtime()});
  TestProbe<Tick> probe = kit.CreateTestProbe<Tick>();
  kit.Spawn(Ticker(probe.ref(), absl::Seconds(10)));
  time.ExpectNoMessageFor(absl::Seconds(9), probe);
  time.TimePasses(absl::Seconds(1));
  probe.ExpectMessage(Tick{1});
  EXPECT_EQ(time.NowNanos(), absl::ToInt64Nanoseconds(absl::Seconds(10)));
}

TEST(ManualTimeTest, APeriodicTimerTicksAsOftenAsItShould) {
  ManualTime time;
  ActorTestKit kit({.runtime = time.Runtime()});
  TestProbe<Tick> probe = kit.CreateTestProbe<Tick>();
  kit.Spawn(Ticker(probe.ref(), absl::Milliseconds(10)));
  time.TimePasses(absl::Seconds(1));
  EXPECT_EQ(probe.ReceiveMessages(100).back().number, 100);
  probe.ExpectNoMessage(absl::ZeroDuration());
}

TEST(ManualTimeTest, AsksTimeOutInVirtualTime) {
  ManualTime time;
  ActorTestKit kit({.runtime = time.Runtime()});
  ActorRef<ActorRef<Tick>> mute =
      kit.Spawn(Receive<ActorRef<Tick>>([](const ActorRef<Tick>&) { return Same(); }));
  Future<Tick> answer =
      Ask<Tick>(mute, absl::Hours(1), [](auto slot) { return ActorRef<Tick>(std::move(slot)); });
  time.TimePasses(absl::Minutes(59));
  EXPECT_FALSE(answer.IsComplete());
  time.TimePasses(absl::Minutes(1));
  EXPECT_EQ(Await(answer, absl::Seconds(3)).status().code(), absl::StatusCode::kDeadlineExceeded);
}

TEST(ManualTimeTest, TwoSystemsShareTheTime) {
  ManualTime time;
  ActorTestKit one({.name = "one", .runtime = time.Runtime()});
  ActorTestKit two({.name = "two", .runtime = time.Runtime()});
  TestProbe<Tick> probe = two.CreateTestProbe<Tick>();
  one.Spawn(Ticker(probe.ref(), absl::Seconds(1)));
  time.TimePasses(absl::Seconds(5));
  EXPECT_EQ(probe.ReceiveMessages(5).size(), 5u);
  EXPECT_TRUE(time.Settle().ok());
}

}  // namespace
}  // namespace sampo
