// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// For tests: flights to record, inputs to read, and the plain fold that the actors' sums are
// compared with.
//
// Why a fold of its own: it shares neither parser nor histogram nor actor with what it checks.
// Threads: functions.
//
//   Board expected = PlainFold(text);
//   EXPECT_EQ(board->airports, expected.airports);
#ifndef SAMPO_SAMPLES_FLIGHTBOARD_TESTING_FLIGHTS_H_
#define SAMPO_SAMPLES_FLIGHTBOARD_TESTING_FLIGHTS_H_

#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "sampo/samples/flightboard/flight.h"
#include "sampo/samples/flightboard/flight_store.h"

namespace flightboard::testing {

// Numbers that depend on the seed alone.
class Random {
 public:
  explicit Random(uint64_t seed) : engine_(seed) {}
  uint64_t Next() { return engine_(); }
  // 0 to `bound` - 1. Precondition: bound is not 0.
  uint64_t Below(uint64_t bound) { return engine_() % bound; }

 private:
  std::mt19937_64 engine_;
};

// Ends the test's process with `text` where `holds` does not.
void Require(bool holds, std::string_view text);

Iata Code(std::string_view text);

// A flight on some day of 2001, which `seed` decides, as everything else that is not given.
Flight MakeFlight(std::string_view origin, std::string_view destination, int delay_minutes,
                  uint64_t seed = 1);

// `count` flights between few airports, at positions 1, 2, 3...
std::vector<PositionedFlight> RandomFlights(uint64_t seed, int count);

// The flight as the JSON object of an input.
std::string ToJson(const Flight& flight);
// An input of these records: as an array, or as lines.
std::string JsonArray(const std::vector<PositionedFlight>& flights);
std::string JsonLines(const std::vector<PositionedFlight>& flights);

// What the sums must be, of flights that are valid: by one loop over sorted delays.
Board PlainFold(const std::vector<PositionedFlight>& flights);
// The same of a whole JSON array of valid records.
Board PlainFoldOfJson(std::string_view array);

std::string ReadFile(const std::string& path);
void WriteFile(const std::string& path, std::string_view text);

}  // namespace flightboard::testing

#endif  // SAMPO_SAMPLES_FLIGHTBOARD_TESTING_FLIGHTS_H_
