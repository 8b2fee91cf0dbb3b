// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/coordinated_shutdown.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <thread>

#include "sampo/actor/actor.h"
#include "sampo/actor/base/log_sink.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/actor/dispatch/manual_timer_service.h"

namespace sampo {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

// Against a hang of the test itself.
constexpr absl::Duration kLong = absl::Seconds(30);

struct Nothing {};
struct Halt {};
struct Command : std::variant<Nothing, Halt> {
  using variant::variant;
};

Behavior<Command> Guardian() {
  return Receive<Command>(On{[](const Nothing&) { return Same(); },
                             [](const Halt&) -> Behavior<Command> { return Stopped(); }});
}

// What happened, in order.
class Diary {
 public:
  void Write(std::string line) {
    std::lock_guard guard(mutex_);
    lines_.push_back(std::move(line));
  }
  std::vector<std::string> Lines() const {
    std::lock_guard guard(mutex_);
    return lines_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> lines_;
};

class CoordinatedShutdownTest : public ::testing::Test {
 protected:
  CoordinatedShutdownTest() { Start(absl::Seconds(10)); }

  void Start(absl::Duration shutdown_timeout) {
    system_.reset();
    SystemSettings settings;
    settings.threads = 2;
    settings.log_sink = log_;
    settings.shutdown_timeout = shutdown_timeout;
    system_ = std::make_unique<ActorSystem<Command>>(Guardian(), "shop", settings);
  }
  CoordinatedShutdown& shutdown() { return CoordinatedShutdown::Of(*system_); }

  void AddTask(std::string_view phase, const std::string& name,
               UniqueFunction<Future<void>()> run) {
    absl::StatusOr<ShutdownTask> task = shutdown().AddTask(phase, name, std::move(run));
    ASSERT_TRUE(task.ok()) << task.status();
  }
  // A task that only writes its name.
  void AddNote(std::string_view phase, const std::string& name) {
    AddTask(phase, name, [this, name] {
      diary_.Write(name);
      return Future<void>::Ready();
    });
  }
  void SetTimeout(std::string_view phase, absl::Duration timeout, bool recover = true) {
    CoordinatedShutdownSettings settings;
    for (ShutdownPhase& each : settings.phases) {
      if (each.name != phase) continue;
      each.timeout = timeout;
      each.recover = recover;
    }
    ASSERT_TRUE(shutdown().Configure(settings).ok());
  }
  bool Logged(const std::string& text) const {
    return log_->Count([&](const LogEvent& event) {
      return event.message.find(text) != std::string::npos;
    }) > 0;
  }

