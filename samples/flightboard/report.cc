// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/samples/flightboard/report.h"

#include <algorithm>
#include <array>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace flightboard {
namespace {

// Below, equal or above 0 as the mean of `a` is. Fractions are compared by cross multiplication, so
// that equal means are equal. 128 bits, because both factors may have 63.
int CompareMeans(const AirportStats& a, const AirportStats& b) {
  const __int128 left = static_cast<__int128>(a.delay_minutes) * b.arrivals;
  const __int128 right = static_cast<__int128>(b.delay_minutes) * a.arrivals;
  return left < right ? -1 : left > right ? 1 : 0;
}

AirportName NameOf(Iata iata, const AirportNames& names) {
  auto found = names.find(iata);
  return found != names.end() ? found->second
                              : AirportName{.name = "(unknown)", .city = "(unknown)"};
}

std::string CityOf(const AirportName& name) {
  return name.state.empty() ? name.city : absl::StrCat(name.city, ", ", name.state);
}

enum Column : size_t { kRank, kCode, kAirport, kCity, kArrivals, kMean, kColumnCount };
using Row = std::array<std::string, kColumnCount>;
using Widths = std::array<size_t, kColumnCount>;

bool IsNumber(size_t column) { return column == kRank || column == kArrivals || column == kMean; }

// Never "-0.0".
std::string Minutes(double minutes) {
  const std::string text = absl::StrFormat("%.1f", minutes);
  return absl::StrCat(text == "-0.0" ? "0.0" : text, " min");
}

std::vector<Row> RowsOf(const std::vector<AirportStats>& ranking, const AirportNames& names) {
  std::vector<Row> rows = {{"", "IATA", "airport", "city", "arrivals", "mean delay"}};
  for (const AirportStats& airport : ranking) {
    const AirportName name = NameOf(airport.iata, names);
    rows.push_back({absl::StrCat(rows.size()), airport.iata.ToString(), name.name, CityOf(name),
                    absl::StrCat(airport.arrivals),
                    Minutes(airport.mean_delay_minutes.value_or(0))});
  }
  return rows;
}

// So many columns of a terminal: UTF-8's continuation bytes take none.
size_t WidthOf(const std::string& text) {
  return static_cast<size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

void Widen(const std::vector<Row>& rows, Widths& widths) {
  for (const Row& row : rows) {
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], WidthOf(row[i]));
  }
}

// Columns two spaces apart, numbers to the right, no space at the end of a line.
std::string Align(const std::vector<Row>& rows, const Widths& widths) {
  std::string text;
  for (const Row& row : rows) {
    std::string line;
    for (size_t i = 0; i < row.size(); ++i) {
      if (i > 0) line += "  ";
      const std::string space(widths[i] - WidthOf(row[i]), ' ');
      line += IsNumber(i) ? space + row[i] : row[i] + space;
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

std::string Title(const char* which, const RankingRule& rule) {
  return absl::StrCat("The ", rule.airports_max, " airports with the ", which,
                      " mean arrival delay (at least ", rule.arrivals_min, " arrivals)\n\n");
}

}  // namespace

std::vector<AirportStats> Ranking(const Board& board, Rank rank, RankingRule rule) {
  std::vector<AirportStats> ranked;
  for (const AirportStats& airport : board.airports) {
    if (airport.arrivals >= std::max(int64_t{1}, rule.arrivals_min)) ranked.push_back(airport);
  }
  std::sort(ranked.begin(), ranked.end(), [rank](const AirportStats& a, const AirportStats& b) {
    const int order = rank == Rank::kWorst ? CompareMeans(b, a) : CompareMeans(a, b);
    return order != 0 ? order < 0 : a.iata < b.iata;
  });
  if (ranked.size() > rule.airports_max) ranked.resize(rule.airports_max);
  return ranked;
}

std::string ToText(const Report& report, const AirportNames& names) {
  const RankingRule rule;
  const std::vector<Row> worst = RowsOf(Ranking(report.board, Rank::kWorst, rule), names);
  const std::vector<Row> best = RowsOf(Ranking(report.board, Rank::kBest, rule), names);
  Widths widths{};
  Widen(worst, widths);
  Widen(best, widths);
  const auto table = [&](const std::vector<Row>& rows) {
    return rows.size() == 1 ? "(no airport has so many)\n" : Align(rows, widths);
  };
  return absl::StrCat(Title("worst", rule), table(worst), "\n", Title("best", rule), table(best),
                      "\n", report.board.flights, " flights of ", report.board.airports.size(),
                      " airports in the journal: ", report.new_flights, " new, ",
                      report.already_known, " already known; ", report.rejected,
                      " records rejected\n");
}

}  // namespace flightboard
