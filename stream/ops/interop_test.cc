// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/stream/ops/interop.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sampo/actor/actor.h"
#include "sampo/actor/testkit/actor_test_kit.h"
#include "sampo/stream/ops/runtimes.h"
#include "sampo/stream/pub_sub.h"
#include "sampo/stream/simulated_stream.h"
#include "sampo/stream/stream.h"
#include "sampo/stream/testkit/test_sink.h"
#include "sampo/stream/testkit/test_source.h"

namespace sampo::stream {
namespace {

struct Square {
  int n;
  ReplyTo<int> reply_to;
};
struct Check {
  int n;
  ReplyTo<absl::StatusOr<int>> reply_to;
};
struct Stop {};
struct Command : std::variant<Square, Check, Stop> {
  using variant::variant;
};

// Squares; drops the question about 13; an odd number does not pass its check.
Behavior<Command> Calculator() {
  return Receive<Command>(On{
      [](Square&& m) {
        if (m.n != 13) m.reply_to.Tell(m.n * m.n);
        return Same();
      },
      [](Check&& m) {
        if (m.n % 2 == 1) {
          m.reply_to.Tell(absl::OutOfRangeError("odd"));
        } else {
          m.reply_to.Tell(m.n);
        }
        return Same();
      },
      [](const Stop&) { return Stopped(); },
  });
}
constexpr absl::Duration kTimeout = absl::Seconds(3);
auto MakeSquare() {
  return [](int n, auto reply_to) { return Square{n, std::move(reply_to)}; };
}
auto MakeCheck() {
  return [](int n, auto reply_to) { return Check{n, std::move(reply_to)}; };
}

TEST(AskTest, GivesAnswersInOrder) {
  SimulatedStream sim;
  ActorRef<Command> calculator = sim.kit().Spawn(Calculator());
  auto all = Source<int>::Range(1, 5)
                 .Ask<int>(2, calculator, kTimeout, MakeSquare())
                 .RunWith(Sink<int>::Seq(), sim.system());
  EXPECT_EQ(*sim.Await(all), (std::vector<int>{1, 4, 9, 16, 25}));
  auto flow = Source<int>::Range(1, 3)
                  .Via(ActorFlow::Ask<int, int>(2, calculator, kTimeout, MakeSquare()))
                  .RunWith(Sink<int>::Seq(), sim.system());
  EXPECT_EQ(*sim.Await(flow), (std::vector<int>{1, 4, 9}));
}

TEST(AskTest, FailsWithADroppedQuestionAndAWrongAnswer) {
  SimulatedStream sim;
  ActorRef<Command> calculator = sim.kit().Spawn(Calculator());
  auto dropped = Source<int>::Range(12, 15)
                     .Ask<int>(2, calculator, kTimeout, MakeSquare())
                     .RunWith(Sink<int>::Seq(), sim.system());
  EXPECT_TRUE(absl::IsCancelled(sim.Await(dropped).status()));
  auto refused = Source<int>::Range(1, 5)
                     .AskWithStatus<int>(2, calculator, kTimeout, MakeCheck())
                     .RunWith(Sink<int>::Seq(), sim.system());
  EXPECT_TRUE(absl::IsOutOfRange(sim.Await(refused).status()));
  auto resumed = Source<int>::Range(1, 5)
                     .AskWithStatus<int>(2, calculator, kTimeout, MakeCheck())
                     .WithAttributes(Attributes().Supervision(&ResumingDecider))
                     .RunWith(Sink<int>::Seq(), sim.system());
  EXPECT_EQ(*sim.Await(resumed), (std::vector<int>{2, 4}));
}

TEST(AskTest, PassesTheContextBy) {
  SimulatedStream sim;
  ActorRef<Command> calculator = sim.kit().Spawn(Calculator());
  using In = std::pair<int, std::string>;
  auto all = Source<In>::From({{2, "two"}, {3, "three"}})
                 .AskWithContext<int>(2, calculator, kTimeout, MakeSquare())
                 .RunWith(Sink<In>::Seq(), sim.system());
  EXPECT_EQ(*sim.Await(all), (std::vector<In>{{4, "two"}, {9, "three"}}));
  auto checked = Source<In>::From({{2, "two"}})
                     .AskWithStatusAndContext<int>(2, calculator, kTimeout, MakeCheck())
                     .RunWith(Sink<In>::Seq(), sim.system());
  EXPECT_EQ(*sim.Await(checked), (std::vector<In>{{2, "two"}}));
}

auto CheckFlow(const ActorRef<Command>& calculator) {
  return ActorFlow::AskWithStatus<int, int>(2, calculator, kTimeout, MakeCheck());
}

TEST(ActorFlowTest, AskWithStatusPassesAnswers) {
  InSimulations([](const Materializer& materializer) {
    ActorRef<Command> calculator = materializer.system().SpawnAnonymous(Calculator());
    EXPECT_EQ(Get(Source<int>::From({2, 4, 6, 8})
                      .Via(CheckFlow(calculator))
                      .RunWith(Sink<int>::Seq(), materializer)),
              (std::vector<int>{2, 4, 6, 8}));
  });
}

TEST(ActorFlowTest, AskWithStatusFailsWithTheStatusOfAnAnswer) {
  SimulatedStream sim;
  ActorRef<Command> calculator = sim.kit().Spawn(Calculator());
  auto [in, out] = TestSource<int>::Probe()
                       .Via(CheckFlow(calculator))
                       .ToMat(TestSink<int>::Probe(), KeepBoth())
                       .Run(sim.system());
  out.Request(9);
  in.SendNext(2).SendNext(3);
  out.ExpectNext(2);
  EXPECT_EQ(out.ExpectError(), absl::OutOfRangeError("odd"));
  EXPECT_EQ(in.ExpectCancellation(), absl::OutOfRangeError("odd"));
}

void ShowThatAskWithStatusFailsWithItsActor(ActorTestKit& kit) {
  ActorRef<Command> calculator = kit.Spawn(Calculator());
  auto [in, out] = TestSource<int>::Probe()
                       .Via(CheckFlow(calculator))
                       .ToMat(TestSink<int>::Probe(), KeepBoth())
                       .Run(kit.system());
  out.Request(9);
  in.SendNext(2);
  out.ExpectNext(2);
  calculator.Tell(Stop{});
  EXPECT_TRUE(absl::IsUnavailable(out.ExpectError()));
  EXPECT_TRUE(absl::IsUnavailable(in.ExpectCancellation()));
}

TEST(ActorFlowTest, AskWithStatusFailsWhenTheActorHasStopped) {
  SimulatedStream sim;
  ShowThatAskWithStatusFailsWithItsActor(sim.kit());
}

TEST(ActorFlowTest, AskWithStatusFailsWhenTheActorHasStoppedOnRealThreads) {
  ActorTestKit kit;
  ShowThatAskWithStatusFailsWithItsActor(kit);
}

void ShowThatTheStreamFailsWithItsActor(ActorTestKit& kit) {
  ActorRef<Command> calculator = kit.Spawn(Calculator());
  auto [in, out] = TestSource<int>::Probe()
                       .Watch(calculator)
                       .ToMat(TestSink<int>::Probe(), KeepBoth())
                       .Run(kit.system());
  out.Request(9);
  in.SendNext(1);
  out.ExpectNext(1);
  calculator.Tell(Stop{});
  EXPECT_TRUE(absl::IsUnavailable(out.ExpectError()));
  EXPECT_TRUE(absl::IsUnavailable(in.ExpectCancellation()));
  // Also where it was gone before.
  auto late = Source<int>::Range(1, 1)
                  .InitialDelay(absl::Hours(1))
                  .Ask<int>(2, calculator, kTimeout, MakeSquare())
                  .RunWith(TestSink<int>::Probe(), kit.system());
  EXPECT_TRUE(absl::IsUnavailable(late.ExpectError()));
}

TEST(WatchTest, FailsWhenTheActorEnds) {
  SimulatedStream sim;
  ShowThatTheStreamFailsWithItsActor(sim.kit());
}

TEST(WatchTest, FailsWhenTheActorEndsOnRealThreads) {
  ActorTestKit kit;
  ShowThatTheStreamFailsWithItsActor(kit);
}

}  // namespace
}  // namespace sampo::stream
