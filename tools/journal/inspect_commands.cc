// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors

// list, show, export and stats of commands.h.

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "sampo/actor/base/status_macros.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/persistence/sqlite/offline/journal_reader.h"
#include "sampo/tools/journal/commands.h"
#include "sampo/tools/journal/json_records.h"
#include "sampo/tools/journal/progress.h"

namespace sampo::journal_tool {
namespace {

using namespace persistence::offline;

constexpr int64_t kIdsPerPage = 1000;

std::string WithoutId(const Options& options) {
  return StrCat("journal: ", options.file, " has no id ", options.id);
}

std::string StateText(const StateEntry& entry) {
  std::string text = StrCat("state: revision ", entry.state.revision, ", epoch ", entry.state.epoch,
                            ", ", TimeText(entry.state.written_at_micros));
  if (entry.deleted) return text + ", deleted";
  StrAppend(text, ", ", entry.state.manifest, " v", entry.state.version, ", ",
            entry.state.payload.size(), " bytes ", PayloadText(entry.state.payload));
  if (!entry.state.tag.empty()) StrAppend(text, ", tag ", entry.state.tag);
  return text;
}

std::string RangeText(const persistence::JournalHead& head) {
  if (head.highest_seq == 0) return "no events yet";
  if (head.highest_seq <= head.deleted_to)
    return StrCat("all events to ", head.highest_seq, " deleted");
  return StrCat("events ", head.deleted_to + 1, " to ", head.highest_seq);
}

std::string ProblemText(const std::string& problem) {
  return problem.empty() ? "" : StrCat("  DATA_LOSS: ", problem);
}

template <class Record>
std::string RecordText(const Record& record) {
  return StrCat("epoch ", record.epoch, "  ", TimeText(record.written_at_micros), "  ",
                record.manifest, " v", record.version, "  ", record.payload.size(), " bytes  ",
                PayloadText(record.payload));
}

// --- list ---

absl::StatusOr<int> ListStates(JournalReader& reader, const Options& options,
                               const Console& console) {
  int64_t after = 0;
  if (!options.after_id.empty()) {
    SAMPO_ASSIGN_OR_RETURN(const std::optional<StateEntry> state,
                           reader.FindState(options.after_id));
    if (!state.has_value()) {
      return absl::NotFoundError(StrCat(options.file, " has no state ", options.after_id));
    }
    after = state->row;
  }
  int64_t left = options.limit > 0 ? options.limit : std::numeric_limits<int64_t>::max();
  int exit_code = kExitDone;
  while (left > 0) {
    SAMPO_ASSIGN_OR_RETURN(const std::vector<StateEntry> states, reader.ListStates(after));
    if (states.empty()) break;
    after = states.back().row;
    for (const StateEntry& entry : states) {
      const std::string& id = entry.state.persistence_id;
      if (!options.type.empty() && !id.starts_with(options.type + "|")) continue;
      if (left-- == 0) break;
      if (!entry.problem.empty()) exit_code = kExitWrong;
      if (options.json) {
        Json json = StateJson(entry);
        json.erase("payload");
        console.out << JsonLine(json) << '\n';
      } else {
        console.out << id << "  " << StateText(entry) << ProblemText(entry.problem) << '\n';
      }
    }
  }
  return exit_code;
}

}  // namespace

absl::StatusOr<int> List(const Options& options, const Console& console) {
  SAMPO_ASSIGN_OR_RETURN(const std::unique_ptr<JournalReader> reader,
                         JournalReader::Open(options.file));
  if (options.states) return ListStates(*reader, options, console);
  ListRequest request{.type = options.type};
  if (!options.after_id.empty()) {
    SAMPO_ASSIGN_OR_RETURN(const std::optional<IdSummary> id, reader->FindId(options.after_id));
    if (!id.has_value()) {
      return absl::NotFoundError(StrCat(options.file, " has no id ", options.after_id));
    }
    request.after = id->row;
  }
  int64_t left = options.limit > 0 ? options.limit : std::numeric_limits<int64_t>::max();
  int exit_code = kExitDone;
  while (left > 0) {
    request.ids_max = std::min(left, kIdsPerPage);
    SAMPO_ASSIGN_OR_RETURN(const IdSummaries page, reader->ListIds(request));
    for (const IdSummary& id : page.ids) {
      if (!id.problem.empty()) exit_code = kExitWrong;
      if (options.json) {
        console.out << JsonLine(IdJson(id)) << '\n';
      } else {
        console.out << id.persistence_id << "  " << RangeText(id.head) << ", epoch "
                    << id.head.epoch << ProblemText(id.problem) << '\n';
      }
    }
    left -= static_cast<int64_t>(page.ids.size());
    request.after = page.next;
    if (page.at_end) break;
  }
  return exit_code;
}

// --- show ---

namespace {

// One id, as show prints it.
struct Shown {
  std::optional<IdSummary> id;
  std::vector<SnapshotEntry> snapshots;
  std::vector<EventEntry> events;
  bool more = false;
  std::optional<StateEntry> state;

