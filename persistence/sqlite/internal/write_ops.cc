// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/persistence/sqlite/internal/write_ops.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "absl/time/time.h"
#include "sampo/actor/base/status_macros.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/persistence/record_limits.h"

namespace sampo::persistence::internal {
namespace {

const std::string& IdOf(const AtomicAppend& op) { return op.persistence_id; }
const std::string& IdOf(const AcquireWriterOp& op) { return op.persistence_id; }
const std::string& IdOf(const DeleteEventsOp& op) { return op.persistence_id; }
const std::string& IdOf(const SaveSnapshotOp& op) { return op.snapshot.persistence_id; }
const std::string& IdOf(const DeleteSnapshotsOp& op) { return op.persistence_id; }
const std::string& IdOf(const AcquireStateOp& op) { return op.persistence_id; }
const std::string& IdOf(const UpsertStateOp& op) { return op.state.persistence_id; }
const std::string& IdOf(const DeleteStateOp& op) { return op.persistence_id; }

WriteResult Written() { return {.outcome = WriteOutcome::kWritten}; }

}  // namespace

WriteOps::WriteOps(const Clock& clock, size_t ids_in_memory_max)
    : clock_(clock), ids_(ids_in_memory_max) {}

absl::Status WriteOps::Prepare(Connection& db) {
  db_ = &db;
  SAMPO_RETURN_IF_ERROR(id_rows_.Prepare(db));
  SAMPO_RETURN_IF_ERROR(event_rows_.Prepare(db));
  SAMPO_RETURN_IF_ERROR(state_rows_.Prepare(db));
  const struct {
    Statement* statement;
    const char* sql;
  } all[] = {
      {&update_head_,
       "UPDATE ids SET highest_seq = ?1, head_hash = ?2 WHERE id = ?3 AND epoch = ?4 AND "
       "highest_seq = ?5"},
      {&insert_event_, "INSERT INTO events VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)"},
      {&insert_tag_, "INSERT OR IGNORE INTO tags VALUES (?1, ?2)"},
      {&insert_id_,
       "INSERT INTO ids(persistence_id, epoch, highest_seq, head_hash, deleted_to, anchor_hash) "
       "VALUES (?1, 1, 0, ?2, 0, ?2)"},
      {&update_epoch_, "UPDATE ids SET epoch = ?1 WHERE id = ?2"},
      {&at_head_, "SELECT seq FROM events WHERE id = ?1 AND seq >= ?2 ORDER BY seq LIMIT 2"},
      {&savepoint_, "SAVEPOINT append"},
      {&rollback_to_, "ROLLBACK TO append"},
      {&release_, "RELEASE append"},
      {&keep_ordering_, "UPDATE counters SET value = max(value, ?1) WHERE name = 'last_ordering'"},
      {&update_anchor_,
       "UPDATE ids SET deleted_to = ?1, anchor_hash = ?2 WHERE id = ?3 AND epoch = ?4 AND "
       "deleted_to = ?5"},
      {&delete_tag_, "DELETE FROM tags WHERE tag = ?1 AND ordering = ?2"},
      {&delete_events_, "DELETE FROM events WHERE id = ?1 AND seq <= ?2"},
      {&save_snapshot_,
       "INSERT OR REPLACE INTO snapshots SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10 FROM ids "
       "WHERE id = ?1 AND epoch = ?3"},
      {&delete_snapshots_,
       "DELETE FROM snapshots WHERE id = ?1 AND seq BETWEEN ?2 AND ?3 AND written_at <= ?4 AND "
       "EXISTS (SELECT 1 FROM ids WHERE id = ?1 AND epoch = ?5)"},
      {&insert_state_,
       "INSERT INTO states(persistence_id, epoch, revision, deleted, write_epoch, written_at, "
       "manifest, version, tag, payload, crc) VALUES (?1, 1, 0, 0, 0, 0, '', 1, '', x'', ?2)"},
      {&update_state_epoch_, "UPDATE states SET epoch = ?1 WHERE persistence_id = ?2"},
      {&update_state_,
       "UPDATE states SET revision = ?2, deleted = ?4, write_epoch = ?3, written_at = ?5, "
       "manifest = ?6, version = ?7, tag = ?8, payload = ?9, crc = ?10 WHERE persistence_id = ?1 "
       "AND epoch = ?3 AND revision = ?2 - 1"},
  };
  for (const auto& [statement, sql] : all) {
    SAMPO_ASSIGN_OR_RETURN(*statement, db.Prepare(sql));
  }
  // What was deleted at the end of the table keeps its orderings for itself.
  SAMPO_ASSIGN_OR_RETURN(int64_t last,
                         db.QueryInt64("SELECT max(coalesce((SELECT max(ordering) FROM events), 0),"
                                       " (SELECT value FROM counters WHERE name = "
                                       "'last_ordering'))"));
  next_ordering_ = last + 1;
  return absl::OkStatus();
}

WriteResult WriteOps::Apply(const WriteOp& op) {
  error_ = SQLITE_OK;
  return std::visit([this](const auto& each) { return Do(each); }, op);
}

void WriteOps::Forget(std::span<const WriteOp> group) {
  for (const WriteOp& op : group) {
    std::visit([this](const auto& each) { ids_.Forget(IdOf(each)); }, op);
  }
}

int64_t WriteOps::NowMicros() const { return absl::ToUnixMicros(clock_.WallTime()); }

// --- results ---

WriteResult WriteOps::FailedWith(absl::Status status) {
  return {.outcome = WriteOutcome::kFailed, .status = std::move(status)};
}

WriteResult WriteOps::Rejected(absl::Status status) {
  return {.outcome = WriteOutcome::kRejected, .status = std::move(status)};
}

WriteResult WriteOps::Fenced(std::string text) const {
  return {.outcome = WriteOutcome::kFenced,
          .status = absl::FailedPreconditionError(StrCat(db_->prefix(), text))};
}

WriteResult WriteOps::Broken(std::string_view doing, int code) {
  error_ = code;
  return FailedWith(db_->Error(doing, code));
}

// --- ids ---

absl::StatusOr<IdRow*> WriteOps::FindId(const std::string& persistence_id) {
  if (IdRow* row = ids_.Find(persistence_id); row != nullptr) return row;
  absl::StatusOr<std::optional<IdRow>> row = id_rows_.Find(persistence_id);
  if (!row.ok()) return row.status();
  if (!row->has_value()) return nullptr;
  return ids_.Add(persistence_id, **row);
}

IdRow* WriteOps::FindForWriter(std::string_view what, const std::string& persistence_id,
                               uint64_t epoch, WriteResult& result) {
  absl::StatusOr<IdRow*> row = FindId(persistence_id);
  if (!row.ok()) {
    result = FailedWith(row.status());
    return nullptr;
  }
  if (*row == nullptr) {
    result = Fenced(StrCat(what, " of ", persistence_id, " by the writer of epoch ", epoch,
                           ": the id never had a writer"));
    return nullptr;
  }
  if ((*row)->head.epoch != epoch) {
    result = Fenced(StrCat(what, " of ", persistence_id, " by the writer of epoch ", epoch,
                           ": the journal is at epoch ", (*row)->head.epoch));
    return nullptr;
  }
  return *row;
}

// A head that is older than its events (a page of `ids` that never reached the disk) would make a
// shorter history of them, whose next event has a place that is taken; one that is ahead of them
// would leave a gap that no reader gets over.
absl::Status WriteOps::CheckHead(const IdRow& row, const std::string& id) {
  const int64_t head = row.head.highest_seq;
  at_head_.Bind(1, row.id);
  at_head_.Bind(2, head);
  const ResetAtEnd reset(at_head_);
  const bool kept = head > row.head.deleted_to;
  int code = at_head_.Step();
  if (kept && code == SQLITE_DONE) {
    return db_->DataLoss(
        StrCat("event ", head, " of ", id, ": it is missing, and the head of its id names it"));
  }
  if (kept && code == SQLITE_ROW && at_head_.Int64(0) == head) code = at_head_.Step();
  if (code == SQLITE_DONE) return absl::OkStatus();
  if (code != SQLITE_ROW) {
    error_ = code;
    return db_->Error(StrCat("new writer of ", id), code);
  }
  return db_->DataLoss(
      StrCat("event ", at_head_.Int64(0), " of ", id, ": it stands behind the head of its id"));
}

WriteResult WriteOps::Do(const AcquireWriterOp& op) {
  if (absl::Status id = CheckId(op.persistence_id); !id.ok()) return Rejected(std::move(id));
  absl::StatusOr<IdRow*> found = FindId(op.persistence_id);
  if (!found.ok()) return FailedWith(found.status());
  IdRow* row = *found;
  WriteResult result = Written();
  if (row == nullptr) {
    IdRow fresh;
    fresh.head.epoch = 1;
    insert_id_.BindText(1, op.persistence_id);
    insert_id_.BindBlob(2, HashBytes(fresh.anchor));
    if (const int code = insert_id_.Run(); code != SQLITE_DONE) {
      return Broken(StrCat("first writer of ", op.persistence_id), code);
    }
    fresh.id = db_->LastInsertId();
    row = ids_.Add(op.persistence_id, fresh);
    if (absl::Status none = CheckHead(*row, op.persistence_id); !none.ok()) {
      return FailedWith(std::move(none));
    }
  } else {
    if (absl::Status none = CheckHead(*row, op.persistence_id); !none.ok()) {
      return FailedWith(std::move(none));
    }
    update_epoch_.Bind(1, static_cast<int64_t>(row->head.epoch + 1));
    update_epoch_.Bind(2, row->id);
    if (const int code = update_epoch_.Run(); code != SQLITE_DONE) {
      return Broken(StrCat("new writer of ", op.persistence_id), code);
    }
    ++row->head.epoch;
  }
  static_cast<JournalHead&>(result.grant) = row->head;
  return result;
}

// --- events ---

ChainHash WriteOps::Digest(const AtomicAppend& append, const IdRow& row, int64_t now_micros) {
  ChainHash hash = row.head.hash;
  crcs_.clear();
  int64_t seq = append.after_seq;
  for (const EventRecord& event : append.events) {
    static_cast<EventRecord&>(scratch_) = event;
    scratch_.seq = ++seq;
    scratch_.epoch = append.epoch;
    scratch_.written_at_micros = now_micros;
    digest_.SetEvent(append.persistence_id, scratch_);
    crcs_.push_back(digest_.Crc32c());
    hash = digest_.ChainAfter(hash);
  }
  return hash;
}

int WriteOps::UpdateHead(const AtomicAppend& append, int64_t id, const ChainHash& hash) {
  update_head_.Bind(1, append.after_seq + static_cast<int64_t>(append.events.size()));
  update_head_.BindBlob(2, HashBytes(hash));
  update_head_.Bind(3, id);
  update_head_.Bind(4, static_cast<int64_t>(append.epoch));
  update_head_.Bind(5, append.after_seq);
  return update_head_.Run();
}

int WriteOps::InsertEvents(const AtomicAppend& append, int64_t id, int64_t now_micros) {
  int64_t seq = append.after_seq;
  size_t index = 0;
  for (const EventRecord& event : append.events) {
    const int64_t ordering = next_ordering_++;
    insert_event_.Bind(1, ordering);
    insert_event_.Bind(2, id);
    insert_event_.Bind(3, ++seq);
    insert_event_.Bind(4, static_cast<int64_t>(append.epoch));
    insert_event_.Bind(5, now_micros);
    insert_event_.BindText(6, event.manifest);
    insert_event_.Bind(7, event.version);
    EncodeTags(event.tags, tag_bytes_);
    event.tags.empty() ? insert_event_.BindNull(8) : insert_event_.BindBlob(8, tag_bytes_);
    event.metadata.empty() ? insert_event_.BindNull(9) : insert_event_.BindBlob(9, event.metadata);
    insert_event_.BindBlob(10, event.payload);
    insert_event_.Bind(11, crcs_[index++]);
    if (const int code = insert_event_.Run(); code != SQLITE_DONE) return code;
    for (const std::string& tag : event.tags) {
      insert_tag_.BindText(1, tag);
      insert_tag_.Bind(2, ordering);
      if (const int code = insert_tag_.Run(); code != SQLITE_DONE) return code;
    }
  }
  return SQLITE_DONE;
}

// Knows that the row in memory fits; the file has the last word.
WriteResult WriteOps::AppendTo(const AtomicAppend& append, IdRow& row) {
  const int64_t now_micros = NowMicros();
  const ChainHash hash = Digest(append, row, now_micros);
  const auto doing = [&] {
    return StrCat("event ", append.after_seq + 1, " of ", append.persistence_id);
  };
  // Several events: what came before the one that failed is taken back here. One event needs no
  // savepoint: where it fails, the group is rolled back and its members are tried one by one.
  const bool several = append.events.size() > 1;
  if (several) {
    if (const int code = savepoint_.Run(); code != SQLITE_DONE) return Broken(doing(), code);
  }
  int code = UpdateHead(append, row.id, hash);
  const bool fenced = code == SQLITE_DONE && db_->Changes() == 0;
  if (code == SQLITE_DONE && !fenced) code = InsertEvents(append, row.id, now_micros);
  if (code != SQLITE_DONE) {
    WriteResult failed = FailedWith(db_->Error(doing(), code));
    const bool taken_back = several && FailureOf(code) == SqliteFailure::kDamage &&
                            db_->InTransaction() && rollback_to_.Run() == SQLITE_DONE &&
                            release_.Run() == SQLITE_DONE;
    if (!taken_back) error_ = code;
    ids_.Forget(append.persistence_id);
    return failed;
  }
  if (several) {
    if (code = release_.Run(); code != SQLITE_DONE) return Broken(doing(), code);
  }
  if (fenced) {
    ids_.Forget(append.persistence_id);
    return Fenced(StrCat("append to ", append.persistence_id, " behind event ", append.after_seq,
                         " by the writer of epoch ", append.epoch,
                         ": the journal is at another event or epoch"));
  }
  row.head.highest_seq += static_cast<int64_t>(append.events.size());
  row.head.hash = hash;
  WriteResult result = Written();
  result.hash = hash;
  return result;
}

WriteResult WriteOps::Do(const AtomicAppend& append) {
  if (absl::Status fit = CheckAppend(append); !fit.ok()) return Rejected(std::move(fit));
  absl::StatusOr<IdRow*> row = FindId(append.persistence_id);
  if (!row.ok()) return FailedWith(row.status());
  const JournalHead head = *row == nullptr ? JournalHead{} : (*row)->head;
  if (head.epoch != append.epoch || head.highest_seq != append.after_seq || *row == nullptr) {
    return Fenced(StrCat("append to ", append.persistence_id, " behind event ", append.after_seq,
                         " by the writer of epoch ", append.epoch, ": the journal is at event ",
                         head.highest_seq, " and epoch ", head.epoch));
  }
  return AppendTo(append, **row);
}

int WriteOps::DeletePage(const EventsPage& page, const IdRow& row, uint64_t epoch) {
  keep_ordering_.Bind(1, next_ordering_ - 1);
  if (const int code = keep_ordering_.Run(); code != SQLITE_DONE) return code;
  const int64_t to_seq = page.events.back().seq;
  update_anchor_.Bind(1, to_seq);
  update_anchor_.BindBlob(2, HashBytes(*page.hash_after));
  update_anchor_.Bind(3, row.id);
  update_anchor_.Bind(4, static_cast<int64_t>(epoch));
  update_anchor_.Bind(5, row.head.deleted_to);
  if (const int code = update_anchor_.Run(); code != SQLITE_DONE) return code;
  if (db_->Changes() != 1) return SQLITE_MISMATCH;
  for (const StoredEvent& event : page.events) {
    for (const std::string& tag : event.tags) {
      delete_tag_.BindText(1, tag);
      delete_tag_.Bind(2, event.ordering);
      if (const int code = delete_tag_.Run(); code != SQLITE_DONE) return code;
    }
  }
  delete_events_.Bind(1, row.id);
  delete_events_.Bind(2, to_seq);
  return delete_events_.Run();
}

WriteResult WriteOps::Do(const DeleteEventsOp& op) {
  WriteResult result = Written();
  IdRow* row = FindForWriter("delete of events", op.persistence_id, op.epoch, result);
  if (row == nullptr) return result;
  static_cast<JournalHead&>(result.grant) = row->head;
  if (std::min(op.to_seq, row->head.highest_seq) <= row->head.deleted_to) return result;
  absl::StatusOr<EventsPage> page = event_rows_.ReadPage({.persistence_id = op.persistence_id,
                                                          .from_seq = row->head.deleted_to + 1,
                                                          .to_seq = op.to_seq,
                                                          .events_max = kEventsPerDeleteMax},
                                                         *row);
  if (!page.ok()) return FailedWith(page.status());
  if (const int code = DeletePage(*page, *row, op.epoch); code != SQLITE_DONE) {
    return Broken(StrCat("delete of events of ", op.persistence_id), code);
  }
  row->head.deleted_to = page->events.back().seq;
  row->anchor = *page->hash_after;
  static_cast<JournalHead&>(result.grant) = row->head;
  return result;
}

// --- snapshots ---

WriteResult WriteOps::Do(const SaveSnapshotOp& op) {
  const SnapshotRecord& snapshot = op.snapshot;
  if (absl::Status fit = CheckSnapshot(snapshot); !fit.ok()) return Rejected(std::move(fit));
  WriteResult result = Written();
  IdRow* row = FindForWriter("snapshot", snapshot.persistence_id, snapshot.epoch, result);
  if (row == nullptr) return result;
  digest_.SetSnapshot(snapshot);
  save_snapshot_.Bind(1, row->id);
  save_snapshot_.Bind(2, snapshot.seq);
  save_snapshot_.Bind(3, static_cast<int64_t>(snapshot.epoch));
  save_snapshot_.BindBlob(4, HashBytes(snapshot.hash));
  save_snapshot_.Bind(5, snapshot.written_at_micros);
  save_snapshot_.BindText(6, snapshot.manifest);
  save_snapshot_.Bind(7, snapshot.version);
  snapshot.metadata.empty() ? save_snapshot_.BindNull(8)
                            : save_snapshot_.BindBlob(8, snapshot.metadata);
  save_snapshot_.BindBlob(9, snapshot.payload);
  save_snapshot_.Bind(10, digest_.Crc32c());
  if (const int code = save_snapshot_.Run(); code != SQLITE_DONE) {
    return Broken(StrCat("snapshot ", snapshot.seq, " of ", snapshot.persistence_id), code);
  }
  if (db_->Changes() == 0) {
    ids_.Forget(snapshot.persistence_id);
    return Fenced(StrCat("snapshot of ", snapshot.persistence_id, " by the writer of epoch ",
                         snapshot.epoch, ": the journal is at another epoch"));
  }
  return result;
}

WriteResult WriteOps::Do(const DeleteSnapshotsOp& op) {
  WriteResult result = Written();
  IdRow* row = FindForWriter("delete of snapshots", op.persistence_id, op.epoch, result);
  if (row == nullptr) return result;
  delete_snapshots_.Bind(1, row->id);
  delete_snapshots_.Bind(2, op.criteria.seq_min);
  delete_snapshots_.Bind(3, op.criteria.seq_max);
  delete_snapshots_.Bind(4, op.criteria.written_at_micros_max);
  delete_snapshots_.Bind(5, static_cast<int64_t>(op.epoch));
  if (const int code = delete_snapshots_.Run(); code != SQLITE_DONE) {
    return Broken(StrCat("delete of snapshots of ", op.persistence_id), code);
  }
  return result;
}

// --- states ---

WriteResult WriteOps::Do(const AcquireStateOp& op) {
  if (absl::Status id = CheckId(op.persistence_id); !id.ok()) return Rejected(std::move(id));
  absl::StatusOr<StateGrant> found = state_rows_.Find(op.persistence_id);
  if (!found.ok()) return FailedWith(found.status());
  WriteResult result = Written();
  result.state = *std::move(found);
  Statement& statement = result.state.epoch == 0 ? insert_state_ : update_state_epoch_;
  if (result.state.epoch == 0) {
    digest_.SetState({.persistence_id = op.persistence_id});
    statement.BindText(1, op.persistence_id);
    statement.Bind(2, digest_.Crc32c());
  } else {
    statement.Bind(1, static_cast<int64_t>(result.state.epoch + 1));
    statement.BindText(2, op.persistence_id);
  }
  if (const int code = statement.Run(); code != SQLITE_DONE) {
    return Broken(StrCat("new writer of the state of ", op.persistence_id), code);
  }
  ++result.state.epoch;
  return result;
}

WriteResult WriteOps::WriteState(const StateRecord& state, bool deleted) {
  digest_.SetState(state);
  update_state_.BindText(1, state.persistence_id);
  update_state_.Bind(2, state.revision);
  update_state_.Bind(3, static_cast<int64_t>(state.epoch));
  update_state_.Bind(4, deleted ? 1 : 0);
  update_state_.Bind(5, state.written_at_micros);
  update_state_.BindText(6, state.manifest);
  update_state_.Bind(7, state.version);
  update_state_.BindText(8, state.tag);
  update_state_.BindBlob(9, state.payload);
  update_state_.Bind(10, digest_.Crc32c());
  if (const int code = update_state_.Run(); code != SQLITE_DONE) {
    return Broken(StrCat("state of ", state.persistence_id), code);
  }
  if (db_->Changes() == 1) return Written();
  absl::StatusOr<StateGrant> now = state_rows_.Find(state.persistence_id);
  if (!now.ok()) return FailedWith(now.status());
  return Fenced(StrCat("revision ", state.revision, " of the state of ", state.persistence_id,
                       " by the writer of epoch ", state.epoch, ": the store is at revision ",
                       now->revision, " and epoch ", now->epoch));
}

WriteResult WriteOps::Do(const UpsertStateOp& op) {
  if (absl::Status fit = CheckState(op.state); !fit.ok()) return Rejected(std::move(fit));
  return WriteState(op.state, false);
}

WriteResult WriteOps::Do(const DeleteStateOp& op) {
  if (absl::Status id = CheckId(op.persistence_id); !id.ok()) return Rejected(std::move(id));
  return WriteState({.persistence_id = op.persistence_id,
                     .revision = op.revision,
                     .epoch = op.epoch,
                     .written_at_micros = NowMicros()},
                    true);
}

}  // namespace sampo::persistence::internal
