// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors

// From bytes to numbered records: Flight, ParseFlight, RecordFramer and FlightParser.

#include "sampo/samples/flightboard/flight_parser.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "sampo/samples/flightboard/flight.h"
#include "sampo/samples/flightboard/flight_json.h"
#include "sampo/samples/flightboard/record_framer.h"

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

constexpr char kDamage[] = "bad: it is no JSON: a bracket or a quote in it is missing or too many";
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
  EXPECT_EQ(Frame("[{}{} {}]"), (Lines{"{}", "{}", "{}"}));
  EXPECT_EQ(Frame("[,{},,{},]"), (Lines{"{}", "{}"}));
  EXPECT_EQ(Frame(R"([}{},"{},}"{"a":1}])"), (Lines{"{}", "{}", R"({"a":1})"}));
}

TEST(RecordFramerTest, TellsWhereTheInputWasCut) {
  EXPECT_EQ(Frame("[{},"), (Lines{"{}", "cut: the input ends before its array does"}));
  EXPECT_EQ(Frame("["), (Lines{"cut: the input ends before its array does"}));
  EXPECT_EQ(Frame(R"([{},{"a":)"), (Lines{"{}", "cut: the input ends within it"}));
  // With an end of its own it is broken, and the array is cut.
  EXPECT_EQ(Frame(R"([{},{"a":"x})"),
            (Lines{"{}", kDamage, "cut: the input ends before its array does"}));
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
  for (const std::string& text : {R"("a,b]{\"")", R"("{")", R"("a{")", R"("},{")"}) {
    EXPECT_EQ(Frame("[{}," + text + ",{}," + text + "]"),
              (Lines{"{}", "bad: expected an object, found " + text, "{}",
                     "bad: expected an object, found " + text}));
  }
}

// --- FlightParser ---

std::string Json(std::string_view origin, int delay = 5) {
  return absl::StrCat(R"({"date":"2001/01/02 03:04","delay":)", delay,
                      R"(,"distance":300,"origin":")", std::string(origin),
                      R"(","destination":"LAX"})");
}

// One word for each record: its number and origin, or what was wrong.
Lines Parse(std::string_view text, size_t piece = 1 << 20) {
  FlightParser parser;
  std::vector<ReadRecord> records;
  const auto take = [&records](std::vector<ReadRecord> more) {
    records.insert(records.end(), more.begin(), more.end());
  };
  for (size_t at = 0; at < text.size(); at += piece) take(parser.Feed(text.substr(at, piece)));
  take(parser.FinishInput());
  Lines lines;
  for (const ReadRecord& record : records) {
    switch (record.kind) {
      case ReadRecord::Kind::kFlight:
        lines.push_back(absl::StrCat(record.number, " ", record.flight.origin.ToString()));
        break;
      case ReadRecord::Kind::kBad:
        lines.push_back(absl::StrCat(record.number, " bad ", record.why.message()));
        break;
      default:
        lines.push_back(absl::StrCat(record.number, " cut ", record.why.message()));
    }
  }
  return lines;
}

TEST(FlightParserTest, NumbersBadRecordsToo) {
  EXPECT_EQ(
      Parse("[" + Json("ABQ") + ",{}," + Json("bos") + ",7," + Json("DEN") + "]"),
      (Lines{"1 ABQ", "2 bad date: is missing", "3 bad origin: expected 3 of A-Z0-9, found \"bos\"",
             "4 bad record: expected an object, found 7", "5 DEN"}));
  EXPECT_EQ(Parse(Json("ABQ") + "\n{\"date\":\n" + Json("DEN") + "\n").size(), 3u);
}

TEST(FlightParserTest, DamageCostsOneRecord) {
  const std::string damaged = R"({"date":"2001/01/02 03:04","delay":1,"origin":"ABQ,"d":"LAX"})";
  const Lines lines =
      Parse("[" + Json("ABQ") + "," + damaged + "," + Json("BOS") + "," + Json("DEN") + "]");
  ASSERT_EQ(lines.size(), 4u);
  EXPECT_EQ(lines[1].substr(0, 5), "2 bad");
  EXPECT_EQ(lines[2], "3 BOS");
  EXPECT_EQ(lines[3], "4 DEN");
}

// Nothing within a damaged record is taken for a record, so mending it gives the records behind it
// no other numbers.
TEST(FlightParserTest, ADamagedRecordIsSkippedWithWhatIsInIt) {
  const std::string f = Json("XXX");
  for (const std::string& damaged :
       {"{\"legs\":[" + f + "," + f + "],\"note\":\"caf\xe9\"}",
        "{\"crew\":{\"name\":\"Ren\xe9\"},\"leg\":" + f + "}",
        "{\"legs\":[" + f + "],\"x\":{\"y\":1e999}}", "{\"legs\":[" + f + "],\"x\":{\"y\":01}}",
        std::string(R"({"note":"a}b","x":01,"date":1})"), "{\"legs\":[" + f + "],\"note\":\"x}"}) {
    const Lines lines = Parse("[" + Json("ABQ") + "," + damaged + "," + Json("BOS") + "]");
    ASSERT_EQ(lines.size(), 3u) << damaged;
    EXPECT_EQ(lines[1].substr(0, 5), "2 bad") << damaged;
    EXPECT_EQ(lines[2], "3 BOS") << damaged;
  }
  EXPECT_EQ(Parse("[" + Json("ABQ") + ",{\"legs\":[" + f + "," + f + "],\"dat"),
            (Lines{"1 ABQ", "2 cut record: the input ends within it"}));
}

