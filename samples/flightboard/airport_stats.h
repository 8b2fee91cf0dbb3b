// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// AirportStats: what the flights of an airport add up to; DelayHistogram: what it is computed of.
//
// Why a histogram: a percentile by nearest rank is exact, whatever the order of the flights, and
// there are few hundred different delays, so the state of an airport stays small.
// Threads: values.
//
//   DelayHistogram delays;
//   delays.Add(66);
//   AirportStats stats = StatsOf(iata, departures, delays);
#ifndef SAMPO_SAMPLES_FLIGHTBOARD_AIRPORT_STATS_H_
#define SAMPO_SAMPLES_FLIGHTBOARD_AIRPORT_STATS_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "sampo/samples/flightboard/flight.h"

namespace flightboard {

// A flight is on time where it is less late than this (the US Department of Transportation's rule).
inline constexpr int32_t kLateMinutes = 15;

struct AirportStats {
  Iata iata;
  int64_t departures = 0;
  int64_t arrivals = 0;
  int64_t delay_minutes = 0;  // sum over the arrivals
  // Over the arrivals; nothing where there are none. The 95th percentile is by nearest rank.
  std::optional<double> mean_delay_minutes = {};
  std::optional<int32_t> p95_delay_minutes = {};
  std::optional<double> on_time_share = {};

  friend bool operator==(const AirportStats&, const AirportStats&) = default;
};

// How many arrivals there were of each delay.
class DelayHistogram {
 public:
  struct Bar {
    int32_t delay_minutes = 0;
    int64_t arrivals = 0;
    friend bool operator==(const Bar&, const Bar&) = default;
  };

  void Add(int32_t delay_minutes, int64_t arrivals = 1);
  // By delay, which ascends; arrivals are above 0.
  const std::vector<Bar>& bars() const { return bars_; }

  friend bool operator==(const DelayHistogram&, const DelayHistogram&) = default;

 private:
  std::vector<Bar> bars_;
};

AirportStats StatsOf(Iata iata, int64_t departures, const DelayHistogram& arrivals);

}  // namespace flightboard

#endif  // SAMPO_SAMPLES_FLIGHTBOARD_AIRPORT_STATS_H_
