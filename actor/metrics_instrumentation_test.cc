// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/metrics_instrumentation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>

#include "sampo/actor/actor.h"
#include "sampo/actor/base/log_sink.h"

namespace sampo {
namespace {

constexpr absl::Duration kLong = absl::Seconds(30);

struct Count {
  ReplyTo<int> reply_to;
};
struct Boom {};
struct Halt {};
struct Command : std::variant<Count, Boom, Halt> {
  using variant::variant;
};

Behavior<Command> Counter() {
  return Setup<Command>([](ActorContext<Command>&) {
    return Receive<Command>(
        On{[](Count&& m) {
             m.reply_to.Tell(1);
             return Same();
           },
           [](const Boom&) -> Behavior<Command> { return Fail(absl::InternalError("boom")); },
           [](const Halt&) -> Behavior<Command> { return Stopped(); }});
  });
}

SystemSettings Settings(std::shared_ptr<Instrumentation> instrumentation) {
  SystemSettings settings;
  settings.threads = 1;
  settings.log_sink = std::make_shared<CaptureLogSink>();
  settings.instrumentation = std::move(instrumentation);
  return settings;
}

// The series of the class, by name.
std::map<std::string, MetricSeries> SeriesOf(const MetricsRegistry& metrics,
                                             const std::string& actor_class) {
  std::map<std::string, MetricSeries> found;
  for (const MetricSeries& series : metrics.Snapshot()) {
    auto label = series.labels.find("class");
    const std::string of = label == series.labels.end() ? "" : label->second;
    if (of == actor_class) found.emplace(series.name, series);
  }
  return found;
}

absl::StatusOr<int> AskCount(const ActorRef<Command>& actor) {
  return Await(Ask<int>(actor, kLong, [](auto reply_to) { return Count{std::move(reply_to)}; }),
               kLong);
}

TEST(MetricsInstrumentationTest, CountsByClassIntoTheSystemsRegistry) {
  ActorSystem<Command> system(Counter(), "shop",
                              Settings(std::make_shared<MetricsInstrumentation>()));
  ActorRef<Command> cart =
      system.Spawn<Command>(Supervise(Counter()).OnFailure(SupervisorStrategy::Restart()), "cart",
                            Props().WithTags({"cart"}));
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(AskCount(cart).ok());
  cart.Tell(Boom{});
  ASSERT_TRUE(AskCount(cart).ok());
  EXPECT_EQ(SeriesOf(system.metrics(), "cart")["sampo_actor_living"].gauge, 1);
  cart.Tell(Halt{});
  EXPECT_FALSE(AskCount(cart).ok());
  cart.Tell(Boom{});
  system.Terminate();
  ASSERT_TRUE(system.AwaitTermination(kLong).ok());

  std::map<std::string, MetricSeries> series = SeriesOf(system.metrics(), "cart");
  EXPECT_EQ(series["sampo_actor_started_total"].counter, 1u);
  EXPECT_EQ(series["sampo_actor_stopped_total"].counter, 1u);
  EXPECT_EQ(series["sampo_actor_living"].gauge, 0);
  EXPECT_EQ(series["sampo_actor_failed_total"].counter, 1u);
  EXPECT_EQ(series["sampo_actor_restarted_total"].counter, 1u);
  EXPECT_EQ(series["sampo_actor_messages_total"].counter, 13u);
  EXPECT_EQ(series["sampo_actor_mailbox_time_ns"].histogram.count, 13u);
  EXPECT_EQ(series["sampo_actor_handling_time_ns"].histogram.count, 13u);
  EXPECT_EQ(series["sampo_actor_mailbox_depth"].histogram.count, 13u);
  EXPECT_GE(SeriesOf(system.metrics(), "")["sampo_actor_dead_letters_total"].counter, 1u);
}

TEST(MetricsInstrumentationTest, SeveralSystemsMayShareARegistry) {
  MetricsRegistry registry;
  auto shared = std::make_shared<MetricsInstrumentation>(&registry);
  {
    ActorSystem<Command> one(Counter(), "one", Settings(shared));
    ActorSystem<Command> two(Counter(), "two", Settings(shared));
    ActorRef<Command> a = one.Spawn(Counter(), "c", Props().WithTags({"cart"}));
    ActorRef<Command> b = two.Spawn(Counter(), "c", Props().WithTags({"cart"}));
    ASSERT_TRUE(AskCount(a).ok());
    ASSERT_TRUE(AskCount(b).ok());
    EXPECT_EQ(SeriesOf(registry, "cart")["sampo_actor_living"].gauge, 2);
  }
  EXPECT_EQ(SeriesOf(registry, "cart")["sampo_actor_messages_total"].counter, 2u);
  EXPECT_EQ(SeriesOf(registry, "cart")["sampo_actor_living"].gauge, 0);
}

TEST(MetricsInstrumentationDeathTest, WithoutARegistryItBelongsToOneSystem) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  auto twice = [] {
    auto instrumentation = std::make_shared<MetricsInstrumentation>();
    ActorSystem<Command> one(Counter(), "one", Settings(instrumentation));
    ActorSystem<Command> two(Counter(), "two", Settings(instrumentation));
  };
  EXPECT_DEATH(twice(), "belongs to one system");
}

}  // namespace
}  // namespace sampo
