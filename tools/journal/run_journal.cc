// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/tools/journal/run_journal.h"

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/tools/journal/commands.h"
#include "sampo/tools/journal/json_records.h"
#include "sampo/tools/journal/options.h"

namespace sampo::journal_tool {
namespace {

absl::StatusOr<int> Dispatch(const Options& options, const Console& console) {
  switch (options.command) {
    case Command::kHelp:
      break;
    case Command::kVerify:
      return Verify(options, console);
    case Command::kList:
      return List(options, console);
    case Command::kShow:
      return Show(options, console);
    case Command::kExport:
      return Export(options, console);
    case Command::kStats:
      return Stats(options, console);
    case Command::kBackup:
      return Backup(options, console);
    case Command::kCompact:
      return Compact(options, console);
    case Command::kSalvage:
      return Salvage(options, console);
  }
  return absl::InternalError("journal: a command without a function");
}

std::string ErrorText(const absl::Status& status) {
  std::string text(ToStd(status.message()));
  // The file's own errors say already who speaks.
  return text.starts_with("journal") ? text : StrCat("journal: ", text);
}

}  // namespace

int RunJournal(const std::vector<std::string>& arguments, const Console& console) {
  const absl::StatusOr<Options> options = ParseOptions(arguments);
  if (!options.ok()) {
    console.log << ErrorText(options.status()) << std::endl;
    return kExitUsage;
  }
  if (options->help) {
    console.out << HelpText(options->command);
    return kExitDone;
  }
  const absl::StatusOr<int> exit_code = Dispatch(*options, console);
  if (!exit_code.ok()) {
    const std::string text = ErrorText(exit_code.status());
    console.log << text << std::endl;
    if (options->json) {
      const Json error = {
          {"error",
           {{"code", absl::StatusCodeToString(exit_code.status().code())}, {"what", text}}}};
      console.out << JsonLine(error) << std::endl;
    }
    return kExitWrong;
  }
  console.out.flush();
  if (!console.out) {
    console.log << "journal: the result could not be written" << std::endl;
    return kExitWrong;
  }
  return *exit_code;
}

}  // namespace sampo::journal_tool
