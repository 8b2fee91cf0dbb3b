// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Delays: the sum of an airport's arrival delays; DelaysByAirport: of all airports.
//
// Why integers: sums of minutes are exact in any order, so the actors' result can be compared with
// a plain fold for equality. Threads: values.
//
//   DelaysByAirport delays = FoldDelays(reader);
#ifndef SAMPO_SAMPLES_FLIGHTBOARD_DELAYS_H_
#define SAMPO_SAMPLES_FLIGHTBOARD_DELAYS_H_

#include <cstdint>
#include <map>
#include <vector>

#include "sampo/samples/flightboard/flight.h"
#include "sampo/samples/flightboard/flight_reader.h"

namespace flightboard {

struct Delays {
  int64_t arrivals = 0;
  int64_t minutes = 0;  // sum

  void Add(int32_t delay_minutes) {
    ++arrivals;
    minutes += delay_minutes;
  }
  // Precondition: arrivals > 0.
  double mean() const { return static_cast<double>(minutes) / static_cast<double>(arrivals); }
  friend bool operator==(const Delays&, const Delays&) = default;
};

using DelaysByAirport = std::map<Iata, Delays>;

// The plain fold that the actors are checked against: one loop, no actor.
DelaysByAirport FoldDelays(FlightReader& reader);

struct RankedAirport {
  Iata iata;
  Delays delays;

  friend bool operator==(const RankedAirport&, const RankedAirport&) = default;
};

struct RankingRule {
  int64_t arrivals_min = 50;  // a mean of a few flights says little
  int airports_max = 10;
};

// The airports with the largest mean delay, the worst first; equal means by code.
std::vector<RankedAirport> WorstAirports(const DelaysByAirport& delays, RankingRule rule = {});

}  // namespace flightboard

#endif  // SAMPO_SAMPLES_FLIGHTBOARD_DELAYS_H_
