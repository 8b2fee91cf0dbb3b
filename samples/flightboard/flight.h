// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Flight: one record of the data: who flew when from where to where, and how late it arrived.
//
// Why so small: millions of them go through the program, so a flight is 24 trivial bytes without a
// pointer. Threads: values.
//
//   Flight flight{.date = {2001, 1, 1, 0, 47}, .delay_minutes = 66, ...};
//   uint32_t checksum = Checksum(flight);
#ifndef SAMPO_SAMPLES_FLIGHTBOARD_FLIGHT_H_
#define SAMPO_SAMPLES_FLIGHTBOARD_FLIGHT_H_

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace flightboard {

// The three-character code of an airport. There are 36^3 = 46656 of them, which also bounds the
// number of actors that a run can start.
class Iata {
 public:
  Iata() = default;
  // Nothing unless `text` is three of A-Z and 0-9.
  static std::optional<Iata> Parse(std::string_view text);

  std::string ToString() const { return std::string(code_.data(), code_.size()); }
  // The three characters; valid as long as this is.
  std::string_view view() const { return {code_.data(), code_.size()}; }
  friend auto operator<=>(const Iata&, const Iata&) = default;

 private:
  std::array<char, 3> code_ = {'?', '?', '?'};
};

// Local time of the scheduled departure.
struct FlightDate {
  int16_t year = 0;
  int8_t month = 0;  // 1-12
  int8_t day = 0;    // 1-31
  int8_t hour = 0;
  int8_t minute = 0;

  // Nothing unless `text` is "yyyy/mm/dd HH:MM" and there is such a minute.
  static std::optional<FlightDate> Parse(std::string_view text);
  // Minutes since 1970-01-01 00:00, without any time zone, and back. FromMinutes gives nothing
  // outside of the years 0 to 9999.
  int64_t ToMinutes() const;
  static std::optional<FlightDate> FromMinutes(int64_t minutes);
  friend bool operator==(const FlightDate&, const FlightDate&) = default;
};

inline constexpr int32_t kDelayMinutesMin = -1'440;
inline constexpr int32_t kDelayMinutesMax = 10'080;
inline constexpr int32_t kDistanceMilesMax = 20'000;

struct Flight {
  FlightDate date;
  Iata origin;
  Iata destination;
  int32_t delay_minutes = 0;  // of the arrival; negative: early
  int32_t distance_miles = 0;

  friend bool operator==(const Flight&, const Flight&) = default;
};

// Of all fields of `flight`. It is stored, so it is the same for ever.
uint32_t Checksum(const Flight& flight);

// A flight under its number in a source, from 1.
struct PositionedFlight {
  int64_t position = 0;
  Flight flight;

  friend bool operator==(const PositionedFlight&, const PositionedFlight&) = default;
};

// Which side of a flight an airport is. A flight from an airport to itself has both there.
enum class Direction : uint8_t { kDeparture, kArrival };

}  // namespace flightboard

#endif  // SAMPO_SAMPLES_FLIGHTBOARD_FLIGHT_H_
