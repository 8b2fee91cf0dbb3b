// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/stream/io/json_framing.h"

#include <string>

#include "gtest/gtest.h"
#include "sampo/stream/io/chunker_test_util.h"

namespace sampo::stream {
namespace {

using JsonFramingTest = ByteFlowTest;

TEST_F(JsonFramingTest, FromAnArrayLinesAndOneAfterTheOther) {
  const std::vector<std::string> both = {R"({"a":1})", R"({"b":{"c":[{}]}})"};
  ExpectAlways(JsonFraming::ObjectScanner(100), R"([{"a":1}, {"b":{"c":[{}]}}])", both);
  ExpectAlways(JsonFraming::ObjectScanner(100), "{\"a\":1}\n{\"b\":{\"c\":[{}]}}\n", both);
  ExpectAlways(JsonFraming::ObjectScanner(100), R"({"a":1}{"b":{"c":[{}]}})", both);
  ExpectAlways(JsonFraming::ObjectScanner(100), " \r\n\t[ ] ", {});
}

TEST_F(JsonFramingTest, BracesAndQuotesInStrings) {
  const std::string text = R"({"}\"{":"\\","x":"{\\\"}"})";
  ExpectAlways(JsonFraming::ObjectScanner(100), text + "," + text, {text, text});
}

TEST_F(JsonFramingTest, WhatIsNoObjectFails) {
  ExpectFailure(JsonFraming::ObjectScanner(100), R"({"a":1} x)",
                absl::StatusCode::kInvalidArgument);
  ExpectFailure(JsonFraming::ObjectScanner(100), "}", absl::StatusCode::kInvalidArgument);
}

TEST_F(JsonFramingTest, TooLongAndCutOff) {
  ExpectAlways(JsonFraming::ObjectScanner(7), R"({"a":1})", {R"({"a":1})"});
  ExpectFailure(JsonFraming::ObjectScanner(6), R"({"a":1})", absl::StatusCode::kResourceExhausted);
  ExpectFailure(JsonFraming::ObjectScanner(100), R"({"a":)", absl::StatusCode::kDataLoss);
  ExpectFailure(JsonFraming::ObjectScanner(100), R"({"a":"})", absl::StatusCode::kDataLoss);
}

}  // namespace
}  // namespace sampo::stream
