// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// The columns of the journal file's tables (docs/formats/journal.md), and records from them: what
// the plugin and the operator's tools both read.
//
// Why: a column is decoded, and called malformed, in one place. Each function reads the columns of
// the list with its name, from the first on, of the row that the statement stands on, and says what
// is no value at all; empty: nothing. Whether the checksum is right is the caller's to ask.
// Threads: functions on a statement of the caller.
//
//   db.Prepare("SELECT " SAMPO_JOURNAL_EVENT_COLUMNS " FROM events e WHERE e.id = ?1");
//   std::string malformed = ReadEventColumns(row, event, crc);
#ifndef SAMPO_PERSISTENCE_SQLITE_INTERNAL_RECORD_COLUMNS_H_
#define SAMPO_PERSISTENCE_SQLITE_INTERNAL_RECORD_COLUMNS_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sampo/persistence/durable_state_store.h"
#include "sampo/persistence/journal.h"
#include "sampo/persistence/record_digest.h"
#include "sampo/persistence/snapshot_store.h"
#include "sampo/persistence/sqlite/internal/connection.h"

// Macros, so that a statement is one literal.
#define SAMPO_JOURNAL_ID_COLUMNS "id, epoch, highest_seq, head_hash, deleted_to, anchor_hash"
#define SAMPO_JOURNAL_EVENT_COLUMNS                                                       \
  "e.ordering, e.seq, e.epoch, e.written_at, e.manifest, e.version, e.tags, e.metadata, " \
  "e.payload, e.crc"
#define SAMPO_JOURNAL_SNAPSHOT_COLUMNS \
  "seq, epoch, hash, written_at, manifest, version, metadata, payload, crc"
#define SAMPO_JOURNAL_STATE_COLUMNS \
  "epoch, revision, deleted, write_epoch, written_at, manifest, version, tag, payload, crc"

namespace sampo::persistence::internal {

// How many columns those are: the next ones are the caller's.
inline constexpr int kIdColumns = 6;
inline constexpr int kEventColumns = 10;
inline constexpr int kSnapshotColumns = 9;
inline constexpr int kStateColumns = 10;

// A row of `ids`.
struct IdRow {
  int64_t id = 0;
  JournalHead head;    // with the hash at highest_seq
  ChainHash anchor{};  // the hash at deleted_to
};

struct StateColumns {
  uint64_t epoch = 0;  // granted last; that of `state` is the one of the write
  bool deleted = false;
  StateRecord state;  // without persistence_id
  uint32_t crc = 0;
};

std::string ReadIdColumns(Statement& row, IdRow& id);
// Without persistence_id, as the others.
std::string ReadEventColumns(Statement& row, StoredEvent& event, uint32_t& crc);
std::string ReadSnapshotColumns(Statement& row, SnapshotRecord& snapshot, uint32_t& crc);
std::string ReadStateColumns(Statement& row, StateColumns& state);

// Of columns that are no state together; empty: they are one. The checksum does not cover
// `deleted`, but a value always has a manifest, which it covers, and what was deleted has none.
std::string DeletedProblem(bool deleted, const StateRecord& state);

// "crc 1234abcd != 5678abcd"; empty where they are equal.
std::string CrcProblem(uint32_t stored, uint32_t computed);

// Tags as the column `tags` has them; empty for no tags (the column is NULL then).
void EncodeTags(const std::vector<std::string>& tags, std::string& bytes);
// False: `bytes` is no blob of that column.
bool DecodeTags(std::string_view bytes, std::vector<std::string>& tags);

inline std::string_view HashBytes(const ChainHash& hash) {
  return {reinterpret_cast<const char*>(hash.data()), hash.size()};
}

}  // namespace sampo::persistence::internal

#endif  // SAMPO_PERSISTENCE_SQLITE_INTERNAL_RECORD_COLUMNS_H_
