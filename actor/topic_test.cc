// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/topic.h"

#include <string>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

#include "gtest/gtest.h"
#include "sampo/actor/actor.h"
#include "sampo/actor/event_stream.h"
#include "sampo/actor/test_util.h"

namespace sampo {
namespace {

struct Price {
  std::string sku;
  int cents = 0;
  friend bool operator==(const Price&, const Price&) = default;
};
using Prices = Topic<Price>;

struct TopicTest : testing::Test {
  TopicStats Stats(const ActorRef<Prices::Command>& of) {
    Future<TopicStats> stats = Ask<TopicStats>(of, absl::Seconds(3), [](auto reply_to) {
      return Prices::GetTopicStats{std::move(reply_to)};
    });
    return Await(stats, absl::Seconds(5)).value();
  }
  SimulatedKit kit;
  ActorRef<Prices::Command> topic = kit.Spawn(Prices::Create("prices"), "prices");
  TestProbe<Price> first = kit.Probe<Price>();
  TestProbe<Price> second = kit.Probe<Price>();
};

TEST_F(TopicTest, TellsAllSubscribersInOrder) {
  topic.Tell(Prices::Subscribe{first.ref()});
  topic.Tell(Prices::Subscribe{second.ref()});
  for (int i = 0; i < 3; ++i) topic.Tell(Prices::Publish{{"mill", i}});
  for (int i = 0; i < 3; ++i) {
    first.ExpectMessage(Price{"mill", i});
    second.ExpectMessage(Price{"mill", i});
  }
  kit.Run();
  EXPECT_EQ(Stats(topic).subscribers, 2);
  EXPECT_EQ(Stats(topic).topic_instances, 1);
}

TEST_F(TopicTest, SubscribingTwiceIsOnceAndUnsubscribeEndsIt) {
  topic.Tell(Prices::Subscribe{first.ref()});
  topic.Tell(Prices::Subscribe{first.ref()});
  topic.Tell(Prices::Publish{{"mill", 1}});
  first.ExpectMessage(Price{"mill", 1});
  topic.Tell(Prices::Unsubscribe{first.ref()});
  topic.Tell(Prices::Publish{{"mill", 2}});
  first.ExpectNoMessage();
  EXPECT_EQ(Stats(topic).topic_instances, 0);
}

TEST_F(TopicTest, ASubscriberThatEndsLeaves) {
  topic.Tell(Prices::Subscribe{first.ref()});
  topic.Tell(Prices::Subscribe{second.ref()});
  kit.Run();
  second.Stop();
  kit.Run();
  EXPECT_EQ(Stats(topic).subscribers, 1);
  topic.Tell(Prices::Publish{{"mill", 1}});
  first.ExpectMessage(Price{"mill", 1});
}

TEST_F(TopicTest, PublishedWithNoSubscriberIsDropped) {
  TestProbe<Dropped> dropped = kit.Probe<Dropped>();
  kit.system().event_stream().Subscribe(dropped.ref());
  topic.Tell(Prices::Publish{{"mill", 1}});
  const Dropped event = dropped.ExpectMessage();
  EXPECT_NE(event.message_type.find("Price"), std::string::npos);
  EXPECT_EQ(event.recipient, topic.path());
  EXPECT_EQ(event.reason, "the topic has no subscribers");
}

TEST_F(TopicTest, TopicsOfOneNameReachEachOthersSubscribers) {
  ActorRef<Prices::Command> other = kit.Spawn(Prices::Create("prices"), "other");
  ActorRef<Prices::Command> stranger = kit.Spawn(Prices::Create("weather"), "stranger");
  TestProbe<Price> third = kit.Probe<Price>();
  topic.Tell(Prices::Subscribe{first.ref()});
  other.Tell(Prices::Subscribe{second.ref()});
  stranger.Tell(Prices::Subscribe{third.ref()});
  kit.Run();
  topic.Tell(Prices::Publish{{"mill", 1}});
  first.ExpectMessage(Price{"mill", 1});
  second.ExpectMessage(Price{"mill", 1});
  other.Tell(Prices::Publish{{"mill", 2}});
  first.ExpectMessage(Price{"mill", 2});
  second.ExpectMessage(Price{"mill", 2});
  first.ExpectNoMessage();
  third.ExpectNoMessage();
  EXPECT_EQ(Stats(topic).topic_instances, 2);
}

TEST_F(TopicTest, ATopicWithoutSubscribersReachesThoseOfOthers) {
  ActorRef<Prices::Command> other = kit.Spawn(Prices::Create("prices"), "other");
  other.Tell(Prices::Subscribe{second.ref()});
  kit.Run();
  topic.Tell(Prices::Publish{{"mill", 1}});
  second.ExpectMessage(Price{"mill", 1});
}

struct Seen {
  Price price;
};
TEST_F(TopicTest, AMessageAdapterIsASubscriber) {
  ActorRef<Seen> follower = kit.Spawn(sampo::Setup<Seen>([this](ActorContext<Seen>& context) {
    topic.Tell(Prices::Subscribe{
        context.MessageAdapter<Price>([](Price price) { return Seen{std::move(price)}; })});
    return Receive<Seen>([this](const Seen& m) {
      first.ref().Tell(m.price);
      return Same();
    });
  }));
  kit.Run();
  topic.Tell(Prices::Publish{{"mill", 1}});
  first.ExpectMessage(Price{"mill", 1});
  kit.kit().Stop(follower);
  kit.Run();
  EXPECT_EQ(Stats(topic).subscribers, 0);
}

TEST(TopicThreadsTest, TellsEachSubscriberEverythingOnce) {
  ActorTestKit kit;
  ActorRef<Prices::Command> topic = kit.Spawn(Prices::Create("prices"), "prices");
  std::vector<TestProbe<Price>> probes;
  for (int i = 0; i < 4; ++i) {
    probes.push_back(kit.CreateTestProbe<Price>());
    topic.Tell(Prices::Subscribe{probes.back().ref()});
  }
  std::vector<std::thread> threads;
  for (int t = 0; t < 2; ++t) {
    threads.emplace_back([&topic] {
      for (int i = 0; i < 200; ++i) topic.Tell(Prices::Publish{{"mill", i}});
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (TestProbe<Price>& probe : probes) {
    EXPECT_EQ(probe.ReceiveMessages(400, absl::Seconds(10)).size(), 400u);
  }
}

}  // namespace
}  // namespace sampo
