// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// The coordinated shutdown under virtual time, in many orders.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "sampo/actor/actor.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/actor/coordinated_shutdown.h"
#include "sampo/actor/testkit/for_each_seed.h"
#include "sampo/actor/testkit/simulated_runtime.h"

namespace sampo {
namespace {

struct Work {
  static constexpr std::string_view kMessageName = "Work";
  ReplyTo<bool> reply_to;
};
struct Done {
  static constexpr std::string_view kMessageName = "Done";
};
struct Command : std::variant<Work, Done> {
  using variant::variant;
};

// Takes some virtual time for each piece of work.
Behavior<Command> Worker(absl::Duration takes) {
  return Setup<Command>([takes](ActorContext<Command>& context) {
    return Receive<Command>(On{[&context, takes](Work m) -> Task<Behavior<Command>> {
                                 auto sleep = context.Sleep(takes);
                                 co_await std::move(sleep);
                                 m.reply_to.Tell(true);
                                 co_return Same();
                               },
                               [](const Done&) { return Same(); }});
  });
}

// Three phases with three tasks each; the n-th of a phase takes n * 100 ms, but one never ends.
void Scenario(SimulatedRuntime& simulation) {
  std::vector<std::string> diary;
  ActorSystem<Command> system(Worker(absl::ZeroDuration()), "shop", simulation.Settings(),
                              simulation.Runtime());
  CoordinatedShutdown& shutdown = CoordinatedShutdown::Of(system);
  Promise<void> never;
  Future<void> hanging = never.future();
  for (std::string_view phase :
       {kPhaseClusterLeave, kPhaseServiceUnbind, kPhaseBeforeActorSystemTerminate}) {
    for (int n = 0; n < 3; ++n) {
      ActorRef<Command> worker = system.SpawnAnonymous(Worker(n * absl::Milliseconds(100)));
      auto run = [&diary, worker, phase = std::string(phase)] {
        diary.push_back("begin " + phase);
        return Ask<bool>(worker, absl::Seconds(3),
                         [](auto reply_to) { return Work{std::move(reply_to)}; })
            .Map([&diary, phase](bool) { diary.push_back("end " + phase); });
      };
      ASSERT_TRUE(shutdown.AddTask(phase, StrCat("work-", n), run).ok());
    }
  }
  ASSERT_TRUE(shutdown.AddTask(kPhaseServiceStop, "hanging", [hanging] { return hanging; }).ok());
  const int64_t begin_nanos = simulation.NowNanos();
  absl::Status done = Await(shutdown.Run(ShutdownReason::Unknown()), absl::Minutes(1));
  EXPECT_TRUE(done.ok()) << done;
  const absl::Duration took = absl::Nanoseconds(simulation.NowNanos() - begin_nanos);
  // 5 s for the phase that hangs, 3 * 200 ms for the others, and what the slow machine adds.
  EXPECT_GE(took, absl::Milliseconds(5600));
  EXPECT_LE(took, absl::Milliseconds(6600));
  std::vector<std::string> wanted;
  for (std::string_view phase :
       {kPhaseServiceUnbind, kPhaseClusterLeave, kPhaseBeforeActorSystemTerminate}) {
    // All begin before the first ends.
    for (int n = 0; n < 3; ++n) wanted.push_back(StrCat("begin ", phase));
    for (int n = 0; n < 3; ++n) wanted.push_back(StrCat("end ", phase));
  }
  // The first task of a phase takes no time, so that it may end before the last has begun.
  auto phase_of = [](const std::string& line) { return line.substr(line.find(' ') + 1); };
  ASSERT_EQ(diary.size(), wanted.size());
  for (size_t i = 0; i < diary.size(); ++i) EXPECT_EQ(phase_of(diary[i]), phase_of(wanted[i]));
  EXPECT_THAT(shutdown.Problems(),
              ::testing::ElementsAre("phase service-stop: task hanging was not done within 5s"));
  EXPECT_TRUE(system.WhenTerminated().IsComplete());
}

TEST(CoordinatedShutdownSimulationTest, KeepsItsOrderAndItsTimesInEverySchedule) {
  ForEachSeed(50, [](uint64_t seed) {
    SimulatedRuntime simulation(seed);
    Scenario(simulation);
  });
}

TEST(CoordinatedShutdownSimulationTest, RunsTheSameTwice) {
  ReplayReport report = RunTwice(uint64_t{7}, &Scenario);
  EXPECT_TRUE(report.equal) << report.text;
  EXPECT_GT(report.steps, 20);
}

}  // namespace
}  // namespace sampo