// One byte of a record is lost, or one too many: the others keep their content and their numbers,
// and the rest of the input is read.
TEST(FlightParserTest, AByteThatIsWrongCostsAtMostItsRecord) {
  std::string nested = Json("CCC");
  nested.insert(nested.find("\"delay"), R"("crew":{"a":[{"b":1}]},)");
  for (const std::string& record : {Json("CCC"), nested}) {
    for (const bool last : {false, true}) {
      const std::string front = "[" + Json("AAA") + ",\n" + Json("BBB") + ",\n";
      const std::string behind = last ? "]\n" : ",\n" + Json("DDD") + ",\n" + Json("EEE") + "]\n";
      const auto check = [&](const std::string& changed) {
        Lines lines = Parse(front + changed + behind);
        // Of the last record a lost end is a cut.
        if (last && lines.size() == 4) lines.pop_back();
        ASSERT_EQ(lines.size(), last ? 3u : 5u) << changed << "\n" << absl::StrJoin(lines, "\n");
        EXPECT_EQ(lines[0] + lines[1], "1 AAA2 BBB") << changed;
        EXPECT_EQ(lines[2].substr(0, 2), "3 ") << changed;
        if (!last) {
          EXPECT_EQ(lines[3] + lines[4], "4 DDD5 EEE") << changed;
        }
      };
      for (size_t at = 0; at < record.size(); ++at) {
        std::string less = record;
        check(less.erase(at, 1));
        for (const char more : std::string("{}[]\",:\\x7")) {
          // A bracket in front of it makes the rest an array of its own, or text behind the array.
          if (at == 0 && (more == '[' || more == ']')) continue;
          std::string with = record;
          check(with.insert(at, 1, more));
        }
      }
    }
  }
}

// Elements of another kind count one each, with all that is in them.
TEST(FlightParserTest, WhatElseMayBeInAnArrayCostsOneNumber) {
  for (const std::string& element :
       {std::string("[]"), "[" + Json("XXX") + "," + Json("YYY") + "]", std::string(R"("{")"),
        std::string(R"("a{")"), std::string("-1.5e3"), std::string("{\"a\":[[],{}]}")}) {
    const Lines lines =
        Parse("[" + Json("AAA") + "," + element + "," + element + "," + Json("BBB") + "]");
    ASSERT_EQ(lines.size(), 4u) << element << "\n" << absl::StrJoin(lines, "\n");
    EXPECT_EQ(lines[0] + lines[3], "1 AAA4 BBB") << element;
  }
}

TEST(FlightParserTest, CutsHaveTheNumberOfTheRecordTheyAreIn) {
  const std::string whole = "[" + Json("ABQ") + "," + Json("BOS") + "]";
  EXPECT_EQ(Parse(whole.substr(0, whole.size() - 20)),
            (Lines{"1 ABQ", "2 cut record: the input ends within it"}));
  EXPECT_EQ(Parse(whole.substr(0, whole.size() - 1)),
            (Lines{"1 ABQ", "2 BOS", "0 cut record: the input ends before its array does"}));
  const std::string lines = Json("ABQ") + "\n" + Json("BOS");
  EXPECT_EQ(Parse(lines), (Lines{"1 ABQ", "2 BOS"}));
  EXPECT_EQ(Parse(lines.substr(0, lines.size() - 9)).back().substr(0, 5), "2 cut");
  // A last line that is no begin of an object is not cut.
  EXPECT_EQ(Parse(Json("ABQ") + "\n7").back(), "2 bad record: expected an object");
  EXPECT_EQ(Parse(Json("ABQ") + "\n" + Json("BOS") + ",").back().substr(0, 5), "2 bad");
  EXPECT_EQ(Parse(Json("ABQ") + "\n{").back().substr(0, 5), "2 cut");
  EXPECT_EQ(Parse(Json("ABQ") + "\n{}"), (Lines{"1 ABQ", "2 bad date: is missing"}));
}

TEST(FlightParserTest, TextBehindTheArrayEndsTheInput) {
  EXPECT_EQ(Parse("[" + Json("ABQ") + "]\n[" + Json("BOS") + "]", 10),
            (Lines{"1 ABQ", "0 cut record: there is text after the end of the array"}));
}

TEST(FlightParserTest, DoesNotCareHowTheBytesArrive) {
  const std::string text =
      "[" + Json("ABQ") + ",{\"date\":\"x},7," + Json("BOS", 99'999) + "x," + Json("DEN") + ",{";
  for (size_t piece = 1; piece < 100; ++piece) EXPECT_EQ(Parse(text, piece), Parse(text)) << piece;
}

}  // namespace
}  // namespace flightboard
