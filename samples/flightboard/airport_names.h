// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// AirportNames: what people call the airports and where they are, from airports.csv.
//
// The file has a header with the columns iata, name, city, state, latitude and longitude, in any
// order, and quotes fields as RFC 4180 does, but for line breaks inside of a field.
// Threads: constant once read.
// Memory: the names of the file, about 400 kB for the 3,334 airports of the data.
//
//   absl::StatusOr<AirportNames> names = ReadAirportNames("airports.csv");
//   (*names)[*Iata::Parse("LAS")].city                                          // "Las Vegas"
#ifndef SAMPO_SAMPLES_FLIGHTBOARD_AIRPORT_NAMES_H_
#define SAMPO_SAMPLES_FLIGHTBOARD_AIRPORT_NAMES_H_

#include <istream>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "sampo/samples/flightboard/flight.h"

namespace flightboard {

struct AirportName {
  std::string name = {};
  std::string city = {};
  std::string state = {};
  double latitude_degrees = 0;   // north
  double longitude_degrees = 0;  // east
};

using AirportNames = std::map<Iata, AirportName>;

// NOT_FOUND: no such file. INVALID_ARGUMENT "<file>:<line>: <reason>": it is not such a table.
absl::StatusOr<AirportNames> ReadAirportNames(const std::string& path);
// The same from a stream; `path` is for messages.
absl::StatusOr<AirportNames> ReadAirportNames(std::istream& in, const std::string& path);

// The fields of one line; nothing where a quote is not closed or text follows a closing one.
std::optional<std::vector<std::string>> SplitCsvLine(std::string_view line);

}  // namespace flightboard

#endif  // SAMPO_SAMPLES_FLIGHTBOARD_AIRPORT_NAMES_H_
