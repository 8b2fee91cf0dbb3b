// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/shutdown_phases.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sampo/actor/base/config.h"
#include "sampo/actor/base/str_cat.h"

namespace sampo {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<std::string> Names(const std::vector<ShutdownPhase>& phases) {
  std::vector<std::string> names;
  for (const ShutdownPhase& phase : phases) names.push_back(phase.name);
  return names;
}

std::string ErrorOf(std::vector<ShutdownPhase> phases) {
  absl::Status status = SortShutdownPhases(std::move(phases)).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  return std::string(ToStd(status.message()));
}

TEST(ShutdownPhasesTest, DefaultsAreThoseOfPekkoInOrder) {
  absl::StatusOr<std::vector<ShutdownPhase>> sorted = SortShutdownPhases(DefaultShutdownPhases());
  ASSERT_TRUE(sorted.ok()) << sorted.status();
  EXPECT_THAT(
      Names(*sorted),
      ElementsAre("before-service-unbind", "service-unbind", "service-requests-done",
                  "service-stop", "before-cluster-shutdown", "cluster-sharding-shutdown-region",
                  "cluster-leave", "cluster-exiting", "cluster-exiting-done", "cluster-shutdown",
                  "before-actor-system-terminate", "actor-system-terminate"));
  for (const ShutdownPhase& phase : *sorted) {
    bool is_long = phase.name == "cluster-sharding-shutdown-region" ||
                   phase.name == "cluster-exiting" || phase.name == "actor-system-terminate";
    EXPECT_EQ(phase.timeout, absl::Seconds(is_long ? 10 : 5)) << phase.name;
    EXPECT_TRUE(phase.recover) << phase.name;
    EXPECT_TRUE(phase.enabled) << phase.name;
  }
}

TEST(ShutdownPhasesTest, SortsADiamond) {
  absl::StatusOr<std::vector<ShutdownPhase>> sorted =
      SortShutdownPhases({{"d", {"b", "c"}}, {"c", {"a"}}, {"b", {"a"}}, {"a", {}}, {"alone", {}}});
  ASSERT_TRUE(sorted.ok()) << sorted.status();
  EXPECT_THAT(Names(*sorted), ElementsAre("a", "c", "b", "d", "alone"));
}

TEST(ShutdownPhasesTest, AUsersPhaseComesAsEarlyAsItCan) {
  std::vector<ShutdownPhase> phases = DefaultShutdownPhases();
  phases.push_back({"drain", {"service-unbind"}});
  absl::StatusOr<std::vector<ShutdownPhase>> sorted = SortShutdownPhases(phases);
  ASSERT_TRUE(sorted.ok()) << sorted.status();
  EXPECT_EQ(Names(*sorted)[1], "service-unbind");
  EXPECT_EQ(Names(*sorted)[2], "drain");
  EXPECT_EQ(Names(*sorted)[3], "service-requests-done");
}

TEST(ShutdownPhasesTest, NamesTheCircle) {
  EXPECT_THAT(ErrorOf({{"x", {}}, {"a", {"b"}}, {"b", {"c"}}, {"c", {"a"}}}),
              HasSubstr("in a circle: a -> b -> c -> a"));
  EXPECT_THAT(ErrorOf({{"outside", {"a"}}, {"a", {"a"}}}), HasSubstr("in a circle: a -> a"));
}

TEST(ShutdownPhasesTest, RefusesWhatIsNoPhase) {
  EXPECT_THAT(ErrorOf({{"a", {"nowhere"}}}), HasSubstr("phase a depends on nowhere"));
  EXPECT_THAT(ErrorOf({{"a", {}}, {"a", {}}}), HasSubstr("phase a is there twice"));
  EXPECT_THAT(ErrorOf({{"", {}}}), HasSubstr("without a name"));
  std::vector<ShutdownPhase> many;
  for (size_t i = 0; i <= kShutdownPhasesMax; ++i) many.push_back({StrCat("p", i)});
  EXPECT_THAT(ErrorOf(many), HasSubstr("201 phases, at most 200"));
}

TEST(ShutdownPhasesTest, ReadsConfiguration) {
  absl::StatusOr<Config> config = Config::FromToml(R"(
    [actor.coordinated_shutdown]
    terminate_actor_system = false
    run_by_terminate = false
    default_phase_timeout = "7s"
    [actor.coordinated_shutdown.exit_codes]
    "cluster-downing" = 3
    [actor.coordinated_shutdown.phases.drain]
    depends_on = ["service-unbind"]
    timeout = "30s"
    recover = false
    [actor.coordinated_shutdown.phases.service-requests-done]
    depends_on = ["drain"]
    enabled = false
  )");
  ASSERT_TRUE(config.ok()) << config.status();
  absl::StatusOr<CoordinatedShutdownSettings> settings =
      CoordinatedShutdownSettings::FromConfig(*config);
  ASSERT_TRUE(settings.ok()) << settings.status();
  EXPECT_FALSE(settings->terminate_actor_system);
  EXPECT_FALSE(settings->run_by_terminate);
  EXPECT_EQ(settings->exit_codes.at("cluster-downing"), 3);
  ASSERT_EQ(settings->phases.size(), 13u);
  EXPECT_EQ(settings->phases[0].timeout, absl::Seconds(7));
  EXPECT_EQ(settings->phases[11].timeout, absl::Seconds(10));  // has a time of its own
  EXPECT_FALSE(settings->phases[2].enabled);
  const ShutdownPhase& drain = settings->phases[12];
  EXPECT_EQ(drain.name, "drain");
  EXPECT_EQ(drain.timeout, absl::Seconds(30));
  EXPECT_FALSE(drain.recover);
  EXPECT_TRUE(config->CheckAllRead().ok());
}

TEST(ShutdownPhasesTest, AnEmptyConfigurationGivesTheDefaults) {
  absl::StatusOr<CoordinatedShutdownSettings> settings =
      CoordinatedShutdownSettings::FromConfig(Config());
  ASSERT_TRUE(settings.ok()) << settings.status();
  EXPECT_TRUE(settings->terminate_actor_system);
  EXPECT_TRUE(settings->run_by_terminate);
  EXPECT_EQ(Names(settings->phases), Names(DefaultShutdownPhases()));
}

TEST(ShutdownPhasesTest, ConfigurationErrorsNameThePlace) {
  auto error_of = [](std::string_view toml) {
    absl::StatusOr<Config> config = Config::FromToml(toml);
    EXPECT_TRUE(config.ok()) << config.status();
    absl::Status status = CoordinatedShutdownSettings::FromConfig(*config).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    return std::string(ToStd(status.message()));
  };
  EXPECT_THAT(error_of("[actor.coordinated_shutdown.phases.service-stop]\ntimeout = \"soon\"\n"),
              HasSubstr("sampo.toml:2: actor.coordinated_shutdown.phases.service-stop.timeout"));
  EXPECT_THAT(error_of("[actor.coordinated_shutdown.phases.service-stop]\ntime = \"1s\"\n"),
              HasSubstr("time"));
  EXPECT_THAT(error_of("[actor.coordinated_shutdown.phases.service-unbind]\n"
                       "depends_on = [\"service-stop\"]\n"),
              HasSubstr("in a circle"));
  EXPECT_THAT(error_of("[actor.coordinated_shutdown.exit_codes]\nx = 256\n"), HasSubstr("256"));
}

}  // namespace
}  // namespace sampo
