// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// FlightStore: the flights of a journal: records batches exactly once, and answers what is known.
//
// A handle of the actors behind it: /user/flights, which knows the airports, below it an Airport
// for each code that the journal has or a flight brings, and a Batch recorder for each batch under
// way. At the start all airports recover from the journal; requests wait until they have.
//
// Guarantees: a batch is checked at all airports before any of it is stored; batches of one source
// with a record number in common run one after the other. Acknowledged is durable as the journal
// is. A request to an airport that fails or times out is sent again under the same numbers, at most
// kRetriesMax times; then the batch fails, with what it stored stored: record it again.
// Threads: all methods from any. Lifetime: a value; not beyond its system.
// Bounds: kBatchesMax batches under way or waiting, 46,656 airports (36^3 codes).
//
//   absl::StatusOr<FlightStore> store = FlightStore::Open(system, {.file = "journal.db"});
//   Future<BatchResult> recorded = store->Record("flights-20k.json", {{1, flight}});
#ifndef SAMPO_SAMPLES_FLIGHTBOARD_FLIGHT_STORE_H_
#define SAMPO_SAMPLES_FLIGHTBOARD_FLIGHT_STORE_H_

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "sampo/actor/actor.h"
#include "sampo/samples/flightboard/airport_stats.h"
#include "sampo/samples/flightboard/batch.h"
#include "sampo/samples/flightboard/flight.h"

namespace flightboard {

namespace board {
struct Command;
}  // namespace board

// How often a request to an airport is sent again. All chosen, not measured.
inline constexpr int kRetriesMax = 5;
inline constexpr size_t kBatchesMax = 64;
// Flights of one page of FlightStore::Flights.
inline constexpr int64_t kPageFlightsMax = 1000;

struct BatchResult {
  int64_t stored = 0;         // flights of which at least one side is new
  int64_t already_known = 0;  // the others
};

// All airports with at least one flight, by iata.
struct Board {
  std::vector<AirportStats> airports;
  int64_t flights = 0;  // the sum of the departures
};
// Of all airports, those without flights too, in any order.
Board BoardOf(std::vector<AirportStats> airports);

// A flight as an airport has it in the journal.
struct StoredFlight {
  // Of this side of the flight, at this airport: ascends in the order of storing, with gaps.
  int64_t sequence_number = 0;
  Direction direction = Direction::kDeparture;
  std::string source;
  int64_t position = 0;  // the record number in the source
  Flight flight;
};

struct FlightsQuery {
  Iata airport;
  // Days of the flights, both included.
  std::optional<std::chrono::year_month_day> from = {};
  std::optional<std::chrono::year_month_day> to = {};
  int64_t after = 0;  // a sequence number; 0: from the beginning
  int64_t limit = 100;
};
struct FlightsPage {
  std::vector<StoredFlight> flights;
  // Where there may be more: what to give as `after` for the next page.
  std::optional<int64_t> next = {};
};

struct FlightStoreSettings {
  // How long an airport may take to answer, and the pause before a request is sent again, which
  // doubles. Chosen, not measured.
  absl::Duration answer_timeout = absl::Seconds(30);
  absl::Duration retry_pause = absl::Milliseconds(100);
};

class FlightStore {
 public:
  // Opens the journal, or makes it with its folder, on the calling thread, and starts the actors.
  // Once for a system. Errors: those of persistence::UseSqlite; what the folder can't be made for.
  static absl::StatusOr<FlightStore> Open(sampo::ActorSystemBase& system,
                                          const std::string& journal_file,
                                          FlightStoreSettings settings = {});
  // The same on the storage that the system uses already.
  static FlightStore Start(sampo::ActorSystemBase& system, FlightStoreSettings settings = {});

  // Completes when all airports have recovered; fails with what one of them failed with.
  sampo::Future<void> WhenReady() const;

  // Stores what is new of at most kBatchFlightsMax flights. ALREADY_EXISTS: a number is known with
  // other content; names source, number and remedy; nothing of the batch is stored.
  // INVALID_ARGUMENT: as MakeBatch. RESOURCE_EXHAUSTED: kBatchesMax. FAILED_PRECONDITION: a new
  // source where the journal has kSourcesMax. What an airport or the journal failed with, else:
  // part of the batch may be stored, recording it again is safe.
  sampo::Future<BatchResult> Record(std::string_view source,
                                    std::vector<PositionedFlight> flights) const;

  // Of all that is in the journal.
  sampo::Future<Board> Summary() const;
  // The same without the actors, all events read: for when they fail because the journal takes
  // nothing any more. What is written meanwhile may be half in it.
  sampo::Future<Board> ReadSummary() const;
  // The same in a system of its own, without actors: for when the storage has given up, too. Errors
  // as Open.
  static sampo::Future<Board> ReadSummary(sampo::ActorSystemBase& system,
                                          const std::string& journal_file);
  // NOT_FOUND: it has no flights.
  sampo::Future<AirportStats> Airport(Iata iata) const;
  // A page of one airport's flights, read from the journal. INVALID_ARGUMENT: a limit that is not 1
  // to kPageFlightsMax, an `after` below 0. DATA_LOSS: the journal is damaged.
  sampo::Future<FlightsPage> Flights(FlightsQuery query) const;

 private:
  FlightStore(sampo::ActorSystemBase& system, sampo::ActorRef<board::Command> board,
              FlightStoreSettings settings)
      : system_(&system), board_(std::move(board)), settings_(settings) {}

  sampo::ActorSystemBase* system_;
  sampo::ActorRef<board::Command> board_;
  FlightStoreSettings settings_;
};

}  // namespace flightboard

#endif  // SAMPO_SAMPLES_FLIGHTBOARD_FLIGHT_STORE_H_
