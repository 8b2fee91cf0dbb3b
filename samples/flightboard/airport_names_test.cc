// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/samples/flightboard/airport_names.h"

#include <gtest/gtest.h>

#include <sstream>
#include <string>

namespace flightboard {
namespace {

absl::StatusOr<AirportNames> Read(const std::string& text) {
  std::istringstream in(text);
  return ReadAirportNames(in, "a.csv");
}
const std::string kHeader = "iata,name,city,state,latitude,longitude\n";

std::string WhyNot(const std::string& text) { return std::string(Read(text).status().message()); }

TEST(AirportNamesTest, ReadsNameCityStateAndPlace) {
  const auto names = Read(
      "iata,name,city,state,country,latitude,longitude\n"
      "LAS,McCarran,Las Vegas,NV,USA,36.08,-115.15\n");
  ASSERT_TRUE(names.ok()) << names.status();
  const AirportName& name = names->at(*Iata::Parse("LAS"));
  EXPECT_EQ(name.name, "McCarran");
  EXPECT_EQ(name.city, "Las Vegas");
  EXPECT_EQ(name.state, "NV");
  EXPECT_EQ(name.latitude_degrees, 36.08);
  EXPECT_EQ(name.longitude_degrees, -115.15);
}

TEST(AirportNamesTest, FindsColumnsByNameAndTakesWindowsLines) {
  const auto names = Read(
      "longitude,state,city,iata,name,latitude\r\n-115.15,NV,Las Vegas,LAS,McCarran,36.08\r\n");
  ASSERT_TRUE(names.ok()) << names.status();
  EXPECT_EQ(names->at(*Iata::Parse("LAS")).name, "McCarran");
}

TEST(AirportNamesTest, UnderstandsQuotes) {
  const auto fields = SplitCsvLine(R"(DBN,"W. H. ""Bud"" Barron","a,b",,"")");
  ASSERT_TRUE(fields.has_value());
  EXPECT_EQ(*fields, (std::vector<std::string>{"DBN", "W. H. \"Bud\" Barron", "a,b", "", ""}));
  EXPECT_FALSE(SplitCsvLine(R"(a,"b)").has_value());
  EXPECT_FALSE(SplitCsvLine(R"("a"b)").has_value());
  EXPECT_EQ(SplitCsvLine("")->size(), 1u);
}

TEST(AirportNamesTest, SkipsCodesOfOtherLengths) {
  EXPECT_TRUE(Read(kHeader + "NOPE,a,b,c,0,0\n")->empty());
}

TEST(AirportNamesTest, NamesFileLineAndReason) {
  EXPECT_EQ(WhyNot(""), "a.csv:1: the file is empty");
  EXPECT_EQ(WhyNot("iata,name,city\n"), "a.csv:1: the header has no column \"state\"");
  EXPECT_EQ(WhyNot(kHeader + "LAS,a,b\n"), "a.csv:2: 3 fields, the header has 6");
  EXPECT_EQ(WhyNot(kHeader + "LAS,\"a,b,c\n"), "a.csv:2: a quoted field does not end properly");
  for (const std::string place : {"north,0", "90.5,0", "nan,0", "0,181", "0,"}) {
    const std::string why = WhyNot(kHeader + "LAS,a,b,c," + place + "\n");
    EXPECT_NE(why.find("a.csv:2: \""), std::string::npos) << why;
    EXPECT_NE(why.find("expected degrees, -90 to 90 and -180 to 180"), std::string::npos) << why;
  }
  EXPECT_EQ(ReadAirportNames("/no/such.csv").status().code(), absl::StatusCode::kNotFound);
}

TEST(AirportNamesTest, ReadsTheRealFile) {
  const auto names = ReadAirportNames("samples/flightboard/data/airports.csv");
  ASSERT_TRUE(names.ok()) << names.status();
  EXPECT_EQ(names->size(), 3334u);
  EXPECT_EQ(names->at(*Iata::Parse("BTR")).name, "Baton Rouge Metropolitan, Ryan");
  EXPECT_NEAR(names->at(*Iata::Parse("SFO")).latitude_degrees, 37.619, 0.001);
}

}  // namespace
}  // namespace flightboard
