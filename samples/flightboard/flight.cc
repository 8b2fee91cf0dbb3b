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

constexpr int64_t kMinutesPerDay = 24 * 60;

// The finaliser of SplitMix64 (Steele, Lea, Flood 2014): each bit of the result depends on each
// bit of `value`.
uint64_t Mix(uint64_t value) {
  value += 0x9e3779b97f4a7c15;
  value = (value ^ value >> 30) * 0xbf58476d1ce4e5b9;
  value = (value ^ value >> 27) * 0x94d049bb133111eb;
  return value ^ value >> 31;
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

int64_t FlightDate::ToMinutes() const {
  const std::chrono::sys_days midnight = std::chrono::year_month_day{
      std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
      std::chrono::day(static_cast<unsigned>(day))};
  return midnight.time_since_epoch().count() * kMinutesPerDay + hour * 60 + minute;
}

std::optional<FlightDate> FlightDate::FromMinutes(int64_t minutes) {
  constexpr int64_t kMin = -719'528 * kMinutesPerDay;   // 0000-01-01
  constexpr int64_t kEnd = 2'932'897 * kMinutesPerDay;  // 10000-01-01
  if (minutes < kMin || minutes >= kEnd) return std::nullopt;
  const int64_t days = (minutes - kMin) / kMinutesPerDay + kMin / kMinutesPerDay;
  const auto of_day = static_cast<int>(minutes - days * kMinutesPerDay);
  const std::chrono::year_month_day date{std::chrono::sys_days(std::chrono::days(days))};
  return FlightDate{static_cast<int16_t>(static_cast<int>(date.year())),
                    static_cast<int8_t>(static_cast<unsigned>(date.month())),
                    static_cast<int8_t>(static_cast<unsigned>(date.day())),
                    static_cast<int8_t>(of_day / 60), static_cast<int8_t>(of_day % 60)};
}

uint32_t Checksum(const Flight& flight) {
  const auto code = [](const Iata& iata) {
    uint64_t packed = 0;
    for (char c : iata.view()) packed = packed << 8 | static_cast<unsigned char>(c);
    return packed;
  };
  uint64_t mixed = Mix(static_cast<uint64_t>(flight.date.ToMinutes()));
  mixed = Mix(mixed ^ (code(flight.origin) << 24 | code(flight.destination)));
  mixed = Mix(mixed ^ (static_cast<uint64_t>(static_cast<uint32_t>(flight.delay_minutes)) << 32 |
                       static_cast<uint32_t>(flight.distance_miles)));
  return static_cast<uint32_t>(mixed >> 32);
}

}  // namespace flightboard
