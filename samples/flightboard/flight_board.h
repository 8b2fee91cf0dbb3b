// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// FlightBoard: the main actor: has flights read, gives each to the actor of its destination, which
// it spawns on demand, and collects the sums at the end.
//
// Bound: at most BoardSettings::in_flight_max flights are in messages at any time, so the memory
// does not grow with the input. The source is asked for more only when there is room for all of it.
//
//   ActorSystem<board::Command> system(FlightBoard(reader), "flightboard");
//   Future<BoardResult> result = AskWithStatus<BoardResult>(
//       system.guardian(), absl::InfiniteDuration(), [](auto r) { return board::Run{std::move(r)};
//       });
#ifndef SAMPO_SAMPLES_FLIGHTBOARD_FLIGHT_BOARD_H_
#define SAMPO_SAMPLES_FLIGHTBOARD_FLIGHT_BOARD_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <variant>

#include "absl/status/statusor.h"
#include "sampo/actor/actor.h"
#include "sampo/samples/flightboard/airport.h"
#include "sampo/samples/flightboard/delays.h"
#include "sampo/samples/flightboard/flight_reader.h"
#include "sampo/samples/flightboard/flight_source.h"

namespace flightboard {

struct BoardSettings {
  // Flights that are in messages at once. Chosen, not measured.
  int in_flight_max = 1024;
  // Flights for each request to the source; at most in_flight_max.
  int read_count = 256;
  // Told how many flights are in the books by now; on the actor's turn.
  std::function<void(int64_t flights)> on_progress = nullptr;
};

struct BoardResult {
  DelaysByAirport delays;
  int64_t flights = 0;
  int64_t bad_records = 0;
  int in_flight_peak = 0;  // never more than BoardSettings::in_flight_max
};

namespace board {

// Once. Fails with the source's status where the input can't be read to its end,
// FAILED_PRECONDITION when it runs already.
struct Run {
  sampo::ReplyTo<absl::StatusOr<BoardResult>> reply_to;
};
struct Command
    : std::variant<Run, source::FlightsRead, airport::ArrivalRecorded, airport::AirportDelays> {
  using variant::variant;
};

}  // namespace board

sampo::Behavior<board::Command> FlightBoard(std::shared_ptr<FlightReader> reader,
                                            BoardSettings settings = {});

}  // namespace flightboard

#endif  // SAMPO_SAMPLES_FLIGHTBOARD_FLIGHT_BOARD_H_
