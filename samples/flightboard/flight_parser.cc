// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/samples/flightboard/flight_parser.h"

#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "sampo/samples/flightboard/flight_json.h"
#include "sampo/samples/flightboard/record_end.h"

namespace flightboard {
namespace {

using Kind = RecordFramer::Kind;

// Whether `line` is the begin of an object.
bool IsCut(std::string_view line) {
  if (!line.starts_with('{')) return false;
  BracketScan scan;
  for (const char c : line) {
    if (scan.Take(c) != BracketScan::Seen::kInside) return false;
  }
  return true;
}

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
    framer_.NoteBad();
    const bool is_damaged = absl::IsDataLoss(flight.status());
    record.kind = is_damaged && step.is_open && IsCut(step.text) ? ReadRecord::Kind::kCut
                                                                 : ReadRecord::Kind::kBad;
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
