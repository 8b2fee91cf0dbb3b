// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include <unistd.h>

#include <csignal>
#include <iostream>
#include <string>
#include <vector>

#include "sampo/samples/flightboard/run_flightboard.h"

int main(int count, char** arguments) {
  // A reader that has gone away is a failed write, not a death in the middle of a commit.
  std::signal(SIGPIPE, SIG_IGN);
  return flightboard::RunFlightboard(
      std::vector<std::string>(arguments + 1, arguments + count),
      {.out = std::cout, .log = std::cerr, .log_is_terminal = isatty(STDERR_FILENO) == 1});
}
