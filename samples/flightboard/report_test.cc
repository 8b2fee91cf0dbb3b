// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/samples/flightboard/report.h"

#include <gtest/gtest.h>

#include <string>

namespace flightboard {
namespace {

Report TwoAirports() {
  Report report;
  report.worst = {{*Iata::Parse("PBI"), {81, 1581}}, {*Iata::Parse("XXX"), {1000, -50}}};
  report.flights = 1081;
  report.airports = 2;
  report.bad_records = 3;
  report.equals_fold = true;
  return report;
}
AirportNames OneName() {
  return {{*Iata::Parse("PBI"), {"Palm Beach International", "West Palm Beach", "FL"}}};
}

TEST(ReportTest, AlignsItsTable) {
  EXPECT_EQ(ToText(TwoAirports(), OneName()),
            R"(The 10 airports with the worst mean arrival delay (at least 50 arrivals)

   IATA  airport                   city                 arrivals  mean delay
1  PBI   Palm Beach International  West Palm Beach, FL        81    19.5 min
2  XXX   (unknown)                 (unknown)                1000    -0.1 min

1081 flights, 2 airports, 3 bad records
equal to a plain fold over the file
)");
}

TEST(ReportTest, SaysWhenThereIsNothingToSay) {
  const std::string text = ToText(Report{}, {});
  EXPECT_NE(text.find("(no airport has so many)"), std::string::npos);
  EXPECT_NE(text.find("not compared with a plain fold"), std::string::npos);
}

TEST(ReportTest, SaysWhenTheFoldDiffers) {
  Report report = TwoAirports();
  report.equals_fold = false;
  EXPECT_NE(ToText(report, {}).find("NOT equal to a plain fold"), std::string::npos);
}

TEST(ReportTest, IsOneLineOfJson) {
  EXPECT_EQ(ToJson(TwoAirports(), OneName()),
            R"j({"flights":1081,"airports":2,"bad_records":3,"arrivals_min":50,"worst":[)j"
            R"j({"iata":"PBI","name":"Palm Beach International","city":"West Palm Beach",)j"
            R"j("state":"FL","arrivals":81,"delay_minutes":1581,)j"
            R"j("mean_delay_minutes":19.51851851851852},)j"
            R"j({"iata":"XXX","name":"(unknown)","city":"(unknown)","state":"","arrivals":1000,)j"
            R"j("delay_minutes":-50,"mean_delay_minutes":-0.05}],"equals_fold":true})j"
            "\n");
}

TEST(ReportTest, JsonSaysNullWhereNothingWasCompared) {
  EXPECT_NE(ToJson(Report{}, {}).find("\"equals_fold\":null"), std::string::npos);
}

TEST(ReportTest, JsonSurvivesNamesThatAreNotUtf8) {
  const AirportNames names = {{*Iata::Parse("PBI"), {"\xff\xfe", "x", "y"}}};
  EXPECT_NE(ToJson(TwoAirports(), names).find("PBI"), std::string::npos);
}

}  // namespace
}  // namespace flightboard
