// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/samples/flightboard/board_json.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace flightboard {
namespace {

using Json = nlohmann::ordered_json;

std::string Dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

template <class T>
Json OrNull(const std::optional<T>& value) {
  return value.has_value() ? Json(*value) : Json(nullptr);
}

std::string DateText(const FlightDate& date) {
  return absl::StrFormat("%04d/%02d/%02d %02d:%02d", date.year, date.month, date.day, date.hour,
                         date.minute);
}

}  // namespace

std::string ToJson(const AirportStats& airport, const AirportNames& names) {
  const auto known = names.find(airport.iata);
  const bool is_known = known != names.end();
  return Dump({{"iata", airport.iata.ToString()},
               {"name", is_known ? Json(known->second.name) : Json(nullptr)},
               {"city", is_known ? Json(known->second.city) : Json(nullptr)},
               {"departures", airport.departures},
               {"arrivals", airport.arrivals},
               {"mean_delay_minutes", OrNull(airport.mean_delay_minutes)},
               {"p95_delay_minutes", OrNull(airport.p95_delay_minutes)},
               {"on_time_share", OrNull(airport.on_time_share)}});
}

std::string ToJson(const Report& report, const AirportNames& names) {
  std::vector<AirportStats> airports = report.board.airports;
  std::sort(airports.begin(), airports.end(),
            [](const AirportStats& a, const AirportStats& b) { return a.iata < b.iata; });
  std::string text =
      absl::StrCat("{\"flights\":", report.board.flights, ",\"new\":", report.new_flights,
                   ",\"already_known\":", report.already_known, ",\"rejected\":", report.rejected,
                   ",\"airports\":[");
  for (size_t i = 0; i < airports.size(); ++i) {
    absl::StrAppend(&text, i == 0 ? "" : ",", ToJson(airports[i], names));
  }
  return text + "]}\n";
}

std::string ToJson(const StoredFlight& stored) {
  const bool is_departure = stored.direction == Direction::kDeparture;
  return Dump({{"sequence_number", stored.sequence_number},
               {"direction", is_departure ? "departure" : "arrival"},
               {"source", stored.source},
               {"position", stored.position},
               {"date", DateText(stored.flight.date)},
               {"delay", stored.flight.delay_minutes},
               {"distance", stored.flight.distance_miles},
               {"origin", stored.flight.origin.ToString()},
               {"destination", stored.flight.destination.ToString()}});
}

std::string QuotedJson(const std::string& text) { return Dump(Json(text)); }

}  // namespace flightboard
