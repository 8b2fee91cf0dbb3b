// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/persistence/sqlite/bare_journal.h"

#include <cstdlib>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "sampo/actor/base/check.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/persistence/sqlite/internal/connection.h"
#include "sampo/persistence/sqlite/internal/lock_file.h"
#include "sampo/persistence/sqlite/internal/schema.h"

namespace sampo::persistence {
namespace {

using internal::Connection;
using internal::Statement;

// Where the store checkpoints, too (SqliteStoreOptions::wal_pages).
constexpr int kWalPages = 4'000;

template <class T>
T Must(absl::StatusOr<T> value) {
  SAMPO_CHECK_OK(value.status());
  return *std::move(value);
}

void MustBeDone(int code) { SAMPO_CHECK(code == SQLITE_DONE, StrCat("SQLite ", code)); }

}  // namespace

struct BareJournal::Db {
  std::unique_ptr<Connection> connection;
  Statement begin, commit, head, insert, insert_id, select;
  int wal_pages = 0;
};

BareJournal::BareJournal(const std::string& file, int64_t ids)
    : db_(std::make_unique<Db>()), ids_(ids) {
  db_->connection = Must(Connection::Open({.file = Must(internal::RealPathOf(file))}));
  Connection& db = *db_->connection;
  SAMPO_CHECK_OK(internal::PrepareFile(db, SqliteDurability::kFull));
  sqlite3_wal_hook(
      db.handle(),
      [](void* pages, sqlite3*, const char*, int count) {
        *static_cast<int*>(pages) = count;
        return SQLITE_OK;
      },
      &db_->wal_pages);
  db_->begin = Must(db.Prepare("BEGIN IMMEDIATE"));
  db_->commit = Must(db.Prepare("COMMIT"));
  db_->head = Must(
      db.Prepare("UPDATE ids SET highest_seq = ?1, head_hash = ?2 WHERE id = ?3 AND epoch = ?4 AND "
                 "highest_seq = ?5"));
  db_->insert =
      Must(db.Prepare("INSERT INTO events VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)"));
  db_->insert_id = Must(db.Prepare("INSERT INTO ids VALUES (?1, ?2, 1, 0, ?3, 0, ?3)"));
  db_->select = Must(db.Prepare(
      "SELECT ordering, seq, epoch, written_at, manifest, version, tags, metadata, payload, crc "
      "FROM events WHERE id = ?1 ORDER BY seq"));
  MustBeDone(db_->begin.Run());
  const std::string hash(16, '\0');
  for (int64_t id = 1; id <= ids; ++id) {
    const std::string name = StrCat("e-", id);
    db_->insert_id.Bind(1, id);
    db_->insert_id.BindText(2, name);
    db_->insert_id.BindBlob(3, hash);
    MustBeDone(db_->insert_id.Run());
  }
  MustBeDone(db_->commit.Run());
}

BareJournal::~BareJournal() = default;

void BareJournal::CommitRound() {
  MustBeDone(db_->begin.Run());
  const std::string hash(16, 'h');
  const std::string payload = StrCat("added-", seq_);
  for (int64_t id = 1; id <= ids_; ++id) {
    db_->head.Bind(1, seq_ + 1);
    db_->head.BindBlob(2, hash);
    db_->head.Bind(3, id);
    db_->head.Bind(4, 1);
    db_->head.Bind(5, seq_);
    MustBeDone(db_->head.Run());
    SAMPO_CHECK(db_->connection->Changes() == 1);
    Statement& insert = db_->insert;
    insert.Bind(1, seq_ * ids_ + id);
    insert.Bind(2, id);
    insert.Bind(3, seq_ + 1);
    insert.Bind(4, 1);
    insert.Bind(5, absl::ToUnixMicros(absl::Now()));
    insert.BindText(6, "sampo.bench.Added");
    insert.Bind(7, 1);
    insert.BindNull(8);
    insert.BindNull(9);
    insert.BindBlob(10, payload);
    insert.Bind(11, 0x12345678);
    MustBeDone(insert.Run());
  }
  MustBeDone(db_->commit.Run());
  ++seq_;
  if (db_->wal_pages >= kWalPages) {
    sqlite3_wal_checkpoint_v2(db_->connection->handle(), "main", SQLITE_CHECKPOINT_PASSIVE, nullptr,
                              nullptr);
  }
}

int64_t BareJournal::SelectAll() {
  int64_t rows = 0;
  uint64_t mix = 0;
  Statement& select = db_->select;
  for (int64_t id = 1; id <= ids_; ++id) {
    select.Bind(1, id);
    while (select.Step() == SQLITE_ROW) {
      ++rows;
      for (const int column : {0, 1, 2, 3, 5, 9})
        mix ^= static_cast<uint64_t>(select.Int64(column));
      for (const int column : {4, 6, 7, 8}) mix += select.Bytes(column).size();
    }
    select.Reset();
  }
  SAMPO_CHECK(mix != 0 || rows == 0);
  return rows;
}

BenchFolder::BenchFolder() {
  const char* const folder = std::getenv("TMPDIR");
  path_ = StrCat(std::string_view(folder == nullptr ? "/tmp" : folder), "/sampo-bench-XXXXXX");
  SAMPO_CHECK(mkdtemp(path_.data()) != nullptr, path_);
}

BenchFolder::~BenchFolder() {
  std::error_code ignored;  // What stays is only in the way.
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace sampo::persistence
