// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Report: the flight board's result as text for people or as JSON.
//
// Both are the same in every run over the same input: no times, no thread counts.
// Threads: values and pure functions.
#ifndef SAMPO_SAMPLES_FLIGHTBOARD_REPORT_H_
#define SAMPO_SAMPLES_FLIGHTBOARD_REPORT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sampo/samples/flightboard/airport_names.h"
#include "sampo/samples/flightboard/delays.h"

namespace flightboard {

struct Report {
  std::vector<RankedAirport> worst;
  RankingRule rule;  // by which `worst` was chosen
  int64_t flights = 0;
  int64_t airports = 0;
  int64_t bad_records = 0;
  std::optional<bool> equals_fold;  // nothing: not compared
};

// A table, and what it was made of.
std::string ToText(const Report& report, const AirportNames& names);
// One object on one line.
std::string ToJson(const Report& report, const AirportNames& names);

}  // namespace flightboard

#endif  // SAMPO_SAMPLES_FLIGHTBOARD_REPORT_H_
