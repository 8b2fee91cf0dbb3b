// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/persistence/sqlite/offline/salvage.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <memory>
#include <optional>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "sampo/actor/base/status_macros.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/persistence/sqlite/internal/lock_file.h"
#include "sampo/persistence/sqlite/offline/internal/id_walk.h"
#include "sampo/persistence/sqlite/offline/internal/live_wal.h"
#include "sampo/persistence/sqlite/offline/internal/new_file.h"
#include "sampo/persistence/sqlite/offline/internal/rows.h"
#include "sampo/persistence/sqlite/offline/internal/salvage_target.h"
#include "sampo/persistence/sqlite/offline/internal/source.h"
#include "sampo/persistence/sqlite/offline/internal/wal_overlay.h"

namespace sampo::persistence::offline {
namespace {

constexpr int64_t kRowsPerPage = 100;
// Rows that are tried one by one behind a page that cannot be read; then the steps double.
constexpr int64_t kProbesOneByOne = 1000;
constexpr int64_t kProbeMax = int64_t{1} << 40;

bool IsDamage(const absl::Status& status) { return status.code() == absl::StatusCode::kDataLoss; }

std::string MessageOf(const absl::Status& status) { return std::string(ToStd(status.message())); }

// Of a problem among the events `from` to `to`; its own place where that is another.
std::string TextOf(const ScanProblem& problem, int64_t from, int64_t to) {
  if (problem.from == from && problem.to == to) return problem.what;
  if (problem.from == problem.to) return StrCat("event ", problem.from, ": ", problem.what);
  return StrCat("events ", problem.from, " to ", problem.to, ": ", problem.what);
}

// Rows `from` to `to` of a table of ids, which one view cannot read.
struct Unreadable {
  int64_t from = 0;
  int64_t to = 0;  // kToTheEnd: nothing could be read behind them
  std::string what;
};
constexpr int64_t kToTheEnd = std::numeric_limits<int64_t>::max();

// What one view has of an id.
struct Candidate {
  Source* view = nullptr;
  bool overlay = false;
  IdWalk walk;

  auto rank() const {
    const ScanStretch& best = walk.scan.best;
    // An anchor alone, which no chain proves, is no stretch at all.
    const bool nothing = !best.proven && best.from_anchor && best.to == best.start.seq;
    return std::tuple(nothing ? 0 : best.to, best.proven, walk.whole(), -best.start.seq, !overlay);
  }
};

class Salvage {
 public:
  Salvage(std::string file, const SalvageOptions& options)
      : file_(std::move(file)), options_(options) {}

  absl::StatusOr<SalvageReport> Run(const std::string& to) {
    SAMPO_ASSIGN_OR_RETURN(NewFile made, NewFile::For(to));
    SAMPO_ASSIGN_OR_RETURN(NewFile overlay, NewFile::For(to + "-overlay"));
    SAMPO_RETURN_IF_ERROR(OpenViews(overlay.partial()));
    SAMPO_ASSIGN_OR_RETURN(target_, SalvageTarget::Make(made.partial()));
    SAMPO_RETURN_IF_ERROR(CopyIds());
    SAMPO_RETURN_IF_ERROR(CopyStates());
    for (const std::unique_ptr<Source>& view : views_) SAMPO_RETURN_IF_ERROR(KeepOrdering(*view));
    SAMPO_RETURN_IF_ERROR(NoteOrphans());
    SAMPO_RETURN_IF_ERROR(target_->Finish());
    target_.reset();
    views_.clear();
    SAMPO_RETURN_IF_ERROR(VerifyTarget(made.partial()));
    SAMPO_RETURN_IF_ERROR(made.Publish());
    return report_;
  }

 private:
  void Note(Finding about, bool lost) {
    if (options_.on_note) options_.on_note({std::move(about), lost});
  }

