// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// What `journal` prints: records, findings and statistics as JSON, and times and bytes as text.
//
// Why: the names of the JSON members are an interface for scripts; they are all here.
// Threads: pure functions. Texts that are no UTF-8 are printed with replacement characters.
//
//   console.out << JsonLine(EventJson("Cart|7", entry)) << '\n';
#ifndef SAMPO_TOOLS_JOURNAL_JSON_RECORDS_H_
#define SAMPO_TOOLS_JOURNAL_JSON_RECORDS_H_

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "sampo/persistence/sqlite/offline/journal_reader.h"
#include "sampo/persistence/sqlite/offline/salvage.h"
#include "sampo/persistence/sqlite/offline/verify.h"

namespace sampo::journal_tool {

// Members in the order they were given.
using Json = nlohmann::ordered_json;

// On one line, without its end.
std::string JsonLine(const Json& json);

Json IdJson(const persistence::offline::IdSummary& id);
Json EventJson(std::string_view persistence_id, const persistence::offline::EventEntry& entry);
Json SnapshotJson(const persistence::offline::SnapshotEntry& entry);
Json StateJson(const persistence::offline::StateEntry& entry);
Json FindingJson(const persistence::offline::Finding& finding);
Json VerifyJson(const persistence::offline::VerifyReport& report);
Json StatsJson(const persistence::offline::JournalStats& stats);
Json SalvageJson(const persistence::offline::SalvageReport& report);

// "2026-11-26T04:26:15.123456Z".
std::string TimeText(int64_t micros);
// A payload for people: as text in quotes where it is one, else in hexadecimal; cut where it is
// long.
std::string PayloadText(std::string_view bytes);

}  // namespace sampo::journal_tool

#endif  // SAMPO_TOOLS_JOURNAL_JSON_RECORDS_H_
