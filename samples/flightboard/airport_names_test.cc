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
std::string WhyNot(const std::string& text) { return std::string(Read(text).status().message()); }

TEST(AirportNamesTest, ReadsNameCityAndState) {
  const auto names = Read("iata,name,city,state,country\nLAS,McCarran,Las Vegas,NV,USA\n");
  ASSERT_TRUE(names.ok()) << names.status();
  const AirportName& name = names->at(*Iata::Parse("LAS"));
  EXPECT_EQ(name.name, "McCarran");
  EXPECT_EQ(name.city, "Las Vegas");
  EXPECT_EQ(name.state, "NV");
}

TEST(AirportNamesTest, FindsColumnsByNameAndTakesWindowsLines) {
  const auto names = Read("state,city,iata,name\r\nNV,Las Vegas,LAS,McCarran\r\n");
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
  EXPECT_TRUE(Read("iata,name,city,state\nNOPE,a,b,c\n")->empty());
}

TEST(AirportNamesTest, NamesFileLineAndReason) {
  EXPECT_EQ(WhyNot(""), "a.csv:1: the file is empty");
  EXPECT_EQ(WhyNot("iata,name,city\n"), "a.csv:1: the header has no column \"state\"");
  EXPECT_EQ(WhyNot("iata,name,city,state\nLAS,a,b\n"), "a.csv:2: 3 fields, the header has 4");
  EXPECT_EQ(WhyNot("iata,name,city,state\nLAS,\"a,b,c\n"),
            "a.csv:2: a quoted field does not end properly");
  EXPECT_EQ(ReadAirportNames("/no/such.csv").status().code(), absl::StatusCode::kNotFound);
}

TEST(AirportNamesTest, ReadsTheRealFile) {
  const auto names = ReadAirportNames("samples/flightboard/data/airports.csv");
  ASSERT_TRUE(names.ok()) << names.status();
  EXPECT_EQ(names->size(), 3334u);
  EXPECT_EQ(names->at(*Iata::Parse("BTR")).name, "Baton Rouge Metropolitan, Ryan");
}

}  // namespace
}  // namespace flightboard
