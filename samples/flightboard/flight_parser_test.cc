// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors

// From bytes to numbered records: FlightParser, on what is right and on what is damaged.

#include "sampo/samples/flightboard/flight_parser.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>
#include <iterator>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "sampo/samples/flightboard/flight.h"

namespace flightboard {
namespace {

using Lines = std::vector<std::string>;

std::string Json(std::string_view origin, int delay = 5) {
  return absl::StrCat(R"({"date":"2001/01/02 03:04","delay":)", delay,
                      R"(,"distance":300,"origin":")", std::string(origin),
                      R"(","destination":"LAX"})");
}

std::vector<ReadRecord> Records(std::string_view text, size_t piece) {
  FlightParser parser;
  std::vector<ReadRecord> records;
  const auto take = [&records](std::vector<ReadRecord> more) {
    std::ranges::move(more, std::back_inserter(records));
  };
  for (size_t at = 0; at < text.size(); at += piece) take(parser.Feed(text.substr(at, piece)));
  take(parser.FinishInput());
  return records;
}

// One word for each record: its number and origin, or what was wrong.
Lines Parse(std::string_view text, size_t piece = 1 << 20) {
  Lines lines;
  for (const ReadRecord& record : Records(text, piece)) {
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
          // In front of it a digit may be a record, and a bracket the begin of one.
          if (at == 0 && (more == '7' || more == '[')) continue;
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

// --- What is damaged: the inputs of a review, and what is like them ---

// Records with the numbers of `flights`, and the rejected ones.
struct Outcome {
  std::vector<int64_t> flights;
  std::vector<int64_t> bad;
  bool is_cut = false;
};

// Each flight has its number as its distance; one that says otherwise is a failure.
Outcome Check(std::string_view text, size_t piece = 1 << 20, int64_t damaged = 0) {
  Outcome outcome;
  for (const ReadRecord& record : Records(text, piece)) {
    if (record.kind == ReadRecord::Kind::kFlight) {
      EXPECT_TRUE(record.number == record.flight.distance_miles || record.number == damaged)
          << record.number << " holds " << record.flight.distance_miles << " of\n"
          << text.substr(0, 2000);
      outcome.flights.push_back(record.number);
    }
    if (record.kind == ReadRecord::Kind::kBad) outcome.bad.push_back(record.number);
    if (record.kind == ReadRecord::Kind::kCut) outcome.is_cut = true;
  }
  return outcome;
}

std::string Numbered(int64_t number) {
  return absl::StrCat(R"({"date":"2001/01/02 03:04","delay":5,"distance":)", number,
                      R"(,"origin":"LAS","destination":"OAK"})");
}
constexpr int kMany = 500;  // more than a search looks ahead

// An array of many, in which the text of one is changed.
std::string Many(int64_t changed, const std::string& to, int count = kMany) {
  Lines records;
  for (int i = 1; i <= count; ++i) records.push_back(i == changed ? to : Numbered(i));
  return "[" + absl::StrJoin(records, ",\n") + "]";
}
std::string Replaced(std::string text, const std::string& from, const std::string& to) {
  return text.replace(text.find(from), from.size(), to);
}

TEST(DamagedInputTest, OneRecordOfManyCostsItsNumberOnly) {
  const std::string f = Numbered(101);
  const std::string legs = Numbered(1) + "," + Numbered(2) + "," + Numbered(3);
  for (const std::string& damaged : {
           f.substr(1),
           Replaced(f, "\"destination", "}\"destination"),
           "}" + f.substr(1),
           f.substr(0, f.size() - 1),
           Replaced(f, ",\"delay", "},\"delay"),
           Replaced(f, ",\"delay", ",{\"delay"),
           Replaced(f, "5,", "[5,"),
           Replaced(f, "5,", "{5,"),
           Replaced(f, "\"LAS\"", "\"LAS"),
           Replaced(f, "\"LAS\"", "LAS\""),
           "[" + f.substr(1),
           Replaced(f, "OAK\"", "OAK"),
           Replaced(f, "OAK", "O\"K"),
           Replaced(f, "OAK\"", "OAK\\\""),
           std::string("[]"),
           "[" + Numbered(7) + "," + Numbered(8) + "]",
           std::string("\"{\""),
           std::string("\"a{\""),
           std::string("null"),
           std::string("x"),
           // What is in a record may look like records.
           "{\"legs\":" + legs + "]," + f.substr(1),
           "{\"legs\":[" + legs + "}," + f.substr(1),
           "{\"legs\":[" + legs + "],\"note\":\"x," + f.substr(1),
           // More than one byte: the rest is lost, or the begin, or what is between.
           f.substr(0, 40),
           f.substr(0, 40) + "}",
           f.substr(30),
           Replaced(f, "5,\"dist", "\"\"\""),
       }) {
    const Outcome outcome = Check(Many(101, damaged), 4096);
    EXPECT_EQ(outcome.flights.size(), kMany - 1u) << damaged;
    EXPECT_EQ(outcome.bad, std::vector<int64_t>{101}) << damaged;
    EXPECT_FALSE(outcome.is_cut) << damaged;
  }
  // What stands beside it costs nothing.
  for (const std::string& beside : {"{" + f, "\"" + f, "}" + f, f + "}", f + "\"", "]" + f}) {
    const Outcome outcome = Check(Many(101, beside), 4096);
    EXPECT_GE(outcome.flights.size(), kMany - 1u) << beside;
    EXPECT_EQ(outcome.flights.size() + outcome.bad.size(), size_t{kMany}) << beside;
    EXPECT_FALSE(outcome.is_cut) << beside;
  }
}

TEST(DamagedInputTest, EndsWhereNobodyCanTellTheNextNumber) {
  const std::string f = Numbered(101);
  for (const std::string& damaged : {
           "7" + f,                            // 7 may be a record that lost its comma
           "{\"a\":1}," + f.substr(1, 60),     // two records, or one
           std::string("{\"a\":1,{\"b\":2}"),  // likewise
           f.substr(0, 40) + f.substr(0, 40),
       }) {
    const Outcome outcome = Check(Many(101, damaged), 4096);
    EXPECT_GE(outcome.flights.size(), 100u) << damaged;
    EXPECT_LE(outcome.flights.size(), 101u) << damaged;
    EXPECT_TRUE(outcome.is_cut) << damaged;
  }
}

// --- Random damage, checked against what was there before ---

class RandomInput {
 public:
  explicit RandomInput(uint32_t seed) : random_(seed) {}

  size_t Below(size_t bound) { return random_() % bound; }
  template <class T, size_t kSize>
  const T& OneOf(const T (&choices)[kSize]) {
    return choices[Below(kSize)];
  }
  std::string Flight(int64_t number, bool nested = false) {
    static const char* const kNotes[] = {R"("x")",
                                         R"("a}b")",
                                         R"("{\"")",
                                         R"("}, {\"")",
                                         R"("[,]")",
                                         R"("\\\"")",
                                         R"({"a":{"b":"}"}})",
                                         R"([1,{"c":2}])",
                                         "null",
                                         R"("},{\"date\":")",
                                         R"("\"")",
                                         "1.5"};
    Lines fields = {R"("date":"2001/01/02 03:04")", absl::StrCat("\"delay\":", Below(99)),
                    absl::StrCat("\"distance\":", number), R"("origin":"LAS")",
                    R"("destination":"OAK")"};
    if (Below(4) == 0) std::shuffle(fields.begin(), fields.end(), random_);
    std::string note;
    if (Below(5) < 2) note = std::string("\"note\":") + OneOf(kNotes);
    if (nested && Below(5) == 0) {
      note = "\"legs\":[" + Flight(9001) + (Below(2) == 0 ? "" : "," + Flight(9002)) + "]";
    }
    if (!note.empty()) fields.insert(fields.begin() + static_cast<ptrdiff_t>(Below(6)), note);
    return "{" + absl::StrJoin(fields, Below(2) == 0 ? "," : " , ") + "}";
  }
  // One byte is another, lost or too many.
  std::string Damage(std::string text) {
    static constexpr char kBytes[] = {'"', '{', '}', '[', ']', ',', ':', '\\', 'x', '0', ' ', '\n'};
    const size_t way = Below(3);
    const size_t at = Below(text.size() + (way == 0 ? 1 : 0));
    if (way == 0) return text.insert(at, 1, OneOf(kBytes));
    if (way == 1) return text.erase(at, 1);
    text[at] = Below(4) == 0 ? static_cast<char>(text[at] ^ (1 << Below(8))) : OneOf(kBytes);
    return text;
  }

 private:
  std::mt19937 random_;
};

