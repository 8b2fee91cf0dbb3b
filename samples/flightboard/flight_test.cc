// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/samples/flightboard/flight.h"

#include <gtest/gtest.h>

namespace flightboard {
namespace {

TEST(IataTest, TakesThreeLettersOrDigits) {
  EXPECT_EQ(Iata::Parse("LAS")->ToString(), "LAS");
  EXPECT_EQ(Iata::Parse("0R4")->ToString(), "0R4");
}

TEST(IataTest, RefusesEverythingElse) {
  for (const char* text : {"", "LA", "LASX", "las", "L S", "L\xc3\xa9"}) {
    EXPECT_FALSE(Iata::Parse(text).has_value()) << text;
  }
}

TEST(IataTest, IsOrderedByItsText) {
  EXPECT_LT(*Iata::Parse("ABE"), *Iata::Parse("ABQ"));
  EXPECT_EQ(*Iata::Parse("ABE"), *Iata::Parse("ABE"));
}

TEST(FlightDateTest, ReadsAMinute) {
  EXPECT_EQ(FlightDate::Parse("2001/03/31 22:27"), (FlightDate{2001, 3, 31, 22, 27}));
}

TEST(FlightDateTest, RefusesWhatIsNoMinute) {
  for (const char* text : {"", "2001-03-31 22:27", "2001/3/31 22:27", "2001/02/29 10:00",
                           "2001/13/01 10:00", "2001/01/01 24:00", "2001/01/01 23:60",
                           "2001/01/01 10:00 ", "2001/01/01T10:00", "2001/00/01 10:00"}) {
    EXPECT_FALSE(FlightDate::Parse(text).has_value()) << text;
  }
}

TEST(FlightDateTest, KnowsLeapYears) {
  EXPECT_TRUE(FlightDate::Parse("2004/02/29 10:00").has_value());
}

}  // namespace
}  // namespace flightboard
