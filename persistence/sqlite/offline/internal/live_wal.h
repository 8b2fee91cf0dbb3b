// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#ifndef SAMPO_PERSISTENCE_SQLITE_OFFLINE_INTERNAL_LIVE_WAL_H_
#define SAMPO_PERSISTENCE_SQLITE_OFFLINE_INTERNAL_LIVE_WAL_H_

// ExamineLiveWal: wal_check.h on a WAL that somebody may be writing.
//
// Why: a frame that is read while it is written does not verify, and a commit behind it may be
// whole by the time the reading gets there; a WAL that starts over is for a moment of two
// generations. What is damaged stays as it is, what is written does not: damage counts where two
// examinations in a row find the same.
// Threads: one. Cost: a damaged WAL is read at least twice.
//
//   absl::StatusOr<WalReport> report = ExamineLiveWal("/data/shop.db");

#include <string>

#include "absl/status/statusor.h"
#include "sampo/persistence/sqlite/wal_check.h"

namespace sampo::persistence::offline {

// As ExamineWalOf with the default VFS.
absl::StatusOr<WalReport> ExamineLiveWal(const std::string& file);

}  // namespace sampo::persistence::offline

#endif  // SAMPO_PERSISTENCE_SQLITE_OFFLINE_INTERNAL_LIVE_WAL_H_
