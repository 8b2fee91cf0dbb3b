// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#ifndef SAMPO_PERSISTENCE_SQLITE_OFFLINE_INTERNAL_DATABASE_H_
#define SAMPO_PERSISTENCE_SQLITE_OFFLINE_INTERNAL_DATABASE_H_

// Database: a SQLite connection of the operator's tools, with statuses instead of result codes.
//
// Why: the tools read files that may be damaged in any way, so that each step of each statement
// can fail, and the text has to name the file.
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

#include "absl/status/status.h"
#include "absl/status/statusor.h"

struct sqlite3;
struct sqlite3_stmt;

namespace sampo::persistence::offline {

// | mode        | locks                 | what it may leave beside the file                       |
// | kReadLive   | SQLite's read locks   | a -wal of no bytes and a -shm, where there were none    |
// | kReadAtRest | none (immutable=1)    | nothing; the file must not be written meanwhile         |
// | kReadWrite  | SQLite's, as a writer | nothing                                                 |
// | kCreate     | of a new file         | nothing; synchronous is FULL, the rollback journal in   |
// |             |                       | memory: a file that was not finished is worth nothing   |
enum class OpenMode : uint8_t { kReadLive, kReadAtRest, kReadWrite, kCreate };

// How long a tool waits for a lock of SQLite's. A writer holds none that stops a reader, but at its
// very start and end. Chosen, not measured.
inline constexpr int kBusyWaitMillis = 10'000;

// A statement while it runs; gives it back to its database when it is destroyed.
class Query {
 public:
  Query(Query&& other) noexcept;
  Query& operator=(Query&&) = delete;
  ~Query();

  void Bind(int parameter, int64_t value);
  void Bind(int parameter, std::string_view text);
  void BindBlob(int parameter, std::string_view bytes);
  void BindNull(int parameter);
  // True: there is a row. DATA_LOSS: the file contradicts itself here.
  absl::StatusOr<bool> Step();
  // Steps to the end of a statement that has no rows.
  absl::Status Run();

  // Columns of the row, from 0. What has another type is converted as SQLite does.
  int64_t Int(int column) const;
  std::string Text(int column) const;
  std::string Blob(int column) const;
  bool IsNull(int column) const;

 private:
  friend class Database;
  Query(class Database* database, sqlite3_stmt* statement, absl::Status status);
  class Database* database_;
  sqlite3_stmt* statement_;
  absl::Status status_;  // of the preparation
};

class Database {
 public:
  // NOT_FOUND: no such file (kCreate: ALREADY_EXISTS). UNAVAILABLE: it cannot be opened or read.
  static absl::StatusOr<std::unique_ptr<Database>> Open(const std::string& path, OpenMode mode);
  // Leaves a WAL as it is, unless AllowCleanClose was called.
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  absl::Status Execute(const char* sql);
  // `sql` is a literal: the prepared statement is kept under its address.
  Query Use(const char* sql);
  // The single number that `sql` yields.
  absl::StatusOr<int64_t> Number(const char* sql);
  // Closing may checkpoint and remove the WAL: after all went well.
  void AllowCleanClose();
  // Called every few thousand steps of SQLite's machine, for progress; null: no more.
  void OnSteps(std::function<void()> callback);

  const std::string& path() const { return path_; }
  sqlite3* handle() const { return handle_; }
  // "journal sqlite: FILE: WHAT: SQLITE'S TEXT".
  absl::Status Problem(int code, std::string_view what) const;

 private:
  Database(std::string path, sqlite3* handle) : path_(std::move(path)), handle_(handle) {}

  std::string path_;
  sqlite3* handle_;
  std::map<const char*, sqlite3_stmt*> statements_;
  std::function<void()> on_steps_;
};

// `path` as SQLite's URI, without parameters.
std::string FileUri(std::string_view path);

}  // namespace sampo::persistence::offline

#endif  // SAMPO_PERSISTENCE_SQLITE_OFFLINE_INTERNAL_DATABASE_H_