  // The overlay is made first: it reads the file without SQLite.
  absl::Status OpenViews(const std::string& overlay) {
    SAMPO_ASSIGN_OR_RETURN(const WalReport wal, ExamineLiveWal(file_));
    report_.wal_damaged = wal.state == WalState::kDamaged || wal.database_is_empty;
    bool overlaid = false;
    if (wal.commits_behind > 0 || wal.database_is_empty) {
      SAMPO_ASSIGN_OR_RETURN(const int64_t frames, MakeOverlay(file_, wal, overlay));
      report_.wal = StrCat(WalReportText(wal), "; SQLite trusts none behind it. The pages of all ",
                           frames, " frames were looked at, and what proves itself was taken");
      overlaid = true;
    } else if (wal.state != WalState::kClean) {
      report_.wal = WalReportText(wal);
    }
    absl::Status first;
    for (const std::string& path : {file_, overlay}) {
      if (path == overlay && !overlaid) break;
      absl::StatusOr<std::unique_ptr<Source>> view = Source::Open(path);
      if (view.ok()) {
        overlay_ = path == overlay ? view->get() : nullptr;
        views_.push_back(*std::move(view));
      } else if (!IsDamage(view.status())) {
        return view.status();
      } else if (first.ok()) {
        first = view.status();
      }
    }
    return views_.empty() ? first : absl::OkStatus();
  }

  // --- rows, and those that cannot be read ---

  // Gives all rows of a view that `read(database, after, rows_max)` can read to `copy`; notes the
  // others for NoteUnreadable.
  template <class Row, class Read, class Copy>
  absl::Status CopyRows(size_t view, Read read, Copy copy,
                        std::vector<std::vector<Unreadable>>& unreadable) {
    unreadable.emplace_back();
    std::vector<Row> rows;
    const auto read_behind = [&](int64_t after, int64_t rows_max) {
      return views_[view]->Read([&](Database& database) {
        rows.clear();
        SAMPO_ASSIGN_OR_RETURN(rows, read(database, after, rows_max));
        return absl::OkStatus();
      });
    };
    for (int64_t after = 0;;) {
      absl::Status whole = read_behind(after, kRowsPerPage);
      if (IsDamage(whole)) {
        SAMPO_ASSIGN_OR_RETURN(const int64_t skipped_to, SkipUnreadable(read_behind, after));
        if (skipped_to > after) {
          unreadable.back().push_back({after + 1, skipped_to, MessageOf(whole)});
        }
        if (skipped_to == kToTheEnd) return absl::OkStatus();
      } else {
        SAMPO_RETURN_IF_ERROR(whole);
      }
      if (rows.empty()) return absl::OkStatus();
      for (const Row& row : rows) SAMPO_RETURN_IF_ERROR(copy(row));
      after = rows.back().id;
    }
  }

  // The last of the rows that cannot be read; the one behind it was read.
  template <class ReadBehind>
  static absl::StatusOr<int64_t> SkipUnreadable(ReadBehind read_behind, int64_t after) {
    // The first may be readable: the page that failed had a hundred.
    for (int64_t step = 0; step < kProbeMax; step = step < kProbesOneByOne ? step + 1 : step * 2) {
      absl::Status read = read_behind(after + step, 1);
      if (read.ok()) return after + step;
      if (!IsDamage(read)) return read;
    }
    return kToTheEnd;
  }

  // What no view could read. `taken(from, to)` of the rows were in another one all the same. Gives
  // the number of rows, at least one for each stretch: nothing tells how many there were at the
  // end.
  template <class Taken>
  absl::StatusOr<int64_t> NoteUnreadable(const char* table,
                                         const std::vector<std::vector<Unreadable>>& of_views,
                                         Taken taken) {
    int64_t lost = 0;
    const bool read_by_one = std::any_of(of_views.begin(), of_views.end(),
                                         [](const auto& stretches) { return stretches.empty(); });
    if (read_by_one) return lost;
    // The last view is the overlay, where there is one: it has what the other has.
    for (const Unreadable& stretch : of_views.back()) {
      const bool to_the_end = stretch.to == kToTheEnd;
      SAMPO_ASSIGN_OR_RETURN(const int64_t elsewhere, taken(stretch.from, stretch.to));
      const int64_t rows = to_the_end ? 1 : stretch.to - stretch.from + 1 - elsewhere;
      if (rows <= 0) continue;
      lost += rows;
      const std::string place = to_the_end ? StrCat("rows from ", stretch.from, " on")
                                           : StrCat("rows ", stretch.from, " to ", stretch.to);
      Note({FindingKind::kFile, "", 0, 0,
            StrCat(place, " of the ", table, " cannot be read: ", stretch.what)},
           true);
    }
    return lost;
  }

