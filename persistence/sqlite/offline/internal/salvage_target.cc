// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/persistence/sqlite/offline/internal/salvage_target.h"

#include <optional>
#include <utility>

#include "sampo/actor/base/status_macros.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/persistence/sqlite/internal/rows.h"
#include "sampo/persistence/sqlite/internal/schema.h"

namespace sampo::persistence::offline {
namespace {

constexpr int64_t kRowsPerCommit = 10'000;
constexpr int64_t kRowsPerPage = 1000;

constexpr char kHasId[] = "SELECT 1 FROM ids WHERE id = ? OR persistence_id = ?";
constexpr char kHasState[] = "SELECT 1 FROM states WHERE id = ? OR persistence_id = ?";
constexpr char kCountIds[] = "SELECT count(*) FROM ids WHERE id >= ? AND id <= ?";
constexpr char kCountStates[] = "SELECT count(*) FROM states WHERE id >= ? AND id <= ?";
constexpr char kAddId[] = "INSERT INTO ids VALUES (?, ?, ?, ?, ?, ?, ?)";
constexpr char kHasOrdering[] = "SELECT 1 FROM events WHERE ordering = ?";
constexpr char kAddEvent[] = "INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
constexpr char kAddTag[] = "INSERT OR IGNORE INTO tags VALUES (?, ?)";
constexpr char kAddSnapshot[] = "INSERT INTO snapshots VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
constexpr char kAddState[] = "INSERT INTO states VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
constexpr char kSetOrdering[] = "UPDATE counters SET value = ? WHERE name = 'last_ordering'";

void BindOrNull(Query& query, int parameter, std::string_view bytes) {
  if (bytes.empty()) {
    query.BindNull(parameter);
  } else {
    query.BindBlob(parameter, bytes);
  }
}

absl::Status Changed(const Source& from, const IdWalk& walk) {
  return absl::DataLossError(StrCat("journal sqlite: ", from.path(), ": ", walk.row.persistence_id,
                                    " reads differently each time: the disk may be failing"));
}

}  // namespace

absl::StatusOr<std::unique_ptr<SalvageTarget>> SalvageTarget::Make(const std::string& path) {
  SAMPO_ASSIGN_OR_RETURN(std::unique_ptr<Database> database,
                         Database::Open(path, OpenMode::kCreate));
  // NewFile syncs it when it is whole.
  SAMPO_RETURN_IF_ERROR(database->Execute("PRAGMA synchronous = OFF"));
  for (const char* step : internal::kFormatSteps) SAMPO_RETURN_IF_ERROR(database->Execute(step));
  const std::string marks = StrCat("PRAGMA application_id = ", internal::kApplicationId,
                                   "; PRAGMA user_version = ", internal::kFormat);
  SAMPO_RETURN_IF_ERROR(database->Execute(marks.c_str()));
  SAMPO_RETURN_IF_ERROR(database->Execute("BEGIN"));
  return std::unique_ptr<SalvageTarget>(new SalvageTarget(std::move(database)));
}

absl::StatusOr<bool> SalvageTarget::HasId(int64_t id, std::string_view persistence_id) {
  Query query = database_->Use(kHasId);
  query.Bind(1, id);
  query.Bind(2, persistence_id);
  return query.Step();
}

absl::StatusOr<bool> SalvageTarget::HasState(int64_t id, std::string_view persistence_id) {
  Query query = database_->Use(kHasState);
  query.Bind(1, id);
  query.Bind(2, persistence_id);
  return query.Step();
}

absl::StatusOr<int64_t> SalvageTarget::Count(const char* sql, int64_t from, int64_t to) {
  Query query = database_->Use(sql);
  query.Bind(1, from);
  query.Bind(2, to);
  SAMPO_RETURN_IF_ERROR(query.Step().status());
  return query.Int(0);
}

absl::StatusOr<int64_t> SalvageTarget::CountIds(int64_t from, int64_t to) {
  return Count(kCountIds, from, to);
}

absl::StatusOr<int64_t> SalvageTarget::CountStates(int64_t from, int64_t to) {
  return Count(kCountStates, from, to);
}

absl::StatusOr<CopiedId> SalvageTarget::CopyId(Source& from, const IdWalk& walk) {
  const ScanStretch& best = walk.scan.best;
  CopiedId copied;
  epoch_ = walk.row.epoch;
  hash_ = best.start.hash;
  on_chain_.clear();
  for (const SyncPoint& snapshot : walk.snapshots) {
    // What is older than the anchor has no chain to be held against; it was so before.
    const bool older = best.from_anchor && snapshot.seq < best.start.seq;
    const bool at_start = snapshot.seq == best.start.seq && snapshot.hash == best.start.hash;
    if (older || at_start) on_chain_.push_back(snapshot);
  }
  SAMPO_RETURN_IF_ERROR(CopyEvents(from, walk, copied));
  if (hash_ != best.hash) return Changed(from, walk);
  SAMPO_RETURN_IF_ERROR(CopySnapshots(from, walk, copied));
  copied.emptied = best.to == 0 && walk.scan.reached > 0 && copied.snapshots == 0;
  if (!copied.emptied) SAMPO_RETURN_IF_ERROR(AddId(walk));
  return copied;
}

absl::Status SalvageTarget::CopyEvents(Source& from, const IdWalk& walk, CopiedId& copied) {
  const ScanStretch& best = walk.scan.best;
  for (int64_t next = best.start.seq + 1; next <= best.to;) {
    std::vector<EventRow> rows;
    SAMPO_RETURN_IF_ERROR(from.Read([&](Database& database) {
      rows.clear();
      absl::StatusOr<EventRows> page = ReadEvents(
          database, {.id = walk.row.id, .from = next, .to = best.to, .rows_max = kRowsPerPage});
      if (page.ok()) {
        rows = std::move(page->rows);
        return absl::OkStatus();
      }
      // A page that cannot be read has perhaps this one event that can.
      SAMPO_ASSIGN_OR_RETURN(std::optional<EventRow> row, ReadEvent(database, walk.row.id, next));
      if (row.has_value()) rows.push_back(*std::move(row));
      return absl::OkStatus();
    }));
    if (rows.empty()) return Changed(from, walk);
    for (const EventRow& row : rows) {
      // An index that leads to two events of one number: the walk took the first.
      if (row.event.seq < next) continue;
      if (row.event.seq != next) return Changed(from, walk);
      SAMPO_RETURN_IF_ERROR(TakeEvent(walk, row, copied));
      ++next;
    }
  }
  return absl::OkStatus();
}

absl::Status SalvageTarget::TakeEvent(const IdWalk& walk, const EventRow& row, CopiedId& copied) {
  digest_.SetEvent(walk.row.persistence_id, row.event);
  hash_ = digest_.ChainAfter(hash_);
  epoch_ = std::max(epoch_, row.event.epoch);
  for (const SyncPoint& snapshot : walk.snapshots) {
    if (snapshot.seq == row.event.seq && snapshot.hash == hash_) on_chain_.push_back(snapshot);
  }
  ++copied.events;
  return AddEvent(row);
}

absl::Status SalvageTarget::CopySnapshots(Source& from, const IdWalk& walk, CopiedId& copied) {
  for (const SyncPoint& snapshot : walk.snapshots) {
    const bool on_chain =
        std::any_of(on_chain_.begin(), on_chain_.end(),
                    [&](const SyncPoint& kept) { return kept.seq == snapshot.seq; });
    if (!on_chain) {
      copied.snapshots_left_out.push_back(snapshot.seq);
      continue;
    }
    std::optional<SnapshotRow> row;
    SAMPO_RETURN_IF_ERROR(from.Read([&](Database& database) {
      SAMPO_ASSIGN_OR_RETURN(row, ReadSnapshot(database, walk.row.id, snapshot.seq - 1));
      return absl::OkStatus();
    }));
    if (!row.has_value() || row->snapshot.seq != snapshot.seq) return Changed(from, walk);
    epoch_ = std::max(epoch_, row->snapshot.epoch);
    ++copied.snapshots;
    copied.newest_snapshot = snapshot.seq;
    SAMPO_RETURN_IF_ERROR(AddSnapshot(walk.row.id, *row));
  }
  return absl::OkStatus();
}

absl::Status SalvageTarget::AddId(const IdWalk& walk) {
  const ScanStretch& best = walk.scan.best;
  Query query = database_->Use(kAddId);
  query.Bind(1, walk.row.id);
  query.Bind(2, walk.row.persistence_id);
  query.Bind(3, static_cast<int64_t>(epoch_));
  query.Bind(4, best.to);
  query.BindBlob(5, internal::HashBytes(best.hash));
  query.Bind(6, best.start.seq);
  query.BindBlob(7, internal::HashBytes(best.start.hash));
  SAMPO_RETURN_IF_ERROR(query.Run());
  return CommitSometimes();
}

absl::Status SalvageTarget::AddEvent(const EventRow& row) {
  const StoredEvent& event = row.event;
  int64_t ordering = event.ordering;
  {
    // No checksum covers the ordering. One that is taken makes way for the event that has it.
    Query taken = database_->Use(kHasOrdering);
    taken.Bind(1, ordering);
    SAMPO_ASSIGN_OR_RETURN(const bool is_taken, taken.Step());
    if (is_taken) ordering = ordering_ + 1;
  }
  ordering_ = std::max(ordering_, ordering);
  std::string tags;
  if (!event.tags.empty()) internal::EncodeTags(event.tags, tags);
  Query query = database_->Use(kAddEvent);
  query.Bind(1, ordering);
  query.Bind(2, row.id);
  query.Bind(3, event.seq);
  query.Bind(4, static_cast<int64_t>(event.epoch));
  query.Bind(5, event.written_at_micros);
  query.Bind(6, event.manifest);
  query.Bind(7, int64_t{event.version});
  BindOrNull(query, 8, tags);
  BindOrNull(query, 9, event.metadata);
  query.BindBlob(10, event.payload);
  query.Bind(11, int64_t{row.crc});
  SAMPO_RETURN_IF_ERROR(query.Run());
  for (const std::string& tag : event.tags) {
    Query add = database_->Use(kAddTag);
    add.Bind(1, tag);
    add.Bind(2, ordering);
    SAMPO_RETURN_IF_ERROR(add.Run());
  }
  return CommitSometimes();
}

absl::Status SalvageTarget::AddSnapshot(int64_t id, const SnapshotRow& row) {
  const SnapshotRecord& snapshot = row.snapshot;
  Query query = database_->Use(kAddSnapshot);
  query.Bind(1, id);
  query.Bind(2, snapshot.seq);
  query.Bind(3, static_cast<int64_t>(snapshot.epoch));
  query.BindBlob(4, internal::HashBytes(snapshot.hash));
  query.Bind(5, snapshot.written_at_micros);
  query.Bind(6, snapshot.manifest);
  query.Bind(7, int64_t{snapshot.version});
  BindOrNull(query, 8, snapshot.metadata);
  query.BindBlob(9, snapshot.payload);
  query.Bind(10, int64_t{row.crc});
  SAMPO_RETURN_IF_ERROR(query.Run());
  return CommitSometimes();
}

absl::Status SalvageTarget::AddState(const StateRow& row) {
  const StateRecord& state = row.state;
  Query query = database_->Use(kAddState);
  query.Bind(1, row.id);
  query.Bind(2, state.persistence_id);
  query.Bind(3, static_cast<int64_t>(std::max(row.epoch, state.epoch)));
  query.Bind(4, state.revision);
  // The row's own may be damaged; this is what the plugin holds it against.
  query.Bind(5, int64_t{state.manifest.empty() && state.revision > 0});
  query.Bind(6, static_cast<int64_t>(state.epoch));
  query.Bind(7, state.written_at_micros);
  query.Bind(8, state.manifest);
  query.Bind(9, int64_t{state.version});
  query.Bind(10, state.tag);
  query.BindBlob(11, state.payload);
  query.Bind(12, int64_t{row.crc});
  SAMPO_RETURN_IF_ERROR(query.Run());
  return CommitSometimes();
}

absl::Status SalvageTarget::CommitSometimes() {
  if (++rows_ < kRowsPerCommit) return absl::OkStatus();
  rows_ = 0;
  return database_->Execute("COMMIT; BEGIN");
}

absl::Status SalvageTarget::Finish() {
  {
    Query query = database_->Use(kSetOrdering);
    query.Bind(1, ordering_);
    SAMPO_RETURN_IF_ERROR(query.Run());
  }
  SAMPO_RETURN_IF_ERROR(database_->Execute("COMMIT"));
  SAMPO_RETURN_IF_ERROR(database_->Execute("PRAGMA journal_mode = WAL"));
  database_->AllowCleanClose();
  return absl::OkStatus();
}

}  // namespace sampo::persistence::offline
