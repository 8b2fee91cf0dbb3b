// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/persistence/sqlite/offline/verify.h"

#include <limits>
#include <memory>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "sampo/actor/base/status_macros.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/persistence/record_digest.h"
#include "sampo/persistence/sqlite/internal/record_columns.h"
#include "sampo/persistence/sqlite/offline/internal/id_walk.h"
#include "sampo/persistence/sqlite/offline/internal/live_wal.h"
#include "sampo/persistence/sqlite/offline/internal/rows.h"
#include "sampo/persistence/sqlite/offline/internal/source.h"

namespace sampo::persistence::offline {
namespace {

constexpr int64_t kIdsPerPage = 100;
constexpr int64_t kTagsPerPage = 1000;
constexpr int64_t kStatesPerPage = 100;

constexpr char kTagsAfter[] =
    "SELECT t.tag, t.ordering, e.ordering, e.tags, e.seq, i.persistence_id FROM tags t "
    "LEFT JOIN events e ON e.ordering = t.ordering LEFT JOIN ids i ON i.id = e.id "
    "WHERE (t.tag, t.ordering) > (?, ?) ORDER BY t.tag, t.ordering LIMIT ?";

bool IsDamage(const absl::Status& status) { return status.code() == absl::StatusCode::kDataLoss; }

Finding FileFinding(std::string what) {
  return {.kind = FindingKind::kFile, .persistence_id = "", .what = std::move(what)};
}

std::string MessageOf(const absl::Status& status) { return std::string(ToStd(status.message())); }

class Verification {
 public:
  Verification(const std::string& file, const VerifyOptions& options)
      : file_(file), options_(options) {}

  absl::StatusOr<VerifyReport> Run() {
    SAMPO_RETURN_IF_ERROR(CheckTheWal());
    absl::StatusOr<std::unique_ptr<Source>> source = Source::Open(file_);
    if (IsDamage(source.status())) {
      Report(FileFinding(MessageOf(source.status())));
      return report_;
    }
    SAMPO_RETURN_IF_ERROR(source.status());
    source_ = *std::move(source);
    SAMPO_RETURN_IF_ERROR(CheckIntegrity());
    SAMPO_RETURN_IF_ERROR(CheckIds());
    SAMPO_RETURN_IF_ERROR(CheckStates());
    SAMPO_RETURN_IF_ERROR(CheckTags());
    SAMPO_RETURN_IF_ERROR(CheckCounters());
    return report_;
  }

 private:
  void Report(const Finding& finding) {
    ++report_.findings;
    if (options_.on_finding) options_.on_finding(finding);
  }
  void Report(FindingKind kind, const std::string& persistence_id, const ScanProblem& problem) {
    Report({kind, persistence_id, problem.from, problem.to, problem.what});
  }
  void Progress(const char* what, int64_t done, int64_t total) {
    if (options_.on_progress) options_.on_progress({what, done, total});
  }
  // Damage ends `what` and is a finding; the rest goes on. Other errors end everything.
  absl::Status EndOf(const char* what, const absl::Status& status) {
    if (!IsDamage(status)) return status;
    Report(FileFinding(StrCat("reading ", what, ": ", MessageOf(status))));
    return absl::OkStatus();
  }

  absl::Status CheckTheWal() {
    if (FileBytes(file_) == 0 && FileBytes(file_ + "-wal") == 0) return absl::OkStatus();
    SAMPO_ASSIGN_OR_RETURN(const WalReport wal, ExamineLiveWal(file_));
    report_.wal_commits = wal.commits;
    if (wal.state == WalState::kTornTail) report_.wal_tail = WalReportText(wal);
    if (wal.state == WalState::kDamaged) {
      Report(
          {FindingKind::kWal, "", 0, 0,
           StrCat(WalReportText(wal), ": SQLite would drop all behind it; see journal salvage")});
    }
    return absl::OkStatus();
  }

