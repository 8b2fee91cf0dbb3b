// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Report: the result of a run, and its text for people: the ten worst and the ten best airports.
// board_json.h has the same for programs.
//
// It is the same in every run over the same journal and input: no times, no thread counts.
// Threads: values and pure functions.
//
//   std::cout << ToText({.board = board, .new_flights = 20'000}, names);
#ifndef SAMPO_SAMPLES_FLIGHTBOARD_REPORT_H_
#define SAMPO_SAMPLES_FLIGHTBOARD_REPORT_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "sampo/samples/flightboard/airport_names.h"
#include "sampo/samples/flightboard/airport_stats.h"
#include "sampo/samples/flightboard/flight_store.h"

namespace flightboard {

struct Report {
  Board board;  // all that is in the journal
  // What this run brought.
  int64_t new_flights = 0;
  int64_t already_known = 0;
  int64_t rejected = 0;
};

enum class Rank { kWorst, kBest };

struct RankingRule {
  int64_t arrivals_min = 50;  // a mean of a few flights says little
  size_t airports_max = 10;
};

// By mean arrival delay, the worst or the best first; equal means by code.
std::vector<AirportStats> Ranking(const Board& board, Rank rank, RankingRule rule = {});

// Two tables, and what they were made of.
std::string ToText(const Report& report, const AirportNames& names);

}  // namespace flightboard

#endif  // SAMPO_SAMPLES_FLIGHTBOARD_REPORT_H_
