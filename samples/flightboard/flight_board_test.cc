// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/samples/flightboard/flight_board.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"

namespace flightboard {
namespace {

constexpr absl::Duration kLong = absl::Seconds(60);

std::string Record(const std::string& destination, int delay) {
  return R"({"date":"2001/01/01 00:47","delay":)" + std::to_string(delay) +
         R"(,"distance":1,"origin":"DTW","destination":")" + destination + "\"}";
}

std::shared_ptr<FlightReader> ReaderOf(std::string text) {
  return std::make_shared<FlightReader>(
      [text = std::move(text), at = size_t{0}](char* to,
                                               size_t bytes) mutable -> absl::StatusOr<size_t> {
        const size_t count = std::min({bytes, size_t{1000}, text.size() - at});
        std::memcpy(to, text.data() + at, count);
        at += count;
        return count;
      },
      [](int64_t, const absl::Status&) {});
}

absl::StatusOr<BoardResult> RunBoard(std::shared_ptr<FlightReader> reader,
                                     BoardSettings settings = {}) {
  sampo::ActorSystem<board::Command> system(FlightBoard(std::move(reader), std::move(settings)),
                                            "board-test");
  return sampo::Await(
      sampo::AskWithStatus<BoardResult>(system.guardian(), kLong,
                                        [](auto r) { return board::Run{std::move(r)}; }),
      kLong);
}

// `count` flights to 26 airports, from a seed that a failure shows.
std::string ManyRecords(int count, unsigned seed) {
  std::mt19937 random(seed);
  std::string text = "[";
  for (int i = 0; i < count; ++i) {
    const char letter = static_cast<char>('A' + random() % 26);
    text += (i > 0 ? "," : "") + Record(std::string(3, letter), static_cast<int>(random() % 200));
  }
  return text + "]";
}

TEST(FlightBoardTest, AddsUpTheDelaysOfEachDestination) {
  const absl::StatusOr<BoardResult> result = RunBoard(
      ReaderOf("[" + Record("LAS", 10) + "," + Record("SFO", -5) + "," + Record("LAS", 20) + "]"));
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->delays,
            (DelaysByAirport{{*Iata::Parse("LAS"), {2, 30}}, {*Iata::Parse("SFO"), {1, -5}}}));
  EXPECT_EQ(result->flights, 3);
}

TEST(FlightBoardTest, EqualsThePlainFold) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE(seed);
  const std::string text = ManyRecords(20'000, seed);
  const absl::StatusOr<BoardResult> result = RunBoard(ReaderOf(text));
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->flights, 20'000);
  EXPECT_EQ(result->delays, FoldDelays(*ReaderOf(text)));
}

TEST(FlightBoardTest, KeepsItsBoundOnFlightsUnderWay) {
  for (const auto& [in_flight_max, read_count] :
       std::vector<std::pair<int, int>>{{1, 1}, {7, 7}, {100, 30}, {5, 1000}, {0, 0}}) {
    const absl::StatusOr<BoardResult> result = RunBoard(
        ReaderOf(ManyRecords(500, 1)), {.in_flight_max = in_flight_max, .read_count = read_count});
    ASSERT_TRUE(result.ok()) << result.status();
    EXPECT_EQ(result->flights, 500);
    EXPECT_GE(result->in_flight_peak, 1);
    EXPECT_LE(result->in_flight_peak, std::max(1, in_flight_max));
  }
}

TEST(FlightBoardTest, TakesAnEmptyInput) {
  const absl::StatusOr<BoardResult> result = RunBoard(ReaderOf("[]"));
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_TRUE(result->delays.empty());
}

TEST(FlightBoardTest, CountsBadRecords) {
  const absl::StatusOr<BoardResult> result = RunBoard(ReaderOf("[{}," + Record("LAS", 1) + ",7]"));
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->bad_records, 2);
  EXPECT_EQ(result->flights, 1);
}

TEST(FlightBoardTest, FailsWithTheStatusOfItsInput) {
  bool first = true;
  auto reader = std::make_shared<FlightReader>(
      [&first](char* to, size_t) -> absl::StatusOr<size_t> {
        if (!std::exchange(first, false)) return absl::UnavailableError("disk on fire");
        const std::string text = "[" + Record("LAS", 1);
        std::memcpy(to, text.data(), text.size());
        return text.size();
      },
      [](int64_t, const absl::Status&) {});
  EXPECT_EQ(RunBoard(reader).status(), absl::UnavailableError("disk on fire"));
}

TEST(FlightBoardTest, FailsWhenItsSourceDies) {
  auto reader = std::make_shared<FlightReader>(
      [](char*, size_t) -> absl::StatusOr<size_t> { throw std::runtime_error("no disk"); },
      [](int64_t, const absl::Status&) {});
  EXPECT_EQ(RunBoard(reader).status().code(), absl::StatusCode::kCancelled);
}

TEST(FlightBoardTest, TellsItsProgress) {
  std::vector<int64_t> seen;
  const absl::StatusOr<BoardResult> result =
      RunBoard(ReaderOf(ManyRecords(300, 1)),
               {.in_flight_max = 100, .read_count = 100, .on_progress = [&seen](int64_t flights) {
                  seen.push_back(flights);
                }});
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(seen, (std::vector<int64_t>{0, 100, 200, 300}));
}

}  // namespace
}  // namespace flightboard
