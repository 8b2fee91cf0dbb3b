// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// The board as JSON: what --json prints, and the objects that the API gives for each airport. One
// place for both, so that they are the same.
//
// Numbers are unrounded: the shortest text that reads back as the same double. Where an airport has
// no arrivals, or airports.csv does not know it, there is null. Text that is not UTF-8 (names come
// from a file) is replaced, so that the result is always JSON.
// Threads: pure functions.
//
//   std::cout << ToJson({.board = board, .new_flights = 3}, names);
#ifndef SAMPO_SAMPLES_FLIGHTBOARD_BOARD_JSON_H_
#define SAMPO_SAMPLES_FLIGHTBOARD_BOARD_JSON_H_

#include <string>

#include "sampo/samples/flightboard/airport_names.h"
#include "sampo/samples/flightboard/airport_stats.h"
#include "sampo/samples/flightboard/flight_store.h"
#include "sampo/samples/flightboard/report.h"

namespace flightboard {

// {"iata":...,"name":...,"city":...,"departures":...,"arrivals":...,"mean_delay_minutes":...,
//  "p95_delay_minutes":...,"on_time_share":...}
std::string ToJson(const AirportStats& airport, const AirportNames& names);
// {"flights":...,"new":...,"already_known":...,"rejected":...,"airports":[...]}, airports by iata;
// one line with its end.
std::string ToJson(const Report& report, const AirportNames& names);
// {"sequence_number":...,"direction":"departure","source":...,"position":...,"date":
//  "yyyy/mm/dd HH:MM","delay":...,"distance":...,"origin":...,"destination":...}
std::string ToJson(const StoredFlight& flight);
// `text` in quotes.
std::string QuotedJson(const std::string& text);

}  // namespace flightboard

#endif  // SAMPO_SAMPLES_FLIGHTBOARD_BOARD_JSON_H_
