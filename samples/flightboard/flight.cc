// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/samples/flightboard/flight.h"

#include <algorithm>
#include <chrono>
#include <cstddef>

namespace flightboard {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsCodeCharacter(char c) { return (c >= 'A' && c <= 'Z') || IsDigit(c); }

// The digits of `text`, which the caller has checked to be digits.
int Number(std::string_view text) {
  int value = 0;
  for (char c : text) value = value * 10 + (c - '0');
  return value;
}

// 'd' in the pattern stands for a digit, everything else for itself.
bool Matches(std::string_view text, std::string_view pattern) {
  return std::equal(text.begin(), text.end(), pattern.begin(), pattern.end(),
                    [](char c, char p) { return p == 'd' ? IsDigit(c) : c == p; });
}

}  // namespace

std::optional<Iata> Iata::Parse(std::string_view text) {
  Iata iata;
  if (text.size() != iata.code_.size()) return std::nullopt;
  if (!std::all_of(text.begin(), text.end(), IsCodeCharacter)) return std::nullopt;
  std::copy(text.begin(), text.end(), iata.code_.begin());
  return iata;
}

std::optional<FlightDate> FlightDate::Parse(std::string_view text) {
  if (!Matches(text, "dddd/dd/dd dd:dd")) return std::nullopt;
  const int year = Number(text.substr(0, 4));
  const int month = Number(text.substr(5, 2));
  const int day = Number(text.substr(8, 2));
  const int hour = Number(text.substr(11, 2));
  const int minute = Number(text.substr(14, 2));
  const std::chrono::year_month_day date{std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok() || hour > 23 || minute > 59) return std::nullopt;
  return FlightDate{static_cast<int16_t>(year), static_cast<int8_t>(month),
                    static_cast<int8_t>(day), static_cast<int8_t>(hour),
                    static_cast<int8_t>(minute)};
}

}  // namespace flightboard
