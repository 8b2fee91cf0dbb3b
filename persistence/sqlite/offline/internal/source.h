// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#ifndef SAMPO_PERSISTENCE_SQLITE_OFFLINE_INTERNAL_SOURCE_H_
#define SAMPO_PERSISTENCE_SQLITE_OFFLINE_INTERNAL_SOURCE_H_

// Source: a journal that is read by short transactions, whether a writer has it open or not.
//
// Why: a journal at rest is one file, perhaps on a disk that cannot be written; SQLite would put a
// -wal and a -shm beside it. So it is opened as immutable, without any lock, and each transaction
// looks afterwards whether a writer has come; if so it is read again beside the writer. A WAL that
// a crash left is read with SQLite's locks, which leaves a -shm there; where the folder cannot be
// written and nobody has left a -shm, without locks, as at rest.
// A reader beside a writer holds SQLite's read locks alone. They make a writer wait only where its
// WAL has become very long; but while one transaction lasts the WAL cannot start again from its
// beginning, so transactions are short.
// Threads: one. Lifetime: its database ends with it.
//
//   SAMPO_ASSIGN_OR_RETURN(auto source, Source::Open("shop.db"));
//   absl::Status read = source->Read([&](Database& database) { ... });   // perhaps more than once

#include <sys/stat.h>

#include <memory>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "sampo/persistence/sqlite/offline/internal/database.h"

namespace sampo::persistence::offline {

class Source {
 public:
  // NOT_FOUND, UNAVAILABLE: no such file, it cannot be opened. DATA_LOSS: its header is damaged, or
  // it is empty (SQLite is not let near it: it would delete the WAL of an empty file).
  // INVALID_ARGUMENT: no journal of ours. UNIMPLEMENTED: of a newer format.
  static absl::StatusOr<std::unique_ptr<Source>> Open(const std::string& path);

  // Runs `page` in one read transaction. It may run again, so it starts its results anew.
  absl::Status Read(absl::FunctionRef<absl::Status(Database&)> page);

  const std::string& path() const { return path_; }
  // For SQLite's own calls, within Read alone; progress is set on it.
  Database& database() { return *database_; }
  void OnSteps(std::function<void()> callback);

 private:
  explicit Source(std::string path) : path_(std::move(path)) {}
  absl::Status Reopen();
  // Whether the file and its WAL are as they were when they were opened without locks.
  bool Unchanged() const;

  const std::string path_;
  std::unique_ptr<Database> database_;
  bool unlocked_ = false;
  struct stat file_opened_ {};
  struct stat wal_opened_ {};  // zeros: there is none
  std::function<void()> on_steps_;
};

// `path` without symbolic links. NOT_FOUND: there is no such file.
absl::StatusOr<std::string> ExistingPath(const std::string& path);
// As Source::Open checks it.
absl::Status CheckFormat(Database& database);
// Whether this process may make files beside `path`.
bool FolderIsWritable(const std::string& path);
// The bytes of `path`; 0: there is none.
int64_t FileBytes(const std::string& path);

}  // namespace sampo::persistence::offline

#endif  // SAMPO_PERSISTENCE_SQLITE_OFFLINE_INTERNAL_SOURCE_H_
