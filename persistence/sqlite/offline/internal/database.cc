// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/persistence/sqlite/offline/internal/database.h"

#include <sqlite3.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>

#include "absl/time/time.h"
#include "sampo/actor/base/status_macros.h"
#include "sampo/actor/base/str_cat.h"

namespace sampo::persistence::offline {
namespace {

constexpr char kVfsWithoutLocks[] = "unix-none";  // one of SQLite's own

constexpr int kStepsPerCallback = 20'000;  // some milliseconds apart

// How long a tool waits for a lock of SQLite's. A writer holds none that stops a reader, but at its
// very start and end. Chosen, not measured.
constexpr absl::Duration kBusyWait = absl::Seconds(10);

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

Query::Query(Query&& other) noexcept
    : database_(other.database_),
      row_(std::exchange(other.row_, nullptr)),
      status_(std::move(other.status_)) {}

Query::~Query() {
  // Its result is that of the last step, which the caller has.
  if (row_ != nullptr) row_->Reset();
}

absl::StatusOr<bool> Query::Step() {
  if (!status_.ok()) return status_;
  const int code = row_->Step();
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

Database::Database(std::string path, std::unique_ptr<Connection> connection)
    : path_(std::move(path)), connection_(std::move(connection)) {}

Database::~Database() = default;

absl::StatusOr<std::unique_ptr<Database>> Database::Open(const std::string& path, OpenMode mode) {
  SAMPO_RETURN_IF_ERROR(CheckPath(path, mode));
  const bool alone = mode == OpenMode::kReadAlone;
  const bool read_only = alone || mode == OpenMode::kReadLive || mode == OpenMode::kReadAtRest;
  // Closing must not write, and must not trust what a failed fsync left.
  SAMPO_ASSIGN_OR_RETURN(std::unique_ptr<Connection> connection,
                         Connection::Open({.file = path,
                                           .vfs = alone ? kVfsWithoutLocks : "",
                                           .read_only = read_only,
                                           .create = mode == OpenMode::kCreate,
                                           .at_rest = mode == OpenMode::kReadAtRest,
                                           .follow_links = true,
                                           .leave_wal = true,
                                           .when_full = "what was begun is not complete",
                                           .busy_timeout = kBusyWait}));
  SAMPO_RETURN_IF_ERROR(
      connection->Run("PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0; PRAGMA temp_store = 2"));
  // The index of the WAL is in memory then, not in a -shm beside the file.
  if (alone) SAMPO_RETURN_IF_ERROR(connection->Run("PRAGMA locking_mode = EXCLUSIVE"));
  if (mode == OpenMode::kCreate) {
    SAMPO_RETURN_IF_ERROR(connection->Run("PRAGMA journal_mode = MEMORY"));
  }
  if (!read_only) {
    SAMPO_RETURN_IF_ERROR(connection->Run("PRAGMA synchronous = FULL; PRAGMA secure_delete = ON"));
  }
  return std::unique_ptr<Database>(new Database(path, std::move(connection)));
}

Query Database::Use(const char* sql) {
  const auto known = statements_.find(sql);
  if (known != statements_.end()) return Query(this, &known->second, absl::OkStatus());
  absl::StatusOr<Statement> prepared = connection_->Prepare(sql);
  if (!prepared.ok()) return Query(this, nullptr, prepared.status());
  Statement& statement = statements_.emplace(sql, *std::move(prepared)).first->second;
  return Query(this, &statement, absl::OkStatus());
}

void Database::OnSteps(std::function<void()> callback) {
  on_steps_ = std::move(callback);
  if (!on_steps_) return sqlite3_progress_handler(handle(), 0, nullptr, nullptr);
  sqlite3_progress_handler(handle(), kStepsPerCallback, &CallBack, &on_steps_);
}

}  // namespace sampo::persistence::offline