  absl::Status CheckIntegrity() {
    int64_t steps = 0;
    source_->OnSteps([this, &steps] { Progress("pages, SQLite's steps", ++steps, 0); });
    std::vector<std::string> texts;
    absl::Status read = source_->Read([&](Database& database) {
      texts.clear();
      Query query = database.Use("PRAGMA integrity_check");
      while (true) {
        SAMPO_ASSIGN_OR_RETURN(const bool more, query.Step());
        if (!more) return absl::OkStatus();
        texts.push_back(query.Text(0));
      }
    });
    source_->OnSteps(nullptr);
    for (const std::string& text : texts) {
      if (text != "ok") Report(FileFinding(StrCat("integrity_check: ", text)));
    }
    return EndOf("integrity_check", read);
  }

  absl::Status CheckIds() {
    int64_t id_max = 0;
    absl::Status counted = source_->Read([&](Database& database) {
      SAMPO_ASSIGN_OR_RETURN(id_max, database.Number("SELECT max(id) FROM ids"));
      return absl::OkStatus();
    });
    if (!counted.ok()) return EndOf("ids", counted);
    for (int64_t after = 0;;) {
      std::vector<IdRow> ids;
      std::vector<Finding> orphans;
      std::set<int64_t> unindexed;
      absl::Status read = source_->Read([&](Database& database) {
        orphans.clear();
        unindexed.clear();
        SAMPO_ASSIGN_OR_RETURN(ids, ReadIds(database, after, kIdsPerPage));
        for (const IdRow& row : ids) {
          SAMPO_RETURN_IF_ERROR(
              FindUnindexed(database, NameTable::kIds, row.id, row.persistence_id, unindexed));
        }
        return FindOrphans(database, after, ids, orphans);
      });
      for (const Finding& orphan : orphans) Report(orphan);
      if (!read.ok()) return EndOf("ids", read);
      if (ids.empty()) return absl::OkStatus();
      for (const IdRow& row : ids) {
        SAMPO_RETURN_IF_ERROR(CheckId(row, !unindexed.contains(row.id)));
        Progress("ids", row.id, id_max);
      }
      after = ids.back().id;
    }
  }

  // An index that cannot be read is integrity_check's to report, with its page.
  static absl::Status FindUnindexed(Database& database, NameTable table, int64_t id,
                                    const std::string& name, std::set<int64_t>& unindexed) {
    const absl::StatusOr<bool> indexed = IsIndexed(database, table, id, name);
    if (indexed.ok() ? !*indexed : IsDamage(indexed.status())) unindexed.insert(id);
    return indexed.ok() || IsDamage(indexed.status()) ? absl::OkStatus() : indexed.status();
  }

  // Rows whose id is between those of `ids`, or behind the last of all.
  absl::Status FindOrphans(Database& database, int64_t after, const std::vector<IdRow>& ids,
                           std::vector<Finding>& orphans) {
    int64_t before = after == 0 ? std::numeric_limits<int64_t>::min() : after;
    for (const IdRow& row : ids) {
      if (before + 1 < row.id) {
        SAMPO_RETURN_IF_ERROR(FindOrphansBetween(database, before, row.id, orphans));
      }
      before = row.id;
    }
    if (static_cast<int64_t>(ids.size()) == kIdsPerPage) return absl::OkStatus();
    return FindOrphansBetween(database, before, std::numeric_limits<int64_t>::max(), orphans);
  }

  static absl::Status FindOrphansBetween(Database& database, int64_t before, int64_t behind,
                                         std::vector<Finding>& orphans) {
    for (const OrphanTable table : {OrphanTable::kEvents, OrphanTable::kSnapshots}) {
      const bool events = table == OrphanTable::kEvents;
      for (int64_t after = before; orphans.size() < kProblemsMax;) {
        SAMPO_ASSIGN_OR_RETURN(const std::optional<Orphans> found,
                               ReadRowsBehind(database, table, after, behind));
        if (!found.has_value()) break;
        orphans.push_back({events ? FindingKind::kEvent : FindingKind::kSnapshot,
                           StrCat("(no id, row ", found->id, ")"), found->from, found->to,
                           StrCat(found->rows, " rows of no id")});
        after = found->id;
      }
    }
    return absl::OkStatus();
  }

