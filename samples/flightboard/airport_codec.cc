// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/samples/flightboard/airport_codec.h"

#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace flightboard {
namespace {

constexpr size_t kCodeBytes = 3;

absl::Status Wrong(std::string_view what, int index) {
  return absl::DataLossError(absl::StrCat("flightboard: ", std::string(what), " at entry ", index));
}

void WriteColumns(const std::vector<PositionedFlight>& flights, Direction direction,
                  v1::FlightColumns* out) {
  const auto count = static_cast<int>(flights.size());
  out->mutable_positions()->Reserve(count);
  out->mutable_minutes()->Reserve(count);
  out->mutable_delays()->Reserve(count);
  out->mutable_distances()->Reserve(count);
  out->mutable_others()->reserve(flights.size() * kCodeBytes);
  int64_t position = 0;
  int64_t minutes = 0;
  for (const PositionedFlight& each : flights) {
    const Flight& flight = each.flight;
    out->add_positions(each.position - std::exchange(position, each.position));
    const int64_t at = flight.date.ToMinutes();
    out->add_minutes(at - std::exchange(minutes, at));
    out->add_delays(flight.delay_minutes);
    out->add_distances(static_cast<uint32_t>(flight.distance_miles));
    const Iata& other = direction == Direction::kDeparture ? flight.destination : flight.origin;
    out->mutable_others()->append(other.view());
  }
}

// `before` + `difference`, where that is no overflow.
std::optional<int64_t> Sum(int64_t before, int64_t difference) {
  int64_t sum = 0;
  if (__builtin_add_overflow(before, difference, &sum)) return std::nullopt;
  return sum;
}

bool IsFlight(const v1::FlightColumns& columns, int i) {
  return columns.delays(i) >= kDelayMinutesMin && columns.delays(i) <= kDelayMinutesMax &&
         columns.distances(i) <= static_cast<uint32_t>(kDistanceMilesMax);
}

absl::StatusOr<std::vector<PositionedFlight>> ReadColumns(const v1::FlightColumns& columns,
                                                          Iata airport, Direction direction) {
  const int count = columns.positions_size();
  if (columns.minutes_size() != count || columns.delays_size() != count ||
      columns.distances_size() != count ||
      columns.others().size() != static_cast<size_t>(count) * kCodeBytes) {
    return Wrong("columns of unequal length", count);
  }
  std::vector<PositionedFlight> flights;
  flights.reserve(static_cast<size_t>(count));
  int64_t position = 0;
  int64_t minutes = 0;
  for (int i = 0; i < count; ++i) {
    const std::optional<int64_t> next = Sum(position, columns.positions(i));
    if (!next.has_value() || *next <= position) return Wrong("record numbers do not ascend", i);
    position = *next;
    const std::optional<int64_t> at = Sum(minutes, columns.minutes(i));
    const std::optional<FlightDate> date =
        at.has_value() ? FlightDate::FromMinutes(*at) : std::nullopt;
    if (!date.has_value() || !IsFlight(columns, i)) return Wrong("no flight", i);
    minutes = *at;
    const std::optional<Iata> other = Iata::Parse(
        std::string_view(columns.others()).substr(static_cast<size_t>(i) * kCodeBytes, kCodeBytes));
    if (!other.has_value()) return Wrong("no airport", i);
    const bool departs = direction == Direction::kDeparture;
    flights.push_back({position,
                       {.date = *date,
                        .origin = departs ? airport : *other,
                        .destination = departs ? *other : airport,
                        .delay_minutes = columns.delays(i),
                        .distance_miles = static_cast<int32_t>(columns.distances(i))}});
  }
  return flights;
}

void WriteNumbers(const RecordSet& set, v1::RecordNumbers* out) {
  const std::vector<RecordSet::Record> records = set.ToVector();
  out->mutable_differences()->Reserve(static_cast<int>(records.size()));
  out->mutable_checksums()->Reserve(static_cast<int>(records.size()));
  int64_t number = 0;
  for (const RecordSet::Record& record : records) {
    out->add_differences(
        static_cast<uint64_t>(record.number - std::exchange(number, record.number)));
    out->add_checksums(record.checksum);
  }
}

absl::StatusOr<RecordSet> ReadNumbers(const v1::RecordNumbers& numbers) {
  const int count = numbers.differences_size();
  if (numbers.checksums_size() != count) return Wrong("columns of unequal length", count);
  std::vector<RecordSet::Record> records;
  records.reserve(static_cast<size_t>(count));
  int64_t number = 0;
  for (int i = 0; i < count; ++i) {
    const uint64_t room = static_cast<uint64_t>(std::numeric_limits<int64_t>::max() - number);
    if (numbers.differences(i) == 0 || numbers.differences(i) > room) {
      return Wrong("record numbers do not ascend", i);
    }
    number += static_cast<int64_t>(numbers.differences(i));
    records.push_back({number, numbers.checksums(i)});
  }
  RecordSet set;
  set.Insert(records);
  return set;
}

absl::Status ReadHistogram(const v1::AirportState& proto, DelayHistogram& histogram) {
  if (proto.counts_size() != proto.delays_size()) {
    return Wrong("columns of unequal length", proto.delays_size());
  }
  int32_t before = kDelayMinutesMin - 1;
  for (int i = 0; i < proto.delays_size(); ++i) {
    const int32_t delay = proto.delays(i);
    if (delay <= before || delay > kDelayMinutesMax || proto.counts(i) < 1) {
      return Wrong("no histogram", i);
    }
    histogram.Add(delay, proto.counts(i));
    before = delay;
  }
  return absl::OkStatus();
}

}  // namespace
}  // namespace flightboard