  std::shared_ptr<CaptureLogSink> log_ = std::make_shared<CaptureLogSink>();
  Diary diary_;
  std::unique_ptr<ActorSystem<Command>> system_;
};

TEST_F(CoordinatedShutdownTest, RunsPhasesInOrderAndEndsTheSystem) {
  AddNote(kPhaseClusterLeave, "leave");
  AddNote(kPhaseBeforeServiceUnbind, "first");
  AddNote(kPhaseServiceStop, "stop");
  AddNote(kPhaseBeforeActorSystemTerminate, "last");
  EXPECT_EQ(shutdown().ExitCode(), 0);
  EXPECT_EQ(shutdown().reason(), std::nullopt);
  absl::Status done = Await(shutdown().Run(ShutdownReason::Unknown()), kLong);
  EXPECT_TRUE(done.ok()) << done;
  EXPECT_THAT(diary_.Lines(), ElementsAre("first", "stop", "leave", "last"));
  EXPECT_TRUE(system_->WhenTerminated().IsComplete());
  EXPECT_EQ(shutdown().reason(), ShutdownReason::Unknown());
  EXPECT_EQ(shutdown().Describe(), "over");
  EXPECT_THAT(shutdown().Problems(), SizeIs(0));
}

TEST_F(CoordinatedShutdownTest, APhaseBeginsWhenTheOneBeforeItIsOver) {
  Promise<void> unbound;
  Future<void> wait = unbound.future();
  std::latch begun(1);
  AddTask(kPhaseServiceUnbind, "unbind", [&] {
    begun.count_down();
    return wait;
  });
  AddNote(kPhaseServiceStop, "stop");
  Future<void> done = shutdown().Run(ShutdownReason::Unknown());
  begun.wait();
  EXPECT_THAT(diary_.Lines(), SizeIs(0));
  EXPECT_THAT(shutdown().Describe(), HasSubstr("phase service-unbind"));
  EXPECT_THAT(shutdown().Describe(), HasSubstr("of 5s; waits for: unbind"));
  EXPECT_FALSE(done.IsComplete());
  unbound.Complete();
  EXPECT_TRUE(Await(done, kLong).ok());
  EXPECT_THAT(diary_.Lines(), ElementsAre("stop"));
}

TEST_F(CoordinatedShutdownTest, TasksOfAPhaseRunAtTheSameTime) {
  // Each task blocks until all four are there.
  std::latch together(4);
  for (int i = 0; i < 4; ++i) {
    AddTask(kPhaseServiceStop, StrCat("task", i), [&] {
      together.arrive_and_wait();
      return Future<void>::Ready();
    });
  }
  absl::Status done = Await(shutdown().Run(ShutdownReason::Unknown()), kLong);
  EXPECT_TRUE(done.ok()) << done;
  EXPECT_THAT(shutdown().Problems(), SizeIs(0));
}

TEST_F(CoordinatedShutdownTest, AHangingTaskDelaysByItsTimeoutAloneAndIsNamed) {
  SetTimeout(kPhaseServiceStop, absl::Milliseconds(30));
  Promise<void> never;
  Future<void> hanging = never.future();
  AddTask(kPhaseServiceStop, "hanging", [&] { return hanging; });
  AddNote(kPhaseServiceStop, "quick");
  AddNote(kPhaseClusterShutdown, "after");
  absl::Status done = Await(shutdown().Run(ShutdownReason::Unknown()), kLong);
  EXPECT_TRUE(done.ok()) << done;
  EXPECT_THAT(diary_.Lines(), ElementsAre("quick", "after"));
  EXPECT_THAT(shutdown().Problems(),
              ElementsAre("phase service-stop: task hanging was not done within 30ms"));
  EXPECT_TRUE(Logged("task hanging was not done within 30ms"));
  EXPECT_EQ(shutdown().ExitCode(), 0);
}

TEST_F(CoordinatedShutdownTest, ATaskThatBlocksItsThreadDelaysByItsTimeoutAlone) {
  SetTimeout(kPhaseServiceStop, absl::Milliseconds(30));
  // Shared: the task may still be in wait() when this test is over.
  auto release = std::make_shared<std::latch>(1);
  AddTask(kPhaseServiceStop, "blocking", [release] {
    release->wait();
    return Future<void>::Ready();
  });
  absl::Status done = Await(shutdown().Run(ShutdownReason::Unknown()), kLong);
  EXPECT_TRUE(done.ok()) << done;
  EXPECT_THAT(shutdown().Problems(), ElementsAre(HasSubstr("task blocking was not done")));
  release->count_down();
}

TEST_F(CoordinatedShutdownTest, FailuresAndExceptionsOfTasksAreNamedAndTheRestGoesOn) {
  AddTask(kPhaseServiceStop, "sad",
          [] { return Future<void>::Failed(absl::UnavailableError("no network")); });
  AddTask(kPhaseServiceUnbind, "angry", []() -> Future<void> { throw std::runtime_error("boom"); });
  AddNote(kPhaseClusterShutdown, "after");
  absl::Status done = Await(shutdown().Run(ShutdownReason::Unknown()), kLong);
  EXPECT_TRUE(done.ok()) << done;
  EXPECT_THAT(diary_.Lines(), ElementsAre("after"));
  EXPECT_THAT(shutdown().Problems(),
              ElementsAre(HasSubstr("phase service-unbind: task angry failed: UNKNOWN"),
                          "phase service-stop: task sad failed: UNAVAILABLE: no network"));
}

TEST_F(CoordinatedShutdownTest, APhaseThatDoesNotRecoverEndsIt) {
  SetTimeout(kPhaseServiceStop, absl::Seconds(5), /*recover=*/false);
  AddTask(kPhaseServiceStop, "sad",
          [] { return Future<void>::Failed(absl::UnavailableError("no network")); });
  AddNote(kPhaseClusterShutdown, "after");
  absl::Status done = Await(shutdown().Run(ShutdownReason::Unknown()), kLong);
  EXPECT_EQ(done.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(done.message(), HasSubstr("phase service-stop: task sad failed"));
  EXPECT_THAT(diary_.Lines(), SizeIs(0));
  EXPECT_FALSE(system_->WhenTerminated().IsComplete());
  EXPECT_EQ(shutdown().ExitCode(), 1);
  EXPECT_TRUE(Logged("because phase service-stop does not recover"));
  // Whoever terminates the system gets its end all the same.
  system_->Terminate();
  EXPECT_TRUE(system_->AwaitTermination(kLong).ok());
}

TEST_F(CoordinatedShutdownTest, ALateTaskOfAPhaseThatDoesNotRecoverIsNamedInTheStatus) {
  SetTimeout(kPhaseServiceStop, absl::Milliseconds(30), /*recover=*/false);
  Promise<void> never;
  Future<void> hanging = never.future();
  AddTask(kPhaseServiceStop, "one", [&] { return hanging; });
  AddTask(kPhaseServiceStop, "two", [&] { return hanging; });
  absl::Status done = Await(shutdown().Run(ShutdownReason::Unknown()), kLong);
  EXPECT_EQ(done.code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_THAT(done.message(), HasSubstr("phase service-stop was not done within 30ms; it waited "
                                        "for: one, two"));
}

TEST_F(CoordinatedShutdownTest, ASecondRunIsTheFirst) {
  std::atomic<int> runs = 0;
  Promise<void> go;
  Future<void> wait = go.future();
  AddTask(kPhaseServiceStop, "count", [&] {
    ++runs;
    return wait;
  });
  Future<void> first = shutdown().Run({.name = "mine", .exit_code = 7});
  Future<void> second = shutdown().Run(ShutdownReason::ClusterDowning());
  EXPECT_FALSE(second.IsComplete());
  go.Complete();
  EXPECT_TRUE(Await(first, kLong).ok());
  EXPECT_TRUE(Await(second, kLong).ok());
  EXPECT_TRUE(Await(shutdown().Run(ShutdownReason::Unknown()), kLong).ok());
  EXPECT_EQ(runs, 1);
  EXPECT_EQ(shutdown().reason()->name, "mine");
  EXPECT_EQ(shutdown().ExitCode(), 7);
}

TEST_F(CoordinatedShutdownTest, ATaskForAPhaseThatHasBegunIsRefused) {
  Promise<void> go;
  Future<void> wait = go.future();
  std::latch begun(1);
  AddTask(kPhaseServiceStop, "holds", [&] {
    begun.count_down();
    return wait;
  });
  Future<void> done = shutdown().Run(ShutdownReason::Unknown());
  begun.wait();
  auto refused = [&](std::string_view phase) {
    return shutdown().AddTask(phase, "late", [] { return Future<void>::Ready(); }).status();
  };
  EXPECT_EQ(refused(kPhaseServiceUnbind).code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(refused(kPhaseServiceStop).code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(refused(kPhaseServiceStop).message(),
              HasSubstr("phase service-stop has begun or is over; task late will not run"));
  AddNote(kPhaseClusterLeave, "in time");
  go.Complete();
  EXPECT_TRUE(Await(done, kLong).ok());
  EXPECT_THAT(diary_.Lines(), ElementsAre("in time"));
  EXPECT_EQ(refused(kPhaseActorSystemTerminate).code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(CoordinatedShutdownTest, RefusesUnknownPhasesAndTasksWithoutName) {
  absl::Status no_phase =
      shutdown().AddTask("service-stopp", "x", [] { return Future<void>::Ready(); }).status();
  EXPECT_EQ(no_phase.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(no_phase.message(), HasSubstr("no phase service-stopp; there are before-service"));
  absl::Status no_name =
      shutdown().AddTask(kPhaseServiceStop, "", [] { return Future<void>::Ready(); }).status();
  EXPECT_EQ(no_name.code(), absl::StatusCode::kInvalidArgument);
  absl::Status no_first = Await(shutdown().Run(ShutdownReason::Unknown(), "nowhere"), kLong);
  EXPECT_EQ(no_first.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(shutdown().reason(), std::nullopt);
}

TEST_F(CoordinatedShutdownTest, ACancelledTaskDoesNotRun) {
  absl::StatusOr<ShutdownTask> task = shutdown().AddTask(kPhaseServiceStop, "cancelled", [&] {
    diary_.Write("cancelled");
    return Future<void>::Ready();
  });
  ASSERT_TRUE(task.ok());
  AddNote(kPhaseServiceStop, "stays");
  EXPECT_TRUE(task->Cancel());
  EXPECT_FALSE(task->Cancel());
  EXPECT_TRUE(Await(shutdown().Run(ShutdownReason::Unknown()), kLong).ok());
  EXPECT_THAT(diary_.Lines(), ElementsAre("stays"));
}

TEST_F(CoordinatedShutdownTest, ATaskThatRanCannotBeCancelledNotEvenAfterTheSystem) {
  absl::StatusOr<ShutdownTask> task =
      shutdown().AddTask(kPhaseServiceStop, "ran", [] { return Future<void>::Ready(); });
  ASSERT_TRUE(task.ok());
  EXPECT_TRUE(Await(shutdown().Run(ShutdownReason::Unknown()), kLong).ok());
  EXPECT_FALSE(task->Cancel());
  system_.reset();
  EXPECT_FALSE(task->Cancel());
}

TEST_F(CoordinatedShutdownTest, RunsPhasesOfTheUser) {
  ASSERT_TRUE(
      shutdown()
          .AddPhase({"drain", {std::string(kPhaseServiceUnbind)}}, {std::string(kPhaseServiceStop)})
          .ok());
  AddNote(kPhaseServiceStop, "stop");
  AddNote("drain", "drain");
  AddNote(kPhaseServiceUnbind, "unbind");
  EXPECT_EQ(shutdown().AddPhase({"circle", {std::string(kPhaseServiceStop)}}, {"drain"}).code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(shutdown().Phases(), SizeIs(13));
  CoordinatedShutdownSettings without;
  EXPECT_THAT(shutdown().Configure(without).message(),
              HasSubstr("phase drain has 1 task(s) and can't be left out"));
  EXPECT_TRUE(Await(shutdown().Run(ShutdownReason::Unknown()), kLong).ok());
  EXPECT_THAT(diary_.Lines(), ElementsAre("unbind", "drain", "stop"));
  EXPECT_EQ(shutdown().AddPhase({"late"}).code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(CoordinatedShutdownTest, LeavesOutDisabledPhasesAndThoseBeforeTheFirst) {
  CoordinatedShutdownSettings settings;
  settings.phases[3].enabled = false;  // service-stop
  settings.terminate_actor_system = false;
  ASSERT_TRUE(shutdown().Configure(settings).ok());
  AddNote(kPhaseServiceUnbind, "before");
  AddNote(kPhaseServiceStop, "disabled");
  AddNote(kPhaseClusterLeave, "leave");
  EXPECT_TRUE(Await(shutdown().Run(ShutdownReason::Unknown(), kPhaseServiceStop), kLong).ok());
  EXPECT_THAT(diary_.Lines(), ElementsAre("leave"));
  EXPECT_FALSE(system_->WhenTerminated().IsComplete());
}

TEST_F(CoordinatedShutdownTest, TotalTimeoutCountsPhasesWithTasks) {
  EXPECT_EQ(shutdown().TotalTimeout(), absl::Seconds(10));  // the last one has a task of its own
  AddNote(kPhaseServiceStop, "stop");
  AddNote(kPhaseServiceStop, "again");
  EXPECT_EQ(shutdown().TotalTimeout(), absl::Seconds(15));
}

TEST_F(CoordinatedShutdownTest, ExitCodesBelongToReasons) {
  CoordinatedShutdownSettings settings;
  settings.exit_codes["cluster-downing"] = 42;
  ASSERT_TRUE(shutdown().Configure(settings).ok());
  EXPECT_EQ(ShutdownReason::ClusterJoinUnsuccessful().exit_code, -1);
  EXPECT_TRUE(Await(shutdown().Run(ShutdownReason::ClusterDowning()), kLong).ok());
  EXPECT_EQ(shutdown().ExitCode(), 42);
}

TEST_F(CoordinatedShutdownTest, TerminateRunsItFirst) {
  AddNote(kPhaseServiceStop, "stop");
  system_->Terminate();
  system_->Terminate();
  EXPECT_TRUE(system_->AwaitTermination(kLong).ok());
  EXPECT_TRUE(Await(shutdown().Run(ShutdownReason::Unknown()), kLong).ok());
  EXPECT_THAT(diary_.Lines(), ElementsAre("stop"));
  EXPECT_EQ(shutdown().reason(), ShutdownReason::ActorSystemTerminate());
}

TEST_F(CoordinatedShutdownTest, TheEndOfTheGuardianRunsIt) {
  AddNote(kPhaseServiceStop, "stop");
  system_->Tell(Halt{});
  EXPECT_TRUE(system_->AwaitTermination(kLong).ok());
  EXPECT_THAT(diary_.Lines(), ElementsAre("stop"));
}

TEST_F(CoordinatedShutdownTest, TheDestructorRunsIt) {
  AddNote(kPhaseServiceStop, "stop");
  system_.reset();
  EXPECT_THAT(diary_.Lines(), ElementsAre("stop"));
}

TEST_F(CoordinatedShutdownTest, TheDestructorEndsItInItsBoundAndSaysWhatItWaitedFor) {
  Start(absl::Milliseconds(100));
  Promise<void> never;
  Future<void> hanging = never.future();
  AddTask(kPhaseServiceUnbind, "hanging", [&] { return hanging; });
  AddNote(kPhaseServiceStop, "never comes");
  Future<void> done = shutdown().Run(ShutdownReason::Unknown());
  system_.reset();  // the phase's own timeout is 5 s
  EXPECT_TRUE(Logged("phase service-unbind"));
  EXPECT_TRUE(Logged("waits for: hanging"));
  ASSERT_TRUE(done.IsComplete());
  absl::Status status = Await(done, kLong);
  EXPECT_EQ(status.code(), absl::StatusCode::kCancelled);
  EXPECT_THAT(status.message(),
              HasSubstr("ended in phase service-unbind, which waited for: hanging"));
  never.Complete();  // after the system: harmless
  EXPECT_THAT(diary_.Lines(), SizeIs(0));
}

TEST_F(CoordinatedShutdownTest, WithoutRunByTerminateTheActorsStopAtOnce) {
  CoordinatedShutdownSettings settings;
  settings.run_by_terminate = false;
  ASSERT_TRUE(shutdown().Configure(settings).ok());
  AddNote(kPhaseServiceStop, "stop");
  system_->Terminate();
  EXPECT_TRUE(system_->AwaitTermination(kLong).ok());
  EXPECT_THAT(diary_.Lines(), SizeIs(0));
}

TEST_F(CoordinatedShutdownTest, WaitsForTheEndOfAnActor) {
  ActorRef<Command> worker = system_->Spawn(
      Receive<Command>(On{[](const Nothing&) { return Same(); },
                          [](const Halt&) -> Behavior<Command> { return Stopped(); }},
                       OnSignal{[this](const PostStop&) {
                         diary_.Write("worker ended");
                         return Same();
                       }}),
      "worker");
  ASSERT_TRUE(shutdown().AddActorTerminationTask(kPhaseServiceStop, "worker", worker, Halt{}).ok());
  AddNote(kPhaseBeforeClusterShutdown, "next");
  EXPECT_TRUE(Await(shutdown().Run(ShutdownReason::Unknown()), kLong).ok());
  EXPECT_THAT(diary_.Lines(), ElementsAre("worker ended", "next"));
  EXPECT_THAT(shutdown().Problems(), SizeIs(0));
}

TEST_F(CoordinatedShutdownTest, RunsOnManualTime) {
  auto timers = std::make_shared<ManualTimerService>();
  SystemSettings settings;
  settings.threads = 1;
  settings.log_sink = log_;
  ActorRuntime runtime = ActorRuntime::Threads(settings);
  runtime.timers->Shutdown();
  runtime.timers = timers;
  ActorSystem<Command> system(Guardian(), "slow", settings, std::move(runtime));
  CoordinatedShutdown& slow = CoordinatedShutdown::Of(system);
  Promise<void> never;
  Future<void> hanging = never.future();
  std::latch begun(1);
  ASSERT_TRUE(slow.AddTask(kPhaseServiceStop, "hanging",
                           [&] {
                             begun.count_down();
                             return hanging;
                           })
                  .ok());
  Future<void> done = slow.Run(ShutdownReason::Unknown());
  begun.wait();
  timers->AdvanceTo(absl::ToInt64Nanoseconds(absl::Seconds(5)) - 1);
  EXPECT_THAT(slow.Problems(), SizeIs(0));
  timers->AdvanceTo(absl::ToInt64Nanoseconds(absl::Seconds(5)));
  EXPECT_TRUE(Await(done, kLong).ok());
  EXPECT_THAT(slow.Problems(), ElementsAre(HasSubstr("task hanging was not done within 5s")));
}

TEST_F(CoordinatedShutdownTest, IsMadeOnce) {
  std::atomic<CoordinatedShutdown*> seen[4] = {};
  std::vector<std::thread> threads;
  for (auto& place : seen) {
    threads.emplace_back([&] { place = &CoordinatedShutdown::Of(*system_); });
  }
  for (std::thread& thread : threads) thread.join();
  for (auto& place : seen) EXPECT_EQ(place.load(), &shutdown());
}

}  // namespace
}  // namespace sampo
