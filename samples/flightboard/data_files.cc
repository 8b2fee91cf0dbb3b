// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/samples/flightboard/data_files.h"

#include <cstdlib>
#include <filesystem>
#include <system_error>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace flightboard {
namespace {

constexpr char kFolder[] = "samples/flightboard/data/";
constexpr char kWorkspace[] = "/sampo/";

}  // namespace

std::vector<std::string> DataFilePlaces(const std::string& name) {
  std::vector<std::string> places;
  for (const char* variable : {"RUNFILES_DIR", "TEST_SRCDIR"}) {
    if (const char* folder = std::getenv(variable)) {
      places.push_back(absl::StrCat(folder, kWorkspace, kFolder, name));
    }
  }
  std::error_code error;  // without /proc this place is left out
  const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", error);
  if (!error) {
    places.push_back(absl::StrCat(program.string(), ".runfiles", kWorkspace, kFolder, name));
  }
  places.push_back(kFolder + name);
  return places;
}

absl::StatusOr<std::string> FindDataFile(const std::string& name) {
  std::string tried;
  for (const std::string& place : DataFilePlaces(name)) {
    std::error_code error;  // an unreadable place is no place
    if (std::filesystem::is_regular_file(place, error)) return place;
    absl::StrAppend(&tried, tried.empty() ? "" : ", ", place);
  }
  return absl::NotFoundError(absl::StrCat(name, " is in none of: ", tried));
}

}  // namespace flightboard
