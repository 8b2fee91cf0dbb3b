// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// FlightReader: the flights of an input, one after the other; bad records are reported and counted.
//
// Threads: one at a time. Memory: one record, see RecordReader.
//
//   FlightReader reader(*OpenInput("flights.json"), [](int64_t record, const absl::Status& why) {
//     std::fprintf(stderr, "record %ld: %s\n", record, why.ToString().c_str());
//   });
//   while (std::optional<Flight> flight = reader.Next()) { ... }
//   if (!reader.status().ok()) ...                              // the input could not be read on
#ifndef SAMPO_SAMPLES_FLIGHTBOARD_FLIGHT_READER_H_
#define SAMPO_SAMPLES_FLIGHTBOARD_FLIGHT_READER_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "sampo/samples/flightboard/flight.h"
#include "sampo/samples/flightboard/record_reader.h"

namespace flightboard {

class FlightReader {
 public:
  // Gets the number of a bad record, from 1, and "<field>: <reason>".
  using BadRecord = std::function<void(int64_t record, const absl::Status& why)>;

  FlightReader(ByteSource source, BadRecord on_bad_record)
      : records_(std::move(source)), on_bad_record_(std::move(on_bad_record)) {}

  // Is shown each good flight before Next returns it.
  void set_on_flight(std::function<void(const Flight&)> on_flight) {
    on_flight_ = std::move(on_flight);
  }

  // The next good flight; nothing at the end of the input or when it can't be read on.
  std::optional<Flight> Next();

  // Why reading ended early; OK at the end of the input.
  const absl::Status& status() const { return status_; }
  int64_t flights() const { return flights_; }
  int64_t bad_records() const { return bad_records_; }

 private:
  void Refuse(const absl::Status& why);

  RecordReader records_;
  BadRecord on_bad_record_;
  std::function<void(const Flight&)> on_flight_;
  absl::Status status_;
  int64_t flights_ = 0;
  int64_t bad_records_ = 0;
};

}  // namespace flightboard

#endif  // SAMPO_SAMPLES_FLIGHTBOARD_FLIGHT_READER_H_
