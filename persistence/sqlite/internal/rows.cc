// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/persistence/sqlite/internal/rows.h"

#include <algorithm>
#include <utility>

#include "sampo/actor/base/status_macros.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/persistence/record_limits.h"

namespace sampo::persistence::internal {
namespace {

// Damaged snapshots that are named before the search gives up; an actor keeps a few.
constexpr size_t kUnreadableMax = 100;

std::string WrongCrc(uint32_t stored, uint32_t computed) {
  return StrCat("its checksum is wrong: ", CrcProblem(stored, computed));
}

// Where no page can be: the search for the end of a page must not overflow.
int64_t AddSaturating(int64_t a, int64_t b) { return a > kSeqMax - b ? kSeqMax : a + b; }

}  // namespace

// --- ids ---

absl::Status NameIndex::Prepare(Connection& db, std::string_view table) {
  db_ = &db;
  table_ = table;
  SAMPO_ASSIGN_OR_RETURN(
      unnamed_, db.Prepare(StrCat("SELECT 1 FROM ", table_, " t NOT INDEXED WHERE NOT EXISTS ",
                                  "(SELECT 1 FROM ", table_, " i INDEXED BY sqlite_autoindex_",
                                  table_, "_1 WHERE i.persistence_id = t.persistence_id AND ",
                                  "i.id = t.id) LIMIT 1")));
  SAMPO_ASSIGN_OR_RETURN(scan_, db.Prepare(StrCat("SELECT 1 FROM ", table_,
                                                  " NOT INDEXED WHERE persistence_id = ?1")));
  return absl::OkStatus();
}

absl::Status NameIndex::CheckAbsent(std::string_view persistence_id) {
  const std::string what = StrCat("search for ", persistence_id, " in `", table_, "`");
  if (state_ == State::kUnknown) {
    const ResetAtEnd reset(unnamed_);
    const int code = unnamed_.Step();
    const bool damaged = code == SQLITE_ROW || FailureOf(code) == SqliteFailure::kDamage;
    if (!damaged && code != SQLITE_DONE) return db_->Error(what, code);
    state_ = damaged ? State::kDamaged : State::kWhole;
  }
  if (state_ == State::kWhole) return absl::OkStatus();
  scan_.BindText(1, persistence_id);
  const ResetAtEnd reset(scan_);
  const int code = scan_.Step();
  if (code == SQLITE_DONE) return absl::OkStatus();
  if (code != SQLITE_ROW) return db_->Error(what, code);
  return db_->DataLoss(
      StrCat(persistence_id, ": its row in `", table_, "` is missing in the index of names"));
}

absl::Status IdRows::Prepare(Connection& db) {
  db_ = &db;
  SAMPO_RETURN_IF_ERROR(names_.Prepare(db, "ids"));
  SAMPO_ASSIGN_OR_RETURN(
      find_, db.Prepare("SELECT " SAMPO_JOURNAL_ID_COLUMNS " FROM ids WHERE persistence_id = ?1"));
  return absl::OkStatus();
}

absl::StatusOr<std::optional<IdRow>> IdRows::Find(std::string_view persistence_id) {
  find_.BindText(1, persistence_id);
  const ResetAtEnd reset(find_);
  const int code = find_.Step();
  if (code == SQLITE_DONE) {
    SAMPO_RETURN_IF_ERROR(names_.CheckAbsent(persistence_id));
    return std::optional<IdRow>();
  }
  if (code != SQLITE_ROW) return db_->Error(StrCat("head of ", persistence_id), code);
  IdRow row;
  const bool whole = ReadIdColumns(find_, row).empty();
  if (!whole || row.head.deleted_to < 0 || row.head.deleted_to > row.head.highest_seq) {
    return db_->DataLoss(StrCat(persistence_id, ": its row in `ids` contradicts itself"));
  }
  return std::optional<IdRow>(row);
}

// --- events ---

absl::Status EventRows::Prepare(Connection& db) {
  db_ = &db;
  SAMPO_ASSIGN_OR_RETURN(by_id_,
                         db.Prepare("SELECT " SAMPO_JOURNAL_EVENT_COLUMNS
                                    " FROM events e WHERE e.id = ?1 AND e.seq BETWEEN ?2 AND ?3 "
                                    "ORDER BY e.seq LIMIT ?4"));
  // LEFT: a tag whose event is not there is damage, not an event less.
  SAMPO_ASSIGN_OR_RETURN(
      by_tag_,
      db.Prepare("SELECT " SAMPO_JOURNAL_EVENT_COLUMNS
                 ", i.persistence_id, t.ordering FROM tags t LEFT JOIN events e ON e.ordering = "
                 "t.ordering LEFT JOIN ids i ON i.id = e.id WHERE t.tag = ?1 AND t.ordering > ?2 "
                 "ORDER BY t.ordering LIMIT ?3"));
  return absl::OkStatus();
}

absl::Status EventRows::EventDamage(int64_t seq, std::string_view id, std::string_view what) const {
  return db_->DataLoss(StrCat("event ", seq, " of ", id, ": ", what));
}

absl::Status EventRows::DecodeEvent(Statement& row, std::string_view id, StoredEvent& event) {
  uint32_t stored = 0;
  const std::string malformed = ReadEventColumns(row, event, stored);
  if (!malformed.empty()) return EventDamage(event.seq, id, malformed);
  digest_.SetEvent(id, event);
  const uint32_t crc = digest_.Crc32c();
  return stored == crc ? absl::OkStatus() : EventDamage(event.seq, id, WrongCrc(stored, crc));
}

absl::Status EventRows::CheckNothingFollows(int64_t next, std::string_view id) {
  const int code = by_id_.Step();
  if (code == SQLITE_DONE) return absl::OkStatus();
  if (code != SQLITE_ROW) return db_->Error(StrCat("event ", next, " of ", std::string(id)), code);
  return EventDamage(by_id_.Int64(1), id, "it stands behind the head of its id");
}

absl::StatusOr<EventsPage> EventRows::ReadPage(const EventsRequest& request, const IdRow& row) {
  const std::string& id = request.persistence_id;
  EventsPage page;
  page.head = row.head;
  const int64_t anchor = row.head.deleted_to;
  int64_t next = std::max(request.from_seq, AddSaturating(anchor, 1));
  std::optional<ChainHash> chain = request.hash_before;
  if (next == anchor + 1) {
    if (chain.has_value() && request.from_seq == next && *chain != row.anchor) {
      return db_->DataLoss(StrCat(id, ": the hash of its chain at event ", anchor, " is ",
                                  HashText(row.anchor), ", the reader (a snapshot) has ",
                                  HashText(*chain)));
    }
    chain = row.anchor;
  }
  const int64_t last = std::min(request.to_seq, row.head.highest_seq);
  if (chain.has_value() && next - 1 > row.head.highest_seq) {
    return db_->DataLoss(StrCat(id, ": its newest event is ", row.head.highest_seq,
                                ", the reader (a snapshot) has seen event ", next - 1));
  }
  by_id_.Bind(1, row.id);
  by_id_.Bind(2, next);
  // Who reads up to the head looks behind it, too: an event there is damage of the head (a page of
  // `ids` that is older than those of `events`), and the history would be a shorter one.
  const bool to_head = request.to_seq >= row.head.highest_seq;
  by_id_.Bind(3, to_head ? kSeqMax : request.to_seq);
  by_id_.Bind(4, std::min(request.events_max, kPageRecordsMax) + 1);
  const ResetAtEnd reset(by_id_);
  size_t bytes = 0;
  const auto room = static_cast<size_t>(std::min(request.events_max, kPageRecordsMax));
  if (next <= last) page.events.reserve(std::min(room, static_cast<size_t>(last - next) + 1));
  while (next <= last && page.events.size() < room && bytes < kPageBytesMax) {
    const int code = by_id_.Step();
    if (code == SQLITE_DONE) return EventDamage(next, id, "it is missing");
    if (code != SQLITE_ROW) return db_->Error(StrCat("event ", next, " of ", id), code);
    if (by_id_.Int64(1) != next) return EventDamage(next, id, "it is missing");
    StoredEvent& event = page.events.emplace_back();
    SAMPO_RETURN_IF_ERROR(DecodeEvent(by_id_, id, event));
    if (chain.has_value()) chain = digest_.ChainAfter(*chain);
    bytes += event.payload.size();
    ++next;
  }
  page.at_end = next > last;
  if (page.at_end && to_head) SAMPO_RETURN_IF_ERROR(CheckNothingFollows(next, id));
  if (chain.has_value() && next - 1 == row.head.highest_seq && *chain != row.head.hash) {
    return db_->DataLoss(StrCat(id, ": its chain up to event ", next - 1, " ends with ",
                                HashText(*chain), ", its head says ", HashText(row.head.hash)));
  }
  page.hash_after = chain;
  return page;
}

absl::StatusOr<TaggedPage> EventRows::ReadTagged(std::string_view tag, int64_t after,
                                                 int64_t events_max) {
  TaggedPage page;
  page.next = after;
  const int64_t room = std::min(events_max, kPageRecordsMax);
  by_tag_.BindText(1, tag);
  by_tag_.Bind(2, after);
  by_tag_.Bind(3, room);
  const ResetAtEnd reset(by_tag_);
  size_t bytes = 0;
  while (static_cast<int64_t>(page.events.size()) < room && bytes < kPageBytesMax) {
    const int code = by_tag_.Step();
    if (code == SQLITE_DONE) {
      page.at_end = true;
      return page;
    }
    if (code != SQLITE_ROW) return db_->Error(StrCat("events with tag ", tag), code);
    page.next = by_tag_.Int64(kEventColumns + 1);
    if (by_tag_.IsNull(0) || by_tag_.IsNull(kEventColumns)) {
      return db_->DataLoss(StrCat("the event of ordering ", page.next, " with tag ", tag,
                                  by_tag_.IsNull(0) ? " is missing" : " belongs to no id"));
    }
    StoredEvent& event = page.events.emplace_back();
    event.persistence_id = by_tag_.Bytes(kEventColumns);
    SAMPO_RETURN_IF_ERROR(DecodeEvent(by_tag_, event.persistence_id, event));
    bytes += event.payload.size();
  }
  return page;
}

// --- snapshots ---

absl::Status SnapshotRows::Prepare(Connection& db) {
  db_ = &db;
  SAMPO_ASSIGN_OR_RETURN(newest_,
                         db.Prepare("SELECT " SAMPO_JOURNAL_SNAPSHOT_COLUMNS
                                    " FROM snapshots WHERE id = ?1 AND seq BETWEEN ?2 AND ?3 AND "
                                    "written_at <= ?4 ORDER BY seq DESC"));
  return absl::OkStatus();
}

absl::Status SnapshotRows::Decode(SnapshotRecord& snapshot) {
  uint32_t stored = 0;
  const std::string malformed = ReadSnapshotColumns(newest_, snapshot, stored);
  const auto damage = [&](std::string_view what) {
    return db_->DataLoss(
        StrCat("snapshot ", snapshot.seq, " of ", snapshot.persistence_id, ": ", what));
  };
  if (!malformed.empty()) return damage(malformed);
  digest_.SetSnapshot(snapshot);
  const uint32_t crc = digest_.Crc32c();
  return stored == crc ? absl::OkStatus() : damage(WrongCrc(stored, crc));
}

absl::StatusOr<SnapshotLoad> SnapshotRows::LoadNewest(std::string_view persistence_id, int64_t id,
                                                      const SnapshotCriteria& criteria) {
  newest_.Bind(1, id);
  newest_.Bind(2, criteria.seq_min);
  newest_.Bind(3, criteria.seq_max);
  newest_.Bind(4, criteria.written_at_micros_max);
  const ResetAtEnd reset(newest_);
  SnapshotLoad load;
  while (load.unreadable.size() < kUnreadableMax) {
    const int code = newest_.Step();
    if (code == SQLITE_DONE) break;
    if (code != SQLITE_ROW) {
      absl::Status error = db_->Error(StrCat("snapshots of ", persistence_id), code);
      if (FailureOf(code) != SqliteFailure::kDamage) return error;
      // A damaged page of the table: the events are there still.
      load.unreadable.push_back(std::move(error));
      break;
    }
    SnapshotRecord snapshot;
    snapshot.persistence_id = persistence_id;
    absl::Status whole = Decode(snapshot);
    if (whole.ok()) {
      load.snapshot = std::move(snapshot);
      break;
    }
    load.unreadable.push_back(std::move(whole));
  }
  return load;
}

// --- states ---

absl::Status StateRows::Prepare(Connection& db) {
  db_ = &db;
  SAMPO_RETURN_IF_ERROR(names_.Prepare(db, "states"));
  SAMPO_ASSIGN_OR_RETURN(find_, db.Prepare("SELECT " SAMPO_JOURNAL_STATE_COLUMNS
                                           " FROM states WHERE persistence_id = ?1"));
  return absl::OkStatus();
}

absl::StatusOr<StateGrant> StateRows::Find(std::string_view persistence_id) {
  find_.BindText(1, persistence_id);
  const ResetAtEnd reset(find_);
  const int code = find_.Step();
  StateGrant grant;
  if (code == SQLITE_DONE) {
    SAMPO_RETURN_IF_ERROR(names_.CheckAbsent(persistence_id));
    return grant;
  }
  const std::string what = StrCat("state of ", persistence_id);
  if (code != SQLITE_ROW) return db_->Error(what, code);
  StateColumns read;
  StateRecord& state = read.state;
  const std::string malformed = ReadStateColumns(find_, read);
  if (!malformed.empty()) return db_->DataLoss(StrCat(what, ": ", malformed));
  grant.epoch = read.epoch;
  grant.revision = state.revision;
  state.persistence_id = persistence_id;
  digest_.SetState(state);
  const uint32_t crc = digest_.Crc32c();
  if (read.crc != crc) return db_->DataLoss(StrCat(what, ": ", WrongCrc(read.crc, crc)));
  if (const std::string problem = DeletedProblem(read.deleted, state); !problem.empty()) {
    return db_->DataLoss(StrCat(what, ": ", problem));
  }
  if (!state.manifest.empty()) grant.state = std::move(state);
  return grant;
}

// --- lists ---

absl::Status IdPages::Prepare(Connection& db, std::string_view table) {
  db_ = &db;
  SAMPO_ASSIGN_OR_RETURN(list_, db.Prepare(StrCat("SELECT id, persistence_id FROM ", table,
                                                  " WHERE id > ?1 ORDER BY id LIMIT ?2")));
  return absl::OkStatus();
}

absl::StatusOr<IdsPage> IdPages::Read(int64_t after, int64_t ids_max) {
  const int64_t room = std::min(ids_max, kPageRecordsMax);
  list_.Bind(1, after);
  // One more, to know whether this page is the last.
  list_.Bind(2, room + 1);
  const ResetAtEnd reset(list_);
  IdsPage page;
  page.next = after;
  for (;;) {
    const int code = list_.Step();
    if (code == SQLITE_DONE) {
      page.at_end = true;
      return page;
    }
    if (code != SQLITE_ROW) return db_->Error("list of ids", code);
    if (static_cast<int64_t>(page.ids.size()) == room) return page;
    page.next = list_.Int64(0);
    page.ids.emplace_back(list_.Bytes(1));
  }
}

}  // namespace sampo::persistence::internal
