// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// How long the probes of streams wait, and how they say what they missed.
//
// Threads: the test's.
#ifndef SAMPO_STREAM_TESTKIT_DETAIL_PROBE_FAILURE_H_
#define SAMPO_STREAM_TESTKIT_DETAIL_PROBE_FAILURE_H_

#include <string>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sampo/stream/source_location.h"

namespace sampo::stream {

// A single expectation waits so long, and this long for the absence of something; Pekko's figures.
// SAMPO_TEST_TIMEFACTOR multiplies both on real threads.
inline constexpr absl::Duration kStreamExpectTimeout = absl::Seconds(3);
inline constexpr absl::Duration kStreamNoMessageTimeout = absl::Milliseconds(100);

namespace internal {

// A GoogleTest failure at the caller's line.
inline void FailAt(SourceLocation where, const std::string& text) {
  ADD_FAILURE_AT(where.file, where.line) << text;
}

}  // namespace internal
}  // namespace sampo::stream

#endif  // SAMPO_STREAM_TESTKIT_DETAIL_PROBE_FAILURE_H_
