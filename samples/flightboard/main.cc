// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <iostream>
#include <string>
#include <vector>

#include "sampo/samples/flightboard/run_flightboard.h"

namespace {

// Opens what the program was started without of standard input, output and error. Else the next
// file that is opened would be it.
void OpenStandardFiles() {
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd) {
    // The lowest number that is free, so it is fd: all below are open.
    if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDWR) < 0) return;
  }
}

}  // namespace

int main(int count, char** arguments) {
  OpenStandardFiles();
  // A reader that has gone away is a failed write, not a death in the middle of a commit.
  std::signal(SIGPIPE, SIG_IGN);
  return flightboard::RunFlightboard(
      std::vector<std::string>(arguments + 1, arguments + count),
      {.out = std::cout, .log = std::cerr, .log_is_terminal = isatty(STDERR_FILENO) == 1});
}
