// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/samples/flightboard/flight_json.h"

#include <gtest/gtest.h>

#include <string>

namespace flightboard {
namespace {

constexpr char kGood[] =
    R"({"date":"2001/01/01 00:47","delay":66,"distance":1750,"origin":"DTW","destination":"LAS"})";

// kGood with its `from` replaced.
std::string With(const std::string& from, const std::string& to) {
  std::string text = kGood;
  return text.replace(text.find(from), from.size(), to);
}
std::string WhyNot(const std::string& json) {
  const absl::StatusOr<Flight> flight = ParseFlight(json);
  return flight.ok() ? "" : std::string(flight.status().message());
}

TEST(FlightJsonTest, ReadsARecord) {
  const absl::StatusOr<Flight> flight = ParseFlight(kGood);
  ASSERT_TRUE(flight.ok()) << flight.status();
  EXPECT_EQ(flight->date, (FlightDate{2001, 1, 1, 0, 47}));
  EXPECT_EQ(flight->delay_minutes, 66);
  EXPECT_EQ(flight->distance_miles, 1750);
  EXPECT_EQ(flight->origin.ToString(), "DTW");
  EXPECT_EQ(flight->destination.ToString(), "LAS");
}

TEST(FlightJsonTest, ReadsAnEarlyArrival) {
  EXPECT_EQ(ParseFlight(With("66", "-12"))->delay_minutes, -12);
}

TEST(FlightJsonTest, SkipsUnknownFieldsAndWhatIsInside) {
  const absl::StatusOr<Flight> flight =
      ParseFlight(With("{", R"({"crew":{"delay":1,"all":[1,"2",{"origin":null}]},"note":null,)"));
  ASSERT_TRUE(flight.ok()) << flight.status();
  EXPECT_EQ(flight->delay_minutes, 66);
}

TEST(FlightJsonTest, NamesTheMissingField) {
  EXPECT_EQ(WhyNot(With("\"distance\":1750,", "")), "distance: is missing");
  EXPECT_EQ(WhyNot("{}"), "date: is missing");
}

TEST(FlightJsonTest, NamesFieldExpectationAndValueOfAWrongType) {
  EXPECT_EQ(WhyNot(With("66", "\"late\"")), "delay: expected an integer, found \"late\"");
  EXPECT_EQ(WhyNot(With("66", "66.5")), "delay: expected an integer, found the number 66.5");
  EXPECT_EQ(WhyNot(With("66", "true")), "delay: expected an integer, found a boolean");
  EXPECT_EQ(WhyNot(With("1750", "{}")), "distance: expected an integer, found an object");
  EXPECT_EQ(WhyNot(With("\"DTW\"", "7")), "origin: expected text, found the number 7");
  EXPECT_EQ(WhyNot(With("\"DTW\"", "[]")), "origin: expected text, found an array");
  EXPECT_EQ(WhyNot(With("\"DTW\"", "null")), "origin: expected text, found null");
}

TEST(FlightJsonTest, NamesAWrongValue) {
  EXPECT_EQ(WhyNot(With("LAS", "las")), "destination: expected 3 of A-Z0-9, found \"las\"");
  EXPECT_EQ(WhyNot(With("00:47", "25:47")),
            "date: expected yyyy/mm/dd HH:MM, found \"2001/01/01 25:47\"");
  EXPECT_EQ(WhyNot(With("1750", "-1")), "distance: -1 is not between 0 and 2147483647");
  EXPECT_EQ(WhyNot(With("66", "99999999999")),
            "delay: 99999999999 is not between -2147483648 and 2147483647");
  EXPECT_EQ(WhyNot(With("66", "18446744073709551615")),
            "delay: 9223372036854775807 is not between -2147483648 and 2147483647");
}

TEST(FlightJsonTest, TellsDamageFromAWrongField) {
  const absl::StatusOr<Flight> flight = ParseFlight(With("\"delay\"", "delay"));
  EXPECT_EQ(flight.status().code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(ParseFlight(With("66", "\"x\"")).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(WhyNot("[1]"), "record: expected an object");
  // Damage behind a wrong field wins: the end of such a record is not certain.
  EXPECT_EQ(ParseFlight(With("66", "true") + "x").status().code(), absl::StatusCode::kDataLoss);
}

TEST(FlightJsonTest, KeepsErrorMessagesShortAndPrintable) {
  const std::string why = WhyNot(With("LAS", std::string(500, 'x') + "\\u0007"));
  EXPECT_LT(why.size(), 120u);
  EXPECT_EQ(Printable("a\x07\xff"
                      "b"),
            "a??b");
}

}  // namespace
}  // namespace flightboard
