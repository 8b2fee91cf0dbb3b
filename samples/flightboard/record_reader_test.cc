// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/samples/flightboard/record_reader.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

namespace flightboard {
namespace {

// Gives the text in pieces of `piece` bytes.
ByteSource FromText(std::string text, size_t piece = 1 << 20) {
  return [text = std::move(text), piece, at = size_t{0}](
             char* to, size_t bytes) mutable -> absl::StatusOr<size_t> {
    const size_t count = std::min({bytes, piece, text.size() - at});
    std::memcpy(to, text.data() + at, count);
    at += count;
    return count;
  };
}

// Everything the reader says, one line for each call.
std::vector<std::string> ReadAll(RecordReader& reader) {
  std::vector<std::string> lines;
  for (int calls = 0; calls < 10'000; ++calls) {
    const absl::StatusOr<std::optional<std::string_view>> record = reader.Next();
    if (record.ok() && !record->has_value()) return lines;
    lines.push_back(record.ok() ? std::string(**record) : std::string(record.status().message()));
  }
  lines.push_back("does not end");
  return lines;
}
std::vector<std::string> ReadAll(const std::string& text, size_t piece = 1 << 20) {
  RecordReader reader(FromText(text, piece));
  return ReadAll(reader);
}
using Lines = std::vector<std::string>;

TEST(RecordReaderTest, FindsTheObjectsOfAnArray) {
  EXPECT_EQ(ReadAll(R"([{"a":1},{"b":{"c":2}}])"), (Lines{R"({"a":1})", R"({"b":{"c":2}})"}));
}

TEST(RecordReaderTest, TakesAnEmptyArrayAndAnySpace) {
  EXPECT_EQ(ReadAll("[]"), Lines{});
  EXPECT_EQ(ReadAll(" \r\n[ \t]\n"), Lines{});
  EXPECT_EQ(ReadAll("[ {} ,\n\t{} ]\n"), (Lines{"{}", "{}"}));
}

TEST(RecordReaderTest, SeesBracesAndQuotesInsideOfStrings) {
  EXPECT_EQ(ReadAll(R"([{"a":"}{\"]\\"},{}])"), (Lines{R"({"a":"}{\"]\\"})", "{}"}));
}

TEST(RecordReaderTest, DoesNotCareHowTheBytesArrive) {
  const std::string text = R"([{"a":"}\\"},{"b":[1,2]} , {}])";
  for (size_t piece = 1; piece <= text.size(); ++piece) {
    EXPECT_EQ(ReadAll(text, piece), ReadAll(text)) << piece;
  }
}

TEST(RecordReaderTest, CountsRecordsAndDamages) {
  RecordReader reader(FromText("[{},7,{}]"));
  EXPECT_EQ(ReadAll(reader).size(), 3u);
  EXPECT_EQ(reader.record_number(), 3);
}

TEST(RecordReaderTest, ReportsWhatIsNoRecordAndGoesOn) {
  EXPECT_EQ(ReadAll("[{},7,{}]"), (Lines{"{}", "record: expected a record, found '7'", "{}"}));
  EXPECT_EQ(ReadAll("[1,null]"), (Lines{"record: expected a record or ']', found '1'",
                                        "record: expected a record, found 'n'"}));
  EXPECT_EQ(ReadAll("[{},,{}]"), (Lines{"{}", "record: expected a record, found ','", "{}"}));
  EXPECT_EQ(ReadAll("[{}{}]"), (Lines{"{}", "record: expected ',' or ']', found '{'", "{}"}));
  EXPECT_EQ(ReadAll("[{},]"), (Lines{"{}", "record: expected a record, found ']'"}));
}

TEST(RecordReaderTest, ReportsAnInputThatIsNoArray) {
  EXPECT_EQ(ReadAll(""), Lines{"record: the input ends before its array does"});
  EXPECT_EQ(ReadAll("{}]"), (Lines{"record: expected '[', found '{'", "{}"}));
  EXPECT_EQ(ReadAll("hello").front(), "record: expected '[', found 'h'");
  EXPECT_EQ(ReadAll("[]]"), Lines{"record: there is text after the end of the array"});
}

TEST(RecordReaderTest, ReportsAnInputThatEndsEarly) {
  EXPECT_EQ(ReadAll("[{},"), (Lines{"{}", "record: the input ends before its array does"}));
  EXPECT_EQ(ReadAll(R"([{},{"a":)"), (Lines{"{}", "record: its '}' is missing",
                                            "record: the input ends before its array does"}));
}

TEST(RecordReaderTest, GivesUpARecordThatIsTooLong) {
  const std::string text =
      "[{\"a\":\"" + std::string(RecordReader::kRecordBytesMax, 'x') + "\"},{}]";
  EXPECT_EQ(ReadAll(text)[0], "record: it is too long, or a quote in it is missing");
}

TEST(RecordReaderTest, AMissingQuoteCostsOneRecord) {
  std::string text = R"([{"a":"x},)";
  for (int i = 0; i < 3000; ++i) text += R"({"a":"y"},)";
  const Lines lines = ReadAll(text + "{}]");
  ASSERT_EQ(lines.size(), 3002u);
  EXPECT_EQ(lines[0], "record: it is too long, or a quote in it is missing");
  EXPECT_EQ(lines[1], R"({"a":"y"})");
}

TEST(RecordReaderTest, ResyncGoesOnBehindTheFirstBrace) {
  // Two missing quotes: what lies between them looks like text.
  RecordReader reader(FromText(R"([{"a":"x},{"b":1},{"c":y"},{}])"));
  EXPECT_EQ(**reader.Next(), R"({"a":"x},{"b":1},{"c":y"})");
  reader.Resync();
  EXPECT_EQ(ReadAll(reader), (Lines{R"({"b":1})", "record: its '}' is missing", "{}"}));
}

TEST(RecordReaderTest, ReturnsTheErrorOfItsSourceAndEnds) {
  bool first = true;
  RecordReader reader([&first](char* to, size_t) -> absl::StatusOr<size_t> {
    if (!std::exchange(first, false)) return absl::UnavailableError("disk on fire");
    std::memcpy(to, "[{}", 3);
    return size_t{3};
  });
  EXPECT_EQ(ReadAll(reader), (Lines{"{}", "disk on fire"}));
}

TEST(RecordReaderTest, SaysWhyAFileCannotBeOpened) {
  const absl::StatusOr<ByteSource> source = OpenInput("/no/such/file.json");
  EXPECT_EQ(source.status().code(), absl::StatusCode::kNotFound);
  EXPECT_NE(source.status().message().find("/no/such/file.json"), absl::string_view::npos);
}

}  // namespace
}  // namespace flightboard
