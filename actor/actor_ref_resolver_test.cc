// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/actor_ref_resolver.h"

#include <atomic>
#include <string>
#include <thread>
#include <variant>

#include "gtest/gtest.h"
#include "sampo/actor/actor.h"
#include "sampo/actor/event_stream.h"
#include "sampo/actor/test_util.h"

namespace sampo {
namespace {

struct Add {
  int by = 0;
  friend bool operator==(const Add&, const Add&) = default;
};
struct Clear {
  [[maybe_unused]] friend bool operator==(const Clear&, const Clear&) = default;
};
struct Command : std::variant<Clear, Add> {
  using variant::variant;
};
struct Other {};

Behavior<Command> Forwarder(ActorRef<Command> to) {
  return Receive<Command>([to](auto& message) {
    to.Tell(std::move(message));
    return Same();
  });
}

struct ActorRefResolverTest : testing::Test {
  SimulatedKit kit;
  ActorRefResolver& resolver = ActorRefResolver::Get(kit.system());
  TestProbe<Command> probe = kit.Probe<Command>();
  ActorRef<Command> cart = kit.Spawn(Forwarder(probe.ref()), "cart");
};

TEST_F(ActorRefResolverTest, TextLeadsBackToTheSameActor) {
  const std::string text = resolver.ToString(cart);
  EXPECT_EQ(text.rfind("sampo://test/user/cart#", 0), 0u) << text;
  absl::StatusOr<ActorRef<Command>> again = resolver.Resolve<Command>(text);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(*again, cart);
  again->Tell(Add{3});
  probe.ExpectMessage(Add{3});
}

TEST_F(ActorRefResolverTest, PathsWithoutUidOrAddressAreFine) {
  EXPECT_EQ(*resolver.Resolve<Command>("sampo://test/user/cart"), cart);
  EXPECT_EQ(*resolver.Resolve<Command>("/user/cart"), cart);
  EXPECT_EQ(*resolver.ResolveAny("/user/cart"), AnyActorRef(cart));
}

TEST_F(ActorRefResolverTest, ARefForOneMessageOfTheProtocolKnowsItsPlace) {
  absl::StatusOr<ActorRef<Add>> adder = resolver.Resolve<Add>("/user/cart");
  ASSERT_TRUE(adder.ok()) << adder.status();
  EXPECT_EQ(*adder, ActorRef<Add>(cart));
  adder->Tell(Add{5});
  probe.ExpectMessage(Add{5});
}

TEST_F(ActorRefResolverTest, RefusesAnotherProtocol) {
  absl::Status status = resolver.Resolve<Other>("/user/cart").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_NE(status.message().find("Command, not"), std::string::npos) << status;
}

TEST_F(ActorRefResolverTest, FindsAnonymousChildrenAndDeepOnes) {
  ActorRef<Command> anonymous = kit.Spawn(Forwarder(probe.ref()));
  kit.Spawn(sampo::Setup<Command>([this](ActorContext<Command>& context) {
              context.SpawnAnonymous(Forwarder(probe.ref()));
              return Receive<Command>([](const auto&) { return Same(); });
            }),
            "parent");
  kit.Run();
  EXPECT_EQ(*resolver.Resolve<Command>(resolver.ToString(anonymous)), anonymous);
  absl::StatusOr<ActorRef<Command>> deep = resolver.Resolve<Command>("/user/parent/$a");
  ASSERT_TRUE(deep.ok());
  deep->Tell(Add{1});
  probe.ExpectMessage(Add{1});
}

TEST_F(ActorRefResolverTest, WhereNobodyLivesAreDeadLetters) {
  TestProbe<DeadLetter> dead = kit.Probe<DeadLetter>();
  kit.system().event_stream().Subscribe(dead.ref());
  absl::StatusOr<ActorRef<Other>> ghost = resolver.Resolve<Other>("sampo://test/user/no/body#7");
  ASSERT_TRUE(ghost.ok()) << ghost.status();
  ghost->Tell(Other{});
  DeadLetter letter = dead.ExpectMessage();
  EXPECT_EQ(letter.recipient.rfind("/user/no/body", 0), 0u) << letter.recipient;
  TestProbe<Command> watcher = kit.Probe<Command>();
  watcher.ExpectTerminated(*ghost);
}

TEST_F(ActorRefResolverTest, ARefOfAnEarlierIncarnationIsDead) {
  const std::string text = resolver.ToString(cart);
  kit.kit().Stop(cart);
  ActorRef<Command> next = kit.Spawn(Forwarder(probe.ref()), "cart");
  absl::StatusOr<ActorRef<Command>> old = resolver.Resolve<Command>(text);
  ASSERT_TRUE(old.ok());
  EXPECT_NE(*old, next);
  old->Tell(Add{1});
  probe.ExpectNoMessage();
  EXPECT_EQ(*resolver.Resolve<Command>("/user/cart"), next);
}

TEST_F(ActorRefResolverTest, RefusesOtherSystemsAndWhatIsNoPath) {
  absl::Status other = resolver.ResolveAny("sampo://mill/user/cart").status();
  EXPECT_EQ(other.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_NE(other.message().find("sampo://mill/user/cart"), std::string::npos);
  EXPECT_EQ(resolver.ResolveAny("sampo://test@host:1/user/cart").status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(resolver.ResolveAny("cart").status().code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(ActorRefResolverTest, IgnoreIsWellKnown) {
  const std::string text = resolver.ToString(ActorRef<Add>::Ignore());
  EXPECT_EQ(text, "sampo://test/ignore");
  EXPECT_TRUE(resolver.Resolve<Other>(text)->is_ignore());
}

TEST_F(ActorRefResolverTest, TheRootAndWrongNumbersAreNobody) {
  for (const char* text : {"/", "/user/$", "/user/$aa", "/user/$zzzzzzz", "/user/$?"}) {
    absl::StatusOr<AnyActorRef> ref = resolver.ResolveAny(text);
    if (!ref.ok()) continue;
    kit.Probe<Command>().ExpectTerminated(*ref);
  }
}

TEST(ActorRefResolverThreadsTest, ResolvesWhileActorsComeAndGo) {
  ActorTestKit kit;
  ActorRefResolver& resolver = ActorRefResolver::Get(kit.system());
  TestProbe<Command> probe = kit.CreateTestProbe<Command>();
  std::atomic<bool> done = false;
  std::thread looker([&] {
    while (!done) {
      absl::StatusOr<ActorRef<Command>> ref = resolver.Resolve<Command>("/user/cart");
      ASSERT_TRUE(ref.ok()) << ref.status();
      ref->Tell(Clear{});
    }
  });
  for (int i = 0; i < 300; ++i) {
    ActorRef<Command> cart = kit.Spawn(Forwarder(ActorRef<Command>::Ignore()), "cart");
    kit.Stop(cart);
  }
  done = true;
  looker.join();
}

}  // namespace
}  // namespace sampo
