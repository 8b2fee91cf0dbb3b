// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Airport: the actor of one airport, which adds up the delays of the flights that land there.
//
// It answers each arrival, so that whoever sends them can keep a bound on what is under way.
//
//   ActorRef<airport::Command> las = context.Spawn(Airport(*Iata::Parse("LAS")), "LAS");
//   las.Tell(airport::RecordArrival{flight, context.Self()});
#ifndef SAMPO_SAMPLES_FLIGHTBOARD_AIRPORT_H_
#define SAMPO_SAMPLES_FLIGHTBOARD_AIRPORT_H_

#include <variant>

#include "sampo/actor/actor.h"
#include "sampo/samples/flightboard/delays.h"
#include "sampo/samples/flightboard/flight.h"

namespace flightboard {
namespace airport {

// The answer to RecordArrival.
struct ArrivalRecorded {};
// The answer to GetDelays.
struct AirportDelays {
  Iata iata;
  Delays delays;
};

struct RecordArrival {
  Flight flight;
  sampo::ActorRef<ArrivalRecorded> reply_to;
};
struct GetDelays {
  sampo::ActorRef<AirportDelays> reply_to;
};
struct Command : std::variant<RecordArrival, GetDelays> {
  using variant::variant;
};

}  // namespace airport

sampo::Behavior<airport::Command> Airport(Iata iata);

}  // namespace flightboard

#endif  // SAMPO_SAMPLES_FLIGHTBOARD_AIRPORT_H_
