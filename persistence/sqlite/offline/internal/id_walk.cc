// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/persistence/sqlite/offline/internal/id_walk.h"

#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "sampo/actor/base/status_macros.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/persistence/record_digest.h"

namespace sampo::persistence::offline {
namespace {

constexpr int64_t kRowsPerPage = 1000;
// Walks that are begun anew because events were deleted meanwhile. A writer that deletes faster
// than its id is read is found out by the last one as missing events; chosen, not measured.
constexpr int kRestartsMax = 20;

// An event as a page found it: a row, or why there is none.
struct FoundEvent {
  int64_t seq = 0;
  std::optional<EventRow> row;
  std::string unreadable;
};

// What one transaction reads.
struct Page {
  bool found = false;
  IdRow row;
  std::vector<FoundEvent> events;
  std::vector<ScanProblem> tag_problems;
  std::vector<int64_t> undeleted;  // events at or below deleted_to
  std::string unreadable;          // why the events end here
  bool at_end = false;
  // Of the first page:
  std::vector<SyncPoint> snapshots;
  std::vector<ScanProblem> snapshot_problems;
  int64_t snapshots_total = 0;
};

bool IsDamage(const absl::Status& status) { return status.code() == absl::StatusCode::kDataLoss; }

class Walker {
 public:
  Walker(Source& source, int64_t id, const OnPage& on_page, Anchor anchor)
      : source_(source), id_(id), on_page_(on_page), anchor_(anchor) {}

  absl::StatusOr<IdWalk> Run() {
    for (int restart = 0;; ++restart) {
      SAMPO_ASSIGN_OR_RETURN(const bool through, Once(restart < kRestartsMax));
      if (through) return std::move(walk_);
    }
  }

 private:
  // False: events were deleted meanwhile.
  absl::StatusOr<bool> Once(bool may_restart) {
    walk_ = IdWalk();
    SAMPO_ASSIGN_OR_RETURN(Page page, ReadPage(std::nullopt));
    if (!page.found) return true;
    const IdRow first = page.row;
    walk_.found = true;
    walk_.snapshots = page.snapshots;
    walk_.snapshot_problems = std::move(page.snapshot_problems);
    walk_.snapshots_total = page.snapshots_total;
    ChainScan scan(first.persistence_id, {first.deleted_to, first.anchor_hash}, page.snapshots);
    while (true) {
      const bool at_end = page.at_end;
      Take(std::move(page), scan);
      if (at_end) break;
      SAMPO_ASSIGN_OR_RETURN(page, ReadPage(scan.position() + 1));
      if (!page.found) break;
      if (may_restart && page.row.deleted_to != first.deleted_to) return false;
    }
    walk_.scan = std::move(scan).Finish();
    return true;
  }

  void Take(Page page, ChainScan& scan) {
    walk_.row = std::move(page.row);
    scan.SetHead({walk_.row.highest_seq, walk_.row.head_hash, walk_.row.epoch});
    for (const int64_t seq : page.undeleted) scan.AddOutOfPlace(seq);
    for (const FoundEvent& event : page.events) {
      if (event.row.has_value() && event.row->malformed.empty()) {
        scan.Add(event.row->event, event.row->crc);
      } else {
        scan.AddUnreadable(event.seq,
                           event.row.has_value() ? event.row->malformed : event.unreadable);
      }
    }
    if (!page.unreadable.empty()) scan.AddUnreadable(scan.position() + 1, page.unreadable);
    for (ScanProblem& problem : page.tag_problems) {
      if (walk_.tag_problems.size() < kProblemsMax) walk_.tag_problems.push_back(problem);
    }
    walk_.events += static_cast<int64_t>(page.events.size());
    if (on_page_) on_page_(static_cast<int64_t>(page.events.size()));
  }

  // `from`: none for the first page.
  absl::StatusOr<Page> ReadPage(std::optional<int64_t> from) {
    Page page;
    SAMPO_RETURN_IF_ERROR(source_.Read([&](Database& database) {
      page = Page();
      SAMPO_ASSIGN_OR_RETURN(const std::optional<IdRow> row, ReadId(database, id_));
      if (!row.has_value()) return absl::OkStatus();
      page.found = true;
      page.row = *row;
      if (anchor_ == Anchor::kNone) {
        page.row.deleted_to = 0;
        page.row.anchor_hash = ChainHash();
      }
      if (!from.has_value()) {
        SAMPO_RETURN_IF_ERROR(ReadSnapshots(database, page));
        SAMPO_RETURN_IF_ERROR(ReadUndeleted(database, page));
      }
      SAMPO_RETURN_IF_ERROR(ReadRows(database, from.value_or(page.row.deleted_to + 1), page));
      return CheckTags(database, page);
    }));
    return page;
  }

