// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/samples/flightboard/flight_reader.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

namespace flightboard {
namespace {

std::string Record(int delay) {
  return R"({"date":"2001/01/01 00:47","delay":)" + std::to_string(delay) +
         R"(,"distance":1750,"origin":"DTW","destination":"LAS"})";
}

ByteSource FromText(std::string text) {
  return [text = std::move(text), at = size_t{0}](char* to,
                                                  size_t bytes) mutable -> absl::StatusOr<size_t> {
    const size_t count = std::min(bytes, text.size() - at);
    std::memcpy(to, text.data() + at, count);
    at += count;
    return count;
  };
}

struct Outcome {
  std::vector<int> delays;
  std::vector<std::string> bad;  // "<record number> <why>"
  absl::Status status;
  int64_t flights = 0;
  int64_t bad_records = 0;
};

Outcome ReadAll(ByteSource source) {
  Outcome outcome;
  FlightReader reader(std::move(source), [&](int64_t record, const absl::Status& why) {
    outcome.bad.push_back(std::to_string(record) + " " + std::string(why.message()));
  });
  while (std::optional<Flight> flight = reader.Next()) {
    outcome.delays.push_back(flight->delay_minutes);
  }
  outcome.status = reader.status();
  outcome.flights = reader.flights();
  outcome.bad_records = reader.bad_records();
  return outcome;
}

TEST(FlightReaderTest, GivesTheFlightsInOrder) {
  const Outcome outcome =
      ReadAll(FromText("[" + Record(1) + "," + Record(2) + "," + Record(-3) + "]"));
  EXPECT_EQ(outcome.delays, (std::vector<int>{1, 2, -3}));
  EXPECT_EQ(outcome.flights, 3);
  EXPECT_TRUE(outcome.status.ok());
}

TEST(FlightReaderTest, ReportsBadRecordsByNumberFieldAndReasonAndGoesOn) {
  const Outcome outcome =
      ReadAll(FromText("[" + Record(1) + R"(,{"date":7},{"date:},)" + Record(2) + "]"));
  EXPECT_EQ(outcome.delays, (std::vector<int>{1, 2}));
  ASSERT_EQ(outcome.bad.size(), 2u);
  EXPECT_EQ(outcome.bad[0], "2 date: expected text, found the number 7");
  EXPECT_EQ(outcome.bad[1].substr(0, 9), "3 record:");
  EXPECT_EQ(outcome.bad_records, 2);
  EXPECT_TRUE(outcome.status.ok());
}

TEST(FlightReaderTest, KeepsTheErrorOfItsSource) {
  bool first = true;
  const Outcome outcome = ReadAll([&first](char* to, size_t) -> absl::StatusOr<size_t> {
    if (!std::exchange(first, false)) return absl::UnavailableError("disk on fire");
    const std::string text = "[" + Record(1);
    std::memcpy(to, text.data(), text.size());
    return text.size();
  });
  EXPECT_EQ(outcome.delays, std::vector<int>{1});
  EXPECT_EQ(outcome.status, absl::UnavailableError("disk on fire"));
  EXPECT_EQ(outcome.bad_records, 0);
}

}  // namespace
}  // namespace flightboard
