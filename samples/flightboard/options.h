// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Options: the command line of the flight board.
//
// Threads: a value and a pure function.
//
//   absl::StatusOr<Options> options = ParseOptions({"--threads", "2", "--json"});
#ifndef SAMPO_SAMPLES_FLIGHTBOARD_OPTIONS_H_
#define SAMPO_SAMPLES_FLIGHTBOARD_OPTIONS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace flightboard {

// Where a port is given; 0 means any free one.
using Port = uint16_t;

struct Options {
  std::string input;   // empty: the data that comes with the sample; "-": standard input
  std::string source;  // empty: the input's base name
  std::string journal = "flightboard-data/journal.db";
  bool strict = false;
  bool json = false;
  bool serve = false;
  Port port = 8080;
  // Nothing: `off`. 8558 was chosen by the issue that asked for this program.
  std::optional<Port> management_port = 8558;
  bool management_port_given = false;
  std::string management_token_file;  // empty: no token
  int threads = 0;                    // 0: as many as the machine runs at once
  bool help = false;

  // False: nobody asked for management, so a run whose port is taken goes on without. Two runs
  // beside each other are no mistake; a server without the health that is asked for is one.
  bool ManagementMatters() const {
    return serve || management_port_given || !management_token_file.empty();
  }
};

inline constexpr int kThreadsMax = 256;

// The name of what is read: as given, or the base name of the input.
std::string SourceOf(const Options& options);

// What --help prints.
extern const char kHelp[];

// The arguments without the program's name. INVALID_ARGUMENT names the argument and what is
// allowed. Of an option that is given twice the last one counts.
absl::StatusOr<Options> ParseOptions(const std::vector<std::string>& arguments);

}  // namespace flightboard

#endif  // SAMPO_SAMPLES_FLIGHTBOARD_OPTIONS_H_