namespace sampo {

using flightboard::Direction;
using flightboard::Iata;
using flightboard::PositionedFlight;
using flightboard::RecordSet;

void ProtoCodec<flightboard::FlightsRecorded>::ToProto(const flightboard::FlightsRecorded& event,
                                                       CodecContext&, Proto* out) {
  out->set_airport(event.airport.ToString());
  out->set_source(event.source);
  flightboard::WriteColumns(event.departures, Direction::kDeparture, out->mutable_departures());
  flightboard::WriteColumns(event.arrivals, Direction::kArrival, out->mutable_arrivals());
}

absl::StatusOr<flightboard::FlightsRecorded> ProtoCodec<flightboard::FlightsRecorded>::FromProto(
    const Proto& proto, CodecContext&) {
  const std::optional<Iata> airport = Iata::Parse(proto.airport());
  if (!airport.has_value()) return flightboard::Wrong("no airport", 0);
  absl::StatusOr<std::vector<PositionedFlight>> departures =
      flightboard::ReadColumns(proto.departures(), *airport, Direction::kDeparture);
  if (!departures.ok()) return departures.status();
  absl::StatusOr<std::vector<PositionedFlight>> arrivals =
      flightboard::ReadColumns(proto.arrivals(), *airport, Direction::kArrival);
  if (!arrivals.ok()) return arrivals.status();
  return flightboard::FlightsRecorded{*airport, proto.source(), *std::move(departures),
                                      *std::move(arrivals)};
}

void ProtoCodec<flightboard::AirportState>::ToProto(const flightboard::AirportState& state,
                                                    CodecContext&, Proto* out) {
  out->set_departures(state.departures);
  for (const flightboard::DelayHistogram::Bar& bar : state.arrivals.bars()) {
    out->add_delays(bar.delay_minutes);
    out->add_counts(bar.arrivals);
  }
  for (const auto& [name, records] : state.sources) {
    flightboard::v1::SourceRecords* source = out->add_sources();
    source->set_source(name);
    flightboard::WriteNumbers(records->departures, source->mutable_departures());
    flightboard::WriteNumbers(records->arrivals, source->mutable_arrivals());
  }
}

absl::StatusOr<flightboard::AirportState> ProtoCodec<flightboard::AirportState>::FromProto(
    const Proto& proto, CodecContext&) {
  flightboard::AirportState state;
  state.departures = proto.departures();
  absl::Status status = flightboard::ReadHistogram(proto, state.arrivals);
  if (!status.ok()) return status;
  for (const flightboard::v1::SourceRecords& source : proto.sources()) {
    absl::StatusOr<RecordSet> departures = flightboard::ReadNumbers(source.departures());
    if (!departures.ok()) return departures.status();
    absl::StatusOr<RecordSet> arrivals = flightboard::ReadNumbers(source.arrivals());
    if (!arrivals.ok()) return arrivals.status();
    state.sources[source.source()] = std::make_shared<flightboard::SourceRecords>(
        flightboard::SourceRecords{*std::move(departures), *std::move(arrivals)});
  }
  return state;
}

}  // namespace sampo
