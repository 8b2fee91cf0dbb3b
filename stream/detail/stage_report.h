// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// StageReport: what a stage says of itself in a report about streams (stall_report.h).
//
// Threads: filled by GraphStageLogic::Describe while the island does not run, on the reporting
// thread.
#ifndef SAMPO_STREAM_DETAIL_STAGE_REPORT_H_
#define SAMPO_STREAM_DETAIL_STAGE_REPORT_H_

#include <cstdint>
#include <string>

namespace sampo::stream::internal {

struct StageReport {
  // -1: the stage has no such thing.
  int64_t buffered = -1;
  int64_t buffer_size = -1;
  int64_t futures_in_flight = -1;
  int64_t futures_max = -1;
  // What it waits for besides its ports: "a future", "a consumer to register".
  std::string waits_for;
  // The same, not 0, for the two sides of an asynchronous boundary.
  uint64_t boundary = 0;
};

}  // namespace sampo::stream::internal

#endif  // SAMPO_STREAM_DETAIL_STAGE_REPORT_H_
