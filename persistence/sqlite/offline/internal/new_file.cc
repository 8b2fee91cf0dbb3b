// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/persistence/sqlite/offline/internal/new_file.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "sampo/actor/base/status_macros.h"
#include "sampo/actor/base/str_cat.h"

namespace sampo::persistence::offline {
namespace {

absl::Status Failed(const std::string& path, const char* doing) {
  const std::string text = StrCat("journal: ", path, ": ", doing, ": ", std::strerror(errno));
  return errno == EEXIST ? absl::AlreadyExistsError(text) : absl::UnavailableError(text);
}

absl::Status SyncPath(const std::string& path, int flags) {
  const int descriptor = open(path.c_str(), flags | O_CLOEXEC);
  if (descriptor < 0) return Failed(path, "cannot be opened to be synced");
  const bool synced = fsync(descriptor) == 0;
  absl::Status result = synced ? absl::OkStatus() : Failed(path, "cannot be synced");
  close(descriptor);
  return result;
}

std::string FolderOf(const std::string& path) {
  const size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

}  // namespace

absl::StatusOr<NewFile> NewFile::For(const std::string& name) {
  NewFile file(name);
  file.Keep();  // until it is known that there is none yet
  for (const std::string& path : {file.name(), file.partial()}) {
    struct stat found;
    if (lstat(path.c_str(), &found) == 0) {
      return absl::AlreadyExistsError(
          StrCat("journal: ", path, " exists already, and nothing is replaced"));
    }
    if (errno != ENOENT) return Failed(path, "cannot be made");
  }
  file.owned_ = true;
  return file;
}

NewFile::~NewFile() {
  if (!owned_) return;
  // What SQLite may have put beside it as well; most of them are not there.
  for (const char* ending : {"", "-wal", "-shm", "-journal"}) {
    unlink((partial() + ending).c_str());
  }
}

absl::Status NewFile::Publish() {
  SAMPO_RETURN_IF_ERROR(SyncPath(partial(), O_RDONLY));
  int renamed = renameat2(AT_FDCWD, partial().c_str(), AT_FDCWD, name_.c_str(), RENAME_NOREPLACE);
  if (renamed != 0 && (errno == EINVAL || errno == ENOSYS)) {
    // A file system that cannot refuse: it was looked for at the start.
    renamed = rename(partial().c_str(), name_.c_str());
  }
  if (renamed != 0) return Failed(name_, "cannot be given its name");
  owned_ = false;
  return SyncPath(FolderOf(name_), O_RDONLY | O_DIRECTORY);
}

}  // namespace sampo::persistence::offline
