// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// RunFlightboard: the whole program behind main(), with its streams as arguments so that tests can
// read them.
//
// Threads: once at a time, because it may read standard input. It returns when its actors have
// ended.
#ifndef SAMPO_SAMPLES_FLIGHTBOARD_RUN_FLIGHTBOARD_H_
#define SAMPO_SAMPLES_FLIGHTBOARD_RUN_FLIGHTBOARD_H_

#include <ostream>
#include <string>
#include <vector>

namespace flightboard {

// The exit codes; --help lists them, too.
inline constexpr int kDone = 0;
inline constexpr int kFailed = 1;
inline constexpr int kWrongArguments = 2;
inline constexpr int kUnreadableInput = 3;

// Returns the exit code. `out` gets the result, `log` progress and problems.
int RunFlightboard(const std::vector<std::string>& arguments, std::ostream& out, std::ostream& log);

}  // namespace flightboard

#endif  // SAMPO_SAMPLES_FLIGHTBOARD_RUN_FLIGHTBOARD_H_
