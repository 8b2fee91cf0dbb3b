// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// What a terminal gives and gets: Options and Progress.
#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "sampo/samples/flightboard/options.h"
#include "sampo/samples/flightboard/progress.h"

namespace flightboard {
namespace {

std::string WhyNot(const std::vector<std::string>& arguments) {
  return std::string(ParseOptions(arguments).status().message());
}

TEST(OptionsTest, HasDefaults) {
  const absl::StatusOr<Options> options = ParseOptions({});
  ASSERT_TRUE(options.ok());
  EXPECT_EQ(options->input, "");
  EXPECT_EQ(options->source, "");
  EXPECT_EQ(options->journal, "flightboard-data/journal.db");
  EXPECT_EQ(options->port, 8080);
  EXPECT_EQ(options->management_port, 8558);
  EXPECT_EQ(options->threads, 0);
  EXPECT_FALSE(options->strict || options->json || options->serve || options->help);
}

TEST(OptionsTest, TakesValuesInBothSpellings) {
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"--input", "-", "--threads", "3", "--source", "s", "--journal",
                                 "j.db", "--port", "0", "--management-port", "1",
                                 "--management-token-file", "t"},
        std::vector<std::string>{"--input=-", "--threads=3", "--source=s", "--journal=j.db",
                                 "--port=0", "--management-port=1", "--management-token-file=t"}}) {
    const absl::StatusOr<Options> options = ParseOptions(arguments);
    ASSERT_TRUE(options.ok()) << options.status();
    EXPECT_EQ(options->input, "-");
    EXPECT_EQ(options->source, "s");
    EXPECT_EQ(options->journal, "j.db");
    EXPECT_EQ(options->threads, 3);
    EXPECT_EQ(options->port, 0);
    EXPECT_EQ(options->management_port, 1);
    EXPECT_EQ(options->management_token_file, "t");
  }
}

TEST(OptionsTest, TakesFlags) {
  const absl::StatusOr<Options> options = ParseOptions({"--json", "--strict", "--serve", "--help"});
  ASSERT_TRUE(options.ok()) << options.status();
  EXPECT_TRUE(options->json && options->strict && options->serve && options->help);
}

TEST(OptionsTest, ManagementMattersWhereSomebodyAskedForIt) {
  EXPECT_FALSE(ParseOptions({})->ManagementMatters());
  EXPECT_TRUE(ParseOptions({"--serve"})->ManagementMatters());
  EXPECT_TRUE(ParseOptions({"--management-port", "8558"})->ManagementMatters());
  EXPECT_TRUE(ParseOptions({"--management-token-file", "t"})->ManagementMatters());
  EXPECT_FALSE(ParseOptions({"--serve", "--management-port", "off"})->management_port.has_value());
}

TEST(OptionsTest, RefusesWithNameAndWhatIsAllowed) {
  EXPECT_EQ(WhyNot({"--inptu", "x"}), "unknown argument --inptu; see --help");
  EXPECT_EQ(WhyNot({"data.json"}), "unknown argument data.json; see --help");
  EXPECT_EQ(WhyNot({"--input"}), "--input needs a value; see --help");
  EXPECT_EQ(WhyNot({"--input="}), "--input needs a value; see --help");
  EXPECT_EQ(WhyNot({"--json=yes"}), "--json takes no value");
  for (const std::string threads : {"0", "257", "two", "2x", "-1", "99999999999"}) {
    EXPECT_EQ(WhyNot({"--threads", threads}),
              "--threads " + threads + ": expected a number from 1 to 256");
  }
  for (const std::string port : {"-1", "65536", "http", "off"}) {
    EXPECT_EQ(WhyNot({"--port", port}), "--port " + port + ": expected a number from 0 to 65535");
  }
  EXPECT_EQ(WhyNot({"--management-port", "on"}),
            "--management-port on: expected a number from 0 to 65535, or off");
}

TEST(OptionsTest, StandardInputNeedsASource) {
  EXPECT_EQ(
      WhyNot({"--input", "-"}),
      "--input - needs --source NAME: standard input has no name that its records could keep");
  EXPECT_TRUE(ParseOptions({"--input", "-", "--source", "jan"}).ok());
  EXPECT_TRUE(ParseOptions({"--input", "-", "--help"}).ok());
}

