// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/samples/flightboard/testing_flights.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>
#include <utility>

namespace flightboard::testing {
namespace {

// What the fold knows of an airport.
struct Sums {
  int64_t departures = 0;
  std::vector<int32_t> delays;
};

AirportStats StatsOfSums(Iata iata, Sums sums) {
  AirportStats stats{.iata = iata, .departures = sums.departures};
  stats.arrivals = static_cast<int64_t>(sums.delays.size());
  if (sums.delays.empty()) return stats;
  std::sort(sums.delays.begin(), sums.delays.end());
  int64_t on_time = 0;
  for (int32_t delay : sums.delays) {
    stats.delay_minutes += delay;
    on_time += delay < 15 ? 1 : 0;
  }
  size_t rank = 1;  // the smallest that covers 95 of 100
  while (100 * rank < 95 * sums.delays.size()) ++rank;
  const auto count = static_cast<double>(sums.delays.size());
  stats.mean_delay_minutes = static_cast<double>(stats.delay_minutes) / count;
  stats.p95_delay_minutes = sums.delays[rank - 1];
  stats.on_time_share = static_cast<double>(on_time) / count;
  return stats;
}

Board BoardOfSums(std::map<std::string, Sums> sums) {
  Board board;
  for (auto& [code, of_airport] : sums) {
    board.flights += of_airport.departures;
    board.airports.push_back(StatsOfSums(Code(code), std::move(of_airport)));
  }
  return board;
}

}  // namespace

void Require(bool holds, std::string_view text) {
  if (holds) return;
  std::fprintf(stderr, "required: %s\n", std::string(text).c_str());
  std::abort();
}

Iata Code(std::string_view text) {
  const std::optional<Iata> iata = Iata::Parse(text);
  Require(iata.has_value(), text);
  return *iata;
}

Flight MakeFlight(std::string_view origin, std::string_view destination, int delay_minutes,
                  uint64_t seed) {
  Random random(seed);
  return {.date = {2001, static_cast<int8_t>(1 + random.Below(12)),
                   static_cast<int8_t>(1 + random.Below(28)), static_cast<int8_t>(random.Below(24)),
                   static_cast<int8_t>(random.Below(60))},
          .origin = Code(origin),
          .destination = Code(destination),
          .delay_minutes = delay_minutes,
          .distance_miles = static_cast<int32_t>(random.Below(3000))};
}

std::vector<PositionedFlight> RandomFlights(uint64_t seed, int count) {
  constexpr std::array<const char*, 6> kCodes = {"ABQ", "BOS", "DEN", "LAX", "ORD", "0R4"};
  Random random(seed);
  std::vector<PositionedFlight> flights;
  for (int i = 1; i <= count; ++i) {
    // Now and then from an airport to itself.
    const char* origin = kCodes[random.Below(kCodes.size())];
    const char* destination = kCodes[random.Below(kCodes.size())];
    const int delay = static_cast<int>(random.Below(60)) - 20;
    flights.push_back({i, MakeFlight(origin, destination, delay, random.Below(1'000'000))});
  }
  return flights;
}

std::string ToJson(const Flight& flight) {
  std::array<char, 160> text;
  std::snprintf(text.data(), text.size(),
                R"({"date":"%04d/%02d/%02d %02d:%02d","delay":%d,"distance":%d,"origin":"%s",)"
                R"("destination":"%s"})",
                flight.date.year, flight.date.month, flight.date.day, flight.date.hour,
                flight.date.minute, flight.delay_minutes, flight.distance_miles,
                flight.origin.ToString().c_str(), flight.destination.ToString().c_str());
  return text.data();
}

std::string JsonArray(const std::vector<PositionedFlight>& flights) {
  std::string text = "[";
  for (const PositionedFlight& each : flights) {
    if (text.size() > 1) text += ",";
    text += ToJson(each.flight);
  }
  return text + "]";
}

std::string JsonLines(const std::vector<PositionedFlight>& flights) {
  std::string text;
  for (const PositionedFlight& each : flights) text += ToJson(each.flight) + "\n";
  return text;
}

Board PlainFold(const std::vector<PositionedFlight>& flights) {
  std::map<std::string, Sums> sums;
  for (const PositionedFlight& each : flights) {
    ++sums[each.flight.origin.ToString()].departures;
    sums[each.flight.destination.ToString()].delays.push_back(each.flight.delay_minutes);
  }
  return BoardOfSums(std::move(sums));
}

Board PlainFoldOfJson(std::string_view array) {
  std::map<std::string, Sums> sums;
  for (const nlohmann::json& record : nlohmann::json::parse(array.begin(), array.end())) {
    ++sums[record.at("origin").get<std::string>()].departures;
    sums[record.at("destination").get<std::string>()].delays.push_back(
        record.at("delay").get<int32_t>());
  }
  return BoardOfSums(std::move(sums));
}

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  Require(file.good(), path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

void WriteFile(const std::string& path, std::string_view text) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << text;
  file.close();
  Require(file.good(), path);
}

}  // namespace flightboard::testing
