// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/samples/flightboard/flight_source.h"

#include <optional>
#include <utility>

namespace flightboard {
namespace {

source::FlightsRead Read(FlightReader& reader, int count_max) {
  source::FlightsRead read;
  for (int count = 0; count < count_max; ++count) {
    std::optional<Flight> flight = reader.Next();
    read.is_end = !flight.has_value();
    if (read.is_end) break;
    read.flights.push_back(*flight);
  }
  read.bad_records = reader.bad_records();
  read.status = reader.status();
  return read;
}

}  // namespace

sampo::Behavior<source::ReadFlights> FlightSource(std::shared_ptr<FlightReader> reader) {
  return sampo::Receive<source::ReadFlights>([reader](const source::ReadFlights& m) {
    m.reply_to.Tell(Read(*reader, m.count_max));
    return sampo::Same();
  });
}

}  // namespace flightboard
