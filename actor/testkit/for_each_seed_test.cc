// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/testkit/for_each_seed.h"

#include <stdlib.h>

#include <string>
#include <vector>

#include "gtest/gtest-spi.h"
#include "gtest/gtest.h"

namespace sampo {
namespace {

// Takes SAMPO_TEST_SEED away, or sets it, for one test.
class ForEachSeedTest : public testing::Test {
 protected:
  ForEachSeedTest() : before_(SeedFromEnvironment()) { unsetenv("SAMPO_TEST_SEED"); }
  ~ForEachSeedTest() override {
    unsetenv("SAMPO_TEST_SEED");
    if (before_.has_value()) setenv("SAMPO_TEST_SEED", std::to_string(*before_).c_str(), 1);
  }

 private:
  const std::optional<uint64_t> before_;
};

std::vector<uint64_t> SeedsOf(int count) {
  std::vector<uint64_t> seeds;
  ForEachSeed(count, [&](uint64_t seed) { seeds.push_back(seed); });
  return seeds;
}

TEST_F(ForEachSeedTest, TheSeedsAreFixed) {
  EXPECT_EQ(SeedsOf(3), (std::vector<uint64_t>{1, 2, 3}));
}

TEST_F(ForEachSeedTest, TheEnvironmentPutsOneInTheirPlace) {
  setenv("SAMPO_TEST_SEED", "17", 1);
  EXPECT_EQ(SeedsOf(3), std::vector<uint64_t>{17});
  EXPECT_EQ(TestSeed(), 17u);
  setenv("SAMPO_TEST_SEED", "seventeen", 1);
  EXPECT_EQ(SeedsOf(1), std::vector<uint64_t>{1});
  EXPECT_EQ(TestSeed(5), 5u);
}

TEST_F(ForEachSeedTest, TheReplayCommandNamesTheTest) {
  const std::string command = ReplayCommand(9);
  EXPECT_NE(command.find("SAMPO_TEST_SEED=9 bazel test"), std::string::npos) << command;
  EXPECT_NE(command.find("--test_filter=ForEachSeedTest.TheReplayCommandNamesTheTest"),
            std::string::npos)
      << command;
}

using ForEachSeedDeathTest = ForEachSeedTest;

TEST_F(ForEachSeedDeathTest, ACrashPrintsTheReplayCommand) {
  EXPECT_DEATH(ForEachSeed(5,
                           [](uint64_t seed) {
                             if (seed == 3) abort();
                           }),
               "replay: SAMPO_TEST_SEED=3");
}

}  // namespace
}  // namespace sampo
