// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/persistence/sqlite/offline/journal_reader.h"

#include <algorithm>
#include <map>
#include <utility>

#include "sampo/actor/base/status_macros.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/persistence/sqlite/offline/internal/rows.h"
#include "sampo/persistence/sqlite/offline/internal/source.h"

namespace sampo::persistence::offline {
namespace {

// Rows that one transaction looks at.
constexpr int64_t kIdsPerPage = 1000;
constexpr int64_t kStatesPerPage = 100;
constexpr int64_t kRowsPerPage = 10'000;

// Each: rows, payload bytes, the last key, then what else is asked.
constexpr char kCountEvents[] =
    "SELECT count(*), sum(length(payload) + ifnull(length(metadata), 0)), max(ordering), "
    "min(written_at), max(written_at) FROM (SELECT ordering, written_at, payload, metadata "
    "FROM events WHERE ordering > ? ORDER BY ordering LIMIT ?)";
constexpr char kCountSnapshots[] =
    "SELECT count(*), sum(length(payload) + ifnull(length(metadata), 0)), max(rowid) FROM "
    "(SELECT rowid, payload, metadata FROM snapshots WHERE rowid > ? ORDER BY rowid LIMIT ?)";
constexpr char kCountStates[] =
    "SELECT count(*), sum(length(payload)), max(id), sum(deleted) FROM "
    "(SELECT id, payload, deleted FROM states WHERE id > ? ORDER BY id LIMIT ?)";

IdSummary SummaryOf(const IdRow& row) {
  IdSummary summary;
  summary.row = row.id;
  summary.persistence_id = row.persistence_id;
  summary.head.highest_seq = row.highest_seq;
  summary.head.deleted_to = row.deleted_to;
  summary.head.epoch = row.epoch;
  summary.head.hash = row.head_hash;
  summary.problem = row.malformed;
  return summary;
}

StateEntry EntryOf(const StateRow& row, RecordDigest& digest) {
  StateEntry entry;
  entry.row = row.id;
  entry.state = row.state;
  entry.epoch = row.epoch;
  entry.deleted = row.deleted;
  entry.crc = row.crc;
  entry.problem = ProblemOf(row, digest);
  return entry;
}

// By the index; where that has it not, or is damaged, by reading all rows.
template <class Row, class Find, class Scan>
absl::StatusOr<std::optional<Row>> FindOrScan(Source& source, Find find, Scan scan) {
  std::optional<Row> row;
  SAMPO_RETURN_IF_ERROR(source.Read([&](Database& database) {
    absl::StatusOr<std::optional<Row>> found = find(database);
    const bool damaged = found.status().code() == absl::StatusCode::kDataLoss;
    if (damaged || (found.ok() && !found->has_value())) found = scan(database);
    SAMPO_RETURN_IF_ERROR(found.status());
    row = *std::move(found);
    return absl::OkStatus();
  }));
  return row;
}

std::string TypeOf(const std::string& persistence_id) {
  const size_t bar = persistence_id.find('|');
  return bar == std::string::npos ? std::string() : persistence_id.substr(0, bar);
}

int64_t EventsOf(const IdSummary& id) { return id.head.highest_seq - id.head.deleted_to; }

// What each page of a count adds.
struct Count {
  int64_t rows = 0;
  int64_t bytes = 0;
  int64_t last = 0;
  int64_t first_extra = 0;
  int64_t second_extra = 0;
};

}  // namespace

class JournalReader::Impl {
 public:
  explicit Impl(std::unique_ptr<Source> source) : source_(std::move(source)) {}

  Source& source() { return *source_; }
  RecordDigest& digest() { return digest_; }

  absl::StatusOr<std::vector<IdRow>> Ids(int64_t after, int64_t rows_max) {
    std::vector<IdRow> rows;
    SAMPO_RETURN_IF_ERROR(source_->Read([&](Database& database) {
      SAMPO_ASSIGN_OR_RETURN(rows, ReadIds(database, after, rows_max));
      return absl::OkStatus();
    }));
    return rows;
  }

  absl::Status CountFile(JournalStats& stats) {
    stats.file_bytes = FileBytes(source_->path());
    stats.wal_bytes = FileBytes(source_->path() + "-wal");
    return source_->Read([&](Database& database) {
      SAMPO_ASSIGN_OR_RETURN(stats.page_bytes, database.Number("PRAGMA page_size"));
      SAMPO_ASSIGN_OR_RETURN(stats.free_pages, database.Number("PRAGMA freelist_count"));
      SAMPO_ASSIGN_OR_RETURN(stats.last_ordering,
                             database.Number("SELECT max(value, (SELECT ifnull(max(ordering), 0) "
                                             "FROM events)) FROM counters"));
      return absl::OkStatus();
    });
  }

