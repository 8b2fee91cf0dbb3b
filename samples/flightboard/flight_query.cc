// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// What FlightStore reads from the journal itself: pages of single flights out of events that hold
// many, and a summary that needs no actor.

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "sampo/persistence/query/event_decoder.h"
#include "sampo/persistence/query/read_journal.h"
#include "sampo/persistence/sqlite/use_sqlite.h"
#include "sampo/samples/flightboard/airport.h"
#include "sampo/samples/flightboard/airport_codec.h"
#include "sampo/samples/flightboard/airport_events.h"
#include "sampo/samples/flightboard/flight_store.h"
#include "sampo/stream/stream.h"

namespace flightboard {
namespace {

using sampo::persistence::EventEnvelope;

// A flight's sequence number is that of its event times this, and its place in the event: first the
// departures, then the arrivals.
constexpr int64_t kFlightsPerEventMax = 2048;
static_assert(kFlightsPerEventMax >= 2 * static_cast<int64_t>(kBatchFlightsMax));
// So many events are read at a time: some megabytes at the most.
constexpr int64_t kPageEvents = 100;

std::chrono::year_month_day DayOf(const FlightDate& date) {
  return std::chrono::year_month_day{std::chrono::year(date.year),
                                     std::chrono::month(static_cast<unsigned>(date.month)),
                                     std::chrono::day(static_cast<unsigned>(date.day))};
}

bool IsWanted(const FlightsQuery& query, const StoredFlight& flight) {
  const std::chrono::year_month_day day = DayOf(flight.flight.date);
  return flight.sequence_number > query.after && (!query.from.has_value() || day >= *query.from) &&
         (!query.to.has_value() || day <= *query.to);
}

// The flights of an event that `query` wants.
std::vector<StoredFlight> FlightsOf(const FlightsQuery& query, const FlightsRecorded& event,
                                    int64_t event_seq) {
  std::vector<StoredFlight> wanted;
  int64_t sequence_number = event_seq * kFlightsPerEventMax;
  const auto add = [&](Direction direction, const std::vector<PositionedFlight>& flights) {
    for (const PositionedFlight& each : flights) {
      StoredFlight flight{.sequence_number = sequence_number++,
                          .direction = direction,
                          .source = event.source,
                          .position = each.position,
                          .flight = each.flight};
      if (IsWanted(query, flight)) wanted.push_back(std::move(flight));
    }
  };
  add(Direction::kDeparture, event.departures);
  add(Direction::kArrival, event.arrivals);
  return wanted;
}

absl::Status Check(const FlightsQuery& query) {
  if (query.limit < 1 || query.limit > kPageFlightsMax) {
    return absl::InvalidArgumentError(
        absl::StrCat("limit: ", query.limit, " is not between 1 and ", kPageFlightsMax));
  }
  if (query.after < 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("after: ", query.after, " is no sequence number"));
  }
  return absl::OkStatus();
}

}  // namespace

sampo::Future<FlightsPage> FlightStore::Flights(FlightsQuery query) const {
  if (absl::Status status = Check(query); !status.ok()) {
    return sampo::Future<FlightsPage>::Failed(status);
  }
  const auto decode = sampo::persistence::DecodeEvents<FlightsRecorded>();
  const auto limit = static_cast<size_t>(query.limit);
  return sampo::persistence::ReadJournal::For(*system_, {.page_records_max = kPageEvents})
      .CurrentEventsByPersistenceId(PersistenceIdOf(query.airport),
                                    std::max<int64_t>(1, query.after / kFlightsPerEventMax))
      .TryMap([query,
               decode](const EventEnvelope& envelope) -> absl::StatusOr<std::vector<StoredFlight>> {
        absl::StatusOr<std::vector<FlightsRecorded>> events = decode(envelope);
        if (!events.ok()) return events.status();
        return FlightsOf(query, events->front(), envelope.seq);
      })
      .MapConcat([](std::vector<StoredFlight> flights) { return flights; })
      .Take(query.limit + 1)  // one more tells that there is a next page
      .RunWith(sampo::stream::Sink<StoredFlight>::Seq(), *system_)
      .Map([limit](std::vector<StoredFlight> flights) {
        FlightsPage page{.flights = std::move(flights), .next = {}};
        if (page.flights.size() > limit) {
          page.flights.pop_back();
          page.next = page.flights.back().sequence_number;
        }
        return page;
      });
}

namespace {

constexpr int kAirportsReadAtATime = 4;  // chosen, not measured

struct Tally {
  int64_t departures = 0;
  DelayHistogram arrivals = {};
};

Tally Add(Tally tally, const std::vector<FlightsRecorded>& events) {
  for (const FlightsRecorded& event : events) {
    tally.departures += static_cast<int64_t>(event.departures.size());
    for (const PositionedFlight& each : event.arrivals)
      tally.arrivals.Add(each.flight.delay_minutes);
  }
  return tally;
}

sampo::Future<AirportStats> ReadAirport(sampo::ActorSystemBase& system, const std::string& id) {
  const Iata iata = AirportOf(id).value_or(Iata());
  return sampo::persistence::ReadJournal::For(system, {.page_records_max = kPageEvents})
      .CurrentEventsByPersistenceId(id)
      .TryMap(sampo::persistence::DecodeEvents<FlightsRecorded>())
      .RunWith(sampo::stream::Sink<std::vector<FlightsRecorded>>::Fold(Tally(), Add), system)
      .Map([iata](const Tally& tally) { return StatsOf(iata, tally.departures, tally.arrivals); });
}

sampo::Future<Board> ReadBoard(sampo::ActorSystemBase& system) {
  return sampo::persistence::ReadJournal::For(system)
      .CurrentPersistenceIds()
      .Filter([](const std::string& id) { return AirportOf(id).has_value(); })
      .MapAsync(kAirportsReadAtATime,
                [system = &system](const std::string& id) { return ReadAirport(*system, id); })
      .RunWith(sampo::stream::Sink<AirportStats>::Seq(), system)
      .Map([](std::vector<AirportStats> airports) { return BoardOf(std::move(airports)); });
}

}  // namespace

sampo::Future<Board> FlightStore::ReadSummary() const { return ReadBoard(*system_); }

sampo::Future<Board> FlightStore::ReadSummary(sampo::ActorSystemBase& system,
                                              const std::string& journal_file) {
  absl::Status opened = sampo::persistence::UseSqlite(system, {.file = journal_file});
  if (!opened.ok()) return sampo::Future<Board>::Failed(opened);
  return ReadBoard(system);
}

}  // namespace flightboard
