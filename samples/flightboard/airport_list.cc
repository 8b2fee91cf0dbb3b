// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/samples/flightboard/airport_list.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string_view>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "sampo/samples/flightboard/board_json.h"

namespace flightboard {
namespace {

// What an airport is sorted by: a number or a text, the other one is constant.
struct Key {
  bool is_missing = false;
  double number = 0;  // exact for counts up to 2^53
  std::string_view text = {};
};

template <class T>
Key KeyOf(const std::optional<T>& value) {
  if (!value.has_value()) return {.is_missing = true};
  return {.number = static_cast<double>(*value)};
}

using KeyFunction = Key (*)(const AirportStats& airport, const AirportName* name);

struct Field {
  const char* name;
  KeyFunction key;
};
constexpr Field kFields[] = {
    {"iata", [](const AirportStats&, const AirportName*) { return Key(); }},
    {"name",
     [](const AirportStats&, const AirportName* name) {
       return name == nullptr ? Key{.is_missing = true} : Key{.text = name->name};
     }},
    {"city",
     [](const AirportStats&, const AirportName* name) {
       return name == nullptr ? Key{.is_missing = true} : Key{.text = name->city};
     }},
    {"departures",
     [](const AirportStats& a, const AirportName*) { return KeyOf(std::optional(a.departures)); }},
    {"arrivals",
     [](const AirportStats& a, const AirportName*) { return KeyOf(std::optional(a.arrivals)); }},
    {"mean_delay_minutes",
     [](const AirportStats& a, const AirportName*) { return KeyOf(a.mean_delay_minutes); }},
    {"p95_delay_minutes",
     [](const AirportStats& a, const AirportName*) { return KeyOf(a.p95_delay_minutes); }},
    {"on_time_share",
     [](const AirportStats& a, const AirportName*) { return KeyOf(a.on_time_share); }},
};

struct Entry {
  const AirportStats* airport;
  Key key;
};

std::vector<Entry> Sorted(const Board& board, const AirportNames& names, std::string_view sort) {
  const bool descending = sort.starts_with('-');
  const std::string_view name = sort.substr(descending ? 1 : 0);
  const Field* const field = std::find_if(std::begin(kFields), std::end(kFields) - 1,
                                          [&](const Field& f) { return name == f.name; });
  std::vector<Entry> entries;
  entries.reserve(board.airports.size());
  for (const AirportStats& airport : board.airports) {
    const auto known = names.find(airport.iata);
    entries.push_back(
        {&airport, field->key(airport, known != names.end() ? &known->second : nullptr)});
  }
  // Descending by iata is the one order in which the codes themselves are turned round.
  const bool by_iata = name == kFields[0].name;
  std::sort(entries.begin(), entries.end(), [&](const Entry& a, const Entry& b) {
    if (a.key.is_missing != b.key.is_missing) return b.key.is_missing;
    const auto left = std::tie(a.key.number, a.key.text);
    const auto right = std::tie(b.key.number, b.key.text);
    if (left != right) return descending ? right < left : left < right;
    return by_iata && descending ? b.airport->iata < a.airport->iata
                                 : a.airport->iata < b.airport->iata;
  });
  return entries;
}

}  // namespace

std::vector<std::string> SortNames() {
  std::vector<std::string> names;
  for (const Field& field : kFields) names.emplace_back(field.name);
  for (const Field& field : kFields) names.push_back(absl::StrCat("-", field.name));
  return names;
}

std::string AirportList(const Board& board, const AirportNames& names, const ListQuery& query) {
  const std::vector<Entry> entries = Sorted(board, names, query.sort);
  const auto total = static_cast<int64_t>(entries.size());
  const int64_t begin = std::min(total, (query.page - 1) * query.limit);
  const int64_t end = std::min(total, begin + query.limit);
  std::string text = "{\"airports\":[";
  for (int64_t i = begin; i < end; ++i) {
    absl::StrAppend(&text, i == begin ? "" : ",",
                    ToJson(*entries[static_cast<size_t>(i)].airport, names));
  }
  absl::StrAppend(&text, "],\"total\":", total, ",\"page\":", query.page,
                  ",\"limit\":", query.limit, "}");
  return text;
}

}  // namespace flightboard
