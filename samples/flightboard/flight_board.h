// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// FlightBoard: the actor that knows the airports of a journal, and which batches are under way.
//
// At its start it lists the journal's ids, spawns an airport for each of them, and learns from each
// which record numbers of which source it has at the most; requests wait until then. It gives each
// batch a permit: batches of one source that have a record number in common run one after the
// other, so that what a check has found stays true until the batch is recorded.
//
// Threads: an actor. An airport that fails is spawned again when somebody asks for it.
// Bounds: kBatchesMax batches have a permit or wait for one; kRequestsWaitingMax requests wait for
// the start. FlightStore is what others use.
#ifndef SAMPO_SAMPLES_FLIGHTBOARD_FLIGHT_BOARD_H_
#define SAMPO_SAMPLES_FLIGHTBOARD_FLIGHT_BOARD_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "sampo/actor/actor.h"
#include "sampo/samples/flightboard/airport.h"
#include "sampo/samples/flightboard/batch.h"
#include "sampo/samples/flightboard/flight.h"
#include "sampo/samples/flightboard/flight_store.h"

namespace flightboard {
namespace board {

inline constexpr size_t kRequestsWaitingMax = 1000;

// Where an airport is, and what the last one that failed has failed with.
struct AirportRef {
  Iata airport;
  sampo::ActorRef<airport::Command> ref;
  absl::Status last_failure;
  int64_t failures = 0;  // how often it ended
};

// The right to record a batch, until EndBatch.
struct Permit {
  int64_t id = 0;
  std::vector<AirportRef> touched;  // one for each share of the batch, in their order
  // All airports, where one of them may have a record number of the batch; else none.
  std::vector<AirportRef> to_check;
};

// RESOURCE_EXHAUSTED: kBatchesMax.
struct BeginBatch {
  SharedBatch batch;
  sampo::ReplyTo<absl::StatusOr<Permit>> reply_to;
};
struct EndBatch {
  int64_t id = 0;
};
// Spawns it again where it has ended. NOT_FOUND: no such airport is known.
struct FindAirport {
  Iata airport;
  sampo::ReplyTo<absl::StatusOr<AirportRef>> reply_to;
};
struct ListAirports {
  sampo::ReplyTo<absl::StatusOr<std::vector<AirportRef>>> reply_to;
};
// Its own.
struct IdsListed {
  absl::StatusOr<std::vector<std::string>> ids;
};
struct SourcesLearned {
  absl::StatusOr<std::vector<airport::Sources>> sources;
};

struct Command
    : std::variant<BeginBatch, EndBatch, FindAirport, ListAirports, IdsListed, SourcesLearned> {
  using variant::variant;
};

}  // namespace board

sampo::Behavior<board::Command> FlightBoard(FlightStoreSettings settings);

}  // namespace flightboard

#endif  // SAMPO_SAMPLES_FLIGHTBOARD_FLIGHT_BOARD_H_
