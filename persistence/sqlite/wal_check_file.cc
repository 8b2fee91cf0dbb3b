// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors

// The part of wal_check.h that reads files, through SQLite's VFS.

#include <sqlite3.h>

#include <cstring>
#include <memory>
#include <vector>

#include "sampo/actor/base/status_macros.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/persistence/sqlite/wal_check.h"

namespace sampo::persistence {
namespace {

// A file of a VFS, open for reading.
class VfsFile {
 public:
  VfsFile(sqlite3_vfs* vfs, const char* name, int type)
      : bytes_(new char[static_cast<size_t>(vfs->szOsFile)]()) {
    opened_ = vfs->xOpen(vfs, name, get(), SQLITE_OPEN_READONLY | type, nullptr);
  }
  VfsFile(const VfsFile&) = delete;
  ~VfsFile() {
    // A close that fails loses nothing of a file that was only read.
    if (get()->pMethods != nullptr) get()->pMethods->xClose(get());
  }

  int opened() const { return opened_; }
  int Size(sqlite3_int64& size) { return get()->pMethods->xFileSize(get(), &size); }
  int Read(int64_t offset, std::string& to) {
    return get()->pMethods->xRead(get(), to.data(), static_cast<int>(to.size()), offset);
  }

 private:
  sqlite3_file* get() { return reinterpret_cast<sqlite3_file*>(bytes_.get()); }

  std::unique_ptr<char[]> bytes_;
  int opened_ = SQLITE_ERROR;
};

absl::Status CannotRead(std::string_view file, int code) {
  return absl::UnavailableError(
      StrCat("journal sqlite: ", file, " cannot be read: ", sqlite3_errstr(code)));
}

// The names that SQLite itself would use, made by it: a VFS may look behind their ends.
class Names {
 public:
  Names(sqlite3_vfs* vfs, const std::string& database_file) {
    std::vector<char> full(static_cast<size_t>(vfs->mxPathname) + 1);
    code_ = vfs->xFullPathname(vfs, database_file.c_str(), vfs->mxPathname, full.data());
    // A symbolic link is followed, and said so.
    if (code_ == SQLITE_OK_SYMLINK) code_ = SQLITE_OK;
    if (code_ != SQLITE_OK) return;
    database_ = sqlite3_create_filename(full.data(), StrCat(full.data(), "-journal").c_str(),
                                        StrCat(full.data(), "-wal").c_str(), 0, nullptr);
    if (database_ == nullptr) code_ = SQLITE_NOMEM;
  }
  Names(const Names&) = delete;
  ~Names() { sqlite3_free_filename(database_); }

  int code() const { return code_; }
  const char* database() const { return database_; }
  const char* wal() const { return sqlite3_filename_wal(database_); }

 private:
  int code_ = SQLITE_OK;
  const char* database_ = nullptr;
};

// -1: there is no such file.
absl::StatusOr<int64_t> SizeOf(sqlite3_vfs* vfs, const char* name, int type) {
  int exists = 0;
  if (const int code = vfs->xAccess(vfs, name, SQLITE_ACCESS_EXISTS, &exists); code != SQLITE_OK) {
    return CannotRead(name, code);
  }
  if (exists == 0) return -1;
  VfsFile file(vfs, name, type);
  sqlite3_int64 size = 0;
  if (file.opened() != SQLITE_OK) return CannotRead(name, file.opened());
  if (const int code = file.Size(size); code != SQLITE_OK) return CannotRead(name, code);
  return size;
}

absl::StatusOr<WalReport> ExamineFile(sqlite3_vfs* vfs, const char* name) {
  VfsFile file(vfs, name, SQLITE_OPEN_WAL);
  sqlite3_int64 size = 0;
  if (file.opened() != SQLITE_OK) return CannotRead(name, file.opened());
  if (const int code = file.Size(size); code != SQLITE_OK) return CannotRead(name, code);
  std::string buffer;
  return ExamineWal(size, [&](int64_t offset, size_t bytes) -> absl::StatusOr<std::string_view> {
    buffer.resize(bytes);
    const int code = file.Read(offset, buffer);
    if (code != SQLITE_OK) return CannotRead(name, code);
    return buffer;
  });
}

}  // namespace

absl::StatusOr<WalReport> ExamineWalOf(const std::string& database_file,
                                       const std::string& vfs_name) {
  if (const int code = sqlite3_initialize(); code != SQLITE_OK) {
    return CannotRead(database_file, code);
  }
  sqlite3_vfs* const vfs = sqlite3_vfs_find(vfs_name.empty() ? nullptr : vfs_name.c_str());
  if (vfs == nullptr) {
    return absl::InvalidArgumentError(
        StrCat("journal sqlite: there is no SQLite VFS \"", vfs_name, "\""));
  }
  const Names names(vfs, database_file);
  if (names.code() != SQLITE_OK) return CannotRead(database_file, names.code());
  SAMPO_ASSIGN_OR_RETURN(const int64_t wal_bytes, SizeOf(vfs, names.wal(), SQLITE_OPEN_WAL));
  if (wal_bytes <= 0) return WalReport{};
  SAMPO_ASSIGN_OR_RETURN(WalReport report, ExamineFile(vfs, names.wal()));
  SAMPO_ASSIGN_OR_RETURN(const int64_t database_bytes,
                         SizeOf(vfs, names.database(), SQLITE_OPEN_MAIN_DB));
  if (database_bytes <= 0 && report.commits > 0 && report.state != WalState::kDamaged) {
    // SQLite deletes the WAL of an empty database.
    report.state = WalState::kDamaged;
    report.bad_frame = 1;
    report.bad_offset = int64_t{kWalHeaderBytes};
    report.commits_behind = report.commits;
    report.database_is_empty = true;
  }
  return report;
}

absl::Status CheckWal(const std::string& database_file, const std::string& vfs) {
  SAMPO_ASSIGN_OR_RETURN(const WalReport report, ExamineWalOf(database_file, vfs));
  if (report.state != WalState::kDamaged) return absl::OkStatus();
  return absl::DataLossError(StrCat(
      "journal sqlite: ", database_file, "-wal: ", WalReportText(report),
      ": acknowledged events would be lost. The files are left as they are; `journal salvage ",
      database_file, " TO` saves what can be read"));
}

}  // namespace sampo::persistence