TEST(DamagedInputTest, ARandomByteCostsNoOtherRecordItsNumber) {
  constexpr int kSeeds = 6000;  // 4 s without optimization
  int read_on = 0;
  for (uint32_t seed = 0; seed < kSeeds; ++seed) {
    RandomInput random(seed);
    const size_t count = 2 + random.Below(5);
    const auto damaged = static_cast<int64_t>(1 + random.Below(count));
    Lines records;
    for (size_t i = 1; i <= count; ++i) records.push_back(random.Flight(i, seed % 4 == 0));
    std::string& record = records[damaged - 1];
    record = random.Damage(record);
    static const char* const kBetween[] = {",", ", ", ",\n"};
    const std::string text = "[" + absl::StrJoin(records, random.OneOf(kBetween)) + "]";
    static constexpr size_t kPieces[] = {1, 7, 1 << 20};
    const Outcome outcome = Check(text, random.OneOf(kPieces), damaged);
    std::vector<int64_t> others;
    for (const int64_t number : outcome.flights) {
      if (number != damaged) others.push_back(number);
    }
    // In order, none twice, those in front in any case, and all where it says that it read all.
    for (size_t i = 0; i < others.size(); ++i) {
      const auto number = static_cast<int64_t>(i) + 1;
      ASSERT_EQ(others[i], number < damaged ? number : number + 1) << text;
    }
    ASSERT_GE(others.size(), static_cast<size_t>(damaged) - 1) << text;
    ASSERT_LE(outcome.flights.size(), count) << text;
    ASSERT_TRUE(outcome.is_cut || others.size() == count - 1) << text;
    // A bad record has a number of its own, which is that of the damaged one.
    ASSERT_LE(outcome.bad.size(), 1u) << text;
    for (const int64_t number : outcome.bad) ASSERT_EQ(number, damaged) << text;
    if (others.size() == count - 1) ++read_on;
  }
  std::cout << read_on << " of " << kSeeds << " were read to their end\n";
  EXPECT_GE(read_on, kSeeds / 1000 * 995);
}

