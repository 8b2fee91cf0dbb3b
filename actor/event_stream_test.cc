// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/event_stream.h"

#include <string>

#include "gtest/gtest.h"
#include "sampo/actor/actor.h"
#include "sampo/actor/core_test_fixture.h"

namespace sampo {
namespace {

struct Frost {
  int degrees = 0;
};
struct Thaw {};

class EventStreamTest : public CoreTest {
 protected:
  EventStream& events() { return system().event_stream(); }
  ActorRef<Frost> Listener(const std::string& name) {
    return kit().Spawn(Receive<Frost>([journal = journal(), name](const Frost& m) {
                         journal.Add(name, " ", m.degrees);
                         return m.degrees > -40 ? Behavior<Frost>(Same()) : Stopped();
                       }),
                       name);
  }
};
SAMPO_ON_EACH_RUNTIME(EventStreamTest);

TEST_P(EventStreamTest, ReachesThoseWhoSubscribedToItsType) {
  ActorRef<Frost> field = Listener("field");
  events().Publish(Frost{-1});
  events().Subscribe<Frost>(field);
  events().Publish(Frost{-2});
  events().Publish(Thaw{});
  events().Publish(Frost{-3});
  EXPECT_EQ(Happened(), "field -2, field -3");
}

TEST_P(EventStreamTest, SubscribingTwiceIsOnce) {
  ActorRef<Frost> field = Listener("field");
  events().Subscribe<Frost>(field);
  events().Subscribe<Frost>(field);
  events().Publish(Frost{-1});
  EXPECT_EQ(Happened(), "field -1");
}

TEST_P(EventStreamTest, UnsubscribingEndsIt) {
  ActorRef<Frost> field = Listener("field");
  ActorRef<Frost> forest = Listener("forest");
  events().Subscribe<Frost>(field);
  events().Subscribe<Frost>(forest);
  events().Unsubscribe<Frost>(field);
  events().Publish(Frost{-1});
  EXPECT_EQ(Happened(), "forest -1");
}

TEST_P(EventStreamTest, OneThatHasEndedIsForgotten) {
  ActorRef<Frost> field = Listener("field");
  events().Subscribe<Frost>(field);
  EXPECT_TRUE(events().HasSubscribers<Frost>());
  events().Publish(Frost{-40});
  EXPECT_EQ(Happened(), "field -40");
  events().Publish(Frost{-1});
  EXPECT_EQ(Happened(), "");
  EXPECT_FALSE(events().HasSubscribers<Frost>());
}

TEST_P(EventStreamTest, AnActorSubscribesToAnEventOfItsProtocol) {
  struct Command : std::variant<Thaw, Frost> {
    using variant::variant;
  };
  kit().Spawn(sampo::Setup<Command>([journal = journal()](ActorContext<Command>& context) {
    context.System().event_stream().Subscribe<Frost>(context.Self());
    return Receive<Command>(On{[journal](const Frost& m) {
                                 journal.Add("frost ", m.degrees);
                                 return Same();
                               },
                               [](const Thaw&) { return Same(); }});
  }));
  Settle();
  events().Publish(Frost{-7});
  EXPECT_EQ(Happened(), "frost -7");
}

}  // namespace
}  // namespace sampo
