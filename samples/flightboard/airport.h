// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Airport: the event-sourced actor of one airport: which flights it knows, and what they add up to.
//
// Its persistence id is "Airport|LAX". One command brings what a batch holds for this airport, and
// becomes one event (airport_events.h): a command for each flight would wait for a write of its
// own. It keeps for each source the exact set of record numbers it stored, so that what comes again
// is known and changes nothing.
// A batch is checked (CheckFlights) at all airports before it is recorded (RecordFlights) at those
// it touches; recording checks once more, so that no order of commands stores a number twice.
//
// Threads: an actor. Bounds: kSourcesMax names of sources; memory 6 to 12 bytes for each flight.
// A write that failed: nobody knows whether it is stored. The actor fails, its requests are dropped
// (their asks say CANCELLED at once); who spawns it again and asks again finds out.
//
//   ActorRef<airport::Command> lax = context.Spawn(Airport(*Iata::Parse("LAX")), "LAX");
//   context.AskWithStatus<airport::Receipt>(lax, absl::Seconds(30), [&](auto reply_to) {
//     return airport::RecordFlights{batch, share, std::move(reply_to)};
//   }, ...);
#ifndef SAMPO_SAMPLES_FLIGHTBOARD_AIRPORT_H_
#define SAMPO_SAMPLES_FLIGHTBOARD_AIRPORT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "sampo/actor/actor.h"
#include "sampo/samples/flightboard/airport_stats.h"
#include "sampo/samples/flightboard/batch.h"
#include "sampo/samples/flightboard/flight.h"

namespace flightboard {
namespace airport {

// The answer to CheckFlights: which flights of the batch this airport has, by their index.
struct KnownFlights {
  struct Side {
    uint32_t index = 0;  // in the batch
    Direction direction = Direction::kDeparture;
    bool same = false;  // with the content of the batch
  };
  Iata airport;
  std::vector<Side> sides;
};
// The answer to RecordFlights: all of the share is on the disk.
struct Receipt {
  int64_t stored = 0;         // sides of flights, now
  int64_t already_known = 0;  // before
};
// The answer to GetSources: the greatest record number stored of each source.
struct Sources {
  Iata airport;
  std::vector<std::pair<std::string, int64_t>> highest;
};

// Whether anything of the batch is here, whatever its direction and airports.
struct CheckFlights {
  SharedBatch batch;
  sampo::ReplyTo<absl::StatusOr<KnownFlights>> reply_to;
};
// Stores what is new of batch->shares[share], which is this airport's. ALREADY_EXISTS: a number is
// here with other content (ConflictError), nothing is stored. RESOURCE_EXHAUSTED: too many sources.
struct RecordFlights {
  SharedBatch batch;
  size_t share = 0;
  sampo::ReplyTo<absl::StatusOr<Receipt>> reply_to;
};
struct GetStats {
  sampo::ReplyTo<absl::StatusOr<AirportStats>> reply_to;
};
struct GetSources {
  sampo::ReplyTo<absl::StatusOr<Sources>> reply_to;
};
struct Command : std::variant<CheckFlights, RecordFlights, GetStats, GetSources> {
  using variant::variant;
};

}  // namespace airport

// Of how many sources an airport keeps record numbers; the board takes no more, so that it never
// comes to that. Chosen, not measured.
inline constexpr size_t kSourcesMax = 1000;

// The persistence id of an airport, and the airport of a persistence id; nothing for other ids.
std::string PersistenceIdOf(Iata airport);
std::optional<Iata> AirportOf(std::string_view persistence_id);

sampo::Behavior<airport::Command> Airport(Iata iata);

}  // namespace flightboard

#endif  // SAMPO_SAMPLES_FLIGHTBOARD_AIRPORT_H_
