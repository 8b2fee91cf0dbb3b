// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// FlightParser: bytes that come in pieces to numbered records: flights, and what is none.
//
// Threads: one at a time. Memory: as RecordFramer; what is parsed goes to the caller.
//
//   FlightParser parser;
//   std::vector<ReadRecord> records = parser.Feed(piece);   // and so on
//   for (ReadRecord& last : parser.FinishInput()) ...
#ifndef SAMPO_SAMPLES_FLIGHTBOARD_FLIGHT_PARSER_H_
#define SAMPO_SAMPLES_FLIGHTBOARD_FLIGHT_PARSER_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "sampo/samples/flightboard/flight.h"
#include "sampo/samples/flightboard/record_framer.h"

namespace flightboard {

struct ReadRecord {
  enum class Kind : uint8_t {
    kFlight,
    kBad,         // `why`: INVALID_ARGUMENT "<field>: <reason>", DATA_LOSS "record: <reason>"
    kCut,         // the input ends too early; `number` is that of the record it ends in, or 0
    kUnreadable,  // the input could not be read on: `why`
  };
  Kind kind = Kind::kFlight;
  int64_t number = 0;  // from 1
  Flight flight = {};
  absl::Status why = {};
  int64_t bytes = 0;  // that had been fed when it was read
};

class FlightParser {
 public:
  // The records that are whole with `bytes`.
  std::vector<ReadRecord> Feed(std::string_view bytes);
  // The records that are left when no more bytes come.
  std::vector<ReadRecord> FinishInput();
  // The same where the input failed: what was whole was given already.
  std::vector<ReadRecord> FailInput(absl::Status why);

 private:
  std::vector<ReadRecord> Take();
  ReadRecord Parse(const RecordFramer::Step& step);

  RecordFramer framer_;
  int64_t bytes_ = 0;
  bool over_ = false;
};

}  // namespace flightboard

#endif  // SAMPO_SAMPLES_FLIGHTBOARD_FLIGHT_PARSER_H_