  bool damaged() const {
    const auto bad = [](const auto& entry) { return !entry.problem.empty(); };
    return std::any_of(snapshots.begin(), snapshots.end(), bad) ||
           std::any_of(events.begin(), events.end(), bad) || (state.has_value() && bad(*state)) ||
           (id.has_value() && bad(*id));
  }
};

absl::Status ReadShownEvents(JournalReader& reader, const Options& options, Shown& shown) {
  const int64_t limit = options.limit > 0 ? options.limit : kEventsShown;
  persistence::EventsRequest request;
  request.from_seq = options.from_seq;
  request.to_seq = options.to_seq;
  while (true) {
    // One more than is shown tells whether there are more.
    request.events_max = limit + 1 - static_cast<int64_t>(shown.events.size());
    SAMPO_ASSIGN_OR_RETURN(EventEntries page, reader.ReadEvents(*shown.id, request));
    for (EventEntry& entry : page.events) {
      if (static_cast<int64_t>(shown.events.size()) == limit) {
        shown.more = true;
        return absl::OkStatus();
      }
      request.from_seq = entry.event.seq + 1;
      shown.events.push_back(std::move(entry));
    }
    if (page.at_end) return absl::OkStatus();
  }
}

absl::StatusOr<Shown> ReadShown(const Options& options) {
  SAMPO_ASSIGN_OR_RETURN(const std::unique_ptr<JournalReader> reader,
                         JournalReader::Open(options.file));
  Shown shown;
  SAMPO_ASSIGN_OR_RETURN(shown.id, reader->FindId(options.id));
  SAMPO_ASSIGN_OR_RETURN(shown.state, reader->FindState(options.id));
  if (!shown.id.has_value() && !shown.state.has_value()) {
    return absl::NotFoundError(WithoutId(options));
  }
  if (!shown.id.has_value()) return shown;
  for (int64_t after = -1;;) {
    SAMPO_ASSIGN_OR_RETURN(std::optional<SnapshotEntry> snapshot,
                           reader->ReadSnapshot(*shown.id, after));
    if (!snapshot.has_value()) break;
    after = snapshot->snapshot.seq;
    shown.snapshots.push_back(*std::move(snapshot));
  }
  SAMPO_RETURN_IF_ERROR(ReadShownEvents(*reader, options, shown));
  return shown;
}

Json ShownJson(const Options& options, const Shown& shown) {
  Json json = {{"persistence_id", options.id}};
  if (shown.id.has_value()) {
    json.update(IdJson(*shown.id));
    json["snapshots"] = Json::array();
    for (const SnapshotEntry& entry : shown.snapshots) {
      json["snapshots"].push_back(SnapshotJson(entry));
    }
    json["events"] = Json::array();
    for (const EventEntry& entry : shown.events) {
      json["events"].push_back(EventJson(options.id, entry));
    }
    json["more"] = shown.more;
  }
  if (shown.state.has_value()) json["state"] = StateJson(*shown.state);
  return json;
}

void PrintShown(const Options& options, const Shown& shown, std::ostream& out) {
  out << options.id << '\n';
  if (shown.id.has_value()) {
    const persistence::JournalHead& head = shown.id->head;
    out << "head: event " << head.highest_seq << ", hash " << persistence::HashText(head.hash)
        << ", epoch " << head.epoch << ", deleted up to " << head.deleted_to
        << ProblemText(shown.id->problem) << '\n';
  }
  for (const SnapshotEntry& entry : shown.snapshots) {
    out << "snapshot " << entry.snapshot.seq << ":  " << RecordText(entry.snapshot)
        << ProblemText(entry.problem) << '\n';
  }
  for (const EventEntry& entry : shown.events) {
    out << "event " << entry.event.seq << ":  " << RecordText(entry.event);
    for (const std::string& tag : entry.event.tags) out << "  #" << tag;
    out << ProblemText(entry.problem) << '\n';
  }
  if (shown.more) {
    out << "there are more: --from " << shown.events.back().event.seq + 1 << '\n';
  }
  if (shown.state.has_value()) {
    out << StateText(*shown.state) << ProblemText(shown.state->problem) << '\n';
  }
}

}  // namespace

absl::StatusOr<int> Show(const Options& options, const Console& console) {
  SAMPO_ASSIGN_OR_RETURN(const Shown shown, ReadShown(options));
  if (options.json) {
    console.out << JsonLine(ShownJson(options, shown)) << '\n';
  } else {
    PrintShown(options, shown, console.out);
  }
  return shown.damaged() ? kExitWrong : kExitDone;
}

// --- export ---

namespace {

class Exporter {
 public:
  Exporter(const Options& options, const Console& console, std::ostream& out)
      : options_(options),
        console_(console),
        out_(out),
        progress_(console.log, {.terminal = console.terminal, .clock = console.clock}) {}

