// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#ifndef SAMPO_PERSISTENCE_SQLITE_OFFLINE_INTERNAL_WAL_OVERLAY_H_
#define SAMPO_PERSISTENCE_SQLITE_OFFLINE_INTERNAL_WAL_OVERLAY_H_

// MakeOverlay: a copy of a database with the pages of its WAL laid over it, whatever their sums
// say.
//
// Why: SQLite drops all frames behind the first bad one. Most of them are whole, and the records in
// them prove themselves (chain_scan.h), so salvage looks at them in a copy that SQLite can open.
// Threads: one. Nobody may have the database open, in this process above all: the file is read
// without SQLite. Limit: pages that a commit truncated away are still in the copy.
//
//   SAMPO_ASSIGN_OR_RETURN(int64_t frames, MakeOverlay("/data/shop.db", report, "overlay.db"));

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "sampo/persistence/sqlite/wal_check.h"

namespace sampo::persistence::offline {

// Makes `to`; `wal` is the report on the WAL of `file`. The frames up to the last commit of the
// WAL's generation are laid over it; their number is the result. With a WAL whose header is damaged
// the generation is that of the first frame.
absl::StatusOr<int64_t> MakeOverlay(const std::string& file, const WalReport& wal,
                                    const std::string& to);

}  // namespace sampo::persistence::offline

#endif  // SAMPO_PERSISTENCE_SQLITE_OFFLINE_INTERNAL_WAL_OVERLAY_H_