  absl::Status CountIds(JournalStats& stats) {
    std::map<std::string, TypeCount> types;
    for (int64_t after = 0;;) {
      SAMPO_ASSIGN_OR_RETURN(const std::vector<IdRow> rows, Ids(after, kIdsPerPage));
      if (rows.empty()) break;
      for (const IdRow& row : rows) AddId(SummaryOf(row), types, stats);
      after = rows.back().id;
    }
    for (auto& [name, count] : types) stats.types.push_back(std::move(count));
    return absl::OkStatus();
  }

  // Calls `add` with what each page of `sql` counted.
  template <class Add>
  absl::Status CountRows(const char* sql, int columns, Add add) {
    for (int64_t after = 0;;) {
      Count count;
      SAMPO_RETURN_IF_ERROR(source_->Read([&](Database& database) {
        Query query = database.Use(sql);
        query.Bind(1, after);
        query.Bind(2, kRowsPerPage);
        SAMPO_RETURN_IF_ERROR(query.Step().status());
        count = {.rows = query.Int(0), .bytes = query.Int(1), .last = query.Int(2)};
        if (columns > 3) count.first_extra = query.Int(3);
        if (columns > 4) count.second_extra = query.Int(4);
        return absl::OkStatus();
      }));
      if (count.rows == 0) return absl::OkStatus();
      add(count);
      after = count.last;
    }
  }

 private:
  static void AddId(IdSummary id, std::map<std::string, TypeCount>& types, JournalStats& stats) {
    ++stats.ids;
    stats.events_deleted += id.head.deleted_to;
    std::string type = TypeOf(id.persistence_id);
    if (!types.contains(type) && types.size() >= kTypesMax) type = "...";
    TypeCount& count = types[type];
    count.type = type;
    ++count.ids;
    count.events += EventsOf(id);
    const auto larger = [](const IdSummary& a, const IdSummary& b) {
      return EventsOf(a) > EventsOf(b);
    };
    std::vector<IdSummary>& largest = stats.largest;
    if (largest.size() == kLargestMax && !larger(id, largest.back())) return;
    largest.insert(std::upper_bound(largest.begin(), largest.end(), id, larger), std::move(id));
    if (largest.size() > kLargestMax) largest.pop_back();
  }