  absl::Status CheckId(const IdRow& row, bool indexed) {
    SAMPO_ASSIGN_OR_RETURN(const IdWalk walk, WalkId(*source_, row.id, [&](int64_t events) {
                             report_.events += events;
                             Progress("events", report_.events, 0);
                           }));
    ++report_.ids;
    report_.snapshots += walk.snapshots_total;
    if (walk.found && walk.whole() && indexed) return absl::OkStatus();
    ++report_.ids_damaged;
    const std::string& id = row.persistence_id;
    if (!indexed) Report({FindingKind::kId, id, row.highest_seq, row.highest_seq, kNotIndexed});
    if (!walk.found) {
      Report({FindingKind::kId, id, 0, 0, "its row is gone"});
      return absl::OkStatus();
    }
    if (!walk.row.malformed.empty()) {
      Report(
          {FindingKind::kId, id, walk.row.highest_seq, walk.row.highest_seq, walk.row.malformed});
    }
    for (const ScanProblem& problem : walk.scan.problems) Report(FindingKind::kEvent, id, problem);
    report_.findings += walk.scan.problems_total - static_cast<int64_t>(walk.scan.problems.size());
    for (const auto& problem : walk.snapshot_problems) Report(FindingKind::kSnapshot, id, problem);
    for (const ScanProblem& problem : walk.scan.foreign_snapshots) {
      Report(FindingKind::kSnapshot, id, problem);
    }
    for (const ScanProblem& problem : walk.tag_problems) Report(FindingKind::kTag, id, problem);
    return absl::OkStatus();
  }

  absl::Status CheckStates() {
    for (int64_t after = 0;;) {
      std::vector<StateRow> states;
      std::set<int64_t> unindexed;
      absl::Status read = source_->Read([&](Database& database) {
        unindexed.clear();
        SAMPO_ASSIGN_OR_RETURN(states, ReadStates(database, after, kStatesPerPage));
        for (const StateRow& row : states) {
          SAMPO_RETURN_IF_ERROR(FindUnindexed(database, NameTable::kStates, row.id,
                                              row.state.persistence_id, unindexed));
        }
        return absl::OkStatus();
      });
      if (!read.ok()) return EndOf("states", read);
      if (states.empty()) return absl::OkStatus();
      for (const StateRow& row : states) CheckState(row, !unindexed.contains(row.id));
      after = states.back().id;
      Progress("states", report_.states, 0);
    }
  }

  void CheckState(const StateRow& row, bool indexed) {
    ++report_.states;
    const auto report = [&](std::string what) {
      Report({FindingKind::kState, row.state.persistence_id, row.state.revision, row.state.revision,
              std::move(what)});
    };
    if (!indexed) report(kNotIndexed);
    if (std::string problem = ProblemOf(row, digest_); !problem.empty()) report(problem);
    if (row.state.epoch > row.epoch) {
      report(StrCat("epoch ", row.state.epoch, " is above that of its writers, ", row.epoch));
    }
  }

  absl::Status CheckTags() {
    std::string tag;
    int64_t ordering = 0;
    for (bool more = true; more;) {
      std::vector<Finding> findings;
      int64_t rows = 0;
      std::string last_tag;
      int64_t last_ordering = 0;
      absl::Status read = source_->Read([&](Database& database) {
        findings.clear();
        rows = 0;
        Query query = database.Use(kTagsAfter);
        query.Bind(1, tag);
        query.Bind(2, ordering);
        query.Bind(3, kTagsPerPage);
        while (true) {
          SAMPO_ASSIGN_OR_RETURN(const bool row, query.Step());
          if (!row) return absl::OkStatus();
          ++rows;
          last_tag = query.Text(0);
          last_ordering = query.Int(1);
          if (auto finding = FindingOfTag(query); !finding.what.empty()) {
            findings.push_back(std::move(finding));
          }
        }
      });
      for (const Finding& finding : findings) Report(finding);
      if (!read.ok()) return EndOf("tags", read);
      report_.tags += rows;
      tag = last_tag;
      ordering = last_ordering;
      more = rows == kTagsPerPage;
      Progress("tags", report_.tags, 0);
    }
    return absl::OkStatus();
  }

