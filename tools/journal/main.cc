// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

#include "sampo/tools/journal/run_journal.h"

int main(int count, char** arguments) {
  // `bazel run` starts programs elsewhere; names of files are meant as they were typed.
  if (const char* folder = std::getenv("BUILD_WORKING_DIRECTORY"); folder != nullptr) {
    if (chdir(folder) != 0) std::cerr << "journal: cannot go to " << folder << std::endl;
  }
  return sampo::journal_tool::RunJournal(
      std::vector<std::string>(arguments + 1, arguments + count),
      {.out = std::cout, .log = std::cerr, .terminal = isatty(STDERR_FILENO) == 1});
}
