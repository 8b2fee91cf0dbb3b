// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// LockFile: the right of one store to write a journal file, as an flock on a file beside it.
//
// Why: SQLite's own locks last for a transaction; two processes would write in turns and neither
// would notice (tried). An flock ends with its process, however that ends. The file holds the pid
// and the host, for the words of whoever is refused.
// Threads: none of its own. Lifetime: the lock is given back, and the file removed, at the end.
// Limit: an flock does not reach other machines on some network file systems.
//
//   SAMPO_ASSIGN_OR_RETURN(LockFile lock, LockFile::Take("/data/shop.db"));
#ifndef SAMPO_PERSISTENCE_SQLITE_INTERNAL_LOCK_FILE_H_
#define SAMPO_PERSISTENCE_SQLITE_INTERNAL_LOCK_FILE_H_

#include <string>
#include <utility>

#include "absl/status/statusor.h"

namespace sampo::persistence::internal {

// The path of `file` without symbolic links; the file need not be there, its folder must.
// INVALID_ARGUMENT: no name; UNAVAILABLE: no such folder, a link that leads nowhere.
absl::StatusOr<std::string> RealPathOf(const std::string& file);

class LockFile {
 public:
  // `real_path`: of RealPathOf. UNAVAILABLE: somebody has it, or the file cannot be made.
  static absl::StatusOr<LockFile> Take(const std::string& real_path);
  LockFile(LockFile&& other) noexcept
      : path_(std::move(other.path_)), descriptor_(std::exchange(other.descriptor_, -1)) {}
  LockFile& operator=(LockFile&&) = delete;
  ~LockFile();

 private:
  LockFile(std::string path, int descriptor) : path_(std::move(path)), descriptor_(descriptor) {}
  std::string path_;
  int descriptor_;
};

}  // namespace sampo::persistence::internal

#endif  // SAMPO_PERSISTENCE_SQLITE_INTERNAL_LOCK_FILE_H_
