// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/actor_snapshot.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <map>
#include <memory>
#include <thread>

#include "sampo/actor/actor.h"
#include "sampo/actor/base/log_sink.h"
#include "sampo/actor/base/str_cat.h"

namespace sampo {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr absl::Duration kLong = absl::Seconds(30);

struct Ping {
  ReplyTo<bool> reply_to;
};
struct Block {
  std::latch* begun;
  std::shared_ptr<std::latch> release;  // shared: who waits may leave it after the test's end
};
struct Nothing {};
struct Halt {};
struct Command : std::variant<Ping, Block, Nothing, Halt> {
  using variant::variant;
};

Behavior<Command> Worker() {
  return Receive<Command>(On{[](Ping&& m) {
                               m.reply_to.Tell(true);
                               return Same();
                             },
                             [](const Block& m) {
                               m.begun->count_down();
                               m.release->wait();
                               return Same();
                             },
                             [](const Nothing&) { return Same(); },
                             [](const Halt&) -> Behavior<Command> { return Stopped(); }});
}

// A guardian with `width` children, each of which has `width` children.
Behavior<Command> Family(int width, int depth) {
  return sampo::Setup<Command>([=](ActorContext<Command>& context) {
    for (int i = 0; i < width && depth > 0; ++i) {
      context.Spawn(Family(width, depth - 1), StrCat("c", i));
    }
    return Worker();
  });
}

class ActorSnapshotTest : public ::testing::Test {
 protected:
  void Start(Behavior<Command> guardian, int threads = 2) {
    SystemSettings settings;
    settings.threads = threads;
    settings.spare_threads_max = 0;
    settings.log_sink = log_;
    system_ = std::make_unique<ActorSystem<Command>>(std::move(guardian), "shop", settings);
  }
  void Settle(const ActorRef<Command>& actor) {
    ASSERT_TRUE(
        Await(Ask<bool>(actor, kLong, [](auto r) { return Ping{std::move(r)}; }), kLong).ok());
  }
  std::vector<std::string> Paths(const DescribeActorsOptions& options = {}) {
    std::vector<std::string> paths;
    for (const ActorSnapshot& actor : DescribeActors(*system_, options).actors) {
      paths.push_back(actor.path);
    }
    return paths;
  }
  // Children start after their parents have said that they did.
  void AwaitCount(size_t count) {
    const absl::Time deadline = absl::Now() + kLong;
    while (Paths().size() != count && absl::Now() < deadline) std::this_thread::yield();
    ASSERT_EQ(Paths().size(), count);
  }
  ActorSnapshot Find(const std::string& path) {
    ActorPage page = DescribeActors(*system_, {.limit = 1, .below = path});
    EXPECT_EQ(page.actors.size(), 1u) << path;
    return page.actors.empty() ? ActorSnapshot() : page.actors[0];
  }
  // Looks again and again until `path` is in that state.
  ActorSnapshot AwaitState(const std::string& path, ActorState state) {
    const absl::Time deadline = absl::Now() + kLong;
    ActorSnapshot actor = Find(path);
    while (actor.state != state && absl::Now() < deadline) {
      std::this_thread::yield();
      actor = Find(path);
    }
    EXPECT_EQ(actor.state, state) << actor.ToString();
    return actor;
  }

