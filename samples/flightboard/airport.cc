// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/samples/flightboard/airport.h"

namespace flightboard {
namespace {

using sampo::Behavior;
using sampo::Same;

class AirportActor final : public sampo::AbstractBehavior<AirportActor, airport::Command> {
 public:
  AirportActor(sampo::ActorContext<airport::Command>& context, Iata iata)
      : AbstractBehavior(context), iata_(iata) {}

  Behavior<airport::Command> OnMessage(const airport::RecordArrival& m) {
    delays_.Add(m.flight.delay_minutes);
    m.reply_to.Tell(airport::ArrivalRecorded{});
    return Same();
  }
  Behavior<airport::Command> OnMessage(const airport::GetDelays& m) {
    m.reply_to.Tell(airport::AirportDelays{iata_, delays_});
    return Same();
  }

 private:
  const Iata iata_;
  Delays delays_;
};

}  // namespace

Behavior<airport::Command> Airport(Iata iata) { return AirportActor::Create(iata); }

}  // namespace flightboard
