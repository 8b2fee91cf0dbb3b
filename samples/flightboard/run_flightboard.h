// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// RunFlightboard: the whole program behind main(), with its streams as arguments so that tests can
// read them.
//
// Road: options -> names -> system -> journal -> ingest -> summary -> the result on `out` -> with
// --serve: HTTP until a signal.
// Threads: once at a time in a process, because it owns the signals and may read standard input. It
// returns when its actors have ended and the journal is closed.
#ifndef SAMPO_SAMPLES_FLIGHTBOARD_RUN_FLIGHTBOARD_H_
#define SAMPO_SAMPLES_FLIGHTBOARD_RUN_FLIGHTBOARD_H_

#include <ostream>
#include <string>
#include <vector>

namespace flightboard {

// The exit codes; --help lists them, too. After a signal: 128 + its number.
inline constexpr int kDone = 0;
inline constexpr int kFailed = 1;   // truncated input, journal or I/O error
inline constexpr int kRefused = 2;  // usage, --strict, a record with other content than before

struct Console {
  std::ostream& out;  // the result
  std::ostream& log;  // progress and problems
  bool log_is_terminal = false;
};

// Returns the exit code.
int RunFlightboard(const std::vector<std::string>& arguments, Console console);

}  // namespace flightboard

#endif  // SAMPO_SAMPLES_FLIGHTBOARD_RUN_FLIGHTBOARD_H_
