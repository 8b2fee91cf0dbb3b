// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/samples/flightboard/report.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "sampo/samples/flightboard/board_json.h"

namespace flightboard {
namespace {

// An airport with `arrivals` arrivals that were `delay_minutes` late together.
AirportStats Airport(const std::string& iata, int64_t arrivals, int64_t delay_minutes) {
  AirportStats stats{.iata = *Iata::Parse(iata), .departures = 7};
  stats.arrivals = arrivals;
  stats.delay_minutes = delay_minutes;
  if (arrivals > 0) {
    stats.mean_delay_minutes = static_cast<double>(delay_minutes) / static_cast<double>(arrivals);
    stats.p95_delay_minutes = 44;
    stats.on_time_share = 0.75;
  }
  return stats;
}

Report ThreeAirports() {
  Report report;
  report.board = {{Airport("XXX", 1000, -50), Airport("PBI", 81, 1581), Airport("AAA", 0, 0)}, 21};
  report.new_flights = 20;
  report.already_known = 1;
  report.rejected = 3;
  return report;
}
AirportNames OneName() {
  return {{*Iata::Parse("PBI"), {"Palm Beach International", "West Palm Beach", "FL", 26.7, -80}}};
}

std::vector<std::string> Codes(const std::vector<AirportStats>& airports) {
  std::vector<std::string> codes;
  for (const AirportStats& airport : airports) codes.push_back(airport.iata.ToString());
  return codes;
}
using Strings = std::vector<std::string>;

TEST(RankingTest, IsByMeanFromEitherEnd) {
  const Board board = {{Airport("AAA", 100, 1000), Airport("BBB", 50, 1000),
                        Airport("CCC", 60, -60), Airport("DDD", 49, 100000)},
                       0};
  EXPECT_EQ(Codes(Ranking(board, Rank::kWorst)), (Strings{"BBB", "AAA", "CCC"}));
  EXPECT_EQ(Codes(Ranking(board, Rank::kBest)), (Strings{"CCC", "AAA", "BBB"}));
}

TEST(RankingTest, EqualMeansAreByCodeFromBothEnds) {
  // 1/3 and 3/9 are the same mean, whatever a double says.
  const Board board = {{Airport("BBB", 150, 50), Airport("AAA", 450, 150)}, 0};
  EXPECT_EQ(Codes(Ranking(board, Rank::kWorst)), (Strings{"AAA", "BBB"}));
  EXPECT_EQ(Codes(Ranking(board, Rank::kBest)), (Strings{"AAA", "BBB"}));
}

TEST(RankingTest, KeepsSoManyAndNeverOnesWithoutArrivals) {
  const Board board = {{Airport("AAA", 1, 3), Airport("BBB", 1, 2), Airport("CCC", 0, 0)}, 0};
  EXPECT_EQ(Codes(Ranking(board, Rank::kWorst, {.arrivals_min = 0, .airports_max = 9})),
            (Strings{"AAA", "BBB"}));
  EXPECT_EQ(Codes(Ranking(board, Rank::kWorst, {.arrivals_min = 1, .airports_max = 1})),
            (Strings{"AAA"}));
}

TEST(ReportTest, AlignsItsTables) {
  EXPECT_EQ(ToText(ThreeAirports(), OneName()),
            R"(The 10 airports with the worst mean arrival delay (at least 50 arrivals)

   IATA  airport                   city                 arrivals  mean delay
1  PBI   Palm Beach International  West Palm Beach, FL        81    19.5 min
2  XXX   (unknown)                 (unknown)                1000    -0.1 min

The 10 airports with the best mean arrival delay (at least 50 arrivals)

   IATA  airport                   city                 arrivals  mean delay
1  XXX   (unknown)                 (unknown)                1000    -0.1 min
2  PBI   Palm Beach International  West Palm Beach, FL        81    19.5 min

21 flights of 3 airports in the journal: 20 new, 1 already known; 3 records rejected
)");
}

TEST(ReportTest, AMeanThatRoundsToNothingHasNoSign) {
  Report report;
  report.board.airports = {Airport("XXX", 100, -4)};
  EXPECT_NE(ToText(report, {}).find(" 0.0 min"), std::string::npos) << ToText(report, {});
}

TEST(ReportTest, SaysWhenThereIsNothingToSay) {
  EXPECT_NE(ToText(Report{}, {}).find("(no airport has so many)"), std::string::npos);
}

TEST(ReportTest, AlignsLettersThatTakeSeveralBytes) {
  Report report;
  report.board.airports = {Airport("PBI", 50, 0), Airport("XXX", 50, 0)};
  const AirportNames names = {{*Iata::Parse("PBI"), {"Kähärä", "x", "", 0, 0}},
                              {*Iata::Parse("XXX"), {"Kahara", "x", "", 0, 0}}};
  EXPECT_NE(ToText(report, names).find("XXX   Kahara   x"), std::string::npos)
      << ToText(report, names);
}

TEST(BoardJsonTest, IsOneLineSortedByIataWithNulls) {
  EXPECT_EQ(ToJson(ThreeAirports(), OneName()),
            R"j({"flights":21,"new":20,"already_known":1,"rejected":3,"airports":[)j"
            R"j({"iata":"AAA","name":null,"city":null,"departures":7,"arrivals":0,)j"
            R"j("mean_delay_minutes":null,"p95_delay_minutes":null,"on_time_share":null},)j"
            R"j({"iata":"PBI","name":"Palm Beach International","city":"West Palm Beach",)j"
            R"j("departures":7,"arrivals":81,"mean_delay_minutes":19.51851851851852,)j"
            R"j("p95_delay_minutes":44,"on_time_share":0.75},)j"
            R"j({"iata":"XXX","name":null,"city":null,"departures":7,"arrivals":1000,)j"
            R"j("mean_delay_minutes":-0.05,"p95_delay_minutes":44,"on_time_share":0.75}]})j"
            "\n");
}

TEST(BoardJsonTest, OfNothingIsAnObjectToo) {
  EXPECT_EQ(ToJson(Report{}, {}),
            "{\"flights\":0,\"new\":0,\"already_known\":0,\"rejected\":0,\"airports\":[]}\n");
}

TEST(BoardJsonTest, KeepsEveryBitOfAMean) {
  const auto json = nlohmann::json::parse(ToJson(Airport("XXX", 3, 10), {}));
  EXPECT_EQ(json["mean_delay_minutes"].get<double>(), 10.0 / 3.0);
}

TEST(BoardJsonTest, SurvivesNamesThatAreNotUtf8) {
  const AirportNames names = {{*Iata::Parse("PBI"), {"\xff\xfe", "x", "y", 0, 0}}};
  EXPECT_TRUE(nlohmann::json::accept(ToJson(ThreeAirports(), names)));
  EXPECT_EQ(QuotedJson("a\"\xff"), "\"a\\\"\xEF\xBF\xBD\"");
}

TEST(BoardJsonTest, OfAFlightHasTheFieldsOfTheInput) {
  const StoredFlight stored = {.sequence_number = 2001,
                               .direction = Direction::kArrival,
                               .source = "jan",
                               .position = 7,
                               .flight = {.date = {2001, 1, 2, 3, 4},
                                          .origin = *Iata::Parse("DTW"),
                                          .destination = *Iata::Parse("LAS"),
                                          .delay_minutes = -5,
                                          .distance_miles = 407}};
  EXPECT_EQ(ToJson(stored),
            R"j({"sequence_number":2001,"direction":"arrival","source":"jan","position":7,)j"
            R"j("date":"2001/01/02 03:04","delay":-5,"distance":407,"origin":"DTW",)j"
            R"j("destination":"LAS"})j");
}

}  // namespace
}  // namespace flightboard
