// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// ParseFlight: one JSON object to a Flight, or what is wrong with it.
//
// Why SAX: no tree is built for a record that has five scalar fields. Fields that are not known are
// skipped, nested ones too, so that newer data can be read.
// Threads: a pure function.
//
//   absl::StatusOr<Flight> flight = ParseFlight(R"({"date":"2001/01/01 00:47","delay":66,...})");
#ifndef SAMPO_SAMPLES_FLIGHTBOARD_FLIGHT_JSON_H_
#define SAMPO_SAMPLES_FLIGHTBOARD_FLIGHT_JSON_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "sampo/samples/flightboard/flight.h"

namespace flightboard {

// INVALID_ARGUMENT "<field>: <reason>": valid JSON, but not a flight; the first wrong field.
// DATA_LOSS "record: <reason>": not JSON, so its end is not certain either.
absl::StatusOr<Flight> ParseFlight(std::string_view json);

// `text` for a line of an error message: without control characters, at most 40 bytes.
std::string Printable(std::string_view text);

}  // namespace flightboard

#endif  // SAMPO_SAMPLES_FLIGHTBOARD_FLIGHT_JSON_H_
