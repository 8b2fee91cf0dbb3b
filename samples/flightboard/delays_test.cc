// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/samples/flightboard/delays.h"

#include <gtest/gtest.h>

#include <cstring>
#include <limits>
#include <string>

namespace flightboard {
namespace {

Iata Code(const char* text) { return *Iata::Parse(text); }

std::string Codes(const std::vector<RankedAirport>& ranked) {
  std::string codes;
  for (const RankedAirport& airport : ranked) codes += airport.iata.ToString() + " ";
  return codes;
}

TEST(DelaysTest, AddsArrivals) {
  Delays delays;
  delays.Add(10);
  delays.Add(-4);
  EXPECT_EQ(delays, (Delays{2, 6}));
  EXPECT_DOUBLE_EQ(delays.mean(), 3.0);
}

TEST(DelaysTest, FoldsByDestination) {
  const std::string text =
      R"([{"date":"2001/01/01 00:47","delay":66,"distance":1,"origin":"DTW","destination":"LAS"},)"
      R"({"date":"2001/01/01 00:48","delay":-6,"distance":1,"origin":"SFO","destination":"LAS"},)"
      R"({"date":"2001/01/01 00:49","delay":5,"distance":1,"origin":"LAS","destination":"SFO"}])";
  bool read = false;
  FlightReader reader(
      [&](char* to, size_t) -> absl::StatusOr<size_t> {
        if (std::exchange(read, true)) return size_t{0};
        std::memcpy(to, text.data(), text.size());
        return text.size();
      },
      [](int64_t, const absl::Status& why) { ADD_FAILURE() << why; });
  EXPECT_EQ(FoldDelays(reader), (DelaysByAirport{{Code("LAS"), {2, 60}}, {Code("SFO"), {1, 5}}}));
}

TEST(WorstAirportsTest, RanksByMeanAndNotBySum) {
  const DelaysByAirport delays = {
      {Code("AAA"), {100, 500}}, {Code("BBB"), {60, 480}}, {Code("CCC"), {50, -50}}};
  EXPECT_EQ(Codes(WorstAirports(delays)), "BBB AAA CCC ");
}

TEST(WorstAirportsTest, LeavesOutAirportsWithFewArrivals) {
  const DelaysByAirport delays = {{Code("AAA"), {49, 4900}}, {Code("BBB"), {50, 50}}};
  EXPECT_EQ(Codes(WorstAirports(delays)), "BBB ");
}

TEST(WorstAirportsTest, BreaksTiesByCode) {
  const DelaysByAirport delays = {
      {Code("CCC"), {50, 100}}, {Code("AAA"), {100, 200}}, {Code("BBB"), {75, 150}}};
  EXPECT_EQ(Codes(WorstAirports(delays)), "AAA BBB CCC ");
}

TEST(WorstAirportsTest, StopsAtTheLimit) {
  const DelaysByAirport delays = {{Code("AAA"), {50, 1}}, {Code("BBB"), {50, 2}}};
  EXPECT_EQ(Codes(WorstAirports(delays, {.airports_max = 1})), "BBB ");
  EXPECT_EQ(Codes(WorstAirports(delays, {.airports_max = 0})), "");
}

TEST(WorstAirportsTest, ComparesLargeSumsExactly) {
  constexpr int64_t kLarge = std::numeric_limits<int64_t>::max();
  const DelaysByAirport delays = {{Code("AAA"), {kLarge - 1, kLarge}},
                                  {Code("BBB"), {kLarge, kLarge}}};
  EXPECT_EQ(Codes(WorstAirports(delays)), "AAA BBB ");
}

TEST(WorstAirportsTest, NeverRanksAnAirportWithoutArrivals) {
  EXPECT_EQ(Codes(WorstAirports({{Code("AAA"), {}}}, {.arrivals_min = 0})), "");
}

}  // namespace
}  // namespace flightboard