TEST(OptionsTest, HelpNamesEveryOption) {
  const std::string help = kHelp;
  for (const char* option :
       {"--input", "--source", "--journal", "--strict", "--json", "--serve", "--port N",
        "--management-port", "--management-token-file", "--threads", "--help"}) {
    EXPECT_NE(help.find(option), std::string::npos) << option;
  }
}

IngestCounts Counts(int64_t records, int64_t bytes) {
  IngestCounts counts;
  counts.records = records;
  counts.bytes = bytes;
  return counts;
}

class ProgressTest : public testing::Test {
 protected:
  // What was written since the last call.
  std::string Written() {
    std::string text = stream_.str();
    stream_.str("");
    return text;
  }
  ProgressOptions Options(bool terminal) {
    return {.terminal = terminal, .now = [this] { return absl::UnixEpoch() + now_; }};
  }
  absl::Duration now_;
  std::ostringstream stream_;
};

TEST_F(ProgressTest, DrawsABarWithRateAndTimeLeftOnATerminal) {
  Progress progress(stream_, Options(/*terminal=*/true));
  progress.Begin(1000);
  now_ = absl::Seconds(2);
  progress.Update(Counts(24'690, 250));
  const std::string bar =
      "flightboard: [=====>              ]  25 %  24,690 records  12,345/s  0:06 left";
  EXPECT_EQ(Written(), bar);
  now_ = absl::Seconds(5000);
  progress.Update(Counts(50'000'000, 500));
  const std::string wiped = "\r" + std::string(bar.size(), ' ') + "\r";
  EXPECT_EQ(
      Written(),
      wiped +
          "flightboard: [==========>         ]  50 %  50,000,000 records  10,000/s  1:23:20 left");
}

TEST_F(ProgressTest, DrawsNoMoreThanTenTimesASecond) {
  Progress progress(stream_, Options(/*terminal=*/true));
  progress.Begin(1000);
  now_ = absl::Milliseconds(99);
  progress.Update(Counts(1, 1));
  EXPECT_EQ(Written(), "");
  now_ = absl::Milliseconds(100);
  progress.Update(Counts(1, 1));
  EXPECT_NE(Written(), "");
}

TEST_F(ProgressTest, KeepsTheBarBelowWhatIsSaidAndTakesItAwayAtTheEnd) {
  Progress progress(stream_, Options(/*terminal=*/true));
  progress.Begin(std::nullopt);
  now_ = absl::Seconds(1);
  progress.Update(Counts(5, 0));
  const std::string bar = Written();
  EXPECT_EQ(bar, "flightboard: 5 records  5/s");
  const std::string wiped = "\r" + std::string(bar.size(), ' ') + "\r";
  progress.Say("record 3: bad");
  EXPECT_EQ(Written(), wiped + "flightboard: record 3: bad\n" + bar);
  progress.End();
  EXPECT_EQ(Written(), wiped);
  progress.Update(Counts(6, 0));
  progress.Say("done");
  EXPECT_EQ(Written(), "flightboard: done\n");
}

TEST_F(ProgressTest, WritesPlainLinesElsewhere) {
  Progress progress(stream_, Options(/*terminal=*/false));
  progress.Begin(1000);
  now_ = absl::Seconds(4);
  progress.Update(Counts(1, 1));
  EXPECT_EQ(Written(), "");
  now_ = absl::Seconds(5);
  progress.Update(Counts(5'000, 100));
  EXPECT_EQ(Written(), "flightboard:  10 %  5,000 records  1,000/s  0:45 left\n");
  progress.End();
  EXPECT_EQ(Written(), "");
}

TEST_F(ProgressTest, SaysNothingFoolishAtTheEdges) {
  Progress progress(stream_, Options(/*terminal=*/true));
  progress.Begin(0);  // an empty file, or one whose size nobody told
  now_ = absl::Seconds(1);
  progress.Update(Counts(0, 0));
  EXPECT_EQ(Written(), "flightboard: 0 records  0/s");
  progress.Begin(10);  // a file that grew
  now_ = absl::Seconds(2);
  progress.Update(Counts(7, 30));
  EXPECT_NE(Written().find("[====================] 100 %  7 records  7/s  0:00 left"),
            std::string::npos);
  EXPECT_EQ(WithCommas(-1234), "-1,234");
  EXPECT_EQ(WithCommas(-123), "-123");
}

}  // namespace
}  // namespace flightboard
