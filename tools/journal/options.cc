// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/tools/journal/options.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <optional>
#include <system_error>

#include "absl/status/status.h"
#include "sampo/actor/base/status_macros.h"
#include "sampo/actor/base/str_cat.h"

namespace sampo::journal_tool {
namespace {

// What one command takes beside --json and --help.
struct CommandTable {
  Command command;
  const char* name;
  std::vector<std::string> words;  // that must be given, in order
  bool may_have_id;                // one word more
  std::vector<std::string> flags;
  std::vector<std::string> values;
  const char* help;
};

// Each command's help ends with the common part.
constexpr char kCommonHelp[] = R"(
  --json            JSON instead of text
  --help            this text

The result goes to stdout, progress and errors to stderr.
Exit codes: 0 done, nothing is wrong; 1 damage was found, something was lost or is unproven, or an
error of the file, the disk or the machine; 2 wrong arguments.
)";

constexpr char kVerifyHelp[] =
    R"(journal verify FILE: is the journal whole?

Checks the WAL, SQLite's own structure, every checksum, that no event is missing, every hash chain
from its anchor to its head, snapshots against the chain, states, tags. Reads only; the journal may
be in use. One line for each finding, with id and sequence number.

  --limit N         findings that are printed; all are counted (default: 100)
)";

constexpr char kListHelp[] =
    R"(journal list FILE: the persistence ids, in the order of their first writers.

  --type T          those of an entity type: ids that begin with "T|"
  --after ID        those behind ID
  --limit N         at most so many (default: all)
  --states          durable states instead of ids with events
)";

constexpr char kShowHelp[] =
    R"(journal show FILE ID: one id: its head, snapshots, events and durable state.

  --from SEQ        events from this sequence number (default: the first)
  --to SEQ          events up to this one (default: the last)
  --limit N         at most so many events (default: 100)
)";

constexpr char kExportHelp[] =
    R"(journal export FILE [ID]: all records, or those of one id, as JSON lines.

Each line has "record": "id", "event", "snapshot" or "state". Payloads and metadata are base64.
Records with a wrong checksum are left out and reported.

  --out F           into a new file instead of stdout
)";

constexpr char kStatsHelp[] =
    R"(journal stats FILE: how much of what is in the journal.
)";

constexpr char kBackupHelp[] =
    R"(journal backup FILE TO: a copy as of one moment; the journal may be in use.

TO is verified before it gets its name. A copy in which damage was found stays as TO-partial.

  --limit N         findings that are printed (default: 100)
)";

constexpr char kCompactHelp[] =
    R"(journal compact FILE: gives back the space of what was deleted (VACUUM).

Needs the journal for itself: refused while it is in use. Verifies it first, and leaves a damaged
one as it is. Needs room for two more copies.

  --limit N         findings that are printed (default: 100)
)";

constexpr char kSalvageHelp[] =
    R"(journal salvage FILE TO: makes a whole journal of what is whole in a damaged one.

FILE and its WAL are left as they are; refused while it is in use. Whatever proves itself by its
checksums and hash chain is taken, also from a damaged WAL. One line for each thing that is lost,
with id and sequence numbers, and for each that was kept without proof. Ends with 0 where there is
no such line and the WAL is not damaged: TO has all that FILE has.

  --limit N         lines that are printed; all are counted (default: all)
)";

const std::vector<CommandTable>& Commands() {
  // Never destroyed.
  static const auto* const commands = new std::vector<CommandTable>{
      {Command::kVerify, "verify", {"FILE"}, false, {}, {"--limit"}, kVerifyHelp},
      {Command::kList,
       "list",
       {"FILE"},
       false,
       {"--states"},
       {"--type", "--after", "--limit"},
       kListHelp},
      {Command::kShow, "show", {"FILE", "ID"}, false, {}, {"--from", "--to", "--limit"}, kShowHelp},
      {Command::kExport, "export", {"FILE"}, true, {}, {"--out"}, kExportHelp},
      {Command::kStats, "stats", {"FILE"}, false, {}, {}, kStatsHelp},
      {Command::kBackup, "backup", {"FILE", "TO"}, false, {}, {"--limit"}, kBackupHelp},
      {Command::kCompact, "compact", {"FILE"}, false, {}, {"--limit"}, kCompactHelp},
      {Command::kSalvage, "salvage", {"FILE", "TO"}, false, {}, {"--limit"}, kSalvageHelp},
  };
  return *commands;
}

const CommandTable* FindCommand(const std::string& name) {
  for (const CommandTable& table : Commands()) {
    if (name == table.name) return &table;
  }
  return nullptr;
}

bool Has(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

absl::StatusOr<int64_t> ParseNumber(const std::string& name, const std::string& text) {
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < 1) {
    return absl::InvalidArgumentError(StrCat(name, " ", text, ": expected a number from 1 on"));
  }
  return number;
}

