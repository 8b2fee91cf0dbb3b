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

#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace flightboard {

struct Options {
  std::string input;     // empty: the data that comes with the sample; "-": standard input
  std::string airports;  // empty: the same
  int threads = 0;       // 0: as many as the machine runs at once
  bool json = false;
  bool verify = true;
  bool help = false;
};

inline constexpr int kThreadsMax = 256;

// What --help prints.
extern const char kHelp[];

// The arguments without the program's name. INVALID_ARGUMENT names the argument and what is
// allowed.
absl::StatusOr<Options> ParseOptions(const std::vector<std::string>& arguments);

}  // namespace flightboard

#endif  // SAMPO_SAMPLES_FLIGHTBOARD_OPTIONS_H_
