// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/samples/flightboard/data_files.h"

#include <gtest/gtest.h>

#include <string>

namespace flightboard {
namespace {

TEST(DataFilesTest, FindsWhatComesWithTheSample) {
  for (const char* name : {"flights-20k.json", "airports.csv"}) {
    const absl::StatusOr<std::string> path = FindDataFile(name);
    EXPECT_TRUE(path.ok()) << path.status();
  }
}

TEST(DataFilesTest, ListsThePlacesItHasTried) {
  const absl::Status status = FindDataFile("no-such.json").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  for (const std::string& place : DataFilePlaces("no-such.json")) {
    EXPECT_NE(std::string(status.message()).find(place), std::string::npos) << place;
  }
}

TEST(DataFilesTest, LooksBesideTheProgram) {
  const std::vector<std::string> places = DataFilePlaces("x");
  ASSERT_GE(places.size(), 2u);
  EXPECT_NE(places[places.size() - 2].find(".runfiles/sampo/samples/flightboard/data/x"),
            std::string::npos);
}

}  // namespace
}  // namespace flightboard
