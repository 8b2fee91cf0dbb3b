// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/shutdown_signals.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <latch>
#include <memory>

#include "sampo/actor/actor.h"
#include "sampo/actor/base/log_sink.h"

namespace sampo {
namespace {

using ::testing::HasSubstr;

constexpr absl::Duration kLong = absl::Seconds(30);

struct Nothing {};

class ShutdownSignalsTest : public ::testing::Test {
 protected:
  ShutdownSignalsTest() {
    SystemSettings settings;
    settings.threads = 1;
    settings.log_sink = std::make_shared<CaptureLogSink>();
    system_ = std::make_unique<ActorSystem<Nothing>>(
        Receive<Nothing>([](const Nothing&) { return Same(); }), "shop", settings);
  }
  CoordinatedShutdown& shutdown() { return CoordinatedShutdown::Of(*system_); }

  std::unique_ptr<ActorSystem<Nothing>> system_;
};

TEST_F(ShutdownSignalsTest, ASignalRunsTheShutdown) {
  absl::StatusOr<ShutdownSignalHooks> hooks = InstallSignalHooks(shutdown());
  ASSERT_TRUE(hooks.ok()) << hooks.status();
  ASSERT_EQ(kill(getpid(), SIGTERM), 0);
  EXPECT_TRUE(system_->AwaitTermination(kLong).ok());
  EXPECT_EQ(shutdown().reason(), ShutdownReason::ProcessSignal());
  EXPECT_EQ(shutdown().ExitCode(), 0);
}

TEST_F(ShutdownSignalsTest, PutsTheFormerHandlersBack) {
  struct sigaction before = {};
  sigaction(SIGINT, nullptr, &before);
  {
    absl::StatusOr<ShutdownSignalHooks> hooks = InstallSignalHooks(shutdown());
    ASSERT_TRUE(hooks.ok()) << hooks.status();
    ShutdownSignalHooks moved = *std::move(hooks);
    struct sigaction now = {};
    sigaction(SIGINT, nullptr, &now);
    EXPECT_NE(now.sa_handler, before.sa_handler);
  }
  struct sigaction after = {};
  sigaction(SIGINT, nullptr, &after);
  EXPECT_EQ(after.sa_handler, before.sa_handler);
  EXPECT_EQ(shutdown().reason(), std::nullopt);
}

TEST_F(ShutdownSignalsTest, HasOneOwnerAtATime) {
  {
    absl::StatusOr<ShutdownSignalHooks> first = InstallSignalHooks(shutdown());
    ASSERT_TRUE(first.ok()) << first.status();
    absl::Status second = InstallSignalHooks(shutdown()).status();
    EXPECT_EQ(second.code(), absl::StatusCode::kFailedPrecondition);
    EXPECT_THAT(second.message(), HasSubstr("one owner at a time"));
  }
  EXPECT_TRUE(InstallSignalHooks(shutdown()).ok());
}

TEST_F(ShutdownSignalsTest, RefusesASignalThatCannotBeCaught) {
  struct sigaction before = {};
  sigaction(SIGTERM, nullptr, &before);
  absl::Status status = InstallSignalHooks(shutdown(), {.signals = {SIGTERM, SIGKILL}}).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(status.message(), HasSubstr("signal 9"));
  struct sigaction after = {};
  sigaction(SIGTERM, nullptr, &after);
  EXPECT_EQ(after.sa_handler, before.sa_handler);
  EXPECT_TRUE(InstallSignalHooks(shutdown()).ok());
}

TEST_F(ShutdownSignalsTest, SignalsAfterTheFirstChangeNothingWhereTheyMayNotExit) {
  Promise<void> go;
  Future<void> wait = go.future();
  std::latch begun(1);
  ASSERT_TRUE(shutdown()
                  .AddTask(kPhaseServiceStop, "holds",
                           [&] {
                             begun.count_down();
                             return wait;
                           })
                  .ok());
  absl::StatusOr<ShutdownSignalHooks> hooks =
      InstallSignalHooks(shutdown(), {.exit_on_second = false});
  ASSERT_TRUE(hooks.ok()) << hooks.status();
  kill(getpid(), SIGTERM);
  begun.wait();
  kill(getpid(), SIGINT);
  go.Complete();
  EXPECT_TRUE(system_->AwaitTermination(kLong).ok());
}

TEST(ShutdownSignalsDeathTest, ASecondSignalEndsTheProcess) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  auto interrupted_twice = [] {
    SystemSettings settings;
    settings.threads = 1;
    ActorSystem<Nothing> system(Receive<Nothing>([](const Nothing&) { return Same(); }), "shop",
                                settings);
    CoordinatedShutdown& shutdown = CoordinatedShutdown::Of(system);
    Promise<void> never;
    Future<void> hanging = never.future();
    std::latch begun(1);
    shutdown
        .AddTask(kPhaseServiceStop, "holds",
                 [&] {
                   begun.count_down();
                   return hanging;
                 })
        .IgnoreError();
    absl::StatusOr<ShutdownSignalHooks> hooks = InstallSignalHooks(shutdown);
    kill(getpid(), SIGINT);
    begun.wait();
    kill(getpid(), SIGINT);
    Await(hanging, kLong).IgnoreError();
  };
  EXPECT_EXIT(interrupted_twice(), ::testing::ExitedWithCode(128 + SIGINT), "");
}

}  // namespace
}  // namespace sampo
