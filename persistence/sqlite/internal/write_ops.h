// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// WriteOps: what each operation of a group does within the group's transaction.
//
// Why: each is fenced by the epoch in the file, and a fenced or rejected one leaves nothing behind,
// so that its neighbours in the transaction are as if it had not been there.
// Threads: the writer's. Lifetime: holds prepared statements; ends before the connection. A
// transaction is open at each call; Forget follows where it was rolled back.
//
//   WriteOps ops(clock, 100'000);
//   SAMPO_RETURN_IF_ERROR(ops.Prepare(db));
//   WriteResult result = ops.Apply(op);
//   if (ops.error() != SQLITE_OK) ...            // the transaction is in an unknown state
#ifndef SAMPO_PERSISTENCE_SQLITE_INTERNAL_WRITE_OPS_H_
#define SAMPO_PERSISTENCE_SQLITE_INTERNAL_WRITE_OPS_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "sampo/actor/base/clock.h"
#include "sampo/persistence/sqlite/internal/connection.h"
#include "sampo/persistence/sqlite/internal/id_cache.h"
#include "sampo/persistence/sqlite/internal/rows.h"
#include "sampo/persistence/sqlite/store.h"

namespace sampo::persistence::internal {

class WriteOps {
 public:
  WriteOps(const Clock& clock, size_t ids_in_memory_max);
  absl::Status Prepare(Connection& db);

  // The result, as if the transaction were committed already. Where error() is set by it, a
  // statement failed and the whole transaction must be rolled back.
  WriteResult Apply(const WriteOp& op);
  // SQLite's code of the statement that failed; SQLITE_OK: none.
  int error() const { return error_; }
  // After a rollback: what is in memory of the ids of `group` may never have been stored.
  void Forget(std::span<const WriteOp> group);

 private:
  WriteResult Do(const AtomicAppend& append);
  WriteResult Do(const AcquireWriterOp& op);
  WriteResult Do(const DeleteEventsOp& op);
  WriteResult Do(const SaveSnapshotOp& op);
  WriteResult Do(const DeleteSnapshotsOp& op);
  WriteResult Do(const AcquireStateOp& op);
  WriteResult Do(const UpsertStateOp& op);
  WriteResult Do(const DeleteStateOp& op);

  // DATA_LOSS where the file has events of the id behind its head, or not the one at its head.
  absl::Status CheckHead(const IdRow& row, const std::string& persistence_id);
  // The row of an id: from memory, else from the file. Null: the id never had a writer. Not OK:
  // `error_` is set, or the row is damaged.
  absl::StatusOr<IdRow*> FindId(const std::string& persistence_id);
  // The row, where a writer of `epoch` is the newest; else `result` says why not, and null.
  IdRow* FindForWriter(std::string_view what, const std::string& persistence_id, uint64_t epoch,
                       WriteResult& result);
  // Digests of the append's events: `crcs_` and the hash at the last one.
  ChainHash Digest(const AtomicAppend& append, const IdRow& row, int64_t now_micros);
  int InsertEvents(const AtomicAppend& append, int64_t id, int64_t now_micros);
  int UpdateHead(const AtomicAppend& append, int64_t id, const ChainHash& hash);
  WriteResult AppendTo(const AtomicAppend& append, IdRow& row);
  int DeletePage(const EventsPage& page, const IdRow& row, uint64_t epoch);
  WriteResult WriteState(const StateRecord& state, bool deleted);

  // A failed statement: sets error_ and gives a result for it.
  WriteResult Broken(std::string_view doing, int code);
  // kFailed, without touching the transaction.
  static WriteResult FailedWith(absl::Status status);
  static WriteResult Rejected(absl::Status status);
  WriteResult Fenced(std::string text) const;
  int64_t NowMicros() const;

  const Clock& clock_;
  Connection* db_ = nullptr;
  IdCache ids_;
  IdRows id_rows_;
  EventRows event_rows_;
  StateRows state_rows_;
  RecordDigest digest_;
  int64_t next_ordering_ = 1;
  int error_ = SQLITE_OK;

  // Kept for their memory.
  StoredEvent scratch_;
  std::string tag_bytes_;
  std::vector<uint32_t> crcs_;

  Statement update_head_;
  Statement insert_event_;
  Statement insert_tag_;
  Statement insert_id_;
  Statement update_epoch_;
  Statement at_head_;
  Statement savepoint_;
  Statement rollback_to_;
  Statement release_;
  Statement keep_ordering_;
  Statement update_anchor_;
  Statement delete_tag_;
  Statement delete_events_;
  Statement save_snapshot_;
  Statement delete_snapshots_;
  Statement insert_state_;
  Statement update_state_epoch_;
  Statement update_state_;
};

}  // namespace sampo::persistence::internal

#endif  // SAMPO_PERSISTENCE_SQLITE_INTERNAL_WRITE_OPS_H_