// What is JSON is never taken for damage, whatever it is.
TEST(DamagedInputTest, AnyJsonArrayIsReadElementByElement) {
  static const char* const kOthers[] = {"7",
                                        "-1.5e3",
                                        "null",
                                        "true",
                                        R"("a,b")",
                                        R"("{")",
                                        R"("}")",
                                        R"("]")",
                                        "[]",
                                        "[1,2]",
                                        "[[1],[2]]",
                                        R"({"a":{"date":1}})",
                                        R"([{"a":1}])",
                                        R"("x{\"y")",
                                        R"(["{"])",
                                        R"("},{\"date\":")"};
  for (uint32_t seed = 0; seed < 3000; ++seed) {
    RandomInput random(seed);
    Lines records;
    std::vector<int64_t> flights;
    const size_t count = random.Below(7);
    for (size_t i = 1; i <= count; ++i) {
      const bool is_flight = random.Below(3) > 0;
      records.push_back(is_flight ? random.Flight(i, true) : random.OneOf(kOthers));
      if (is_flight) flights.push_back(i);
    }
    static constexpr size_t kPieces[] = {1, 7, 1 << 20};
    const std::string text = "[" + absl::StrJoin(records, " ,\n") + "]";
    const Outcome outcome = Check(text, random.OneOf(kPieces));
    ASSERT_EQ(outcome.flights, flights) << text;
    ASSERT_EQ(outcome.bad.size(), count - flights.size()) << text;
    ASSERT_FALSE(outcome.is_cut) << text;
  }
}

}  // namespace
}  // namespace flightboard
