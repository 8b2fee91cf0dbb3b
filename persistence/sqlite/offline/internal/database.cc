// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/persistence/sqlite/offline/internal/database.h"

#include <sqlite3.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "sampo/actor/base/status_macros.h"
#include "sampo/actor/base/str_cat.h"

namespace sampo::persistence::offline {
namespace {

constexpr int kStepsPerCallback = 20'000;  // some milliseconds apart

absl::StatusCode CodeOf(int sqlite_code) {
  switch (sqlite_code & 0xff) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_ERROR:     // a table or column that is not there
    case SQLITE_MISMATCH:  // a value of another type
      return absl::StatusCode::kDataLoss;
    case SQLITE_FULL:
    case SQLITE_NOMEM:
    case SQLITE_TOOBIG:
      return absl::StatusCode::kResourceExhausted;
    case SQLITE_CONSTRAINT:
      return absl::StatusCode::kAlreadyExists;
    default:
      return absl::StatusCode::kUnavailable;
  }
}

const char* ParametersOf(OpenMode mode) {
  switch (mode) {
    case OpenMode::kReadLive:
      return "?mode=ro";
    case OpenMode::kReadAtRest:
      return "?mode=ro&immutable=1";
    case OpenMode::kReadWrite:
      return "?mode=rw";
    case OpenMode::kCreate:
      return "?mode=rwc";
  }
  return "";
}

absl::Status CheckPath(const std::string& path, OpenMode mode) {
  struct stat found;
  const bool exists = stat(path.c_str(), &found) == 0;
  if (mode == OpenMode::kCreate) {
    if (exists) {
      return absl::AlreadyExistsError(
          StrCat("journal sqlite: ", path, " exists already: give the name of a new file"));
    }
    return absl::OkStatus();
  }
  if (!exists) {
    const std::string why = StrCat("journal sqlite: ", path, ": ", std::strerror(errno));
    return errno == ENOENT ? absl::NotFoundError(why) : absl::UnavailableError(why);
  }
  if (!S_ISREG(found.st_mode)) {
    return absl::UnavailableError(StrCat("journal sqlite: ", path, " is not a file"));
  }
  return absl::OkStatus();
}

int CallBack(void* callback) {
  (*static_cast<std::function<void()>*>(callback))();
  return 0;
}

}  // namespace

