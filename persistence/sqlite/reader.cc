// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include <utility>

#include "sampo/actor/base/status_macros.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/persistence/record_limits.h"
#include "sampo/persistence/sqlite/internal/connection.h"
#include "sampo/persistence/sqlite/internal/lock_file.h"
#include "sampo/persistence/sqlite/internal/rows.h"
#include "sampo/persistence/sqlite/internal/schema.h"
#include "sampo/persistence/sqlite/store.h"

namespace sampo::persistence {
namespace internal {

class SqliteReaderImpl {
 public:
  absl::Status Open(const SqliteStoreOptions& options) {
    SAMPO_ASSIGN_OR_RETURN(std::string file, RealPathOf(options.file));
    absl::StatusOr<std::unique_ptr<Connection>> db =
        Connection::Open({.file = std::move(file),
                          .vfs = options.vfs,
                          .read_only = true,
                          .busy_timeout = options.busy_timeout});
    if (!db.ok()) return db.status();
    db_ = *std::move(db);
    SAMPO_RETURN_IF_ERROR(PrepareReader(*db_));
    SAMPO_ASSIGN_OR_RETURN(begin_, db_->Prepare("BEGIN"));
    SAMPO_ASSIGN_OR_RETURN(end_, db_->Prepare("COMMIT"));
    SAMPO_RETURN_IF_ERROR(ids_.Prepare(*db_));
    SAMPO_RETURN_IF_ERROR(events_.Prepare(*db_));
    SAMPO_RETURN_IF_ERROR(snapshots_.Prepare(*db_));
    SAMPO_RETURN_IF_ERROR(states_.Prepare(*db_));
    SAMPO_RETURN_IF_ERROR(id_pages_.Prepare(*db_, "ids"));
    return state_id_pages_.Prepare(*db_, "states");
  }

  // Runs `read` in a transaction: all its statements see one commit.
  template <class Read>
  auto InTransaction(Read read) -> decltype(read()) {
    // One that is shared may have been ended by a read that failed.
    if (!db_->InTransaction()) {
      if (const int code = begin_.Run(); code != SQLITE_DONE) return db_->Error("begin", code);
    }
    auto result = read();
    if (!shared_) End();
    return result;
  }
  void Share(bool shared) {
    shared_ = shared;
    if (!shared) End();
  }

  IdRows& ids() { return ids_; }
  EventRows& events() { return events_; }
  SnapshotRows& snapshots() { return snapshots_; }
  StateRows& states() { return states_; }
  IdPages& id_pages() { return id_pages_; }
  IdPages& state_id_pages() { return state_id_pages_; }

 private:
  void End() {
    // Nothing was written; a read that failed may have ended it already. One that stayed open would
    // show an old commit for ever.
    if (db_->InTransaction() && end_.Run() != SQLITE_DONE && db_->InTransaction()) {
      (void)db_->Run("ROLLBACK");
    }
  }

  std::unique_ptr<Connection> db_;
  bool shared_ = false;
  Statement begin_;
  Statement end_;
  IdRows ids_;
  EventRows events_;
  SnapshotRows snapshots_;
  StateRows states_;
  IdPages id_pages_;
  IdPages state_id_pages_;
};

}  // namespace internal

SqliteReader::SqliteReader(std::unique_ptr<internal::SqliteReaderImpl> impl)
    : impl_(std::move(impl)) {}
SqliteReader::~SqliteReader() = default;

SqliteReader::SharedTransaction::SharedTransaction(SqliteReader& reader) : reader_(reader) {
  reader_.impl_->Share(true);
}
SqliteReader::SharedTransaction::~SharedTransaction() { reader_.impl_->Share(false); }

absl::StatusOr<std::unique_ptr<SqliteReader>> SqliteReader::Open(
    const SqliteStoreOptions& options) {
  auto impl = std::make_unique<internal::SqliteReaderImpl>();
  SAMPO_RETURN_IF_ERROR(impl->Open(options));
  return std::unique_ptr<SqliteReader>(new SqliteReader(std::move(impl)));
}

absl::StatusOr<EventsPage> SqliteReader::ReadEvents(const EventsRequest& request) {
  SAMPO_RETURN_IF_ERROR(CheckPage("events", request.events_max));
  return impl_->InTransaction([&]() -> absl::StatusOr<EventsPage> {
    SAMPO_ASSIGN_OR_RETURN(std::optional<internal::IdRow> row,
                           impl_->ids().Find(request.persistence_id));
    // An id without a row is one without events, and its chain is at zero.
    return impl_->events().ReadPage(request, row.value_or(internal::IdRow{}));
  });
}

absl::StatusOr<JournalHead> SqliteReader::ReadHead(std::string_view persistence_id) {
  SAMPO_ASSIGN_OR_RETURN(std::optional<internal::IdRow> row, impl_->ids().Find(persistence_id));
  return row.has_value() ? row->head : JournalHead{};
}

absl::StatusOr<IdsPage> SqliteReader::ListIds(int64_t after, int64_t ids_max) {
  SAMPO_RETURN_IF_ERROR(CheckPage("ids", ids_max));
  return impl_->id_pages().Read(after, ids_max);
}

absl::StatusOr<TaggedPage> SqliteReader::ReadByTag(std::string_view tag, int64_t after,
                                                   int64_t events_max) {
  SAMPO_RETURN_IF_ERROR(CheckPage(StrCat("events with tag ", tag), events_max));
  return impl_->events().ReadTagged(tag, after, events_max);
}

absl::StatusOr<SnapshotLoad> SqliteReader::LoadSnapshot(std::string_view persistence_id,
                                                        const SnapshotCriteria& criteria) {
  return impl_->InTransaction([&]() -> absl::StatusOr<SnapshotLoad> {
    SAMPO_ASSIGN_OR_RETURN(std::optional<internal::IdRow> row, impl_->ids().Find(persistence_id));
    if (!row.has_value()) return SnapshotLoad{};
    return impl_->snapshots().LoadNewest(persistence_id, row->id, criteria);
  });
}

absl::StatusOr<StateGrant> SqliteReader::ReadState(std::string_view persistence_id) {
  return impl_->states().Find(persistence_id);
}

absl::StatusOr<IdsPage> SqliteReader::ListStateIds(int64_t after, int64_t ids_max) {
  SAMPO_RETURN_IF_ERROR(CheckPage("ids", ids_max));
  return impl_->state_id_pages().Read(after, ids_max);
}

}  // namespace sampo::persistence
