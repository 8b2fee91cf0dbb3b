// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/persistence/sqlite/internal/schema.h"

#include <cstdio>
#include <string>

#include "sampo/actor/base/status_macros.h"
#include "sampo/actor/base/str_cat.h"

namespace sampo::persistence::internal {

const char* const kFormatSteps[kFormat] = {
    R"sql(CREATE TABLE ids(
  id INTEGER PRIMARY KEY,
  persistence_id TEXT NOT NULL UNIQUE,
  epoch INTEGER NOT NULL,
  highest_seq INTEGER NOT NULL,
  head_hash BLOB NOT NULL,
  deleted_to INTEGER NOT NULL,
  anchor_hash BLOB NOT NULL);
CREATE TABLE events(
  ordering INTEGER PRIMARY KEY,
  id INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  epoch INTEGER NOT NULL,
  written_at INTEGER NOT NULL,
  manifest TEXT NOT NULL,
  version INTEGER NOT NULL,
  tags BLOB,
  metadata BLOB,
  payload BLOB NOT NULL,
  crc INTEGER NOT NULL);
CREATE UNIQUE INDEX events_by_id ON events(id, seq);
CREATE TABLE tags(
  tag TEXT NOT NULL,
  ordering INTEGER NOT NULL,
  PRIMARY KEY(tag, ordering)) WITHOUT ROWID;
CREATE TABLE snapshots(
  id INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  epoch INTEGER NOT NULL,
  hash BLOB NOT NULL,
  written_at INTEGER NOT NULL,
  manifest TEXT NOT NULL,
  version INTEGER NOT NULL,
  metadata BLOB,
  payload BLOB NOT NULL,
  crc INTEGER NOT NULL,
  PRIMARY KEY(id, seq));
CREATE TABLE states(
  id INTEGER PRIMARY KEY,
  persistence_id TEXT NOT NULL UNIQUE,
  epoch INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  deleted INTEGER NOT NULL,
  write_epoch INTEGER NOT NULL,
  written_at INTEGER NOT NULL,
  manifest TEXT NOT NULL,
  version INTEGER NOT NULL,
  tag TEXT NOT NULL,
  payload BLOB NOT NULL,
  crc INTEGER NOT NULL);
CREATE TABLE counters(
  name TEXT PRIMARY KEY,
  value INTEGER NOT NULL) WITHOUT ROWID;
INSERT INTO counters(name, value) VALUES ('last_ordering', 0);
)sql",
};

namespace {

// As documented: kFormatSteps and the version of their result, or nothing of it.
absl::Status Migrate(Connection& db, int64_t from) {
  std::string sql = "BEGIN IMMEDIATE;";
  for (int64_t step = from; step < kFormat; ++step) sql += kFormatSteps[step];
  StrAppend(sql, "PRAGMA application_id = ", kApplicationId, ";PRAGMA user_version = ", kFormat,
            ";COMMIT;");
  absl::Status made = db.Run(sql.c_str());
  if (made.ok() || !db.InTransaction()) return made;
  // The error of the steps is the one to tell.
  (void)db.Run("ROLLBACK");
  return made;
}

// For both kinds of connections. Pages of cells that contradict themselves are damage, not rows.
constexpr char kCommonSettings[] =
    "PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0; PRAGMA temp_store = MEMORY;";

}  // namespace

absl::StatusOr<int64_t> FormatOf(Connection& db) {
  SAMPO_ASSIGN_OR_RETURN(int64_t application, db.QueryInt64("PRAGMA application_id"));
  SAMPO_ASSIGN_OR_RETURN(int64_t format, db.QueryInt64("PRAGMA user_version"));
  SAMPO_ASSIGN_OR_RETURN(int64_t tables, db.QueryInt64("SELECT count(*) FROM sqlite_schema"));
  if (application == 0 && format == 0 && tables == 0) return 0;
  if (application != kApplicationId) {
    char hex[24];
    std::snprintf(hex, sizeof(hex), "0x%llx", static_cast<unsigned long long>(application));
    return absl::InvalidArgumentError(
        StrCat(db.prefix(), "is no journal of Sampo (application id ", hex, ")"));
  }
  if (format < 0 || format > kFormat) {
    return absl::UnimplementedError(
        StrCat(db.prefix(), "has format ", format, ", this program knows formats up to ", kFormat));
  }
  return format;
}

absl::Status PrepareFile(Connection& db, SqliteDurability durability) {
  if (sqlite3_db_readonly(db.handle(), "main") == 1) {
    return absl::UnavailableError(StrCat(db.prefix(), "is read-only"));
  }
  SAMPO_ASSIGN_OR_RETURN(int64_t format, FormatOf(db));
  SAMPO_RETURN_IF_ERROR(db.Run(kCommonSettings));
  SAMPO_ASSIGN_OR_RETURN(std::string mode, db.QueryText("PRAGMA journal_mode = WAL"));
  if (mode != "wal") {
    return absl::UnavailableError(
        StrCat(db.prefix(), "its journal mode stays \"", mode, "\", want \"wal\""));
  }
  // Checkpoints are made by hand: SQLite's automatic one drops its errors.
  SAMPO_RETURN_IF_ERROR(db.Run(
      "PRAGMA secure_delete = ON; PRAGMA wal_autocheckpoint = 0; PRAGMA cache_size = -32768;"));
  SAMPO_RETURN_IF_ERROR(db.Run(durability == SqliteDurability::kFull
                                   ? "PRAGMA synchronous = FULL"
                                   : "PRAGMA synchronous = NORMAL"));
  return format == kFormat ? absl::OkStatus() : Migrate(db, format);
}

absl::Status PrepareReader(Connection& db) {
  SAMPO_ASSIGN_OR_RETURN(int64_t format, FormatOf(db));
  if (format != kFormat) {
    return absl::UnimplementedError(
        StrCat(db.prefix(), "has format ", format, "; open it for writing once to migrate it"));
  }
  SAMPO_RETURN_IF_ERROR(db.Run(kCommonSettings));
  return db.Run("PRAGMA query_only = ON; PRAGMA cache_size = -8192;");
}

}  // namespace sampo::persistence::internal
