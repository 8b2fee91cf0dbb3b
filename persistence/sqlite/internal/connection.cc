// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/persistence/sqlite/internal/connection.h"

#include "sampo/actor/base/check.h"
#include "sampo/actor/base/status_macros.h"
#include "sampo/actor/base/str_cat.h"

namespace sampo::persistence::internal {

std::string PrefixOf(std::string_view file) { return StrCat("journal sqlite: ", file, ": "); }

std::string FileUri(std::string_view file) {
  constexpr char kDigits[] = "0123456789ABCDEF";
  std::string uri = "file:";
  for (const char c : file) {
    if (c == '?' || c == '#' || c == '%') {
      uri += '%';
      uri += kDigits[static_cast<unsigned char>(c) >> 4];
      uri += kDigits[c & 15];
    } else {
      uri += c;
    }
  }
  return uri;
}

SqliteFailure FailureOf(int code) {
  switch (code & 0xff) {
    case SQLITE_FULL:
      return SqliteFailure::kFull;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return SqliteFailure::kBusy;
    case SQLITE_NOMEM:
    case SQLITE_TOOBIG:
      return SqliteFailure::kNoMemory;
    // A constraint, and SQL that does not fit the tables: our statements fit what we made.
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_CONSTRAINT:
    case SQLITE_MISMATCH:
    case SQLITE_ERROR:
      return SqliteFailure::kDamage;
    default:
      return SqliteFailure::kIo;
  }
}

Connection::Connection(sqlite3* owned, const ConnectionOptions& options)
    : db_(owned), prefix_(PrefixOf(options.file)), when_full_(options.when_full) {}

Connection::~Connection() {
  const int code = sqlite3_close(db_);
  SAMPO_CHECK(code == SQLITE_OK, "a statement outlives its connection");
}

absl::StatusOr<std::unique_ptr<Connection>> Connection::Open(const ConnectionOptions& options) {
  sqlite3* db = nullptr;
  int mode = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  mode |= options.read_only ? SQLITE_OPEN_READONLY
                            : SQLITE_OPEN_READWRITE | (options.create ? SQLITE_OPEN_CREATE : 0);
  if (!options.follow_links) mode |= SQLITE_OPEN_NOFOLLOW;
  if (options.at_rest) mode |= SQLITE_OPEN_URI;
  const std::string name = options.at_rest ? FileUri(options.file) + "?immutable=1" : options.file;
  const int code =
      sqlite3_open_v2(name.c_str(), &db, mode, options.vfs.empty() ? nullptr : options.vfs.c_str());
  if (code != SQLITE_OK) {
    std::string words = db == nullptr ? sqlite3_errstr(code) : sqlite3_errmsg(db);
    sqlite3_close(db);
    return absl::UnavailableError(
        StrCat(PrefixOf(options.file), "cannot be opened: ", words, " (SQLite ", code, ")"));
  }
  std::unique_ptr<Connection> connection(new Connection(db, options));
  sqlite3_busy_timeout(db, static_cast<int>(absl::ToInt64Milliseconds(options.busy_timeout)));
  // A statement in a damaged schema must not run code of its own.
  sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  if (options.leave_wal) connection->SetNoCheckpointOnClose(true);
  return connection;
}

absl::Status Connection::Error(std::string_view doing, int code) const {
  const std::string text =
      StrCat(prefix_, doing, ": ", sqlite3_errmsg(db_), " (SQLite ", code, ")");
  switch (FailureOf(code)) {
    case SqliteFailure::kFull:
      return absl::ResourceExhaustedError(StrCat(prefix_, "the disk is full; ", when_full_));
    case SqliteFailure::kNoMemory:
      return absl::ResourceExhaustedError(text);
    case SqliteFailure::kDamage:
      return absl::DataLossError(text);
    case SqliteFailure::kBusy:
    case SqliteFailure::kIo:
      return absl::UnavailableError(text);
  }
  return absl::InternalError(text);
}

absl::Status Connection::DataLoss(std::string_view what) const {
  return absl::DataLossError(StrCat(prefix_, what));
}

absl::Status Connection::Run(const char* sql) {
  const int code = sqlite3_exec(db_, sql, nullptr, nullptr, nullptr);
  return code == SQLITE_OK ? absl::OkStatus() : Error(sql, code);
}

absl::StatusOr<Statement> Connection::Prepare(std::string_view sql) {
  sqlite3_stmt* stmt = nullptr;
  const int code = sqlite3_prepare_v3(db_, sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &stmt, nullptr);
  if (code != SQLITE_OK) return Error(sql, code);
  return Statement(stmt);
}

absl::StatusOr<int64_t> Connection::QueryInt64(const char* sql) {
  SAMPO_ASSIGN_OR_RETURN(Statement statement, Prepare(sql));
  const int code = statement.Step();
  if (code == SQLITE_DONE) return 0;
  if (code != SQLITE_ROW) return Error(sql, code);
  return statement.Int64(0);
}

absl::StatusOr<std::string> Connection::QueryText(const char* sql) {
  SAMPO_ASSIGN_OR_RETURN(Statement statement, Prepare(sql));
  const int code = statement.Step();
  if (code == SQLITE_DONE) return std::string();
  if (code != SQLITE_ROW) return Error(sql, code);
  return std::string(statement.Bytes(0));
}

}  // namespace sampo::persistence::internal
