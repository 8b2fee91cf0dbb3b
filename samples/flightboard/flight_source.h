// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// FlightSource: the actor that reads the input, a few flights for each request.
//
// It reads only when it is asked, so the one who asks decides how much is in memory. Reading
// blocks: spawn it with Props().Blocking().
//
//   context.Spawn(FlightSource(reader), "source", Props().Blocking())
//       .Tell(source::ReadFlights{256, context.Self()});
#ifndef SAMPO_SAMPLES_FLIGHTBOARD_FLIGHT_SOURCE_H_
#define SAMPO_SAMPLES_FLIGHTBOARD_FLIGHT_SOURCE_H_

#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "sampo/actor/actor.h"
#include "sampo/samples/flightboard/flight.h"
#include "sampo/samples/flightboard/flight_reader.h"

namespace flightboard {
namespace source {

// The answer to ReadFlights.
struct FlightsRead {
  std::vector<Flight> flights;  // fewer than asked for only at the end
  bool is_end = false;
  int64_t bad_records = 0;  // since the beginning
  absl::Status status;      // why the end came early
};

struct ReadFlights {
  int count_max = 0;
  sampo::ActorRef<FlightsRead> reply_to;
};

}  // namespace source

// `reader` belongs to the actor from now on; a restarted one would go on where the last one failed.
sampo::Behavior<source::ReadFlights> FlightSource(std::shared_ptr<FlightReader> reader);

}  // namespace flightboard

#endif  // SAMPO_SAMPLES_FLIGHTBOARD_FLIGHT_SOURCE_H_
