// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/samples/flightboard/flight_reader.h"

#include <string_view>

#include "absl/status/statusor.h"
#include "sampo/samples/flightboard/flight_json.h"

namespace flightboard {

std::optional<Flight> FlightReader::Next() {
  while (status_.ok()) {
    const absl::StatusOr<std::optional<std::string_view>> record = records_.Next();
    if (!record.ok() && record.status().code() == absl::StatusCode::kDataLoss) {
      Refuse(record.status());
    } else if (!record.ok()) {
      status_ = record.status();
    } else if (!record->has_value()) {
      return std::nullopt;
    } else {
      absl::StatusOr<Flight> flight = ParseFlight(**record);
      if (flight.ok()) {
        ++flights_;
        if (on_flight_) on_flight_(*flight);
        return *flight;
      }
      Refuse(flight.status());
      if (flight.status().code() == absl::StatusCode::kDataLoss) records_.Resync();
    }
  }
  return std::nullopt;
}

void FlightReader::Refuse(const absl::Status& why) {
  ++bad_records_;
  on_bad_record_(records_.record_number(), why);
}

}  // namespace flightboard