  absl::Status ReadSnapshots(Database& database, Page& page) {
    int64_t after = -1;
    while (true) {
      absl::StatusOr<std::optional<SnapshotRow>> row = ReadSnapshot(database, id_, after);
      if (IsDamage(row.status())) {
        page.snapshot_problems.push_back(
            {after + 1, after + 1, std::string(ToStd(row.status().message()))});
        return absl::OkStatus();
      }
      SAMPO_RETURN_IF_ERROR(row.status());
      if (!row->has_value()) return absl::OkStatus();
      SnapshotRow& found = **row;
      after = found.snapshot.seq;
      ++page.snapshots_total;
      found.snapshot.persistence_id = page.row.persistence_id;
      if (std::string problem = ProblemOf(found, digest_); !problem.empty()) {
        page.snapshot_problems.push_back({after, after, std::move(problem)});
        continue;
      }
      page.snapshots.push_back({after, found.snapshot.hash});
      if (after > page.row.highest_seq) {
        page.snapshot_problems.push_back(
            {after, after, StrCat("beyond the head, whose highest_seq is ", page.row.highest_seq)});
      }
    }
  }

  absl::Status ReadUndeleted(Database& database, Page& page) {
    absl::StatusOr<std::vector<int64_t>> numbers =
        ReadEventNumbers(database, {.id = id_,
                                    .from = std::numeric_limits<int64_t>::min(),
                                    .to = page.row.deleted_to,
                                    .rows_max = kRowsPerPage});
    if (IsDamage(numbers.status())) return absl::OkStatus();  // the events themselves will tell
    SAMPO_RETURN_IF_ERROR(numbers.status());
    page.undeleted = *std::move(numbers);
    return absl::OkStatus();
  }

  absl::Status ReadRows(Database& database, int64_t from, Page& page) {
    const EventRange range{.id = id_, .from = from, .rows_max = kRowsPerPage};
    absl::StatusOr<EventRows> rows = ReadEvents(database, range);
    if (IsDamage(rows.status())) return ReadOneByOne(database, range, page);
    SAMPO_RETURN_IF_ERROR(rows.status());
    page.at_end = rows->at_end;
    for (EventRow& row : rows->rows) {
      const int64_t seq = row.event.seq;
      page.events.push_back({.seq = seq, .row = std::move(row), .unreadable = ""});
    }
    return absl::OkStatus();
  }

  // The index tells which events there should be; each is read by itself.
  absl::Status ReadOneByOne(Database& database, const EventRange& range, Page& page) {
    absl::StatusOr<std::vector<int64_t>> numbers = ReadEventNumbers(database, range);
    if (IsDamage(numbers.status())) {
      page.unreadable = std::string(ToStd(numbers.status().message()));
      page.at_end = true;
      return absl::OkStatus();
    }
    SAMPO_RETURN_IF_ERROR(numbers.status());
    page.at_end = static_cast<int64_t>(numbers->size()) < range.rows_max;
    for (const int64_t seq : *numbers) {
      absl::StatusOr<std::optional<EventRow>> row = ReadEvent(database, id_, seq);
      if (!row.ok() && !IsDamage(row.status())) return row.status();
      FoundEvent found{.seq = seq, .row = std::nullopt, .unreadable = "its row is not there"};
      if (!row.ok()) {
        found.unreadable = std::string(ToStd(row.status().message()));
      } else if (row->has_value()) {
        found.row = **std::move(row);
      }
      page.events.push_back(std::move(found));
    }
    return absl::OkStatus();
  }

  absl::Status CheckTags(Database& database, Page& page) {
    for (const FoundEvent& event : page.events) {
      if (!event.row.has_value()) continue;
      for (const std::string& tag : event.row->event.tags) {
        absl::StatusOr<bool> found = HasTag(database, tag, event.row->event.ordering);
        if (IsDamage(found.status())) return absl::OkStatus();  // the table of tags tells itself
        SAMPO_RETURN_IF_ERROR(found.status());
        if (*found) continue;
        page.tag_problems.push_back(
            {event.seq, event.seq, StrCat("is not in the table of tags under \"", tag, "\"")});
      }
    }
    return absl::OkStatus();
  }

  Source& source_;
  const int64_t id_;
  const OnPage& on_page_;
  const Anchor anchor_;
  RecordDigest digest_;
  IdWalk walk_;
};

}  // namespace

absl::StatusOr<IdWalk> WalkId(Source& source, int64_t id, const OnPage& on_page, Anchor anchor) {
  return Walker(source, id, on_page, anchor).Run();
}

}  // namespace sampo::persistence::offline
