// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// The end of a system comes within its bound, whatever its actors do, and says what it waited for.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <memory>
#include <string>

#include "absl/time/clock.h"
#include "sampo/actor/actor.h"
#include "sampo/actor/base/log_sink.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/actor/coordinated_shutdown.h"

// A system whose handler does not return leaves its parts behind on purpose (system_core.cc,
// EndSystem): the thread that still runs may use any of them. So there are leaks to be found here,
// and nowhere else; that is why these tests have a file of their own.
extern "C" const char* __asan_default_options() { return "detect_leaks=0"; }

namespace sampo {
namespace {

using ::testing::HasSubstr;

constexpr absl::Duration kBound = absl::Milliseconds(200);
// What a busy machine may add to a bound. Chosen, not measured: far below the hour that a handler
// here would take, far above a bad day of the scheduler.
constexpr absl::Duration kSlack = absl::Seconds(20);

struct Block {
  std::latch* begun;
  std::latch* release;
  std::latch* ended;
};
struct Again {};
struct Command : std::variant<Block, Again> {
  using variant::variant;
};

Behavior<Command> Worker() {
  return Setup<Command>([](ActorContext<Command>& context) {
    return Receive<Command>(On{[](const Block& m) {
                                 m.begun->count_down();
                                 m.release->wait();
                                 m.ended->count_down();
                                 return Same();
                               },
                               [&context](const Again& m) {
                                 context.Self().Tell(m);
                                 return Same();
                               }});
  });
}

class TerminationBoundTest : public ::testing::Test {
 protected:
  void Start(absl::Duration bound = kBound) {
    SystemSettings settings;
    settings.threads = 2;
    settings.spare_threads_max = 2;
    settings.shutdown_timeout = bound;
    settings.log_sink = log_;
    system_ = std::make_unique<ActorSystem<Command>>(Worker(), "shop", settings);
  }
  // How long the destructor takes.
  absl::Duration End() {
    const absl::Time begin = absl::Now();
    system_.reset();
    return absl::Now() - begin;
  }
  std::string Log() const {
    std::string text;
    for (const LogEvent& event : log_->Events()) StrAppend(text, event.message, "\n");
    return text;
  }

  std::shared_ptr<CaptureLogSink> log_ = std::make_shared<CaptureLogSink>();
  std::unique_ptr<ActorSystem<Command>> system_;
};

// A latch that outlives the test's frame: the thread that waits for it may look at it last.
struct Gate {
  std::latch begun{1};
  std::latch release{1};
  std::latch ended{1};
  Block Message() { return {&begun, &release, &ended}; }
};
Gate& NewGate() { return *new Gate; }

TEST_F(TerminationBoundTest, ABlockedHandlerIsLeftBehindAndNamed) {
  for (const Props& props : {Props(), Props().Blocking(), Props().Pinned()}) {
    Gate& gate = NewGate();
    log_->Clear();
    Start();
    ActorRef<Command> stuck = system_->Spawn(Worker(), "stuck", props);
    ActorRef<Command> idle = system_->Spawn(Worker(), "idle");
    stuck.Tell(gate.Message());
    gate.begun.wait();
    const absl::Duration took = End();
    EXPECT_GE(took, kBound);
    EXPECT_LE(took, kBound + kSlack);
    EXPECT_THAT(Log(), HasSubstr("system shop has not terminated within 200ms; it waits for "
                                 "/user/stuck (running"));
    EXPECT_THAT(Log(), ::testing::Not(HasSubstr("/user/idle")));
    EXPECT_THAT(Log(), HasSubstr("shutdown left 1 thread(s) behind"));
    // What is left must still work for the thread that comes back, and for refs.
    stuck.Tell(Again{});
    gate.release.count_down();
    gate.ended.wait();
    stuck.Tell(Again{});
  }
}

TEST_F(TerminationBoundTest, ABlockedPostStopIsLeftBehindAndNamed) {
  Gate& gate = NewGate();
  Start();
  system_->Spawn(
      Receive<Again>(On{[](const Again&) { return Same(); }}, OnSignal{[&gate](const PostStop&) {
                       gate.begun.count_down();
                       gate.release.wait();
                       return Same();
                     }}),
      "sticky");
  EXPECT_LE(End(), kBound + kSlack);
  EXPECT_THAT(Log(), HasSubstr("/user/sticky (stopping"));
  gate.release.count_down();
}

TEST_F(TerminationBoundTest, AnActorThatNeverRunsOutOfMessagesEnds) {
  Start(absl::Minutes(1));
  for (int i = 0; i < 10; ++i) system_->SpawnAnonymous(Worker()).Tell(Again{});
  EXPECT_LE(End(), kSlack);
  EXPECT_THAT(Log(), ::testing::Not(HasSubstr("has not terminated")));
}

TEST_F(TerminationBoundTest, AnActorThatWaitsForItsRestartEnds) {
  Start(absl::Minutes(1));
  ActorRef<Again> failing =
      system_->Spawn<Again>(Supervise(sampo::Setup<Again>([](ActorContext<Again>&) {
                              return Receive<Again>([](const Again&) -> Behavior<Again> {
                                return Fail(absl::InternalError("again"));
                              });
                            }))
                                .OnFailure(SupervisorStrategy::RestartWithBackoff(
                                    {.min = absl::Hours(1), .max = absl::Hours(1)})),
                            "failing");
  failing.Tell(Again{});
  EXPECT_LE(End(), kSlack);
}

TEST_F(TerminationBoundTest, ACoroutineThatWaitsForEverEnds) {
  Start(absl::Minutes(1));
  std::latch begun(1);
  ActorRef<Again> waiting = system_->Spawn(
      sampo::Setup<Again>([&begun](ActorContext<Again>& context) {
        return Receive<Again>([&context, &begun](const Again&) -> Task<Behavior<Again>> {
          begun.count_down();
          auto sleep = context.Sleep(absl::InfiniteDuration());
          co_await std::move(sleep);
          co_return Same();
        });
      }),
      "waiting");
  waiting.Tell(Again{});
  begun.wait();
  EXPECT_LE(End(), kSlack);
}

TEST_F(TerminationBoundTest, ACoordinatedShutdownIsNamedTogetherWithTheActors) {
  Gate& gate = NewGate();
  Start();
  system_->Spawn(Worker(), "stuck").Tell(gate.Message());
  gate.begun.wait();
  CoordinatedShutdown& shutdown = CoordinatedShutdown::Of(*system_);
  Future<void> done = shutdown.Run(ShutdownReason::Unknown());
  EXPECT_LE(End(), kBound + kSlack);
  EXPECT_THAT(Log(), HasSubstr("phase actor-system-terminate"));
  EXPECT_THAT(Log(), HasSubstr("/user/stuck (running"));
  gate.release.count_down();
  gate.ended.wait();
}

}  // namespace
}  // namespace sampo
