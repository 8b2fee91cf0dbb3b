// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/persistence/sqlite/internal/lock_file.h"

#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>

#include "absl/status/status.h"
#include "sampo/actor/base/str_cat.h"

namespace sampo::persistence::internal {
namespace {

// A holder that ends removes the file; whoever opened it before that locks a file without a name
// and must begin anew. More often than this in a row it is something else.
constexpr int kAttemptsMax = 100;
// Of the text "<pid> <host>".
constexpr size_t kHolderBytesMax = 300;

absl::Status Failed(const std::string& path, const char* doing, int error) {
  return absl::UnavailableError(
      StrCat("journal sqlite: ", path, ": ", doing, ": ", strerror(error)));
}

std::string HolderText(int descriptor) {
  char text[kHolderBytesMax];
  const ssize_t size = pread(descriptor, text, sizeof(text), 0);
  std::string holder(text, size > 0 ? static_cast<size_t>(size) : 0);
  while (!holder.empty() && holder.back() == '\n') holder.pop_back();
  const size_t space = holder.find(' ');
  // A holder that has just begun has not written it yet.
  if (space == std::string::npos) return "another process";
  return StrCat("pid ", holder.substr(0, space), " on ", holder.substr(space + 1));
}

bool WriteHolder(int descriptor) {
  char host[256] = "";
  if (gethostname(host, sizeof(host) - 1) != 0) strcpy(host, "an unknown host");
  const std::string text = StrCat(getpid(), " ", host, "\n");
  return ftruncate(descriptor, 0) == 0 &&
         pwrite(descriptor, text.data(), text.size(), 0) == static_cast<ssize_t>(text.size());
}

bool IsStillNamed(int descriptor, const std::string& path) {
  struct stat locked;
  struct stat named;
  return fstat(descriptor, &locked) == 0 && stat(path.c_str(), &named) == 0 &&
         locked.st_ino == named.st_ino && locked.st_dev == named.st_dev;
}

}  // namespace

absl::StatusOr<std::string> RealPathOf(const std::string& file) {
  if (file.empty()) return absl::InvalidArgumentError("journal sqlite: no file was named");
  char resolved[PATH_MAX];
  if (realpath(file.c_str(), resolved) != nullptr) return std::string(resolved);
  struct stat link;
  if (errno != ENOENT || lstat(file.c_str(), &link) == 0) {
    return Failed(file, "cannot be opened", errno == 0 ? ENOENT : errno);
  }
  // It will be made: its folder must be there.
  const size_t slash = file.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : file.substr(0, slash + 1);
  const std::string name = slash == std::string::npos ? file : file.substr(slash + 1);
  if (name.empty())
    return absl::InvalidArgumentError(StrCat("journal sqlite: ", file, ": a folder"));
  if (realpath(folder.c_str(), resolved) == nullptr) {
    return Failed(file, "its folder cannot be opened", errno);
  }
  std::string path = resolved;
  if (path != "/") path += '/';
  return path + name;
}

absl::StatusOr<LockFile> LockFile::Take(const std::string& real_path) {
  const std::string path = real_path + "-lock";
  for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
    const int descriptor = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (descriptor < 0) return Failed(path, "cannot be made", errno);
    if (flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
      const int error = errno;
      const std::string holder = HolderText(descriptor);
      close(descriptor);
      if (error != EWOULDBLOCK) return Failed(path, "cannot be locked", error);
      return absl::UnavailableError(
          StrCat("journal sqlite: ", real_path, " is in use by ", holder));
    }
    if (IsStillNamed(descriptor, path)) {
      LockFile lock(path, descriptor);
      // The text is for people; a full disk must not keep the journal from starting.
      (void)WriteHolder(descriptor);
      return lock;
    }
    close(descriptor);
  }
  return absl::UnavailableError(StrCat("journal sqlite: ", path, ": disappears again and again"));
}

LockFile::~LockFile() {
  if (descriptor_ < 0) return;
  // Removed while it is still locked, so that nobody's new file is removed.
  unlink(path_.c_str());
  close(descriptor_);
}

}  // namespace sampo::persistence::internal
