// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/samples/flightboard/airport.h"

#include <algorithm>
#include <memory>

#include "absl/strings/str_cat.h"
#include "sampo/persistence/event_sourced_behavior.h"
#include "sampo/samples/flightboard/airport_codec.h"
#include "sampo/samples/flightboard/airport_events.h"
#include "sampo/samples/flightboard/flight_json.h"

namespace flightboard {
namespace {

using sampo::persistence::PersistenceId;
using Effect = sampo::persistence::ReplyEffect<FlightsRecorded, AirportState>;

constexpr std::string_view kEntityType = "Airport";

// A recovery replays at most as many events. Chosen: half a second for all airports of a run over 3
// million flights; 8 snapshots of each in that run.
constexpr int64_t kSnapshotEvery = 400;

const SourceRecords& RecordsOf(const AirportState& state, const std::string& source) {
  static const SourceRecords kNone;
  const auto found = state.sources.find(source);
  return found == state.sources.end() ? kNone : *found->second;
}

// What `set` knows of the whole batch.
void FindKnown(const Batch& batch, const RecordSet& set, Direction direction,
               std::vector<airport::KnownFlights::Side>& known) {
  if (set.highest() < batch.flights.front().position) return;
  RecordSet::Cursor cursor(set);
  for (size_t i = 0; i < batch.flights.size(); ++i) {
    const std::optional<uint32_t> checksum = cursor.Find(batch.flights[i].position);
    if (!checksum.has_value()) continue;
    known.push_back({static_cast<uint32_t>(i), direction, *checksum == batch.checksums[i]});
  }
}

Effect Decide(Iata iata, const AirportState& state, airport::CheckFlights&& m) {
  const SourceRecords& records = RecordsOf(state, m.batch->source);
  airport::KnownFlights known{.airport = iata, .sides = {}};
  FindKnown(*m.batch, records.departures, Direction::kDeparture, known.sides);
  FindKnown(*m.batch, records.arrivals, Direction::kArrival, known.sides);
  return Effect::Reply(m.reply_to, std::move(known));
}

// Those of `indices` that `set` does not know. ALREADY_EXISTS: one is known with other content.
absl::StatusOr<std::vector<PositionedFlight>> NewOf(const Batch& batch,
                                                    const std::vector<uint32_t>& indices,
                                                    const RecordSet& set) {
  std::vector<PositionedFlight> unknown;
  unknown.reserve(indices.size());
  RecordSet::Cursor cursor(set);
  for (uint32_t i : indices) {
    const PositionedFlight& flight = batch.flights[i];
    const std::optional<uint32_t> checksum = cursor.Find(flight.position);
    if (!checksum.has_value()) {
      unknown.push_back(flight);
    } else if (*checksum != batch.checksums[i]) {
      return ConflictError(batch.source, flight.position);
    }
  }
  return unknown;
}

Effect Decide(Iata iata, const AirportState& state, airport::RecordFlights&& m) {
  const Batch& batch = *m.batch;
  const BatchShare& share = batch.shares[m.share];
  if (state.sources.size() >= kSourcesMax && !state.sources.contains(batch.source)) {
    return Effect::Reply(m.reply_to, absl::FailedPreconditionError(absl::StrCat(
                                         "airport ", iata.ToString(), ": it has records of ",
                                         kSourcesMax, " sources (kSourcesMax), and no room for \"",
                                         Printable(batch.source), "\": use a source name again")));
  }
  const SourceRecords& records = RecordsOf(state, batch.source);
  absl::StatusOr<std::vector<PositionedFlight>> departures =
      NewOf(batch, share.departures, records.departures);
  if (!departures.ok()) return Effect::Reply(m.reply_to, departures.status());
  absl::StatusOr<std::vector<PositionedFlight>> arrivals =
      NewOf(batch, share.arrivals, records.arrivals);
  if (!arrivals.ok()) return Effect::Reply(m.reply_to, arrivals.status());

  airport::Receipt receipt;
  receipt.stored = static_cast<int64_t>(departures->size() + arrivals->size());
  receipt.already_known =
      static_cast<int64_t>(share.departures.size() + share.arrivals.size()) - receipt.stored;
  if (receipt.stored == 0) return Effect::Reply(m.reply_to, receipt);
  return Effect::Persist(
             FlightsRecorded{iata, batch.source, *std::move(departures), *std::move(arrivals)})
      .ThenReply(m.reply_to, receipt);
}

Effect Decide(Iata iata, const AirportState& state, airport::GetStats&& m) {
  return Effect::Reply(m.reply_to, StatsOf(iata, state.departures, state.arrivals));
}

Effect Decide(Iata iata, const AirportState& state, airport::GetSources&& m) {
  airport::Sources sources{.airport = iata, .highest = {}};
  for (const auto& [name, records] : state.sources) {
    sources.highest.emplace_back(
        name, std::max(records->departures.highest(), records->arrivals.highest()));
  }
  return Effect::Reply(m.reply_to, std::move(sources));
}

// Not the same for all airports, which else would save their snapshots at the same time.
int64_t SnapshotEvery(Iata iata) {
  int64_t sum = 0;
  for (char c : iata.view()) sum = sum * 36 + c;
  return kSnapshotEvery + sum % (kSnapshotEvery / 2);
}

}  // namespace

std::string PersistenceIdOf(Iata airport) {
  return PersistenceId::Of(kEntityType, airport.view()).text();
}

std::optional<Iata> AirportOf(std::string_view persistence_id) {
  const size_t type_bytes = kEntityType.size();
  if (!persistence_id.starts_with(kEntityType) || persistence_id.substr(type_bytes, 1) != "|") {
    return std::nullopt;
  }
  return Iata::Parse(persistence_id.substr(type_bytes + 1));
}

sampo::Behavior<airport::Command> Airport(Iata iata) {
  return sampo::persistence::EventSourcedBehaviorWithEnforcedReplies<airport::Command,
                                                                     FlightsRecorded, AirportState>(
      {
          .persistence_id = PersistenceId::Of(kEntityType, iata.view()),
          .empty_state = AirportState(),
          .on_command =
              [iata](const AirportState& state, airport::Command&& command) {
                return std::visit(
                    [&](auto&& alternative) { return Decide(iata, state, std::move(alternative)); },
                    std::move(command));
              },
          .on_event = Apply,
          .snapshot_every = SnapshotEvery(iata),
      });
}

}  // namespace flightboard
