// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/persistence/sqlite/offline/internal/rows.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "sampo/actor/base/status_macros.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/persistence/record_limits.h"

namespace sampo::persistence::offline {
namespace {

#define SAMPO_ID_COLUMNS \
  "SELECT id, persistence_id, epoch, highest_seq, head_hash, deleted_to, anchor_hash FROM ids "
#define SAMPO_EVENT_COLUMNS                                                                   \
  "SELECT ordering, id, seq, epoch, written_at, manifest, version, tags, metadata, payload, " \
  "crc FROM events "
#define SAMPO_STATE_COLUMNS                                                                  \
  "SELECT id, persistence_id, epoch, revision, deleted, write_epoch, written_at, manifest, " \
  "version, tag, payload, crc FROM states "

constexpr char kIdsAfter[] = SAMPO_ID_COLUMNS "WHERE id > ? ORDER BY id LIMIT ?";
constexpr char kIdByNumber[] = SAMPO_ID_COLUMNS "WHERE id = ?";
constexpr char kIdByName[] = SAMPO_ID_COLUMNS "WHERE persistence_id = ?";
constexpr char kEvents[] =
    SAMPO_EVENT_COLUMNS "WHERE id = ? AND seq >= ? AND seq <= ? ORDER BY seq LIMIT ?";
constexpr char kEventAt[] = SAMPO_EVENT_COLUMNS "WHERE ordering = ?";
constexpr char kEventNumbers[] =
    "SELECT seq FROM events WHERE id = ? AND seq >= ? AND seq <= ? ORDER BY seq LIMIT ?";
constexpr char kTag[] = "SELECT 1 FROM tags WHERE tag = ? AND ordering = ?";
constexpr char kSnapshot[] =
    "SELECT seq, epoch, hash, written_at, manifest, version, metadata, payload, crc "
    "FROM snapshots WHERE id = ? AND seq > ? ORDER BY seq LIMIT 1";
constexpr char kStatesAfter[] = SAMPO_STATE_COLUMNS "WHERE id > ? ORDER BY id LIMIT ?";
constexpr char kStateByName[] = SAMPO_STATE_COLUMNS "WHERE persistence_id = ?";

// Two steps: where the next id is, and what it has; each uses the index.
constexpr char kNextEventId[] = "SELECT min(id) FROM events WHERE id > ? AND id < ?";
constexpr char kNextSnapshotId[] = "SELECT min(id) FROM snapshots WHERE id > ? AND id < ?";
constexpr char kEventSpan[] = "SELECT min(seq), max(seq), count(*) FROM events WHERE id = ?";
constexpr char kSnapshotSpan[] = "SELECT min(seq), max(seq), count(*) FROM snapshots WHERE id = ?";

void TakeHash(const Query& query, int column, const char* name, ChainHash& hash,
              std::string& malformed) {
  const std::string bytes = query.Blob(column);
  if (bytes.size() != hash.size()) {
    malformed = StrCat(name, " has ", bytes.size(), " bytes instead of ", hash.size());
    return;
  }
  std::memcpy(hash.data(), bytes.data(), hash.size());
}

IdRow IdOf(const Query& query) {
  IdRow row;
  row.id = query.Int(0);
  row.persistence_id = query.Text(1);
  row.epoch = static_cast<uint64_t>(query.Int(2));
  row.highest_seq = query.Int(3);
  row.deleted_to = query.Int(5);
  TakeHash(query, 4, "head_hash", row.head_hash, row.malformed);
  TakeHash(query, 6, "anchor_hash", row.anchor_hash, row.malformed);
  return row;
}

EventRow EventOf(const Query& query) {
  EventRow row;
  StoredEvent& event = row.event;
  event.ordering = query.Int(0);
  row.id = query.Int(1);
  event.seq = query.Int(2);
  event.epoch = static_cast<uint64_t>(query.Int(3));
  event.written_at_micros = query.Int(4);
  event.manifest = query.Text(5);
  event.version = static_cast<uint32_t>(query.Int(6));
  if (!query.IsNull(7) && !DecodeTags(query.Blob(7), event.tags)) {
    row.malformed = "its tags are no list of tags";
  }
  event.metadata = query.Blob(8);
  event.payload = query.Blob(9);
  row.crc = static_cast<uint32_t>(query.Int(10));
  return row;
}

SnapshotRow SnapshotOf(const Query& query) {
  SnapshotRow row;
  SnapshotRecord& snapshot = row.snapshot;
  snapshot.seq = query.Int(0);
  snapshot.epoch = static_cast<uint64_t>(query.Int(1));
  TakeHash(query, 2, "hash", snapshot.hash, row.malformed);
  snapshot.written_at_micros = query.Int(3);
  snapshot.manifest = query.Text(4);
  snapshot.version = static_cast<uint32_t>(query.Int(5));
  snapshot.metadata = query.Blob(6);
  snapshot.payload = query.Blob(7);
  row.crc = static_cast<uint32_t>(query.Int(8));
  return row;
}

StateRow StateOf(const Query& query) {
  StateRow row;
  StateRecord& state = row.state;
  row.id = query.Int(0);
  state.persistence_id = query.Text(1);
  row.epoch = static_cast<uint64_t>(query.Int(2));
  state.revision = query.Int(3);
  row.deleted = query.Int(4) != 0;
  state.epoch = static_cast<uint64_t>(query.Int(5));
  state.written_at_micros = query.Int(6);
  state.manifest = query.Text(7);
  state.version = static_cast<uint32_t>(query.Int(8));
  state.tag = query.Text(9);
  state.payload = query.Blob(10);
  row.crc = static_cast<uint32_t>(query.Int(11));
  return row;
}

// The first row of `query`, if there is one.
template <class Row>
absl::StatusOr<std::optional<Row>> FirstOf(Query query, Row (*of)(const Query&)) {
  SAMPO_ASSIGN_OR_RETURN(const bool found, query.Step());
  return found ? std::optional<Row>(of(query)) : std::nullopt;
}

bool TakeLength(std::string_view& bytes, uint32_t& length) {
  if (bytes.size() < sizeof(length)) return false;
  std::memcpy(&length, bytes.data(), sizeof(length));
  bytes.remove_prefix(sizeof(length));
  return true;
}

std::string CrcProblem(uint32_t stored, uint32_t computed) {
  if (stored == computed) return "";
  return absl::StrCat("crc ", absl::Hex(stored, absl::kZeroPad8),
                      " != ", absl::Hex(computed, absl::kZeroPad8));
}

}  // namespace

absl::StatusOr<std::vector<IdRow>> ReadIds(Database& database, int64_t after, int64_t rows_max) {
  std::vector<IdRow> rows;
  Query query = database.Use(kIdsAfter);
  query.Bind(1, after);
  query.Bind(2, rows_max);
  while (true) {
    SAMPO_ASSIGN_OR_RETURN(const bool more, query.Step());
    if (!more) return rows;
    rows.push_back(IdOf(query));
  }
}

absl::StatusOr<std::optional<IdRow>> ReadId(Database& database, int64_t id) {
  Query query = database.Use(kIdByNumber);
  query.Bind(1, id);
  return FirstOf(std::move(query), &IdOf);
}

absl::StatusOr<std::optional<IdRow>> FindId(Database& database, std::string_view persistence_id) {
  Query query = database.Use(kIdByName);
  query.Bind(1, persistence_id);
  return FirstOf(std::move(query), &IdOf);
}

absl::StatusOr<EventRows> ReadEvents(Database& database, const EventRange& range) {
  EventRows page;
  Query query = database.Use(kEvents);
  query.Bind(1, range.id);
  query.Bind(2, range.from);
  query.Bind(3, range.to);
  query.Bind(4, std::min(range.rows_max, kPageRecordsMax));
  size_t bytes = 0;
  while (bytes < kPageBytesMax) {
    SAMPO_ASSIGN_OR_RETURN(const bool more, query.Step());
    if (!more) {
      page.at_end =
          static_cast<int64_t>(page.rows.size()) < std::min(range.rows_max, kPageRecordsMax);
      return page;
    }
    page.rows.push_back(EventOf(query));
    const StoredEvent& event = page.rows.back().event;
    bytes += event.payload.size() + event.metadata.size() + event.manifest.size();
  }
  return page;
}

absl::StatusOr<std::vector<int64_t>> ReadEventNumbers(Database& database, const EventRange& range) {
  std::vector<int64_t> numbers;
  Query query = database.Use(kEventNumbers);
  query.Bind(1, range.id);
  query.Bind(2, range.from);
  query.Bind(3, range.to);
  query.Bind(4, std::min(range.rows_max, kPageRecordsMax));
  while (true) {
    SAMPO_ASSIGN_OR_RETURN(const bool more, query.Step());
    if (!more) return numbers;
    numbers.push_back(query.Int(0));
  }
}

absl::StatusOr<std::optional<EventRow>> ReadEvent(Database& database, int64_t id, int64_t seq) {
  Query query = database.Use(kEvents);
  query.Bind(1, id);
  query.Bind(2, seq);
  query.Bind(3, seq);
  query.Bind(4, int64_t{1});
  return FirstOf(std::move(query), &EventOf);
}

absl::StatusOr<std::optional<EventRow>> ReadEventAt(Database& database, int64_t ordering) {
  Query query = database.Use(kEventAt);
  query.Bind(1, ordering);
  return FirstOf(std::move(query), &EventOf);
}

absl::StatusOr<bool> HasTag(Database& database, std::string_view tag, int64_t ordering) {
  Query query = database.Use(kTag);
  query.Bind(1, tag);
  query.Bind(2, ordering);
  return query.Step();
}

absl::StatusOr<std::optional<SnapshotRow>> ReadSnapshot(Database& database, int64_t id,
                                                        int64_t after) {
  Query query = database.Use(kSnapshot);
  query.Bind(1, id);
  query.Bind(2, after);
  return FirstOf(std::move(query), &SnapshotOf);
}

absl::StatusOr<std::vector<StateRow>> ReadStates(Database& database, int64_t after,
                                                 int64_t rows_max) {
  std::vector<StateRow> rows;
  Query query = database.Use(kStatesAfter);
  query.Bind(1, after);
  query.Bind(2, rows_max);
  size_t bytes = 0;
  while (bytes < kPageBytesMax) {
    SAMPO_ASSIGN_OR_RETURN(const bool more, query.Step());
    if (!more) break;
    rows.push_back(StateOf(query));
    bytes += rows.back().state.payload.size();
  }
  return rows;
}

absl::StatusOr<std::optional<StateRow>> FindState(Database& database,
                                                  std::string_view persistence_id) {
  Query query = database.Use(kStateByName);
  query.Bind(1, persistence_id);
  return FirstOf(std::move(query), &StateOf);
}

absl::StatusOr<std::optional<Orphans>> ReadRowsBehind(Database& database, OrphanTable table,
                                                      int64_t after, int64_t before) {
  const bool events = table == OrphanTable::kEvents;
  Query next = database.Use(events ? kNextEventId : kNextSnapshotId);
  next.Bind(1, after);
  next.Bind(2, before);
  SAMPO_ASSIGN_OR_RETURN(const bool found, next.Step());
  if (!found || next.IsNull(0)) return std::optional<Orphans>();
  Query span = database.Use(events ? kEventSpan : kSnapshotSpan);
  span.Bind(1, next.Int(0));
  SAMPO_RETURN_IF_ERROR(span.Step().status());
  return std::optional<Orphans>({next.Int(0), span.Int(0), span.Int(1), span.Int(2)});
}

std::string ProblemOf(const SnapshotRow& row, RecordDigest& digest) {
  if (!row.malformed.empty()) return row.malformed;
  digest.SetSnapshot(row.snapshot);
  return CrcProblem(row.crc, digest.Crc32c());
}

std::string ProblemOf(const StateRow& row, RecordDigest& digest) {
  digest.SetState(row.state);
  return CrcProblem(row.crc, digest.Crc32c());
}

std::string ProblemOf(const EventRow& row, std::string_view persistence_id, RecordDigest& digest) {
  if (!row.malformed.empty()) return row.malformed;
  digest.SetEvent(persistence_id, row.event);
  return CrcProblem(row.crc, digest.Crc32c());
}

bool DecodeTags(std::string_view bytes, std::vector<std::string>& tags) {
  uint32_t count = 0;
  if (!TakeLength(bytes, count) || count > kTagsPerEventMax) return false;
  for (uint32_t i = 0; i < count; ++i) {
    uint32_t length = 0;
    if (!TakeLength(bytes, length) || length > bytes.size()) return false;
    tags.emplace_back(bytes.substr(0, length));
    bytes.remove_prefix(length);
  }
  return bytes.empty();
}

}  // namespace sampo::persistence::offline