  // --- ids ---

  absl::Status CopyIds() {
    std::vector<std::vector<Unreadable>> unreadable;
    for (size_t view = 0; view < views_.size(); ++view) {
      SAMPO_RETURN_IF_ERROR(CopyRows<IdRow>(
          view, &ReadIds, [&](const IdRow& row) { return CopyIdOnce(row, view); }, unreadable));
    }
    SAMPO_ASSIGN_OR_RETURN(
        const int64_t lost,
        NoteUnreadable("ids", unreadable, [&](int64_t from, int64_t to) -> absl::StatusOr<int64_t> {
          SAMPO_ASSIGN_OR_RETURN(const int64_t copied, target_->CountIds(from, to));
          return copied + std::distance(emptied_.lower_bound(from), emptied_.upper_bound(to));
        }));
    report_.ids_lost += lost;
    return absl::OkStatus();
  }

  absl::Status CopyIdOnce(const IdRow& row, size_t first_view) {
    SAMPO_ASSIGN_OR_RETURN(const bool done, target_->HasId(row.id, row.persistence_id));
    if (done || emptied_.contains(row.id)) return absl::OkStatus();
    std::optional<Candidate> chosen;
    int64_t reached = 0;
    int64_t base_to = 0;
    for (size_t i = first_view; i < views_.size(); ++i) {
      for (const Anchor anchor : {Anchor::kStored, Anchor::kNone}) {
        Candidate candidate{
            .view = views_[i].get(), .overlay = views_[i].get() == overlay_, .walk = {}};
        SAMPO_ASSIGN_OR_RETURN(candidate.walk, WalkId(*candidate.view, row.id, nullptr, anchor));
        if (!candidate.walk.found) break;
        const bool events_below = candidate.walk.scan.out_of_place > 0;
        reached = std::max(reached, candidate.walk.scan.reached);
        if (!candidate.overlay) base_to = std::max(base_to, candidate.walk.scan.best.to);
        if (!chosen.has_value() || chosen->rank() < candidate.rank()) chosen = std::move(candidate);
        if (!events_below) break;
      }
    }
    if (!chosen.has_value()) return absl::OkStatus();
    SAMPO_RETURN_IF_ERROR(CopyId(*chosen, reached, base_to));
    if (options_.on_progress) options_.on_progress({"ids salvaged", report_.ids, 0});
    return absl::OkStatus();
  }

  absl::Status CopyId(const Candidate& chosen, int64_t reached, int64_t base_to) {
    const ScanStretch& best = chosen.walk.scan.best;
    const IdRow& row = chosen.walk.row;
    SAMPO_ASSIGN_OR_RETURN(const CopiedId copied, target_->CopyId(*chosen.view, chosen.walk));
    if (copied.emptied) emptied_.insert(row.id);
    ++(copied.emptied ? report_.ids_lost : report_.ids);
    report_.events += copied.events;
    report_.snapshots += copied.snapshots;
    if (chosen.overlay) {
      report_.events_behind_damage += best.to - std::max(base_to, best.start.seq);
    }
    int64_t lost = 0;
    if (!best.from_anchor) {
      lost += NoteLostEvents(chosen, row.deleted_to + 1, best.start.seq,
                             StrCat("the snapshot at ", best.start.seq, " has their state"));
    }
    lost += NoteLostEvents(chosen, best.to + 1, reached, "");
    const int64_t lost_before = report_.snapshots_lost;
    NoteLostSnapshots(chosen.walk, copied);
    if (!best.proven && !chosen.walk.scan.whole() && !copied.emptied) {
      NoteUnproven(row.persistence_id, best, copied, lost);
    }
    if (lost == 0 && best.proven && report_.snapshots_lost == lost_before) ++report_.ids_whole;
    return absl::OkStatus();
  }

