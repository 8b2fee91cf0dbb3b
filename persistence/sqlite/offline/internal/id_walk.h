// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#ifndef SAMPO_PERSISTENCE_SQLITE_OFFLINE_INTERNAL_ID_WALK_H_
#define SAMPO_PERSISTENCE_SQLITE_OFFLINE_INTERNAL_ID_WALK_H_

// WalkId: reads all that a journal has of one id, page by page, and checks it.
//
// Why: `verify` reports what it finds, `salvage` copies what it finds whole. The writer may go on
// meanwhile: each page brings the head with it as of the same transaction; where events were
// deleted between two pages, the id is begun anew.
// Threads: one. Lifetime: values. Bounds: a page in memory, and ScanResult's.
//
//   SAMPO_ASSIGN_OR_RETURN(IdWalk walk, WalkId(*source, 7, [](int64_t events) { ... }));
//   if (!walk.scan.whole()) Report(walk);

#include <cstdint>
#include <functional>
#include <vector>

#include "absl/status/statusor.h"
#include "sampo/persistence/sqlite/offline/internal/chain_scan.h"
#include "sampo/persistence/sqlite/offline/internal/rows.h"
#include "sampo/persistence/sqlite/offline/internal/source.h"

namespace sampo::persistence::offline {

struct IdWalk {
  bool found = false;
  IdRow row;  // as of the last page
  ScanResult scan;
  std::vector<SyncPoint> snapshots;            // those whose checksum is right
  std::vector<ScanProblem> snapshot_problems;  // of the others, and of those beyond the head
  std::vector<ScanProblem> tag_problems;       // events that are not found by a tag they have
  int64_t snapshots_total = 0;
  int64_t events = 0;  // rows read
  bool whole() const {
    return scan.whole() && scan.foreign_snapshots.empty() && snapshot_problems.empty() &&
           tag_problems.empty() && row.malformed.empty();
  }
};

// Told after each page how many events it had.
using OnPage = std::function<void(int64_t events)>;

enum class Anchor : uint8_t {
  kStored,  // deleted_to and anchor_hash of the id's row
  kNone,    // as if nothing had been deleted: where events stand that should be
};

// `id`: of the table ids. Errors: those of reading the file at all (UNAVAILABLE); damage is in the
// result.
absl::StatusOr<IdWalk> WalkId(Source& source, int64_t id, const OnPage& on_page,
                              Anchor anchor = Anchor::kStored);

}  // namespace sampo::persistence::offline

#endif  // SAMPO_PERSISTENCE_SQLITE_OFFLINE_INTERNAL_ID_WALK_H_
