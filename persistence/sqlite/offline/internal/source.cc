// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/persistence/sqlite/offline/internal/source.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "sampo/actor/base/status_macros.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/persistence/sqlite/internal/lock_file.h"
#include "sampo/persistence/sqlite/internal/schema.h"

namespace sampo::persistence::offline {
namespace {

constexpr int kReopensMax = 10;

// One transaction; what it read is right as of its begin.
absl::Status InTransaction(Database& database, absl::FunctionRef<absl::Status(Database&)> page) {
  SAMPO_RETURN_IF_ERROR(database.Execute("BEGIN"));
  absl::Status read = page(database);
  // It wrote nothing: a rollback is as good as a commit, and ends it after any error.
  absl::Status ended = database.Execute("ROLLBACK");
  return read.ok() ? ended : read;
}

std::string WalOf(const std::string& path) { return path + "-wal"; }

bool Same(const struct stat& a, const struct stat& b) {
  return a.st_ino == b.st_ino && a.st_size == b.st_size && a.st_mtim.tv_sec == b.st_mtim.tv_sec &&
         a.st_mtim.tv_nsec == b.st_mtim.tv_nsec;
}

}  // namespace

bool FolderIsWritable(const std::string& path) {
  const std::string folder = path.substr(0, path.rfind('/') + 1);
  return faccessat(AT_FDCWD, folder.c_str(), W_OK, AT_EACCESS) == 0;
}

int64_t FileBytes(const std::string& path) {
  struct stat found;
  return stat(path.c_str(), &found) == 0 ? found.st_size : 0;
}

absl::StatusOr<std::string> ExistingPath(const std::string& path) {
  SAMPO_ASSIGN_OR_RETURN(std::string real_path, internal::RealPathOf(path));
  struct stat found;
  if (stat(real_path.c_str(), &found) != 0) {
    return absl::NotFoundError(StrCat("journal sqlite: ", path, ": ", std::strerror(errno)));
  }
  return real_path;
}

absl::Status CheckFormat(Database& database) {
  SAMPO_ASSIGN_OR_RETURN(const int64_t application, database.Number("PRAGMA application_id"));
  if (application != internal::kApplicationId) {
    return absl::InvalidArgumentError(StrCat("journal sqlite: ", database.path(),
                                             ": is no journal of Sampo (application id 0x",
                                             absl::Hex(static_cast<uint32_t>(application)), ")"));
  }
  SAMPO_ASSIGN_OR_RETURN(const int64_t format, database.Number("PRAGMA user_version"));
  if (format > internal::kFormat) {
    return absl::UnimplementedError(StrCat("journal sqlite: ", database.path(), ": has format ",
                                           format, ", this program knows formats up to ",
                                           internal::kFormat));
  }
  if (format < 1) {
    return absl::DataLossError(
        StrCat("journal sqlite: ", database.path(), ": has format ", format, ", the first is 1"));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<Source>> Source::Open(const std::string& path) {
  SAMPO_ASSIGN_OR_RETURN(std::string real_path, ExistingPath(path));
  auto source = std::unique_ptr<Source>(new Source(std::move(real_path)));
  SAMPO_RETURN_IF_ERROR(source->Reopen());
  SAMPO_RETURN_IF_ERROR(source->Read(&CheckFormat));
  return source;
}

absl::Status Source::Reopen() {
  database_.reset();
  // They are looked at before they are opened: what comes later is found by Unchanged.
  const bool there = stat(path_.c_str(), &file_opened_) == 0;
  if (stat(WalOf(path_).c_str(), &wal_opened_) != 0) wal_opened_ = {};
  if (!there || file_opened_.st_size == 0) {
    return absl::DataLossError(StrCat("journal sqlite: ", path_, ": the file is empty"));
  }
  OpenMode mode = OpenMode::kReadLive;
  if (wal_opened_.st_size == 0) {
    mode = OpenMode::kReadAtRest;
  } else if (FileBytes(path_ + "-shm") == 0 && !FolderIsWritable(path_)) {
    mode = OpenMode::kReadAlone;
  }
  unlocked_ = mode != OpenMode::kReadLive;
  SAMPO_ASSIGN_OR_RETURN(database_, Database::Open(path_, mode));
  if (on_steps_) database_->OnSteps(on_steps_);
  return absl::OkStatus();
}

bool Source::Unchanged() const {
  struct stat file;
  struct stat wal;
  // A writer writes to the WAL first, and to the file at a checkpoint alone. The WAL is asked
  // last: what is read while it is as it was is so, too.
  if (stat(path_.c_str(), &file) != 0 || !Same(file, file_opened_)) return false;
  if (stat(WalOf(path_).c_str(), &wal) != 0) wal = {};
  return (wal.st_size == 0 && wal_opened_.st_size == 0) || Same(wal, wal_opened_);
}

absl::Status Source::Read(absl::FunctionRef<absl::Status(Database&)> page) {
  // Writers may come and go between: the last attempt is beside whatever there is.
  for (int attempt = 0; unlocked_ && attempt < kReopensMax; ++attempt) {
    absl::Status read = InTransaction(*database_, page);
    if (Unchanged()) return read;
    SAMPO_RETURN_IF_ERROR(Reopen());
  }
  return InTransaction(*database_, page);
}

void Source::OnSteps(std::function<void()> callback) {
  on_steps_ = std::move(callback);
  database_->OnSteps(on_steps_);
}

}  // namespace sampo::persistence::offline
