// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Rows of the journal file: ids, events, snapshots and states, and the checks of what is read. The
// writer and the readers share them.
//
// Why: a record is damaged or whole in one place of the code. Threads: objects belong to one.
// Lifetime: they hold prepared statements, and end before their connection.
//
//   EventRows rows;
//   SAMPO_RETURN_IF_ERROR(rows.Prepare(db));
//   SAMPO_ASSIGN_OR_RETURN(EventsPage page, rows.ReadPage(request, row));
#ifndef SAMPO_PERSISTENCE_SQLITE_INTERNAL_ROWS_H_
#define SAMPO_PERSISTENCE_SQLITE_INTERNAL_ROWS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "sampo/persistence/durable_state_store.h"
#include "sampo/persistence/journal.h"
#include "sampo/persistence/record_digest.h"
#include "sampo/persistence/snapshot_store.h"
#include "sampo/persistence/sqlite/internal/connection.h"
#include "sampo/persistence/sqlite/internal/record_columns.h"

namespace sampo::persistence::internal {

// Whether an id that the index of a table of ids does not name is in the table all the same. An
// index with a page that never reached the disk, or half of it, would make a known id one that
// never had a writer, whose history starts anew.
class NameIndex {
 public:
  // `table`: "ids" or "states".
  absl::Status Prepare(Connection& db, std::string_view table);
  // OK where no row has this name. DATA_LOSS: one has. The first call looks for each row of the
  // table in the index: half a second for a million (measured); others do nothing where it names
  // all, and scan the table where not. What is lost later is found when the file is opened again.
  absl::Status CheckAbsent(std::string_view persistence_id);

 private:
  enum class State : uint8_t { kUnknown, kWhole, kDamaged };

  Connection* db_ = nullptr;
  std::string table_;
  State state_ = State::kUnknown;
  Statement unnamed_;
  Statement scan_;
};

class IdRows {
 public:
  absl::Status Prepare(Connection& db);
  // Nothing where the id never had a writer. DATA_LOSS: a hash of another size; the index of names
  // has lost it.
  absl::StatusOr<std::optional<IdRow>> Find(std::string_view persistence_id);

 private:
  Connection* db_ = nullptr;
  NameIndex names_;
  Statement find_;
};

class EventRows {
 public:
  absl::Status Prepare(Connection& db);
  // `row`: of the request's id, read in the same transaction. As SqliteReader::ReadEvents.
  absl::StatusOr<EventsPage> ReadPage(const EventsRequest& request, const IdRow& row);
  // By ordering, with persistence_id. DATA_LOSS also where a tag has no event.
  absl::StatusOr<TaggedPage> ReadTagged(std::string_view tag, int64_t after, int64_t events_max);

 private:
  // The row the statement stands on; `id` is the text it must belong to. Leaves the digest set.
  absl::Status DecodeEvent(Statement& row, std::string_view id, StoredEvent& event);
  // DATA_LOSS where by_id_ has a row behind a page that ends at the head, which is at `next` - 1.
  absl::Status CheckNothingFollows(int64_t next, std::string_view id);
  absl::Status EventDamage(int64_t seq, std::string_view id, std::string_view what) const;

  Connection* db_ = nullptr;
  Statement by_id_;
  Statement by_tag_;
  RecordDigest digest_;
};

class SnapshotRows {
 public:
  absl::Status Prepare(Connection& db);
  absl::StatusOr<SnapshotLoad> LoadNewest(std::string_view persistence_id, int64_t id,
                                          const SnapshotCriteria& criteria);

 private:
  absl::Status Decode(SnapshotRecord& snapshot);

  Connection* db_ = nullptr;
  Statement newest_;
  RecordDigest digest_;
};

class StateRows {
 public:
  absl::Status Prepare(Connection& db);
  // Epoch and revision 0 where the id never had a writer.
  absl::StatusOr<StateGrant> Find(std::string_view persistence_id);

 private:
  Connection* db_ = nullptr;
  NameIndex names_;
  Statement find_;
  RecordDigest digest_;
};

// A page of ids from `table`, "ids" or "states".
class IdPages {
 public:
  absl::Status Prepare(Connection& db, std::string_view table);
  absl::StatusOr<IdsPage> Read(int64_t after, int64_t ids_max);

 private:
  Connection* db_ = nullptr;
  Statement list_;
};

}  // namespace sampo::persistence::internal

#endif  // SAMPO_PERSISTENCE_SQLITE_INTERNAL_ROWS_H_
