// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/samples/flightboard/options.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace flightboard {
namespace {

std::string WhyNot(const std::vector<std::string>& arguments) {
  return std::string(ParseOptions(arguments).status().message());
}

TEST(OptionsTest, HasDefaults) {
  const absl::StatusOr<Options> options = ParseOptions({});
  ASSERT_TRUE(options.ok());
  EXPECT_EQ(options->input, "");
  EXPECT_EQ(options->threads, 0);
  EXPECT_TRUE(options->verify);
  EXPECT_FALSE(options->json);
}

TEST(OptionsTest, TakesValuesInBothSpellings) {
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"--input", "-", "--threads", "3", "--airports", "a.csv"},
        std::vector<std::string>{"--input=-", "--threads=3", "--airports=a.csv"}}) {
    const absl::StatusOr<Options> options = ParseOptions(arguments);
    ASSERT_TRUE(options.ok()) << options.status();
    EXPECT_EQ(options->input, "-");
    EXPECT_EQ(options->airports, "a.csv");
    EXPECT_EQ(options->threads, 3);
  }
}

TEST(OptionsTest, TakesFlags) {
  const absl::StatusOr<Options> options = ParseOptions({"--json", "--no-verify", "--help"});
  ASSERT_TRUE(options.ok()) << options.status();
  EXPECT_TRUE(options->json);
  EXPECT_TRUE(options->help);
  EXPECT_FALSE(options->verify);
  EXPECT_TRUE(ParseOptions({"--no-verify", "--verify"})->verify);
}

TEST(OptionsTest, RefusesWithNameAndRemedy) {
  EXPECT_EQ(WhyNot({"--inptu", "x"}), "unknown argument --inptu; see --help");
  EXPECT_EQ(WhyNot({"data.json"}), "unknown argument data.json; see --help");
  EXPECT_EQ(WhyNot({"--input"}), "--input needs a value");
  EXPECT_EQ(WhyNot({"--input="}), "--input needs a value");
  EXPECT_EQ(WhyNot({"--json=yes"}), "--json takes no value");
  for (const char* threads : {"0", "257", "two", "2x", "-1", "99999999999"}) {
    EXPECT_EQ(WhyNot({"--threads", threads}),
              "--threads " + std::string(threads) + ": expected a number from 1 to 256");
  }
}

TEST(OptionsTest, HelpNamesEveryOption) {
  const std::string help = kHelp;
  for (const char* option :
       {"--input", "--airports", "--threads", "--json", "--verify", "--no-verify", "--help"}) {
    EXPECT_NE(help.find(option), std::string::npos) << option;
  }
}

}  // namespace
}  // namespace flightboard