  std::shared_ptr<CaptureLogSink> log_ = std::make_shared<CaptureLogSink>();
  std::unique_ptr<ActorSystem<Command>> system_;
};

TEST_F(ActorSnapshotTest, ListsActorsByPath) {
  Start(Family(2, 2));
  AwaitCount(8);
  EXPECT_THAT(Paths(), ElementsAre("/system", "/user", "/user/c0", "/user/c0/c0", "/user/c0/c1",
                                   "/user/c1", "/user/c1/c0", "/user/c1/c1"));
  EXPECT_THAT(Paths({.below = "/user/c1"}), ElementsAre("/user/c1", "/user/c1/c0", "/user/c1/c1"));
  EXPECT_THAT(Paths({.below = "/user/nobody"}), IsEmpty());
  EXPECT_THAT(Paths({.limit = 0}), IsEmpty());
}

TEST_F(ActorSnapshotTest, PagesMeetWithoutGapWhereverTheyEnd) {
  Start(Family(3, 3));
  AwaitCount(1 + 1 + 3 + 9 + 27);
  const std::vector<std::string> all = Paths({.limit = kActorPageMax});
  for (size_t limit = 1; limit <= all.size() + 1; ++limit) {
    std::vector<std::string> joined;
    ActorPage page;
    do {
      page =
          DescribeActors(*system_, {.limit = limit, .after = joined.empty() ? "" : joined.back()});
      EXPECT_LE(page.actors.size(), limit);
      for (const ActorSnapshot& actor : page.actors) joined.push_back(actor.path);
    } while (page.more);
    EXPECT_EQ(joined, all) << "pages of " << limit;
  }
}

TEST_F(ActorSnapshotTest, APageBeginsBehindAPathThatIsGone) {
  Start(Family(3, 1));
  Settle(*system_);
  EXPECT_THAT(Paths({.after = "/user/c0/gone/deep"}), ElementsAre("/user/c1", "/user/c2"));
  EXPECT_THAT(Paths({.after = "/user/c1-not"}), ElementsAre("/user/c2"));
  EXPECT_THAT(Paths({.after = "/zoo"}), IsEmpty());
  EXPECT_THAT(Paths({.after = "/user/c0", .below = "/user/c1"}), ElementsAre("/user/c1"));
  EXPECT_THAT(Paths({.after = "/user/c2", .below = "/user/c1"}), IsEmpty());
  EXPECT_THAT(Paths({.after = "/a", .below = "/user/c1"}), ElementsAre("/user/c1"));
  EXPECT_THAT(Paths({.after = "/z", .below = "/user/c1"}), IsEmpty());
  EXPECT_THAT(Paths({.after = "/user", .below = "/user/c1"}), ElementsAre("/user/c1"));
}

TEST_F(ActorSnapshotTest, ManySiblingsComeInBoundedPages) {
  Start(Worker());
  constexpr int kCount = 3000;  // more than one batch of a locked list
  for (int i = 0; i < kCount; ++i) system_->SpawnAnonymous(Worker());
  size_t seen = 0;
  ActorPage page;
  std::string last;
  do {
    page = DescribeActors(*system_, {.limit = 700, .after = last, .below = "/user"});
    for (const ActorSnapshot& actor : page.actors) {
      EXPECT_LT(last, actor.path);
      last = actor.path;
    }
    seen += page.actors.size();
  } while (page.more);
  EXPECT_EQ(seen, 1u + kCount);
}

TEST_F(ActorSnapshotTest, ShowsWhatIsBusyWhenEveryWorkerIsBlocked) {
  Start(Worker(), /*threads=*/2);
  Settle(*system_);
  std::latch begun(2);
  auto release = std::make_shared<std::latch>(1);
  ActorRef<Command> a = system_->Spawn(Worker(), "a");
  ActorRef<Command> b = system_->Spawn(Worker(), "b");
  ActorRef<Command> c = system_->Spawn(Worker(), "c");
  a.Tell(Block{&begun, release});
  b.Tell(Block{&begun, release});
  begun.wait();
  for (int i = 0; i < 5; ++i) a.Tell(Nothing{});
  c.Tell(Nothing{});
  // All workers of the default dispatcher are in handlers now: no message would be answered.
  EXPECT_EQ(Find("/user/a").state, ActorState::kRunning);
  EXPECT_EQ(Find("/user/b").state, ActorState::kRunning);
  EXPECT_EQ(Find("/user/c").state, ActorState::kScheduled);
  EXPECT_EQ(Find("/user").state, ActorState::kIdle);
  EXPECT_GE(Find("/user/a").mailbox_depth, 4);
  EXPECT_EQ(Find("/user/a").dispatcher, "default");
  // The monitor has to see the turn twice before it knows how long it has lasted.
  const absl::Time deadline = absl::Now() + kLong;
  while (Find("/user/a").busy < absl::Milliseconds(5) && absl::Now() < deadline) {
    std::this_thread::yield();
  }
  EXPECT_GE(Find("/user/a").busy, absl::Milliseconds(5));
  EXPECT_THAT(Find("/user/a").ToString(), HasSubstr("/user/a (running, busy for "));
  // Who waits for the end of the system is told the same, the busy ones first.
  system_->Terminate();
  absl::Status status = system_->AwaitTermination(absl::Milliseconds(1));
  EXPECT_EQ(status.code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_THAT(status.ToString(), ::testing::ContainsRegex("waits for /user/[ab] \\(.*busy for"));
  release->count_down();
}

TEST_F(ActorSnapshotTest, ShowsAnActorOnItsOwnThreadAndTheBlockingOnes) {
  Start(Worker());
  std::latch begun(2);
  auto release = std::make_shared<std::latch>(1);
  ActorRef<Command> pinned = system_->Spawn(Worker(), "pinned", Props().Pinned());
  ActorRef<Command> blocking = system_->Spawn(Worker(), "blocking", Props().Blocking());
  pinned.Tell(Block{&begun, release});
  blocking.Tell(Block{&begun, release});
  begun.wait();
  EXPECT_EQ(Find("/user/pinned").state, ActorState::kRunning);
  EXPECT_EQ(Find("/user/pinned").dispatcher, "pinned");
  EXPECT_EQ(Find("/user/blocking").state, ActorState::kRunning);
  EXPECT_EQ(Find("/user/blocking").dispatcher, "blocking");
  release->count_down();
  AwaitState("/user/pinned", ActorState::kIdle);
}

TEST_F(ActorSnapshotTest, ShowsSuspendedRestartingAndStopping) {
  Start(Worker());
  Promise<bool> answer;
  Future<bool> wait = answer.future();
  ActorRef<Command> waits =
      system_->Spawn(Receive<Command>(On{[wait](const Nothing&) -> Task<Behavior<Command>> {
                                           Future<bool> future = wait;
                                           (void)co_await future;
                                           co_return Same();
                                         },
                                         [](const auto&) -> Behavior<Command> { return Same(); }}),
                     "waits");
  waits.Tell(Nothing{});
  AwaitState("/user/waits", ActorState::kSuspended);
  answer.Complete(true);
  AwaitState("/user/waits", ActorState::kIdle);

  ActorRef<Command> fails = system_->Spawn<Command>(
      Supervise(sampo::Setup<Command>([](ActorContext<Command>&) {
        return Receive<Command>(On{[](const Nothing&) -> Behavior<Command> {
                                     return Fail(absl::InternalError("on purpose"));
                                   },
                                   [](const auto&) -> Behavior<Command> { return Same(); }});
      }))
          .OnFailure(SupervisorStrategy::RestartWithBackoff(
              {.min = absl::Hours(1), .max = absl::Hours(1)})),
      "fails");
  fails.Tell(Nothing{});
  AwaitState("/user/fails", ActorState::kRestarting);

  std::latch begun(1);
  auto release = std::make_shared<std::latch>(1);
  ActorRef<Command> parent =
      system_->Spawn(sampo::Setup<Command>([&](ActorContext<Command>& context) {
                       context.Spawn(Worker(), "child").Tell(Block{&begun, release});
                       return Worker();
                     }),
                     "parent");
  begun.wait();
  parent.Tell(Halt{});
  AwaitState("/user/parent", ActorState::kStopping);
  release->count_down();
}

TEST_F(ActorSnapshotTest, CanBeTakenWhileActorsComeAndGo) {
  Start(Worker());
  std::atomic<bool> stop = false;
  std::thread changer([&] {
    while (!stop) {
      for (int i = 0; i < 50; ++i) {
        system_->SpawnAnonymous(Worker()).Tell(Halt{});
      }
    }
  });
  for (int i = 0; i < 200; ++i) {
    std::string last;
    for (const std::string& path : Paths({.limit = 100})) {
      EXPECT_LT(last, path);
      last = path;
    }
  }
  stop = true;
  changer.join();
}

TEST_F(ActorSnapshotTest, StarvationIsLoggedWithThePathsOfTheBlocked) {
  Start(Worker(), /*threads=*/1);
  std::latch begun(1);
  auto release = std::make_shared<std::latch>(1);
  ActorRef<Command> hog = system_->Spawn(Worker(), "hog");
  hog.Tell(Block{&begun, release});
  begun.wait();
  system_->Tell(Nothing{});  // has to wait
  std::optional<LogEvent> event =
      log_->Await([](const LogEvent& e) { return e.logger == "sampo.actor.starvation"; }, kLong);
  release->count_down();
  ASSERT_TRUE(event.has_value());
  EXPECT_EQ(event->level, LogLevel::kWarning);
  EXPECT_THAT(event->message, HasSubstr("blocked: /user/hog"));
  EXPECT_THAT(event->message, HasSubstr("Props().Blocking()"));
}

}  // namespace
}  // namespace sampo