  // Of the id's events, of a snapshot that stands alone, or of its numbers, which are all there is.
  void NoteUnproven(const std::string& id, const ScanStretch& best, const CopiedId& copied,
                    int64_t lost) {
    if (best.to > best.start.seq) {
      Note({FindingKind::kEvent, id, best.start.seq + 1, best.to,
            "their checksums are right; no chain that leads to a head proves them"},
           false);
    } else if (copied.snapshots > 0) {
      Note({FindingKind::kSnapshot, id, copied.newest_snapshot, copied.newest_snapshot,
            "its checksum is right; no chain that leads to a head proves it"},
           false);
    } else if (lost == 0) {
      Note({FindingKind::kId, id, best.to, best.to,
            StrCat("it is at event ", best.to, "; its hash is not proven")},
           false);
    } else {
      return;  // the loss was noted, and nothing was kept
    }
    ++report_.ids_unproven;
  }

  // With what verify would say of the first problem among them.
  int64_t NoteLostEvents(const Candidate& chosen, int64_t from, int64_t to, std::string why) {
    if (from > to) return 0;
    for (const ScanProblem& problem : chosen.walk.scan.problems) {
      if (problem.from > to || problem.to < from) continue;
      if (!why.empty()) why += "; ";
      why += TextOf(problem, from, to);
      break;
    }
    if (why.empty()) why = "they are only in pages that are damaged";
    Note({FindingKind::kEvent, chosen.walk.row.persistence_id, from, to, std::move(why)}, true);
    report_.events_lost += to - from + 1;
    return to - from + 1;
  }

  void NoteLostSnapshots(const IdWalk& walk, const CopiedId& copied) {
    const auto note = [&](int64_t seq, const std::string& what) {
      Note({FindingKind::kSnapshot, walk.row.persistence_id, seq, seq, what}, true);
      ++report_.snapshots_lost;
    };
    for (const ScanProblem& problem : walk.snapshot_problems) {
      const bool whole =
          std::any_of(walk.snapshots.begin(), walk.snapshots.end(),
                      [&](const SyncPoint& snapshot) { return snapshot.seq == problem.from; });
      if (!whole) note(problem.from, problem.what);
    }
    for (const int64_t seq : copied.snapshots_left_out) {
      note(seq, "it does not belong to the events that were kept");
    }
  }

  // --- states ---

  absl::Status CopyStates() {
    std::vector<std::vector<Unreadable>> unreadable;
    for (size_t view = 0; view < views_.size(); ++view) {
      SAMPO_RETURN_IF_ERROR(CopyRows<StateRow>(
          view, &ReadStates, [&](const StateRow& row) { return CopyState(row, view); },
          unreadable));
    }
    SAMPO_ASSIGN_OR_RETURN(const int64_t lost,
                           NoteUnreadable("states", unreadable, [&](int64_t from, int64_t to) {
                             return target_->CountStates(from, to);
                           }));
    report_.states_lost += lost;
    return absl::OkStatus();
  }

  absl::Status CopyState(const StateRow& row, size_t first_view) {
    const std::string& id = row.state.persistence_id;
    SAMPO_ASSIGN_OR_RETURN(const bool done, target_->HasState(row.id, id));
    if (done) return absl::OkStatus();
    std::optional<StateRow> chosen;
    int64_t newest = 0;
    std::string problem;
    const auto offer = [&](const StateRow& found) {
      newest = std::max(newest, found.state.revision);
      const std::string its_problem = RecordProblemOf(found, digest_);
      if (!its_problem.empty()) {
        problem = its_problem;
      } else if (!chosen.has_value() || chosen->state.revision < found.state.revision) {
        chosen = found;
      }
    };
    offer(row);
    for (size_t i = first_view + 1; i < views_.size(); ++i) {
      std::optional<StateRow> other;
      absl::Status read = views_[i]->Read([&](Database& database) {
        SAMPO_ASSIGN_OR_RETURN(other, FindState(database, id));
        return absl::OkStatus();
      });
      if (!read.ok() && !IsDamage(read)) return read;
      if (read.ok() && other.has_value()) offer(*other);
    }
    if (!chosen.has_value() || chosen->state.revision < newest) {
      ++report_.states_lost;
      if (chosen.has_value()) StrAppend(problem, "; revision ", chosen->state.revision, " is kept");
      Note({FindingKind::kState, id, newest, newest, problem}, true);
    }
    if (!chosen.has_value()) return absl::OkStatus();
    ++report_.states;
    return target_->AddState(*chosen);
  }

  // --- the end ---

