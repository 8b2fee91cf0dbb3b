// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/persistence/sqlite/offline/maintain.h"

#include <sqlite3.h>

#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "sampo/actor/base/status_macros.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/persistence/sqlite/internal/lock_file.h"
#include "sampo/persistence/sqlite/offline/internal/database.h"
#include "sampo/persistence/sqlite/offline/internal/live_wal.h"
#include "sampo/persistence/sqlite/offline/internal/new_file.h"
#include "sampo/persistence/sqlite/offline/internal/source.h"
#include "sampo/persistence/sqlite/wal_check.h"

namespace sampo::persistence::offline {
namespace {

absl::Status CheckTheWal(const std::string& file) {
  SAMPO_ASSIGN_OR_RETURN(const WalReport wal, ExamineLiveWal(file));
  if (wal.state != WalState::kDamaged) return absl::OkStatus();
  return absl::DataLossError(StrCat("journal sqlite: ", file, ": WAL: ", WalReportText(wal),
                                    ": use journal salvage, which leaves both files as they are"));
}

// All steps of a backup from within one read transaction of `from`: without it each step would
// begin a new one, and begin anew when a writer had committed.
absl::Status CopyPages(Database& from, Database& to, const BackupOptions& options) {
  sqlite3_backup* backup = sqlite3_backup_init(to.handle(), "main", from.handle(), "main");
  if (backup == nullptr) return to.Problem(sqlite3_errcode(to.handle()), "cannot be written to");
  int code = SQLITE_OK;
  while (code == SQLITE_OK) {
    code = sqlite3_backup_step(backup, kBackupPagesPerStep);
    const int64_t total = sqlite3_backup_pagecount(backup);
    if (options.on_progress) {
      options.on_progress({"pages copied", total - sqlite3_backup_remaining(backup), total});
    }
    if (code == SQLITE_OK && options.between_steps) options.between_steps();
  }
  const int finished = sqlite3_backup_finish(backup);
  if (code == SQLITE_DONE && finished == SQLITE_OK) return absl::OkStatus();
  return to.Problem(code == SQLITE_DONE ? finished : code, "backup");
}

absl::Status CopyTo(Source& source, const std::string& to, const BackupOptions& options) {
  SAMPO_ASSIGN_OR_RETURN(const std::unique_ptr<Database> copy,
                         Database::Open(to, OpenMode::kCreate));
  return source.Read([&](Database& database) {
    // The transaction begins with the first look at the file.
    SAMPO_RETURN_IF_ERROR(database.Number("SELECT count(*) FROM counters").status());
    return CopyPages(database, *copy, options);
  });
}

absl::Status Vacuum(const std::string& file, const OnProgress& on_progress) {
  // What a failed fsync of its last writer left in the page cache alone: SQLite would take it for
  // stored, and put the pages of VACUUM behind it.
  SAMPO_RETURN_IF_ERROR(WriteWalAgain(file));
  SAMPO_ASSIGN_OR_RETURN(const std::unique_ptr<Database> database,
                         Database::Open(file, OpenMode::kReadWrite));
  int64_t steps = 0;
  const auto tell = [&] { on_progress({"pages compacted, SQLite's steps", steps++, 0}); };
  if (on_progress) {
    tell();
    database->OnSteps(tell);
  }
  SAMPO_RETURN_IF_ERROR(database->Execute("VACUUM"));
  SAMPO_RETURN_IF_ERROR(database->Execute("PRAGMA wal_checkpoint(TRUNCATE)"));
  database->OnSteps(nullptr);
  database->AllowCleanClose();
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<BackupReport> BackupJournal(const std::string& file, const std::string& to,
                                           const BackupOptions& options) {
  SAMPO_ASSIGN_OR_RETURN(const std::string path, ExistingPath(file));
  SAMPO_ASSIGN_OR_RETURN(NewFile copy, NewFile::For(to));
  SAMPO_RETURN_IF_ERROR(CheckTheWal(path));
  {
    SAMPO_ASSIGN_OR_RETURN(const std::unique_ptr<Source> source, Source::Open(path));
    SAMPO_RETURN_IF_ERROR(CopyTo(*source, copy.partial(), options));
  }
  BackupReport report;
  SAMPO_ASSIGN_OR_RETURN(report.verified,
                         VerifyJournal(copy.partial(), {.on_finding = options.on_finding,
                                                        .on_progress = options.on_progress}));
  report.bytes = FileBytes(copy.partial());
  if (report.verified.findings > 0) {
    copy.Keep();
    report.file = copy.partial();
    return report;
  }
  SAMPO_RETURN_IF_ERROR(copy.Publish());
  report.file = to;
  return report;
}

absl::StatusOr<CompactReport> CompactJournal(const std::string& file,
                                             const VerifyOptions& options) {
  SAMPO_ASSIGN_OR_RETURN(const std::string path, ExistingPath(file));
  SAMPO_ASSIGN_OR_RETURN(const internal::LockFile lock, internal::LockFile::Take(path));
  SAMPO_RETURN_IF_ERROR(CheckTheWal(path));
  CompactReport report;
  report.bytes_before = FileBytes(path) + FileBytes(path + "-wal");
  SAMPO_ASSIGN_OR_RETURN(report.verified, VerifyJournal(path, options));
  if (report.verified.findings == 0) {
    SAMPO_RETURN_IF_ERROR(Vacuum(path, options.on_progress));
  }
  report.bytes_after = FileBytes(path) + FileBytes(path + "-wal");
  return report;
}

}  // namespace sampo::persistence::offline
