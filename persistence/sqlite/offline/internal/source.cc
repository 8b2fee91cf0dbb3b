// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/persistence/sqlite/offline/internal/source.h"

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

}  // namespace

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
  // The WAL is looked at before the file is opened: what comes later is found by Unchanged.
  at_rest_ = stat(path_.c_str(), &opened_) == 0 && FileBytes(path_ + "-wal") == 0;
  if (FileBytes(path_) == 0) {
    return absl::DataLossError(StrCat("journal sqlite: ", path_, ": the file is empty"));
  }
  SAMPO_ASSIGN_OR_RETURN(
      database_, Database::Open(path_, at_rest_ ? OpenMode::kReadAtRest : OpenMode::kReadLive));
  if (on_steps_) database_->OnSteps(on_steps_);
  return absl::OkStatus();
}

bool Source::Unchanged() const {
  struct stat now;
  // A writer writes to the WAL first, and to the file at a checkpoint alone. The WAL is asked
  // last: what is read while it is empty is as it was.
  return stat(path_.c_str(), &now) == 0 && now.st_ino == opened_.st_ino &&
         now.st_size == opened_.st_size && now.st_mtim.tv_sec == opened_.st_mtim.tv_sec &&
         now.st_mtim.tv_nsec == opened_.st_mtim.tv_nsec && FileBytes(path_ + "-wal") == 0;
}

absl::Status Source::Read(absl::FunctionRef<absl::Status(Database&)> page) {
  // Writers may come and go between: the last attempt is beside whatever there is.
  for (int attempt = 0; at_rest_ && attempt < kReopensMax; ++attempt) {
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
