// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/samples/flightboard/airport_names.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <fstream>
#include <system_error>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace flightboard {
namespace {

enum Column : size_t { kIata, kName, kCity, kState, kLatitude, kLongitude, kColumnCount };
constexpr std::array<const char*, kColumnCount> kColumns = {"iata",  "name",     "city",
                                                            "state", "latitude", "longitude"};
using Places = std::array<size_t, kColumns.size()>;

absl::Status Bad(const std::string& path, int line, const std::string& reason) {
  return absl::InvalidArgumentError(absl::StrCat(path, ":", line, ": ", reason));
}

absl::StatusOr<Places> FindColumns(const std::vector<std::string>& header,
                                   const std::string& path) {
  Places places{};
  for (size_t i = 0; i < kColumns.size(); ++i) {
    auto found = std::find(header.begin(), header.end(), kColumns[i]);
    if (found == header.end()) {
      return Bad(path, 1, absl::StrCat("the header has no column \"", kColumns[i], "\""));
    }
    places[i] = static_cast<size_t>(found - header.begin());
  }
  return places;
}

// Nothing unless `text` is a number from -`max` to `max`.
std::optional<double> ParseDegrees(const std::string& text, double max) {
  double degrees = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), degrees);
  const bool is_number = error == std::errc() && end == text.data() + text.size();
  if (!is_number || !(degrees >= -max && degrees <= max)) return std::nullopt;
  return degrees;
}

// A line without its line break; false at the end of the stream.
bool ReadLine(std::istream& in, std::string& line) {
  if (!std::getline(in, line)) return false;
  if (!line.empty() && line.back() == '\r') line.pop_back();
  return true;
}

// Takes a field off the front of `rest`; false where its quotes are wrong.
bool TakeField(std::string_view& rest, std::string& field) {
  if (rest.empty() || rest.front() != '"') {
    field = rest.substr(0, rest.find(','));
    rest.remove_prefix(field.size());
    return true;
  }
  rest.remove_prefix(1);
  for (;;) {
    const size_t quote = rest.find('"');
    if (quote == std::string_view::npos) return false;
    field += rest.substr(0, quote);
    rest.remove_prefix(quote + 1);
    if (rest.empty() || rest.front() == ',') return true;
    if (rest.front() != '"') return false;
    field += '"';  // a doubled quote means one
    rest.remove_prefix(1);
  }
}

}  // namespace

std::optional<std::vector<std::string>> SplitCsvLine(std::string_view line) {
  std::vector<std::string> fields;
  for (;;) {
    std::string field;
    if (!TakeField(line, field)) return std::nullopt;
    fields.push_back(std::move(field));
    if (line.empty()) return fields;
    line.remove_prefix(1);  // the comma
  }
}

absl::StatusOr<AirportNames> ReadAirportNames(std::istream& in, const std::string& path) {
  AirportNames names;
  Places places{};
  size_t column_count = 0;
  std::string text;
  for (int line = 1; ReadLine(in, text); ++line) {
    std::optional<std::vector<std::string>> fields = SplitCsvLine(text);
    if (!fields.has_value()) return Bad(path, line, "a quoted field does not end properly");
    if (line == 1) {
      absl::StatusOr<Places> found = FindColumns(*fields, path);
      if (!found.ok()) return found.status();
      places = *found;
      column_count = fields->size();
      continue;
    }
    if (fields->size() != column_count) {
      return Bad(path, line,
                 absl::StrCat(fields->size(), " fields, the header has ", column_count));
    }
    // Codes of other lengths are not in the flights' data either.
    const auto field = [&](Column column) -> const std::string& {
      return (*fields)[places[column]];
    };
    const std::optional<Iata> iata = Iata::Parse(field(kIata));
    if (!iata.has_value()) continue;
    const std::optional<double> latitude = ParseDegrees(field(kLatitude), 90);
    const std::optional<double> longitude = ParseDegrees(field(kLongitude), 180);
    if (!latitude.has_value() || !longitude.has_value()) {
      return Bad(path, line,
                 absl::StrCat("\"", field(kLatitude), "\", \"", field(kLongitude),
                              "\": expected degrees, -90 to 90 and -180 to 180"));
    }
    names[*iata] = {field(kName), field(kCity), field(kState), *latitude, *longitude};
  }
  if (column_count == 0) return Bad(path, 1, "the file is empty");
  return names;
}

absl::StatusOr<AirportNames> ReadAirportNames(const std::string& path) {
  std::ifstream file(path);
  if (!file) return absl::NotFoundError(absl::StrCat("can't open ", path));
  return ReadAirportNames(file, path);
}

}  // namespace flightboard