  std::unique_ptr<Source> source_;
  RecordDigest digest_;
};

JournalReader::JournalReader(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
JournalReader::~JournalReader() = default;

absl::StatusOr<std::unique_ptr<JournalReader>> JournalReader::Open(const std::string& file) {
  SAMPO_ASSIGN_OR_RETURN(std::unique_ptr<Source> source, Source::Open(file));
  return std::unique_ptr<JournalReader>(
      new JournalReader(std::make_unique<Impl>(std::move(source))));
}

const std::string& JournalReader::file() const { return impl_->source().path(); }

absl::StatusOr<IdSummaries> JournalReader::ListIds(const ListRequest& request) {
  IdSummaries page{.ids = {}, .next = request.after};
  const std::string prefix = request.type.empty() ? "" : request.type + "|";
  const int64_t rows_max = prefix.empty() ? std::min(request.ids_max, kIdsPerPage) : kIdsPerPage;
  // Ids of other types are passed over in pages too: no transaction is long.
  while (!page.at_end && static_cast<int64_t>(page.ids.size()) < request.ids_max) {
    SAMPO_ASSIGN_OR_RETURN(const std::vector<IdRow> rows, impl_->Ids(page.next, rows_max));
    page.at_end = static_cast<int64_t>(rows.size()) < rows_max;
    for (const IdRow& row : rows) {
      if (static_cast<int64_t>(page.ids.size()) == request.ids_max) {
        page.at_end = false;
        break;
      }
      page.next = row.id;
      if (row.persistence_id.starts_with(prefix)) page.ids.push_back(SummaryOf(row));
    }
  }
  return page;
}

absl::StatusOr<std::optional<IdSummary>> JournalReader::FindId(std::string_view persistence_id) {
  SAMPO_ASSIGN_OR_RETURN(
      const std::optional<IdRow> row,
      FindOrScan<IdRow>(
          impl_->source(),
          [&](Database& database) { return offline::FindId(database, persistence_id); },
          [&](Database& database) { return FindUnindexedId(database, persistence_id); }));
  return row.has_value() ? std::optional<IdSummary>(SummaryOf(*row)) : std::nullopt;
}

absl::StatusOr<EventEntries> JournalReader::ReadEvents(const IdSummary& id,
                                                       const EventsRequest& request) {
  EventRows rows;
  SAMPO_RETURN_IF_ERROR(impl_->source().Read([&](Database& database) {
    SAMPO_ASSIGN_OR_RETURN(rows, offline::ReadEvents(database, {.id = id.row,
                                                                .from = request.from_seq,
                                                                .to = request.to_seq,
                                                                .rows_max = request.events_max}));
    return absl::OkStatus();
  }));
  EventEntries page;
  page.at_end = rows.at_end;
  for (EventRow& row : rows.rows) {
    std::string problem = ProblemOf(row, id.persistence_id, impl_->digest());
    page.events.push_back({std::move(row.event), row.crc, std::move(problem)});
  }
  return page;
}

absl::StatusOr<std::optional<SnapshotEntry>> JournalReader::ReadSnapshot(const IdSummary& id,
                                                                         int64_t after_seq) {
  std::optional<SnapshotRow> row;
  SAMPO_RETURN_IF_ERROR(impl_->source().Read([&](Database& database) {
    SAMPO_ASSIGN_OR_RETURN(row, offline::ReadSnapshot(database, id.row, after_seq));
    return absl::OkStatus();
  }));
  if (!row.has_value()) return std::optional<SnapshotEntry>();
  row->snapshot.persistence_id = id.persistence_id;
  std::string problem = ProblemOf(*row, impl_->digest());
  return std::optional<SnapshotEntry>({std::move(row->snapshot), row->crc, std::move(problem)});
}

absl::StatusOr<std::optional<StateEntry>> JournalReader::FindState(
    std::string_view persistence_id) {
  SAMPO_ASSIGN_OR_RETURN(
      const std::optional<StateRow> row,
      FindOrScan<StateRow>(
          impl_->source(),
          [&](Database& database) { return offline::FindState(database, persistence_id); },
          [&](Database& database) { return FindUnindexedState(database, persistence_id); }));
  if (!row.has_value()) return std::optional<StateEntry>();
  return std::optional<StateEntry>(EntryOf(*row, impl_->digest()));
}

absl::StatusOr<std::vector<StateEntry>> JournalReader::ListStates(int64_t after) {
  std::vector<StateRow> rows;
  SAMPO_RETURN_IF_ERROR(impl_->source().Read([&](Database& database) {
    SAMPO_ASSIGN_OR_RETURN(rows, ReadStates(database, after, kStatesPerPage));
    return absl::OkStatus();
  }));
  std::vector<StateEntry> states;
  for (const StateRow& row : rows) states.push_back(EntryOf(row, impl_->digest()));
  return states;
}

absl::StatusOr<JournalStats> JournalReader::ReadStats(const OnProgress& on_progress) {
  JournalStats stats;
  SAMPO_RETURN_IF_ERROR(impl_->CountFile(stats));
  SAMPO_RETURN_IF_ERROR(impl_->CountIds(stats));
  SAMPO_RETURN_IF_ERROR(impl_->CountRows(kCountEvents, 5, [&](const Count& count) {
    const bool first = stats.events == 0;
    stats.events += count.rows;
    stats.event_bytes += count.bytes;
    stats.first_written_micros =
        first ? count.first_extra : std::min(stats.first_written_micros, count.first_extra);
    stats.last_written_micros = std::max(stats.last_written_micros, count.second_extra);
    if (on_progress) on_progress({"orderings counted", count.last, stats.last_ordering});
  }));
  SAMPO_RETURN_IF_ERROR(impl_->CountRows(kCountSnapshots, 3, [&](const Count& count) {
    stats.snapshots += count.rows;
    stats.snapshot_bytes += count.bytes;
  }));
  SAMPO_RETURN_IF_ERROR(impl_->CountRows(kCountStates, 4, [&](const Count& count) {
    stats.states += count.rows;
    stats.state_bytes += count.bytes;
    stats.states_deleted += count.first_extra;
  }));
  return stats;
}

}  // namespace sampo::persistence::offline
