// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/samples/flightboard/run_flightboard.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace flightboard {
namespace {

struct Outcome {
  int code = 0;
  std::string out;
  std::string log;
};

Outcome Go(const std::vector<std::string>& arguments) {
  std::ostringstream out;
  std::ostringstream log;
  const int code = RunFlightboard(arguments, out, log);
  return {code, out.str(), log.str()};
}

std::string FileWith(const std::string& name, const std::string& text) {
  const char* folder = std::getenv("TEST_TMPDIR");
  const std::string path = std::string(folder != nullptr ? folder : "/tmp") + "/" + name;
  std::ofstream(path) << text;
  return path;
}

std::string TextOf(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

std::string Record(const std::string& destination, int delay) {
  return R"({"date":"2001/01/01 00:47","delay":)" + std::to_string(delay) +
         R"(,"distance":1,"origin":"DTW","destination":")" + destination + "\"}";
}

bool Contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST(RunFlightboardTest, PrintsTheWorstAirportsOfItsData) {
  const Outcome outcome = Go({});
  EXPECT_EQ(outcome.code, kDone) << outcome.log;
  // README.md quotes this file; //tools/docs:snippets_test keeps the two equal.
  EXPECT_EQ(outcome.out, TextOf("samples/flightboard/testdata/expected_output.txt"));
}

TEST(RunFlightboardTest, ComparesStandardInputToo) {
  // What the shell does for `flightboard --input - < file`.
  const std::string path = FileWith("stdin.json", "[" + Record("LAS", 1) + "]");
  const int saved = dup(STDIN_FILENO);
  const int file = open(path.c_str(), O_RDONLY);
  dup2(file, STDIN_FILENO);
  const Outcome outcome = Go({"--input", "-"});
  dup2(saved, STDIN_FILENO);
  close(file);
  close(saved);
  EXPECT_EQ(outcome.code, kDone) << outcome.log;
  EXPECT_TRUE(Contains(outcome.out, "1 flights, 1 airports, 0 bad records\nequal to a plain fold"));
}

TEST(RunFlightboardTest, IsTheSameOnAnyNumberOfThreads) {
  const std::string one = Go({"--threads", "1"}).out;
  EXPECT_EQ(Go({"--threads", "4"}).out, one);
  EXPECT_TRUE(Contains(one, "equal to a plain fold over the file"));
}

TEST(RunFlightboardTest, ReportsBadRecordsAndGoesOn) {
  const std::string path = FileWith("bad.json", "[" + Record("LAS", 1) + ",{\"date\":7}]");
  const Outcome outcome = Go({"--input", path});
  EXPECT_EQ(outcome.code, kDone);
  EXPECT_TRUE(
      Contains(outcome.log, path + ": record 2: date: expected text, found the number 7\n"));
  EXPECT_TRUE(Contains(outcome.out, "1 flights, 1 airports, 1 bad records"));
}

TEST(RunFlightboardTest, BoundsItsReports) {
  std::string text = "[" + Record("LAS", 1);
  for (int i = 0; i < 100; ++i) text += ",7";
  const Outcome outcome = Go({"--input", FileWith("many_bad.json", text + "]")});
  EXPECT_EQ(outcome.code, kDone);
  EXPECT_TRUE(Contains(outcome.log, "record 21:"));
  EXPECT_FALSE(Contains(outcome.log, "record 22:"));
  EXPECT_TRUE(Contains(outcome.log, "further bad records are only counted"));
  EXPECT_TRUE(Contains(outcome.log, "100 bad records"));
}

TEST(RunFlightboardTest, WritesJson) {
  const Outcome outcome = Go({"--json"});
  EXPECT_EQ(outcome.code, kDone);
  EXPECT_EQ(outcome.out.substr(0, 15), R"({"flights":2000)");
  EXPECT_TRUE(Contains(outcome.out, R"("equals_fold":true)"));
}

TEST(RunFlightboardTest, LeavesTheComparisonOut) {
  EXPECT_TRUE(Contains(Go({"--no-verify"}).out, "not compared with a plain fold"));
}

TEST(RunFlightboardTest, HasAnExitCodeForEachKindOfTrouble) {
  EXPECT_EQ(Go({"--threads", "0"}).code, kWrongArguments);
  const Outcome missing = Go({"--input", "/no/such.json"});
  EXPECT_EQ(missing.code, kUnreadableInput);
  EXPECT_TRUE(Contains(missing.log, "/no/such.json"));
  EXPECT_EQ(missing.out, "");
  EXPECT_EQ(Go({"--airports", "/no/such.csv"}).code, kUnreadableInput);
  EXPECT_EQ(Go({"--input", "/"}).code, kUnreadableInput);
  EXPECT_EQ(Go({"--input", FileWith("no_flights.json", "hello")}).code, kUnreadableInput);
}

TEST(RunFlightboardTest, TakesAnEmptyArray) {
  const Outcome outcome = Go({"--input", FileWith("empty.json", "[]")});
  EXPECT_EQ(outcome.code, kDone) << outcome.log;
  EXPECT_TRUE(Contains(outcome.out, "(no airport has so many)"));
}

TEST(RunFlightboardTest, HasHelp) {
  const Outcome outcome = Go({"--help"});
  EXPECT_EQ(outcome.code, kDone);
  EXPECT_TRUE(Contains(outcome.out, "Exit codes:"));
}

}  // namespace
}  // namespace flightboard
