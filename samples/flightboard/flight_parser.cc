// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/samples/flightboard/flight_parser.h"

#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "sampo/samples/flightboard/flight_json.h"

namespace flightboard {
namespace {

using Kind = RecordFramer::Kind;

absl::Status Damaged(std::string_view reason) {
  return absl::DataLossError(absl::StrCat("record: ", std::string(reason)));
}

}  // namespace

std::vector<ReadRecord> FlightParser::Feed(std::string_view bytes) {
  if (over_) return {};  // nothing would take them out of the framer
  bytes_ += static_cast<int64_t>(bytes.size());
  framer_.Feed(bytes);
  return Take();
}

std::vector<ReadRecord> FlightParser::FinishInput() {
  framer_.FinishInput();
  return Take();
}

std::vector<ReadRecord> FlightParser::FailInput(absl::Status why) {
  over_ = true;
  return {{.kind = ReadRecord::Kind::kUnreadable, .why = std::move(why), .bytes = bytes_}};
}

std::vector<ReadRecord> FlightParser::Take() {
  std::vector<ReadRecord> records;
  while (!over_) {
    const RecordFramer::Step step = framer_.Next();
    if (step.kind == Kind::kNeedMore) break;
    over_ = step.kind == Kind::kCut || step.kind == Kind::kEnd;
    if (step.kind == Kind::kEnd) break;
    records.push_back(Parse(step));
    records.back().bytes = bytes_;
  }
  return records;
}

ReadRecord FlightParser::Parse(const RecordFramer::Step& step) {
  ReadRecord record{.number = framer_.record_number()};
  if (step.kind == Kind::kRecord) {
    absl::StatusOr<Flight> flight = ParseFlight(step.text);
    if (flight.ok()) {
      record.flight = *flight;
      return record;
    }
    record.kind = step.is_open ? ReadRecord::Kind::kCut : ReadRecord::Kind::kBad;
    record.why = flight.status();
  } else if (step.kind == Kind::kDamage) {
    record.kind = ReadRecord::Kind::kBad;
    record.why = Damaged(step.reason);
  } else {
    record.kind = ReadRecord::Kind::kCut;
    record.number = step.is_open ? record.number : 0;
    record.why = Damaged(step.reason);
  }
  return record;
}

}  // namespace flightboard
