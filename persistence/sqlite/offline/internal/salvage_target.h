// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#ifndef SAMPO_PERSISTENCE_SQLITE_OFFLINE_INTERNAL_SALVAGE_TARGET_H_
#define SAMPO_PERSISTENCE_SQLITE_OFFLINE_INTERNAL_SALVAGE_TARGET_H_

// SalvageTarget: the new journal that salvage writes.
//
// Why: what is copied is checked once more on its way, and the rows that vouch for it (heads,
// anchors, tags) are made from what was copied, never taken over.
// Threads: one. Lifetime: Finish, then destroy. Bound: commits every kRowsPerCommit rows.
//
//   SAMPO_ASSIGN_OR_RETURN(auto target, SalvageTarget::Make("new.db-partial"));
//   SAMPO_ASSIGN_OR_RETURN(CopiedId copied, target->CopyId(*source, walk));
//   SAMPO_RETURN_IF_ERROR(target->Finish());

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "sampo/persistence/record_digest.h"
#include "sampo/persistence/sqlite/offline/internal/database.h"
#include "sampo/persistence/sqlite/offline/internal/id_walk.h"
#include "sampo/persistence/sqlite/offline/internal/rows.h"
#include "sampo/persistence/sqlite/offline/internal/source.h"

namespace sampo::persistence::offline {

struct CopiedId {
  int64_t events = 0;
  int64_t snapshots = 0;
  int64_t newest_snapshot = -1;  // of those
  // Of an id that had events nothing is left: it was not added. Its events would begin anew in any
  // case; and under a damaged name no event can be right.
  bool emptied = false;
  // Of those with a right checksum: not on the chain of the events that were copied.
  std::vector<int64_t> snapshots_left_out;
};

class SalvageTarget {
 public:
  static absl::StatusOr<std::unique_ptr<SalvageTarget>> Make(const std::string& path);

  // Whether an id was copied under this number, or under this name ("": the number alone).
  absl::StatusOr<bool> HasId(int64_t id, std::string_view persistence_id);
  absl::StatusOr<bool> HasState(int64_t id, std::string_view persistence_id);
  // How many were copied under numbers from `from` to `to`.
  absl::StatusOr<int64_t> CountIds(int64_t from, int64_t to);
  absl::StatusOr<int64_t> CountStates(int64_t from, int64_t to);
  // The best stretch of `walk`, which was made in `from`. DATA_LOSS: `from` has changed since.
  absl::StatusOr<CopiedId> CopyId(Source& from, const IdWalk& walk);
  absl::Status AddState(const StateRow& row);
  // New events get an ordering above this one.
  void KeepOrdering(int64_t ordering) { ordering_ = std::max(ordering_, ordering); }
  absl::Status Finish();

 private:
  explicit SalvageTarget(std::unique_ptr<Database> database) : database_(std::move(database)) {}

  absl::StatusOr<int64_t> Count(const char* sql, int64_t from, int64_t to);
  absl::Status CopyEvents(Source& from, const IdWalk& walk, CopiedId& copied);
  absl::Status TakeEvent(const IdWalk& walk, const EventRow& row, CopiedId& copied);
  absl::Status CopySnapshots(Source& from, const IdWalk& walk, CopiedId& copied);
  absl::Status AddId(const IdWalk& walk);
  absl::Status AddEvent(const EventRow& row);
  absl::Status AddSnapshot(int64_t id, const SnapshotRow& row);
  absl::Status CommitSometimes();

  std::unique_ptr<Database> database_;
  RecordDigest digest_;
  int64_t rows_ = 0;      // since the last commit
  int64_t ordering_ = 0;  // the greatest
  // Of the id that is copied:
  uint64_t epoch_ = 0;
  ChainHash hash_{};
  std::vector<SyncPoint> on_chain_;  // snapshots that the events lead to
};

}  // namespace sampo::persistence::offline

#endif  // SAMPO_PERSISTENCE_SQLITE_OFFLINE_INTERNAL_SALVAGE_TARGET_H_
