// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/samples/flightboard/delays.h"

#include <algorithm>
#include <optional>

namespace flightboard {
namespace {

// Fractions are compared by cross multiplication, so that equal means are equal. 128 bits, because
// both factors may have 63.
bool IsWorse(const RankedAirport& a, const RankedAirport& b) {
  const __int128 left = static_cast<__int128>(a.delays.minutes) * b.delays.arrivals;
  const __int128 right = static_cast<__int128>(b.delays.minutes) * a.delays.arrivals;
  return left != right ? left > right : a.iata < b.iata;
}

}  // namespace

DelaysByAirport FoldDelays(FlightReader& reader) {
  DelaysByAirport delays;
  while (std::optional<Flight> flight = reader.Next()) {
    delays[flight->destination].Add(flight->delay_minutes);
  }
  return delays;
}

std::vector<RankedAirport> WorstAirports(const DelaysByAirport& delays, RankingRule rule) {
  std::vector<RankedAirport> ranked;
  for (const auto& [iata, of_airport] : delays) {
    const bool counts = of_airport.arrivals >= std::max(int64_t{1}, rule.arrivals_min);
    if (counts) ranked.push_back({iata, of_airport});
  }
  std::sort(ranked.begin(), ranked.end(), IsWorse);
  const auto count = static_cast<size_t>(std::max(0, rule.airports_max));
  if (ranked.size() > count) ranked.resize(count);
  return ranked;
}

}  // namespace flightboard