// The arguments behind the command.
class Parser {
 public:
  Parser(const CommandTable& table, const std::vector<std::string>& arguments)
      : table_(table), arguments_(arguments) {
    options_.command = table.command;
  }

  absl::StatusOr<Options> Run() {
    while (at_ < arguments_.size()) SAMPO_RETURN_IF_ERROR(Take(arguments_[at_++]));
    if (options_.help) return options_;
    if (words_ < table_.words.size()) {
      return absl::InvalidArgumentError(StrCat(table_.name, ": ", table_.words[words_],
                                               " is missing; see journal ", table_.name,
                                               " --help"));
    }
    if (options_.from_seq > options_.to_seq) {
      return absl::InvalidArgumentError("--from is above --to");
    }
    return options_;
  }

 private:
  absl::Status Take(const std::string& argument) {
    if (only_words_ || !argument.starts_with("-") || argument == "-") return TakeWord(argument);
    if (argument == "--") {
      only_words_ = true;
      return absl::OkStatus();
    }
    const size_t equals = argument.find('=');
    const std::string name = argument.substr(0, equals);
    std::optional<std::string> value;
    if (equals != std::string::npos) value = argument.substr(equals + 1);
    if (name == "--json" || name == "--help" || name == "-h" || Has(table_.flags, name)) {
      if (value.has_value()) return absl::InvalidArgumentError(StrCat(name, " takes no value"));
      (name == "--json"     ? options_.json
       : name == "--states" ? options_.states
                            : options_.help) = true;
      return absl::OkStatus();
    }
    if (!Has(table_.values, name)) {
      return absl::InvalidArgumentError(
          StrCat("unknown argument ", name, "; see journal ", table_.name, " --help"));
    }
    if (!value.has_value() && at_ < arguments_.size()) value = arguments_[at_++];
    if (!value.has_value() || value->empty()) {
      return absl::InvalidArgumentError(StrCat(name, " needs a value"));
    }
    return TakeValue(name, *value);
  }

  absl::Status TakeValue(const std::string& name, const std::string& value) {
    if (name == "--type") {
      options_.type = value;
    } else if (name == "--after") {
      options_.after_id = value;
    } else if (name == "--out") {
      options_.to_file = value;
    } else {
      SAMPO_ASSIGN_OR_RETURN(const int64_t number, ParseNumber(name, value));
      (name == "--from" ? options_.from_seq
       : name == "--to" ? options_.to_seq
                        : options_.limit) = number;
    }
    return absl::OkStatus();
  }

  absl::Status TakeWord(const std::string& word) {
    if (word.empty()) return absl::InvalidArgumentError("an argument is empty");
    if (words_ < table_.words.size()) {
      const std::string& meaning = table_.words[words_];
      (meaning == "FILE" ? options_.file : meaning == "ID" ? options_.id : options_.to_file) = word;
    } else if (words_ == table_.words.size() && table_.may_have_id) {
      options_.id = word;
    } else {
      return absl::InvalidArgumentError(
          StrCat("one argument too many: ", word, "; see journal ", table_.name, " --help"));
    }
    ++words_;
    return absl::OkStatus();
  }

  const CommandTable& table_;
  const std::vector<std::string>& arguments_;
  size_t at_ = 1;
  size_t words_ = 0;
  bool only_words_ = false;  // behind "--"
  Options options_;
};

constexpr char kHelp[] = R"(journal: looks into, checks, copies and repairs journal files of Sampo.

  journal verify FILE           is it whole? names what is damaged
  journal list FILE             its persistence ids
  journal show FILE ID          head, snapshots and events of one id
  journal export FILE [ID]      all records as JSON lines
  journal stats FILE            how much of what
  journal backup FILE TO        a verified copy
  journal compact FILE          gives back the space of what was deleted
  journal salvage FILE TO       a whole journal of what is whole in a damaged one

verify, list, show, export, stats and backup only read, and may run while the journal is written.
journal COMMAND --help tells more; docs/formats/journal.md describes the file.
)";

}  // namespace

absl::StatusOr<Options> ParseOptions(const std::vector<std::string>& arguments) {
  if (arguments.empty()) {
    return absl::InvalidArgumentError("no command was given; see journal --help");
  }
  const std::string& name = arguments.front();
  if (name == "--help" || name == "-h" || name == "help") {
    Options options;
    options.help = true;
    return options;
  }
  const CommandTable* table = FindCommand(name);
  if (table == nullptr) {
    return absl::InvalidArgumentError(StrCat("unknown command ", name, "; see journal --help"));
  }
  return Parser(*table, arguments).Run();
}

std::string HelpText(Command command) {
  for (const CommandTable& table : Commands()) {
    if (table.command == command) return StrCat(table.help, kCommonHelp);
  }
  return StrCat(kHelp, kCommonHelp);
}

}  // namespace sampo::journal_tool
