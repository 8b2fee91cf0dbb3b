// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// The commands of `journal`, each from its options to its exit code.
//
// Why: run_journal.h parses and dispatches; what a command prints is here.
// Threads: one. An error is returned, and printed by the caller, where nothing of the result was
// printed yet; findings are results.
//
//   absl::StatusOr<int> exit_code = Verify(options, console);
#ifndef SAMPO_TOOLS_JOURNAL_COMMANDS_H_
#define SAMPO_TOOLS_JOURNAL_COMMANDS_H_

#include "absl/status/statusor.h"
#include "sampo/tools/journal/options.h"
#include "sampo/tools/journal/run_journal.h"

namespace sampo::journal_tool {

// inspect_commands.cc: what looks at records.
absl::StatusOr<int> List(const Options& options, const Console& console);
absl::StatusOr<int> Show(const Options& options, const Console& console);
absl::StatusOr<int> Export(const Options& options, const Console& console);
absl::StatusOr<int> Stats(const Options& options, const Console& console);

// whole_file_commands.cc: what works on the file as a whole.
absl::StatusOr<int> Verify(const Options& options, const Console& console);
absl::StatusOr<int> Backup(const Options& options, const Console& console);
absl::StatusOr<int> Compact(const Options& options, const Console& console);
absl::StatusOr<int> Salvage(const Options& options, const Console& console);

}  // namespace sampo::journal_tool

#endif  // SAMPO_TOOLS_JOURNAL_COMMANDS_H_
