// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Options: the command line of `journal`.
//
// Why: what is allowed is one table, which the parser and the help texts share.
// Threads: values and pure functions.
//
//   absl::StatusOr<Options> options = ParseOptions({"list", "shop.db", "--type", "Cart"});
#ifndef SAMPO_TOOLS_JOURNAL_OPTIONS_H_
#define SAMPO_TOOLS_JOURNAL_OPTIONS_H_

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace sampo::journal_tool {

enum class Command : uint8_t {
  kHelp,
  kVerify,
  kList,
  kShow,
  kExport,
  kStats,
  kBackup,
  kCompact,
  kSalvage,
};

struct Options {
  Command command = Command::kHelp;
  bool help = false;  // of the command
  bool json = false;
  std::string file;
  std::string id;        // of show and export
  std::string to_file;   // of backup and salvage; of export: --out
  std::string type;      // of list
  std::string after_id;  // of list
  bool states = false;   // of list
  int64_t from_seq = 1;  // of show
  int64_t to_seq = std::numeric_limits<int64_t>::max();
  int64_t limit = 0;  // 0: the command's own
};

// Findings, notes and events that are printed where --limit does not say otherwise.
inline constexpr int64_t kFindingsPrinted = 100;
inline constexpr int64_t kEventsShown = 100;

// The arguments without the program's name. INVALID_ARGUMENT names the argument and what is
// allowed.
absl::StatusOr<Options> ParseOptions(const std::vector<std::string>& arguments);

// What --help prints: of a command, or of all.
std::string HelpText(Command command);

}  // namespace sampo::journal_tool

#endif  // SAMPO_TOOLS_JOURNAL_OPTIONS_H_
