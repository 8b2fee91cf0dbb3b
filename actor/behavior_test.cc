// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/behavior.h"

#include <atomic>
#include <memory>
#include <string>
#include <utility>

#include "gtest/gtest.h"
#include "sampo/actor/actor.h"
#include "sampo/actor/core_test_fixture.h"
#include "sampo/actor/supervise.h"

namespace sampo {
namespace {

struct Say {
  std::string text;
};
struct Command : std::variant<Say, int> {
  using variant::variant;
};

// Says, then becomes what `next` makes of the text.
Behavior<Command> Becoming(Journal journal, Behavior<Command> (*next)(const std::string&)) {
  return Receive<Command>(On{[=](const Say& m) {
                               journal.Add("old ", m.text);
                               return next(m.text);
                             },
                             [](int) { return Same(); }},
                          OnSignal{[journal](const PostStop&) {
                            journal.Add("old stops");
                            return Same();
                          }});
}

class BehaviorTest : public CoreTest {
 protected:
  ActorRef<Command> SpawnBecoming(Behavior<Command> (*next)(const std::string&)) {
    return kit().Spawn(Becoming(journal(), next));
  }
  void SayTwice(const ActorRef<Command>& actor) {
    actor.Tell(Say{"1"});
    actor.Tell(Say{"2"});
  }
};
SAMPO_ON_EACH_RUNTIME(BehaviorTest);

TEST_P(BehaviorTest, SameStays) {
  SayTwice(SpawnBecoming([](const std::string&) -> Behavior<Command> { return Same(); }));
  EXPECT_EQ(Happened(), "old 1, old 2");
}

TEST_P(BehaviorTest, IgnoreSwallows) {
  SayTwice(SpawnBecoming([](const std::string&) -> Behavior<Command> { return Ignore(); }));
  EXPECT_EQ(Happened(), "old 1");
}

TEST_P(BehaviorTest, EmptyLeavesAllUnhandled) {
  SayTwice(SpawnBecoming([](const std::string&) -> Behavior<Command> { return Empty(); }));
  EXPECT_EQ(Happened(), "old 1, unhandled Say");
}

TEST_P(BehaviorTest, StoppedStopsWithTheBehaviorThatWas) {
  SayTwice(SpawnBecoming([](const std::string&) -> Behavior<Command> { return Stopped(); }));
  EXPECT_EQ(Happened(), "old 1, old stops, dead letter Say");
}

TEST_P(BehaviorTest, FailStops) {
  SayTwice(SpawnBecoming(
      [](const std::string&) -> Behavior<Command> { return Fail(absl::InternalError("x")); }));
  EXPECT_EQ(Happened(), "old 1, old stops, dead letter Say");
}

TEST_P(BehaviorTest, ASetupRunsWhenItsTurnComes) {
  SayTwice(SpawnBecoming([](const std::string& text) -> Behavior<Command> {
    return Setup<Command>([text](ActorContext<Command>& context) -> Behavior<Command> {
      context.Self().Tell(Say{"in setup of " + text});
      return Empty();
    });
  }));
  EXPECT_EQ(Happened(), "old 1, unhandled Say, unhandled Say");
}

TEST_P(BehaviorTest, UnhandledKeepsTheBehaviorAndIsReported) {
  ActorRef<Command> actor =
      kit().Spawn(Receive<Command>(On{[journal = journal()](const Say& m) -> Partial<Command> {
                                        if (m.text == "1") return Unhandled();
                                        journal.Add(m.text);
                                        return Same();
                                      },
                                      [](const int&) { return Unhandled(); }}));
  SayTwice(actor);
  actor.Tell(3);
  EXPECT_EQ(HappenedWithoutOrder(), "2, unhandled Say, unhandled int");
}

TEST_P(BehaviorTest, PartialTakesEveryResult) {
  ActorRef<Command> actor =
      kit().Spawn(Receive<Command>(On{[journal = journal()](const Say& m) -> Partial<Command> {
                                        if (m.text == "same") return Same();
                                        if (m.text == "stop")
                                          return Stopped([journal] { journal.Add("hook"); });
                                        if (m.text == "fail") return Fail(absl::InternalError("x"));
                                        return Behavior<Command>(Ignore());
                                      },
                                      [](const int&) { return Same(); }}));
  actor.Tell(Say{"same"});
  actor.Tell(Say{"stop"});
  EXPECT_EQ(Happened(), "hook");
}

TEST_P(BehaviorTest, ABehaviorIsMoved) {
  Behavior<Command> first = Becoming(journal(), nullptr);
  Behavior<Command> second = std::move(first);
  second = Behavior<Command>(Stopped([held = std::make_unique<int>(1)] {}));
  second = Behavior<Command>(Fail(absl::InternalError("never used")));
  Behavior<Command>* self = &second;
  second = std::move(*self);  // self assignment
  EXPECT_EQ(Happened(), "");
}

// Actors of several threads count together.
using Count = std::atomic<int>;

// A behavior that counts its own living objects.
struct Living {
  explicit Living(std::shared_ptr<Count> count) : count(std::move(count)) { ++*this->count; }
  Living(const Living& other) : count(other.count) { ++*count; }
  Living(Living&& other) : count(other.count) { ++*count; }
  ~Living() { --*count; }
  std::shared_ptr<Count> count;
};
Behavior<Command> Changing(Living living, std::shared_ptr<Count> changes) {
  return Receive<Command>(On{[=](const Say&) { return Same(); },
                             [=](int) {
                               ++*changes;
                               return Changing(living, changes);
                             }});
}

TEST_P(BehaviorTest, AMillionChangesDoNotGrow) {
  const int count = simulated() ? 100'000 : 1'000'000;
  auto living = std::make_shared<Count>(0);
  auto changes = std::make_shared<Count>(0);
  ActorRef<Command> plain = kit().Spawn(Changing(Living(living), changes));
  ActorRef<Command> wrapped = kit().Spawn(
      Supervise(Changing(Living(living), changes)).OnFailure(SupervisorStrategy::Restart()));
  Settle();
  const int before = *living;
  for (const auto& actor : {plain, wrapped}) {
    for (int i = 0; i < count; ++i) {
      actor.Tell(i);
      if (i % 10'000 == 0) Settle();
    }
  }
  Settle();
  EXPECT_EQ(changes->load(), 2 * count);
  EXPECT_EQ(living->load(), before);
}

TEST_P(BehaviorTest, AMillionWrapsDoNotGrow) {
  // Each change brings the supervisor along again.
  struct Self {
    static Behavior<Command> Make(Living living, std::shared_ptr<Count> changes) {
      return Supervise(Receive<Command>(On{[=](const Say&) -> Behavior<Command> {
                                             return Fail(absl::InternalError("x"));
                                           },
                                           [=](int) {
                                             ++*changes;
                                             return Make(living, changes);
                                           }}))
          .OnFailure(SupervisorStrategy::Resume());
    }
  };
#if defined(SAMPO_ASAN) || defined(SAMPO_TSAN)
  const int count = 100'000;
#else
  const int count = 1'000'000;
#endif
  auto living = std::make_shared<Count>(0);
  auto changes = std::make_shared<Count>(0);
  ActorRef<Command> actor = kit().Spawn(Self::Make(Living(living), changes));
  Settle();
  const int before = *living;
  for (int i = 0; i < count; ++i) {
    actor.Tell(i);
    if (i % 10'000 == 0) Settle();
  }
  actor.Tell(Say{"fails and resumes"});
  actor.Tell(1);
  Settle();
  EXPECT_EQ(changes->load(), count + 1);
  EXPECT_EQ(living->load(), before);
}

TEST_P(BehaviorTest, AnEndedActorLetsGoOfItsBehavior) {
  auto living = std::make_shared<Count>(0);
  auto changes = std::make_shared<Count>(0);
  ActorRef<Command> actor = kit().Spawn(Changing(Living(living), changes));
  kit().Stop(actor);
  EXPECT_EQ(living->load(), 0);
}

}  // namespace
}  // namespace sampo
