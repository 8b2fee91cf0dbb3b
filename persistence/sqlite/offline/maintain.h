// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// BackupJournal and CompactJournal: a copy of a journal that is in use, and a journal made small.
//
// Why: `cp` of a journal that is written makes a file that is of no time at all. A backup is
// SQLite's, of one moment, and it is verified before it gets its name. Compacting rewrites the
// whole file, so it needs the journal for itself. Threads: one for each call. Bounds: a backup
// copies kBackupPagesPerStep pages at a time. Limits: while a backup copies, the WAL of the journal
// cannot start over and grows. Compacting needs room for two more copies of what is in use.
//
//   absl::StatusOr<BackupReport> made = BackupJournal("shop.db", "backup.db", {});
#ifndef SAMPO_PERSISTENCE_SQLITE_OFFLINE_MAINTAIN_H_
#define SAMPO_PERSISTENCE_SQLITE_OFFLINE_MAINTAIN_H_

#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "sampo/persistence/sqlite/offline/verify.h"

namespace sampo::persistence::offline {

// 4 MiB of pages of 4 KiB: some milliseconds. Chosen, not measured.
inline constexpr int kBackupPagesPerStep = 1024;

struct BackupOptions {
  OnProgress on_progress;
  std::function<void(const Finding&)> on_finding;
  // Called between two steps, for tests.
  std::function<void()> between_steps;
};

struct BackupReport {
  int64_t bytes = 0;
  VerifyReport verified;  // of the copy
  // Where the copy is: `to`, or where damage was found, `to`-partial.
  std::string file;
};

// A copy of `file`, which may be in use, as of one moment. Damage that the copy has is a finding.
// DATA_LOSS: the WAL is damaged, so that SQLite would copy a part: salvage. ALREADY_EXISTS: `to`
// is there. UNAVAILABLE, RESOURCE_EXHAUSTED: I/O, no room.
absl::StatusOr<BackupReport> BackupJournal(const std::string& file, const std::string& to,
                                           const BackupOptions& options);

struct CompactReport {
  int64_t bytes_before = 0;
  int64_t bytes_after = 0;
  VerifyReport verified;  // before; with findings nothing was done
};

// Gives back the space of what was deleted, and takes the WAL into the file. UNAVAILABLE: the file
// is in use, by whom is in the text.
absl::StatusOr<CompactReport> CompactJournal(const std::string& file, const VerifyOptions& options);

}  // namespace sampo::persistence::offline

#endif  // SAMPO_PERSISTENCE_SQLITE_OFFLINE_MAINTAIN_H_
