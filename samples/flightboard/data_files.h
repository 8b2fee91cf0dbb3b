// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// FindDataFile: where the data that comes with the sample is, however the program was started: by
// tools/run or `bazel run` from any folder, as a data dependency of a test, or in the source tree.
//
// Threads: any, as long as nobody changes the environment.
//
//   absl::StatusOr<std::string> path = FindDataFile("airports.csv");
#ifndef SAMPO_SAMPLES_FLIGHTBOARD_DATA_FILES_H_
#define SAMPO_SAMPLES_FLIGHTBOARD_DATA_FILES_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace flightboard {

// The places that are tried, in order: RUNFILES_DIR, TEST_SRCDIR, the runfiles beside the program,
// the current folder.
std::vector<std::string> DataFilePlaces(const std::string& name);

// The path of data/`name`. NOT_FOUND lists the places.
absl::StatusOr<std::string> FindDataFile(const std::string& name);

}  // namespace flightboard

#endif  // SAMPO_SAMPLES_FLIGHTBOARD_DATA_FILES_H_