std::string FileUri(std::string_view path) {
  constexpr char kDigits[] = "0123456789ABCDEF";
  std::string uri = "file:";
  for (const char c : path) {
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

Query::Query(Database* database, sqlite3_stmt* statement, absl::Status status)
    : database_(database), statement_(statement), status_(std::move(status)) {}

Query::Query(Query&& other) noexcept
    : database_(other.database_),
      statement_(std::exchange(other.statement_, nullptr)),
      status_(std::move(other.status_)) {}

Query::~Query() {
  if (statement_ == nullptr) return;
  // Its result is that of the last step, which the caller has.
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}

// A bind can only fail for a parameter that is not there, a bug that the next step shows, or for
// want of memory.
void Query::Bind(int parameter, int64_t value) {
  if (statement_ != nullptr) sqlite3_bind_int64(statement_, parameter, value);
}

void Query::Bind(int parameter, std::string_view text) {
  if (statement_ == nullptr) return;
  sqlite3_bind_text64(statement_, parameter, text.data(), text.size(), SQLITE_TRANSIENT,
                      SQLITE_UTF8);
}

void Query::BindBlob(int parameter, std::string_view bytes) {
  if (statement_ == nullptr) return;
  // A null address would bind NULL.
  const char* data = bytes.empty() ? "" : bytes.data();
  sqlite3_bind_blob64(statement_, parameter, data, bytes.size(), SQLITE_TRANSIENT);
}

void Query::BindNull(int parameter) {
  if (statement_ != nullptr) sqlite3_bind_null(statement_, parameter);
}

absl::StatusOr<bool> Query::Step() {
  if (!status_.ok()) return status_;
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return database_->Problem(code, "cannot go on");
}

absl::Status Query::Run() {
  while (true) {
    SAMPO_ASSIGN_OR_RETURN(const bool row, Step());
    if (!row) return absl::OkStatus();
  }
}

int64_t Query::Int(int column) const { return sqlite3_column_int64(statement_, column); }

std::string Query::Text(int column) const {
  const unsigned char* text = sqlite3_column_text(statement_, column);
  const int size = sqlite3_column_bytes(statement_, column);
  return text == nullptr ? std::string() : std::string(reinterpret_cast<const char*>(text), size);
}

std::string Query::Blob(int column) const {
  const void* bytes = sqlite3_column_blob(statement_, column);
  const int size = sqlite3_column_bytes(statement_, column);
  return bytes == nullptr ? std::string() : std::string(static_cast<const char*>(bytes), size);
}

bool Query::IsNull(int column) const {
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

absl::StatusOr<std::unique_ptr<Database>> Database::Open(const std::string& path, OpenMode mode) {
  SAMPO_RETURN_IF_ERROR(CheckPath(path, mode));
  const bool read_only = mode == OpenMode::kReadLive || mode == OpenMode::kReadAtRest;
  int flags = SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  flags |= read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
  if (mode == OpenMode::kCreate) flags |= SQLITE_OPEN_CREATE;
  sqlite3* handle = nullptr;
  const std::string uri = StrCat(FileUri(path), ParametersOf(mode));
  const int code = sqlite3_open_v2(uri.c_str(), &handle, flags, nullptr);
  auto database = std::unique_ptr<Database>(new Database(path, handle));
  if (code != SQLITE_OK) return database->Problem(code, "cannot be opened");
  sqlite3_busy_timeout(handle, kBusyWaitMillis);
  // Closing must not write, and must not trust what a failed fsync left.
  sqlite3_db_config(handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  // A damaged file may hold a schema made to run code of its author's choice.
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  SAMPO_RETURN_IF_ERROR(database->Execute(
      "PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0; PRAGMA temp_store = 2"));
  if (mode == OpenMode::kCreate) {
    SAMPO_RETURN_IF_ERROR(database->Execute("PRAGMA journal_mode = MEMORY"));
  }
  if (!read_only) {
    SAMPO_RETURN_IF_ERROR(
        database->Execute("PRAGMA synchronous = FULL; PRAGMA secure_delete = ON"));
  }
  return database;
}

Database::~Database() {
  for (const auto& [sql, statement] : statements_) sqlite3_finalize(statement);
  sqlite3_close_v2(handle_);
}

absl::Status Database::Execute(const char* sql) {
  const int code = sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr);
  return code == SQLITE_OK ? absl::OkStatus() : Problem(code, sql);
}

Query Database::Use(const char* sql) {
  sqlite3_stmt*& statement = statements_[sql];
  if (statement == nullptr) {
    const int code =
        sqlite3_prepare_v3(handle_, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
    if (code != SQLITE_OK) return Query(this, nullptr, Problem(code, sql));
  }
  return Query(this, statement, absl::OkStatus());
}

absl::StatusOr<int64_t> Database::Number(const char* sql) {
  Query query = Use(sql);
  SAMPO_ASSIGN_OR_RETURN(const bool row, query.Step());
  return row ? query.Int(0) : 0;
}

void Database::AllowCleanClose() {
  sqlite3_db_config(handle_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, nullptr);
}

void Database::OnSteps(std::function<void()> callback) {
  on_steps_ = std::move(callback);
  if (on_steps_) {
    sqlite3_progress_handler(handle_, kStepsPerCallback, &CallBack, &on_steps_);
  } else {
    sqlite3_progress_handler(handle_, 0, nullptr, nullptr);
  }
}

absl::Status Database::Problem(int code, std::string_view what) const {
  const char* text = handle_ == nullptr ? sqlite3_errstr(code) : sqlite3_errmsg(handle_);
  return absl::Status(CodeOf(code), ToAbsl(StrCat("journal sqlite: ", path_, ": ", what, ": ", text,
                                                  " (SQLite ", code, ")")));
}

}  // namespace sampo::persistence::offline