  // That of deleted events is not given again.
  absl::Status KeepOrdering(Source& view) {
    int64_t ordering = 0;
    absl::Status read = view.Read([&](Database& database) {
      SAMPO_ASSIGN_OR_RETURN(ordering, database.Number("SELECT max(value) FROM counters"));
      return absl::OkStatus();
    });
    if (IsDamage(read)) return absl::OkStatus();
    target_->KeepOrdering(ordering);
    return read;
  }

  // Events and snapshots whose id nobody has.
  absl::Status NoteOrphans() {
    for (const OrphanTable table : {OrphanTable::kEvents, OrphanTable::kSnapshots}) {
      std::set<int64_t> noted_ids;
      // The overlay first: it has what the file has, and more.
      for (auto view = views_.rbegin(); view != views_.rend(); ++view) {
        absl::Status noted = NoteOrphansOf(**view, table, noted_ids);
        if (!noted.ok() && !IsDamage(noted)) return noted;
      }
    }
    return absl::OkStatus();
  }

  absl::Status NoteOrphansOf(Source& view, OrphanTable table, std::set<int64_t>& noted) {
    const bool events = table == OrphanTable::kEvents;
    for (int64_t after = std::numeric_limits<int64_t>::min();;) {
      std::optional<Orphans> found;
      SAMPO_RETURN_IF_ERROR(view.Read([&](Database& database) {
        SAMPO_ASSIGN_OR_RETURN(
            found, ReadRowsBehind(database, table, after, std::numeric_limits<int64_t>::max()));
        return absl::OkStatus();
      }));
      if (!found.has_value()) return absl::OkStatus();
      after = found->id;
      SAMPO_ASSIGN_OR_RETURN(const bool known, target_->HasId(found->id, ""));
      // Those of an emptied id were noted under its name.
      if (known || emptied_.contains(found->id) || !noted.insert(found->id).second) continue;
      Note({events ? FindingKind::kEvent : FindingKind::kSnapshot,
            StrCat("(no id, row ", found->id, ")"), found->from, found->to,
            "nothing tells whose they are"},
           true);
      (events ? report_.events_lost : report_.snapshots_lost) += found->rows;
    }
  }

  absl::Status VerifyTarget(const std::string& path) {
    std::string first;
    SAMPO_ASSIGN_OR_RETURN(const VerifyReport verified,
                           VerifyJournal(path, {.on_finding =
                                                    [&](const Finding& finding) {
                                                      if (first.empty()) {
                                                        first = FindingText(path, finding);
                                                      }
                                                    },
                                                .on_progress = options_.on_progress}));
    if (verified.findings == 0) return absl::OkStatus();
    return absl::DataLossError(StrCat(
        "journal: what was salvaged does not verify, the disk it is on may be bad: ", first));
  }

  const std::string file_;
  const SalvageOptions& options_;
  // The file as SQLite sees it, and the overlay, where each can be opened.
  std::vector<std::unique_ptr<Source>> views_;
  const Source* overlay_ = nullptr;
  std::unique_ptr<SalvageTarget> target_;
  std::set<int64_t> emptied_;  // ids of which nothing is left
  RecordDigest digest_;
  SalvageReport report_;
};

// No lock can be left in a folder that cannot be written; nobody can write a journal there either.
absl::StatusOr<std::optional<internal::LockFile>> LockWherePossible(const std::string& path) {
  if (!FolderIsWritable(path)) return std::optional<internal::LockFile>();
  SAMPO_ASSIGN_OR_RETURN(internal::LockFile lock, internal::LockFile::Take(path));
  return std::optional<internal::LockFile>(std::move(lock));
}

}  // namespace

std::string NoteText(const std::string& file, const SalvageNote& note) {
  std::string text = FindingText(file, note.about);
  // FindingText ends with the code, which here says less than what became of it.
  text.resize(text.rfind(": "));
  return StrCat(text, note.lost ? ": LOST" : ": KEPT");
}

absl::StatusOr<SalvageReport> SalvageJournal(const std::string& file, const std::string& to,
                                             const SalvageOptions& options) {
  SAMPO_ASSIGN_OR_RETURN(const std::string path, ExistingPath(file));
  SAMPO_ASSIGN_OR_RETURN(const std::optional<internal::LockFile> lock, LockWherePossible(path));
  return Salvage(path, options).Run(to);
}

}  // namespace sampo::persistence::offline
