// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/samples/flightboard/flight_json.h"

#include <array>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace flightboard {
namespace {

using nlohmann::json;

constexpr std::array<const char*, 5> kFields = {"date", "delay", "distance", "origin",
                                                "destination"};
enum Field { kDate, kDelay, kDistance, kOrigin, kDestination, kNoField = -1 };

Field FieldOf(std::string_view key) {
  for (size_t i = 0; i < kFields.size(); ++i) {
    if (key == kFields[i]) return static_cast<Field>(i);
  }
  return kNoField;
}

// Takes the parser's events. Only scalars directly in the record's object count. A wrong field is
// noted and parsing goes on, because damaged JSON behind it matters more.
class FlightEvents final : public nlohmann::json_sax<json> {
 public:
  bool null() override { return OtherType("null"); }
  bool boolean(bool) override { return OtherType("a boolean"); }
  bool binary(binary_t&) override { return OtherType("binary data"); }
  bool number_integer(number_integer_t value) override { return Number(value); }
  bool number_unsigned(number_unsigned_t value) override {
    constexpr auto kMax = static_cast<number_unsigned_t>(std::numeric_limits<int64_t>::max());
    return Number(static_cast<int64_t>(value < kMax ? value : kMax));
  }
  bool number_float(number_float_t, const string_t& text) override {
    return OtherType(absl::StrCat("the number ", Printable(text)));
  }
  bool string(string_t& text) override {
    if (depth_ != 1) return true;
    switch (std::exchange(field_, kNoField)) {
      case kDate:
        return Take(FlightDate::Parse(text), kDate, flight_.date, "yyyy/mm/dd HH:MM", text);
      case kOrigin:
        return Take(Iata::Parse(text), kOrigin, flight_.origin, "3 of A-Z0-9", text);
      case kDestination:
        return Take(Iata::Parse(text), kDestination, flight_.destination, "3 of A-Z0-9", text);
      case kDelay:
        return Wrong(kDelay, absl::StrCat("expected an integer, found \"", Printable(text), "\""));
      case kDistance:
        return Wrong(kDistance,
                     absl::StrCat("expected an integer, found \"", Printable(text), "\""));
      case kNoField:
        break;
    }
    return true;
  }
  bool start_object(std::size_t) override { return Open("an object"); }
  bool end_object() override { return Close(); }
  bool start_array(std::size_t) override { return Open("an array"); }
  bool end_array() override { return Close(); }
  bool key(string_t& name) override {
    if (depth_ == 1) field_ = FieldOf(name);
    return true;
  }
  bool parse_error(std::size_t position, const std::string& token,
                   const nlohmann::detail::exception&) override {
    damage_ = absl::StrCat("not JSON at byte ", position, ", near \"", Printable(token), "\"");
    return false;
  }

  absl::StatusOr<Flight> Result() const {
    if (!damage_.empty()) return absl::DataLossError(absl::StrCat("record: ", damage_));
    if (!wrong_.empty()) return absl::InvalidArgumentError(wrong_);
    for (size_t i = 0; i < kFields.size(); ++i) {
      if (!seen_[i]) return absl::InvalidArgumentError(absl::StrCat(kFields[i], ": is missing"));
    }
    return flight_;
  }

 private:
  bool Wrong(Field field, std::string_view reason) {
    seen_[field] = true;
    if (wrong_.empty()) {
      wrong_ = absl::StrCat(kFields[field], ": ", std::string(reason));
    }
    return true;
  }
  template <class T>
  bool Take(const std::optional<T>& value, Field field, T& into, const char* expected,
            std::string_view found) {
    if (!value.has_value()) {
      return Wrong(field,
                   absl::StrCat("expected ", expected, ", found \"", Printable(found), "\""));
    }
    into = *value;
    seen_[field] = true;
    return true;
  }
  bool Number(int64_t value) {
    if (depth_ != 1) return true;
    const Field field = std::exchange(field_, kNoField);
    if (field == kNoField) return true;
    if (field != kDelay && field != kDistance) {
      return Wrong(field, absl::StrCat("expected text, found the number ", value));
    }
    const int64_t min = field == kDistance ? 0 : kDelayMinutesMin;
    const int64_t max = field == kDistance ? kDistanceMilesMax : kDelayMinutesMax;
    if (value < min || value > max) {
      return Wrong(field, absl::StrCat(value, " is not between ", min, " and ", max));
    }
    (field == kDelay ? flight_.delay_minutes : flight_.distance_miles) =
        static_cast<int32_t>(value);
    seen_[field] = true;
    return true;
  }
  bool OtherType(std::string_view found) {
    if (depth_ != 1) return true;
    const Field field = std::exchange(field_, kNoField);
    if (field == kNoField) return true;
    const bool number = field == kDelay || field == kDistance;
    return Wrong(field, absl::StrCat("expected ", number ? "an integer" : "text", ", found ",
                                     std::string(found)));
  }
  bool Open(const char* what) {
    OtherType(what);
    ++depth_;
    return true;
  }
  bool Close() {
    --depth_;
    return true;
  }

  Flight flight_;
  Field field_ = kNoField;  // the key that was read last, directly in the record
  int depth_ = 0;
  std::array<bool, kFields.size()> seen_{};
  std::string wrong_;
  std::string damage_;
};

}  // namespace

absl::StatusOr<Flight> ParseFlight(std::string_view text) {
  if (text.empty() || text.front() != '{') {
    return absl::DataLossError("record: expected an object");
  }
  FlightEvents events;
  (void)json::sax_parse(text.begin(), text.end(), &events);  // Result() says what happened
  return events.Result();
}

std::string Printable(std::string_view text) {
  constexpr size_t kBytesMax = 40;
  std::string out;
  for (char c : text.substr(0, kBytesMax)) out += c >= 0x20 && c < 0x7f ? c : '?';
  if (text.size() > kBytesMax) out += "...";
  return out;
}

}  // namespace flightboard
