// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/tools/journal/json_records.h"

#include <algorithm>

#include "absl/strings/escaping.h"
#include "absl/time/time.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/persistence/record_digest.h"

namespace sampo::journal_tool {
namespace {

using persistence::HashText;

constexpr size_t kPayloadBytesShown = 100;

std::string Base64(std::string_view bytes) { return absl::Base64Escape(ToAbsl(bytes)); }

std::string CrcText(uint32_t crc) { return absl::StrCat(absl::Hex(crc, absl::kZeroPad8)); }

// What records have in common, behind their id and number.
template <class Record>
void AddRecord(const Record& record, uint32_t crc, const std::string& problem, Json& json) {
  json["epoch"] = record.epoch;
  json["written_at"] = TimeText(record.written_at_micros);
  json["written_at_micros"] = record.written_at_micros;
  json["manifest"] = record.manifest;
  json["version"] = record.version;
  json["payload"] = Base64(record.payload);
  json["crc"] = CrcText(crc);
  if (!problem.empty()) json["problem"] = problem;
}

}  // namespace

std::string JsonLine(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Json IdJson(const persistence::offline::IdSummary& id) {
  Json json = {{"persistence_id", id.persistence_id},
               {"highest_seq", id.head.highest_seq},
               {"deleted_to", id.head.deleted_to},
               {"epoch", id.head.epoch},
               {"head_hash", HashText(id.head.hash)}};
  if (!id.problem.empty()) json["problem"] = id.problem;
  return json;
}

Json EventJson(std::string_view persistence_id, const persistence::offline::EventEntry& entry) {
  Json json = {{"persistence_id", std::string(persistence_id)},
               {"seq", entry.event.seq},
               {"ordering", entry.event.ordering}};
  AddRecord(entry.event, entry.crc, entry.problem, json);
  json["tags"] = entry.event.tags;
  json["metadata"] = Base64(entry.event.metadata);
  return json;
}

Json SnapshotJson(const persistence::offline::SnapshotEntry& entry) {
  Json json = {{"persistence_id", entry.snapshot.persistence_id}, {"seq", entry.snapshot.seq}};
  AddRecord(entry.snapshot, entry.crc, entry.problem, json);
  json["hash"] = HashText(entry.snapshot.hash);
  json["metadata"] = Base64(entry.snapshot.metadata);
  return json;
}

Json StateJson(const persistence::offline::StateEntry& entry) {
  Json json = {{"persistence_id", entry.state.persistence_id},
               {"revision", entry.state.revision},
               {"deleted", entry.deleted}};
  AddRecord(entry.state, entry.crc, entry.problem, json);
  json["tag"] = entry.state.tag;
  json["writer_epoch"] = entry.epoch;
  return json;
}

Json FindingJson(const persistence::offline::Finding& finding) {
  Json json = {{"kind", NameOf(finding.kind)}};
  if (!finding.persistence_id.empty()) json["persistence_id"] = finding.persistence_id;
  if (finding.kind != persistence::offline::FindingKind::kFile &&
      finding.kind != persistence::offline::FindingKind::kWal) {
    json["from"] = finding.from;
    json["to"] = finding.to;
  }
  json["what"] = finding.what;
  return json;
}

Json VerifyJson(const persistence::offline::VerifyReport& report) {
  Json json = {{"ids", report.ids},
               {"events", report.events},
               {"snapshots", report.snapshots},
               {"states", report.states},
               {"tags", report.tags},
               {"wal_commits", report.wal_commits},
               {"ids_damaged", report.ids_damaged},
               {"findings_total", report.findings}};
  if (!report.wal_tail.empty()) json["wal_tail"] = report.wal_tail;
  return json;
}

Json StatsJson(const persistence::offline::JournalStats& stats) {
  Json types = Json::array();
  for (const persistence::offline::TypeCount& type : stats.types) {
    types.push_back({{"type", type.type}, {"ids", type.ids}, {"events", type.events}});
  }
  Json largest = Json::array();
  for (const persistence::offline::IdSummary& id : stats.largest) {
    largest.push_back({{"persistence_id", id.persistence_id},
                       {"events", id.head.highest_seq - id.head.deleted_to}});
  }
  return {{"file_bytes", stats.file_bytes},
          {"wal_bytes", stats.wal_bytes},
          {"page_bytes", stats.page_bytes},
          {"free_pages", stats.free_pages},
          {"ids", stats.ids},
          {"events", stats.events},
          {"event_bytes", stats.event_bytes},
          {"events_deleted", stats.events_deleted},
          {"last_ordering", stats.last_ordering},
          {"first_written_at", stats.events == 0 ? "" : TimeText(stats.first_written_micros)},
          {"last_written_at", stats.events == 0 ? "" : TimeText(stats.last_written_micros)},
          {"snapshots", stats.snapshots},
          {"snapshot_bytes", stats.snapshot_bytes},
          {"states", stats.states},
          {"states_deleted", stats.states_deleted},
          {"state_bytes", stats.state_bytes},
          {"types", types},
          {"largest", largest}};
}

Json SalvageJson(const persistence::offline::SalvageReport& report) {
  Json json = {{"ids", report.ids},
               {"ids_whole", report.ids_whole},
               {"ids_unproven", report.ids_unproven},
               {"events", report.events},
               {"snapshots", report.snapshots},
               {"states", report.states},
               {"events_lost", report.events_lost},
               {"snapshots_lost", report.snapshots_lost},
               {"states_lost", report.states_lost},
               {"ids_lost", report.ids_lost},
               {"events_behind_damage", report.events_behind_damage}};
  if (!report.wal.empty()) json["wal"] = report.wal;
  return json;
}

std::string TimeText(int64_t micros) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E6SZ", absl::FromUnixMicros(micros),
                          absl::UTCTimeZone());
}

std::string PayloadText(std::string_view bytes) {
  const std::string_view shown = bytes.substr(0, kPayloadBytesShown);
  const bool text =
      std::all_of(shown.begin(), shown.end(), [](char c) { return c >= ' ' && c < 127; });
  const std::string body =
      text ? StrCat("\"", shown, "\"") : StrCat("0x", absl::BytesToHexString(ToAbsl(shown)));
  return StrCat(body, shown.size() < bytes.size() ? "..." : "");
}

}  // namespace sampo::journal_tool