  // Without text: the row is right.
  static Finding FindingOfTag(const Query& query) {
    const std::string tag = query.Text(0);
    if (query.IsNull(2)) {
      return {FindingKind::kTag, "", 0, 0,
              StrCat("tag \"", tag, "\" points to ordering ", query.Int(1), ", where no event is")};
    }
    std::vector<std::string> tags;
    // Tags that are malformed are a finding of the event.
    if (!internal::DecodeTags(query.row().Bytes(3), tags) && !query.IsNull(3)) return {};
    for (const std::string& its : tags) {
      if (its == tag) return {};
    }
    return {FindingKind::kTag, query.Text(5), query.Int(4), query.Int(4),
            StrCat("the table of tags has it under \"", tag, "\", which it does not have")};
  }

  absl::Status CheckCounters() {
    int64_t counters = 0;
    absl::Status read = source_->Read([&](Database& database) {
      SAMPO_ASSIGN_OR_RETURN(
          counters, database.Number("SELECT count(*) FROM counters WHERE name = 'last_ordering'"));
      return absl::OkStatus();
    });
    if (!read.ok()) return EndOf("counters", read);
    if (counters != 1) Report(FileFinding("the counter last_ordering is missing"));
    return absl::OkStatus();
  }

  const std::string file_;
  const VerifyOptions& options_;
  std::unique_ptr<Source> source_;
  RecordDigest digest_;
  VerifyReport report_;
};

}  // namespace

const char* NameOf(FindingKind kind) {
  switch (kind) {
    case FindingKind::kFile:
      return "file";
    case FindingKind::kWal:
      return "wal";
    case FindingKind::kId:
      return "id";
    case FindingKind::kEvent:
      return "event";
    case FindingKind::kSnapshot:
      return "snapshot";
    case FindingKind::kState:
      return "state";
    case FindingKind::kTag:
      return "tag";
  }
  return "?";
}

std::string FindingText(std::string_view file, const Finding& finding) {
  const std::string prefix = StrCat("journal sqlite: ", file, ": ");
  std::string place;
  if (!finding.persistence_id.empty()) StrAppend(place, finding.persistence_id, ": ");
  switch (finding.kind) {
    case FindingKind::kFile:
      break;
    case FindingKind::kWal:
      place += "WAL: ";
      break;
    case FindingKind::kId:
      place += "head: ";
      break;
    case FindingKind::kState:
      StrAppend(place, "state, revision ", finding.from, ": ");
      break;
    case FindingKind::kEvent:
    case FindingKind::kTag:
    case FindingKind::kSnapshot:
      if (finding.persistence_id.empty()) break;
      place += finding.kind == FindingKind::kSnapshot ? "snapshot" : "event";
      if (finding.from == finding.to) {
        StrAppend(place, " ", finding.from, ": ");
      } else {
        StrAppend(place, "s ", finding.from, " to ", finding.to, ": ");
      }
      break;
  }
  // What SQLite said names the file already.
  const std::string_view what = finding.what.starts_with(prefix)
                                    ? std::string_view(finding.what).substr(prefix.size())
                                    : std::string_view(finding.what);
  return StrCat(prefix, place, what, ": DATA_LOSS");
}

absl::StatusOr<VerifyReport> VerifyJournal(const std::string& file, const VerifyOptions& options) {
  SAMPO_ASSIGN_OR_RETURN(const std::string real_path, ExistingPath(file));
  return Verification(real_path, options).Run();
}

}  // namespace sampo::persistence::offline
