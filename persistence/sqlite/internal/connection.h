// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Connection and Statement: SQLite's C interface with owners, and its errors as Status.
//
// Why: what must be closed is closed, and every message about the file is worded in one place.
// Threads: a Connection and its Statements belong to one thread at a time. Lifetime: Statements end
// before their Connection. Nothing here opens the file but SQLite: closing any other descriptor of
// it would drop SQLite's own POSIX locks.
//
//   SAMPO_ASSIGN_OR_RETURN(auto db, Connection::Open({.file = "/data/shop.db"}));
//   SAMPO_ASSIGN_OR_RETURN(Statement head, db->Prepare("SELECT epoch FROM ids WHERE id = ?1"));
//   head.Bind(1, id);
//   if (head.Step() == SQLITE_ROW) epoch = head.Int64(0);
//   head.Reset();
#ifndef SAMPO_PERSISTENCE_SQLITE_INTERNAL_CONNECTION_H_
#define SAMPO_PERSISTENCE_SQLITE_INTERNAL_CONNECTION_H_

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace sampo::persistence::internal {

// Prepared once, run often. The texts and blobs that are bound must live until Reset.
class Statement {
 public:
  Statement() = default;
  explicit Statement(sqlite3_stmt* owned) : stmt_(owned) {}
  Statement(Statement&& other) noexcept : stmt_(std::exchange(other.stmt_, nullptr)) {}
  Statement& operator=(Statement&& other) noexcept {
    std::swap(stmt_, other.stmt_);
    return *this;
  }
  ~Statement() { sqlite3_finalize(stmt_); }

  // Parameters count from 1. Failures to bind (no memory) show in Step, as a NULL that is refused.
  void Bind(int index, int64_t value) { sqlite3_bind_int64(stmt_, index, value); }
  void BindText(int index, std::string_view text) {
    // An empty view may have no address, which SQLite would take for NULL.
    sqlite3_bind_text64(stmt_, index, text.empty() ? "" : text.data(), text.size(), SQLITE_STATIC,
                        SQLITE_UTF8);
  }
  void BindBlob(int index, std::string_view bytes) {
    sqlite3_bind_blob64(stmt_, index, bytes.empty() ? "" : bytes.data(), bytes.size(),
                        SQLITE_STATIC);
  }
  void BindNull(int index) { sqlite3_bind_null(stmt_, index); }

  // SQLITE_ROW, SQLITE_DONE, or an extended error code.
  int Step() { return sqlite3_step(stmt_); }
  // For statements without rows: Step and Reset.
  int Run() {
    const int code = sqlite3_step(stmt_);
    sqlite3_reset(stmt_);
    return code;
  }
  void Reset() { sqlite3_reset(stmt_); }

  // Columns count from 0; what they point at lives until the next Step or Reset.
  int64_t Int64(int column) { return sqlite3_column_int64(stmt_, column); }
  bool IsNull(int column) { return sqlite3_column_type(stmt_, column) == SQLITE_NULL; }
  std::string_view Bytes(int column) {
    const void* bytes = sqlite3_column_blob(stmt_, column);
    const int size = sqlite3_column_bytes(stmt_, column);
    return bytes == nullptr
               ? std::string_view()
               : std::string_view(static_cast<const char*>(bytes), static_cast<size_t>(size));
  }

 private:
  sqlite3_stmt* stmt_ = nullptr;
};

// Resets when a scope ends, so that no read transaction outlives an early return.
class ResetAtEnd {
 public:
  explicit ResetAtEnd(Statement& statement) : statement_(statement) {}
  ~ResetAtEnd() { statement_.Reset(); }
  ResetAtEnd(const ResetAtEnd&) = delete;
  ResetAtEnd& operator=(const ResetAtEnd&) = delete;

 private:
  Statement& statement_;
};

struct ConnectionOptions {
  std::string file = {};
  std::string vfs = {};  // empty: the default
  bool read_only = false;
  bool create = true;
  // The file is read as it is, without locks (SQLite's immutable=1): nobody may write it meanwhile.
  bool at_rest = false;
  // A path with symbolic links in it is refused, unless:
  bool follow_links = false;
  // Closing neither checkpoints nor removes the WAL, until AllowCleanClose.
  bool leave_wal = false;
  // What follows "the disk is full; "; a literal.
  const char* when_full = "nothing of the group was stored";
  absl::Duration busy_timeout = absl::Seconds(5);
};

// What an error code is for the caller.
enum class SqliteFailure : uint8_t { kFull, kBusy, kNoMemory, kDamage, kIo };
SqliteFailure FailureOf(int code);

class Connection {
 public:
  // Opens, without reading the file yet. UNAVAILABLE: it cannot be opened.
  static absl::StatusOr<std::unique_ptr<Connection>> Open(const ConnectionOptions& options);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // One or more statements whose rows nobody wants.
  absl::Status Run(const char* sql);
  // The first column of the first row; 0 where there is none.
  absl::StatusOr<int64_t> QueryInt64(const char* sql);
  absl::StatusOr<std::string> QueryText(const char* sql);
  absl::StatusOr<Statement> Prepare(std::string_view sql);

  // For an error code of a call on this connection: "journal sqlite: FILE: <doing>: <SQLite's
  // words> (SQLite <code>)". RESOURCE_EXHAUSTED, DATA_LOSS, UNAVAILABLE by FailureOf.
  absl::Status Error(std::string_view doing, int code) const;
  absl::Status DataLoss(std::string_view what) const;
  // "journal sqlite: FILE: ".
  const std::string& prefix() const { return prefix_; }

  void AllowCleanClose() { SetNoCheckpointOnClose(false); }
  bool InTransaction() const { return sqlite3_get_autocommit(db_) == 0; }
  int64_t Changes() const { return sqlite3_changes64(db_); }
  int64_t LastInsertId() const { return sqlite3_last_insert_rowid(db_); }
  sqlite3* handle() const { return db_; }

 private:
  Connection(sqlite3* owned, const ConnectionOptions& options);
  void SetNoCheckpointOnClose(bool on) {
    sqlite3_db_config(db_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, on ? 1 : 0, nullptr);
  }
  sqlite3* const db_;
  const std::string prefix_;
  const char* const when_full_;
};

std::string PrefixOf(std::string_view file);
// `file` as SQLite's URI, without parameters.
std::string FileUri(std::string_view file);

}  // namespace sampo::persistence::internal

#endif  // SAMPO_PERSISTENCE_SQLITE_INTERNAL_CONNECTION_H_
