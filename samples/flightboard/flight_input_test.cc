// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors

// From bytes to records: Flight, ParseFlight and RecordFramer.

#include "sampo/samples/flightboard/record_framer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "sampo/samples/flightboard/flight.h"
#include "sampo/samples/flightboard/flight_json.h"

namespace flightboard {
namespace {

// --- Flight ---

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

// --- ParseFlight ---

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
  EXPECT_EQ(WhyNot(With("1750", "-1")), "distance: -1 is not between 0 and 20000");
  EXPECT_EQ(WhyNot(With("66", "99999999999")), "delay: 99999999999 is not between -1440 and 10080");
  EXPECT_EQ(WhyNot(With("66", "18446744073709551615")),
            "delay: 9223372036854775807 is not between -1440 and 10080");
}

TEST(FlightJsonTest, TakesTheBordersAndNothingBeyond) {
  for (const char* delay : {"-1440", "10080"}) EXPECT_EQ(WhyNot(With("66", delay)), "");
  for (const char* delay : {"-1441", "10081"}) EXPECT_NE(WhyNot(With("66", delay)), "");
  for (const char* distance : {"0", "20000"}) EXPECT_EQ(WhyNot(With("1750", distance)), "");
  for (const char* distance : {"-1", "20001"}) EXPECT_NE(WhyNot(With("1750", distance)), "");
  for (const char* date : {"2000/02/29", "2001/12/31"}) {
    EXPECT_EQ(WhyNot(With("2001/01/01", date)), "");
  }
  for (const char* date : {"2001/02/29", "2001/13/01", "2001/04/31", "2001/00/10", "2001-01-01"}) {
    EXPECT_NE(WhyNot(With("2001/01/01", date)), "") << date;
  }
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

// --- RecordFramer ---

using Lines = std::vector<std::string>;
using Kind = RecordFramer::Kind;

constexpr char kDamage[] = "bad: it is no JSON: a byte of it is wrong, missing or too many";
constexpr char kTooLong[] = "bad: it has more than 16384 bytes";

// Everything the framer says about `text`, which comes in pieces, one line for each step.
Lines Frame(std::string_view text, size_t piece = 1 << 20) {
  RecordFramer framer;
  Lines lines;
  size_t at = 0;
  for (int steps = 0; steps < 100'000; ++steps) {
    const RecordFramer::Step step = framer.Next();
    if (step.kind == Kind::kEnd) return lines;
    if (step.kind == Kind::kRecord) lines.emplace_back(step.text);
    if (step.kind == Kind::kDamage) lines.push_back("bad: " + step.reason);
    if (step.kind == Kind::kCut) lines.push_back("cut: " + step.reason);
    if (step.kind != Kind::kNeedMore) continue;
    if (at == text.size()) {
      framer.FinishInput();
    } else {
      const size_t bytes = std::min(piece, text.size() - at);
      framer.Feed(text.substr(at, bytes));
      at += bytes;
    }
  }
  return {"does not end"};
}

TEST(RecordFramerTest, FindsTheObjectsOfAnArray) {
  EXPECT_EQ(Frame(R"([{"a":1},{"b":{"c":2}}])"), (Lines{R"({"a":1})", R"({"b":{"c":2}})"}));
  EXPECT_EQ(Frame("[]"), Lines{});
  EXPECT_EQ(Frame(" \r\n[ \t]\n"), Lines{});
  EXPECT_EQ(Frame("[ {} ,\n\t{} ]\n"), (Lines{"{}", "{}"}));
  EXPECT_EQ(Frame(R"([{"a":"}{\"]\\"},{}])"), (Lines{R"({"a":"}{\"]\\"})", "{}"}));
}

TEST(RecordFramerTest, FindsTheLinesOfJsonLines) {
  EXPECT_EQ(Frame("{\"a\":1}\n{}\n"), (Lines{R"({"a":1})", "{}"}));
  EXPECT_EQ(Frame("\n  {} \r\n\n\t\n{}"), (Lines{"{}", "{}"}));
  // Whatever is in a line, it is a record.
  EXPECT_EQ(Frame("{}\n{\"a\":\"x}\n7\n{}\n"), (Lines{"{}", "{\"a\":\"x}", "7", "{}"}));
  EXPECT_EQ(Frame(""), Lines{});
  EXPECT_EQ(Frame("\n"), Lines{});
  // Without the space in front of a record.
  EXPECT_EQ(Frame("{}\n  {}\n\t{}"), (Lines{"{}", "{}", "{}"}));
}

TEST(RecordFramerTest, WhatItBeginsWithDecidesBehindAByteOrderMark) {
  EXPECT_EQ(Frame("7\n{}\n"), (Lines{"7", "{}"}));
  EXPECT_EQ(Frame("hello"), Lines{"hello"});
  EXPECT_EQ(Frame("\xef\xbb\xbf[{},{}]", 1), (Lines{"{}", "{}"}));
  EXPECT_EQ(Frame("\xef\xbb\xbf {}\n{}"), (Lines{"{}", "{}"}));
  EXPECT_EQ(Frame("\xef\xbb"), Lines{"\xef\xbb"});
}

TEST(RecordFramerTest, DoesNotCareHowTheBytesArrive) {
  for (const std::string text :
       {R"([{"a":"}\\"},{"b":[1,2]} , {},7, x{},{"c":"])", R"([{},"a,\"b", {}",{"a":1},"x{", "y)",
        "\xef\xbb\xbf[{}]", " \xef\xbb\xbf[{}]", "{\"a\":1}\n\n{\"b\n{}\n{\"c\":"}) {
    for (size_t piece = 1; piece <= text.size(); ++piece) {
      EXPECT_EQ(Frame(text, piece), Frame(text)) << text << " in pieces of " << piece;
    }
  }
}

