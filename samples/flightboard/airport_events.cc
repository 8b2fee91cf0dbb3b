// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/samples/flightboard/airport_events.h"

#include <algorithm>

namespace flightboard {
namespace {

std::vector<RecordSet::Record> RecordsOf(const std::vector<PositionedFlight>& flights) {
  std::vector<RecordSet::Record> records;
  records.reserve(flights.size());
  for (const PositionedFlight& each : flights) {
    records.push_back({each.position, Checksum(each.flight)});
  }
  return records;
}

}  // namespace

bool operator==(const AirportState& a, const AirportState& b) {
  return a.departures == b.departures && a.arrivals == b.arrivals &&
         std::equal(a.sources.begin(), a.sources.end(), b.sources.begin(), b.sources.end(),
                    [](const auto& left, const auto& right) {
                      return left.first == right.first && *left.second == *right.second;
                    });
}

AirportState Apply(AirportState state, const FlightsRecorded& event) {
  state.departures += static_cast<int64_t>(event.departures.size());
  for (const PositionedFlight& each : event.arrivals) state.arrivals.Add(each.flight.delay_minutes);
  std::shared_ptr<SourceRecords>& source = state.sources[event.source];
  if (source == nullptr) {
    source = std::make_shared<SourceRecords>();
  } else if (source.use_count() > 1) {
    source = std::make_shared<SourceRecords>(*source);
  }
  source->departures.Insert(RecordsOf(event.departures));
  source->arrivals.Insert(RecordsOf(event.arrivals));
  return state;
}

}  // namespace flightboard
