// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors

// The part of wal_check.h that reads files, through SQLite's VFS.

#include <sqlite3.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <vector>

#include "sampo/actor/base/status_macros.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/persistence/sqlite/wal_check.h"

namespace sampo::persistence {
namespace {

// A file of a VFS.
class VfsFile {
 public:
  VfsFile(sqlite3_vfs* vfs, const char* name, int flags)
      : bytes_(new char[static_cast<size_t>(vfs->szOsFile)]()) {
    opened_ = vfs->xOpen(vfs, name, get(), flags, &flags_);
  }
  VfsFile(const VfsFile&) = delete;
  ~VfsFile() {
    // A close that fails loses nothing of a file that was only read.
    if (get()->pMethods != nullptr) get()->pMethods->xClose(get());
  }

  int opened() const { return opened_; }
  bool read_only() const { return (flags_ & SQLITE_OPEN_READONLY) != 0; }
  int Size(sqlite3_int64& size) { return get()->pMethods->xFileSize(get(), &size); }
  int Read(int64_t offset, std::string& to) {
    return get()->pMethods->xRead(get(), to.data(), static_cast<int>(to.size()), offset);
  }
  int Write(int64_t offset, const std::string& from) {
    return get()->pMethods->xWrite(get(), from.data(), static_cast<int>(from.size()), offset);
  }
  int Sync() { return get()->pMethods->xSync(get(), SQLITE_SYNC_NORMAL); }

 private:
  sqlite3_file* get() { return reinterpret_cast<sqlite3_file*>(bytes_.get()); }

  std::unique_ptr<char[]> bytes_;
  int opened_ = SQLITE_ERROR;
  int flags_ = 0;
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

absl::StatusOr<bool> Exists(sqlite3_vfs* vfs, const char* name) {
  int exists = 0;
  const int code = vfs->xAccess(vfs, name, SQLITE_ACCESS_EXISTS, &exists);
  if (code != SQLITE_OK) return CannotRead(name, code);
  return exists != 0;
}

// A file, its size, and a buffer for what was read of it last.
class Bytes {
 public:
  // A file that is not there has no bytes.
  static absl::StatusOr<std::unique_ptr<Bytes>> Open(sqlite3_vfs* vfs, const char* name, int type) {
    SAMPO_ASSIGN_OR_RETURN(const bool exists, Exists(vfs, name));
    auto bytes = std::unique_ptr<Bytes>(new Bytes(name));
    if (!exists) return bytes;
    bytes->file_.emplace(vfs, name, SQLITE_OPEN_READONLY | type);
    sqlite3_int64 size = 0;
    int code = bytes->file_->opened();
    if (code == SQLITE_OK) code = bytes->file_->Size(size);
    if (code != SQLITE_OK) return CannotRead(name, code);
    bytes->size_ = size;
    return bytes;
  }

  int64_t size() const { return size_; }
  WalBytes Read() {
    return [this](int64_t offset, size_t bytes) -> absl::StatusOr<std::string_view> {
      buffer_.resize(bytes);
      const int code = file_->Read(offset, buffer_);
      if (code != SQLITE_OK) return CannotRead(name_, code);
      return buffer_;
    };
  }

 private:
  explicit Bytes(const char* name) : name_(name) {}

  const std::string name_;
  std::optional<VfsFile> file_;
  int64_t size_ = 0;
  std::string buffer_;
};

absl::StatusOr<sqlite3_vfs*> FindVfs(const std::string& name) {
  if (const int code = sqlite3_initialize(); code != SQLITE_OK) return CannotRead(name, code);
  sqlite3_vfs* const vfs = sqlite3_vfs_find(name.empty() ? nullptr : name.c_str());
  if (vfs == nullptr) {
    return absl::InvalidArgumentError(
        StrCat("journal sqlite: there is no SQLite VFS \"", name, "\""));
  }
  return vfs;
}

// Of a piece that is read and written again at once. SQLite's Unix VFS takes less than 128 KiB: it
// masks the length of a write with 0x1ffff, and calls a disk full that took nothing.
constexpr int64_t kPieceBytes = int64_t{1} << 16;

int WriteAgain(VfsFile& file) {
  sqlite3_int64 size = 0;
  int code = file.Size(size);
  std::string piece;
  for (int64_t at = 0; at < size && code == SQLITE_OK; at += kPieceBytes) {
    piece.resize(static_cast<size_t>(std::min<int64_t>(kPieceBytes, size - at)));
    code = file.Read(at, piece);
    if (code == SQLITE_OK) code = file.Write(at, piece);
  }
  return code == SQLITE_OK ? file.Sync() : code;
}

}  // namespace

absl::StatusOr<WalReport> ExamineWalOf(const std::string& database_file,
                                       const std::string& vfs_name) {
  SAMPO_ASSIGN_OR_RETURN(sqlite3_vfs* const vfs, FindVfs(vfs_name));
  const Names names(vfs, database_file);
  if (names.code() != SQLITE_OK) return CannotRead(database_file, names.code());
  SAMPO_ASSIGN_OR_RETURN(const auto wal, Bytes::Open(vfs, names.wal(), SQLITE_OPEN_WAL));
  if (wal->size() == 0) return WalReport{};
  SAMPO_ASSIGN_OR_RETURN(WalReport report, ExamineWal(wal->size(), wal->Read()));
  const bool bad_header = report.state == WalState::kDamaged && report.bad_frame == 0;
  if (report.commits == 0 && !bad_header) return report;
  SAMPO_ASSIGN_OR_RETURN(const auto database,
                         Bytes::Open(vfs, names.database(), SQLITE_OPEN_MAIN_DB));
  if (bad_header && report.frames_whole == 0) {
    SAMPO_ASSIGN_OR_RETURN(
        const bool not_needed,
        WalIsInDatabase(report, wal->size(), wal->Read(), database->size(), database->Read()));
    if (not_needed) report.state = WalState::kTornTail;
  } else if (database->size() == 0 && report.state != WalState::kDamaged) {
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

absl::Status WriteWalAgain(const std::string& database_file, const std::string& vfs_name) {
  SAMPO_ASSIGN_OR_RETURN(sqlite3_vfs* const vfs, FindVfs(vfs_name));
  const Names names(vfs, database_file);
  if (names.code() != SQLITE_OK) return CannotRead(database_file, names.code());
  SAMPO_ASSIGN_OR_RETURN(const bool exists, Exists(vfs, names.wal()));
  if (!exists) return absl::OkStatus();
  VfsFile file(vfs, names.wal(), SQLITE_OPEN_READWRITE | SQLITE_OPEN_WAL);
  if (file.opened() != SQLITE_OK) return CannotRead(names.wal(), file.opened());
  // Who opens the database finds out that it is read-only, and says so.
  if (file.read_only()) return absl::OkStatus();
  const int code = WriteAgain(file);
  if (code == SQLITE_OK) return absl::OkStatus();
  return absl::UnavailableError(
      StrCat("journal sqlite: ", names.wal(), " cannot be written again: ", sqlite3_errstr(code)));
}

}  // namespace sampo::persistence