TEST(RecordFramerTest, ReportsWhatIsNoRecordAndGoesOn) {
  EXPECT_EQ(Frame("[{},7,{}]"), (Lines{"{}", "bad: expected an object, found 7", "{}"}));
  EXPECT_EQ(Frame("[1,null]"),
            (Lines{"bad: expected an object, found 1", "bad: expected an object, found null"}));
  EXPECT_EQ(Frame("[{},[{},[{}]],{}]"),
            (Lines{"{}", "bad: expected an object, found an array", "{}"}));
  EXPECT_EQ(Frame("[]]"), Lines{"cut: there is text after the end of the array"});
}

// What is mended must not give the records behind it other numbers.
TEST(RecordFramerTest, SeparatorsCostNoRecord) {
  const std::string a = R"({"a":1})";
  const std::string b = R"({"b":[2]})";
  for (const std::string& text :
       {a + b, "," + a + "," + b, a + ",," + b, a + "," + b + ",", a + "}," + b, a + ",}" + b,
        "}" + a + "," + b, a + ",\"" + b, a + "\"," + b, a + "]," + b, a + ",]" + b, a + "x, " + b,
        a + "," + a + " " + a + "," + a + a + "," + a + ",\n" + b}) {
    Lines lines = Frame("[" + text + "]");
    EXPECT_EQ(lines.front(), a) << text;
    EXPECT_EQ(lines.back(), b) << text;
    EXPECT_EQ(lines.size(), text.size() < 40 ? 2u : 7u) << text << " " << absl::StrJoin(lines, " ");
  }
}

TEST(RecordFramerTest, TellsWhereTheInputWasCut) {
  EXPECT_EQ(Frame("[{},"), (Lines{"{}", "cut: the input ends before its array does"}));
  EXPECT_EQ(Frame("["), (Lines{"cut: the input ends before its array does"}));
  EXPECT_EQ(Frame(R"([{},{"a":)"), (Lines{"{}", "cut: the input ends within it"}));
  EXPECT_EQ(Frame(R"([{},{"a":"x})"), (Lines{"{}", "cut: the input ends within it"}));
  EXPECT_EQ(Frame(R"([{},{"a":"x}])"), (Lines{"{}", "cut: the input ends within it"}));
  EXPECT_EQ(Frame(R"([{},"a")"), (Lines{"{}", "cut: the input ends within it"}));
}

TEST(RecordFramerTest, GivesUpARecordThatIsTooLong) {
  const std::string text(RecordFramer::kRecordBytesMax, 'x');
  EXPECT_EQ(Frame("[{\"a\":\"" + text + "\"},{}]").front(), kTooLong);
  // All of it is one record, with what is in it.
  for (size_t piece : {size_t{1000}, text.size(), 3 * text.size()}) {
    for (const std::string& inside : {"\"" + text + "{\\\"}\"", "[{},\"" + text + "\",{}]"}) {
      EXPECT_EQ(Frame("[{\"a\":" + inside + "},{}]", piece), (Lines{kTooLong, "{}"}));
      EXPECT_EQ(Frame("[{\"a\":" + inside, piece),
                (Lines{kTooLong, "cut: the input ends before its array does"}));
    }
  }
  for (size_t piece : {size_t{1000}, text.size(), 3 * text.size()}) {
    EXPECT_EQ(Frame("{}\n" + text + text + "\n{}\n", piece),
              (Lines{"{}", "bad: it is too long", "{}"}));
    EXPECT_EQ(Frame("{}\n" + text + text, piece), (Lines{"{}", "bad: it is too long"}));
  }
}

TEST(RecordFramerTest, AMissingQuoteCostsOneRecord) {
  std::string text = R"([{"a":"x},)";
  for (int i = 0; i < 3000; ++i) text += R"({"a":"y"},)";
  const Lines lines = Frame(text + "{}]", 1000);
  ASSERT_EQ(lines.size(), 3002u);
  EXPECT_EQ(lines[0], kDamage);
  EXPECT_EQ(lines[1], R"({"a":"y"})");
}

TEST(RecordFramerTest, AStringThatIsNoRecordCostsOneNumber) {
  for (const std::string text : {R"("a,b]{\"")", R"("{")", R"("a{")", R"("},{")"}) {
    EXPECT_EQ(Frame("[{}," + text + ",{}," + text + "]"),
              (Lines{"{}", "bad: expected an object, found " + text, "{}",
                     "bad: expected an object, found " + text}));
  }
}

}  // namespace
}  // namespace flightboard