  absl::Status Run(JournalReader& reader) {
    if (!options_.id.empty()) return ExportOne(reader);
    for (ListRequest request;;) {
      SAMPO_ASSIGN_OR_RETURN(const IdSummaries page, reader.ListIds(request));
      for (const IdSummary& id : page.ids) SAMPO_RETURN_IF_ERROR(ExportId(reader, id));
      request.after = page.next;
      if (page.at_end) break;
    }
    for (int64_t after = 0;;) {
      SAMPO_ASSIGN_OR_RETURN(const std::vector<StateEntry> states, reader.ListStates(after));
      if (states.empty()) return absl::OkStatus();
      for (const StateEntry& entry : states) ExportState(entry);
      after = states.back().row;
    }
  }

  int64_t records() const { return records_; }
  int64_t left_out() const { return left_out_; }

 private:
  absl::Status ExportOne(JournalReader& reader) {
    SAMPO_ASSIGN_OR_RETURN(const std::optional<IdSummary> id, reader.FindId(options_.id));
    SAMPO_ASSIGN_OR_RETURN(const std::optional<StateEntry> state, reader.FindState(options_.id));
    if (!id.has_value() && !state.has_value()) return absl::NotFoundError(WithoutId(options_));
    if (id.has_value()) SAMPO_RETURN_IF_ERROR(ExportId(reader, *id));
    if (state.has_value()) ExportState(*state);
    return absl::OkStatus();
  }

  absl::Status ExportId(JournalReader& reader, const IdSummary& id) {
    if (id.problem.empty()) {
      Write("id", IdJson(id));
    } else {
      LeaveOut(id.persistence_id, "head at event", id.head.highest_seq, id.problem);
    }
    persistence::EventsRequest request;
    request.from_seq = id.head.deleted_to + 1;
    // Up to where the head was: what a writer appends meanwhile is not of this export.
    request.to_seq = id.head.highest_seq;
    for (bool at_end = false; !at_end;) {
      SAMPO_ASSIGN_OR_RETURN(const EventEntries page, reader.ReadEvents(id, request));
      at_end = page.at_end;
      for (const EventEntry& entry : page.events) {
        SAMPO_RETURN_IF_ERROR(NoteMissing(reader, id, request.from_seq, entry.event.seq));
        request.from_seq = entry.event.seq + 1;
        if (entry.problem.empty()) {
          Write("event", EventJson(id.persistence_id, entry));
        } else {
          LeaveOut(id.persistence_id, "event", entry.event.seq, entry.problem);
        }
      }
    }
    SAMPO_RETURN_IF_ERROR(NoteMissing(reader, id, request.from_seq, id.head.highest_seq + 1));
    return ExportSnapshots(reader, id);
  }

  // Events from `from` to before `next` are not there: unless a writer has deleted them meanwhile.
  absl::Status NoteMissing(JournalReader& reader, const IdSummary& id, int64_t from, int64_t next) {
    if (from >= next) return absl::OkStatus();
    SAMPO_ASSIGN_OR_RETURN(const std::optional<IdSummary> now, reader.FindId(id.persistence_id));
    if (now.has_value()) from = std::max(from, now->head.deleted_to + 1);
    for (; from < next && left_out_ <= kFindingsPrinted; ++from) {
      LeaveOut(id.persistence_id, "event", from, "is missing");
    }
    left_out_ += next > from ? next - from : 0;
    return absl::OkStatus();
  }

  absl::Status ExportSnapshots(JournalReader& reader, const IdSummary& id) {
    for (int64_t after = -1;;) {
      SAMPO_ASSIGN_OR_RETURN(const std::optional<SnapshotEntry> entry,
                             reader.ReadSnapshot(id, after));
      if (!entry.has_value()) return absl::OkStatus();
      after = entry->snapshot.seq;
      if (entry->problem.empty()) {
        Write("snapshot", SnapshotJson(*entry));
      } else {
        LeaveOut(id.persistence_id, "snapshot", after, entry->problem);
      }
    }
  }

  void ExportState(const StateEntry& entry) {
    if (entry.problem.empty()) {
      Write("state", StateJson(entry));
    } else {
      LeaveOut(entry.state.persistence_id, "state, revision", entry.state.revision, entry.problem);
    }
  }

