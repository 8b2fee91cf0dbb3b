// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// AirportList: a board's airports in an order that a client names, page by page.
//
// Airports that have no value for what is sorted by come last in both directions; equal ones are by
// iata, so that pages never overlap.
// Threads: pure functions.
//
//   std::string json = AirportList(board, names, {.sort = "-mean_delay_minutes", .limit = 10});
#ifndef SAMPO_SAMPLES_FLIGHTBOARD_AIRPORT_LIST_H_
#define SAMPO_SAMPLES_FLIGHTBOARD_AIRPORT_LIST_H_

#include <cstdint>
#include <string>
#include <vector>

#include "sampo/samples/flightboard/airport_names.h"
#include "sampo/samples/flightboard/flight_store.h"

namespace flightboard {

struct ListQuery {
  std::string sort = "iata";  // one of SortNames
  int64_t limit = 1000;
  int64_t page = 1;
};

// The fields of an airport's JSON, and each with "-" in front for descending.
std::vector<std::string> SortNames();

// {"airports":[...],"total":...,"page":...,"limit":...}
std::string AirportList(const Board& board, const AirportNames& names, const ListQuery& query);

}  // namespace flightboard

#endif  // SAMPO_SAMPLES_FLIGHTBOARD_AIRPORT_LIST_H_
