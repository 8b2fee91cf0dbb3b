// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/samples/flightboard/report.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace flightboard {
namespace {

AirportName NameOf(Iata iata, const AirportNames& names) {
  auto found = names.find(iata);
  return found != names.end() ? found->second : AirportName{"(unknown)", "(unknown)", ""};
}

std::string CityOf(const AirportName& name) {
  return name.state.empty() ? name.city : absl::StrCat(name.city, ", ", name.state);
}

enum Column : size_t { kRank, kCode, kAirport, kCity, kArrivals, kMean, kColumnCount };
using Row = std::array<std::string, kColumnCount>;

bool IsNumber(size_t column) { return column == kRank || column == kArrivals || column == kMean; }

std::vector<Row> RowsOf(const Report& report, const AirportNames& names) {
  std::vector<Row> rows = {{"", "IATA", "airport", "city", "arrivals", "mean delay"}};
  for (const RankedAirport& airport : report.worst) {
    const AirportName name = NameOf(airport.iata, names);
    rows.push_back({absl::StrCat(rows.size()), airport.iata.ToString(), name.name, CityOf(name),
                    absl::StrCat(airport.delays.arrivals),
                    absl::StrFormat("%.1f min", airport.delays.mean())});
  }
  return rows;
}

// Columns two spaces apart, numbers to the right, no space at the end of a line.
std::string Align(const std::vector<Row>& rows) {
  std::array<size_t, kColumnCount> widths{};
  for (const Row& row : rows) {
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string text;
  for (const Row& row : rows) {
    std::string line;
    for (size_t i = 0; i < row.size(); ++i) {
      if (i > 0) line += "  ";
      const std::string space(widths[i] - row[i].size(), ' ');
      line += IsNumber(i) ? space + row[i] : row[i] + space;
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

std::string Verdict(const Report& report) {
  if (!report.equals_fold.has_value()) return "not compared with a plain fold";
  return *report.equals_fold ? "equal to a plain fold over the file"
                             : "NOT equal to a plain fold over the file";
}

}  // namespace

std::string ToText(const Report& report, const AirportNames& names) {
  std::string text = absl::StrCat("The ", report.rule.airports_max,
                                  " airports with the worst mean arrival delay (at least ",
                                  report.rule.arrivals_min, " arrivals)\n\n");
  text += report.worst.empty() ? "(no airport has so many)\n" : Align(RowsOf(report, names));
  absl::StrAppend(&text, "\n", report.flights, " flights, ", report.airports, " airports, ",
                  report.bad_records, " bad records\n", Verdict(report), "\n");
  return text;
}

std::string ToJson(const Report& report, const AirportNames& names) {
  nlohmann::ordered_json worst = nlohmann::ordered_json::array();
  for (const RankedAirport& airport : report.worst) {
    const AirportName name = NameOf(airport.iata, names);
    worst.push_back({{"iata", airport.iata.ToString()},
                     {"name", name.name},
                     {"city", name.city},
                     {"state", name.state},
                     {"arrivals", airport.delays.arrivals},
                     {"delay_minutes", airport.delays.minutes},
                     {"mean_delay_minutes", airport.delays.mean()}});
  }
  nlohmann::ordered_json json = {{"flights", report.flights},
                                 {"airports", report.airports},
                                 {"bad_records", report.bad_records},
                                 {"arrivals_min", report.rule.arrivals_min},
                                 {"worst", worst},
                                 {"equals_fold", nullptr}};
  if (report.equals_fold.has_value()) json["equals_fold"] = *report.equals_fold;
  // Names come from a file: bytes that are not UTF-8 are replaced, not thrown about.
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace flightboard
