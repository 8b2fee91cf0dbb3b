// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// RunJournal: the program `journal` as a function.
//
// Why: tests run it with captured output.
// Threads: one. Lifetime: the streams outlive the call.
//
//   int exit_code = RunJournal({"verify", "shop.db"}, {.out = std::cout, .log = std::cerr});
#ifndef SAMPO_TOOLS_JOURNAL_RUN_JOURNAL_H_
#define SAMPO_TOOLS_JOURNAL_RUN_JOURNAL_H_

#include <ostream>
#include <string>
#include <vector>

#include "sampo/actor/base/clock.h"

namespace sampo::journal_tool {

inline constexpr int kExitDone = 0;
inline constexpr int kExitWrong = 1;
inline constexpr int kExitUsage = 2;

struct Console {
  std::ostream& out;      // results
  std::ostream& log;      // progress and errors
  bool terminal = false;  // whether `log` is one
  const Clock* clock = &Clock::Real();
};

// The arguments without the program's name; the result is the exit code.
int RunJournal(const std::vector<std::string>& arguments, const Console& console);

}  // namespace sampo::journal_tool

#endif  // SAMPO_TOOLS_JOURNAL_RUN_JOURNAL_H_
