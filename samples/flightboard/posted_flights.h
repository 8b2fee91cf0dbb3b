// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// PostedFlights: what a POST /flights brings, flight by flight, and the answer to it.
//
// A flight that is none is left out and named in the answer, as a bad record of a file is; the rest
// of the POST is taken. Rules and words for its fields are those of files (ParseFlight).
// Threads: values and pure functions.
//
//   absl::StatusOr<PostedFlights> posted = ParsePostedFlights(body);
#ifndef SAMPO_SAMPLES_FLIGHTBOARD_POSTED_FLIGHTS_H_
#define SAMPO_SAMPLES_FLIGHTBOARD_POSTED_FLIGHTS_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "sampo/samples/flightboard/flight.h"
#include "sampo/samples/flightboard/flight_store.h"

namespace flightboard {

struct PostedFlights {
  struct Rejected {
    size_t index = 0;                 // in "flights", from 0
    std::optional<int64_t> position;  // where it has one
    std::string reason;               // "<field>: <reason>"
  };

  std::string source;
  std::vector<PositionedFlight> flights;
  std::vector<Rejected> rejected;
};

// INVALID_ARGUMENT: no JSON, no object, "source" is none (CheckSource), "flights" no array.
// RESOURCE_EXHAUSTED: more than kBatchFlightsMax flights; says how many.
absl::StatusOr<PostedFlights> ParsePostedFlights(std::string_view body);

// {"new":...,"already_known":...,"rejected":...,"rejections":[{"index":...,"position":...,
//  "reason":...}]}
std::string AnswerTo(const PostedFlights& posted, const BatchResult& result);

}  // namespace flightboard

#endif  // SAMPO_SAMPLES_FLIGHTBOARD_POSTED_FLIGHTS_H_
