// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors

// verify, backup, compact and salvage of commands.h.

#include <cstdint>
#include <functional>
#include <limits>
#include <string>

#include "absl/status/statusor.h"
#include "sampo/actor/base/status_macros.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/persistence/sqlite/offline/maintain.h"
#include "sampo/persistence/sqlite/offline/salvage.h"
#include "sampo/persistence/sqlite/offline/verify.h"
#include "sampo/tools/journal/commands.h"
#include "sampo/tools/journal/json_records.h"
#include "sampo/tools/journal/progress.h"

namespace sampo::journal_tool {
namespace {

using namespace persistence::offline;

// Findings on their way to stdout: lines at once, or an array for the object at the end.
class Findings {
 public:
  Findings(const Options& options, const Console& console, int64_t printed_max)
      : options_(options),
        console_(console),
        progress_(console.log, {.terminal = console.terminal, .clock = console.clock}),
        printed_max_(options.limit > 0 ? options.limit : printed_max) {}

  void Take(const Json& json, const std::string& text) {
    if (++count_ > printed_max_) return;
    if (options_.json) {
      array_.push_back(json);
      return;
    }
    progress_.Clear();
    console_.out << text << '\n';
  }
  std::function<void(const Finding&)> Callback(const std::string& file) {
    return [this, file](const Finding& finding) {
      Take(FindingJson(finding), FindingText(file, finding));
    };
  }
  OnProgress ProgressCallback() {
    return [this](const ProgressStep& step) { progress_.Tell(step); };
  }

  // The object with the findings in it, or `text` behind the lines.
  int End(Json object, const std::string& text, bool wrong) {
    progress_.Clear();
    if (options_.json) {
      object["findings"] = array_;
      console_.out << JsonLine(object) << '\n';
    } else {
      if (count_ > printed_max_) {
        console_.out << "... and " << count_ - printed_max_ << " more; --limit prints more\n";
      }
      console_.out << text << '\n';
    }
    return wrong ? kExitWrong : kExitDone;
  }

 private:
  const Options& options_;
  const Console& console_;
  Progress progress_;
  const int64_t printed_max_;
  int64_t count_ = 0;
  Json array_ = Json::array();
};

std::string CountsText(const VerifyReport& report) {
  return StrCat(report.ids, " ids, ", report.events, " events, ", report.snapshots, " snapshots, ",
                report.states, " states, ", report.tags, " tags");
}

std::string VerdictText(const VerifyReport& report) {
  std::string text = CountsText(report);
  if (!report.wal_tail.empty()) {
    StrAppend(text, "; the WAL has ", report.wal_tail,
              ": of a write that was cut off, or is under way");
  }
  if (report.findings == 0) return text + ": whole";
  return StrCat(text, ": findings: ", report.findings, ", ids damaged: ", report.ids_damaged);
}

}  // namespace

absl::StatusOr<int> Verify(const Options& options, const Console& console) {
  Findings findings(options, console, kFindingsPrinted);
  SAMPO_ASSIGN_OR_RETURN(const VerifyReport report,
                         VerifyJournal(options.file, {.on_finding = findings.Callback(options.file),
                                                      .on_progress = findings.ProgressCallback()}));
  Json object = {{"file", options.file}, {"whole", report.findings == 0}};
  object.update(VerifyJson(report));
  return findings.End(object, StrCat("journal: ", options.file, ": ", VerdictText(report)),
                      report.findings > 0);
}

absl::StatusOr<int> Backup(const Options& options, const Console& console) {
  Findings findings(options, console, kFindingsPrinted);
  SAMPO_ASSIGN_OR_RETURN(
      const BackupReport report,
      BackupJournal(options.file, options.to_file,
                    {.on_progress = findings.ProgressCallback(),
                     .on_finding = findings.Callback(options.to_file + "-partial"),
                     .between_steps = nullptr}));
  const bool whole = report.verified.findings == 0;
  Json object = {
      {"file", options.file}, {"backup", report.file}, {"bytes", report.bytes}, {"whole", whole}};
  object.update(VerifyJson(report.verified));
  return findings.End(object,
                      StrCat("journal: ", options.file, ": copied to ", report.file, ", ",
                             report.bytes, " bytes: ", VerdictText(report.verified)),
                      !whole);
}

absl::StatusOr<int> Compact(const Options& options, const Console& console) {
  Findings findings(options, console, kFindingsPrinted);
  SAMPO_ASSIGN_OR_RETURN(
      const CompactReport report,
      CompactJournal(options.file, {.on_finding = findings.Callback(options.file),
                                    .on_progress = findings.ProgressCallback()}));
  const bool whole = report.verified.findings == 0;
  Json object = {{"file", options.file},
                 {"compacted", whole},
                 {"bytes_before", report.bytes_before},
                 {"bytes_after", report.bytes_after},
                 {"whole", whole}};
  object.update(VerifyJson(report.verified));
  const std::string text =
      whole ? StrCat("compacted from ", report.bytes_before, " to ", report.bytes_after, " bytes")
            : StrCat(VerdictText(report.verified), "; not compacted, see journal salvage");
  return findings.End(object, StrCat("journal: ", options.file, ": ", text), !whole);
}

absl::StatusOr<int> Salvage(const Options& options, const Console& console) {
  Findings findings(options, console, std::numeric_limits<int64_t>::max());
  const auto on_note = [&](const SalvageNote& note) {
    Json json = {{"fate", note.lost ? "lost" : "kept_unproven"}};
    json.update(FindingJson(note.about));
    findings.Take(json, NoteText(options.file, note));
  };
  SAMPO_ASSIGN_OR_RETURN(
      const SalvageReport report,
      SalvageJournal(options.file, options.to_file,
                     {.on_note = on_note, .on_progress = findings.ProgressCallback()}));
  Json object = {
      {"file", options.file}, {"salvaged", options.to_file}, {"lossless", report.lossless()}};
  object.update(SalvageJson(report));
  std::string text =
      StrCat("journal: ", options.file, ": salvaged to ", options.to_file, ": ", report.ids,
             " ids (", report.ids_whole, " whole, ", report.ids_unproven, " unproven), ",
             report.events, " events, ", report.snapshots, " snapshots, ", report.states,
             " states; lost: ", report.events_lost, " events, ", report.snapshots_lost,
             " snapshots, ", report.states_lost, " states, ", report.ids_lost, " ids");
  if (!report.wal.empty()) {
    StrAppend(text, "\njournal: ", options.file, ": WAL: ", report.wal, ": ",
              report.events_behind_damage, " events");
  }
  return findings.End(object, text, !report.whole());
}

}  // namespace sampo::journal_tool
