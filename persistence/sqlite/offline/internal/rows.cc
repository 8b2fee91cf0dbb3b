// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/persistence/sqlite/offline/internal/rows.h"

#include <algorithm>
#include <utility>

#include "sampo/actor/base/status_macros.h"
#include "sampo/persistence/record_limits.h"
#include "sampo/persistence/sqlite/internal/record_columns.h"

namespace sampo::persistence::offline {
namespace {

using internal::kEventColumns;
using internal::kIdColumns;
using internal::kStateColumns;

#define SAMPO_FROM_IDS "SELECT " SAMPO_JOURNAL_ID_COLUMNS ", persistence_id FROM ids "
#define SAMPO_FROM_EVENTS "SELECT " SAMPO_JOURNAL_EVENT_COLUMNS ", e.id FROM events e "
#define SAMPO_FROM_STATES "SELECT " SAMPO_JOURNAL_STATE_COLUMNS ", id, persistence_id FROM states "

constexpr char kIdsAfter[] = SAMPO_FROM_IDS "WHERE id > ? ORDER BY id LIMIT ?";
constexpr char kIdByNumber[] = SAMPO_FROM_IDS "WHERE id = ?";
constexpr char kIdByName[] = SAMPO_FROM_IDS "WHERE persistence_id = ?";
constexpr char kIdByScan[] = SAMPO_FROM_IDS "NOT INDEXED WHERE persistence_id = ?";
constexpr char kIdIsIndexed[] =
    "SELECT 1 FROM ids INDEXED BY sqlite_autoindex_ids_1 WHERE persistence_id = ? AND id = ?";
constexpr char kEvents[] =
    SAMPO_FROM_EVENTS "WHERE e.id = ? AND e.seq >= ? AND e.seq <= ? ORDER BY e.seq LIMIT ?";
constexpr char kEventAt[] = SAMPO_FROM_EVENTS "WHERE e.ordering = ?";
constexpr char kEventNumbers[] =
    "SELECT seq FROM events WHERE id = ? AND seq >= ? AND seq <= ? ORDER BY seq LIMIT ?";
constexpr char kTag[] = "SELECT 1 FROM tags WHERE tag = ? AND ordering = ?";
constexpr char kSnapshot[] = "SELECT " SAMPO_JOURNAL_SNAPSHOT_COLUMNS
                             " FROM snapshots WHERE id = ? AND seq > ? ORDER BY seq LIMIT 1";
constexpr char kStatesAfter[] = SAMPO_FROM_STATES "WHERE id > ? ORDER BY id LIMIT ?";
constexpr char kStateByName[] = SAMPO_FROM_STATES "WHERE persistence_id = ?";
constexpr char kStateByScan[] = SAMPO_FROM_STATES "NOT INDEXED WHERE persistence_id = ?";
constexpr char kStateIsIndexed[] =
    "SELECT 1 FROM states INDEXED BY sqlite_autoindex_states_1 WHERE persistence_id = ? AND id = ?";

// Two steps: where the next id is, and what it has; each uses the index.
constexpr char kNextEventId[] = "SELECT min(id) FROM events WHERE id > ? AND id < ?";
constexpr char kNextSnapshotId[] = "SELECT min(id) FROM snapshots WHERE id > ? AND id < ?";
constexpr char kEventSpan[] = "SELECT min(seq), max(seq), count(*) FROM events WHERE id = ?";
constexpr char kSnapshotSpan[] = "SELECT min(seq), max(seq), count(*) FROM snapshots WHERE id = ?";

IdRow IdOf(const Query& query) {
  internal::IdRow read;
  IdRow row;
  row.malformed = ReadIdColumns(query.row(), read);
  row.id = read.id;
  row.persistence_id = query.Text(kIdColumns);
  row.epoch = read.head.epoch;
  row.highest_seq = read.head.highest_seq;
  row.head_hash = read.head.hash;
  row.deleted_to = read.head.deleted_to;
  row.anchor_hash = read.anchor;
  return row;
}

EventRow EventOf(const Query& query) {
  EventRow row;
  row.malformed = ReadEventColumns(query.row(), row.event, row.crc);
  row.id = query.Int(kEventColumns);
  return row;
}

SnapshotRow SnapshotOf(const Query& query) {
  SnapshotRow row;
  row.malformed = ReadSnapshotColumns(query.row(), row.snapshot, row.crc);
  return row;
}

StateRow StateOf(const Query& query) {
  internal::StateColumns read;
  StateRow row;
  row.malformed = ReadStateColumns(query.row(), read);
  row.id = query.Int(kStateColumns);
  row.state = std::move(read.state);
  row.state.persistence_id = query.Text(kStateColumns + 1);
  row.epoch = read.epoch;
  row.deleted = read.deleted;
  row.crc = read.crc;
  return row;
}

// A row that a scan found, and the index did not.
template <class Row>
std::optional<Row> Unindexed(std::optional<Row> row) {
  if (row.has_value() && row->malformed.empty()) row->malformed = kNotIndexed;
  return row;
}

// The first row of `query`, if there is one.
template <class Row>
absl::StatusOr<std::optional<Row>> FirstOf(Query query, Row (*of)(const Query&)) {
  SAMPO_ASSIGN_OR_RETURN(const bool found, query.Step());
  return found ? std::optional<Row>(of(query)) : std::nullopt;
}

}  // namespace

absl::StatusOr<std::vector<IdRow>> ReadIds(Database& database, int64_t after, int64_t rows_max) {
  std::vector<IdRow> rows;
  Query query = database.Use(kIdsAfter);
  query.Bind(1, after);
  query.Bind(2, rows_max);
  while (true) {
    SAMPO_ASSIGN_OR_RETURN(const bool more, query.Step());
    if (!more) return rows;
    rows.push_back(IdOf(query));
  }
}

absl::StatusOr<std::optional<IdRow>> ReadId(Database& database, int64_t id) {
  Query query = database.Use(kIdByNumber);
  query.Bind(1, id);
  return FirstOf(std::move(query), &IdOf);
}

absl::StatusOr<std::optional<IdRow>> FindId(Database& database, std::string_view persistence_id) {
  Query query = database.Use(kIdByName);
  query.Bind(1, persistence_id);
  return FirstOf(std::move(query), &IdOf);
}

absl::StatusOr<bool> IsIndexed(Database& database, NameTable table, int64_t id,
                               std::string_view persistence_id) {
  Query query = database.Use(table == NameTable::kIds ? kIdIsIndexed : kStateIsIndexed);
  query.Bind(1, persistence_id);
  query.Bind(2, id);
  return query.Step();
}

absl::StatusOr<std::optional<IdRow>> FindUnindexedId(Database& database,
                                                     std::string_view persistence_id) {
  Query query = database.Use(kIdByScan);
  query.Bind(1, persistence_id);
  SAMPO_ASSIGN_OR_RETURN(std::optional<IdRow> row, FirstOf(std::move(query), &IdOf));
  return Unindexed(std::move(row));
}

absl::StatusOr<EventRows> ReadEvents(Database& database, const EventRange& range) {
  EventRows page;
  Query query = database.Use(kEvents);
  query.Bind(1, range.id);
  query.Bind(2, range.from);
  query.Bind(3, range.to);
  query.Bind(4, std::min(range.rows_max, kPageRecordsMax));
  size_t bytes = 0;
  while (bytes < kPageBytesMax) {
    SAMPO_ASSIGN_OR_RETURN(const bool more, query.Step());
    if (!more) {
      page.at_end =
          static_cast<int64_t>(page.rows.size()) < std::min(range.rows_max, kPageRecordsMax);
      return page;
    }
    page.rows.push_back(EventOf(query));
    const StoredEvent& event = page.rows.back().event;
    bytes += event.payload.size() + event.metadata.size() + event.manifest.size();
  }
  return page;
}

absl::StatusOr<std::vector<int64_t>> ReadEventNumbers(Database& database, const EventRange& range) {
  std::vector<int64_t> numbers;
  Query query = database.Use(kEventNumbers);
  query.Bind(1, range.id);
  query.Bind(2, range.from);
  query.Bind(3, range.to);
  query.Bind(4, std::min(range.rows_max, kPageRecordsMax));
  while (true) {
    SAMPO_ASSIGN_OR_RETURN(const bool more, query.Step());
    if (!more) return numbers;
    numbers.push_back(query.Int(0));
  }
}

absl::StatusOr<std::optional<EventRow>> ReadEvent(Database& database, int64_t id, int64_t seq) {
  Query query = database.Use(kEvents);
  query.Bind(1, id);
  query.Bind(2, seq);
  query.Bind(3, seq);
  query.Bind(4, int64_t{1});
  return FirstOf(std::move(query), &EventOf);
}

absl::StatusOr<std::optional<EventRow>> ReadEventAt(Database& database, int64_t ordering) {
  Query query = database.Use(kEventAt);
  query.Bind(1, ordering);
  return FirstOf(std::move(query), &EventOf);
}

absl::StatusOr<bool> HasTag(Database& database, std::string_view tag, int64_t ordering) {
  Query query = database.Use(kTag);
  query.Bind(1, tag);
  query.Bind(2, ordering);
  return query.Step();
}

absl::StatusOr<std::optional<SnapshotRow>> ReadSnapshot(Database& database, int64_t id,
                                                        int64_t after) {
  Query query = database.Use(kSnapshot);
  query.Bind(1, id);
  query.Bind(2, after);
  return FirstOf(std::move(query), &SnapshotOf);
}

absl::StatusOr<std::vector<StateRow>> ReadStates(Database& database, int64_t after,
                                                 int64_t rows_max) {
  std::vector<StateRow> rows;
  Query query = database.Use(kStatesAfter);
  query.Bind(1, after);
  query.Bind(2, rows_max);
  size_t bytes = 0;
  while (bytes < kPageBytesMax) {
    SAMPO_ASSIGN_OR_RETURN(const bool more, query.Step());
    if (!more) break;
    rows.push_back(StateOf(query));
    bytes += rows.back().state.payload.size();
  }
  return rows;
}

absl::StatusOr<std::optional<StateRow>> FindState(Database& database,
                                                  std::string_view persistence_id) {
  Query query = database.Use(kStateByName);
  query.Bind(1, persistence_id);
  return FirstOf(std::move(query), &StateOf);
}

absl::StatusOr<std::optional<StateRow>> FindUnindexedState(Database& database,
                                                           std::string_view persistence_id) {
  Query query = database.Use(kStateByScan);
  query.Bind(1, persistence_id);
  SAMPO_ASSIGN_OR_RETURN(std::optional<StateRow> row, FirstOf(std::move(query), &StateOf));
  return Unindexed(std::move(row));
}

absl::StatusOr<std::optional<Orphans>> ReadRowsBehind(Database& database, OrphanTable table,
                                                      int64_t after, int64_t before) {
  const bool events = table == OrphanTable::kEvents;
  Query next = database.Use(events ? kNextEventId : kNextSnapshotId);
  next.Bind(1, after);
  next.Bind(2, before);
  SAMPO_ASSIGN_OR_RETURN(const bool found, next.Step());
  if (!found || next.IsNull(0)) return std::optional<Orphans>();
  Query span = database.Use(events ? kEventSpan : kSnapshotSpan);
  span.Bind(1, next.Int(0));
  SAMPO_RETURN_IF_ERROR(span.Step().status());
  return std::optional<Orphans>({next.Int(0), span.Int(0), span.Int(1), span.Int(2)});
}

std::string ProblemOf(const SnapshotRow& row, RecordDigest& digest) {
  if (!row.malformed.empty()) return row.malformed;
  digest.SetSnapshot(row.snapshot);
  return internal::CrcProblem(row.crc, digest.Crc32c());
}

std::string RecordProblemOf(const StateRow& row, RecordDigest& digest) {
  if (!row.malformed.empty()) return row.malformed;
  digest.SetState(row.state);
  return internal::CrcProblem(row.crc, digest.Crc32c());
}

std::string ProblemOf(const StateRow& row, RecordDigest& digest) {
  std::string problem = RecordProblemOf(row, digest);
  return problem.empty() ? internal::DeletedProblem(row.deleted, row.state) : problem;
}

std::string ProblemOf(const EventRow& row, std::string_view persistence_id, RecordDigest& digest) {
  if (!row.malformed.empty()) return row.malformed;
  digest.SetEvent(persistence_id, row.event);
  return internal::CrcProblem(row.crc, digest.Crc32c());
}

}  // namespace sampo::persistence::offline
