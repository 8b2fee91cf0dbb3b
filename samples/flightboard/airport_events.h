// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// FlightsRecorded: the event of an airport; AirportState: what its events make of it.
//
// A command's new flights are one event. Why columns (airport.proto): 10 bytes a flight.
// Copies of a state share the record numbers (record_set.h); what changes is copied.
// Threads: values; a state and its copies belong to one thread at a time.
//
//   AirportState state = Apply(AirportState(), FlightsRecorded{.airport = lax, ...});
//   AirportStats stats = StatsOf(lax, state.departures, state.arrivals);
#ifndef SAMPO_SAMPLES_FLIGHTBOARD_AIRPORT_EVENTS_H_
#define SAMPO_SAMPLES_FLIGHTBOARD_AIRPORT_EVENTS_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "sampo/samples/flightboard/airport_stats.h"
#include "sampo/samples/flightboard/flight.h"
#include "sampo/samples/flightboard/record_set.h"

namespace flightboard {

// Flights of one source, by ascending positions; those from the airport to itself are in both.
struct FlightsRecorded {
  Iata airport = {};
  std::string source = {};
  std::vector<PositionedFlight> departures = {};  // their origin is the airport
  std::vector<PositionedFlight> arrivals = {};    // their destination is the airport

  friend bool operator==(const FlightsRecorded&, const FlightsRecorded&) = default;
};

// The record numbers an airport has of one source.
struct SourceRecords {
  RecordSet departures;
  RecordSet arrivals;

  friend bool operator==(const SourceRecords&, const SourceRecords&) = default;
};

struct AirportState {
  int64_t departures = 0;
  DelayHistogram arrivals;
  // Shared with copies: Apply copies one that has another owner.
  std::map<std::string, std::shared_ptr<SourceRecords>, std::less<>> sources;

  friend bool operator==(const AirportState& a, const AirportState& b);
};

// The state after the event.
AirportState Apply(AirportState state, const FlightsRecorded& event);

}  // namespace flightboard

#endif  // SAMPO_SAMPLES_FLIGHTBOARD_AIRPORT_EVENTS_H_
