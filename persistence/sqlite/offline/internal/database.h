// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#ifndef SAMPO_PERSISTENCE_SQLITE_OFFLINE_INTERNAL_DATABASE_H_
#define SAMPO_PERSISTENCE_SQLITE_OFFLINE_INTERNAL_DATABASE_H_

// Database: the plugin's Connection as the operator's tools use it: opened for one of their
// purposes, statements that are prepared once and come back by themselves.
//
// Why: the tools read files that may be damaged in any way, so that each step of each statement
// can fail; where it does the text names the file.
// Threads: one at a time. Lifetime: queries end before their database.
//
//   SAMPO_ASSIGN_OR_RETURN(auto database, Database::Open("shop.db", OpenMode::kReadLive));
//   Query heads = database->Use("SELECT highest_seq FROM ids WHERE id = ?");
//   heads.Bind(1, int64_t{7});
//   SAMPO_ASSIGN_OR_RETURN(bool found, heads.Step());

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "sampo/persistence/sqlite/internal/connection.h"

namespace sampo::persistence::offline {

using internal::Connection;
using internal::Statement;

// | mode        | locks                 | what it may leave beside the file                       |
// | kReadLive   | SQLite's read locks   | a -wal of no bytes and a -shm, where there were none    |
// | kReadAtRest | none (immutable=1)    | nothing; the file must not be written meanwhile         |
// | kReadAlone  | none                  | nothing; reads the WAL, too, which must not be written  |
// | kReadWrite  | SQLite's, as a writer | nothing                                                 |
// | kCreate     | of a new file         | nothing; synchronous is FULL, the rollback journal in   |
// |             |                       | memory: a file that was not finished is worth nothing   |
enum class OpenMode : uint8_t { kReadLive, kReadAtRest, kReadAlone, kReadWrite, kCreate };

// A statement while it runs; gives it back to its database when it is destroyed. What is bound must
// live until then, and each parameter is bound each time.
class Query {
 public:
  Query(Query&& other) noexcept;
  Query& operator=(Query&&) = delete;
  ~Query();

  void Bind(int parameter, int64_t value) {
    if (row_ != nullptr) row_->Bind(parameter, value);
  }
  void Bind(int parameter, std::string_view text) {
    if (row_ != nullptr) row_->BindText(parameter, text);
  }
  void BindBlob(int parameter, std::string_view bytes) {
    if (row_ != nullptr) row_->BindBlob(parameter, bytes);
  }
  void BindNull(int parameter) {
    if (row_ != nullptr) row_->BindNull(parameter);
  }
  // True: there is a row. DATA_LOSS: the file contradicts itself here.
  absl::StatusOr<bool> Step();
  // Steps to the end of a statement that has no rows.
  absl::Status Run();

  // The row, after a Step that gave true. Columns count from 0.
  Statement& row() const { return *row_; }
  int64_t Int(int column) const { return row_->Int64(column); }
  std::string Text(int column) const { return std::string(row_->Bytes(column)); }
  bool IsNull(int column) const { return row_->IsNull(column); }

 private:
  friend class Database;
  Query(class Database* database, Statement* statement, absl::Status status)
      : database_(database), row_(statement), status_(std::move(status)) {}
  class Database* database_;
  Statement* row_;       // null: it could not be prepared
  absl::Status status_;  // of the preparation
};

class Database {
 public:
  // NOT_FOUND: no such file (kCreate: ALREADY_EXISTS). UNAVAILABLE: it cannot be opened or read.
  // Leaves a WAL as it is, unless AllowCleanClose was called.
  static absl::StatusOr<std::unique_ptr<Database>> Open(const std::string& path, OpenMode mode);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  absl::Status Execute(const char* sql) { return connection_->Run(sql); }
  // `sql` is a literal: the prepared statement is kept under its address.
  Query Use(const char* sql);
  // The single number that `sql` yields.
  absl::StatusOr<int64_t> Number(const char* sql) { return connection_->QueryInt64(sql); }
  // Closing may checkpoint and remove the WAL: after all went well.
  void AllowCleanClose() { connection_->AllowCleanClose(); }
  // Called every few thousand steps of SQLite's machine, for progress; null: no more.
  void OnSteps(std::function<void()> callback);

  const std::string& path() const { return path_; }
  sqlite3* handle() const { return connection_->handle(); }
  // "journal sqlite: FILE: WHAT: SQLITE'S TEXT".
  absl::Status Problem(int code, std::string_view what) const {
    return connection_->Error(what, code);
  }

 private:
  Database(std::string path, std::unique_ptr<Connection> connection);

  const std::string path_;
  const std::unique_ptr<Connection> connection_;
  std::map<const char*, Statement> statements_;  // end before the connection
  std::function<void()> on_steps_;
};

}  // namespace sampo::persistence::offline

#endif  // SAMPO_PERSISTENCE_SQLITE_OFFLINE_INTERNAL_DATABASE_H_
