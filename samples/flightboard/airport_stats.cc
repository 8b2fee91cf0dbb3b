// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/samples/flightboard/airport_stats.h"

#include <algorithm>

namespace flightboard {
namespace {

// The smallest delay that at least 95 of 100 arrivals do not exceed. Precondition: there are some.
int32_t P95(const std::vector<DelayHistogram::Bar>& bars, int64_t arrivals) {
  const int64_t rank = (arrivals * 95 + 99) / 100;  // rounded up
  int64_t seen = 0;
  auto bar = bars.begin();
  while (seen + bar->arrivals < rank) seen += bar++->arrivals;
  return bar->delay_minutes;
}

}  // namespace

void DelayHistogram::Add(int32_t delay_minutes, int64_t arrivals) {
  const auto place =
      std::lower_bound(bars_.begin(), bars_.end(), delay_minutes,
                       [](const Bar& bar, int32_t minutes) { return bar.delay_minutes < minutes; });
  if (place != bars_.end() && place->delay_minutes == delay_minutes) {
    place->arrivals += arrivals;
  } else {
    bars_.insert(place, {delay_minutes, arrivals});
  }
}

AirportStats StatsOf(Iata iata, int64_t departures, const DelayHistogram& arrivals) {
  AirportStats stats{.iata = iata, .departures = departures};
  int64_t on_time = 0;
  for (const DelayHistogram::Bar& bar : arrivals.bars()) {
    stats.arrivals += bar.arrivals;
    stats.delay_minutes += bar.delay_minutes * bar.arrivals;
    if (bar.delay_minutes < kLateMinutes) on_time += bar.arrivals;
  }
  if (stats.arrivals == 0) return stats;
  const auto count = static_cast<double>(stats.arrivals);
  stats.mean_delay_minutes = static_cast<double>(stats.delay_minutes) / count;
  stats.p95_delay_minutes = P95(arrivals.bars(), stats.arrivals);
  stats.on_time_share = static_cast<double>(on_time) / count;
  return stats;
}

}  // namespace flightboard