  void Write(const char* record, const Json& json) {
    Json line = {{"record", record}};
    line.update(json);
    out_ << JsonLine(line) << '\n';
    progress_.Tell({"records exported", ++records_, 0});
  }

  void LeaveOut(const std::string& id, const char* kind, int64_t number,
                const std::string& problem) {
    if (++left_out_ > kFindingsPrinted) return;
    progress_.Clear();
    console_.log << "journal sqlite: " << options_.file << ": " << id << ": " << kind << " "
                 << number << ": " << problem << ": DATA_LOSS, left out" << std::endl;
  }

  const Options& options_;
  const Console& console_;
  std::ostream& out_;
  Progress progress_;
  int64_t records_ = 0;
  int64_t left_out_ = 0;
};

absl::StatusOr<int> ExportInto(const Options& options, const Console& console, std::ostream& out) {
  SAMPO_ASSIGN_OR_RETURN(const std::unique_ptr<JournalReader> reader,
                         JournalReader::Open(options.file));
  Exporter exporter(options, console, out);
  SAMPO_RETURN_IF_ERROR(exporter.Run(*reader));
  out.flush();
  if (!out) return absl::UnavailableError("the export could not be written");
  if (!options.to_file.empty()) {
    if (options.json) {
      const Json json = {{"file", options.file},
                         {"out", options.to_file},
                         {"records", exporter.records()},
                         {"left_out", exporter.left_out()}};
      console.out << JsonLine(json) << '\n';
    } else {
      console.out << "journal: " << options.file << ": " << exporter.records()
                  << " records exported to " << options.to_file << ", " << exporter.left_out()
                  << " left out\n";
    }
  }
  return exporter.left_out() > 0 ? kExitWrong : kExitDone;
}

}  // namespace

absl::StatusOr<int> Export(const Options& options, const Console& console) {
  if (options.to_file.empty()) return ExportInto(options, console, console.out);
  if (std::error_code error; std::filesystem::exists(options.to_file, error)) {
    return absl::AlreadyExistsError(
        StrCat(options.to_file, " exists already, and nothing is replaced"));
  }
  std::ofstream file(options.to_file, std::ios::binary);
  if (!file) return absl::UnavailableError(StrCat(options.to_file, " cannot be made"));
  absl::StatusOr<int> done = ExportInto(options, console, file);
  file.close();
  // Half an export is none.
  if (!done.ok()) std::remove(options.to_file.c_str());
  return done;
}

// --- stats ---

namespace {

void PrintStats(const JournalStats& stats, std::ostream& out) {
  out << "file: " << stats.file_bytes << " bytes, WAL: " << stats.wal_bytes << " bytes, "
      << stats.free_pages << " free pages of " << stats.page_bytes << " bytes\n"
      << "ids: " << stats.ids << '\n'
      << "events: " << stats.events << " (" << stats.event_bytes << " bytes), "
      << stats.events_deleted << " deleted, last ordering " << stats.last_ordering << '\n';
  if (stats.events > 0) {
    out << "written: " << TimeText(stats.first_written_micros) << " to "
        << TimeText(stats.last_written_micros) << '\n';
  }
  out << "snapshots: " << stats.snapshots << " (" << stats.snapshot_bytes << " bytes)\n"
      << "states: " << stats.states << " (" << stats.state_bytes << " bytes), "
      << stats.states_deleted << " of them deleted\n";
  for (const TypeCount& type : stats.types) {
    out << "type " << (type.type.empty() ? "(none)" : type.type) << ": " << type.ids << " ids, "
        << type.events << " events\n";
  }
  for (const IdSummary& id : stats.largest) {
    out << "largest: " << id.persistence_id << ": " << id.head.highest_seq - id.head.deleted_to
        << " events\n";
  }
}

}  // namespace

absl::StatusOr<int> Stats(const Options& options, const Console& console) {
  SAMPO_ASSIGN_OR_RETURN(const std::unique_ptr<JournalReader> reader,
                         JournalReader::Open(options.file));
  Progress progress(console.log, {.terminal = console.terminal, .clock = console.clock});
  SAMPO_ASSIGN_OR_RETURN(const JournalStats stats,
                         reader->ReadStats([&](const ProgressStep& step) { progress.Tell(step); }));
  progress.Clear();
  if (options.json) {
    Json json = {{"file", options.file}};
    json.update(StatsJson(stats));
    console.out << JsonLine(json) << '\n';
  } else {
    PrintStats(stats, console.out);
  }
  return kExitDone;
}

}  // namespace sampo::journal_tool
