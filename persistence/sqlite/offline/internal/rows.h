// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#ifndef SAMPO_PERSISTENCE_SQLITE_OFFLINE_INTERNAL_ROWS_H_
#define SAMPO_PERSISTENCE_SQLITE_OFFLINE_INTERNAL_ROWS_H_

// The rows of a journal file (docs/formats/journal.md) as values: what the tools read, page by
// page.
//
// Why: verify, salvage, export and show read the same rows; none of them may trust what it reads.
// Threads: one for each database. Lifetime: values. Bounds: pages end at kPageRecordsMax records or
// kPageBytesMax bytes (record_limits.h).
//
//   SAMPO_ASSIGN_OR_RETURN(std::vector<IdRow> ids, ReadIds(database, 0, 100));
//   SAMPO_ASSIGN_OR_RETURN(EventRows page, ReadEvents(database, {ids[0].id, .from = 1}));

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "sampo/persistence/durable_state_store.h"
#include "sampo/persistence/journal.h"
#include "sampo/persistence/record_digest.h"
#include "sampo/persistence/snapshot_store.h"
#include "sampo/persistence/sqlite/offline/internal/database.h"

namespace sampo::persistence::offline {

struct IdRow {
  int64_t id = 0;
  std::string persistence_id;
  uint64_t epoch = 0;
  int64_t highest_seq = 0;
  ChainHash head_hash{};
  int64_t deleted_to = 0;
  ChainHash anchor_hash{};
  std::string malformed;  // what of the row is no value at all; empty: nothing
};

struct EventRow {
  int64_t id = 0;
  StoredEvent event;  // without persistence_id
  uint32_t crc = 0;
  std::string malformed;  // as above
};

// A page of events by number.
struct EventRows {
  std::vector<EventRow> rows;
  bool at_end = false;
};

struct EventRange {
  int64_t id = 0;
  int64_t from = 1;
  int64_t to = kSeqMax;
  int64_t rows_max = 1000;
};

struct SnapshotRow {
  SnapshotRecord snapshot;  // without persistence_id
  uint32_t crc = 0;
  std::string malformed;
};

struct StateRow {
  int64_t id = 0;
  StateRecord state;   // its epoch is the one of the write, which the crc covers
  uint64_t epoch = 0;  // granted last
  bool deleted = false;
  uint32_t crc = 0;
  std::string malformed;
};

// Ids behind row `after` (0: from the start).
absl::StatusOr<std::vector<IdRow>> ReadIds(Database& database, int64_t after, int64_t rows_max);
absl::StatusOr<std::optional<IdRow>> ReadId(Database& database, int64_t id);
absl::StatusOr<std::optional<IdRow>> FindId(Database& database, std::string_view persistence_id);

// Whether the index of names of a table of ids leads to row `id` by its name. Where it does not,
// the store refuses the id (sqlite/internal/rows.h, NameIndex).
enum class NameTable : uint8_t { kIds, kStates };
absl::StatusOr<bool> IsIndexed(Database& database, NameTable table, int64_t id,
                               std::string_view persistence_id);
// What is wrong with a row that it does not lead to.
inline constexpr char kNotIndexed[] = "its row is missing in the index of names";
// As FindId and FindState, by reading all rows: what the index has lost. The row is malformed then.
absl::StatusOr<std::optional<IdRow>> FindUnindexedId(Database& database,
                                                     std::string_view persistence_id);

absl::StatusOr<EventRows> ReadEvents(Database& database, const EventRange& range);
// The numbers of the id's events from the index alone: what is left when rows cannot be read.
absl::StatusOr<std::vector<int64_t>> ReadEventNumbers(Database& database, const EventRange& range);
// One event of the index, by its number.
absl::StatusOr<std::optional<EventRow>> ReadEvent(Database& database, int64_t id, int64_t seq);
absl::StatusOr<std::optional<EventRow>> ReadEventAt(Database& database, int64_t ordering);
absl::StatusOr<bool> HasTag(Database& database, std::string_view tag, int64_t ordering);

// The id's next snapshot behind number `after`; -1: from the start.
absl::StatusOr<std::optional<SnapshotRow>> ReadSnapshot(Database& database, int64_t id,
                                                        int64_t after);

absl::StatusOr<std::vector<StateRow>> ReadStates(Database& database, int64_t after,
                                                 int64_t rows_max);
absl::StatusOr<std::optional<StateRow>> FindState(Database& database,
                                                  std::string_view persistence_id);
absl::StatusOr<std::optional<StateRow>> FindUnindexedState(Database& database,
                                                           std::string_view persistence_id);

// Events or snapshots whose id is not in the table ids.
struct Orphans {
  int64_t id = 0;
  int64_t from = 0;  // numbers, both included
  int64_t to = 0;
  int64_t rows = 0;
};
// Those of the next id behind `after` that has rows in `table`, "events" or "snapshots", whether in
// the table ids or not.
enum class OrphanTable : uint8_t { kEvents, kSnapshots };
absl::StatusOr<std::optional<Orphans>> ReadRowsBehind(Database& database, OrphanTable table,
                                                      int64_t after, int64_t before);

// What is wrong with a record's checksum or its columns: empty: nothing. The id of a snapshot is
// filled in before.
std::string ProblemOf(const SnapshotRow& row, RecordDigest& digest);
std::string ProblemOf(const StateRow& row, RecordDigest& digest);
// The same without the column `deleted`, which can be told from the rest.
std::string RecordProblemOf(const StateRow& row, RecordDigest& digest);
std::string ProblemOf(const EventRow& row, std::string_view persistence_id, RecordDigest& digest);

}  // namespace sampo::persistence::offline

#endif  // SAMPO_PERSISTENCE_SQLITE_OFFLINE_INTERNAL_ROWS_H_
